"""Matching, in the worker, after the receipt: candidates for every person of a received referral.

INVARIANT: a wrong match shows one family's troubles to another, so the machine attaches by itself only on a verified
NHS number with the same date of birth and an agreeing name, when nobody in the message may be known in another family;
everything else waits for a person at the front door.
INVARIANT: a candidate with a shield goes to the restricted queue; the ordinary page reads as for no match.
INVARIANT: whoever a later message names first is compared like anybody else; where the referral is placed by then, it
only proposes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import structlog

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, HubError
from hub.domain.fields import RecordKind
from hub.domain.ids import FamilyId, IdMaker, PersonId, RecordId, ReferenceId
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.matching.block import blocking_keys
from hub.matching.identity import Identity
from hub.matching.levels import prepare
from hub.matching.score import Comparison, Grade, weigh
from hub.services.comparing import MATCH
from hub.services.matched_identities import identities_of
from hub.services.open_questions import DECIDED
from hub.services.placing import PLACED, Placing
from hub.services.protected import hidden_candidates
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
            jobs = work.waiting_jobs(connection, self._clear.partnership, MATCH)
        return sum(self._tried(job, referral_id) for job, referral_id in jobs)

    def _tried(self, job: str, referral_id: str) -> int:
        """Do one job; a failure is logged by code, leaves the job waiting, and does not stop the next."""
        try:
            with self._clear.read() as connection:
                referral = cases.find_referral(connection, self._clear.partnership, referral_id)
            if referral is not None:
                self._match(referral)
            with self._clear.write() as connection:
                work.job_done(connection, self._clear.partnership, job, self._clock())
        except HubError as error:
            log.error("match_failed", job=job, code=error.code)  # noqa: TRY400  a trace could carry values
            return 0
        return 1

    def _match(self, referral: cases.Referral) -> None:
        """Put its people on the index, where later ones must find them all, and settle it.

        Where a person decided on it already, only those who were never compared are, and nobody is placed.
        """
        waits = referral.state == "received"
        with self._clear.read() as connection:
            named = cases.references_of(connection, self._clear.partnership, referral.id)
        references = {reference for reference, _, _ in named}
        own = self._identities(referral.family)
        found: dict[ReferenceId, list[_Candidate]] = {}
        opened: dict[FamilyId, Mapping[RecordId, Identity]] = {}
        compared = 0
        for reference, record, compared_before in named:
            identity = own.get(record)
            if identity is None:
                continue
            keys = [
                (cast("_Kind", kind), value) for kind, values in blocking_keys(identity).items() for value in values
            ]
            others = [other for other in self._finder.index(reference, keys) if other not in references][:MOST]
            if waits or not compared_before:
                compared += len(others)
                found[reference] = self._compare(identity, others, opened)
        self._finder.note_match(MATCHER, referral.id, compared)
        if waits:
            self._settle(referral, found)
        elif referral.state in DECIDED:
            self._propose_fresh(referral, found)
        if referral.state in PLACED:
            self._placing.tell_after_all(referral)
        with self._clear.write() as connection:
            cases.note_matched(connection, self._clear.partnership, found, self._clock())

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
        """Attach when the rule allows it without any doubt; leave proposals for a person about everybody else.

        In doubt is also a message of which anybody may be known in another family, however little speaks for it.

        Whoever is protected is left out before the rule is asked: the front door sees what it would see without them.
        """
        everybody = {c.person: c.family for candidates in found.values() for c in candidates}
        protected = hidden_candidates(self._finder, self._placing, referral, everybody)
        seen = {ref: [c for c in candidates if c.person not in protected] for ref, candidates in found.items()}
        sure = {ref: [c for c in candidates if c.comparison.grade is Grade.ATTACH] for ref, candidates in seen.items()}
        same = {reference: candidates[0].person for reference, candidates in sure.items() if candidates}
        families = {c.family for candidates in seen.values() for c in candidates}
        alone = all(len(candidates) <= 1 for candidates in sure.values())
        attached = bool(same) and len(families) == 1 and alone and not self._provisional(families)
        self._propose(referral, found, protected, answered=same if attached else ())
        if attached:
            self._placing.attach(
                MATCHER, referral, next(iter(families)), same, self._answers(referral, same, protected)
            )

    def _answers(
        self, referral: cases.Referral, same: Mapping[ReferenceId, PersonId], protected: Collection[PersonId]
    ) -> dict[str, str]:
        """Return what a placing says of candidates that an earlier comparison proposed."""
        with self._clear.read() as connection:
            open_ = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        told = [one for one in open_ if one.reference in same and one.person not in protected]
        are = {one.id: same[one.reference] == one.person for one in told}
        return {one: proposals.ACCEPTED if is_ else proposals.DECLINED for one, is_ in are.items()}

    def _propose_fresh(self, referral: cases.Referral, found: Mapping[ReferenceId, Sequence[_Candidate]]) -> None:
        """Leave proposals for whom an amendment named first; whoever is that person already is none."""
        are = self._finder.persons_behind(set(found))
        others = {
            reference: [one for one in candidates if one.person != are.get(reference)]
            for reference, candidates in found.items()
        }
        everybody = {one.person: one.family for candidates in others.values() for one in candidates}
        protected = hidden_candidates(self._finder, self._placing, referral, everybody)
        self._propose(referral, others, protected)

    def _propose(
        self,
        referral: cases.Referral,
        found: Mapping[ReferenceId, Sequence[_Candidate]],
        protected: Collection[PersonId],
        answered: Collection[ReferenceId] = (),
    ) -> None:
        """Leave candidates for a person, of whoever is not answered by a placing: the named desk's are never."""
        with self._clear.write() as connection:
            for reference, candidates in found.items():
                for candidate in candidates:
                    queue = RESTRICTED if candidate.person in protected else ORDINARY
                    if queue == RESTRICTED or reference not in answered:
                        proposal = self._proposal(referral, reference, candidate, queue)
                        proposals.add_proposal(connection, self._clear.partnership, proposal, self._clock())

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
