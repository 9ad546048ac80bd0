"""The worker of the alleged perpetrator sees the same bytes whether or not something hidden is on record."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub.api.agencies import plain
from hub.domain.access import Act
from hub.domain.facts import Fact, FactKind
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, RecordId
from hub.domain.labels import Handling, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate import surroundings
from hub.gate.reader import Reader as Gate
from hub.gate.records import NewRecord
from hub.gate.view import Ruling
from hub.gate.writer import Actor, Deposit
from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.decide import decide
from hub.policy.decision import Decision
from hub.services.recording import ConsentWord
from hub.settings import Settings
from hub.wiring import web_app
from tests.factories import Seeded, SmallWorld, make_world
from tests.journeys.readers import Reader, answer
from tests.spec.conftest import copied
from tests.spec.helping import deposit, holds, named, reference_of, treatment

REFUGE = {"address": "Rowan House, Undisclosed Lane, ZZ99 1AA", "phone": "07700 900999"}
MOTHER = "Grace Adeyemi-Hart"
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="[^"]*"')
"""Flask-WTF draws its own randomness and reads the machine's clock: form tokens differ between any two pages."""
_ACCESS = re.compile(rb"/emergency/[0-9a-f-]{36}/end")
"""The id of an access is random, and drawn after a different number of draws."""

Hide = Callable[[SmallWorld], object]


def refuge(world: SmallWorld) -> None:
    deposit(world, "da", RecordKind.PROTECTED_CONTACT, [reference_of(world, MOTHER)], REFUGE, Sensitivity.PROTECTED)


def support(world: SmallWorld) -> None:
    fields = {"engagement": "Attends the group for survivors", "parent_view": "I am planning to leave"}
    deposit(world, "sm", RecordKind.TREATMENT_REPORT, [reference_of(world, MOTHER)], fields)


def both_in_one_text(world: SmallWorld) -> None:
    about = [reference_of(world, MOTHER), reference_of(world, "Daniel Hart")]
    deposit(world, "police", RecordKind.POLICE_NOTICE, about, {"what_happened": "She told us where she will stay"})


def mother_consents(world: SmallWorld) -> None:
    word = ConsentWord(named(world, MOTHER), "withdrawn")
    world.hub.recording.consent(world.accounts["sally"], world.family, word)


def mothers_worker(world: SmallWorld) -> None:
    world.allocate("vera", "victim")


def new_home(world: SmallWorld) -> None:
    about = [reference_of(world, MOTHER), reference_of(world, "Maya Hart")]
    fields = {"household": "Rowan House", "safe_times": "Mondays"}
    deposit(world, "da", RecordKind.PROTECTED_CONTACT, about, fields, Sensitivity.PROTECTED)


HIDDEN: dict[str, Hide] = {
    "the mother's refuge address": refuge,
    "the mother's support": support,
    "a text about both": both_in_one_text,
    "the mother's word about sharing": mother_consents,
    "the mother's own worker": mothers_worker,
    "where mother and child live now": new_home,
}


def twin(made: SmallWorld, folder: Path, hidden: Hide | None) -> SmallWorld:
    """Return a copy of the world, with or without something hidden, at the same instant and with the same dice."""
    world = copied(made, folder, "twins")
    if hidden is not None:
        hidden(world)
    world.hub.world.randomness.reseed("from here")
    world.clock.now = made.clock.now.replace(hour=15, minute=0)
    return world


def page_bytes(world: SmallWorld, username: str) -> list[tuple[object, ...]]:
    """Return everything that the browser of a reader is sent on the way to the family page, and there."""
    reader, seen = Reader(web_app(world.hub)), []

    def note(sent: object) -> None:
        headers = [(name, value) for name, value in sent.headers if name != "Set-Cookie"]
        length = ("Content-Length", str(len(sent.data)))
        assert length in headers or sent.status_code == 302
        seen.append((sent.status_code, headers, _TOKEN.sub(b"", sent.data)))

    note(reader.sign_in(username))
    note(reader.get("/"))
    note(reader.get(f"/families/{world.family}"))
    fields = {"purpose": "protect_child", "justification": "Group work on Thursday"}
    note(reader.send(f"/families/{world.family}/reason", **fields))
    note(reader.get(f"/families/{world.family}"))
    for person in world.people("alleged_perpetrator"):
        note(reader.get(f"/families/{world.family}/consent/{person}"))
        note(answer(reader, world.family, person, "withdrawn"))
    note(reader.get("/tasks"))
    for path in family_pages(world):
        note(reader.get(path))
    return seen


def family_pages(world: SmallWorld) -> list[str]:
    """Return the address of every page about this family that needs no other id."""
    rules = web_app(world.hub).url_map.iter_rules()
    found = [rule for rule in rules if "GET" in rule.methods and set(rule.arguments) == {"family"}]
    return sorted(rule.rule.replace("<id:family>", world.family) for rule in found)


def api_bytes(world: SmallWorld, username: str) -> bytes:
    return json.dumps(plain(world.view(username))).encode()


def disclosed(world: SmallWorld, username: str) -> tuple[object, ...]:
    """Return what the gate hands out, but for the entry's id and the instant."""
    shown = world.view(username)
    return shown.records, shown.gaps, shown.involved, shown.coverage, shown.openings, shown.cursor


def the_same_for(username: str, made: SmallWorld, folder: Path, hidden: Hide) -> None:
    without, with_it = twin(made, folder / "without", None), twin(made, folder / "with", hidden)
    try:
        for look in (page_bytes, api_bytes, disclosed):
            assert look(without, username) == look(with_it, username)
    finally:
        without.close()
        with_it.close()


@pytest.fixture
def enquired(made_once: SmallWorld, tmp_path: Path) -> SmallWorld:
    """Return the closed world with a section 47 enquiry open, to be copied twice."""
    world = copied(made_once, tmp_path / "enquired", "enquired")
    world.open()
    world.close()
    return world


@pytest.mark.parametrize("name", HIDDEN)
def test_the_perpetrators_worker_sees_the_same_bytes(enquired: SmallWorld, tmp_path: Path, name: str) -> None:
    the_same_for("pete", enquired, tmp_path, HIDDEN[name])


def fathers_treatment(consent: str) -> Hide:
    """A referral from a service that this reader may not know the father to be with, and his word about it."""

    def hide(world: SmallWorld) -> None:
        world.send("sm", "adult_with_children_json", treatment(consent), key="hidden")
        world.hub.rounds.run_once()
        world.accept()

    return hide


@pytest.fixture
def of_the_police(tmp_path: Path) -> SmallWorld:
    """Return a closed world that has a police notice alone, with an enquiry open."""
    small = make_world(Settings.in_folder(tmp_path / "police" / "hub"), Seeded("police"))
    small.police_notice()
    small.allocate("sally", lead=True)
    small.allocate("pete", "alleged_perpetrator")
    small.open()
    small.close()
    return small


@pytest.mark.parametrize("word", ["given", "refused"])
def test_a_word_that_a_hidden_referral_brings_is_not_heard(
    of_the_police: SmallWorld, tmp_path: Path, word: str
) -> None:
    the_same_for("pete", of_the_police, tmp_path, fathers_treatment(word))


def test_a_gate_that_lets_every_word_be_heard_is_noticed(
    of_the_police: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_of_them(ruling: Ruling, named: object) -> tuple[Fact, ...]:  # noqa: ARG001  the defect is not to look
        return surroundings._standing(ruling, FactKind.CONSENT)

    monkeypatch.setattr(surroundings, "consents", all_of_them)
    assert not holds(lambda: the_same_for("pete", of_the_police, tmp_path, fathers_treatment("given")))


def test_the_social_worker_does_see_the_difference(enquired: SmallWorld, tmp_path: Path) -> None:
    assert not holds(lambda: the_same_for("sally", enquired, tmp_path, refuge))


def test_a_policy_without_its_prohibitions_is_noticed(
    enquired: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted defect: the gate answers Pete as if he were Sally."""
    disclose = Gate.disclose
    sally, pete = enquired.accounts["sally"], enquired.accounts["pete"]

    def mistaken(gate: Gate, view: object) -> object:
        swapped = {**{f: getattr(view, f) for f in view.__dataclass_fields__}, "account": sally}
        return disclose(gate, type(view)(**swapped) if view.account == pete else view)

    monkeypatch.setattr(Gate, "disclose", mistaken)
    assert not holds(lambda: the_same_for("pete", enquired, tmp_path, refuge))


def test_the_refuge_is_on_record_for_who_may_see_it(enquired: SmallWorld, tmp_path: Path) -> None:
    world = twin(enquired, tmp_path / "with", refuge)
    assert "Rowan House" in api_bytes(world, "sally").decode()
    world.close()


def code_c(world: SmallWorld) -> None:
    """Add a police notice whose originator forbids passing it on: a house rule, which no emergency beats."""
    about = frozenset({reference_of(world, MOTHER)})
    day, police = PartialDate.of(world.clock.now), world.agencies["police"]
    said = {"what_happened": "An informant says where he is", "risk_grade": "high"}
    id_ = RecordId(world.hub.world.randomness(18).hex()[:36])
    record = NewRecord(
        id_, RecordKind.POLICE_NOTICE, police, day, about, said, Sensitivity.SENSITIVE, handling=Handling.C
    )
    actor = Actor(AccountId("system"), on_behalf=police)

    def note(_connection: object) -> None:
        """Nothing else is to be written."""

    world.hub.writer.deposit(actor, Act.REFERRAL_SUBMIT, [Deposit(world.family, [record])], note, note)


def crisis(world: SmallWorld) -> None:
    fields = {"crisis": "She was in hospital in spring"}
    about = [reference_of(world, MOTHER)]
    deposit(world, "mh", RecordKind.HEALTH_REPORT, about, fields, Sensitivity.RESTRICTED)


def in_an_emergency(world: SmallWorld) -> list[tuple[object, ...]]:
    """Return what a social worker who has nothing to do with the family is sent in an emergency."""
    tom, family = Reader(web_app(world.hub)), f"/families/{world.family}"
    tom.sign_in("tom")
    said = {"reference": world.hub.pages.reference(world.family), "now": "y", "danger": "Maya", "reason": "02:00"}
    answers = [tom.send("/emergency", **said, hours="2"), *(tom.get(path) for path in (family, "/", "/tasks"))]
    seen = [(answer.status_code, _ACCESS.sub(b"", _TOKEN.sub(b"", answer.data))) for answer in answers]
    assert seen[0][0] == 302
    assert b"Maya Hart" in seen[1][1]
    return seen


def the_same_in_an_emergency(made: SmallWorld, folder: Path, hidden: Hide) -> None:
    without, with_it = twin(made, folder / "without", None), twin(made, folder / "with", hidden)
    try:
        assert in_an_emergency(without) == in_an_emergency(with_it)
    finally:
        without.close()
        with_it.close()


@pytest.fixture
def strangers(made_once: SmallWorld, tmp_path: Path) -> SmallWorld:
    """Return the closed world with a social worker who works with another family."""
    world = copied(made_once, tmp_path / "strangers", "strangers")
    world.staff("tom", "csc", "social_worker")
    world.close()
    return world


@pytest.mark.parametrize("hidden", [refuge, crisis, code_c], ids=["refuge", "crisis", "code C"])
def test_an_emergency_answers_with_the_same_bytes_whether_or_not_something_prohibited_is_on_record(
    strangers: SmallWorld, tmp_path: Path, hidden: Hide
) -> None:
    the_same_in_an_emergency(strangers, tmp_path, hidden)


def test_an_emergency_that_beats_a_prohibition_is_noticed(
    strangers: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.policy.circumstances.decide", lenient)
    assert not holds(lambda: the_same_in_an_emergency(strangers, tmp_path, code_c))


def lenient(case: Case, policy: PolicySet) -> Decision:
    return decide(replace(case, handling="none") if case.purpose == "emergency" else case, policy)
