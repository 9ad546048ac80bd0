"""Referring through the hub's own forms: a worker of an agency who is signed in, or anybody at all.

What is typed becomes the same message that an agency's system would send, and is taken in the same way.

INVARIANT: who tells us as a member of the public gets the same answer whatever the hub knows; who they are is in a
record that the front door alone reads, and in no other, also not in the original.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.domain.access import Act
from hub.domain.clock import Clock, Randomness
from hub.domain.errors import ConflictError, NotFoundError, NotSignedInError
from hub.domain.facts import AGENCIES_CHAIN, FactKind
from hub.domain.fields import SHAPES, RecordKind, words_for
from hub.domain.form import Form
from hub.domain.ids import AccountId, AgencyId
from hub.domain.partial_date import LOCAL
from hub.domain.referral import Connector, Issue, Limits, Parsed, Severity
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Writer
from hub.identity.secrets import hashed
from hub.services.family_page import FamilyPages, Stated
from hub.services.front_door import REASON
from hub.services.intake import Intake, Message
from hub.services.receiving import read_records
from hub.services.throttle import Throttle
from hub.services.view_kinds import Look
from hub.store.clear import cases
from hub.store.session import Transactions

MAY_REFER: Final = frozenset({"partner_referrer"})
_AT_THE_DOOR: Final = frozenset({"on_duty_front_door", "front_door_staff"})
_VERSION: Final = "1.0"
_TOKEN_BYTES, _REFERENCE_BYTES = 15, 5
_SHOWN: Final = Look(Act.REFERRER_CONSULT, frozenset({RecordKind.REFERRER}))
_NAMING: Final = frozenset(SHAPES[RecordKind.REFERRER].fields)


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of a referral before it is sent: `wrong` holds it up, `remarks` do not."""

    parsed: tuple[Parsed, ...]

    @property
    def wrong(self) -> tuple[Issue, ...]:
        """Return what has to be mended first; places are JSON pointers inside the referral."""
        return tuple(issue for record in self.parsed for issue in record.issues if issue.severity is Severity.ERROR)


class Referring:
    """Built once by wiring."""

    def __init__(
        self,
        forms: Mapping[str, Form],
        connectors: Mapping[str, Connector],
        intake: Intake,
        pages: FamilyPages,
        gate: tuple[Writer, Doorkeeper],
        clear: Transactions,
        hands: tuple[Clock, Randomness, Callable[[bytes], str]],
    ) -> None:
        """Take the forms with their connectors, what takes messages in, and clock, randomness and a keyed mark."""
        self.forms, self.connectors = forms, connectors
        self._intake, self._pages, self._clear = intake, pages, clear
        self._writer, self._doorkeeper = gate
        self._clock, self._randomness, self._mark = hands
        self._throttle = Throttle("tell_us", clear, self._clock)

    def form(self, name: str, *, public: bool = False) -> Form:
        """Return a form; NotFoundError for one that is not filled in here."""
        found = self.forms.get(name)
        if found is None or found.public != public:
            raise NotFoundError(where="form")
        return found

    def of_agencies(self) -> tuple[Form, ...]:
        """Return the forms of agencies, by title."""
        return tuple(sorted((one for one in self.forms.values() if not one.public), key=lambda one: one.title))

    def understood(self, form: Form, said: Mapping[str, Any]) -> Understood:
        """Check what was typed as if it had been sent."""
        return Understood(self._parsed(form, self._whole(said, "web", "web")))

    def refer(self, account: AccountId, form: Form, said: Mapping[str, Any]) -> dict[str, object]:
        """Take a referral in from a worker, for their agency; the same words on the same day are one referral.

        Raises:
            AccessRefusedError: the role may not refer; that is entered.
        """
        who = self._doorkeeper.let_in(account, Act.REFERRAL_SUBMIT, MAY_REFER, purpose="intake")
        key = hashed(json.dumps([account, self._today(), form.name, said], sort_keys=True))[:24]
        return self._taken(AgencyId(who.agency), form, said, key, f"web-{key}")

    def token(self) -> str:
        """Return what makes one page of the public form one message, however often it is sent."""
        return base64.b32encode(self._randomness(_TOKEN_BYTES)).decode().lower()

    def council(self) -> str:
        """Return the name of the council that the public speaks to."""
        return self._pages.register().agency(self._host())

    def may_tell(self, address: str) -> bool:
        """Say whether somebody at this network address may tell us something now; more than a few an hour wait."""
        try:
            self._throttle.require_open(self._subject(address))
        except NotSignedInError:
            return False
        return True

    def tell(self, address: str, said: Mapping[str, Any], token: str) -> str:
        """Take in what a member of the public tells; returns a reference that says nothing.

        The council's front door receives it on the public's behalf: it is the council that owns what it is told.
        """
        form = next(one for one in self.forms.values() if one.public)
        self._throttle.failed(self._subject(address))
        try:
            self._taken(self._host(), form, said, token, _reference(token))
        except ConflictError:
            # The page was sent before with other words: another message, and nothing of that shows.
            token = self.token()
            self._taken(self._host(), form, said, token, _reference(token))
        return _reference(token)

    def who_told(self, account: AccountId, referral: str) -> list[tuple[str, str]]:
        """Return who told us, as (words, value), to the front door while the referral waits; the look is entered."""
        self._doorkeeper.let_in(account, Act.REFERRER_CONSULT, _AT_THE_DOOR, purpose="front_door")
        with self._clear.read() as connection:
            found = cases.find_referral(connection, self._clear.partnership, referral)
        if found is None or found.state not in cases.UNDECIDED:
            raise NotFoundError(where=referral)
        shown = self._pages.disclose(account, found.family, Stated("front_door", REASON), look=_SHOWN)
        return [
            (words_for(name), record.fields[name])
            for record in shown.records
            for name in SHAPES[record.kind].fields
            if name in record.fields
        ]

    def receipt(self, account: AccountId, number: str) -> dict[str, Any]:
        """Return one receipt of the reader's own agency; NotFoundError for any other."""
        who = self._doorkeeper.let_in(account, Act.RECEIPT_READ, MAY_REFER, purpose="intake")
        found = [one for one in self._intake.receipts(AgencyId(who.agency)) if one["receipt"] == number]
        if not found:
            raise NotFoundError(where=number)
        return found[0]

    def _taken(
        self, agency: AgencyId, form: Form, said: Mapping[str, Any], key: str, reference: str
    ) -> dict[str, object]:
        """Take a message in; the original is what was typed without who typed it, which has a record of its own."""
        whole = self._whole(said, key, reference)
        nameless = {name: value for name, value in said["referrer"].items() if name not in _NAMING}
        body = self._whole(dict(said) | {"referrer": nameless}, key, reference)
        connector = f"form_{form.name}_json"
        message = Message(agency, connector, key, body, "application/json", self._parsed(form, whole))
        return self._intake.receive(message)

    def _parsed(self, form: Form, body: bytes) -> tuple[Parsed, ...]:
        return tuple(read_records(self.connectors[f"form_{form.name}_json"].parse, body, Limits()))

    def _whole(self, said: Mapping[str, Any], key: str, reference: str) -> bytes:
        # By the day and not by the minute, so that the same words sent twice are the same bytes.
        frame = {"referral_ref": reference, "referral_version": 1, "action": "new", "created": self._today()}
        batch = {"version": _VERSION, "batch_id": key, "referrals": [frame | dict(said)]}
        return json.dumps(batch, sort_keys=True).encode()

    def _today(self) -> str:
        return f"{self._clock().astimezone(LOCAL).date()}T00:00:00Z"

    def _subject(self, address: str) -> str:
        # The hour is part of it: a library's or a carrier's one address is never shut out for long. Keyed, because
        # all addresses there are could be tried against a plain hash, and who told us must not be found that way.
        return self._mark(f"tell us {address} {self._clock():%Y-%m-%dT%H}".encode())

    def _host(self) -> AgencyId:
        """Return the council of this partnership, whose front door the public speaks to."""
        facts = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        found = [f for f in facts if f.kind is FactKind.AGENCY and f.body.get("kind") == "local_authority"]
        if not found:
            raise NotFoundError(where="local_authority")
        return AgencyId(str(min(found, key=lambda fact: fact.valid_from).body["agency"]))


def _reference(token: str) -> str:
    """Return the reference that is told: made from the page's token alone, never from what was said or is known."""
    return "T-" + base64.b32encode(bytes.fromhex(hashed(token))[:_REFERENCE_BYTES]).decode()
