"""The census out: what one named officer may see of a family's children, entered in the log as an export.

INVARIANT: an export holds what its reader may see and nothing else: a block held back is absent, like one that is not
there.
"""

from collections.abc import Mapping
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.census import CensusChild
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.facts import Fact, listed
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FamilyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.services.family_page import Stated

_CHILDREN: Final = frozenset({"child", "unborn_child"})
_KINDS: Final = frozenset({RecordKind.PERSON, RecordKind.COUNCIL_RECORD})
_MOST: Final = 10_000


class Census:
    """Exports blocks of the census. Built once by wiring."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        """Take the gate."""
        self._reader, self._clock = reader, clock

    def export(self, by: AccountId, family: FamilyId, stated: Stated) -> tuple[list[CensusChild], str]:
        """Return the family's children as this officer may see them, and the day they were exported.

        Raises:
            AccessRefusedError: nobody allowed this officer anything here.
            InvalidRequestError: `no_children`: no child of this family that this officer may know of.
        """
        now = self._clock()
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(
            Act.CENSUS_EXPORT,
            by,
            family,
            stated.purpose,
            _KINDS,
            at=now,
            known=now,
            justification=stated.reason,
            satisfied=frozenset(met),
            operation=Operation.EXPORT,
            limit=_MOST,
        )
        seen = self._reader.disclose(view)
        children = [person for person, parts in seen.persons.items() if parts & _CHILDREN]
        if not children:
            raise InvalidRequestError("no_children", where="family", next_step="see_family")
        return [_child(person, seen) for person in children], str(PartialDate.of(now))


def _child(person: PersonId, seen: Disclosure) -> CensusChild:
    own = [record for record in seen.records if record.persons == frozenset({person})]
    return CensusChild(
        _identity([record for record in own if record.kind is RecordKind.PERSON]),
        tuple(record.fields for record in own if record.kind is RecordKind.COUNCIL_RECORD),
        tuple(_decision(fact) for fact in seen.openings if person in listed(fact.body.get("children"))),
    )


def _identity(records: list[ShownRecord]) -> Mapping[str, str]:
    """Return what is said of a child; what the council says, which knows the child by its own number, goes first."""
    ordered = sorted(records, key=lambda record: "LAchildID" not in record.fields.get("other_identifiers", ""))
    merged: dict[str, str] = {}
    for record in ordered:
        merged = {**record.fields, **merged}
    return merged


def _decision(fact: Fact) -> tuple[str, str, str]:
    ends = str(PartialDate.of(fact.valid_until)) if fact.valid_until else ""
    return str(fact.body["opening"]), str(PartialDate.of(fact.valid_from)), ends
