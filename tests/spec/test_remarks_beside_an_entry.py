"""What is said beside an entry travels with it: to whoever sees the entry, and to nobody else."""

import pytest

from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError
from hub.domain.ids import RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.services import entry_lines, remarks
from hub.services.entries import Correction, NewEntry, Said
from hub.services.family_page import Stated
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld, texts
from tests.spec.helping import DAD, holds, named, raised, since

STATED = Stated("support_family", "Planning the visits")
VISIT = "Daniel was late for the visit"
NOT_SO = "The bus did not come"
HERS = "I asked him to stay away that day"
WHY = "He was on time every other week"
ANSWER = "We have added the other weeks"
READERS = ("sally", "rob", "pete", "vera", "otto", "iggy")


def entry(world: SmallWorld, *names: str, text: str = VISIT) -> NewEntry:
    about = [named(world, name) for name in names or ("Daniel Hart",)]
    said = {"what_happened": Said(text)}
    day = PartialDate.of(world.clock.now)
    return NewEntry("visit", "fact_observed", day, about, said, sensitivity=Sensitivity.PERSONAL)


def written(world: SmallWorld, *names: str) -> RecordId:
    return world.hub.team.entries.add(world.accounts["sally"], world.family, STATED, entry(world, *names))


def disagree(world: SmallWorld, record: str, name: str = "Daniel Hart", words: str = NOT_SO, by: str = "sally") -> str:
    said = (named(world, name), words)
    return world.hub.team.remarks.disagree(world.accounts[by], world.family, STATED, record, said)


def challenge(world: SmallWorld, record: str, by: str = "rob") -> str:
    return world.hub.team.remarks.challenge(world.accounts[by], world.family, STATED, record, WHY)


def seen(world: SmallWorld, username: str) -> str:
    try:
        return texts(world.view(username, purpose="support_family"))
    except AccessRefusedError:
        return ""


def who_sees(world: SmallWorld, text: str) -> set[str]:
    return {name for name in READERS if text in seen(world, name)}


def a_disagreement_travels_with_its_entry(world: SmallWorld) -> None:
    world.allocate("vera", "victim")
    disagree(world, written(world))
    assert who_sees(world, VISIT) == who_sees(world, NOT_SO) == {"sally", "rob", "pete", "vera"}


def test_a_disagreement_is_seen_by_exactly_those_who_see_the_entry(case: SmallWorld) -> None:
    a_disagreement_travels_with_its_entry(case)


def beside_what_others_hold(world: SmallWorld) -> None:
    """Daniel disagrees with what the service wrote: it closes with the report when he takes back his yes."""
    shown = world.view("sally", purpose="support_family")
    report = next(r.record for r in shown.records if DAD in "\n".join(r.fields.values()))
    disagree(world, report)
    assert who_sees(world, NOT_SO) == who_sees(world, DAD) == {"sally", "rob"}
    word = ConsentWord(named(world, "Daniel Hart"), "withdrawn")
    world.hub.recording.consent(world.accounts["sally"], world.family, word)
    assert who_sees(world, NOT_SO) == who_sees(world, DAD) == {"rob"}


def test_a_disagreement_with_a_partners_report_closes_with_the_report(case: SmallWorld) -> None:
    beside_what_others_hold(case)


def test_a_remark_under_a_label_of_its_own_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_label = remarks.outline_label

    def broad(found: remarks.Found) -> object:
        label = entry_label(found)
        return type(label)("family_plan", Sensitivity.PERSONAL, case.agencies["csc"], label.subjects)

    monkeypatch.setattr(remarks, "outline_label", broad)
    assert not holds(lambda: beside_what_others_hold(case))


def quotes_nobody_to_the_other_side(world: SmallWorld) -> None:
    """The entry is about the father and his worker sees it; what the mother says of it is about her as well."""
    disagree(world, written(world), "Grace Adeyemi-Hart", HERS)
    assert "pete" in who_sees(world, VISIT)
    assert who_sees(world, HERS) == {"sally", "rob"}


def test_what_one_parent_says_of_an_entry_is_not_told_to_the_other_ones_worker(case: SmallWorld) -> None:
    quotes_nobody_to_the_other_side(case)


def test_a_remark_that_forgets_whom_it_quotes_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = remarks.Remarks._sealed
    forgetful = lambda self, remark, label: sealed(self, type(remark)(**{**_parts(remark), "whose": ""}), label)  # noqa: E731
    monkeypatch.setattr(remarks.Remarks, "_sealed", forgetful)
    assert not holds(lambda: quotes_nobody_to_the_other_side(case))


def _parts(remark: object) -> dict[str, object]:
    return {name: getattr(remark, name) for name in type(remark).__slots__}


def test_remarks_stay_beside_a_corrected_entry_and_close_with_it(case: SmallWorld) -> None:
    record = written(case)
    disagree(case, record)
    team, who = case.hub.team.entries, case.accounts["sally"]
    earlier = team.entry(who, case.family, STATED, record)
    wider = entry(case, "Daniel Hart", "Grace Adeyemi-Hart", text="Daniel came later than planned")
    later = team.correct(who, case.family, STATED, wider, Correction(earlier, "Grace was there too"))
    assert who_sees(case, NOT_SO) == {"sally", "rob"}
    shown = case.view("sally", purpose="support_family")
    lines = entry_lines.entries(shown, case.hub.pages.register())
    found = next(line for line in lines if line.record == later)
    assert [(one.kind_words, one.whose, one.words) for one in found.remarks] == [("Disagrees", "Daniel Hart", NOT_SO)]


def only_who_sees_it_and_works_with_them(world: SmallWorld) -> None:
    record = written(world, "Daniel Hart", "Grace Adeyemi-Hart")
    assert raised(lambda: disagree(world, record, by="pete")) is AccessRefusedError
    hers = written(world, "Grace Adeyemi-Hart")
    before = world.entries()
    refused = raised(lambda: disagree(world, hers, "Grace Adeyemi-Hart", by="rob"))
    assert refused is AccessRefusedError
    assert Operation.DENIAL in {e.entry.operation for e in since(world, before)}


def test_only_who_sees_the_entry_and_works_with_the_person_records_a_disagreement(case: SmallWorld) -> None:
    only_who_sees_it_and_works_with_them(case)


def tasks(world: SmallWorld, username: str) -> list[str]:
    return [line.words for line in world.hub.tasks.open_for(world.accounts[username])]


def test_a_challenge_waits_with_a_clock_for_the_agency_that_wrote_the_entry(case: SmallWorld) -> None:
    id_ = challenge(case, written(case))
    words = "Answer a professional challenge to an entry of your agency"
    line = next(line for line in case.hub.tasks.open_for(case.accounts["sally"]) if line.words == words)
    assert line.due_words == "by 30 November 2026, 17:00"
    assert words not in tasks(case, "rob")
    team = case.hub.team.remarks
    assert raised(lambda: team.waiting(case.accounts["rob"], id_)) is AccessRefusedError
    task = team.waiting(case.accounts["sally"], id_)
    assert team.challenged(case.accounts["sally"], STATED, task).words == WHY
    team.answer(case.accounts["sally"], STATED, task, ANSWER)
    assert words not in tasks(case, "sally")
    assert who_sees(case, ANSWER) == who_sees(case, WHY) == who_sees(case, VISIT)


def test_a_reader_who_does_not_see_the_entry_cannot_answer_for_the_agency(case: SmallWorld) -> None:
    id_ = challenge(case, written(case))
    team = case.hub.team.remarks
    task = team.waiting(case.accounts["fran"], id_)
    assert raised(lambda: team.answer(case.accounts["fran"], STATED, task, ANSWER)) is AccessRefusedError
