"""Every error the hub raises on purpose, each with a sentence.

INVARIANT: an error carries codes and ids, never a person's data. HTTP numbers live in `hub.web.faults` only.
"""


class HubError(Exception):
    """Root of all deliberate errors; `code` is stable and safe to show, log and count."""

    code = "hub_error"

    def __init__(self, code: str | None = None, *, where: str = "", next_step: str = "") -> None:
        """Remember what happened (`code`), where (`where`: a pointer or an id) and what to do next."""
        self.code = code or type(self).code
        self.where = where
        self.next_step = next_step
        super().__init__(" ".join(part for part in (self.code, where, next_step) if part))


class SettingsError(HubError):
    """The hub refuses to start: a setting is missing, weak or contradictory."""

    code = "settings_refused"


class RejectedMessageError(HubError):
    """A message could not be read at all; the sender must send it again, mended."""

    code = "message_rejected"


class NotSignedInError(HubError):
    """Nobody known is asking."""

    code = "not_signed_in"


class ProofTooOldError(NotSignedInError):
    """They are known, and have to show once more that it is they who ask."""

    code = "prove_again"


class AccessRefusedError(HubError):
    """The decision is no. Shown as 'not found' wherever existence itself is protected."""

    code = "access_refused"


class NotFoundError(HubError):
    """Nothing here for this reader; the same answer whether or not something exists."""

    code = "not_found"


class ConflictError(HubError):
    """The same key was used for another content, or the thing changed in the meantime."""

    code = "conflict"


class InvalidRequestError(HubError):
    """A form or call says something the hub cannot act on; `where` names the field."""

    code = "invalid_request"


class PolicyError(HubError):
    """An agreement, a vocabulary or a fact cannot be trusted or understood: nothing may be opened with it."""

    code = "policy_refused"


class FactBrokenError(PolicyError):
    """A row that policy reads was edited, removed or reordered outside the hub."""

    code = "fact_broken"


class SealBrokenError(HubError):
    """A ciphertext does not belong where it lies, or was changed."""

    code = "seal_broken"


class GrantMissingError(HubError):
    """Somebody tried to open a field without a decision and a durable log entry that cover it."""

    code = "grant_missing"


class KeyUnavailableError(HubError):
    """The key service did not answer, or refused: nothing is opened."""

    code = "key_unavailable"


class LedgerUnavailableError(HubError):
    """The access log could not be written: nothing is opened (answer 503)."""

    code = "ledger_unavailable"


class StoreUnavailableError(HubError):
    """The database could not be reached, or another writer was in the way: nothing was stored (answer 503)."""

    code = "store_unavailable"


class LedgerBrokenError(HubError):
    """The access log does not verify; `where` names the first entry that fails."""

    code = "ledger_broken"


class UngatedReadError(HubError):
    """A sealed table was read outside the gate."""

    code = "ungated_read"


class StaleFactsError(HubError):
    """Facts kept changing while a view was prepared; ask again."""

    code = "facts_moved"


class PostUnavailableError(HubError):
    """A letter was not taken by the mail server; it is tried again later."""

    code = "post_unavailable"
