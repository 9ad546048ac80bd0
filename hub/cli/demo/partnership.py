"""Fills in the rest of the partnership after the story: ten more families and their workers, through the services.

One seed and the day it is decide what is sent and written: the same people, in the same states of affairs. The families
came a week ago, most of the work was yesterday; then a night passes, and what has a clock is late, told, or waits for
whoever comes in this morning.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from hub.cli.demo import asked, colleagues, desks, door, incidents, later, mended, told
from hub.cli.demo.affairs import AFFAIRS, Entries
from hub.cli.demo.case import Case, known
from hub.cli.demo.colleagues import BESIDE, LEADS
from hub.cli.demo.households import Draw, Household, households
from hub.cli.demo.sending import Line
from hub.cli.demo.southshire import Southshire
from hub.cli.demo.story import Story
from hub.cli.stage import Stage
from hub.domain.ids import FamilyId
from hub.services.recording import Period

SEED: Final = "exampleshire"
_NOTICES, _REPORTS = 3, 3
"""Later police notices of each family, and reports of the drug and alcohol service on each father."""
_WRITTEN: Final = {"sally": 24, "sam": 24, "lena": 14, "tariq": 8, "rob": 11, "nina": 11, "vera": 8, "pete": 8}
"""How many entries each worker adds to a family."""
_SHIFT: Final = timedelta(hours=12)
_A_WEEK, _A_NIGHT = timedelta(days=7), timedelta(days=1)
BACK: Final = _A_WEEK + _A_NIGHT
"""How long ago the first of it was: any week has a working day, so that what was asked then is late."""
_TODAY: Final = frozenset({"emergency"})
"""Which states of affairs are of this morning."""

Step = tuple[str, Callable[[], None]]
"""What is done, in words for a progress bar, and what does it."""


class Partnership:
    """Fills in, step by step."""

    def __init__(
        self, stage: Stage, story: Story, sleep: Callable[[timedelta], None], beside: Callable[[], Stage]
    ) -> None:
        """Take the running hub after the story, what lets time pass, and what founds another hub beside it."""
        self._stage, self._story, self._cast, self._sleep, self._beside = stage, story, story.cast, sleep, beside
        self._line, self._draw = Line(stage, story.cast), Draw(SEED)
        self.today = stage.clock().date()
        self.households = households(self.today, SEED)
        self._placed: dict[str, FamilyId] = {}
        self._first: list[dict[str, Any]] = []
        self._later: list[dict[str, Any]] = []
        self.cases: dict[str, Case] = {}
        self.written: dict[str, Entries] = {}

    def steps(self) -> Sequence[Step]:
        """Return everything that is to be done, in order."""
        return (
            ("More people start work", self._start),
            ("The police send a first notice of each family", self._first_notices),
            ("Workers are allocated", self._allocate),
            ("An enquiry begins, and the trust is asked", self._enquiry),
            ("A week passes", self._week),
            ("Police notices of two years", self._later_notices),
            ("Reports on treatment", self._reports),
            ("Referrals from health", self._health),
            *((f"The work with family {home.number}", partial(self._work, home)) for home in self._worked_with()),
            ("Agencies ask each other", self._asked),
            ("The front door repairs what could not be read", self._repaired),
            ("The police take a notice back, and add to another", self._said_later),
            ("Schools read what the police sent", self._read_at_schools),
            ("A night passes", self._night),
            ("The night's emergency, and discussions of this morning", self._this_morning),
            ("Referrals wait with candidates", self._some_wait),
            ("Agencies wish to be told", self._to_be_told),
            ("The front door returns one referral and passes one on", self._decided_here),
            ("A MARAC form and a word from the public wait", self._told),
            ("Holders decide, desks take over, somebody is half-way through a form", self._at_the_desks),
            ("A family comes from the partnership next door, and one moves there", self._moved),
            ("The next version of the agreement is proposed", self._proposed),
            ("The log is published", self._round),
        )

    def _start(self) -> None:
        colleagues.start(self._stage.setup, self._cast, self._stage.randomness)
        self._rota()

    def _rota(self) -> None:
        now, rota, manager = self._stage.clock(), self._stage.casework.rota, self._cast.accounts["manager"]
        for username, desk in (
            ("fran", "front_door"),
            ("fran", "protected_identity"),
            ("edith", "edt"),
            ("max", "on_call_manager"),
        ):
            rota.put(manager, self._cast.accounts[username], desk, Period(now, now + _SHIFT))
        rota.put(self._cast.accounts["max"], manager, "protected_identity", Period(now, now + _SHIFT))

    def _first_notices(self) -> None:
        """Let each first notice stand as a family of its own: a receipt lists what it is for as the message did."""
        self._first = incidents.first_notices(self.households, self.today, self._draw)
        body = incidents.batch(self._first, self.today, "1")
        referrals = self._line.send("police", "safeguarding_notice", body, "first notices")
        self._stage.run_round()
        fran, door = self._cast.accounts["fran"], self._stage.front_door
        for home, referral in zip(self.households, referrals, strict=True):
            self._placed[home.shows] = door.decide(fran, referral, None)

    def _allocate(self) -> None:
        manager, now = self._cast.accounts["manager"], self._stage.clock()
        for home in self.households:
            family = self._placed[home.shows]
            self._stage.recording.allocate(manager, family, manager, Period(now), capacity="co_allocated")
            case = known(self._stage, self._cast, home, family, manager)
            if home.shows == "withdrawn":
                desks.close_and_reopen(case)
            if home.shows in LEADS:
                case.allocate(LEADS[home.shows], lead=True)
            if home.shows == "withdrawn":
                desks.step_back(case)
            for username, part in BESIDE[home.shows]:
                case.allocate(username, with_part=part)
            self._stage.recording.cover(manager, family, self._cast.agencies["da"], "not_checked")
            self.cases[home.shows] = case

    def _later_notices(self) -> None:
        self._later = incidents.later_notices(self.households, self.today, self._draw, _NOTICES)
        body = incidents.batch(self._later, self.today, "2")
        self._line.send("police", "safeguarding_notice", body, "later notices")
        self._stage.run_round()

    def _reports(self) -> None:
        body = incidents.treatment_reports(self.households, self.today, self._draw, _REPORTS)
        self._line.send("sm", "adult_with_children_csv", body, "treatment reports")
        self._stage.run_round()

    def _health(self) -> None:
        for home in self.households:
            if any(username == "nina" for username, _ in BESIDE[home.shows]):
                body = incidents.health_referral(home, self.today, home.number % 3)
                self._line.send("mh", "fhir_bars", body, f"health {home.number}")
        self._stage.run_round()

    def _some_wait(self) -> None:
        """Leave referrals at the front door whose numbers are not verified: a person decides who is in them.

        One has a candidate; in the other somebody has a protected identity, of which the protected desk alone hears.
        """
        for shows in ("emergency", "shielded"):
            home = next(one for one in self.households if one.shows == shows)
            body = incidents.treatment_reports([home], self.today, self._draw, 1, traced="no")
            (referral, *_) = self._line.send("sm", "adult_with_children_csv", body, f"not traced {shows}")
            if shows == "emergency":
                desks.rate(self._stage, self._cast.accounts["fran"], referral)
        mended.waiting(self._line, self._home("withdrawn"), self.today)
        self._stage.run_round()

    def _work(self, home: Household) -> None:
        case = self.cases[home.shows]
        workers = [(LEADS[home.shows], "")] if home.shows in LEADS else []
        workers += list(BESIDE[home.shows])
        entries = {username: case.write(username, part, _WRITTEN[username]) for username, part in workers}
        self.written[home.shows] = entries
        if home.shows not in _TODAY:
            AFFAIRS[home.shows](case, entries)

    def _to_be_told(self) -> None:
        desks.wish_to_be_told(self._stage, self._cast)

    def _night(self) -> None:
        """Let the log of yesterday be read, what came in be read, then a night pass."""
        self._stage.run_round()
        desks.read_what_came(self._stage, self._cast, sorted(set(LEADS.values())))
        self._sleep(_A_NIGHT)
        self.today = self._stage.clock().date()
        self._rota()

    def _this_morning(self) -> None:
        for shows in sorted(_TODAY):
            AFFAIRS[shows](self.cases[shows], {})
        desks.discuss(self.cases["enquiry"], self.cases["emergency"])
        self._stage.run_round()

    def _at_the_desks(self) -> None:
        desks.ask_holders(self.cases["kinship"])
        desks.restrict(self.cases["unowned"])
        desks.leave_word(self.cases["emergency"])
        desks.half_way(self.cases["plan"])

    def _decided_here(self) -> None:
        referrals = self._line.send("sm", "adult_with_children_csv", door.messages(self.today), "door")
        self._stage.run_round()
        door.decide(self._stage, self._cast.accounts["fran"], referrals)
        self._line.send("sm", "adult_with_children_csv", door.another(self.today), "door again")
        self._stage.run_round()

    def _told(self) -> None:
        told.wait(self._stage, self._cast.accounts["pcdesk"], self.today)
        self._stage.run_round()

    def _enquiry(self) -> None:
        self._work(self._home("enquiry"))
        asked.enquire(self.cases["enquiry"])

    def _week(self) -> None:
        """Let the schools read what came, then a week pass."""
        self._read_at_schools()
        self._stage.run_round()
        self._sleep(_A_WEEK)
        self.today = self._stage.clock().date()
        self._rota()

    def _worked_with(self) -> list[Household]:
        """Return the families whose work was yesterday."""
        return [home for home in self.households if home.shows != "enquiry"]

    def _home(self, shows: str) -> Household:
        return next(home for home in self.households if home.shows == shows)

    def _asked(self) -> None:
        asked.ask(self.cases["enquiry"], self.cases["translated"])

    def _repaired(self) -> None:
        notice = self._of("emergency", self._later)
        mended.repaired(self._line, notice, self._home("emergency"), self.today)
        self._stage.run_round()
        mended.tell_the_college(self._line)
        mended.left(self._line, notice, self.today)

    def _said_later(self) -> None:
        who = self._home("enquiry").mother
        later.name_somebody(self._line, self._of("kinship", self._first), who, self.today)
        later.take_back(self._line, self._of("translated", self._later), self.today)
        self._stage.run_round()

    def _of(self, shows: str, notices: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return the first of these notices about a family."""
        about = f"DEMO-{self._home(shows).number}-"
        return next(one for one in notices if one["notice_ref"].startswith(about))

    def _moved(self) -> None:
        moving = self._story.agreements[-1]
        self._story.ceremony.bring_into_force(moving, "families that move")
        south = Southshire.begin(self._beside(), moving)
        south.meet(self._stage, self._cast)
        south.hand_over_to(self._stage, self._cast)
        south.receive_from(self.cases["enquiry"])
        self._stage.run_round()

    def _proposed(self) -> None:
        desks.propose(self._stage, self._cast, self._story.agreements[0])

    def _read_at_schools(self) -> None:
        """Let the leads read what was sent to their schools; the officer at the council leaves one to be read."""
        notices = self._stage.encompass.notices
        for username, left in (("pia", 0), ("cora", 0), ("ellen", 1)):
            account = self._cast.accounts[username]
            waiting = [line for line in notices.lines(account) if not line.read_words]
            for line in waiting[: len(waiting) - left]:
                notices.read(account, line.id)

    def _round(self) -> None:
        self._stage.run_round()
