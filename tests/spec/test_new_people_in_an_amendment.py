"""Whoever an amendment names first, after the referral is placed, is compared with the people the hub knows."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import Fact, FactKind, person_chain
from hub.domain.ids import FactId, FamilyId, PersonId
from hub.gate.writer import Actor
from hub.services import matching, protected
from hub.services.new_identities import DESK
from hub.services.newcomer_watch import NewcomerWatch
from hub.services.newcomers import NOBODY, Newcomers
from hub.store.clear import cases
from hub.store.sealed.tables import blind_index
from hub.wiring import web_app
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.readers import Reader, bare, lead, plain
from tests.spec.conftest import copied
from tests.spec.helping import holds, named, treatment

CLIENT = {"id": "c1", "name": {"family": "Nandakumar", "given": "Priya"}, "birth_date": "1979-06-14"}
SON = {"id": "k1", "name": {"family": "Nandakumar", "given": "Anil"}, "birth_date": "2012-01-02"}
WHY = "Her worker says that she is the aunt"
NEW = {"id": "p9", "name": {"full": "Priya Nandakumar"}, "birth_date": "1979-06-14"}


def known_elsewhere(world: SmallWorld) -> FamilyId:
    """Let Priya be known in a family of her own; the case's family stays `world.family`."""
    first = world.family
    world.send("sm", "adult_with_children_json", treatment(referral_ref="RS-77", client=CLIENT, children=[SON]))
    world.hub.rounds.run_once()
    world.second = world.accept()
    world.family = first
    assert world.second != first
    return world.second


def amend(world: SmallWorld, version: int = 2, person: dict = NEW) -> str:
    """Amend the placed notice: somebody more was there; returns the referral."""
    said = json.loads((FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_text())["notices"][0]
    changes = {"people": [*said["people"], person], "roles": [*said["roles"], {"person": "p9", "kind": "witness"}]}
    body = notice(action="amend", notice_version=version, **changes)
    (record,) = world.send("police", "safeguarding_notice", body, key=f"amend-{version}")["records"]
    world.hub.rounds.run_once()
    return str(record["referral"])


def lines(world: SmallWorld, username: str = "fran") -> list[str]:
    return [line.referral for line in world.hub.joining.newcomers.waiting(world.accounts[username])]


def sides(world: SmallWorld, referral: str, username: str = "manager") -> dict[FamilyId, str]:
    page = world.hub.joining.newcomers.page(world.accounts[username], referral)
    return {side.family: side.id for one in page.compared.people for side in one.sides}


def somebody_new_is_compared(world: SmallWorld) -> None:
    second = known_elsewhere(world)
    number = amend(world)
    assert lines(world) == lines(world, "manager") == [number]
    assert list(sides(world, number)) == [second]


def test_somebody_new_in_an_amendment_of_what_is_placed_is_compared(case: SmallWorld) -> None:
    somebody_new_is_compared(case)


def test_a_matching_that_looks_where_the_referral_no_longer_lies_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "DECIDED", frozenset())
    assert not holds(lambda: somebody_new_is_compared(case))


def compares(world: SmallWorld, number: str, username: str) -> str:
    page = world.hub.joining.newcomers.page(world.accounts[username], number)
    return repr([side.rows for one in page.compared.people for side in one.sides])


def test_a_manager_compares_what_they_may_see_of_either_family_for_their_work(case: SmallWorld) -> None:
    """Placed families are a team's: the desk reads nothing there, and a manager who does not work with them neither."""
    second, first = known_elsewhere(case), case.family
    number = amend(case)
    assert "1979-06-14" not in compares(case, number, "fran") + compares(case, number, "manager")
    for family in (second, first):
        case.family = family
        lead(case)
    case.open()
    assert compares(case, number, "manager").count("1979-06-14") == 2
    assert "1979-06-14" not in compares(case, number, "fran")


def test_so_it_is_where_the_referral_was_attached_to_another_family(case: SmallWorld) -> None:
    """The treatment referral lies in the police's family: who is new in it is looked for there."""
    second = known_elsewhere(case)
    child = {**CLIENT, "id": "k9"}
    case.send("sm", "adult_with_children_json", treatment(referral_version=2, children=[child]), key="two")
    case.hub.rounds.run_once()
    (number,) = lines(case)
    assert list(sides(case, number)) == [second]


def test_nothing_is_joined_by_itself_however_sure_it_is(case: SmallWorld) -> None:
    """A verified number with the same birth and name attaches a waiting referral; here a person decides."""
    sure = {**CLIENT, "nhs_number": "9000000025", "nhs_number_verified": "yes"}
    first = case.family
    case.send("sm", "adult_with_children_json", treatment(referral_ref="RS-78", client=sure, children=[SON]))
    case.hub.rounds.run_once()
    case.second = case.accept()
    case.family = first
    number = amend(case, person={**NEW, "nhs_number": "9000000025", "nhs_number_verified": "yes"})
    assert list(sides(case, number)) == [case.second]
    new = named(case, "Priya Nandakumar")
    case.family = case.second
    assert named(case, "Priya Nandakumar") != new


def test_who_was_compared_before_is_not_asked_again(case: SmallWorld) -> None:
    known_elsewhere(case)
    number = amend(case)
    newcomer = case.hub.joining.newcomers.page(case.accounts["manager"], number).compared.people[0]
    answer(case, number, f"{NOBODY}/{newcomer.person}")
    assert lines(case) == []
    amend(case, 3)
    assert lines(case) == []


def answer(world: SmallWorld, referral: str, chosen: str, username: str = "manager", reason: str = WHY) -> None:
    world.hub.joining.newcomers.answer(world.accounts[username], referral, chosen, reason)


def test_a_manager_joins_them_with_why_and_takes_them_apart(case: SmallWorld) -> None:
    second = known_elsewhere(case)
    number = amend(case)
    before, first = named(case, "Priya Nandakumar"), case.family
    answer(case, number, sides(case, number)[second])
    assert lines(case) == []
    joined = named(case, "Priya Nandakumar")
    case.family = second
    assert joined == named(case, "Priya Nandakumar") != before
    (line,) = [one for one in case.hub.joining.merging.listed(case.accounts["manager"]) if one.reason == WHY]
    case.hub.joining.merging.unmerge(case.accounts["manager"], line.merge.id, "Her cousin")
    case.family = first
    assert named(case, "Priya Nandakumar") == before


@pytest.mark.parametrize(
    ("username", "chosen", "reason", "error"),
    [
        ("fran", "first", WHY, AccessRefusedError),
        ("sally", "first", WHY, AccessRefusedError),
        ("manager", "first", "  ", InvalidRequestError),
        ("manager", "somebody", WHY, InvalidRequestError),
        ("manager", f"{NOBODY}/somebody", WHY, InvalidRequestError),
    ],
)
def test_only_a_manager_says_who_it_is_and_why(
    case: SmallWorld, username: str, chosen: str, reason: str, error: type[Exception]
) -> None:
    second = known_elsewhere(case)
    number = amend(case)
    picked = sides(case, number)[second] if chosen == "first" else chosen
    with pytest.raises(error):
        answer(case, number, picked, username, reason)
    assert lines(case) == [number]


def test_answered_twice_the_second_is_told(case: SmallWorld) -> None:
    second = known_elsewhere(case)
    number = amend(case)
    picked = sides(case, number)[second]
    answer(case, number, picked)
    with pytest.raises((NotFoundError, ConflictError)):
        answer(case, number, picked)


def test_a_candidate_who_was_joined_since_is_shown_as_who_they_are_by_now(case: SmallWorld) -> None:
    """The candidate's own referral waited; it was placed before anybody answered."""
    first = case.family
    case.send("sm", "adult_with_children_json", treatment(referral_ref="RS-77", client=CLIENT, children=[SON]))
    case.hub.rounds.run_once()
    number = amend(case)
    (line,) = case.hub.front_door.waiting(case.accounts["fran"])
    second = case.hub.front_door.decide(case.accounts["fran"], line.id, None)
    case.send("sm", "adult_with_children_json", treatment(referral_ref="RS-78", client=CLIENT, children=[SON]))
    case.hub.rounds.run_once()
    assert case.accept() in {first, second}
    case.family = first
    assert second in sides(case, number)


def test_what_is_withdrawn_leaves_nobody_to_compare(case: SmallWorld) -> None:
    known_elsewhere(case)
    amend(case)
    case.send("police", "safeguarding_notice", notice(action="withdraw", notice_version=2), key="gone")
    assert lines(case) == []


def test_who_arrives_between_the_match_and_the_placing_is_compared_too(world: SmallWorld) -> None:
    """The front door may place faster than the matcher works: whoever was not compared then is compared after."""
    first = world.police_notice()
    world.send("police", "safeguarding_notice", notice(notice_ref="N-5"), key="five")
    fran = world.accounts["fran"]
    (line,) = world.hub.front_door.waiting(fran)
    world.hub.front_door.decide(fran, line.id, None)
    world.hub.rounds.run_once()
    assert lines(world) == [line.id]
    assert list(sides(world, line.id)) == [first]


Protect = Callable[[SmallWorld, FamilyId], object]


def shield(world: SmallWorld, family: FamilyId) -> None:
    now, manager = world.clock(), world.accounts["manager"]
    for person in sorted(world.hub.placing.people(family)):
        body = {"person": person, "desk": DESK}
        number = FactId(world.hub.intake._ids.new())
        fact = Fact(number, person_chain(PersonId(person)), 0, FactKind.SHIELD, body, now, None, now, manager)
        world.hub.writer.record(Actor(manager), Act.IDENTITY_OPEN, family, [fact])


def restrict(world: SmallWorld, family: FamilyId) -> None:
    world.hub.conflicts.restrict(world.accounts["manager"], family, "restricted")


def as_for_no_match(made: SmallWorld, folder: Path, protect: Protect, *, candidate: bool, after: bool = False) -> None:
    """Compare the pages of two worlds: in one the hub knows the new person, and a side is protected."""
    pages = []
    for name in ("known", "unknown"):
        world = copied(made, folder / name, "same")
        try:
            second = known_elsewhere(world)
            whose = second if candidate else world.family
            if not after:
                protect(world, whose)
            if name == "unknown":
                with world.hub.engines.gate.begin() as connection:
                    connection.execute(delete(blind_index))
            number = amend(world)
            if after:
                protect(world, whose)
            pages.append(at_the_desks(world, number))
        finally:
            world.close()
    assert pages[0] == pages[1]


def at_the_desks(world: SmallWorld, number: str) -> list[str]:
    paths = ("/joined", f"/joined/new/{number}", "/front-door", "/tasks")
    app = web_app(world.hub)
    return [bare(Reader(app, who).get(path)) for who in ("fran", "manager") for path in paths]


CASES = [(shield, True), (shield, False), (restrict, True), (restrict, False)]


@pytest.mark.parametrize(("protect", "candidate"), CASES)
@pytest.mark.parametrize("after", [False, True])
def test_where_either_side_is_protected_the_ordinary_pages_are_as_for_no_match(
    made_once: SmallWorld, tmp_path: Path, protect: Protect, *, candidate: bool, after: bool
) -> None:
    as_for_no_match(made_once, tmp_path, protect, candidate=candidate, after=after)


@pytest.mark.parametrize("candidate", [True, False])
def test_a_comparing_that_protects_nobody_is_noticed(
    made_once: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, candidate: bool
) -> None:
    monkeypatch.setattr(protected, "protected_among", lambda *_: frozenset())
    assert not holds(lambda: as_for_no_match(made_once, tmp_path, shield, candidate=candidate))


@pytest.mark.parametrize(("protect", "candidate"), CASES)
@pytest.mark.parametrize("after", [False, True])
def test_the_desk_hears_of_it(case: SmallWorld, protect: Protect, *, candidate: bool, after: bool) -> None:
    account, now = case.staff("dee", "csc", "front_door_worker"), case.clock()
    case.hub.setup.put_on_duty(account, DESK, now, now + timedelta(hours=8))
    second = known_elsewhere(case)
    whose = second if candidate else case.family
    if not after:
        protect(case, whose)
    number = amend(case)
    if after:
        protect(case, whose)
    assert [line.referral for line in case.hub.joining.protected.waiting(account)] == [number]


def test_at_a_browser(case: SmallWorld) -> None:
    known_elsewhere(case)
    app = web_app(case.hub)
    manager, fran = Reader(app, "manager"), Reader(app, "fran")
    assert "Nobody to compare" in manager.words("/joined")
    path = f"/joined/new/{amend(case)}"
    assert path in manager.get("/joined").text
    assert "its manager says who it is" in fran.words(path)
    assert fran.http.post(path, data={"csrf_token": fran.token("/account"), "chosen": "x"}).status_code == 200
    assert "Choose who it is" in plain(manager.send(path, reason="x"))
    with case.hub.clear.read() as connection:
        assert cases.references_of(connection, case.hub.clear.partnership, path.rsplit("/", 1)[1])
    chosen = next(iter(sides(case, path.rsplit("/", 1)[1]).values()))
    assert "Write how you know" in plain(manager.send(path, chosen=chosen))
    assert manager.send(path, chosen=chosen, reason=WHY).status_code == 302
    assert "Nobody to compare" in manager.words("/joined")
    assert manager.get(path).status_code == 404


LATE = "Somebody new in a referral that is placed waits to be compared: say who it is, under Joined people"


def what_is_not_compared_is_asked_of_the_managers(world: SmallWorld) -> None:
    """Within the clock of a referral nobody is asked; then each manager, once; compared, the question is taken back."""
    known_elsewhere(world)
    number = amend(world)
    assert LATE not in asked(world)
    before = len(alarms_of(world))
    for days in (2, 1):
        world.clock.advance(days=days)
        world.hub.rounds.run_once()
    assert asked(world).count(LATE) == 1
    assert LATE not in asked(world, "sally") + asked(world, "fran")
    assert len(alarms_of(world)) == before + 1
    newcomer = world.hub.joining.newcomers.page(world.accounts["manager"], number).compared.people[0]
    answer(world, number, f"{NOBODY}/{newcomer.person}")
    world.clock.advance(minutes=11)
    world.hub.rounds.run_once()
    assert LATE not in asked(world)


def asked(world: SmallWorld, username: str = "manager") -> list[str]:
    return [line.words for line in world.hub.tasks.open_for(world.accounts[username])]


def alarms_of(world: SmallWorld) -> list:
    return [one for one in world.entries() if one.entry.outcome == "newcomers_uncompared"]


def test_what_is_not_compared_in_time_is_asked_of_the_managers_once(case: SmallWorld) -> None:
    what_is_not_compared_is_asked_of_the_managers(case)


def test_a_comparison_without_a_clock_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NewcomerWatch, "_ask", lambda *_: False)
    assert not holds(lambda: what_is_not_compared_is_asked_of_the_managers(case))


def nobody_is_asked_about_a_protected_identity(world: SmallWorld) -> None:
    """Whoever the desk may not hear of is no question of it either, late or not; one asked before is taken back."""
    known_elsewhere(world)
    amend(world)
    world.clock.advance(days=2)
    world.hub.rounds.run_once()
    assert asked(world).count(LATE) == 1
    shield(world, world.second)
    world.clock.advance(minutes=11)
    world.hub.rounds.run_once()
    assert LATE not in asked(world)


def test_nobody_is_asked_about_a_protected_identity(case: SmallWorld) -> None:
    nobody_is_asked_about_a_protected_identity(case)


def test_a_question_about_a_protected_identity_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Newcomers, "may_be_compared", lambda *_: True)
    assert not holds(lambda: nobody_is_asked_about_a_protected_identity(case))
