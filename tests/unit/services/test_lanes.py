from datetime import date, timedelta

from hub.domain.ids import AgencyId, PersonId
from hub.services.chronology import moments
from hub.services.entry_lines import EntryLine
from hub.services.lanes import MOST_PERIODS, next_start, plot, start_of

DAY = date(2026, 3, 5)


def entry(day: date, owner: str, **more: object) -> EntryLine:
    said = {"strength": False, "exact": True, "incident": "", "persons": frozenset({PersonId("maya")})} | more
    return EntryLine(
        record=f"{owner}{day}",
        date_iso=day.isoformat(),
        date_words=str(day),
        known_words="",
        late=False,
        agency=owner.title(),
        kind_words="",
        about_words="",
        fields=(),
        why=(),
        reasons=(),
        owner=AgencyId(owner),
        day=day,
        **said,
    )


def test_nothing_has_no_plot() -> None:
    assert plot([]) is None


def test_each_agency_has_a_lane_and_the_table_says_what_the_picture_says() -> None:
    drawn = plot([entry(DAY, "police"), entry(DAY, "police", strength=True), entry(DAY + timedelta(days=3), "health")])
    assert [lane.agency for lane in drawn.lanes] == ["Health", "Police"]
    assert [(mark.count, mark.strength) for mark in drawn.lanes[1].marks] == [(2, True)]
    told = {(row.words, cell.agency): cell.words for row in drawn.rows for cell in row.cells if cell.words}
    assert told == {
        ("5 March 2026", "Police"): "2 entries, 1 with a strength",
        ("8 March 2026", "Health"): "1 entry",
    }
    assert sum(mark.count for lane in drawn.lanes for mark in lane.marks) == 3


def test_a_cell_leads_to_exactly_its_own_entries() -> None:
    drawn = plot([entry(date(2025, 1, 31), "police"), entry(date(2026, 6, 1), "police")])
    assert drawn.unit == "month"
    assert drawn.rows[0].cells[0].query == {"agency": "police", "from": "2025-01-01", "until": "2025-01-31"}


def test_a_longer_time_is_told_in_longer_periods() -> None:
    spans = {"day": 16, "week": 100, "month": 500, "quarter": 1_500, "year": 5_000}
    for unit, days in spans.items():
        drawn = plot([entry(DAY, "police"), entry(DAY + timedelta(days=days), "police")])
        assert drawn.unit == unit
        assert len(drawn.rows) == 2
        assert 2 <= len(drawn.ticks) <= 5
    assert len(plot([entry(DAY.replace(year=1950), "p"), entry(DAY, "p")]).rows) <= 2 < MOST_PERIODS


def test_periods_follow_each_other_without_a_gap() -> None:
    for unit in ("day", "week", "month", "quarter", "year"):
        start = start_of(unit, date(2025, 12, 31))
        for _ in range(30):
            following = next_start(unit, start)
            assert start_of(unit, following - timedelta(days=1)) == start
            assert start_of(unit, following) == following
            start = following


def columns(entries: list[EntryLine]) -> list[list[str]]:
    return [[column.agency for column in moment.columns] for moment in moments(entries)]


def test_accounts_of_one_day_and_person_stand_side_by_side() -> None:
    assert columns([entry(DAY, "police"), entry(DAY, "health"), entry(DAY, "police")]) == [["Police", "Health"]]


def test_accounts_that_meet_in_nobody_or_on_no_certain_day_stay_apart() -> None:
    other = frozenset({PersonId("theo")})
    apart = [["Police"], ["Health"]]
    assert columns([entry(DAY, "police"), entry(DAY, "health", persons=other)]) == apart
    assert columns([entry(DAY, "police"), entry(DAY + timedelta(days=1), "health")]) == apart
    assert columns([entry(DAY, "police"), entry(DAY, "health", exact=False)]) == apart
    assert columns([entry(DAY, "police"), entry(DAY, "police")]) == [["Police"], ["Police"]]
    nobody = frozenset()
    assert columns([entry(DAY, "police", persons=nobody), entry(DAY, "health", persons=nobody)]) == apart


def test_one_incident_joins_accounts_about_different_people() -> None:
    one = entry(DAY, "police", incident="INC-1")
    other = entry(DAY, "health", incident="INC-1", persons=frozenset({PersonId("theo")}))
    assert columns([one, other]) == [["Police", "Health"]]


def test_an_account_that_meets_two_others_brings_them_together() -> None:
    both = frozenset({PersonId("maya"), PersonId("theo")})
    theo = frozenset({PersonId("theo")})
    assert columns([entry(DAY, "police"), entry(DAY, "school", persons=theo), entry(DAY, "health", persons=both)]) == [
        ["Police", "School", "Health"]
    ]
