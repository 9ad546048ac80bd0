"""One screen before several people shows what every one of them may see, and not a byte more."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from html import unescape
from itertools import combinations

import pytest

from hub.domain.access import Act, Operation
from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError
from hub.domain.facts import FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure
from hub.services import room as rooms
from hub.services import supervision as supervisions
from hub.services.entries import NewEntry, Said
from hub.services.family_page import Stated
from hub.services.recording import ConsentWord
from hub.services.supervision_record import Action, Outcome, Room
from hub.services.team_tasks import WORDS
from hub.wiring import web_app
from tests.factories import Seeded, SmallWorld, texts
from tests.journeys.readers import Reader, bare
from tests.spec.helping import DAD, deposit, holds, named, raised, reference_of, since

STATED = Stated("support_family", "Group supervision on Thursday")
OURS = "The mornings go well since Monday"
BOTH = "Grace and Daniel spoke about the weekend"
HERS = "Grace keeps a bag at her sister's"
LONG = 12
"""Shorter texts, such as "child", stand on any page."""
PRESENT = ("rob", "pete", "vera")


@pytest.fixture
def team(case: SmallWorld) -> SmallWorld:
    """Return the case with Vera beside the mother, and something that each of them sees and others do not."""
    case.allocate("vera", "victim")
    write(case, "sally", OURS, "Daniel Hart")
    write(case, "sally", BOTH, "Daniel Hart", "Grace Adeyemi-Hart")
    write(case, "vera", HERS, "Grace Adeyemi-Hart")
    return case


def entry(world: SmallWorld, text: str, *names: str) -> NewEntry:
    about = [named(world, name) for name in names]
    said = {"what_happened": Said(text)}
    day = PartialDate.of(world.clock.now)
    return NewEntry("visit", "fact_observed", day, about, said, sensitivity=Sensitivity.PERSONAL)


def write(world: SmallWorld, username: str, text: str, *names: str) -> str:
    who = world.accounts[username]
    return world.hub.team.entries.add(who, world.family, STATED, entry(world, text, *names))


def begin(world: SmallWorld, *usernames: str, by: str = "sally") -> str:
    there = [world.accounts[name] for name in usernames]
    return world.hub.team.supervisions.begin(world.accounts[by], world.family, STATED, there)


def room(world: SmallWorld, supervision: str, by: str = "sally") -> Room:
    return world.hub.team.supervisions.room(world.accounts[by], supervision, STATED)


def own(world: SmallWorld, username: str) -> Disclosure:
    return world.view(username, purpose="support_family")


def fields_of(shown: Disclosure) -> set[tuple[str, str, str]]:
    return {(record.record, name, value) for record in shown.records for name, value in record.fields.items()}


def groups() -> Iterable[tuple[str, ...]]:
    return (some for size in (1, 2, 3) for some in combinations(PRESENT, size))


def the_room_is_within_every_attendees_view(world: SmallWorld) -> None:
    views = {name: own(world, name) for name in ("sally", *PRESENT)}
    everything = {name: fields_of(view) for name, view in views.items()}
    for some in groups():
        shown = room(world, begin(world, *some)).view
        seen = fields_of(shown)
        for name in ("sally", *some):
            mine = views[name]
            assert seen <= everything[name], (some, name)
            assert set(shown.involved) <= set(mine.involved)
            assert {fact.id for fact in shown.openings} <= {fact.id for fact in mine.openings}
            assert all(parts <= mine.persons[person] for person, parts in shown.persons.items())
        assert seen == set.intersection(*(everything[name] for name in ("sally", *some))), some


def test_the_room_is_a_subset_of_each_attendees_own_view_whoever_is_there(team: SmallWorld) -> None:
    the_room_is_within_every_attendees_view(team)


KINDS = {
    "csc": (RecordKind.TEAM_ENTRY, ("summary", "plan", "concern", "child_voice", "parent_view")),
    "sm": (RecordKind.TREATMENT_REPORT, ("engagement", "summary", "concern", "parent_view")),
    "mh": (RecordKind.HEALTH_REPORT, ("summary", "mental_health", "crisis", "concern")),
    "police": (RecordKind.POLICE_NOTICE, ("what_happened", "risk_grade", "child_voice", "source")),
    "da": (RecordKind.SERVICE_ENTRY, ("what_happened", "concern", "parent_view")),
}
NAMES = ("Daniel Hart", "Grace Adeyemi-Hart", "Maya Hart", "Theo Hart")


def some_of(chance: Seeded, options: Sequence, least: int = 1) -> list:
    """Return some of the options: at least `least`, chosen by what the seed says next."""
    drawn = [one for one in options if chance(1)[0] % 2]
    return drawn if len(drawn) >= least else [options[chance(1)[0] % len(options)]]


def anything(world: SmallWorld, chance: Seeded) -> None:
    """Store a record of any agency, about anybody, at any sensitivity."""
    agency = some_of(chance, sorted(KINDS))[0]
    kind, fields = KINDS[agency]
    about = [reference_of(world, name) for name in some_of(chance, NAMES)]
    said = {name: f"{agency} {chance(8).hex()}" for name in some_of(chance, fields)}
    deposit(world, agency, kind, about, said, some_of(chance, list(Sensitivity))[-1])


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_recorded_the_room_stays_within_every_attendees_view(team: SmallWorld, seed: int) -> None:
    chance = Seeded(f"room {seed}")
    for _ in range(20):
        anything(team, chance)
    if seed:
        team.hub.recording.consent(
            team.accounts["sally"], team.family, ConsentWord(named(team, "Grace Adeyemi-Hart"), "given")
        )
    the_room_is_within_every_attendees_view(team)
    no_byte_of_what_one_may_not_see(team)


def what_the_gate_gave_is_not_widened(world: SmallWorld) -> None:
    seen = texts(room(world, begin(world, "rob", "pete")).view)
    assert OURS in seen
    assert BOTH not in seen
    assert DAD not in seen


def test_a_room_made_from_one_view_only_is_noticed(team: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    common = rooms.common
    monkeypatch.setattr(supervisions, "common", lambda views: common(views[:1]))
    reader = type(team.hub.reader)
    visible = reader.visible_to_all
    monkeypatch.setattr(reader, "visible_to_all", lambda self, views: visible(self, list(views)[:1]))
    assert not holds(lambda: the_room_is_within_every_attendees_view(team))
    assert not holds(lambda: what_the_gate_gave_is_not_widened(team))
    assert not holds(lambda: no_byte_of_what_one_may_not_see(team))


def page(reader: Reader, world: SmallWorld, *present: str) -> str:
    return unescape(bare(reader.get(f"/supervisions/{begin(world, *present)}/room")))


def no_byte_of_what_one_may_not_see(world: SmallWorld) -> None:
    """No text that is not in the view of each of them: the chair's own sight of it does not count."""
    reader = Reader(web_app(world.hub), "sally")
    reader.open(world.family, "support_family")
    sights = {name: {value for _, _, value in fields_of(own(world, name))} for name in ("sally", *PRESENT)}
    told = {value for seen in sights.values() for value in seen if len(value) >= LONG} | {HERS}
    for some in groups():
        shared = "\n".join(set.intersection(*(sights[name] for name in ("sally", *some))))
        html = page(reader, world, *some)
        assert OURS in html
        assert not [text for text in told if text not in shared and text in html], some


def test_what_one_attendee_may_not_see_is_in_no_byte_of_the_shared_screen(team: SmallWorld) -> None:
    no_byte_of_what_one_may_not_see(team)


def test_what_is_hidden_from_one_attendee_changes_no_byte_of_the_screen(team: SmallWorld) -> None:
    """The father's report from health shows to Sally during an enquiry; with Pete in the room it leaves no trace."""
    reader = Reader(web_app(team.hub), "sally")
    reader.open(team.family, "support_family")
    address = f"/supervisions/{begin(team, 'pete')}/room"
    before = bare(reader.get(address))
    deposit(team, "sm", RecordKind.TREATMENT_REPORT, [reference_of(team, "Daniel Hart")], {"engagement": "Came late"})
    write(team, "sally", HERS, "Grace Adeyemi-Hart")
    assert "Came late" in texts(own(team, "sally"))
    assert bare(reader.get(address)) == before


def test_the_screen_is_entered_as_shown_to_each_who_is_there(team: SmallWorld) -> None:
    supervision = begin(team, "rob", "pete")
    before = team.entries()
    room(team, supervision)
    entered = [e.entry for e in since(team, before) if e.entry.act == Act.ROOM_VIEW.value]
    assert sorted(e.actor for e in entered) == sorted(team.accounts[name] for name in ("sally", "rob", "pete"))
    assert all(e.recipient == e.actor and e.operation is Operation.CONSULTATION for e in entered)
    labels = [e.selection["labels"] for e in entered]
    assert labels[0] == labels[1] == labels[2] != []
    mine = own(team, "sally")
    hidden = next(r.labels for r in mine.records if BOTH in r.fields.get("what_happened", ""))
    assert not set(hidden) & set(labels[0]), "the log must not say that the room saw what it did not"
    assert all(e.selection["items"] == [] for e in entered)


def test_somebody_who_left_the_family_leaves_an_empty_screen(team: SmallWorld) -> None:
    supervision = begin(team, "pete")
    facts = team.hub.writer.standing_facts([family_chain(team.family)], team.clock())
    pete = team.accounts["pete"]
    work = next(f for f in facts if f.kind is FactKind.ALLOCATION and f.body["account"] == pete)
    team.hub.recording.end(team.accounts["manager"], team.family, work.id, team.clock())
    assert room(team, supervision).entries == ()


def test_only_the_chair_opens_the_screen_and_only_attendees_know_of_it(team: SmallWorld) -> None:
    supervision = begin(team, "rob")
    assert raised(lambda: room(team, supervision, by="rob")) is AccessRefusedError
    who = team.hub.team.supervisions
    assert who.found(team.accounts["rob"], supervision).id == supervision
    for name in ("pete", "manager", "iggy"):
        assert raised(lambda name=name: who.found(team.accounts[name], supervision)) is AccessRefusedError
        assert who.of_family(team.accounts[name], team.family) == ()


def only_social_care_chairs(world: SmallWorld) -> None:
    for username in ("rob", "pete", "fran", "iggy", "manager"):
        assert raised(lambda name=username: begin(world, "vera", by=name)) is AccessRefusedError, username


def test_a_chair_works_with_the_family_in_social_care(team: SmallWorld) -> None:
    only_social_care_chairs(team)


def test_nobody_is_asked_in_whom_the_chair_may_not_know_of(team: SmallWorld) -> None:
    for name in ("nina", "otto"):
        assert raised(lambda name=name: begin(team, name)) is InvalidRequestError
    assert raised(lambda: begin(team)) is InvalidRequestError


def test_what_a_worker_adds_stands_under_its_own_label(team: SmallWorld) -> None:
    supervision = begin(team, "rob", "pete")
    new = entry(team, "He told me of a bad weekend", "Daniel Hart")
    record = team.hub.team.supervisions.say(team.accounts["rob"], supervision, STATED, new)
    found = next(one for one in own(team, "rob").records if one.record == record)
    assert found.owner == team.agencies["sm"]
    assert (found.fields["event_kind"], found.fields["supervision"]) == ("group_supervision", supervision)
    assert "bad weekend" not in texts(room(team, supervision).view)
    assert "bad weekend" not in texts(own(team, "pete"))
    refused = raised(lambda: team.hub.team.supervisions.say(team.accounts["vera"], supervision, STATED, new))
    assert refused is AccessRefusedError


def outcome(world: SmallWorld, **changes: object) -> Outcome:
    day = (world.clock.now + timedelta(days=7)).date()
    actions = [Action("Ring the school", world.accounts["rob"], day)]
    said = {"decision": "Carry on with the plan", "dissent": "Rob would wait", "actions": actions}
    return Outcome([named(world, "Daniel Hart")], **(said | {"risk": "Lower than in October"} | changes))


def close(world: SmallWorld, supervision: str, made: Outcome, by: str = "sally") -> str:
    return world.hub.team.supervisions.close(world.accounts[by], supervision, STATED, made)


def test_actions_become_tasks_of_who_agreed_to_them(team: SmallWorld) -> None:
    supervision = begin(team, "rob", "pete")
    close(team, supervision, outcome(team))
    waiting = {name: [line.words for line in team.hub.tasks.open_for(team.accounts[name])] for name in ("rob", "pete")}
    assert WORDS["supervision_action"] in waiting["rob"]
    assert WORDS["supervision_action"] not in waiting["pete"]
    assert "Ring the school (Rob, by 30 November 2026)" in texts(own(team, "sally"))


def pins_what_it_relied_on(world: SmallWorld) -> None:
    """The report is on the screen of Sally and Rob; the decision keeps it for Sally after the father's no."""
    report = next(r.record for r in own(world, "sally").records if DAD in "\n".join(r.fields.values()))
    supervision = begin(world, "rob")
    assert report in {record.record for record in room(world, supervision).view.records}
    close(world, supervision, outcome(world, relied_on=[report]))
    word = ConsentWord(named(world, "Daniel Hart"), "withdrawn")
    world.hub.recording.consent(world.accounts["sally"], world.family, word)
    assert DAD in texts(own(world, "sally"))
    world.staff("susan", "csc", "social_worker")
    world.allocate("susan")
    assert DAD not in texts(own(world, "susan"))


def test_the_decision_pins_what_it_relied_on(team: SmallWorld) -> None:
    pins_what_it_relied_on(team)


def test_a_decision_that_pins_nothing_is_noticed(team: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(team.hub.recording), "pin_fact", lambda *_: pytest.fail("not asked"))
    assert not holds(lambda: pins_what_it_relied_on(team))


def test_a_pinned_item_does_not_come_back_to_the_shared_screen(team: SmallWorld) -> None:
    """A pin is for accounting for the decision: no new use."""
    pins_what_it_relied_on(team)
    assert DAD not in texts(room(team, begin(team, "rob")).view)


def test_a_supervision_is_closed_once_by_its_chair(team: SmallWorld) -> None:
    supervision = begin(team, "rob")
    assert raised(lambda: close(team, supervision, outcome(team), by="rob")) is AccessRefusedError
    close(team, supervision, outcome(team))
    assert raised(lambda: close(team, supervision, outcome(team))) in {InvalidRequestError, ConflictError}


@pytest.mark.parametrize("wrong", ["owner", "day", "decision", "about"])
def test_an_outcome_that_is_not_whole_is_refused(team: SmallWorld, wrong: str) -> None:
    supervision, day = begin(team, "rob"), team.clock.now.date()
    changes: dict[str, object] = {
        "owner": {"actions": [Action("Ring", team.accounts["pete"], day)]},
        "day": {"actions": [Action("Ring", team.accounts["rob"], day - timedelta(days=1))]},
        "decision": {"decision": " "},
        "about": {},
    }[wrong]
    made = outcome(team, **changes)
    if wrong == "about":
        made = Outcome([], made.decision)
    assert raised(lambda: close(team, supervision, made)) is InvalidRequestError


def test_the_record_begins_with_what_is_on_the_screen(team: SmallWorld) -> None:
    who = team.hub.team.supervisions
    worry = entry(team, OURS, "Daniel Hart")
    more = {"concern": Said("He sleeps little"), "next_steps": Said("See the surgery")}
    new = NewEntry(worry.event, worry.statement, worry.occurred, worry.about, {**worry.texts, **more})
    team.hub.team.entries.add(team.accounts["sally"], team.family, STATED, new)
    alone = room(team, begin(team, "rob"))
    assert "He sleeps little" not in str(who.suggestion(alone)), "Rob does not see social care's view of risk"
    team.staff("susan", "csc", "social_worker")
    team.allocate("susan")
    suggested = who.suggestion(room(team, begin(team, "susan")))
    assert suggested == {"danger_statement": "He sleeps little", "decision": "See the surgery"}
