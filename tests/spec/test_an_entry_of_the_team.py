"""An entry is written once, by who may write it, and seen by exactly those whom its labels let see it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from hub.domain.access import Operation
from hub.domain.entries import FamilyVisibility
from hub.domain.errors import AccessRefusedError, ConflictError, HubError, InvalidRequestError, NotFoundError
from hub.domain.ids import PersonId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.services import team_tasks
from hub.services.entries import Correction, Entries, NewEntry, Said
from hub.services.family_page import Stated
from hub.services.subjects import Subjects
from hub.services.task_lines import Finished
from hub.services.team_tasks import WORDS
from hub.store.sealed import records as rows
from tests.factories import SmallWorld, texts
from tests.spec.helping import holds, named, raised, since

VISIT = "The kitchen was warm and the children ate together"
PLAN = "Grace will ring the surgery on Monday"
MAYA = "I like it when dad is funny"
SUPPORT = Stated("support_family", "Planning the visits")
PROTECT = Stated("protect_child", "Planning the visits")


def entry(about: list[PersonId], more: Mapping[str, Said] | None = None, **changes: object) -> NewEntry:
    said = {"what_happened": Said(VISIT)} | dict(more or {})
    first = {"sensitivity": Sensitivity.PERSONAL} | changes
    return NewEntry("visit", "fact_observed", PartialDate.parse("2026-11"), about, said, **first)


def add(world: SmallWorld, username: str, new: NewEntry, stated: Stated = SUPPORT) -> RecordId:
    return world.hub.team.entries.add(world.accounts[username], world.family, stated, new)


def seen(world: SmallWorld, username: str, purpose: str = "support_family") -> str:
    try:
        return texts(world.view(username, purpose=purpose))
    except AccessRefusedError:
        return ""


def everyone(world: SmallWorld) -> list[PersonId]:
    return sorted({named(world, name) for name in ("Daniel Hart", "Grace Adeyemi-Hart", "Maya Hart")})


def test_an_entry_shows_to_exactly_those_who_may_see_it(case: SmallWorld) -> None:
    father = named(case, "Daniel Hart")
    add(case, "sally", entry([father]))
    case.allocate("vera", "victim")
    who = ("sally", "rob", "pete", "nina", "vera", "otto", "fran", "iggy")
    assert {name for name in who if VISIT in seen(case, name)} == {"sally", "rob", "pete", "vera"}


def narrowed_to_one_is_kept_from_the_others_worker(world: SmallWorld) -> None:
    father, mother = named(world, "Daniel Hart"), named(world, "Grace Adeyemi-Hart")
    new = entry([father, mother], {"what_happened": Said(VISIT, [father]), "next_steps": Said(PLAN, [mother])})
    add(world, "sally", new)
    assert VISIT in seen(world, "pete")
    assert PLAN not in seen(world, "pete")
    assert {VISIT, PLAN} <= set(seen(world, "sally").split("\n"))


def test_a_text_narrowed_to_one_person_is_kept_from_the_other_sides_worker(case: SmallWorld) -> None:
    narrowed_to_one_is_kept_from_the_others_worker(case)


def test_an_entry_that_forgets_whom_a_text_speaks_of_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    father = named(case, "Daniel Hart")
    one = Subjects.references
    monkeypatch.setattr(Subjects, "all_references", lambda self, _people: one(self, father))
    assert not holds(lambda: narrowed_to_one_is_kept_from_the_others_worker(case))


def test_a_text_that_names_both_parents_is_for_neither_sides_worker(case: SmallWorld) -> None:
    add(case, "sally", entry([named(case, "Daniel Hart"), named(case, "Grace Adeyemi-Hart")]))
    assert VISIT not in seen(case, "pete")


def test_what_a_child_said_stays_from_specialists(case: SmallWorld) -> None:
    people = everyone(case)
    add(case, "sally", entry(people, {"child_voice": Said(MAYA, [named(case, "Maya Hart")])}), PROTECT)
    assert MAYA in seen(case, "sally", "protect_child")
    assert all(MAYA not in seen(case, name, "protect_child") for name in ("rob", "pete"))


def test_an_entry_kept_inside_the_agency_is_seen_by_nobody_else(case: SmallWorld) -> None:
    add(case, "sally", entry([named(case, "Daniel Hart")], own_only=True))
    assert {name for name in ("sally", "rob", "pete") if VISIT in seen(case, name)} == {"sally"}


def test_a_specialists_entry_belongs_to_their_own_agency(case: SmallWorld) -> None:
    record = add(case, "rob", entry([named(case, "Daniel Hart")], {"substance_use": Said(PLAN)}))
    shown = case.view("rob", purpose="support_family")
    assert next(one.owner for one in shown.records if one.record == record) == case.agencies["sm"]
    assert PLAN in texts(shown)


def only_who_works_with_them_writes(world: SmallWorld) -> None:
    father, mother = named(world, "Daniel Hart"), named(world, "Grace Adeyemi-Hart")
    for username in ("fran", "iggy", "otto", "nina", "vera", "manager"):
        before = world.entries()
        assert raised(lambda name=username: add(world, name, entry([father]))) is AccessRefusedError, username
        assert [e.entry.operation for e in since(world, before)][-1:] == [Operation.DENIAL], username
    assert raised(lambda: add(world, "pete", entry([father, mother]))) is AccessRefusedError
    assert raised(lambda: add(world, "rob", entry([mother]))) is AccessRefusedError


def test_only_who_works_with_somebody_writes_about_them_and_a_refusal_is_entered(case: SmallWorld) -> None:
    only_who_works_with_them_writes(case)


def test_an_entry_that_asks_nobody_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Entries, "_rights", lambda *_: [])
    assert not holds(lambda: only_who_works_with_them_writes(case))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"family": FamilyVisibility("withheld", date(2026, 12, 1))}, "family_reason"),
        ({"family": FamilyVisibility("withheld", None, "risk_of_harm")}, "family_day"),
        ({"family": FamilyVisibility("withheld", date(2027, 12, 1), "risk_of_harm")}, "family_day"),
        ({"family": FamilyVisibility("to_be_shared_by")}, "family_day"),
        ({"family": FamilyVisibility("never")}, "family_state"),
        ({"significance": "huge"}, "significance"),
        ({"about": []}, "about"),
    ],
)
def test_an_entry_that_is_not_whole_is_not_stored(case: SmallWorld, changes: dict, where: str) -> None:
    about = changes.pop("about", [named(case, "Daniel Hart")])
    with pytest.raises(InvalidRequestError) as refused:
        add(case, "sally", entry(about, **changes))
    assert refused.value.where == where
    assert VISIT not in seen(case, "sally")


def test_an_entry_is_shown_to_the_family_unless_somebody_says_otherwise() -> None:
    assert FamilyVisibility().state == "shared"


@pytest.mark.parametrize(
    ("visibility", "kind"),
    [
        (FamilyVisibility("withheld", date(2026, 12, 1), "risk_of_harm"), "review_withheld"),
        (FamilyVisibility("to_be_shared_by", date(2026, 12, 1)), "share_with_family"),
    ],
)
def test_what_the_family_does_not_see_yet_runs_on_a_clock(
    case: SmallWorld, visibility: FamilyVisibility, kind: str
) -> None:
    record = add(case, "sally", entry([named(case, "Daniel Hart")], family=visibility))
    waiting = [line.words for line in case.hub.tasks.open_for(case.accounts["sally"])]
    assert WORDS[kind] in waiting
    assert WORDS[kind] not in [line.words for line in case.hub.tasks.open_for(case.accounts["rob"])]
    again = case.view("sally", purpose="support_family")
    assert next(r.fields["family_visibility"] for r in again.records if r.record == record) == str(visibility)


def correct(world: SmallWorld, username: str, record: RecordId, new: NewEntry, why: str = "A mistake") -> RecordId:
    team, who = world.hub.team.entries, world.accounts[username]
    earlier = team.entry(who, world.family, SUPPORT, record)
    return team.correct(who, world.family, SUPPORT, new, Correction(earlier, why))


def a_correction_shuts_what_told_too_much(world: SmallWorld) -> None:
    father, mother = named(world, "Daniel Hart"), named(world, "Grace Adeyemi-Hart")
    record = add(world, "sally", entry([father]))
    assert VISIT in seen(world, "pete")
    world.clock.advance(hours=2)
    later = correct(world, "sally", record, entry([father, mother], {"what_happened": Said(PLAN)}))
    for username in ("sally", "rob", "pete"):
        assert VISIT not in seen(world, username), username
    assert PLAN not in seen(world, "pete")
    shown = world.view("sally", purpose="support_family")
    found = next(one for one in shown.records if one.record == later)
    assert found.fields["first_recorded"] == "23 November 2026, 09:30"
    assert (found.recorded_at - world.clock.now).total_seconds() == pytest.approx(0, abs=60)
    assert found.fields["corrects"] == record


def test_a_correction_stands_in_the_entrys_place_for_everyone_and_keeps_both_times(case: SmallWorld) -> None:
    a_correction_shuts_what_told_too_much(case)


def test_a_store_that_still_shows_what_was_corrected_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands, pages = rows._stands, rows._PAGES
    monkeypatch.setattr(rows, "_stands", lambda table, **_: stands(table, corrected=True))
    monkeypatch.setattr(rows, "_PAGES", dict.fromkeys(pages, pages[True]))
    assert not holds(lambda: a_correction_shuts_what_told_too_much(case))


def test_an_entry_is_corrected_once(case: SmallWorld) -> None:
    father = named(case, "Daniel Hart")
    record = add(case, "sally", entry([father]))
    earlier = case.hub.team.entries.entry(case.accounts["sally"], case.family, SUPPORT, record)
    correct(case, "sally", record, entry([father], {"what_happened": Said(PLAN)}))
    again: list[type[HubError] | None] = [
        raised(
            lambda: case.hub.team.entries.correct(
                case.accounts["sally"], case.family, SUPPORT, entry([father]), Correction(earlier, "again")
            )
        )
    ]
    assert again[0] in {ConflictError, AccessRefusedError}


def test_nobody_corrects_what_somebody_else_wrote(case: SmallWorld) -> None:
    father = named(case, "Daniel Hart")
    record = add(case, "sally", entry([father]))
    case.staff("susan", "csc", "social_worker")
    case.allocate("susan")
    for username in ("susan", "rob", "pete"):
        refused = raised(lambda name=username: correct(case, name, record, entry([father])))
        assert refused is AccessRefusedError, username


def nothing_stays_withheld_without_a_next_review(world: SmallWorld) -> None:
    father, mother = named(world, "Daniel Hart"), named(world, "Grace Adeyemi-Hart")
    kept = FamilyVisibility("withheld", date(2026, 12, 1), "risk_of_harm")
    new = entry([father, mother], {"what_happened": Said(VISIT, [father]), "next_steps": Said(PLAN, [mother])})
    record = add(world, "sally", replace(new, family=kept))
    team, who = world.hub.team.entries, world.accounts["sally"]
    task = team.waiting(who, record)
    finish = lambda: world.hub.tasks.finish(who, task.id, Finished("Looked at"))  # noqa: E731
    assert raised(finish) is NotFoundError, "a note does not end a withholding"
    world.clock.advance(days=8)
    longer = FamilyVisibility("withheld", date(2027, 1, 8), "risk_of_harm")
    later = team.show_family(who, world.family, SUPPORT, (record, longer), "He still follows her")
    assert team.waiting(who, later).due_at.date() == date(2027, 1, 8)
    assert raised(lambda: team.waiting(who, record)) is AccessRefusedError
    shown = team.show_family(who, world.family, SUPPORT, (later, FamilyVisibility()), "She moved")
    assert raised(lambda: team.waiting(who, shown)) is AccessRefusedError
    assert {VISIT, PLAN} <= set(seen(world, "sally").split("\n"))
    assert VISIT in seen(world, "pete")
    assert PLAN not in seen(world, "pete")


def test_what_is_kept_from_the_family_runs_from_review_to_review(case: SmallWorld) -> None:
    nothing_stays_withheld_without_a_next_review(case)


def test_a_review_that_begins_no_next_clock_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team_tasks, "owed_for", lambda *_: [])
    assert not holds(lambda: nothing_stays_withheld_without_a_next_review(case))
