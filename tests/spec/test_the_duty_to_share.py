"""Why not? The holder answers about named items; a no is kept, reviewed, and can be asked again (s16LA)."""

from dataclasses import replace

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, HubError, InvalidRequestError, NotFoundError
from hub.gate.reader import Reader
from hub.services.family_page import Stated
from hub.services.recording import ConsentWord
from hub.services.sharing import Answer, SharingDuty
from hub.services.task_lines import TaskLine
from tests.factories import SmallWorld, texts
from tests.spec.helping import DAD, holds, raised

PLANNING = Stated("support_family", "Planning the visits")
YES = Answer(
    share=True, recipient="", more_detrimental=False, detriment="It protects them", reason="He lives with them"
)
NO = Answer(
    share=False,
    recipient="",
    more_detrimental=True,
    detriment="He would stop coming",
    reason="No child",
    ground="detriment",
)


@pytest.fixture
def withdrawn(case: SmallWorld) -> SmallWorld:
    """Return the family after the father took his consent back: the item is held back, openly, and no task waits."""
    case.staff("mona", "sm", "team_manager")
    father = case.people("alleged_perpetrator")[0]
    case.hub.recording.consent(case.accounts["sally"], case.family, ConsentWord(father, "withdrawn"))
    assert DAD not in texts(case.view("sally", purpose="support_family"))
    return case


def ask(world: SmallWorld, username: str = "sally", why: str = "Two small children", agency: str = "sm") -> str:
    who, category = world.accounts[username], "substance_use_summary"
    return world.hub.sharing.ask(who, world.family, PLANNING, world.agencies[agency], category, why)


def waiting(world: SmallWorld, words: str = "Decide whether to share", username: str = "rob") -> list[TaskLine]:
    return [line for line in world.hub.tasks.open_for(world.accounts[username]) if line.words.startswith(words)]


def answer(world: SmallWorld, said: Answer) -> None:
    (task,) = waiting(world)
    held = world.hub.tasks.holder_task(world.accounts["rob"], task.id)
    world.hub.sharing.decide(world.accounts["rob"], held, replace(said, recipient=world.agencies["csc"]))


def asked_and_shared(world: SmallWorld) -> None:
    ask(world)
    assert len(waiting(world)) == 1
    answer(world, YES)
    assert DAD in texts(world.view("sally", purpose="support_family"))
    assert waiting(world) == []


def test_asking_puts_the_question_and_a_yes_opens_the_named_items(withdrawn: SmallWorld) -> None:
    asked_and_shared(withdrawn)


def test_a_question_that_names_no_items_is_noticed(withdrawn: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "held_back", lambda *_: ("00000000-0000-7000-8000-000000000000",))
    assert not holds(lambda: asked_and_shared(withdrawn))


def only_what_is_held_back_openly(world: SmallWorld) -> None:
    for username in ("pete", "rob"):
        assert raised(lambda username=username: ask(world, username)) in {NotFoundError, AccessRefusedError}
    for username in ("nina", "otto"):
        assert raised(lambda username=username: ask(world, username)) in {NotFoundError, AccessRefusedError}
    assert raised(lambda: ask(world, agency="mh")) is NotFoundError
    assert waiting(world) == []


def test_only_who_knows_that_something_is_held_back_can_ask(withdrawn: SmallWorld) -> None:
    only_what_is_held_back_openly(withdrawn)


def test_a_question_about_what_is_hidden_is_noticed(withdrawn: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "held_back", lambda *_: ("00000000-0000-7000-8000-000000000000",))
    assert not holds(lambda: only_what_is_held_back_openly(withdrawn))


def test_the_question_says_why_and_is_asked_once_at_a_time(withdrawn: SmallWorld) -> None:
    with pytest.raises(InvalidRequestError, match="why_missing"):
        ask(withdrawn, why=" ")
    ask(withdrawn)
    with pytest.raises(ConflictError, match="asked_already"):
        ask(withdrawn)


WRONG = (
    replace(YES, detriment=" "),
    replace(YES, reason=" "),
    replace(YES, more_detrimental=True),
    replace(NO, ground=""),
    replace(NO, ground="not_relevant"),
    replace(NO, more_detrimental=False),
    replace(NO, ground="because"),
    replace(NO, children=("somebody-else",)),
)


def a_no_needs_its_answers(world: SmallWorld) -> None:
    ask(world)
    for wrong in WRONG:
        with pytest.raises(InvalidRequestError):
            answer(world, wrong)
    answer(world, NO)
    assert DAD not in texts(world.view("sally", purpose="support_family"))


def test_a_decision_needs_the_detriment_question_answered_and_must_fit_it(withdrawn: SmallWorld) -> None:
    a_no_needs_its_answers(withdrawn)


def test_a_decision_without_the_question_is_noticed(withdrawn: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.sharing._require_answer", lambda *_: None)
    assert not holds(lambda: a_no_needs_its_answers(withdrawn))


def reviewed_by_somebody_else(world: SmallWorld) -> None:
    ask(world)
    answer(world, NO)
    found = waiting(world, "Review a decision not to share", "mona")
    assert len(found) == 1
    task = found[0]
    review = world.hub.sharing.review
    for username in ("rob", "sally", "manager", "iggy", "pete"):
        attempt = raised(lambda username=username: review(world.accounts[username], task.subject, "stands", "x"))
        assert attempt in {NotFoundError, AccessRefusedError}
    page = world.hub.sharing.review_page(world.accounts["mona"], task.subject)
    assert (page.detriment, page.reason, page.more_detrimental) == (NO.detriment, NO.reason, True)
    with pytest.raises(InvalidRequestError):
        review(world.accounts["mona"], task.subject, "stands", " ")
    review(world.accounts["mona"], task.subject, "decide_again", "He has moved out")
    assert len(waiting(world)) == 1
    assert waiting(world, "Review a decision not to share", "mona") == []


def test_a_decision_not_to_share_is_reviewed_by_somebody_else_of_the_holder(withdrawn: SmallWorld) -> None:
    reviewed_by_somebody_else(withdrawn)


def test_a_no_that_nobody_reviews_is_noticed(withdrawn: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharingDuty, "_to_review", SharingDuty._again)
    assert not holds(lambda: reviewed_by_somebody_else(withdrawn))


def test_it_can_be_asked_again_with_new_facts_and_the_earlier_decision_is_linked(withdrawn: SmallWorld) -> None:
    ask(withdrawn)
    answer(withdrawn, NO)
    sally, flow = withdrawn.accounts["sally"], (withdrawn.agencies["sm"], "substance_use_summary")
    asked = withdrawn.hub.sharing.asked(sally, withdrawn.family, *flow)
    assert asked.again
    assert NO.reason not in str(asked)
    ask(withdrawn, why="He has moved back in")
    (task,) = waiting(withdrawn)
    held = withdrawn.hub.tasks.holder_task(withdrawn.accounts["rob"], task.id)
    assert withdrawn.hub.sharing.why_asked(held)[0] == "He has moved back in"
    answer(withdrawn, YES)
    assert DAD in texts(withdrawn.view("sally", purpose="support_family"))


def test_the_question_and_the_reasons_are_sealed(withdrawn: SmallWorld) -> None:
    ask(withdrawn, why="A question nobody finds")
    answer(withdrawn, replace(NO, reason="A reason nobody finds"))
    for file in withdrawn.settings.folder.glob("*.db*"):
        assert b"nobody finds" not in file.read_bytes()


def test_a_task_that_was_answered_is_not_answered_twice(withdrawn: SmallWorld) -> None:
    ask(withdrawn)
    (task,) = waiting(withdrawn)
    held = withdrawn.hub.tasks.holder_task(withdrawn.accounts["rob"], task.id)
    said = replace(NO, recipient=withdrawn.agencies["csc"])
    withdrawn.hub.sharing.decide(withdrawn.accounts["rob"], held, said)
    with pytest.raises(HubError):
        withdrawn.hub.sharing.decide(withdrawn.accounts["rob"], held, replace(YES, recipient=withdrawn.agencies["csc"]))
    assert DAD not in texts(withdrawn.view("sally", purpose="support_family"))
