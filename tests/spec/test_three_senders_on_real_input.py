"""Police, a drug and alcohol service and health send what they really send; nothing is lost, stretched or believed.

The health message is the official public example (tests/fixtures/README.md says from where), unchanged.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors import nhs_numbers
from connectors.registry import CONNECTORS
from connectors.substance_misuse import translate
from hub.domain.facts import FactKind, person_chain
from hub.domain.referral import ConsentScope, Limits, NhsNumberStatus, Outcome, Parsed, Severity
from tests.factories import FIXTURES, SmallWorld
from tests.spec.helping import holds

OFFICIAL = (FIXTURES / "bars" / "validation_request_post.json").read_bytes()
NOTICES = (FIXTURES / "safeguarding_notice" / "one_of_three_is_bad.json").read_bytes()
TREATMENT = (FIXTURES / "substance_misuse" / "adult_with_children.csv").read_bytes()


def read(kind: str, body: bytes) -> list[Parsed]:
    return list(CONNECTORS[kind].parse(body, Limits()))


def a_number_that_fails_is_never_matched_on() -> None:
    (parsed,) = read("fhir_bars", OFFICIAL)
    assert parsed.outcome is Outcome.ACCEPTED
    (patient,) = [person for person in parsed.draft.people if "nhs_number" in person.fields]
    assert (patient.nhs_number, patient.nhs_number_status) == ("", NhsNumberStatus.FAILS_CHECK_DIGIT)
    assert "nhs_number_fails_check_digit" in {issue.code for issue in parsed.issues}


def direct_care_stays_direct_care() -> None:
    (parsed,) = read("fhir_bars", OFFICIAL)
    assert [consent.scope for consent in parsed.draft.consents] == [ConsentScope.DIRECT_CARE]


def a_bad_record_sinks_nothing() -> None:
    outcomes = [parsed.outcome for parsed in read("safeguarding_notice", NOTICES)]
    assert outcomes.count(Outcome.ACCEPTED) == 2
    assert outcomes.count(Outcome.QUARANTINED) == 1


def each_row_is_a_child_of_its_adult() -> None:
    parsed = read("adult_with_children_csv", TREATMENT)
    assert [one.outcome for one in parsed] == [Outcome.ACCEPTED] * len(parsed)
    assert [len(one.draft.people) for one in parsed] == [4, 1]


@pytest.mark.parametrize(
    "promise",
    [
        a_number_that_fails_is_never_matched_on,
        direct_care_stays_direct_care,
        a_bad_record_sinks_nothing,
        each_row_is_a_child_of_its_adult,
    ],
)
def test_what_they_send_is_read_as_they_meant_it(promise: Callable[[], None]) -> None:
    promise()


def test_a_reader_that_believes_any_number_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nhs_numbers, "is_valid", lambda *_, **__: True)
    assert not holds(a_number_that_fails_is_never_matched_on)


def test_a_consent_that_is_stretched_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = CONNECTORS["fhir_bars"].parse

    def stretched(body: bytes, limits: Limits) -> list[Parsed]:
        return [
            replace(
                one,
                draft=replace(
                    one.draft,
                    consents=tuple(replace(c, scope=ConsentScope.HUB_SHARING) for c in one.draft.consents),
                ),
            )
            for one in parse(body, limits)
        ]

    monkeypatch.setattr(CONNECTORS["fhir_bars"], "parse", stretched)
    assert not holds(direct_care_stays_direct_care)


def test_a_batch_that_sinks_with_its_worst_record_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = CONNECTORS["safeguarding_notice"]
    parse = connector.parse

    def all_or_nothing(body: bytes, limits: Limits) -> list[Parsed]:
        found = list(parse(body, limits))
        bad = any(issue.severity is Severity.ERROR for one in found for issue in one.issues)
        return [replace(one, outcome=Outcome.QUARANTINED, draft=None) for one in found] if bad else found

    monkeypatch.setattr(connector, "parse", all_or_nothing)
    assert not holds(a_bad_record_sinks_nothing)


def test_a_file_read_row_by_row_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    people = translate._people

    def first_child_only(referral: dict, pointer: str) -> list:
        return list(people(referral, pointer))[:2]

    monkeypatch.setattr(translate, "_people", first_child_only)
    assert not holds(each_row_is_a_child_of_its_adult)


def test_the_official_example_gives_no_permission_and_keeps_its_narrative(sqlite_world: SmallWorld) -> None:
    world, fran = sqlite_world, sqlite_world.accounts["fran"]
    receipt = world.send("mh", "fhir_bars", OFFICIAL)
    assert [record["outcome"] for record in receipt["records"]] == ["accepted"]
    world.hub.rounds.run_once()
    (waiting,) = world.hub.front_door.waiting(fran)
    (entry,) = world.hub.front_door.page(fran, waiting.id).entries
    assert "There was no safeguarding concern." in "".join(line.value for line in entry.fields)
    world.accept()
    people = [person for part in ("child", "parent", "other") for person in world.people(part)]
    facts = world.hub.writer.standing_facts([person_chain(person) for person in people], world.clock())
    assert people
    assert not [fact for fact in facts if fact.kind is FactKind.CONSENT]
