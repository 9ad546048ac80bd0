"""The front door's local rules, from `front_door.yaml`: ratings with hours, receivers, grounds, feedback. Pure.

Outside the trusted core: nothing here opens anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from marshmallow import fields

from hub.domain.partial_date import LOCAL
from hub.policy.reading import YES_NO, by_word, nested, plain, read, shape, word
from hub.policy.working_days import Calendar

REDIRECTED, RETURNED, NO_ACTION = "redirected", "returned", "no_further_action"
CLOSED_HERE: Final = (REDIRECTED, RETURNED, NO_ACTION)
"""States of a referral that was decided without a family: it stays at the front door, and can be taken up again."""
BEING_DECIDED: Final = "being_decided"
STATES: Final = ("received", BEING_DECIDED, "accepted", *CLOSED_HERE, "rejected", "quarantined", "withdrawn")
RUNNING, WORKING = "running", "working"
_PERIOD: Final = r"P(?:\d{1,3}D|T\d{1,3}H)"


@dataclass(frozen=True, slots=True)
class Rating:
    """How urgent; decided within `hours`, counted on the clock (`running`) or in working hours.

    Unless it `closes`, nothing rated so is returned to its sender or left without further action.
    """

    words: str
    hours: int
    running: bool
    closes: bool = True


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who else can take a referral, and how soon they acknowledge it; `desk` is a duty desk of this hub."""

    words: str
    acknowledge_within: str
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Required:
    """A function that must attend a strategy discussion, and the kinds of agency that bring it."""

    words: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class FrontDoorRules:
    """The whole file. `grounds` are outcome -> code -> words, `feedback` state -> what the sender reads.

    `linkage_only` are formats (connectors) that ask for no decision: they stand last, without a clock.
    """

    decide_within: str
    begins: time
    ratings: Mapping[str, Rating]
    receivers: Mapping[str, Receiver]
    grounds: Mapping[str, Mapping[str, str]]
    feedback: Mapping[str, str]
    hold_within: str
    required: Mapping[str, Required]
    linkage_only: frozenset[str]

    def decide_by(self, received: datetime, calendar: Calendar, rated: tuple[str, datetime] | None = None) -> datetime:
        """Return by when a referral is decided; a rating (code, from when it counts) brings it forward, never back."""
        latest = calendar.due(received, self.decide_within)
        if rated is None or rated[0] not in self.ratings:
            return latest
        rating, start = self.ratings[rated[0]], rated[1]
        if rating.running:
            return min(latest, start + timedelta(hours=rating.hours))
        return min(latest, working_hours_after(start, rating.hours, self.begins, calendar))


def working_hours_after(start: datetime, hours: int, begins: time, calendar: Calendar) -> datetime:
    """Return the instant that lies so many working hours after another: nights, weekends and holidays do not count."""
    left, day_ = timedelta(hours=hours), start.astimezone(LOCAL).date()
    while True:
        if calendar.is_working(day_):
            opens = max(datetime.combine(day_, begins, LOCAL), start)
            closes = datetime.combine(day_, calendar.ends, LOCAL)
            if opens + left <= closes:
                return opens + left
            left -= max(closes - opens, timedelta(0))
        day_ += timedelta(days=1)


def load_front_door(text: str, source: str) -> FrontDoorRules:
    """Read `front_door.yaml`; PolicyError with file, line and column when it is not exactly what it may be."""
    found = read(text, source).checked(shape(_declared()))
    strategy = found["strategy"]
    return FrontDoorRules(
        found["decide_within"],
        time.fromisoformat(found["day_begins"]),
        {
            code: Rating(one["words"], int(one["hours"]), one["count"] == RUNNING, one.get("closes") != "no")
            for code, one in found["ratings"].items()
        },
        {code: Receiver(**one) for code, one in found["receivers"].items()},
        found["grounds"],
        found["feedback"],
        strategy["hold_within"],
        {code: Required(one["words"], frozenset(one["kinds"])) for code, one in strategy["required"].items()},
        frozenset(found["linkage_only"]),
    )


def _declared() -> dict[str, fields.Field[Any]]:
    rating = {"words": plain(), "hours": plain(r"[1-9]\d{0,2}"), "count": word((RUNNING, WORKING))}
    rating["closes"] = word(YES_NO, required=False)
    receiver = {"words": plain(), "acknowledge_within": plain(_PERIOD), "desk": plain(required=False)}
    required = {"words": plain(), "kinds": fields.List(plain(r"[a-z_]{1,40}"), required=True)}
    return {
        "version": plain(),
        "source": plain(),
        "verified": word(YES_NO),
        "decide_within": plain(r"P\d{1,3}D"),
        "day_begins": plain(r"[012]\d:[0-5]\d"),
        "ratings": by_word(None, nested(rating)),
        "receivers": by_word(None, nested(receiver)),
        "grounds": nested({state: by_word(None, plain()) for state in (RETURNED, NO_ACTION)}),
        "feedback": nested({state: plain() for state in STATES}),
        "linkage_only": fields.List(plain(r"[a-z0-9_]{1,40}"), required=True),
        "strategy": nested({"hold_within": plain(_PERIOD), "required": by_word(None, nested(required))}),
    }
