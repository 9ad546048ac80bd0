"""Who the people of a waiting referral may be, side by side, with reasons for and against; and the answer, with why.

INVARIANT: every value comes through the gate, as far as this reader may see it; a candidate nobody may hear of at the
front door is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hub.domain.access import Act
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FamilyId, IdMaker, PersonId
from hub.gate.disclosure import Disclosure
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.services import match_words
from hub.services.comparing import MATCH
from hub.services.family_page import EMERGENCY, FamilyPages, Stated
from hub.services.matching import ORDINARY
from hub.services.merging import AT_THE_DOOR, Merging
from hub.services.placing import Placing
from hub.services.protected import protected_among
from hub.services.sealed_words import SealedWords
from hub.services.spelling import sender_words
from hub.store.clear import cases, proposals, work
from hub.store.session import Transactions

REASON = "Deciding whether a person in a referral is known"
_DESK = "front_door"
_MORE = 200
_FIELDS: Mapping[str, tuple[RecordKind, tuple[str, ...]]] = {
    "Name": (RecordKind.PERSON, ("name", "other_names")),
    "Date of birth": (RecordKind.PERSON, ("birth_date", "age_estimate")),
    "NHS number": (RecordKind.PERSON, ("nhs_number",)),
    "Sex": (RecordKind.PERSON, ("sex",)),
    "Address": (RecordKind.CONTACT_POINT, ("address",)),
    "Telephone and e-mail": (RecordKind.CONTACT_POINT, ("phone", "email")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One detail: as the referral says it, as it is known ("" when it is not shown to this reader), and what of it."""

    label: str
    said: str
    known: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One person of the referral beside one whom the hub knows; `id` is the proposal."""

    id: str
    family: FamilyId
    family_reference: str
    likely: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A person of the referral, with everybody they may be."""

    person: PersonId
    name: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class CandidatesPage:
    """Everybody in a referral who may be known; unless it is `done`, the comparison still goes on."""

    referral: str
    agency: str
    people: tuple[Compared, ...]
    done: bool = True


class Candidates:
    """Compares and answers. Built once by wiring."""

    def __init__(
        self,
        pages: FamilyPages,
        gate: tuple[Finder, Doorkeeper],
        placing: Placing,
        merging: Merging,
        words: SealedWords,
        clear: Transactions,
        ids: IdMaker,
    ) -> None:
        """Take the family pages, the gate's finder and doorkeeper, and what places and joins."""
        self._pages, self._placing, self._merging, self._words = pages, placing, merging, words
        (self._finder, self._doorkeeper), self._clear, self._ids = gate, clear, ids

    def page(self, account: AccountId, referral_id: str) -> CandidatesPage:
        """Return the comparison of a waiting referral, after entering that it was asked for."""
        referral = self._waiting(account, referral_id)
        with self._clear.read() as connection:  # before the candidates: what ends in between is shown as going on
            done = work.job_since(connection, self._clear.partnership, MATCH, referral.id) is None
        found = self._open(referral)
        return replace(compared(self._pages, self._finder, self._clear, account, referral, found), done=done)

    def confirm(self, account: AccountId, referral_id: str, chosen: Sequence[str], reason: str) -> FamilyId:
        """Place the referral with the family of the chosen candidates: each is that person, and this is why.

        Who else may be known, here or in another family, goes on being asked.

        Raises:
            InvalidRequestError: nobody is chosen, of two families, one person twice, or no reason is written.
        """
        referral = self._waiting(account, referral_id)
        found = self._open(referral)
        picked = [one for one in found if one.id in chosen]
        same = {one.reference: one.person for one in picked}
        if not picked or {one.id for one in picked} != set(chosen):
            raise InvalidRequestError("not_a_candidate", where="chosen", next_step="choose_a_candidate")
        if len({one.family for one in picked}) > 1 or len(same) < len(picked):
            raise InvalidRequestError("candidates_conflict", where="chosen", next_step="choose_a_candidate")
        if not reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        numbers = {reference: self._ids.new() for reference in same}
        said = {ref: (id_, self._words.close(id_, {"reason": reason})) for ref, id_ in numbers.items()}
        family = picked[0].family
        answers = {
            one.id: proposals.ACCEPTED if one in picked else proposals.DECLINED
            for one in found
            if one.reference in same and one.family == family
        }
        return self._placing.attach(account, referral, family, same, answers, said)

    def merge(self, account: AccountId, referral_id: str, kept: str, other: str, reason: str) -> None:
        """Join two candidates for one person of the referral: the hub has known somebody twice."""
        referral = self._waiting(account, referral_id)
        found = {one.id: one for one in self._open(referral)}
        if kept not in found or other not in found or found[kept].reference != found[other].reference:
            raise InvalidRequestError("not_a_candidate", where="kept", next_step="choose_a_candidate")
        self._merging.merge(account, referral, found[kept].person, found[other].person, reason)
        with self._clear.write() as connection:
            proposals.answer(connection, self._clear.partnership, [other], proposals.JOINED)

    def _waiting(self, account: AccountId, referral_id: str) -> cases.Referral:
        self._doorkeeper.let_in(account, Act.CANDIDATES_READ, AT_THE_DOOR, purpose="front_door")
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        if referral is None:
            raise NotFoundError(where=referral_id)
        if referral.state != "received":
            raise ConflictError("already_decided", where=referral_id, next_step="see_front_door")
        return referral

    def _open(self, referral: cases.Referral) -> list[proposals.Proposal]:
        """Return what matching proposed, without anybody protected by now: a shield may be younger than the match."""
        with self._clear.read() as connection:
            found = proposals.proposals_for(connection, self._clear.partnership, referral.id, ORDINARY)
        protected = protected_among(self._finder, self._placing, {one.person: one.family for one in found})
        return [one for one in found if one.person not in protected]


def compared(
    pages: FamilyPages,
    finder: Finder,
    clear: Transactions,
    account: AccountId,
    referral: cases.Referral,
    found: Sequence[proposals.Proposal],
) -> CandidatesPage:
    """Return candidates side by side as this account may see either side; nothing is asked of the gate in vain."""
    own = finder.persons_behind({one.reference for one in found})
    with clear.read() as connection:
        families = cases.find_families(connection, clear.partnership, {one.family for one in found})
    references = {family.id: family.reference for family in families}
    opened = {
        family: _opened(pages, finder, account, family) for family in {referral.family, *(one.family for one in found)}
    }
    said = opened[referral.family]
    people = []
    for reference in dict.fromkeys(one.reference for one in found):
        person = own[reference]
        sides = [
            Side(
                one.id,
                one.family,
                references[one.family],
                one.grade in {"likely", "attach"},
                _rows(one, _details(said, person), _details(opened[one.family], one.person)),
            )
            for one in found
            if one.reference == reference
        ]
        people.append(Compared(person, _details(said, person).get("Name", ""), tuple(sides)))
    sender = sender_words(referral.connector, pages.register().agency(referral.agency))
    return CandidatesPage(referral.id, sender, tuple(people))


def _opened(pages: FamilyPages, finder: Finder, account: AccountId, family: FamilyId) -> Disclosure | None:
    """Open a family for this desk; one that is a team's by now, for the work that this reader has with it."""
    who = finder.standing(account, family)
    if not who.relationships:
        return None
    shown = pages.disclose(account, family, Stated(_DESK, REASON), limit=_MORE)
    works = [one for one in pages.purposes(account, family) if one not in {_DESK, EMERGENCY}]
    for purpose in works if "allocated_to_family" in who.relationships else ():
        if shown.records:
            break
        shown = pages.disclose(account, family, Stated(purpose, REASON), limit=_MORE)
    return shown


def _details(disclosure: Disclosure | None, person: PersonId) -> dict[str, str]:
    """Return what is shown of a person, row by row, each value once however many senders gave it."""
    found: dict[str, dict[str, None]] = {}
    for record in disclosure.records if disclosure else ():
        for label, (kind, names) in _FIELDS.items():
            if record.kind is kind and person in record.persons:
                said = [record.fields[name] for name in names if record.fields.get(name)]
                found.setdefault(label, {}).update(dict.fromkeys(said))
    return {label: "; ".join(values) for label, values in found.items() if values}


def _rows(proposal: proposals.Proposal, said: Mapping[str, str], known: Mapping[str, str]) -> tuple[Row, ...]:
    rows = (
        Row(
            label,
            said.get(label, ""),
            known.get(label, ""),
            tuple(match_words.words(code) for code in proposal.reasons_for if match_words.row(code) == label),
            tuple(match_words.words(code) for code in proposal.reasons_against if match_words.row(code) == label),
        )
        for label in match_words.ROWS
    )
    return tuple(row for row in rows if row.said or row.known or row.speaks_for or row.speaks_against)
