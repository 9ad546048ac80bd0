"""Emergency access: short, narrow, for its reader alone, told, reviewed by somebody else; it beats no prohibition."""

from collections.abc import Callable

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, HubError, InvalidRequestError, NotFoundError
from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.policy import circumstances
from hub.policy.circumstances import Circumstances
from hub.services import emergencies
from hub.services.emergencies import Need
from tests.factories import SmallWorld, notice, texts
from tests.journeys.test_who_may_open_what import strangers
from tests.spec.helping import DAD, EARS, deposit, holds, named, raised, reference_of

GREEN = "He keeps a knife in the kitchen drawer"
SECRET = "A crisis in the spring"


@pytest.fixture
def night(case: SmallWorld) -> SmallWorld:
    """Return the family, another social worker who has nothing to do with it, and officers of three agencies."""
    case.staff("tom", "csc", "social_worker")
    case.staff("pia", "police", "ig_officer")
    case.staff("nate", "mh", "ig_officer")
    case.staff("sia", "sm", "ig_officer")
    about = [reference_of(case, "Daniel Hart")]
    deposit(case, "sm", RecordKind.TREATMENT_REPORT, about, {"concern": GREEN, "engagement": "Comes"})
    deposit(case, "mh", RecordKind.HEALTH_REPORT, about, {"crisis": SECRET}, Sensitivity.RESTRICTED)
    return case


def need(world: SmallWorld, **changes: object) -> Need:
    said = {"reference": world.hub.pages.reference(world.family), "danger": "Maya, from her father", "reason": "02:00"}
    return Need(**(said | changes))


def opened(world: SmallWorld, username: str = "tom", **changes: object) -> str:
    world.hub.emergencies.open(world.accounts[username], need(world, **changes))
    return texts(world.view(username, purpose="emergency"))


def narrow_and_for_one(world: SmallWorld) -> None:
    seen = opened(world)
    assert GREEN in seen
    assert "Maya Hart" in seen
    for beyond in (EARS, DAD, SECRET):
        assert beyond not in seen
    for username in ("nina", "fran"):
        with pytest.raises(AccessRefusedError):
            world.view(username, purpose="emergency")
    assert GREEN not in texts(world.view("sally", purpose="emergency"))


def test_it_shows_less_than_the_record_and_to_its_reader_alone(night: SmallWorld) -> None:
    with pytest.raises(AccessRefusedError):
        night.view("tom", purpose="emergency")
    narrow_and_for_one(night)


def test_an_emergency_that_opens_to_everybody_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Circumstances, "_reaches", lambda *_: True)
    assert not holds(lambda: narrow_and_for_one(night))


def over_after_its_hours(world: SmallWorld) -> None:
    opened(world, hours=2)
    world.clock.advance(hours=1, minutes=59)
    assert GREEN in texts(world.view("tom", purpose="emergency"))
    world.clock.advance(minutes=2)
    assert raised(lambda: world.view("tom", purpose="emergency")) is AccessRefusedError
    assert world.hub.emergencies.standing(world.accounts["tom"]) == []


def test_it_is_over_after_its_hours(night: SmallWorld) -> None:
    over_after_its_hours(night)


def test_eight_hours_are_the_most(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in (0, -1, 9, 10_000):
        assert raised(lambda hours=hours: opened(night, hours=hours)) is InvalidRequestError
    monkeypatch.setattr(emergencies, "LONGEST", emergencies.LONGEST * 2)
    with pytest.raises(InvalidRequestError, match="emergency_too_long"):
        opened(night, hours=9)


def test_an_end_that_is_not_kept_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    stands = circumstances.standing

    def for_ever(facts: tuple, **when: object) -> tuple:
        return (*stands(facts, **when), *(fact for fact in facts if fact.body.get("opening") == "emergency"))

    monkeypatch.setattr(circumstances, "standing", for_ever)
    assert not holds(lambda: over_after_its_hours(night))


def test_danger_reason_and_reference_are_asked_every_time(night: SmallWorld) -> None:
    for short in ("danger", "reason", "reference"):
        with pytest.raises(InvalidRequestError, match=f"{short}_missing"):
            opened(night, **{short: "  "})
    opened(night)
    with pytest.raises(ConflictError):
        opened(night)


def refused_alike(world: SmallWorld, attempt: Callable[[], object]) -> None:
    with pytest.raises((NotFoundError, AccessRefusedError)):
        attempt()
    assert world.hub.emergencies.standing(world.accounts["tom"]) == []


def test_what_does_not_exist_and_what_waits_open_nothing(night: SmallWorld) -> None:
    refused_alike(night, lambda: opened(night, reference="FS-9999"))
    night.send("police", "safeguarding_notice", notice())
    refused_alike(night, lambda: opened(night, reference="FS-0003"))


def test_a_family_without_children_is_not_there_in_an_emergency(night: SmallWorld) -> None:
    night.send("sm", "adult_with_children_csv", strangers())
    night.hub.rounds.run_once()
    night.accept()
    assert raised(lambda: opened(night)) is NotFoundError


def test_a_reader_who_is_tied_to_the_family_gets_nothing_and_learns_nothing(night: SmallWorld) -> None:
    night.hub.conflicts.declare(night.accounts["manager"], night.family, night.accounts["tom"], "neighbour")
    refused_alike(night, lambda: opened(night))
    assert lines(night, "iggy", "Review an emergency access") == []
    with pytest.raises(AccessRefusedError):
        night.view("tom", purpose="emergency")


def test_a_tie_declared_later_closes_what_is_open(night: SmallWorld) -> None:
    opened(night)
    night.hub.conflicts.declare(night.accounts["manager"], night.family, night.accounts["tom"], "relative")
    with pytest.raises(AccessRefusedError):
        night.view("tom", purpose="emergency")
    assert night.hub.emergencies.standing(night.accounts["tom"]) == []


def test_a_family_of_a_restricted_team_is_not_there_in_an_emergency(night: SmallWorld) -> None:
    night.hub.conflicts.restrict(night.accounts["manager"], night.family, "restricted")
    refused_alike(night, lambda: opened(night))


def only_these_roles(world: SmallWorld) -> None:
    for username in ("rob", "pete", "nina", "iggy", "otto", "pia"):
        assert raised(lambda username=username: opened(world, username)) is AccessRefusedError
    assert raised(lambda: opened(world, "fran")) is None


def test_only_the_roles_that_the_gateways_name_open_one(night: SmallWorld) -> None:
    only_these_roles(night)
    assert any(e.entry.act == "emergency:open" and e.entry.operation.value == "denial" for e in night.entries())


def test_a_manager_of_another_agency_opens_none(night: SmallWorld) -> None:
    night.staff("mick", "police", "team_manager")
    assert raised(lambda: opened(night, "mick")) is AccessRefusedError


def lines(world: SmallWorld, username: str, words: str) -> list:
    return [line for line in world.hub.tasks.open_for(world.accounts[username]) if words in line.words]


def told_at_once(world: SmallWorld) -> None:
    opened(world)
    for officer in ("iggy", "manager"):
        assert len(lines(world, officer, "Review an emergency access")) == 1
    world.hub.rounds.run_once()
    for officer in ("pia", "sia"):
        (line,) = lines(world, officer, "opened in an emergency")
        page = world.hub.tasks.page(world.accounts[officer], line.id)
        assert page.reference == ""
    assert lines(world, "nate", "opened in an emergency") == []
    assert lines(world, "tom", "Review an emergency access") == []


def test_own_officer_and_source_agencies_are_told_at_once_without_identities(night: SmallWorld) -> None:
    told_at_once(night)


def test_an_emergency_nobody_is_told_of_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.emergencies.work.add_task", lambda *_: False)
    assert not holds(lambda: told_at_once(night))


def access_of(world: SmallWorld, username: str) -> str:
    (one,) = world.hub.emergencies.standing(world.accounts[username])
    return one.id


def reviewed_by_somebody_else(world: SmallWorld) -> None:
    opened(world, "manager")
    access, review = access_of(world, "manager"), world.hub.emergencies.review
    for username in ("manager", "sally", "pia", "rob"):
        attempt = raised(lambda username=username: review(world.accounts[username], access, "justified", "fine"))
        assert attempt in {NotFoundError, AccessRefusedError}
    for outcome, note in (("fine", "x"), ("justified", " ")):
        with pytest.raises(InvalidRequestError):
            review(world.accounts["iggy"], access, outcome, note)
    assert world.hub.emergencies.review_page(world.accounts["iggy"], access).danger == "Maya, from her father"
    review(world.accounts["iggy"], access, "training", "The duty social worker could have been reached")
    assert lines(world, "iggy", "Review an emergency access") == []
    with pytest.raises((NotFoundError, ConflictError)):
        review(world.accounts["iggy"], access, "justified", "after all")


def test_it_is_reviewed_once_by_somebody_else_of_the_agency(night: SmallWorld) -> None:
    reviewed_by_somebody_else(night)


def test_a_review_by_the_reader_is_noticed(night: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def anybody(service: emergencies.Emergencies, _account: str, access: str) -> tuple:
        with service._clear.read() as connection:
            return emergencies.emergencies.find(connection, service._clear.partnership, access), None

    monkeypatch.setattr(emergencies.Emergencies, "_to_review", anybody)
    assert not holds(lambda: reviewed_by_somebody_else(night))


def test_a_review_that_is_late_raises_an_alarm(night: SmallWorld) -> None:
    opened(night)
    night.clock.advance(days=2)
    night.hub.rounds.run_once()
    late = [e.entry for e in night.entries() if e.entry.outcome == "deadline_passed"]
    assert "review_emergency" in {entry.detail["kind"] for entry in late}


def test_the_reader_ends_it_early_and_nobody_else_does(night: SmallWorld) -> None:
    opened(night)
    access = access_of(night, "tom")
    for username in ("sally", "manager", "iggy"):
        with pytest.raises(NotFoundError):
            night.hub.emergencies.end(night.accounts[username], access)
    night.hub.emergencies.end(night.accounts["tom"], access)
    with pytest.raises(AccessRefusedError):
        night.view("tom", purpose="emergency")
    with pytest.raises(HubError):
        night.hub.emergencies.end(night.accounts["tom"], access)
    assert len(lines(night, "iggy", "Review an emergency access")) == 1


def test_the_decision_has_a_purpose_and_a_basis_of_its_own(night: SmallWorld) -> None:
    opened(night)
    shown = night.view("tom", purpose="emergency")
    used = {d.rule.rpartition(":")[2]: d for d in shown.decisions.values() if d.level.value == "show"}
    assert "6(1)(d)" in used["E1"].art6
    assert used["E1"].opening
    assert used["E1"].route == "VITAL-INTERESTS"
    recorded = [e.entry for e in night.entries() if e.entry.act == "emergency:open"]
    assert "emergency" in {entry.operation.value for entry in recorded}
    assert named(night, "Maya Hart") in {person for record in shown.records for person in record.persons}


def test_what_was_written_about_the_danger_is_sealed(night: SmallWorld) -> None:
    opened(night, danger="A danger nobody finds in a file")
    for file in night.settings.folder.glob("*.db*"):
        assert b"A danger nobody finds" not in file.read_bytes()
