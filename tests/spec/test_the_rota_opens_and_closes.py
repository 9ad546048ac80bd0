"""A duty opens what its desk's rules name, from its first minute to its last; yesterday's leaver sees nothing today."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact, FactKind, family_chain
from hub.services.recording import Opening, Period
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare, plain
from tests.spec.helping import EARS, QUARREL, holds, raised

TWO = datetime(2026, 11, 24, 2, tzinfo=UTC)
NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def night(case: SmallWorld) -> SmallWorld:
    """Edith is on duty in the emergency duty team from 17:00 to 08:00; Mona is the manager on call."""
    case.staff("edith", "csc", "duty_worker")
    case.staff("mona", "csc", "team_manager")
    put(case, "edith", "edt")
    put(case, "mona", "on_call_manager")
    return case


def put(world: SmallWorld, username: str, desk: str, *, hours: int = 15, by: str = "manager") -> str:
    start = datetime(2026, 11, 23, 17, tzinfo=UTC)
    period = Period(start, start + timedelta(hours=hours))
    return world.hub.casework.rota.put(world.accounts[by], world.accounts[username], desk, period)


def take_up(world: SmallWorld, *usernames: str) -> None:
    """Let them open the family by its reference: from then on their desk handles it."""
    for username in usernames:
        reference = world.hub.pages.reference(world.family)
        assert world.hub.casework.rota.take_up(world.accounts[username], reference) == world.family


def decided(world: SmallWorld, username: str) -> None:
    """Let somebody record a strategy discussion about everyone."""
    named = world.people("child") + world.people("unborn_child"), world.people("parent") + world.people("witness")
    opening = Opening("strategy_discussion", world.agencies["csc"], *named, evidence="Police, health, at 01:45")
    world.hub.recording.open(world.accounts[username], world.family, opening, Period(world.clock()))


def test_the_duty_worker_at_two_opens_what_the_desks_rule_names(night: SmallWorld) -> None:
    app = web_app(night.hub)
    edith = Reader(app, "edith")
    assert "On duty" not in edith.words("/")
    assert edith.get("/duty").status_code == 404
    night.clock.now = TWO
    edith = Reader(app, "edith")
    assert "On duty" in edith.words("/")
    assert "Emergency duty team 23 November 2026, 17:00 to 24 November 2026, 08:00" in edith.words("/duty")
    for unknown in ("FS-0999", "x"):
        assert "No family with this reference" in plain(edith.send("/duty", reference=unknown))
    reference = night.hub.pages.reference(night.family)
    family = f"/families/{night.family}"
    assert edith.send("/duty", reference=reference.lower()).headers["Location"] == f"{family}/reason"
    assert EARS not in edith.open(night.family)
    take_up(night, "mona")
    decided(night, "mona")
    page = edith.open(night.family, reason="The police ask where the children can sleep tonight")
    assert EARS in page
    assert QUARREL in page


def the_desk_reads_what_it_handles(world: SmallWorld) -> None:
    """Whoever is on duty reads no family of which nobody told their desk; a colleague's taking it up is enough."""
    world.clock.now = TWO
    take_up(world, "mona")
    decided(world, "mona")
    assert raised(lambda: world.view("edith")) is AccessRefusedError
    take_up(world, "edith", "edith")
    assert world.view("edith").records
    taken_up = [fact for fact in family_facts(world) if fact.kind is FactKind.DUTY]
    assert sorted(fact.body["desk"] for fact in taken_up) == ["edt", "on_call_manager"]


def family_facts(world: SmallWorld) -> list[Fact]:
    return list(world.hub.writer.dated_facts([family_chain(world.family)]))


def test_a_desk_of_the_night_reads_the_families_it_has_taken_up(night: SmallWorld) -> None:
    the_desk_reads_what_it_handles(night)


def test_planted_a_desk_that_reads_every_family_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.circumstances.AT_NIGHT", frozenset())
    assert not holds(lambda: the_desk_reads_what_it_handles(night))


def test_the_manager_on_call_reads_the_same_and_a_manager_who_is_not_reads_nothing(night: SmallWorld) -> None:
    night.clock.now = TWO
    take_up(night, "mona")
    decided(night, "mona")
    assert EARS in Reader(web_app(night.hub), "mona").open(night.family)
    with pytest.raises(AccessRefusedError):
        night.view("manager")


def yesterday_is_over(world: SmallWorld) -> None:
    """Neither yesterday's duty worker nor yesterday's leaver finds anything today: the same bytes as nothing."""
    world.clock.now = TWO
    take_up(world, "edith", "mona")
    decided(world, "mona")
    world.hub.setup.stop_person(world.accounts["rob"], world.agencies["sm"], "recovery_worker")
    world.hub.recording.end(
        world.accounts["manager"], world.family, allocation_of(world, "pete"), world.clock(), "Left"
    )
    world.clock.now = TWO + timedelta(hours=6)
    app = web_app(world.hub)
    for username in ("edith", "mona", "pete"):
        reader = Reader(app, username)
        assert world.family not in reader.get("/").text
        for path in ("", "/reason", "/consent", "/coverage", "/decision"):
            there, nowhere = reader.get(f"/families/{world.family}{path}"), reader.get(f"/families/{NOWHERE}{path}")
            assert (there.status_code, bare(there)) == (404, bare(nowhere)), (username, path)
        assert reader.get("/duty").status_code == 404
    for username in ("edith", "mona", "pete", "rob"):
        assert raised(lambda name=username: world.view(name)) is AccessRefusedError, username


def allocation_of(world: SmallWorld, username: str) -> str:
    found = world.hub.casework.allocations.allocated(world.accounts["manager"], world.family)
    return next(one.id for one in found if one.account == world.accounts[username])


def test_yesterdays_leaver_and_yesterdays_duty_worker_see_nothing_today(night: SmallWorld) -> None:
    yesterday_is_over(night)


def test_a_duty_that_never_ends_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.domain.facts.in_force", lambda fact, at: fact.valid_from <= at)
    assert not holds(lambda: yesterday_is_over(night))


def test_a_stopped_account_that_still_counts_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.policy.circumstances.Circumstances.may_enter", True)
    assert not holds(lambda: yesterday_is_over(night))


def test_a_shift_that_is_ended_early_opens_nothing_from_then_on(night: SmallWorld) -> None:
    night.clock.now = TWO
    take_up(night, "edith", "mona")
    decided(night, "mona")
    assert night.view("edith").records
    (shift,) = [one for one in night.hub.casework.rota.shifts(night.accounts["manager"]) if one.desk == "edt"]
    night.hub.casework.rota.end(night.accounts["manager"], shift.id)
    with pytest.raises(AccessRefusedError):
        night.view("edith")


def the_rota_is_sound(world: SmallWorld) -> None:
    """Not twice, not oneself, not another's work, not without or before an end, not for ever, not of another agency."""
    world.staff("eve", "csc", "duty_worker")
    world.staff("mick", "police", "team_manager")
    for username, desk, hours, code in (
        ("edith", "edt", 15, "duty_twice"),
        ("edith", "edt", 2, "duty_twice"),
        ("manager", "on_call_manager", 15, "own_duty"),
        ("sally", "edt", 15, "not_their_desk"),
        ("eve", "on_call_manager", 15, "not_their_desk"),
        ("eve", "nowhere", 15, "not_their_desk"),
        ("eve", "edt", 0, "duty_ends_first"),
        ("eve", "edt", 400, "duty_too_long"),
        ("mick", "on_call_manager", 15, "unknown_worker"),
    ):
        with pytest.raises(InvalidRequestError, match=code):
            put(world, username, desk, hours=hours)
    with pytest.raises(AccessRefusedError):
        put(world, "eve", "edt", by="sally")
    put(world, "eve", "edt")


def test_the_rota_takes_no_shift_twice_and_nobody_who_does_not_belong_there(night: SmallWorld) -> None:
    the_rota_is_sound(night)


def test_a_rota_that_takes_everything_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.rota._overlap", lambda *_: False)
    with pytest.raises(pytest.fail.Exception):
        the_rota_is_sound(night)


def word_for_the_day_team(world: SmallWorld) -> None:
    world.clock.now = TWO
    edith = world.accounts["edith"]
    due = world.hub.casework.duty_notes.leave(edith, "FS-0001: the children sleep at their aunt's")
    assert due == datetime(2026, 11, 24, 10, tzinfo=UTC)
    for username in ("fran", "manager"):
        (task,) = [t for t in world.hub.tasks.open_for(world.accounts[username]) if t.words.startswith("Word was left")]
        page = world.hub.tasks.page(world.accounts[username], task.id)
        assert "the children sleep at their aunt's" in page.events[0].words
    for username in ("sally", "rob", "pete", "iggy", "otto", "edith"):
        words = [task.words for task in world.hub.tasks.open_for(world.accounts[username])]
        assert not any(line.startswith("Word was left") for line in words), username


def test_word_left_at_two_is_a_task_for_the_front_door_and_managers_at_nine(night: SmallWorld) -> None:
    word_for_the_day_team(night)
    stored = b"".join(file.read_bytes() for file in night.settings.folder.glob("*.db*"))
    assert b"their aunt" not in stored


def test_word_that_everybody_reads_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.tasks._for", lambda *_: True)
    assert not holds(lambda: word_for_the_day_team(night))


def test_word_left_before_a_weekend_waits_for_the_next_working_day(night: SmallWorld) -> None:
    put_again = night.hub.casework.rota
    start = datetime(2026, 12, 24, 17, tzinfo=UTC)
    put_again.put(night.accounts["manager"], night.accounts["edith"], "edt", Period(start, start + timedelta(hours=15)))
    night.clock.now = start + timedelta(hours=9)
    due = night.hub.casework.duty_notes.leave(night.accounts["edith"], "Nothing more")
    assert due == datetime(2026, 12, 29, 10, tzinfo=UTC)


def test_nobody_leaves_word_who_is_not_on_duty(night: SmallWorld) -> None:
    for username in ("edith", "sally", "fran"):
        with pytest.raises(AccessRefusedError):
            night.hub.casework.duty_notes.leave(night.accounts[username], "x")
    with pytest.raises(InvalidRequestError):
        night.hub.casework.duty_notes.leave(night.accounts["edith"], " ")


@pytest.fixture
def app(night: SmallWorld) -> Flask:
    return web_app(night.hub)


def test_the_managers_page_sets_lists_and_ends(night: SmallWorld, app: Flask) -> None:
    night.staff("eve", "csc", "duty_worker")
    manager = Reader(app, "manager")
    page = manager.words("/rota")
    assert "Edith Emergency duty team 23 November 2026, 17:00 to 24 November 2026, 08:00" in page
    said = {"account": night.accounts["eve"], "desk": "edt", "starts_at": "17:00", "ends_at": "08:30"}
    said |= {f"starts-{part}": value for part, value in (("day", 23), ("month", 11), ("year", 2026))}
    said |= {f"ends-{part}": value for part, value in (("day", 24), ("month", 11), ("year", 2026))}
    assert "must be after the beginning" in plain(
        manager.send("/rota", **(said | {"ends-day": 23, "ends_at": "09:00"}))
    )
    assert manager.send("/rota", **said).status_code == 302
    assert "on duty at this desk in that time already" in plain(manager.send("/rota", **said))
    assert "Eve Emergency duty team" in manager.words("/rota")
    shift = manager.get("/rota").text.split("/rota/")[1].split("/end")[0]
    assert manager.http.post(f"/rota/{shift}/end", data={"csrf_token": manager.token("/rota")}).status_code == 302
    for username in ("sally", "edith", "fran", "iggy", "otto"):
        assert Reader(app, username).get("/rota").status_code == 404


def test_at_night_the_manager_on_call_records_a_strategy_discussion_without_an_emergency(night: SmallWorld) -> None:
    """Partners alone named this family: before it is held the manager on call knows who they are, and no more."""
    night.clock.now = TWO
    take_up(night, "mona")
    mona = Reader(web_app(night.hub), "mona")
    page = mona.open(night.family, reason="The police ask for a decision tonight")
    assert EARS not in page
    assert QUARREL not in page
    held = mona.send(f"/families/{night.family}/strategy", why="A child is alone in the flat").headers["Location"]
    form = mona.words(held)
    children, adults = night.people("child"), night.people("parent")
    for name in ("Maya Hart", "Daniel Hart"):
        assert name in form
    came = [night.agencies[code] for code in ("csc", "police", "mh")]
    said = {"attended": came, "decided": "A joint visit now", "children": children, "adults": adults}
    assert mona.send(held, **said).status_code == 302
    assert EARS in mona.open(night.family, reason="What was decided at two")
    with pytest.raises(AccessRefusedError):
        night.view("manager")
