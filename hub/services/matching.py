"""Matching, in the worker, after the receipt: candidates for every person of a received referral.

INVARIANT: a wrong match shows one family's troubles to another, so the machine attaches by itself only on a verified
NHS number with the same date of birth and an agreeing name; everything else waits for a person at the front door.
INVARIANT: a candidate with a shield goes to the restricted queue; the ordinary page reads as for no match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import structlog

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, HubError, InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import FamilyId, IdMaker, PersonId, RecordId, ReferenceId
from hub.domain.partial_date import PartialDate
from hub.domain.referral import NhsNumberStatus
from hub.gate.disclosure import ShownRecord
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.matching.block import blocking_keys
from hub.matching.identity import Identity
from hub.matching.levels import prepare
from hub.matching.score import Comparison, Grade, weigh
from hub.services.placing import Placing
from hub.services.setup import MATCHER
from hub.store.clear import cases, proposals, work
from hub.store.session import Transactions

log = structlog.get_logger("hub.matching")
ORDINARY, RESTRICTED = proposals.ORDINARY, proposals.RESTRICTED
MOST = 200
"""How many others one person is compared with at most: truncated index values are shared by chance, too."""
_COMPARED = frozenset({RecordKind.PERSON, RecordKind.CONTACT_POINT})
_Kind = Literal["nhs", "dob", "name"]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Another reference that shares an index value: who it is linked to, and in which family."""

    person: PersonId
    family: FamilyId
    comparison: Comparison


class Matching:
    """Works through received referrals. Built by wiring for the worker, with the index key in its finder."""

    def __init__(
        self, reader: Reader, finder: Finder, placing: Placing, clear: Transactions, clock: Clock, ids: IdMaker
    ) -> None:
        """Take the gate's reader, the finder that holds the index key, and clear rows."""
        self._reader, self._finder, self._placing = reader, finder, placing
        self._clear, self._clock, self._ids = clear, clock, ids

    def run_once(self) -> int:
        """Match every waiting referral; returns how many were done."""
        with self._clear.read() as connection:
            jobs = work.waiting_jobs(connection, self._clear.partnership, "match")
        return sum(self._tried(job, referral_id) for job, referral_id in jobs)

    def _tried(self, job: str, referral_id: str) -> int:
        """Do one job; a failure is logged by code, leaves the job waiting, and does not stop the next."""
        try:
            with self._clear.read() as connection:
                referral = cases.find_referral(connection, self._clear.partnership, referral_id)
            if referral is not None:
                self._match(referral, settle=referral.state == "received")
            with self._clear.write() as connection:
                work.job_done(connection, self._clear.partnership, job, self._clock())
        except HubError as error:
            log.error("match_failed", job=job, code=error.code)  # noqa: TRY400  a trace could carry values
            return 0
        return 1

    def _match(self, referral: cases.Referral, *, settle: bool) -> None:
        """Put its people on the index, and settle it unless a person was faster: later ones must find them all."""
        with self._clear.read() as connection:
            references = cases.references_of(connection, self._clear.partnership, referral.id)
        own = self._identities(referral.own_family)
        found: dict[ReferenceId, list[_Candidate]] = {}
        opened: dict[FamilyId, Mapping[RecordId, Identity]] = {}
        compared = 0
        for reference, record in references:
            identity = own.get(record)
            if identity is None:
                continue
            keys = [
                (cast("_Kind", kind), value) for kind, values in blocking_keys(identity).items() for value in values
            ]
            others = [other for other in self._finder.index(reference, keys) if other not in dict(references)][:MOST]
            compared += len(others)
            found[reference] = self._compare(identity, others, opened)
        self._finder.note_match(MATCHER, referral.id, compared)
        if settle:
            self._settle(referral, found)

    def _compare(
        self,
        identity: Identity,
        others: Sequence[ReferenceId],
        opened: dict[FamilyId, Mapping[RecordId, Identity]],
    ) -> list[_Candidate]:
        """Open the candidates' identities, each family's once a referral, and keep those worth a person's look."""
        persons = self._finder.persons_behind(others)
        with self._clear.read() as connection:
            behind = cases.records_behind(connection, self._clear.partnership, others)
            places = {
                reference: cases.find_referral(connection, self._clear.partnership, referral)
                for reference, (_, referral) in behind.items()
            }
        best: dict[PersonId, _Candidate] = {}
        mine = prepare(identity)
        for reference in others:
            place, person = places.get(reference), persons.get(reference)
            if place is None or person is None:
                continue
            if place.family not in opened:
                opened[place.family] = self._identities(place.family)
            other = opened[place.family].get(RecordId(behind[reference][0]))
            if other is not None:
                _keep_best(best, _Candidate(person, place.family, weigh(mine, prepare(other))))
        return list(best.values())

    def _identities(self, family: FamilyId) -> dict[RecordId, Identity]:
        now = self._clock()
        view = View(Act.MATCH_SEARCH, MATCHER, family, "intake", _COMPARED, at=now, known=now)
        try:
            shown = self._reader.disclose(view).records
        except AccessRefusedError:  # nothing there that matching may compare; any other fault leaves the job waiting
            return {}
        return identities_of(shown)

    def _settle(self, referral: cases.Referral, found: Mapping[ReferenceId, Sequence[_Candidate]]) -> None:
        """Attach when the rule allows it without any doubt; else leave proposals for a person.

        Whoever is protected is left out before the rule is asked: the front door sees what it would see without them.
        """
        everybody = {c.person: c.family for candidates in found.values() for c in candidates}
        protected = protected_among(self._finder, self._placing, everybody)
        sure = {
            reference: [c for c in candidates if c.comparison.grade is Grade.ATTACH and c.person not in protected]
            for reference, candidates in found.items()
        }
        families = {c.family for candidates in sure.values() for c in candidates}
        alone = all(len(candidates) <= 1 for candidates in sure.values())
        attached = len(families) == 1 and alone and not self._provisional(families)
        now, partnership = self._clock(), self._clear.partnership
        with self._clear.write() as connection:
            for reference, candidates in found.items():
                for candidate in candidates:
                    queue = RESTRICTED if candidate.person in protected else ORDINARY
                    if queue == RESTRICTED or not attached:
                        proposal = self._proposal(referral, reference, candidate, queue)
                        proposals.add_proposal(connection, partnership, proposal, now)
        if attached:
            same = {reference: candidates[0].person for reference, candidates in sure.items() if candidates}
            self._placing.attach(MATCHER, referral, next(iter(families)), same)

    def _provisional(self, families: set[FamilyId]) -> bool:
        with self._clear.read() as connection:
            return any(f.provisional for f in cases.find_families(connection, self._clear.partnership, families))

    def _proposal(
        self, referral: cases.Referral, reference: ReferenceId, candidate: _Candidate, queue: str
    ) -> proposals.Proposal:
        return proposals.Proposal(
            self._ids.new(),
            referral.id,
            reference,
            candidate.person,
            candidate.family,
            candidate.comparison.grade.value,
            candidate.comparison.reasons_for,
            candidate.comparison.reasons_against,
            queue,
            "open",
        )


def protected_among(finder: Finder, placing: Placing, people: Mapping[PersonId, FamilyId]) -> frozenset[PersonId]:
    """Return who of these (person -> family) only a named desk may hear of: shielded, or of a restricted family."""
    held = {family for family in set(people.values()) if placing.restricted(family)}
    return finder.shielded(set(people)) | {person for person, family in people.items() if family in held}


def identities_of(shown: Sequence[ShownRecord]) -> dict[RecordId, Identity]:
    """Read from the opened records of one family what matching may know: person record -> identity."""
    said = [record for record in shown if record.kind is RecordKind.PERSON]
    return {record.record: _identity(record, said, shown) for record in said}


def _identity(record: ShownRecord, said: Sequence[ShownRecord], shown: Sequence[ShownRecord]) -> Identity:
    fields = record.fields
    try:
        born = PartialDate.parse(fields.get("birth_date", ""))
    except InvalidRequestError:
        born = None
    places = [one.fields for one in shown if one.kind is RecordKind.CONTACT_POINT and one.persons & record.persons]
    return Identity(
        _names(fields),
        born,
        fields.get("nhs_number", ""),
        fields.get("nhs_number_status") == NhsNumberStatus.VERIFIED.value,
        fields.get("sex", ""),
        _given(places, "address"),
        _given(places, "phone", "email"),
        tuple(name for other in said if other.persons != record.persons for name in _names(other.fields)[:1]),
    )


def _names(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for key in ("name", "other_names") for name in fields.get(key, "").split(";") if name.strip())


def _given(places: Sequence[Mapping[str, str]], *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place[name] for place in places for name in names if place.get(name)))


_ORDER = (Grade.NONE, Grade.PROPOSE, Grade.LIKELY, Grade.ATTACH)


def _keep_best(best: dict[PersonId, _Candidate], candidate: _Candidate) -> None:
    """Keep the best comparison with each person, who may be known by several references."""
    found = candidate.comparison
    if found.grade is Grade.NONE:
        return
    before = best.get(candidate.person)
    kept = (_ORDER.index(before.comparison.grade), before.comparison.weight) if before else (0, 0.0)
    if (_ORDER.index(found.grade), found.weight) > kept:
        best[candidate.person] = candidate
