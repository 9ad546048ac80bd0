"""Before anybody is asked, the policy is run for yes and for no; where nothing differs, nobody is asked."""

from collections.abc import Callable

import pytest

from hub.domain.access import Act, Operation
from hub.domain.errors import AccessRefusedError, NotFoundError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, PersonId, RecordId
from hub.domain.labels import Handling, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Deposit
from hub.services import asking
from hub.services.asking import Flow, Weighed
from hub.services.family_page import Stated
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld
from tests.spec.helping import deposit, holds, named, raised, reference_of, since, treatment

DANIEL, GRACE, MAYA = "Daniel Hart", "Grace Adeyemi-Hart", "Maya Hart"
STATED = Stated("support_family", "To ask well")


def weigh(world: SmallWorld, name: str = DANIEL, username: str = "sally") -> Weighed:
    return world.hub.consents.weighing.weigh(world.accounts[username], world.family, named(world, name), STATED)


def of(world: SmallWorld, flows: object, owner: str, taker: str = "csc") -> set[str]:
    """Return which categories of an owner go to an agency."""
    pairs = [flow if isinstance(flow, Flow) else flow[0] for flow in flows]
    return {
        flow.category for flow in pairs if (flow.owner, flow.agency) == (world.agencies[owner], world.agencies[taker])
    }


def a_no_closes_what_a_yes_opens_until_an_enquiry_stands(world: SmallWorld) -> None:
    before = weigh(world)
    assert "substance_use_summary" in of(world, before.changes, "sm")
    assert "substance_use_summary" not in of(world, before.anyway, "sm")
    assert before.ask
    world.open()
    during = weigh(world)
    assert "substance_use_summary" not in of(world, during.changes, "sm")
    grounds = {opening for flow, opening in during.anyway if flow.category == "substance_use_summary"}
    assert grounds == {"s47_enquiry"}


def test_a_no_closes_what_a_yes_opens_and_an_enquiry_opens_it_anyway(case: SmallWorld) -> None:
    a_no_closes_what_a_yes_opens_until_an_enquiry_stands(case)


def test_planted_an_answer_that_is_never_refused_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "NO", asking.YES)
    assert not holds(lambda: a_no_closes_what_a_yes_opens_until_an_enquiry_stands(case))


def test_planted_openings_that_are_not_looked_at_are_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = asking.Weighing._facts

    def without(self: asking.Weighing, *given: object) -> tuple:
        return tuple(fact for fact in facts(self, *given) if fact.kind.value != "opening")

    monkeypatch.setattr(asking.Weighing, "_facts", without)
    assert not holds(lambda: a_no_closes_what_a_yes_opens_until_an_enquiry_stands(case))


def test_where_nothing_differs_nobody_is_asked(sqlite_world: SmallWorld) -> None:
    """Somebody whose address is protected can still say something about that one; the father cannot."""
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    father = named(sqlite_world, DANIEL)
    assert weigh(sqlite_world).ask
    sqlite_world.open(adults=[father, *sqlite_world.people("parent"), *sqlite_world.people("witness")])
    weighed = weigh(sqlite_world)
    assert (weighed.known, weighed.changes, weighed.ask) == (True, (), False)
    assert "police_incident" in of(sqlite_world, weighed.anyway, "police")
    assert of(sqlite_world, weigh(sqlite_world, GRACE).changes, "police") == {"safe_address"}


def incident(world: SmallWorld, handling: Handling) -> None:
    """Store a police notice about the father alone, graded by its originator."""
    record = NewRecord(
        RecordId(world.hub.world.randomness(18).hex()[:36]),
        RecordKind.POLICE_NOTICE,
        world.agencies["police"],
        PartialDate.of(world.clock.now),
        frozenset({reference_of(world, DANIEL)}),
        {"disposal": "Released"},
        Sensitivity.SENSITIVE,
        handling=handling,
    )
    actor = Actor(AccountId("system"), on_behalf=world.agencies["police"])
    deposits = [Deposit(world.family, [record])]
    world.hub.writer.deposit(actor, Act.REFERRAL_SUBMIT, deposits, lambda _: None, lambda _: None)


def what_is_prohibited_is_opened_by_no_answer(world: SmallWorld, handling: Handling) -> None:
    """The house rule on handling code C bars what a yes, or an enquiry, would open otherwise."""
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    incident(world, handling)
    for _ in range(2):
        weighed = weigh(world)
        assert not of(world, weighed.changes, "police")
        assert not of(world, weighed.anyway, "police")
        world.open(adults=[named(world, DANIEL)])


def test_what_is_prohibited_is_opened_by_no_answer(sqlite_world: SmallWorld) -> None:
    what_is_prohibited_is_opened_by_no_answer(sqlite_world, Handling.C)


def test_planted_a_grading_that_got_lost_is_noticed(sqlite_world: SmallWorld) -> None:
    assert not holds(lambda: what_is_prohibited_is_opened_by_no_answer(sqlite_world, Handling.NONE))


def test_a_hidden_item_and_a_hidden_worker_change_nothing(case: SmallWorld) -> None:
    before = weigh(case, DANIEL, "pete")
    about = [reference_of(case, DANIEL)]
    deposit(case, "mh", RecordKind.HEALTH_REPORT, about, {"crisis": "A"}, Sensitivity.PROTECTED)
    case.allocate("vera", "victim")
    assert weigh(case, DANIEL, "pete") == before


def test_somebody_elses_yes_is_taken_for_granted_but_not_over_their_no(sqlite_world: SmallWorld) -> None:
    """The notice speaks of mother, father and child: the first who is asked must not be told that it is no use."""
    world = sqlite_world
    world.police_notice()
    world.allocate("sally", lead=True)
    assert "police_incident" in of(world, weigh(world, GRACE).changes, "police")
    for person in set(world.people("alleged_perpetrator")):
        world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(person, "refused"))
    everyone = weigh(world, GRACE)
    world.hub.recording.consent(world.accounts["sally"], world.family, ConsentWord(named(world, MAYA), "refused"))
    assert "police_incident" not in of(world, weigh(world, GRACE).changes, "police")
    assert everyone.known


def test_weighing_is_entered_and_opens_nothing(case: SmallWorld) -> None:
    before = case.entries()
    weigh(case)
    (entry,) = [e.entry for e in since(case, before) if e.entry.act == "consent:weigh"]
    assert (entry.operation, entry.outcome) == (Operation.CONSULTATION, "released")
    assert (entry.records, entry.fields, entry.obligations) == ((), (), ())


@pytest.mark.parametrize("username", ["nina", "otto", "iggy"])
def test_nobody_weighs_in_a_family_they_do_not_work_with(case: SmallWorld, username: str) -> None:
    assert raised(lambda: weigh(case, DANIEL, username)) is AccessRefusedError


def test_somebody_outside_the_family_is_not_found(case: SmallWorld) -> None:
    sally, weighing = case.accounts["sally"], case.hub.consents.weighing
    stranger: Callable[[], object] = lambda: weighing.weigh(sally, case.family, PersonId("nobody"), STATED)  # noqa: E731
    assert raised(stranger) is NotFoundError
