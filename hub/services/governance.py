"""The IG officer's log view: decisions, labels and reasons, no content; own agency's staff alone."""

from dataclasses import dataclass

from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.gate.inspector import Inspector
from hub.ledger.entries import BROKEN, ReadEntry
from hub.services.family_page import FamilyPages
from hub.services.register import Register, moment_words
from hub.store.clear import cases
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry as the officer reads it."""

    when_words: str
    who: str
    role_words: str
    agency: str
    operation_words: str
    purpose_words: str
    reason: str
    family: str
    family_reference: str
    kinds: tuple[str, ...]
    rules_words: str
    outcome_words: str


class Governance:
    """Shows the log. Built once by wiring."""

    def __init__(self, inspector: Inspector, pages: FamilyPages, clear: Transactions) -> None:
        """Take the gate's inspector and the register of names."""
        self._inspector, self._pages, self._clear = inspector, pages, clear

    def log(self, account: AccountId, reason: str = "Opened the access log page") -> tuple[LogLine, ...]:
        """Return the newest lines this officer may read; reading them is entered first."""
        entries = self._inspector.inspect(account, reason=reason)
        register = self._pages.register()
        families = {FamilyId(read.entry.family) for read in entries if read.entry.family}
        with self._clear.read() as connection:
            references = {
                family.id: family.reference
                for family in cases.find_families(connection, self._clear.partnership, families)
            }
        return tuple(_line(read, register, references) for read in entries)


def _line(read: ReadEntry, register: Register, references: dict[FamilyId, str]) -> LogLine:
    entry = read.entry
    if entry.act == BROKEN:
        return _broken_line(read)
    account = register.accounts.get(AccountId(entry.actor))
    vocabulary = register.vocabulary
    return LogLine(
        moment_words(read.header.at),
        account.name if account else "The hub itself",
        vocabulary.words(entry.actor_role),
        register.agency(AgencyId(entry.agency)) if entry.agency else "",
        entry.operation.value.replace("_", " ").capitalize(),
        vocabulary.words(entry.purpose) if entry.purpose else "",
        entry.justification,
        entry.family,
        references.get(FamilyId(entry.family), ""),
        tuple(vocabulary.words(category) for category in entry.fields),
        ", ".join(entry.rules),
        entry.outcome.replace("_", " ").capitalize(),
    )


def _broken_line(read: ReadEntry) -> LogLine:
    """Say where an entry stands that is no longer as it was written, and nothing of what it says."""
    place = f"Entry {read.header.seq} of lane {read.header.lane}"
    words = "This entry was changed after it was written. Do not rely on it; tell your operator now."
    return LogLine("Not known", "Not known", "", "", place, "", "", "", "", (), "", words)
