"""What somebody had typed when their sitting ended, or when they chose to save it: kept sealed, for them alone.

A draft is no record: nobody else reads it, nothing is decided by it, and it is gone once the form is sent, or after a
week. It is shown again only on the page it was typed on, after that page has let its reader in.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.domain.clock import Clock
from hub.domain.ids import AccountId
from hub.identity.secrets import hashed
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.store.clear import drafts as rows
from hub.store.session import Transactions

LASTS: Final = timedelta(days=7)
MOST: Final = 50
LONGEST: Final = 200_000
_BUCKET: Final = 1024

Fields = Mapping[str, Sequence[str]]
"""What a form sent: name -> values."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A draft again, and when it was saved."""

    fields: Fields
    saved_words: str


class Drafts:
    """Built once by wiring."""

    def __init__(self, words: SealedWords, clear: Transactions, clock: Clock) -> None:
        """Take what seals drafts, and clear rows."""
        self._words, self._clear, self._clock = words, clear, clock

    def keep(self, account: AccountId, place: str, fields: Fields) -> bool:
        """Keep what was typed at a place (a path of ours); False when it is too long, and nothing is kept."""
        text = json.dumps({name: list(values) for name, values in fields.items()})
        if len(text) > LONGEST:
            return False
        padded = text.ljust(-(-len(text) // _BUCKET) * _BUCKET)
        sealed, now = self._words.close(_about(account, place), {"fields": padded}), self._clock()
        with self._clear.write() as connection:
            partnership = self._clear.partnership
            rows.keep_draft(connection, partnership, (account, hashed(place)), rows.Draft(sealed, now))
            rows.thin_out(connection, partnership, account, MOST, now - LASTS)
        return True

    def restored(self, account: AccountId, place: str) -> Restored | None:
        """Return what this person had typed at this place within a week."""
        with self._clear.read() as connection:
            found = rows.find_draft(connection, self._clear.partnership, (account, hashed(place)))
        if found is None or self._clock() - found.saved_at > LASTS:
            return None
        fields = json.loads(self._words.open(_about(account, place), found.sealed)["fields"])
        return Restored(fields, moment_words(found.saved_at))

    def forget(self, account: AccountId, place: str) -> None:
        """Forget what was typed here, if anything."""
        key = account, hashed(place)
        with self._clear.read() as connection:
            found = rows.find_draft(connection, self._clear.partnership, key)
        if found is not None:
            with self._clear.write() as connection:
                rows.forget_draft(connection, self._clear.partnership, key)


def _about(account: AccountId, place: str) -> str:
    return f"draft:{account}:{place}"
