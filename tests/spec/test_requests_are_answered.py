"""A worker asks another agency; it answers in one of four ways; only the asker's side and the holder's desk know."""

from dataclasses import replace

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError, StaleFactsError
from hub.domain.facts import FactKind, family_chain
from hub.domain.ids import AccountId
from hub.services import answering, request_tasks, requests
from hub.services.answering import Given
from hub.services.family_page import Stated
from hub.services.recording import Recording
from hub.services.requests import Asking
from hub.services.withdrawal import TWO_SIDES
from hub.store.clear import partner_events, work
from hub.store.clear import requests as rows
from tests.factories import SmallWorld, texts
from tests.spec.helping import holds, raised, treatment

HELD = "Three calls to the address since May"
SECRET = "Naming the officer would endanger a witness"
WHY = "A neighbour rang this morning"
STATED = Stated("support_family", "A visit tomorrow")


@pytest.fixture
def family(case: SmallWorld) -> SmallWorld:
    """Return the family, its front door, and a second social worker who has nothing to do with it."""
    case.staff("tom", "csc", "social_worker")
    return case


def ask(world: SmallWorld, by: str = "sally", **changes: object) -> str:
    asking = {"holder": world.agencies["police"], "function": "assess_need", "why": WHY, "period": "since May 2026"}
    asking |= {"people": [world.people("child")[0], *world.people("parent")]} | changes
    return world.hub.desk.requests.ask(world.accounts[by], world.family, STATED, Asking(**asking))


def answer(world: SmallWorld, request: str, kind: str, by: str = "otto", **changes: object) -> None:
    said = {"checked": world.clock().date(), "ground": "detriment", "reason": SECRET} | changes
    if kind == "shared":
        said |= {"information": HELD, "statement": "fact_observed", "involvement": "Open since May"} | changes
        said.setdefault("relations", "Daniel Hart: father of Maya")
    world.hub.desk.answering.answer(world.accounts[by], request, Given(kind, **said))


def read(world: SmallWorld, request: str, by: str = "sally") -> str:
    """Return everything that the asker's page holds, as one text."""
    return str(world.hub.desk.requests.page(world.accounts[by], request))


def tasks(world: SmallWorld, username: str) -> str:
    return " ".join(line.words for line in world.hub.tasks.open_for(world.accounts[username]))


def shared_with_the_asker_alone(world: SmallWorld) -> None:
    request = ask(world)
    assert HELD not in texts(world.view("sally", purpose="support_family"))
    answer(world, request, "shared")
    page = read(world, request)
    for said in (HELD, "father of Maya", "Open since May"):
        assert said in page
    assert HELD in texts(world.view("sally", purpose="support_family"))
    for username in ("rob", "pete"):
        assert HELD not in texts(world.view(username, purpose="support_family"))
    answer(world, request, "not_shared")
    assert HELD not in read(world, request) + texts(world.view("sally", purpose="support_family"))
    assert SECRET in read(world, request)


def test_what_is_shared_opens_through_the_gate_until_a_second_answer(family: SmallWorld) -> None:
    shared_with_the_asker_alone(family)


def test_an_earlier_answer_that_stays_open_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering.Answering, "_closing_earlier", lambda *_: [])
    assert not holds(lambda: shared_with_the_asker_alone(family))


def neither_confirmed_nor_denied(world: SmallWorld) -> None:
    request = ask(world)
    answer(world, request, "speak_to_us", reason=SECRET)
    first = read(world, request)
    assert SECRET not in first
    assert "detriment" not in first
    world.clock.advance(seconds=1)
    answer(world, request, "speak_to_us", reason="Another reason", ground="forbidden")
    assert read(world, request) == first


def test_neither_confirmed_nor_denied_reads_the_same_whatever_the_reason(family: SmallWorld) -> None:
    neither_confirmed_nor_denied(family)


def test_a_reason_that_reaches_the_asker_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "NOT_SHARED", "speak_to_us")
    assert not holds(lambda: neither_confirmed_nor_denied(family))


def strip(world: SmallWorld, username: str) -> dict:
    who = world.hub.finder.standing(world.accounts[username], world.family)
    return world.hub.desk.requests.answered(who, world.family)


def test_nothing_held_says_when_it_was_checked_and_stands_on_the_strip(family: SmallWorld) -> None:
    request = ask(family)
    assert strip(family, "sally") == {}
    answer(family, request, "nothing_held", ground="", reason="")
    assert "23 November 2026" in read(family, request)
    (words,) = strip(family, "sally").values()
    assert words.startswith("Checked, nothing held")
    for username in ("rob", "pete", "tom", "iggy"):
        assert strip(family, username) == {}


def checked(world: SmallWorld) -> list[str]:
    facts = world.hub.writer.standing_facts([family_chain(world.family)], world.clock())
    said = [fact.body for fact in facts if fact.kind is FactKind.COVERAGE]
    return [
        str(body["state"]) for body in said if body["agency"] == world.agencies["police"] and not body["via_labels"]
    ]


def an_answer_is_stated_although_the_machine_stops_after_it(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    request = ask(world)
    before = checked(world)
    with monkeypatch.context() as patched:
        patched.setattr(Recording, "cover", stops)
        with pytest.raises(KeyboardInterrupt):
            answer(world, request, "nothing_held", ground="", reason="")
    assert "23 November 2026" in read(world, request)  # the answer stands
    assert checked(world) == before
    world.hub.rounds.run_once()
    assert checked(world) == ["checked"]
    entries = len(world.entries())
    world.hub.rounds.requests.run_once()
    assert len(world.entries()) == entries  # once


def test_an_answer_is_stated_although_the_machine_stops_after_it(
    family: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_answer_is_stated_although_the_machine_stops_after_it(family, monkeypatch)


def test_an_answer_that_leaves_no_job_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "post", lambda *_: None)
    assert not holds(lambda: an_answer_is_stated_although_the_machine_stops_after_it(family, monkeypatch))


def test_a_statement_that_cannot_be_made_does_not_take_the_answer_back(
    family: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StaleFactsError

    request = ask(family)
    with monkeypatch.context() as patched:
        patched.setattr(Recording, "cover", fails)
        answer(family, request, "nothing_held", ground="", reason="")
    family.hub.rounds.run_once()
    assert checked(family) == ["checked"]


def nobody_else_finds_a_trace(world: SmallWorld) -> None:
    others = ("rob", "pete", "nina", "tom", "igmh")
    before = {name: (tasks(world, name), desk(world, name)) for name in others}
    request = ask(world)
    for step in ("asked", "answered"):
        for name in others:
            account = world.accounts[name]
            assert raised(lambda account=account: world.hub.desk.requests.page(account, request)) is NotFoundError
            assert raised(lambda account=account: world.hub.desk.answering.page(account, request)) is NotFoundError
            assert world.hub.desk.requests.lines(account, world.family) == []
            assert (tasks(world, name), desk(world, name)) == before[name], (step, name)
        if step == "asked":
            answer(world, request, "shared")


def desk(world: SmallWorld, username: str) -> str:
    try:
        return str(world.hub.desk.answering.desk(world.accounts[username]))
    except AccessRefusedError:
        return ""


def test_nobody_else_finds_a_trace_of_a_request(family: SmallWorld) -> None:
    nobody_else_finds_a_trace(family)


def test_a_request_that_others_find_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def unasked(self: answering.Answering, _account: AccountId, request: str) -> rows.Request:
        with self._clear.read() as connection:
            return rows.find_request(connection, self._clear.partnership, request)

    monkeypatch.setattr(answering.Answering, "_mine", unasked)
    assert not holds(lambda: nobody_else_finds_a_trace(family))


def test_a_refusal_without_a_reason_is_refused_and_every_refusal_is_reviewed(family: SmallWorld) -> None:
    request = ask(family)
    for kind in ("not_shared", "speak_to_us"):
        for short in ({"reason": " "}, {"ground": ""}, {"ground": "because"}):
            with pytest.raises(InvalidRequestError, match="reason_missing"):
                answer(family, request, kind, **short)
    answer(family, request, "not_shared")
    assert "Review a decision not to share" in tasks(family, "igpolice")
    line = next(one for one in family.hub.tasks.open_for(family.accounts["igpolice"]) if one.page == "not_shared")
    assert family.hub.sharing.review_page(family.accounts["igpolice"], line.subject).reason == SECRET


def nobody_reviews_their_own_answer(world: SmallWorld) -> None:
    request = ask(world)
    answer(world, request, "not_shared", by="igpolice")
    assert "Review a decision not to share" not in tasks(world, "igpolice")
    world.staff("olga", "police", "ig_officer")
    assert "Review a decision not to share" in tasks(world, "olga")


def test_who_answered_is_not_asked_to_review_it(family: SmallWorld) -> None:
    nobody_reviews_their_own_answer(family)


def test_a_review_that_names_nobody_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    real = request_tasks.to_review
    monkeypatch.setattr(request_tasks, "to_review", lambda *said: replace(real(*said), account=None))
    assert not holds(lambda: nobody_reviews_their_own_answer(family))


@pytest.mark.parametrize(
    ("kind", "short", "code"),
    [
        ("maybe", {}, "unknown_answer"),
        ("nothing_held", {"checked": None}, "checked_missing"),
        ("shared", {"information": " "}, "information_missing"),
        ("shared", {"involvement": ""}, "involvement_missing"),
        ("shared", {"statement": "gossip"}, "statement_missing"),
        ("shared", {"relations": ""}, "relations_missing"),
    ],
)
def test_an_answer_says_what_it_must(family: SmallWorld, kind: str, short: dict, code: str) -> None:
    request = ask(family)
    with pytest.raises(InvalidRequestError, match=code):
        answer(family, request, kind, **short)
    assert family.hub.desk.answering.page(family.accounts["otto"], request).line.answer == ""


def test_a_request_says_what_it_must(family: SmallWorld) -> None:
    for changes, code in (
        ({"why": " "}, "why_missing"),
        ({"period": ""}, "period_missing"),
        ({"function": "curiosity"}, "unknown_function"),
        ({"function": "enquire"}, "no_decision_recorded"),
        ({"holder": family.agencies["csc"]}, "unknown_agency"),
        ({"people": family.people("parent")}, "no_child_named"),
        ({"people": [AccountId("nobody")]}, "not_a_member"),
    ):
        with pytest.raises(InvalidRequestError, match=code):
            ask(family, **changes)
    ask(family)
    with pytest.raises(ConflictError, match="asked_already"):
        ask(family)
    family.open("s47_enquiry")
    request = ask(family, function="enquire", holder=family.agencies["mh"])
    assert family.hub.desk.answering.page(family.accounts["igmh"], request).duty
    again = ask(family, function="enquire")
    assert not family.hub.desk.answering.page(family.accounts["otto"], again).duty


def test_who_does_not_work_with_the_family_or_does_not_ask_is_refused(family: SmallWorld) -> None:
    for username in ("tom", "rob", "pete", "otto", "iggy"):
        assert raised(lambda username=username: ask(family, username)) is AccessRefusedError


def test_what_the_holder_is_told_is_entered_as_a_disclosure_to_it(family: SmallWorld) -> None:
    ask(family)
    told = [e.entry for e in family.entries() if e.entry.act == "request:ask"]
    assert [(entry.operation, entry.recipient) for entry in told] == [("disclosure", family.agencies["police"])]


def test_the_holder_is_reminded_and_its_silence_reaches_who_asked(family: SmallWorld) -> None:
    request = ask(family)
    assert "asks what yours holds" in tasks(family, "otto")
    family.clock.advance(days=3, hours=5)
    family.hub.rounds.run_once()
    assert "nearly due" in tasks(family, "igpolice")
    assert "not answered in time" not in tasks(family, "manager")
    family.clock.advance(hours=4)
    for _ in range(2):
        family.hub.rounds.run_once()
    assert tasks(family, "manager").count("not answered in time") == 1
    assert any(e.entry.outcome == "request_unanswered" for e in family.entries())
    answer(family, request, "nothing_held")
    for username in ("otto", "igpolice", "manager"):
        assert "nearly due" not in tasks(family, username)
        assert "not answered in time" not in tasks(family, username)
        assert "asks what yours holds" not in tasks(family, username)


def test_who_answers_may_decide_for_the_holder_and_is_neither_side(family: SmallWorld) -> None:
    openings = family.hub.policy.foundations.gateways.openings
    assert openings["holder_decision"].recorded_by - TWO_SIDES == request_tasks.HOLDERS


def test_a_worker_tied_to_the_family_finds_no_request(family: SmallWorld) -> None:
    request = ask(family)
    otto = family.accounts["otto"]
    family.hub.conflicts.declare(family.accounts["manager"], family.family, otto, "relative")
    assert family.hub.desk.answering.desk(otto) == []
    assert raised(lambda: family.hub.desk.answering.page(otto, request)) is NotFoundError


def test_the_front_door_asks_before_it_decides_and_the_answer_moves_with_the_referral(family: SmallWorld) -> None:
    body = treatment().replace(b"RS-", b"RX-").replace(b'verified": "yes"', b'verified": "no"')
    family.send("sm", "adult_with_children_json", body, key="u")
    family.hub.rounds.run_once()
    fran = family.accounts["fran"]
    (line,) = family.hub.front_door.waiting(fran)
    page = family.hub.front_door.page(fran, line.id)
    own, home = page.family, family.family
    family.family = own
    asking = Asking(family.agencies["police"], "decide_response", family.people("child"), WHY, "since May")
    request = family.hub.desk.requests.ask(fran, own, Stated("front_door", "Deciding"), asking)
    family.hub.front_door.decide(fran, line.id, home)
    family.family = home
    answer(family, request, "shared", relations="")
    assert HELD in read(family, request)


def the_holders_system_is_told(world: SmallWorld) -> None:
    request = ask(world)
    with world.hub.clear.read() as connection:
        news = partner_events.waiting(connection, world.hub.clear.partnership, world.clock())
    (told,) = [event for event in news if event.kind == partner_events.REQUEST_RECEIVED]
    assert (told.subject, told.agency, told.detail) == (request, world.agencies["police"], {})


def test_the_holders_system_is_told_that_it_is_asked_and_nothing_else(family: SmallWorld) -> None:
    the_holders_system_is_told(family)


def test_a_request_that_no_event_tells_of_is_noticed(family: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner_events, "post", lambda *_: True)
    with pytest.raises(ValueError, match="unpack"):
        the_holders_system_is_told(family)
