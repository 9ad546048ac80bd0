"""A partnership at work for a week: agencies send, people decide, machines fail; at the end everything is counted.

`Partnership` is the hub's side: a process that can be killed and started again, and the people at its desks. What it
knows of what should be is kept here and is never asked of the hub.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from flask import Flask

from connectors.client import Answer, ClientKey, UnreachableError
from hub.domain.errors import ConflictError
from hub.wiring import World, build, web_app
from tests.factories import CHEAP, SmallWorld
from tests.journeys.senders import Sender
from tests.simulators.asking import Questions
from tests.simulators.desks import Desks
from tests.simulators.drop_folder import DropFolder, WithFolder
from tests.simulators.faults import DiedError, Faults, survives
from tests.simulators.listener import Listener
from tests.simulators.partner import ACTS, FILE_ACTS, Agency, Dice, Signer
from tests.simulators.pretending import Pretending
from tests.simulators.severed import Severing
from tests.simulators.write_lock import FILES, WriteLocks

SPEAKS: Final = {
    "police": ("notice_json", "notice_xml", "notice_csv", "notices_file", "notices_in_folder"),
    "mh": ("bars", "hl7", "mental_health", "gp", "health_visiting_csv", "ambulance_emergency"),
    "sm": ("treatment", "adults_file", "adults_in_folder"),
    "da": ("marac", "school", "housing_csv", "adult_social_care", "probation", "public"),
}
DEATHS: Final = ("dies_before", "dies_after")
FAULTS: Final = (*DEATHS, "data", "gate", "ledger", "keys")
_MOST_COMMITS: Final = 9
_BORROWED: Final = frozenset({1, 4})
"""Days on which one agency sends about what another sent."""
_QUIET_ROUNDS, _MORE_ROUNDS = 60, 10
"""Rounds that look through the log, 200 entries each, and rounds that then look at every key, 500 each."""
_A_DAY: Final = timedelta(days=1)


class Partnership:
    """One hub with its people and the agencies that send to it."""

    def __init__(self, world: SmallWorld, dice: Dice) -> None:
        self.world, self.dice, self.desks, self.locks = world, dice, Desks(self), WriteLocks(world.settings)
        self.sever = Severing(world.settings) if world.settings.owner_urls else None
        self.faults, self.deaths, self.day, self.refused = Faults(), 0, 0, Counter[int]()
        self.troubles = FAULTS if self.sever is None else (*FAULTS, "severed")
        self.app: Flask
        self.restart()
        self.listeners: dict[str, tuple[Listener, str]] = {}
        self.agencies = {code: self._agency(code) for code in SPEAKS}
        self.pretending, self.questions = Pretending(self), Questions(self)

    @property
    def senders_of_files(self) -> tuple[str, ...]:
        return tuple(code for code, agency in self.agencies.items() if agency.files)

    @property
    def paths(self) -> set[str]:
        """Every address that anything was sent to."""
        return {one.message.path for agency in self.agencies.values() for one in agency.book.sent}

    def restart(self) -> None:
        """Start the process again on what is on disk."""
        self.world.hub.close()
        outside = World(self.world.clock, self.world.hub.world.randomness, resolve=lambda *_: ["127.0.0.1"])
        self.world.hub = build(self.world.settings, world=outside, passwords=CHEAP)
        self.faults = Faults(self.sever)
        self.faults.watch(self.world.hub)
        self.app = web_app(self.world.hub)

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Carry one call over a line; a process that dies meanwhile answers nothing and is started again."""
        path = "/" + url.split("/", 3)[3]
        http = self.app.test_client()
        found = self.carry(lambda: http.open(path, method=method, headers=dict(headers), data=body))
        self.refused[found.status_code] += 1
        self.locks.answered(found.status_code, found.headers)
        return Answer(found.status_code, found.data)

    def carry(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the act returns
        """Do something in the process; UnreachableError when it died meanwhile and was started again."""
        try:
            return survives(self.faults, act)
        except DiedError:
            self._died()
            raise UnreachableError from None

    def work(self) -> None:
        """Run the worker's round; one that dies is started again and does what is left."""
        self._perhaps(self.troubles)
        try:
            survives(self.faults, self.world.hub.rounds.run_once)
        except DiedError:
            self._died()
            self.world.hub.rounds.run_once()
        self.faults.calm()

    def listen(self, code: str, administrator: str) -> None:
        """Let an agency's administrator register an address where its system listens."""
        self.world.staff(administrator, code, "agency_admin")
        listener = Listener()
        added = self.world.hub.partners.webhooks.add(self.world.accounts[administrator], listener.url, "")
        self.listeners[code] = listener, added.secret

    def act_while_locked(self, code: str, act: str, database: str) -> None:
        """Let an agency do something while another process writes to a database for longer than the hub waits."""
        self.locks.hold(database)
        self.agencies[code].play(act)
        self.locks.release()

    def act(self, code: str, act: str, faults: Sequence[str] = (), one_in: int = 5) -> None:
        """Let an agency do something, sometimes while something goes wrong."""
        self._perhaps(faults or self.troubles, one_in)
        self.agencies[code].play(act)
        self.faults.calm()

    def at_a_desk(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the act returns
        """Do something as a person does: whoever got no answer does it again, and learns that it was done already."""
        self._perhaps(DEATHS)
        try:
            return survives(self.faults, act)
        except DiedError:
            self._died()
        finally:
            self.faults.calm()
        try:
            return act()
        except ConflictError as error:
            if error.code not in {"already_decided", "asked_already"}:
                raise
            return None

    def play_a_day(self, acts: int = 3) -> None:
        """Let every agency act, the desks decide and mend, and the worker run; then it is the next day."""
        plan = [(code, act) for code in self.agencies for act in self.dice.shuffled(ACTS)[:acts]]
        for place in self.dice.shuffled([str(number) for number in range(len(plan))]):
            self.act(*plan[int(place)])
            self.world.clock.advance(minutes=7)
            for desk in (self.desks.decide, self.desks.repair, self.work):
                if self.dice.below(4) == 0:
                    desk()
        for place, code in enumerate(self.senders_of_files):
            self.act(code, FILE_ACTS[(self.day + place) % len(FILE_ACTS)], DEATHS, one_in=2)
        if self.sever is None:
            self.act_while_locked(list(SPEAKS)[self.day % len(SPEAKS)], "new", FILES[self.day % len(FILES)])
        self.pretending.play_a_day()
        if self.day in _BORROWED:
            self.pretending.borrow()
        self.evening()
        self.day += 1
        self.world.clock.now = self.world.clock.now.replace(hour=9) + _A_DAY

    def evening(self) -> None:
        """Let the worker look at the clocks before the working day ends, and after."""
        for hour in (16, 18):
            self.world.clock.now = self.world.clock.now.replace(hour=hour)
            self.work()
            self.world.hub.rounds.run_once()

    def settle(self) -> None:
        """Let days pass until nothing is under way any more, and the worker has looked through the whole log."""
        for _ in range(16):
            self.work()
            self.world.clock.advance(hours=12)
        self.world.clock.advance(days=1, hours=1)
        rounds = self.world.hub.rounds
        for _ in range(_QUIET_ROUNDS):
            rounds.run_once()
            if rounds.audit.whole:  # since it was last started: only then are keys without a record destroyed
                break
        for _ in range(_MORE_ROUNDS):
            rounds.run_once()

    def _agency(self, code: str) -> Agency:
        sender = Sender(self.world, self.app, code, "EdDSA")
        key = ClientKey(sender.client_id, sender.kid, sender.private)
        base = self.world.settings.base_url
        folder = DropFolder(
            self.world, code, self.world.settings.folder.parent / f"from {code}", self.carry, self.locks.wait
        )
        clock = self.world.clock
        client = WithFolder(base, key, folder, transport=self.call, clock=clock, sleep=self.locks.wait)
        dice = Dice(f"{code} of {self.dice.below(1_000_000)}")
        return Agency(client, code, SPEAKS[code], dice, Signer(key, base, clock))

    def _perhaps(self, faults: Sequence[str], one_in: int = 5) -> None:
        """Let something go wrong, one time in so many."""
        if self.dice.below(one_in):
            return
        fault = faults[self.dice.below(len(faults))]
        if fault.startswith("dies"):
            self.faults.die(self.dice.below(_MOST_COMMITS), after=fault == "dies_after")
        elif fault == "severed":
            self.faults.cut(self.dice.below(_MOST_COMMITS))
        else:
            self.faults.lock(fault, 1 + self.dice.below(2))

    def _died(self) -> None:
        self.deaths += 1
        self.restart()
