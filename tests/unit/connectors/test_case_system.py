"""A council's case system: by mappings that are data, as CSV, JSON or one event of a webhook."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors.case_system import CaseSystem, as_csv, as_json
from connectors.case_system.mapping import NEEDED, mappings
from hub.domain.case_updates import AllocationLine, OutItem
from hub.domain.errors import RejectedMessageError
from hub.domain.fields import RecordKind
from hub.domain.referral import Limits, Outcome, Parsed, Part

Message = dict[str, Any]
CSV, JSON = "case_system/monday.csv", "case_system/monday.json"


def parse(body: bytes) -> list[Parsed]:
    return list(CaseSystem().cases(body, Limits()))


def allocations(body: bytes) -> list[AllocationLine]:
    return CaseSystem().allocations(body, Limits())


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    return {(issue.code, issue.location) for issue in parsed.issues}


def event(**data: object) -> bytes:
    return json.dumps({"id": "e1", "type": "plan", "timestamp": "2026-11-23T09:00:00Z", "data": data}).encode()


def test_a_case_is_one_record_of_people_and_what_stands_for_them(message: Callable[[str], bytes]) -> None:
    case, passing, nobody = parse(message(CSV))
    assert codes(case) == {("unknown_keys", "row 1 count=1")}
    assert [person.parts for person in case.draft.people] == [{Part.CHILD}, {Part.UNBORN_CHILD}, {Part.PARENT}]
    said = {name: value.value for entry in case.draft.entries for name, value in entry.fields.items()}
    assert said == {
        "legal_status": "Supervision order, from 2026-10-01",
        "protection_plans": "child protection plan, from 2026-10-05 to 2027-04-05",
    }
    assert {entry.kind for entry in case.draft.entries} == {RecordKind.COUNCIL_RECORD}
    assert [person.fields["name"].value for person in passing.draft.people] == ["Okoro"]
    assert (nobody.outcome, codes(nobody)) == (Outcome.QUARANTINED, {("reference_unresolved", "row 9 col PERSON_NO")})


def test_both_mappings_say_the_same_of_the_same(message: Callable[[str], bytes]) -> None:
    (case,) = parse(message(JSON))
    theirs = parse(message(CSV))[0]
    assert [e.fields["legal_status"].value for e in case.draft.entries[:1]] == [
        e.fields["legal_status"].value for e in theirs.draft.entries[:1]
    ]
    mine, other = allocations(message(JSON))[0], allocations(message(CSV))[0]
    assert (mine.family, mine.worker, mine.lead, mine.start) == (other.family, other.worker, other.lead, other.start)


def test_every_mapping_names_every_kind_and_every_column_once() -> None:
    for mapping in mappings().values():
        assert set(mapping.kinds.values()) == set(NEEDED)
        assert len(set(mapping.columns.values())) == len(mapping.columns)
        assert set(mapping.out) == set(OutItem.__dataclass_fields__)


def test_one_event_of_a_webhook_is_one_line() -> None:
    body = event(
        case="C-1", person="P-1", family_name="Vale", part="child", plan="child in need", **{"from": "2026-11-02"}
    )
    (found,) = parse(body)
    assert found.outcome is Outcome.ACCEPTED
    assert found.draft.entries[0].fields["plan_dates"].value == "child in need plan, from 2026-11-02"
    assert CaseSystem().message_key(body) == "e1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"case": "C", "person": "P", "plan": "CIN"}, ("required", "/data/from")),
        ({"case": "C", "person": "P", "plan": "CIN", "from": "soon"}, ("not_a_date", "/data/from")),
        ({"case": "C", "person": "P", "plan": "CIN", "from": "2026-11-02"}, ("reference_unresolved", "/data/person")),
        ({"person": "P", "plan": "CIN", "from": "2026-11-02"}, ("required", "/data/case")),
        ({"case": "C", "person": "P", "part": "nobody", "plan": "CIN", "from": "2026"}, ("not_in_list", "/data/part")),
        ({"case": "x" * 70_000}, ("field_too_long", "/data/case")),
    ],
)
def test_a_line_that_does_not_fit_is_quarantined_with_its_place(data: dict[str, str], code: tuple[str, str]) -> None:
    (found,) = parse(event(**data))
    assert found.outcome is Outcome.QUARANTINED
    assert code in codes(found)


def test_a_line_of_no_known_kind_is_quarantined_alone(message: Callable[[str], bytes]) -> None:
    odd = message(CSV).replace(b"LEGAL,C-1043", b"COURT,C-1043")
    assert [one.outcome.value for one in parse(odd)] == ["accepted", "accepted", "quarantined"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"mapping": "unheard of", "lines": [{}]}', "unknown_mapping"),
        (b'{"lines": []}', "required"),
        (b'{"lines": [[]]}', "wrong_type"),
        (b'{"lines": [{"case": ["C"]}]}', "wrong_type"),
        (b'{"type": "plan", "data": 7}', "wrong_type"),
        (b"A,B\n1,2\n", "unknown_mapping"),
    ],
)
def test_what_no_mapping_knows_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(RejectedMessageError) as caught:
        parse(body)
    assert caught.value.code == code


def test_an_allocation_that_comes_by_another_door_is_quarantined_and_not_dropped(
    message: Callable[[str], bytes],
) -> None:
    found = list(CaseSystem().parse(message(CSV), Limits()))
    assert [(one.pointer, one.outcome, codes(one)) for one in found[3:]] == [
        ("row 7", Outcome.QUARANTINED, {("no_user_named", "row 7")})
    ]


def test_allocations_say_what_is_wrong_with_them(message: Callable[[str], bytes]) -> None:
    plain = json.loads(message(JSON))
    lines = [plain["lines"][-1] | change for change in ({"from": "soon"}, {"worker": ""}, {"lead": "perhaps"}, {})]
    found = allocations(json.dumps(plain | {"lines": lines}).encode())
    assert [(one.flaw, one.pointer) for one in found] == [
        ("not_a_date", "/lines/0"),
        ("required", "/lines/1/worker"),
        ("not_in_list", "/lines/2"),
        ("", "/lines/3"),
    ]
    assert json.loads(found[0].said)["worker"] == "sally"


def test_what_goes_out_runs_in_no_spreadsheet() -> None:
    item = OutItem(
        "r", "FS-1", "x", "team_entry", "2026-11-23", "now", "Agency", "Entry", "=cmd()|' /C calc'!A0", "https://h"
    )
    (row, end) = csv.DictReader(io.StringIO(as_csv([item], "example_council").decode()))
    assert row["NOTE_TEXT"] == "'=cmd()|' /C calc'!A0"
    assert end["HUB_RECEIPT"] == "#rows=1"
    (told,) = json.loads(as_json([item], "generic"))["records"]
    assert told["text"].startswith("=cmd")
