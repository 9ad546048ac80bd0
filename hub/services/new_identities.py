"""A new identity with no traceable link: adoption, and gender recognition.

Law: Adoption and Children Act 2002 ss56-65 (protected information); Gender Recognition Act 2004 s22 (an offence to
tell of the earlier gender). The person enters as anybody would: as a referral of the agency's own, in a family of its
own. That it is the same person stands in one sealed record of the new family, which the protected identity desk alone
reads. Both persons are shielded, so matching proposes one for the other to nobody on an ordinary page.
INVARIANT: no clear row, and no record that anybody off the desk can open, names both.
"""

from dataclasses import dataclass

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, PersonId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Outcome, Parsed, Part, PersonDraft, ReferralDraft, Sourced
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.records import NewRecord
from hub.gate.view import View
from hub.gate.writer import Actor, Writer
from hub.services.intake import Intake, Message
from hub.services.placing import Placing
from hub.store.clear import cases
from hub.store.session import Transactions

DESK = "protected_identity"
ON_DUTY = f"on_duty_{DESK}"
GROUNDS = ("adoption", "gender_recognition")
_OWN_RECORD = "own_record"
"""What the message is called in clear: nothing about why somebody entered."""
_PURPOSE = "protect_child"


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """Who somebody is from now on, and on what ground; `part` is their part in the new family."""

    name: str
    birth_date: PartialDate
    part: Part
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the desk reads: the family and person that somebody was before, why, and since when."""

    family: FamilyId
    person: PersonId
    ground: str
    reason: str


class NewIdentities:
    """Opens and reads. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Reader, Writer, Finder, Doorkeeper],
        intake: Intake,
        placing: Placing,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, and the ways in which everybody enters."""
        self._reader, self._writer, self._finder, self._doorkeeper = gate
        self._intake, self._placing, self._clear, self._clock, self._ids = intake, placing, clear, clock, ids

    def open(self, account: AccountId, family: FamilyId, person: PersonId, new: NewIdentity) -> FamilyId:
        """Give a member of a family a new identity in a family of its own; returns the new family.

        Raises:
            AccessRefusedError: not on duty at the desk; the refusal is entered.
            InvalidRequestError: something is not said.
        """
        agency = self.require_desk(account, family)
        _require_said(new)
        if person not in self._members(family):
            raise NotFoundError(where=family)
        self._shield(account, family, person)
        opened = self._enter(account, agency, new)
        (born,) = self._members(opened)
        fields = {"earlier_family": family, "earlier_person": person, "ground": new.ground, "reason": new.reason}
        history = NewRecord(
            RecordId(self._ids.new()),
            RecordKind.IDENTITY_HISTORY,
            agency,
            PartialDate.of(self._clock()),
            frozenset(),
            fields,
            Sensitivity.PROTECTED,
        )
        self._shield(account, opened, born, history)
        return opened

    def earlier(self, account: AccountId, family: FamilyId, reason: str) -> tuple[Earlier, ...]:
        """Return which identities the people of a family had before, to whoever is on duty at the desk."""
        self.require_desk(account, family)
        now = self._clock()
        view = View(
            Act.CHRONOLOGY_CONSULT,
            account,
            family,
            _PURPOSE,
            frozenset({RecordKind.IDENTITY_HISTORY}),
            at=now,
            known=now,
            justification=reason,
            satisfied=frozenset({"state_purpose", "state_reason"}),
        )
        return tuple(
            Earlier(
                FamilyId(record.fields["earlier_family"]),
                PersonId(record.fields["earlier_person"]),
                record.fields["ground"],
                record.fields["reason"],
            )
            for record in self._reader.disclose(view).records
            if "earlier_family" in record.fields
        )

    def require_desk(self, account: AccountId, family: FamilyId) -> AgencyId:
        """Return the agency of whoever is on duty at the desk; for everybody else there is no such page."""
        who = self._finder.standing(account, family)
        if ON_DUTY not in who.relationships:
            self._doorkeeper.let_in(account, Act.IDENTITY_OPEN, (), family=family)
            raise AccessRefusedError("no_relationship", where=family)
        return AgencyId(who.agency)

    def _enter(self, account: AccountId, agency: AgencyId, new: NewIdentity) -> FamilyId:
        """Let the person in as a referral of the agency's own, and accept it as a family of its own."""
        fields = {"name": Sourced(new.name, "/"), "birth_date": Sourced(str(new.birth_date), "/")}
        person = PersonDraft("p1", fields, parts=frozenset({new.part}), birth_date=new.birth_date)
        draft = ReferralDraft(self._ids.new(), 1, "/", (person,), ())
        parsed = [Parsed(Outcome.ACCEPTED, "/", draft)]
        message = Message(agency, _OWN_RECORD, draft.message_id, b"{}", "application/json", parsed)
        records = self._intake.receive(message)["records"]
        number = str(records[0]["referral"]) if isinstance(records, list) else ""
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, number)
        if referral is None:
            raise NotFoundError(where=number)
        return self._placing.accept(account, referral)

    def _members(self, family: FamilyId) -> frozenset[PersonId]:
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        return frozenset(PersonId(str(fact.body["person"])) for fact in facts if fact.kind is FactKind.MEMBERSHIP)

    def _shield(self, account: AccountId, family: FamilyId, person: PersonId, *records: NewRecord) -> None:
        now, body = self._clock(), {"person": person, "desk": DESK}
        chain = person_chain(person)
        fact = Fact(FactId(self._ids.new()), chain, 0, FactKind.SHIELD, body, now, None, now, account)
        self._writer.record(Actor(account), Act.IDENTITY_OPEN, family, [fact], records=records)


def _require_said(new: NewIdentity) -> None:
    if new.ground not in GROUNDS:
        raise InvalidRequestError("ground_unknown", where="ground")
    for name in ("name", "reason"):
        if not getattr(new, name).strip():
            raise InvalidRequestError(f"{name}_missing", where=name)
