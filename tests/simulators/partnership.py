"""A partnership at work for a week: agencies send, people decide, machines fail; at the end everything is counted.

`Partnership` is the hub's side: a process that can be killed and started again, and the people at its desks. What it
knows of what should be is kept here and is never asked of the hub.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from flask import Flask

from connectors.client import Answer, ClientKey, HubClient, UnreachableError
from hub.domain.errors import HubError
from hub.services.answering import Given
from hub.services.deciding import Closing
from hub.services.family_page import Stated
from hub.services.requests import Asking
from hub.wiring import World, build, web_app
from tests.factories import CHEAP, SmallWorld
from tests.journeys.senders import Sender
from tests.simulators.faults import DiedError, Faults, survives
from tests.simulators.listener import Listener
from tests.simulators.partner import ACTS, Agency, Dice

SPEAKS: Final = {
    "police": ("notice_json", "notice_xml", "notice_csv"),
    "mh": ("bars", "hl7", "mental_health"),
    "sm": ("treatment",),
    "da": ("marac",),
}
ANSWERS: Final = ("nothing_held", "shared", "not_shared", "speak_to_us")
HOLDERS: Final = {"police": "otto", "mh": "igmh", "sm": "igsm"}
FAULTS: Final = ("dies_before", "dies_after", "data", "gate", "ledger", "keys")
STATED: Final = Stated("support_family", "A visit tomorrow")
_MOST_COMMITS: Final = 9
_A_DAY: Final = timedelta(days=1)


@dataclass
class Desks:
    """What people did, as they themselves know it."""

    decided: dict[str, str] = field(default_factory=dict)
    repaired: set[str] = field(default_factory=set)
    asked: dict[str, str] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)


class Partnership:
    """One hub with its people and the agencies that send to it."""

    def __init__(self, world: SmallWorld, dice: Dice) -> None:
        self.world, self.dice, self.desks = world, dice, Desks()
        self.faults, self.deaths, self.refused = Faults(), 0, Counter[int]()
        self.app: Flask
        self.restart()
        self.listeners: dict[str, tuple[Listener, str]] = {}
        self.agencies = {code: self._agency(code) for code in SPEAKS}

    def restart(self) -> None:
        """Start the process again on what is on disk."""
        self.world.hub.close()
        outside = World(self.world.clock, self.world.hub.world.randomness, resolve=lambda *_: ["127.0.0.1"])
        self.world.hub = build(self.world.settings, world=outside, passwords=CHEAP)
        self.faults = Faults()
        self.faults.watch(self.world.hub)
        self.app = web_app(self.world.hub)

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Carry one call over a line; a process that dies meanwhile answers nothing and is started again."""
        path = "/" + url.split("/", 3)[3]
        http = self.app.test_client()
        try:
            found = survives(self.faults, lambda: http.open(path, method=method, headers=dict(headers), data=body))
        except DiedError:
            self._died()
            raise UnreachableError from None
        self.refused[found.status_code] += 1
        return Answer(found.status_code, found.data)

    def work(self) -> None:
        """Run the worker's round; one that dies is started again and does what is left."""
        try:
            survives(self.faults, self.world.hub.rounds.run_once)
        except DiedError:
            self._died()
            self.world.hub.rounds.run_once()

    def listen(self, code: str, administrator: str) -> None:
        """Let an agency's administrator register an address where its system listens."""
        self.world.staff(administrator, code, "agency_admin")
        listener = Listener()
        added = self.world.hub.partners.webhooks.add(self.world.accounts[administrator], listener.url, "")
        self.listeners[code] = listener, added.secret

    def act(self, code: str, act: str) -> None:
        """Let an agency do something, sometimes while something goes wrong."""
        if self.dice.below(5) == 0:
            self._go_wrong(FAULTS[self.dice.below(len(FAULTS))])
        self.agencies[code].play(act)

    def at_a_desk(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the act returns
        """Do something as a person does: whoever got no answer looks again and does it once more."""
        try:
            return survives(self.faults, act)
        except DiedError:
            self._died()
            return act()

    def decide(self) -> None:
        """Let the front door decide what has waited longest: as a new family, one that is known, or without one."""
        hub, fran = self.world.hub, self.world.accounts["fran"]
        line = next((one for one in hub.front_door.waiting(fran) if one.state_words == "Received"), None)
        if line is None:
            return
        outcome = ("accepted", "accepted", "returned", "no_further_action")[self.dice.below(4)]
        try:
            self.at_a_desk(lambda: self._decide(line.id, outcome))
        except HubError as error:  # it was done before the process died: the page says that somebody was faster
            if error.code != "already_decided":
                raise
        self.desks.decided[line.id] = outcome

    def _decide(self, referral: str, outcome: str) -> None:
        hub, fran = self.world.hub, self.world.accounts["fran"]
        if outcome == "accepted":
            known = hub.front_door.page(fran, referral).candidates
            hub.front_door.decide(fran, referral, known[0].id if known else None)
            return
        ground = "no_need" if outcome == "no_further_action" else "no_consent_no_safeguarding"
        said = Closing(outcome, "Read and weighed", ground, history_read=True)
        hub.desk.deciding.close(fran, referral, said)

    def repair(self) -> None:
        """Mend the oldest record whose day nobody could read; what is no matter of a value is left to wait."""
        desk, fran = self.world.hub.partners.quarantined, self.world.accounts["fran"]
        for line in desk.waiting(fran):
            page = desk.page(fran, line.id)
            flaws = [flaw for flaw in page.flaws if flaw.stops]
            if flaws and all(flaw.fixable and flaw.value == "last Tuesday, late" for flaw in flaws):
                day = {flaw.place: "2026-11-17" for flaw in flaws}
                left = self.at_a_desk(lambda: self.world.hub.partners.quarantined.repair(fran, line.id, day))
                assert left is None
                self.desks.repaired.add(line.id)
                return

    def ask(self, holder: str) -> None:
        """Let the family's social worker ask an agency; the same question twice is refused by name."""
        people = [self.world.people("child")[0], *self.world.people("parent")]
        said = Asking(self.world.agencies[holder], "assess_need", people, "A neighbour rang", "since May 2026")
        sally, desk = self.world.accounts["sally"], self.world.hub.desk.requests
        try:
            self.desks.asked[desk.ask(sally, self.world.family, STATED, said)] = holder
        except HubError as error:
            if error.code != "asked_already":
                raise

    def answer(self, kind: str) -> None:
        """Let the first agency that was asked and has not answered answer."""
        for request, holder in self.desks.asked.items():
            if request not in self.desks.answered:
                given = Given(
                    kind,
                    checked=self.world.clock().date(),
                    information="Three calls since May",
                    statement="fact_observed",
                    involvement="Open since May",
                    relations="Daniel: father",
                    ground="detriment",
                    reason="It would endanger a witness",
                )
                who = self.world.accounts[HOLDERS[holder]]
                self.world.hub.desk.answering.answer(who, request, given)
                self.desks.answered[request] += 1
                return

    def play_a_day(self, acts: int = 6) -> None:
        """Let every agency act, the desks decide and mend, and the worker run; then it is the next day."""
        plan = [(code, act) for code in self.agencies for act in self.dice.shuffled(ACTS)[:acts]]
        for place in self.dice.shuffled([str(number) for number in range(len(plan))]):
            self.act(*plan[int(place)])
            self.world.clock.advance(minutes=7)
            for desk in (self.decide, self.repair, self.work):
                if self.dice.below(4) == 0:
                    desk()
        self.work()
        self.world.clock.now = self.world.clock.now.replace(hour=9) + _A_DAY

    def settle(self) -> None:
        """Let days pass until nothing is under way any more."""
        for _ in range(40):
            self.work()
            self.world.clock.advance(hours=6)
        self.work()

    def _agency(self, code: str) -> Agency:
        sender = Sender(self.world, self.app, code, "EdDSA")
        key = ClientKey(sender.client_id, sender.kid, sender.private)
        base, waited = self.world.settings.base_url, list[float]()
        client = HubClient(base, key, transport=self.call, clock=self.world.clock, sleep=waited.append)
        return Agency(client, code, SPEAKS[code], Dice(f"{code} of {self.dice.below(1_000_000)}"))

    def _go_wrong(self, fault: str) -> None:
        if fault.startswith("dies"):
            self.faults.die(self.dice.below(_MOST_COMMITS), after=fault == "dies_after")
        else:
            self.faults.lock(fault, 1 + self.dice.below(2))

    def _died(self) -> None:
        self.deaths += 1
        self.restart()
