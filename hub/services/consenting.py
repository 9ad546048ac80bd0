"""A word about sharing as it is recorded, and who is told when a yes is taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.domain.consent import Asking
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, account_chain, family_chain
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, PersonId
from hub.gate.writer import Writer
from hub.services import withdrawal
from hub.store.clear import work


@dataclass(frozen=True, slots=True)
class ConsentWord:
    """One person's word about one flow; `["*"]` means all of that list.

    `reason` is a code; `said` is free text, kept sealed as a note of `agency`, which wrote it down.
    """

    person: PersonId
    status: str
    categories: Sequence[str] = ("*",)
    sources: Sequence[str] = ("*",)
    recipients: Sequence[str] = ("*",)
    purposes: Sequence[str] = ("*",)
    reason: str = ""
    said: str = field(default="", repr=False)
    agency: AgencyId | None = None
    until: datetime | None = None
    asking: Asking = field(default_factory=Asking)

    def body(self) -> dict[str, object]:
        """Return the body of the CONSENT fact."""
        return {
            "status": self.status,
            "categories": list(self.categories),
            "sources": list(self.sources),
            "recipients": list(self.recipients),
            "purposes": list(self.purposes),
            "reason": self.reason,
            **self.asking.body(),
        }


def owed(writer: Writer, fact: Fact, family: FamilyId, ids: IdMaker, now: datetime) -> list[work.Task]:
    """Return the tasks that a word about sharing makes, in view of the facts as they stand and stood."""
    said = writer.standing_facts([fact.chain], now)
    return withdrawal.tasks(fact, said, family, concerned(writer, fact, said, family, now), ids, now)


def concerned(writer: Writer, fact: Fact, said: Collection[Fact], family: FamilyId, now: datetime) -> list[Fact]:
    """Return the facts of the family, its workers and the agencies: now, and when each yes taken back was given."""
    facts: dict[FactId, Fact] = {}
    for at in sorted({now, *(yes.valid_from for yes in withdrawal.undone_by(fact, said))}):
        case = writer.standing_facts([family_chain(family), AGENCIES_CHAIN], at)
        named = {AccountId(str(one.body["account"])) for one in case if one.kind is FactKind.ALLOCATION}
        staff = writer.standing_facts([account_chain(account) for account in sorted(named)], now)
        facts |= {one.id: one for one in (*case, *staff)}
    return list(facts.values())
