"""The workbook: one chapter per role, written once, seen by exactly those who may see each part."""

from pathlib import Path

import pytest

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import PersonId
from hub.domain.partial_date import PartialDate
from hub.policy.programme import load_programme
from hub.services.entries import Said
from hub.services.family_page import Stated
from hub.services.recording import ConsentWord
from hub.services.subjects import Subjects
from hub.services.workbook import Session
from tests.factories import SmallWorld, texts
from tests.spec.helping import holds, named, raised

STATED = Stated("support_family", "Group supervision on Thursday")
GOAL = "I want to be the one who takes them to school"
MONTH = "He came to three of four sessions"


def father(world: SmallWorld) -> PersonId:
    return named(world, "Daniel Hart")


def session(world: SmallWorld, person: PersonId | None = None, **changes: object) -> Session:
    said = {"goal": GOAL, "importance": 8, "confidence": 4, "stage": "preparation"} | changes
    return Session(person or father(world), PartialDate.of(world.clock.now), "School mornings", **said)


def note(world: SmallWorld, username: str, said: Session) -> str:
    return world.hub.team.workbook.note_session(world.accounts[username], world.family, STATED, said)


def seen(world: SmallWorld, username: str) -> str:
    try:
        return texts(world.view(username, purpose="support_family"))
    except AccessRefusedError:
        return ""


def a_session_follows_the_clients_word(world: SmallWorld) -> None:
    """The service's session is the service's own, and the social worker's with the client's consent."""
    note(world, "rob", session(world))
    assert {name for name in ("sally", "rob", "pete", "otto") if GOAL in seen(world, name)} == {"sally", "rob"}
    world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(father(world), "withdrawn"))
    assert {name for name in ("sally", "rob", "pete", "otto") if GOAL in seen(world, name)} == {"rob"}


def test_a_session_is_shared_as_far_as_the_person_agreed(case: SmallWorld) -> None:
    a_session_follows_the_clients_word(case)


def test_a_session_about_nobody_in_particular_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Subjects, "references", lambda *_: frozenset())
    assert not holds(lambda: a_session_follows_the_clients_word(case))


def only_with_their_own_clients(world: SmallWorld) -> None:
    mother = named(world, "Grace Adeyemi-Hart")
    for username in ("rob", "pete", "fran", "iggy", "otto", "nina"):
        assert raised(lambda name=username: note(world, name, session(world, mother))) is AccessRefusedError, username


def test_a_session_is_noted_only_by_who_works_with_the_person(case: SmallWorld) -> None:
    only_with_their_own_clients(case)


@pytest.mark.parametrize(
    ("changes", "where"),
    [({"importance": 11}, "importance"), ({"confidence": -1}, "confidence"), ({"stage": "cured"}, "stage")],
)
def test_marks_run_from_0_to_10_and_stages_are_those_of_the_list(case: SmallWorld, changes: dict, where: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        note(case, "rob", session(case, **changes))
    assert refused.value.where == where


def test_a_months_summary_is_written_once_and_stands_in_chapter_and_chronology(case: SmallWorld) -> None:
    workbook, rob = case.hub.team.workbook, case.accounts["rob"]
    workbook.summarise(rob, case.family, STATED, PartialDate.parse("2026-11"), Said(MONTH, [father(case)]))
    chapter = workbook.chapters(rob, case.family, STATED)[0]
    assert (chapter.role, chapter.own) == ("recovery_worker", True)
    assert MONTH in dict(chapter.summaries[0].fields).values()
    page = case.hub.pages.page(rob, case.family, STATED)
    assert any(line.value == MONTH for entry in page.entries for line in entry.fields)


def test_each_role_has_a_chapter_and_the_readers_own_comes_first(case: SmallWorld) -> None:
    workbook = case.hub.team.workbook
    note(case, "rob", session(case))
    note(case, "sally", session(case, goal="To ring before he comes"))
    assert [c.role for c in workbook.chapters(case.accounts["sally"], case.family, STATED)] == [
        "social_worker",
        "recovery_worker",
    ]
    assert [c.role for c in workbook.chapters(case.accounts["rob"], case.family, STATED)] == ["recovery_worker"]


def test_a_module_shows_the_newest_word_and_keeps_the_earlier_ones(case: SmallWorld) -> None:
    workbook, rob = case.hub.team.workbook, case.accounts["rob"]
    for state in ("in_progress", "completed"):
        workbook.set_module(rob, case.family, STATED, father(case), ("3", state))
        case.clock.advance(days=1)
    modules = workbook.chapters(rob, case.family, STATED)[0].modules
    assert len(modules) == 8
    assert [(m.state_words, m.whose) for m in modules if m.title == "Module 3"] == [("Completed", "Daniel Hart")]
    assert {m.state_words for m in modules if m.title != "Module 3"} == {"Not started"}
    kept = [r for r in case.view("rob").records if r.kind is RecordKind.PROGRAMME_MODULE]
    assert len(kept) == 2


def test_a_module_that_the_programme_does_not_have_is_refused(case: SmallWorld) -> None:
    workbook, rob = case.hub.team.workbook, case.accounts["rob"]
    refused = raised(lambda: workbook.set_module(rob, case.family, STATED, father(case), ("9", "completed")))
    assert refused is InvalidRequestError


def test_the_hub_invents_no_titles_for_the_modules() -> None:
    text = (Path(__file__).resolve().parents[2] / "policies" / "programme.yaml").read_text()
    assert list(load_programme(text, "programme.yaml").modules.values()) == [f"Module {n}" for n in range(1, 9)]
