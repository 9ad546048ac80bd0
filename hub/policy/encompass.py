"""Which schools there are and when school is, from `encompass.yaml`. Pure; outside the core: it opens nothing.

A day is a school day when it lies in a term, is a working day and the school is not closed. After the last term that is
known every working day counts, so that a notice is due early, never late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from marshmallow import fields

from hub.domain.partial_date import LOCAL
from hub.policy.reading import YES_NO, Path, by_word, day, many, nested, plain, read, shape, word
from hub.policy.working_days import Calendar

_CODE: Final = r"[a-z0-9_]{1,40}"


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The days of one school: its terms as (first, last) days, in order, and the days on which it is closed."""

    terms: tuple[tuple[date, date], ...]
    closed: frozenset[date] = frozenset()

    def is_school(self, day_: date, calendar: Calendar) -> bool:
        """Say whether there is school on this local day."""
        if day_ in self.closed or not calendar.is_working(day_):
            return False
        return day_ > self.terms[-1][1] or any(first <= day_ <= last for first, last in self.terms)


@dataclass(frozen=True, slots=True)
class EncompassRules:
    """The whole file. `schools` are code -> days, `names` a school's name or number as it is compared -> code."""

    starts: time
    youngest: int
    elsewhere: SchoolDays
    schools: Mapping[str, SchoolDays]
    names: Mapping[str, str]

    def school_of(self, told: str) -> str:
        """Return the code of the school that a notice means, "" for none that is known here."""
        return self.names.get(_compared(told), "")

    def due(self, received: datetime, school: str, calendar: Calendar) -> datetime:
        """Return the start of the next day of school after an instant; `school` "" for no school of this list."""
        days, local = self.schools.get(school, self.elsewhere), received.astimezone(LOCAL)
        day_ = local.date() if local.time() < self.starts else local.date() + timedelta(days=1)
        while not days.is_school(day_, calendar):
            day_ += timedelta(days=1)
        return datetime.combine(day_, self.starts, LOCAL)

    def of_school_age(self, born: date | None, on: date) -> bool:
        """Say whether a child is old enough to be missed by some school; one without a birth date may be."""
        return born is None or (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) >= self.youngest


def load_encompass(text: str, source: str) -> EncompassRules:
    """Read `encompass.yaml`; PolicyError with file, line and column when it is not exactly what it may be."""
    document = read(text, source)
    found = document.checked(shape(_declared()))
    terms = {code: tuple(sorted(_days(one) for one in some)) for code, some in found["terms"].items()}
    for code, some in terms.items():
        if not some or any(first > last for first, last in some):
            raise document.refusal("dates", ("terms", code), "one term or more, `until` not before `from`")
    chosen: list[tuple[Path, str]] = [
        (("schools", code, "terms"), one["terms"]) for code, one in found["schools"].items()
    ]
    for path, code in (*chosen, (("elsewhere",), found["elsewhere"])):
        if code not in terms:
            raise document.refusal("unknown_terms", path, ", ".join(sorted(terms)))
    named: dict[str, str] = {}
    for code, one in found["schools"].items():
        for name in map(_compared, one["names"]):
            if not name or named.setdefault(name, code) != code:
                raise document.refusal("name_taken", ("schools", code, "names"), "names that no other school has")
    schools = {
        code: SchoolDays(terms[one["terms"]], frozenset(map(date.fromisoformat, one.get("closed", ()))))
        for code, one in found["schools"].items()
    }
    starts = time.fromisoformat(found["school_day_starts"])
    return EncompassRules(starts, int(found["youngest"]), SchoolDays(terms[found["elsewhere"]]), schools, named)


def _days(term: Mapping[str, str]) -> tuple[date, date]:
    return date.fromisoformat(term["from"]), date.fromisoformat(term["until"])


def _compared(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _declared() -> dict[str, fields.Field[Any]]:
    school = {
        "terms": plain(_CODE),
        "names": fields.List(plain(), required=True),
        "closed": fields.List(day()),
    }
    return {
        "version": plain(),
        "source": plain(),
        "verified": word(YES_NO),
        "school_day_starts": plain(r"[01]\d:[0-5]\d"),
        "youngest": plain(r"\d{1,2}"),
        "elsewhere": plain(_CODE),
        "terms": by_word(None, many({"from": day(), "until": day()})),
        "schools": by_word(None, nested(school)),
    }
