"""Repairing what could not be read: what was understood, what was not and where, corrected and let through.

The worker corrects values over what came; the record then goes the way of every message: same intake, same matching,
from the same agency. The original stays as it was, in the family that was made for it. A failure changes nothing.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError, RejectedMessageError
from hub.domain.facts import Fact, FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FactId, IdMaker
from hub.domain.referral import Connector, Issue, Limits, Outcome, Parsed, Severity
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Actor, Writer
from hub.services.family_page import FamilyPages, Stated
from hub.services.intake import Intake, Message
from hub.services.provenance import marked
from hub.services.quarantine_clock import JOB, WITHIN, source_of
from hub.services.receiving import read_records
from hub.services.register import moment_words
from hub.services.repairing import Flaw, Mender, RepairPage, Waiting
from hub.services.spelling import message_words, spelt
from hub.services.view_kinds import Look
from hub.store.clear import cases, receipts, releases, work
from hub.store.session import Transactions

QUARANTINED, RELEASED = "quarantined", "released"
CORRECTED: Final = "corrected_at_the_hub"
"""The remark on a place whose value is not its sender's."""
AT_THE_DOOR: Final = frozenset({"on_duty_front_door", "front_door_staff"})
_LOOK: Final = Look(Act.QUARANTINE_REPAIR, frozenset({RecordKind.ORIGINAL}))
_REASON: Final = "Repairing a referral that could not be read"
_TYPED: Final = frozenset({"wrong_type", "out_of_range"})
_TWICE: Final = "duplicate_element"
_WHICH: Final = "Said more than once: write the one that stands"


@dataclass(frozen=True, slots=True)
class _Case:
    """A quarantined referral with its record as a message of its own."""

    referral: cases.Referral
    body: bytes = field(repr=False)
    content_type: str
    parsed: Parsed = field(repr=False)
    corrected: Mapping[str, str] = field(default_factory=dict, repr=False)


class Quarantined:
    """Lists, shows and releases. Built once by wiring."""

    def __init__(
        self,
        pages: FamilyPages,
        doorkeeper: Doorkeeper,
        writer: Writer,
        intake: Intake,
        formats: tuple[Mapping[str, Connector], Mender, Limits],
        clear: Transactions,
        hands: tuple[Clock, IdMaker],
    ) -> None:
        """Take what opens the original, the intake, every connector with what mends, and clear rows."""
        self._pages, self._doorkeeper, self._writer, self._intake = pages, doorkeeper, writer, intake
        self._connectors, self._mender, self._limits = formats
        self._clear = clear
        self._clock, self._ids = hands

    def waiting(self, by: AccountId) -> list[Waiting]:
        """Return what waits, the most urgent first; the look is entered, and refused to everyone but the front door."""
        self._doorkeeper.let_in(by, Act.QUARANTINE_LIST, AT_THE_DOOR, purpose="front_door")
        register, now = self._pages.register(), self._clock()
        with self._clear.read() as connection:
            found = cases.referrals_in(connection, self._clear.partnership, [QUARANTINED])
            due = {one.id: self._due(connection, one) for one in found}
        return [
            Waiting(
                one.id,
                register.agency(one.agency),
                message_words(one.connector),
                moment_words(one.received_at),
                moment_words(due[one.id]),
                now > due[one.id],
            )
            for one in sorted(found, key=lambda one: due[one.id])
        ]

    def page(self, by: AccountId, referral: str, typed: Mapping[str, str] | None = None) -> RepairPage:
        """Return one record through the gate; `typed` (place -> value) is tried out and not stored.

        Raises:
            NotFoundError: no such referral, or nothing of it may be opened.
            ConflictError: it was released already.
        """
        case = self._open(by, referral)
        return self._page(self._with(case, typed) if typed else case)

    def repair(self, by: AccountId, referral: str, corrections: Mapping[str, str]) -> RepairPage | None:
        """Let the corrected record through; returns None when that is done, else the page with what is still wrong."""
        case = self._open(by, referral)
        mended = self._with(case, corrections) if corrections else case
        if mended.parsed.outcome is not Outcome.ACCEPTED:
            return self._page(mended)
        self._release(by, case.referral, *self._received(self._marked(by, mended)))
        return None

    def sent_again(self, by: AccountId, referral_id: str, reference: str) -> None:
        """Close a record that cannot be mended, because its sender sent it again; its original stays.

        `reference` is that referral's, as the sender's receipt names it.

        Raises:
            InvalidRequestError: `not_sent_again`: no later referral of this agency that could be read has it.
        """
        waits = self._find(by, referral_id)
        with self._clear.read() as connection:
            later = cases.find_referral(connection, self._clear.partnership, reference.strip())
        # One answer for whatever it is not: a reference is no way to ask what others sent.
        if (
            later is None
            or later.agency != waits.agency
            or later.state == QUARANTINED
            or later.received_at < waits.received_at
        ):
            raise InvalidRequestError("not_sent_again", where="reference", next_step="ask_for_the_receipt")
        self._release(by, waits, later.id, later.receipt)

    def _marked(self, by: AccountId, mended: _Case) -> _Case:
        """Let what comes of a record say that it was repaired: a reader of an entry need not know the receipt."""
        register, draft = self._pages.register(), mended.parsed.draft
        role = register.vocabulary.words(self._pages.standing(by).role)
        what = "Repaired in quarantine" if mended.corrected else "Let through from quarantine"
        said = f"{what} on {moment_words(self._clock())} by: {role}."
        draft = marked(draft, mended.corrected, said) if draft else None
        return replace(mended, parsed=replace(mended.parsed, draft=draft))

    def _received(self, case: _Case) -> tuple[str, str]:
        """Send the record through the intake under a key of its own; returns the referral it became, and its receipt.

        Its receipt says where it was corrected. Whoever was faster with another correction has released it: theirs
        counts.
        """
        one, remarks = case.referral, (Issue(Severity.WARNING, CORRECTED, place) for place in case.corrected)
        parsed = replace(case.parsed, issues=(*case.parsed.issues, *remarks))
        key, body = f"repaired {one.id}", case.body
        message = Message(one.agency, one.connector, key, body, case.content_type, [parsed], mended=True)
        try:
            receipt = self._intake.receive(message)
        except ConflictError as error:
            with self._clear.read() as connection:
                stored = receipts.receipt_numbered(connection, self._clear.partnership, error.where)
            if stored is None:
                raise
            receipt = json.loads(stored.body)
        records = cast("list[dict[str, str]]", receipt["records"])
        return records[0]["referral"], str(receipt["receipt"])

    def _release(self, by: AccountId, referral: cases.Referral, released: str, receipt: str) -> None:
        """Close the quarantined referral; its family no longer waits at the front door."""
        now, partnership, chain = self._clock(), self._clear.partnership, family_chain(referral.own_family)

        def rows(connection: Connection) -> None:
            if not cases.decide_referral(connection, partnership, referral.id, RELEASED, referral.own_family, by, now):
                raise ConflictError("already_decided", where=referral.id, next_step="see_front_door")
            releases.add(connection, partnership, releases.Release(referral.id, released, receipt, now, by))
            work.finish_tasks_from(connection, partnership, source_of(referral.id), by, now)

        waiting = [f for f in self._writer.standing_facts([chain], now) if f.kind is FactKind.RECEIVED]
        endings = [Fact(FactId(self._ids.new()), chain, 0, f.kind, f.body, now, None, now, by, f.id) for f in waiting]
        try:
            self._writer.record(Actor(by), Act.QUARANTINE_REPAIR, referral.own_family, endings, alongside=rows)
        except IntegrityError:
            raise ConflictError("already_decided", where=referral.id, next_step="see_front_door") from None

    def _find(self, by: AccountId, referral_id: str) -> cases.Referral:
        self._doorkeeper.let_in(by, Act.QUARANTINE_REPAIR, AT_THE_DOOR, purpose="front_door")
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        if referral is None:
            raise NotFoundError(where=referral_id)
        if referral.state != QUARANTINED:
            raise ConflictError("already_decided", where=referral_id, next_step="see_front_door")
        return referral

    def _open(self, by: AccountId, referral_id: str) -> _Case:
        referral = self._find(by, referral_id)
        disclosure = self._pages.disclose(by, referral.family, Stated("front_door", _REASON), look=_LOOK)
        original = next((record.fields for record in disclosure.records if "content" in record.fields), {})
        return self._case(referral, base64.b64decode(original.get("content", "")), original.get("content_type", ""))

    def _case(self, referral: cases.Referral, body: bytes, content_type: str) -> _Case:
        """Find the record in its original; where it cannot be taken apart, what the receipt says is all there is."""
        parsed = self._parse(referral.connector, body) if body else ()
        if len(parsed) > 1:
            body = self._mender.apart(body, [referral.pointer]).get(referral.pointer, b"")
            parsed = self._parse(referral.connector, body) if body else ()
        if len(parsed) != 1:
            return _Case(referral, b"", content_type, self._as_receipted(referral))
        return _Case(referral, body, content_type, parsed[0])

    def _as_receipted(self, referral: cases.Referral) -> Parsed:
        with self._clear.read() as connection:
            receipt = receipts.receipt_numbered(connection, self._clear.partnership, referral.receipt)
        records = json.loads(receipt.body)["records"] if receipt else []
        said = [issue for one in records if one["pointer"] == referral.pointer for issue in one["issues"]]
        issues = (Issue(Severity(one["severity"]), one["code"], one["location"]) for one in said)
        return Parsed(Outcome.QUARANTINED, referral.pointer, None, tuple(issues))

    def _with(self, case: _Case, corrections: Mapping[str, str]) -> _Case:
        """Put the values in; a place that asks for a number or a truth value gets one where the words are one."""
        if not case.body:
            return case
        known = self._mender.places(case.body, corrections)
        takes = {place: text for place, text in corrections.items() if place in known.get(place, ())}
        try:
            body, parsed = self._mended(case, takes)
            typed = frozenset(issue.location for issue in parsed.issues if issue.code in _TYPED) & takes.keys()
            if typed:
                body, parsed = self._mended(case, takes, typed)
        except (InvalidRequestError, RejectedMessageError) as error:
            # It cannot be written so, or could no longer be read at all: it is as it came, and as wrong as before.
            wrong = Issue(Severity.ERROR, error.code, error.where or next(iter(takes), ""))
            return replace(case, parsed=replace(case.parsed, issues=(*case.parsed.issues, wrong)))
        return replace(case, body=body, parsed=parsed, corrected=takes)

    def _mended(
        self, case: _Case, takes: Mapping[str, str], typed: frozenset[str] = frozenset()
    ) -> tuple[bytes, Parsed]:
        """Put values in and read it again; what is then more or less than one record is as wrong as before."""
        twice = {issue.location for issue in case.parsed.issues if issue.code == _TWICE}
        once = frozenset(place for places in self._mender.places(case.body, twice).values() for place in places)
        body = self._mender.mended(case.body, takes, typed, once)
        found = self._parse(case.referral.connector, body)
        return (body, found[0]) if len(found) == 1 else (case.body, case.parsed)

    def _parse(self, connector: str, body: bytes) -> Sequence[Parsed]:
        return list(read_records(self._connectors[connector].parse, body, self._limits))

    def _page(self, case: _Case) -> RepairPage:
        referral, parsed = case.referral, case.parsed
        values = dict(self._mender.lines(case.body, parsed.pointer))
        flaws = tuple(self._flaws(case, values))
        wrong = {flaw.place for flaw in flaws if flaw.fixable and flaw.value}
        understood = tuple((place, value) for place, value in values.items() if place not in wrong)
        return RepairPage(
            referral.id,
            self._pages.register().agency(referral.agency),
            message_words(referral.connector),
            moment_words(referral.received_at),
            flaws,
            understood,
        )

    def _flaws(self, case: _Case, values: Mapping[str, str]) -> Iterator[Flaw]:
        seen: set[str] = set()
        known = self._mender.places(case.body, {issue.location for issue in case.parsed.issues}) if values else {}
        for issue in sorted(case.parsed.issues, key=lambda issue: issue.severity is not Severity.ERROR):
            twice, stops = issue.code == _TWICE, issue.severity is Severity.ERROR
            words, places = _WHICH if twice else spelt(issue.code), known.get(issue.location, ())
            for place in places or [issue.location]:
                value = "" if twice else values.get(place, "")  # of two values none stands until somebody says which
                yield Flaw(words, place, stops, bool(places) and place not in seen, value)
                seen.add(place)

    def _due(self, connection: Connection, referral: cases.Referral) -> datetime:
        due = work.due_of(connection, self._clear.partnership, source_of(referral.id))
        return due or referral.received_at + WITHIN[JOB]
