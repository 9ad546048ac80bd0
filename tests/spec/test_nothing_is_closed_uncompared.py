"""Nothing is closed before it was compared: what came before is shown first, and what is found later is asked."""

import json
from pathlib import Path

import pytest
from sqlalchemy import delete

from hub.domain.errors import ConflictError, HubError, InvalidRequestError
from hub.gate.finder import Finder
from hub.services import deciding, front_door, open_questions, protected
from hub.services.comparing import BY_HAND_AFTER, Comparing
from hub.services.deciding import Closing, Rated
from hub.services.newcomers import NOBODY
from hub.store.sealed.tables import blind_index
from hub.wiring import web_app
from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, bare, plain
from tests.spec.conftest import copied
from tests.spec.helping import holds
from tests.spec.test_new_people_in_an_amendment import Protect, restrict, shield

WHY = "Rang the school: no worries there"
BY_HAND = "Our own case system, every child and adult, by every name"


def waiting(world: SmallWorld) -> str:
    (line,) = world.hub.front_door.waiting(world.accounts["fran"])
    return line.id


def written(world: SmallWorld) -> str:
    """Send one more notice about people the hub knows; nobody compares it yet. Returns it, rated."""
    world.send("police", "safeguarding_notice", notice(notice_ref="EX-2"))
    found = waiting(world)
    world.hub.desk.deciding.rate(world.accounts["fran"], found, Rated("green", "contact", WHY))
    return found


def close(world: SmallWorld, outcome: str = "no_further_action", **changes: object) -> str:
    found = waiting(world)
    ground = {"no_further_action": "no_need", "returned": "no_consent_no_safeguarding"}.get(outcome, "")
    said = {"reason": WHY, "ground": ground, "receiver": "early_help", "history_read": True} | changes
    world.hub.desk.deciding.close(world.accounts["fran"], found, Closing(outcome, **said))
    return found


def stays_open_until_compared(world: SmallWorld) -> None:
    found = written(world)
    for outcome in deciding.OUTCOMES:
        with pytest.raises(ConflictError, match="not_yet_matched"):
            close(world, outcome)
    world.hub.rounds.run_once()
    assert world.hub.front_door.page(world.accounts["fran"], found).candidates
    close(world)


def test_nothing_is_closed_before_it_was_compared(case: SmallWorld) -> None:
    stays_open_until_compared(case)


def test_a_closing_that_does_not_wait_for_it_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "comparing", lambda *_: Comparing.DONE)
    assert not holds(lambda: stays_open_until_compared(case))


def test_so_it_is_while_an_amendment_is_not_compared(case: SmallWorld) -> None:
    written(case)
    case.hub.rounds.run_once()
    case.send("police", "safeguarding_notice", notice(notice_ref="EX-2", action="amend", notice_version=2), key="2")
    with pytest.raises(ConflictError, match="not_yet_matched"):
        close(case)
    case.hub.rounds.run_once()
    close(case)


def test_a_family_of_its_own_is_recorded_at_once_and_who_is_known_is_asked_after(case: SmallWorld) -> None:
    """A child at risk waits for no comparison: what it finds is a question with a clock."""
    found = written(case)
    case.hub.front_door.decide(case.accounts["fran"], found, None)
    case.hub.rounds.run_once()
    for username in ("fran", "manager"):
        assert [line.referral for line in case.hub.joining.newcomers.waiting(case.accounts[username])] == [found]
        assert known(case, username) == [found]


def known(world: SmallWorld, username: str) -> list[str]:
    lines = world.hub.tasks.open_for(world.accounts[username])
    return [line.subject for line in lines if line.page == "known"]


def fail(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the comparison fail from now on, for longer than it may take."""

    def failing(*_: object) -> None:
        raise HubError("index_unreachable")

    monkeypatch.setattr(Finder, "index", failing)
    world.hub.rounds.run_once()
    world.clock.advance(seconds=BY_HAND_AFTER.total_seconds() + 1)


def asked(world: SmallWorld) -> int:
    lines = world.hub.tasks.open_for(world.accounts["manager"])
    return sum("could not be compared" in line.words for line in lines)


def test_a_comparison_that_keeps_failing_raises_an_alarm_and_is_searched_by_hand(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = written(case)
    with monkeypatch.context() as broken:
        fail(case, broken)
        case.hub.rounds.run_once()
        case.hub.rounds.run_once()
        assert asked(case) == 1
        assert any(entry.entry.detail.get("subject") == found for entry in case.entries())
        with pytest.raises(InvalidRequestError, match="not_yet_matched"):
            close(case, searched="  ")
        assert close(case, searched=BY_HAND) == found
        page = case.hub.front_door.page(case.accounts["fran"], found)
        assert BY_HAND in page.notes[0].words
        assert BY_HAND in page.history[-1].words
    case.hub.rounds.run_once()
    assert asked(case) == 0
    assert known(case, "fran") == known(case, "manager") == [found]


def closed_by_hand(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> str:
    written(world)
    with monkeypatch.context() as broken:
        fail(world, broken)
        found = close(world, searched=BY_HAND)
    world.hub.rounds.run_once()
    return found


def test_what_is_found_after_a_closing_is_taken_up_again_or_left(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, fran, newcomers = closed_by_hand(case, monkeypatch), case.accounts["fran"], case.hub.joining.newcomers
    page = newcomers.page(fran, found)
    assert page.closed
    side = page.compared.people[0].sides[0]
    with pytest.raises(InvalidRequestError, match="decided_without_a_family"):
        newcomers.answer(fran, found, side.id, WHY)
    for one in page.compared.people:
        newcomers.answer(fran, found, f"{NOBODY}/{one.person}", WHY)
    assert newcomers.waiting(fran) == []
    assert known(case, "fran") == []


def test_taken_up_again_it_shows_who_may_be_known(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    found, fran = closed_by_hand(case, monkeypatch), case.accounts["fran"]
    case.hub.desk.deciding.take_up_again(fran, found, "They are known")
    assert case.hub.joining.newcomers.waiting(fran) == []
    assert known(case, "fran") == []
    assert case.hub.front_door.page(fran, found).candidates


def test_who_was_shown_before_the_closing_is_not_asked_again(case: SmallWorld) -> None:
    written(case)
    case.hub.rounds.run_once()
    close(case)
    case.hub.rounds.run_once()
    assert case.hub.joining.newcomers.waiting(case.accounts["fran"]) == []
    assert known(case, "fran") == []


def short(*people: dict, **changes: object) -> bytes:
    """Return a notice about these people alone."""
    said = json.loads(notice(**changes))
    one = said["notices"][0]
    for name in ("risk", "consents", "households", "child_impact", "relationships"):
        one.pop(name, None)
    one["people"] = list(people)
    one["roles"] = [{"person": person["id"], "kind": "witness"} for person in people]
    one["narratives"] = [{"kind": "what_happened", "text": "Heard shouting", "about": [people[0]["id"]]}]
    return json.dumps(said).encode()


def an_amendment_of_what_is_closed_reaches_the_desk(world: SmallWorld) -> None:
    """Nobody of the first version is known; an amendment names somebody who is."""
    stranger = {"id": "p1", "name": {"full": "Quentin Orchard"}, "birth_date": "1951-02-03"}
    daniel = {"id": "p2", "name": {"full": "Daniel Hart"}, "birth_date": "1988-11-02"}
    world.send("police", "safeguarding_notice", short(stranger, notice_ref="EX-9"))
    world.hub.rounds.run_once()
    world.hub.desk.deciding.rate(world.accounts["fran"], waiting(world), Rated("green", "contact", WHY))
    found = close(world)
    later = short(stranger, daniel, notice_ref="EX-9", action="amend", notice_version=2)
    world.send("police", "safeguarding_notice", later, key="later")
    world.hub.rounds.run_once()
    assert [line.referral for line in world.hub.joining.newcomers.waiting(world.accounts["fran"])] == [found]
    assert known(world, "fran") == [found]


def test_an_amendment_of_what_is_closed_reaches_the_desk(case: SmallWorld) -> None:
    an_amendment_of_what_is_closed_reaches_the_desk(case)


def test_a_desk_that_hears_of_what_is_placed_alone_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_questions, "CLOSED_HERE", ())
    assert not holds(lambda: an_amendment_of_what_is_closed_reaches_the_desk(case))


def looks_like_no_match(made: SmallWorld, folder: Path, protect: Protect) -> None:
    """In one world the hub knows the people, all protected; in the other nobody: compared, compared late, closed."""
    seen = []
    for name in ("known", "unknown"):
        world = copied(made, folder / name, "same")
        try:
            protect(world, world.family)
            if name == "unknown":
                with world.hub.engines.gate.begin() as connection:
                    connection.execute(delete(blind_index))
            found = written(world)
            pages = at_the_desk(world, found)
            world.clock.advance(minutes=16)
            pages += at_the_desk(world, found)
            world.hub.rounds.run_once()
            pages += at_the_desk(world, found)
            close(world)
            world.hub.rounds.run_once()
            seen.append(pages + at_the_desk(world, found)[:1])
        finally:
            world.close()
    assert seen[0] == seen[1]


def at_the_desk(world: SmallWorld, found: str) -> list[str]:
    app = web_app(world.hub)
    paths = (f"/front-door/{found}", f"/front-door/{found}/closing", f"/front-door/{found}/candidates")
    lists = ("/front-door", "/joined", "/tasks")
    return [bare(Reader(app, "fran").get(path)) for path in (*paths, *lists)] + [
        bare(Reader(app, "manager").get("/tasks"))
    ]


@pytest.mark.parametrize("protect", [shield, restrict])
def test_who_is_protected_is_compared_like_nobody(made_once: SmallWorld, tmp_path: Path, protect: Protect) -> None:
    looks_like_no_match(made_once, tmp_path, protect)


def test_a_comparison_that_shows_who_is_protected_is_noticed(
    made_once: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protected, "protected_among", lambda *_: frozenset())
    monkeypatch.setattr(front_door, "protected_among", lambda *_: frozenset())
    assert not holds(lambda: looks_like_no_match(made_once, tmp_path, shield))


def test_at_a_browser_the_page_says_that_it_is_still_compared(case: SmallWorld) -> None:
    found, fran = written(case), Reader(web_app(case.hub), "fran")
    path = f"/front-door/{found}/closing"
    for page in (f"/front-door/{found}", path, f"/front-door/{found}/candidates"):
        words = fran.words(page)
        assert "still being compared" in words
        assert "No candidates to show" not in words
    said = {"outcome": "no_further_action", "no_further_action": "no_need", "reason": WHY, "history_read": "y"}
    fran.http.post(path, data={"csrf_token": fran.token("/account"), **said})
    assert waiting(case) == found
    case.clock.advance(minutes=16)
    assert fran.sign_in("fran").status_code == 302
    assert "cannot compare this referral" in fran.words(path)
    assert "Write where you searched" in plain(fran.send(path, **said))
    token = fran.token(path)
    case.hub.rounds.run_once()
    late = fran.http.post(path, data={"csrf_token": token, "searched": BY_HAND, **said})
    assert "It was compared meanwhile" in plain(late)
    assert fran.send(path, **said).status_code == 302
