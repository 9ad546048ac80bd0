"""The corpus of bad files on every form, by JSON, by CSV and on its page: forms share a reader, their fields differ."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from connectors.forms import schema, translate
from hub.domain.form import Form
from hub.store.clear.tables import referral
from tests.bad_forms import in_cells, spoiled_csv, spoiled_json, spoils, with_a_key_twice, with_unknown_keys
from tests.bad_input import CANARY, corpus
from tests.factories import SmallWorld
from tests.forms import FORMS, NAMES, an_answer
from tests.journeys.readers import Reader
from tests.journeys.senders import Sender
from tests.spec.helping import holds

ODD = [bad for bad in corpus() if ":" not in bad.name]
"""What is wrong as a whole: files that are no message of any format."""
AT_A_PAGE = {"public": "/tell-us"}


def stored(world: SmallWorld) -> int:
    with world.hub.clear.read() as connection:
        return connection.scalar(select(func.count()).select_from(referral)) or 0


def remarks(answer: TestResponse) -> list[set[tuple[str, str]]]:
    """Return the codes and places of each record of a receipt; each record must be in quarantine."""
    assert answer.status_code == 200, answer.text
    assert CANARY not in answer.text
    assert {one["outcome"] for one in answer.json["records"]} == {"quarantined"}, answer.text
    return [{(issue["code"], issue["location"]) for issue in one["issues"]} for one in answer.json["records"]]


def test_no_form_takes_a_file_that_is_no_message(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sender = Sender(sqlite_world, sqlite_app, "mh")
    token = sender.headers()
    for name in NAMES:
        for bad in ODD:
            answer = sender.http.post(f"/v1/forms/{name}", data=bad.body, content_type=bad.media, headers=token)
            assert CANARY not in answer.text, (name, bad.name)
            if bad.name == "records of null":
                assert ("wrong_type", "/referrals/0") in remarks(answer)[0]
                continue
            assert 400 <= answer.status_code < 500, (name, bad.name, answer.text)
            assert answer.json["errors"][0]["code"], (name, bad.name)
        twice = sender.post(f"/v1/forms/{name}", with_a_key_twice(FORMS[name]))
        assert (twice.status_code, twice.json["errors"][0]["code"]) == (400, "duplicate_key"), name
        assert CANARY not in twice.text
    assert stored(sqlite_world) == len(NAMES)


def each_wrong_answer_is_named(world: SmallWorld, app: Flask, name: str) -> None:
    sender, wrong = Sender(world, app, "mh"), list(spoils(FORMS[name]))
    found = remarks(sender.post(f"/v1/forms/{name}", spoiled_json(FORMS[name], wrong)))
    assert len(found) == len(wrong) > 15
    for number, (one, said) in enumerate(zip(wrong, found, strict=True)):
        place = f"/referrals/{number}{one.pointer}"
        assert any(code == one.code and at.startswith(place) for code, at in said), (name, one.code, place, said)


def test_each_wrong_answer_of_every_form_waits_with_its_place(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    for name in NAMES:
        each_wrong_answer_is_named(sqlite_world, sqlite_app, name)
    assert stored(sqlite_world) == sum(len(list(spoils(FORMS[name]))) for name in NAMES)


def test_each_wrong_cell_of_every_form_waits_with_its_place(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sender = Sender(sqlite_world, sqlite_app, "mh")
    for name in NAMES:
        wrong = in_cells(FORMS[name])
        found = remarks(sender.post(f"/v1/forms/{name}", spoiled_csv(FORMS[name], wrong), "text/csv"))
        assert len(found) == len(wrong) > 10
        for row, ((one, column), said) in enumerate(zip(wrong, found, strict=True), start=2):
            assert (one.code, f"row {row} col {column}") in said, (name, one.code, column, said)


def test_a_key_that_no_form_has_is_counted_and_never_named(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sender = Sender(sqlite_world, sqlite_app, "mh")
    for name in NAMES:
        answer = sender.post(f"/v1/forms/{name}", with_unknown_keys(FORMS[name]))
        (record,) = answer.json["records"]
        assert record["outcome"] == "accepted", (name, answer.text)
        assert [one["code"] for one in record["issues"]].count("unknown_keys") == 4, (name, answer.text)
        assert CANARY not in answer.text


def typed(form: Form) -> dict[str, str]:
    """Return what somebody types who answers what must be answered, and names one child."""
    asked = {"q": form.questions, "r": form.referrer, "p1": form.of_each_person}
    needed = {
        f"{part}_{one.id}": an_answer(one) for part, questions in asked.items() for one in questions if one.required
    }
    return {"p1_roles": "child", "p1_name": "Ivy Marsh", "people": "1", "events": "1"} | {
        name: value[0] if isinstance(value, list) else value for name, value in needed.items()
    }


def wrong_on_a_page(form: Form) -> Mapping[str, dict[str, str]]:
    """Return what can be wrong on a form's page: its name -> the fields that say it."""
    words = next(one.id for one in form.questions if one.kind in {"line", "text"})
    needed = {
        f"without {name}": {name: ""} for name in typed(form) if name[:2] in {"q_", "r_", "p1"} and "name" not in name
    }
    chosen = {f"{one.id} of its own": {f"q_{one.id}": CANARY} for one in form.questions if one.kind == "choice"}
    return (
        needed
        | chosen
        | {
            "a day that is none": {"p1_birth_date-day": "31", "p1_birth_date-month": "2", "p1_birth_date-year": "2019"},
            "a year in words": {"p1_birth_date-year": CANARY},
            "other digits": {"p1_birth_date-year": "\u0662\u0660\u0661\u0669"},
            "too long": {f"q_{words}": "x" * 70_000},
            "a role of its own": {"p1_roles": CANARY},
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_page_of_a_form_takes_a_wrong_answer(sqlite_world: SmallWorld, sqlite_app: Flask, name: str) -> None:
    form, path = FORMS[name], AT_A_PAGE.get(name, f"/refer/{name}")
    reader = Reader(sqlite_app) if form.public else Reader(sqlite_app, "otto")
    token, once = reader.token(path), re.search(r'name="once" value="([^"]*)"', reader.get(path).text)
    sent = {"csrf_token": token} | ({"once": once[1]} if once else {})
    for what, fields in wrong_on_a_page(form).items():
        answer = reader.http.post(path, data=sent | typed(form) | fields)
        assert answer.status_code in {200, 400, 413}, (name, what, answer.status_code)
        assert answer.status_code == 413 or "There is a problem" in answer.text, (name, what)
        sqlite_world.clock.advance(minutes=1)
    assert stored(sqlite_world) == 0
    whole = reader.http.post(path, data=sent | typed(form) | {CANARY: CANARY})
    assert whole.status_code in {200, 302}, name
    assert "There is a problem" not in whole.text, name


def test_a_form_that_takes_any_answer_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_field", lambda question: schema.text(question.label))
    for made in ("batch_schema", "referral_schema", "person_schema", "referral_reader"):
        monkeypatch.setattr(schema, made, getattr(schema, made).__wrapped__)
    monkeypatch.setattr(translate, "referral_reader", schema.referral_reader)
    assert not holds(lambda: each_wrong_answer_is_named(sqlite_world, sqlite_app, "marac"))
