"""The front door decides without a family: nothing is lost, nothing is closed unacknowledged, nobody closes unread."""

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, HubError, InvalidRequestError, NotFoundError
from hub.domain.facts import AGENCIES_CHAIN, FactKind, family_chain
from hub.domain.ids import AgencyId
from hub.services import deciding, open_cases, owners, redirections, telling
from hub.services.deciding import Closing, Rated
from hub.services.recording import Period
from hub.services.redirections import NOT_OURS, TAKEN
from tests.factories import SmallWorld, notice
from tests.journeys.test_who_may_open_what import strangers
from tests.spec.helping import holds, raised, treatment

WHY = "Rang the school: the bruise was seen and explained"


@pytest.fixture
def door(case: SmallWorld) -> SmallWorld:
    """Return the family, and one more notice about the same people that waits at the front door."""
    case.send("police", "safeguarding_notice", notice(notice_ref="EX-2"))
    case.hub.rounds.run_once()
    case.staff("fred", "csc", "front_door_worker")
    return case


def waiting(world: SmallWorld, username: str = "fran") -> list[str]:
    return [line.id for line in world.hub.front_door.waiting(world.accounts[username])]


def close(world: SmallWorld, outcome: str, referral: str = "", **changes: object) -> str:
    said = {"reason": WHY, "history_read": True, "ground": "no_need"} | changes
    found = referral or waiting(world)[0]
    lines = {line.id: line for line in world.hub.front_door.waiting(world.accounts["fran"])}
    if outcome in {"returned", "no_further_action"} and found in lines and not lines[found].rating_words:
        world.hub.desk.deciding.rate(world.accounts["fran"], found, Rated("green", "contact", WHY))
    world.hub.desk.deciding.close(world.accounts["fran"], found, Closing(outcome, **said))
    return found


def state(world: SmallWorld, referral: str, agency: str = "police") -> str:
    found = world.hub.desk.feedback.receipts(world.agencies[agency])
    return next(r["state"] for one in found for r in one["records"] if r["referral"] == referral)


def tasks(world: SmallWorld, username: str) -> list[str]:
    return [line.page for line in world.hub.tasks.open_for(world.accounts[username])]


def words(world: SmallWorld, username: str) -> str:
    return " ".join(line.words for line in world.hub.tasks.open_for(world.accounts[username]))


def test_every_outcome_reaches_the_sender_without_a_reason(door: SmallWorld) -> None:
    (first,) = waiting(door)
    assert state(door, first) == "received"
    door.hub.desk.deciding.rate(door.accounts["fran"], first, Rated("amber", "referral", WHY))
    assert state(door, first) == "being_decided"
    close(door, "no_further_action")
    assert state(door, first) == "no_further_action"
    answer = door.hub.desk.feedback.receipts(door.agencies["police"])
    assert WHY not in str(answer)
    assert "no_need" not in str(answer)
    assert {frozenset(r) for one in answer for r in one["records"]} == {
        frozenset({"pointer", "outcome", "referral", "issues", "state", "feedback"})
    }


def test_a_receipt_of_another_agency_is_like_none(door: SmallWorld) -> None:
    receipt = door.hub.desk.feedback.receipts(door.agencies["police"])[0]["receipt"]
    assert door.hub.desk.feedback.receipt(door.agencies["police"], receipt)["receipt"] == receipt
    for agency, id_ in (("sm", receipt), ("police", "nothing")):
        with pytest.raises(NotFoundError):
            door.hub.desk.feedback.receipt(door.agencies[agency], id_)


def says_nothing_sooner(world: SmallWorld) -> None:
    """The program places a message about somebody known; its sender reads what a stranger's sender reads."""
    receipt = world.send("sm", "adult_with_children_json", treatment().replace(b"RS-", b"RY-"), key="k")
    world.hub.rounds.run_once()
    placed = receipt["records"][0]["referral"]
    assert placed not in waiting(world)
    assert state(world, placed, "sm") == "received"
    world.clock.advance(days=2)
    assert state(world, placed, "sm") == "accepted"


def test_what_the_program_places_by_itself_says_nothing_sooner(case: SmallWorld) -> None:
    says_nothing_sooner(case)


def test_an_answer_within_seconds_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MATCHER", "nobody")
    assert not holds(lambda: says_nothing_sooner(case))


def test_a_reason_a_ground_and_reading_what_came_before_are_asked(door: SmallWorld) -> None:
    for outcome, changes, code in (
        ("no_further_action", {"reason": " "}, "reason_missing"),
        ("no_further_action", {"ground": "other"}, "ground_missing"),
        ("returned", {"ground": "no_need"}, "ground_missing"),
        ("redirected", {"receiver": "nobody"}, "receiver_missing"),
        ("no_further_action", {"history_read": False}, "history_not_read"),
        ("lost", {}, "unknown_outcome"),
    ):
        with pytest.raises(InvalidRequestError, match=code):
            close(door, outcome, **changes)
    assert len(waiting(door)) == 1


def test_what_was_closed_is_found_again_with_its_reason_and_can_be_taken_up(door: SmallWorld) -> None:
    closed = close(door, "no_further_action")
    assert waiting(door) == []
    assert [line.id for line in door.hub.front_door.closed_here(door.accounts["fran"])] == [closed]
    page = door.hub.front_door.page(door.accounts["fran"], closed)
    assert page.again
    assert page.entries
    assert WHY in page.notes[0].words
    door.hub.desk.deciding.take_up_again(door.accounts["fran"], closed, "The school rang back")
    assert waiting(door) == [closed]
    assert [line.words for line in door.hub.front_door.page(door.accounts["fran"], closed).history][-1].endswith(
        "The school rang back"
    )


def again_about_them(world: SmallWorld) -> str:
    """Send strangers once, leave it without further action, send them again; return the referral that waits."""
    for key in ("first", "second"):
        rows = strangers().replace(b",1990,", b",1990-04-02,").replace(b"RS-0050", f"RS-{key}".encode())
        world.send("sm", "adult_with_children_csv", rows, key=key)
        world.hub.rounds.run_once()
        if key == "first":
            close(world, "no_further_action")
    (found,) = waiting(world)
    return found


def test_what_came_before_is_shown_when_somebody_writes_again(case: SmallWorld) -> None:
    page = case.hub.front_door.page(case.accounts["fran"], again_about_them(case))
    assert [WHY in note.words for note in page.notes] == [True]
    assert len(page.prior) == len(page.entries) > 0


def test_what_was_closed_becomes_a_family_when_the_next_one_joins_it(case: SmallWorld) -> None:
    found = again_about_them(case)
    page = case.hub.front_door.page(case.accounts["fran"], found)
    family = case.hub.front_door.decide(case.accounts["fran"], found, page.candidates[0].id)
    assert waiting(case) == []
    assert case.hub.front_door.closed_here(case.accounts["fran"]) == []
    case.family = family
    case.allocate("rob", "parent")
    assert len([r for r in case.view("rob").records if r.kind == "treatment_report"]) == len(page.entries) * 2


def straight_to_its_worker(world: SmallWorld) -> None:
    world.send("police", "safeguarding_notice", notice(notice_ref="EX-2"))
    world.hub.rounds.run_once()
    for found in waiting(world):
        page = world.hub.front_door.page(world.accounts["fran"], found)
        world.hub.front_door.decide(world.accounts["fran"], found, page.candidates[0].id)
    assert "placed with a family you lead" in words(world, "sally")
    assert "placed with a family you lead" not in words(world, "rob") + words(world, "fran")


def test_an_open_case_goes_straight_to_its_worker(case: SmallWorld) -> None:
    straight_to_its_worker(case)


def hidden_from_its_lead(world: SmallWorld) -> None:
    """The father's worker at another service leads; that he is in treatment too is not hers to know."""
    fact = next(f for f in owners.allocations(world.hub.writer.dated_facts([chain(world)]), world.clock()))
    world.hub.recording.end(world.accounts["manager"], world.family, fact.id, world.clock())
    world.clock.advance(seconds=1)
    world.allocate("pete", "alleged_perpetrator", lead=True)
    world.send("sm", "adult_with_children_json", treatment("refused", referral_ref="RS-9"))
    world.hub.rounds.run_once()
    for found in waiting(world):
        page = world.hub.front_door.page(world.accounts["fran"], found)
        world.hub.front_door.decide(world.accounts["fran"], found, page.candidates[0].id)
    assert waiting(world) == []
    assert "placed with a family you lead" not in words(world, "pete")


def chain(world: SmallWorld) -> str:
    return family_chain(world.family)


def test_no_word_is_left_of_what_the_lead_may_not_see(case: SmallWorld) -> None:
    hidden_from_its_lead(case)


def test_word_of_what_is_hidden_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter(range(1_000))
    monkeypatch.setattr(open_cases.PlacingOpenCases, "_visible", lambda *_: frozenset({next(looks)}))
    assert not holds(lambda: hidden_from_its_lead(case))


def test_the_second_to_decide_is_told(door: SmallWorld) -> None:
    closed = close(door, "no_further_action")
    for attempt in (
        lambda: close(door, "no_further_action", closed),
        lambda: door.hub.front_door.decide(door.accounts["fred"], closed, None),
        lambda: door.hub.desk.deciding.rate(door.accounts["fred"], closed, Rated("red", "contact", WHY)),
    ):
        assert raised(attempt) is ConflictError


def test_a_rating_moves_the_clock_and_every_rating_is_kept(door: SmallWorld) -> None:
    (found,) = waiting(door)
    fran, desk = door.accounts["fran"], door.hub.desk.deciding
    desk.rate(fran, found, Rated("green", "contact", "One call"))
    door.clock.advance(hours=2)
    desk.rate(fran, found, Rated("red", "referral", "A second call: she is hurt"))
    page = door.hub.front_door.page(fran, found)
    assert page.rating_words.startswith("Red")
    assert [line.words.partition(":")[0] for line in page.history] == ["Green", "Red"]
    assert not page.overdue
    door.clock.advance(hours=4, minutes=1)
    assert door.hub.front_door.page(fran, found).overdue
    for short in (Rated("mauve", "contact", WHY), Rated("red", "rumour", WHY), Rated("red", "contact", " ")):
        with pytest.raises(InvalidRequestError):
            desk.rate(fran, found, short)


def test_what_is_late_is_asked_of_the_managers_once_until_it_is_decided(door: SmallWorld) -> None:
    door.clock.advance(days=2)
    door.hub.rounds.run_once()
    door.hub.rounds.run_once()
    assert words(door, "manager").count("past its time and not decided") == 1
    assert "past its time" not in words(door, "fran") + words(door, "rob")
    assert any(e.entry.outcome == "referral_undecided" for e in door.entries())
    close(door, "no_further_action")
    door.hub.rounds.run_once()
    assert "past its time and not decided" not in words(door, "manager")


def passed_on(world: SmallWorld, receiver: str = "early_help", agency: str = "") -> str:
    at = world.agencies[agency] if agency else ""
    close(world, "redirected", receiver=receiver, agency=at, message="Housing and debt", ground="")
    return world.hub.desk.redirections.waiting(world.accounts["fran"])[0].id


def answered_by_its_receiver(world: SmallWorld) -> None:
    id_ = passed_on(world, agency="da")
    assert "redirection" in tasks(world, "igda")
    for username in ("fran", "fred", "rob", "manager"):
        assert raised(lambda username=username: world.hub.desk.redirections.page(world.accounts[username], id_)) in {
            AccessRefusedError,
            NotFoundError,
        }
    page = world.hub.desk.redirections.page(world.accounts["igda"], id_)
    assert page.message == "Housing and debt"
    world.hub.desk.redirections.answer(world.accounts["igda"], id_, TAKEN, "")
    assert world.hub.desk.redirections.waiting(world.accounts["fran"]) == []
    assert "redirection" not in tasks(world, "igda")


def test_what_is_passed_on_is_open_until_its_receiver_acknowledges_it(door: SmallWorld) -> None:
    answered_by_its_receiver(door)


def test_an_acknowledgement_by_somebody_else_is_noticed(door: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    found = redirections.Redirections._mine

    def anybody(self: object, account: object, id_: str) -> object:
        try:
            return found(self, account, id_)
        except HubError:
            return found(self, door.accounts["igda"], id_)

    monkeypatch.setattr(redirections.Redirections, "_mine", anybody)
    assert not holds(lambda: answered_by_its_receiver(door))


def test_outside_the_hub_somebody_is_named_and_silence_reaches_the_managers(door: SmallWorld) -> None:
    id_ = passed_on(door, "other_authority")
    with pytest.raises(InvalidRequestError, match="note_missing"):
        door.hub.desk.redirections.answer(door.accounts["fran"], id_, TAKEN, "")
    door.clock.advance(days=3)
    door.hub.rounds.run_once()
    assert "nobody acknowledged" in words(door, "manager")
    door.hub.desk.redirections.answer(door.accounts["fran"], id_, TAKEN, "J. Marsh, by telephone, today")
    door.hub.rounds.run_once()
    assert "nobody acknowledged" not in words(door, "manager")
    with pytest.raises(NotFoundError):
        door.hub.desk.redirections.answer(door.accounts["fran"], id_, TAKEN, "again")


def test_at_night_the_duty_worker_on_duty_acknowledges(door: SmallWorld) -> None:
    door.staff("edith", "csc", "duty_worker")
    id_ = passed_on(door, "edt")
    with pytest.raises(AccessRefusedError):
        door.hub.desk.redirections.page(door.accounts["edith"], id_)
    now = door.clock()
    door.hub.casework.rota.put(
        door.accounts["manager"], door.accounts["edith"], "edt", Period(now, now.replace(hour=23))
    )
    assert "redirection" in tasks(door, "edith")
    door.hub.desk.redirections.answer(door.accounts["edith"], id_, TAKEN, "")


def test_what_is_not_theirs_waits_again(door: SmallWorld) -> None:
    id_ = passed_on(door, agency="da")
    with pytest.raises(InvalidRequestError, match="note_missing"):
        door.hub.desk.redirections.answer(door.accounts["igda"], id_, NOT_OURS, " ")
    assert waiting(door) == []
    door.hub.desk.redirections.answer(door.accounts["igda"], id_, NOT_OURS, "She lives elsewhere")
    (again,) = waiting(door)
    assert "not theirs. She lives elsewhere" in door.hub.front_door.page(door.accounts["fran"], again).history[-1].words


def test_what_is_rated_as_harm_is_neither_returned_nor_left(door: SmallWorld) -> None:
    (found,) = waiting(door)
    desk, fran = door.hub.desk.deciding, door.accounts["fran"]
    desk.rate(fran, found, Rated("red", "referral", WHY))
    for outcome, ground in (("no_further_action", "no_need"), ("returned", "no_consent_no_safeguarding")):
        with pytest.raises(InvalidRequestError, match="rated_too_high"):
            close(door, outcome, ground=ground)
    desk.rate(fran, found, Rated("green", "contact", "The school saw her: no injury"))
    close(door, "returned", ground="no_consent_no_safeguarding")
    assert state(door, found) == "returned"


def what_nobody_rated_is_neither_returned_nor_left(world: SmallWorld) -> None:
    """The police graded it as high; that is their word, and not the front door's."""
    (found,) = waiting(world)
    deciding_, fran = world.hub.desk.deciding, world.accounts["fran"]
    for outcome, ground in (("no_further_action", "no_need"), ("returned", "no_consent_no_safeguarding")):
        with pytest.raises(InvalidRequestError, match="not_rated"):
            deciding_.close(fran, found, Closing(outcome, WHY, ground, history_read=True))
    assert waiting(world) == [found]
    deciding_.close(fran, found, Closing("redirected", WHY, receiver="early_help", history_read=True))


def test_what_nobody_rated_is_neither_returned_nor_left(door: SmallWorld) -> None:
    what_nobody_rated_is_neither_returned_nor_left(door)


def test_a_closing_that_takes_no_rating_for_a_low_one_is_noticed(
    door: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    green = door.hub.desk.deciding.rules.ratings["green"]
    monkeypatch.setattr(deciding.Deciding, "standing_rating", lambda *_: green)
    assert not holds(lambda: what_nobody_rated_is_neither_returned_nor_left(door))


def test_what_is_taken_up_again_waits_for_no_receiver(door: SmallWorld) -> None:
    passed_on(door, agency="da")
    (closed,) = door.hub.front_door.closed_here(door.accounts["fran"])
    door.hub.desk.deciding.take_up_again(door.accounts["fran"], closed.id, "They moved here")
    assert door.hub.desk.redirections.waiting(door.accounts["fran"]) == []
    assert "redirection" not in tasks(door, "igda")


def test_a_worker_who_is_tied_to_the_people_decides_nothing(door: SmallWorld) -> None:
    (found,) = waiting(door)
    own = door.hub.front_door.page(door.accounts["fred"], found).family
    door.hub.conflicts.declare(door.accounts["manager"], own, door.accounts["fran"], "relative")
    for attempt in (
        lambda: door.hub.front_door.page(door.accounts["fran"], found),
        lambda: close(door, "no_further_action", found),
        lambda: door.hub.desk.deciding.rate(door.accounts["fran"], found, Rated("green", "contact", WHY)),
    ):
        assert raised(attempt) is NotFoundError
    assert waiting(door, "fred") == [found]


def test_a_receiver_that_nobody_knows_is_refused(door: SmallWorld) -> None:
    with pytest.raises(InvalidRequestError, match="unknown_agency"):
        close(door, "redirected", receiver="early_help", agency="nobody", ground="")


def test_nobody_else_decides_or_reads_what_was_decided(door: SmallWorld) -> None:
    closed = close(door, "no_further_action")
    for username in ("sally", "rob", "otto", "iggy", "manager"):
        account = door.accounts[username]
        for attempt in (
            lambda account=account: door.hub.front_door.closed_here(account),
            lambda account=account: door.hub.front_door.page(account, closed),
            lambda account=account: door.hub.desk.deciding.take_up_again(account, closed, WHY),
        ):
            assert raised(attempt) is AccessRefusedError


def test_an_unread_history_is_noticed(door: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding.Deciding, "_require_said", lambda *_: None)
    assert not holds(lambda: test_a_reason_a_ground_and_reading_what_came_before_are_asked(door))


def test_the_front_door_is_the_local_authoritys(door: SmallWorld) -> None:
    facts = door.hub.writer.standing_facts([AGENCIES_CHAIN], door.clock())
    assert AgencyId(door.agencies["csc"]) in {
        f.body["agency"] for f in facts if f.kind is FactKind.AGENCY and f.body["kind"] == "local_authority"
    }
