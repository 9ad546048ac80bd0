from hub.services.access_notices import Notice
from tests.factories import SmallWorld, notice


def opened(world: SmallWorld) -> str:
    """Send a notice, place it, open the family as its social worker during an enquiry; returns the receipt."""
    receipt = world.send("police", "safeguarding_notice", notice())
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    world.open()
    world.view("sally")
    world.hub.rounds.run_once()
    return str(receipt["receipt"])


def told(world: SmallWorld, agency: str) -> tuple[Notice, ...]:
    return world.hub.partners.notices.of(world.agencies[agency])


def test_the_source_learns_the_day_after_by_what_kind_of_reader_and_for_what(sqlite_world: SmallWorld) -> None:
    receipt = opened(sqlite_world)
    assert told(sqlite_world, "police") == ()
    day = sqlite_world.clock().date().isoformat()
    sqlite_world.clock.advance(days=1)
    assert Notice(receipt, day, "lead_agency", "protect_child") in told(sqlite_world, "police")


def test_nobody_else_learns_of_it_and_no_reader_is_named(sqlite_world: SmallWorld) -> None:
    opened(sqlite_world)
    sqlite_world.clock.advance(days=1)
    assert told(sqlite_world, "mh") == told(sqlite_world, "sm") == told(sqlite_world, "da") == ()
    said = repr(told(sqlite_world, "police"))
    assert sqlite_world.accounts["sally"] not in said
    assert sqlite_world.agencies["csc"] not in said


def test_a_use_is_told_once_a_day_however_often_the_page_was_opened(sqlite_world: SmallWorld) -> None:
    opened(sqlite_world)
    for _ in range(3):
        sqlite_world.view("sally")
    sqlite_world.hub.rounds.run_once()
    sqlite_world.clock.advance(days=1)
    found = told(sqlite_world, "police")
    assert len(found) == len(set(found))
    assert len([one for one in found if one.purpose == "protect_child"]) == 1


def test_a_reader_of_another_kind_of_service_is_neither_named_nor_described(sqlite_world: SmallWorld) -> None:
    """Who reads for which purpose at a treatment or domestic-abuse service would tell who gets help there."""
    opened(sqlite_world)
    sqlite_world.allocate("vera", "victim")
    sqlite_world.view("vera")
    sqlite_world.hub.rounds.run_once()
    sqlite_world.clock.advance(days=1)
    others = [one for one in told(sqlite_world, "police") if one.reader != "lead_agency"]
    assert all((one.reader, one.purpose) == ("another_agency", "") for one in others)
    assert sqlite_world.agencies["da"] not in repr(told(sqlite_world, "police"))


def test_a_view_that_was_refused_is_no_use(sqlite_world: SmallWorld) -> None:
    receipt = sqlite_world.send("police", "safeguarding_notice", notice())
    sqlite_world.hub.rounds.run_once()
    sqlite_world.clock.advance(days=2)
    assert all(one.receipt != receipt["receipt"] for one in told(sqlite_world, "police"))
