"""The front door's list of what senders have withdrawn: what, when, by whom, why, and what was done with it."""

import json
from datetime import date

import pytest
from flask import Flask

from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import AgencyId
from hub.domain.referral import Limits
from hub.services import withdrawn
from hub.services.intake import Message
from hub.services.tasks import Finished
from hub.services.withdrawn import Asked, WithdrawnLine
from hub.store.clear import messages
from hub.wiring import web_app
from tests.factories import SmallWorld, notice
from tests.forms import FORMS, batch, referral
from tests.journeys.readers import Reader, bare
from tests.spec.helping import QUARREL, holds, select, treatment
from tests.spec.test_new_people_in_an_amendment import restrict, shield

WHY = "It was about another street"


def take_back(world: SmallWorld, why: str = WHY, ref: str = "SN-2024-0117") -> None:
    said = {"withdrawal_reason": why} if why else {}
    body = notice(action="withdraw", notice_ref=ref, **said)
    (record,) = world.send("police", "safeguarding_notice", body, key=f"back-{ref}-{why}")["records"]
    assert record["outcome"] == "accepted", record


def lines(world: SmallWorld, username: str = "fran", **asked: object) -> tuple[WithdrawnLine, ...]:
    return world.hub.withdrawals.page(world.accounts[username], Asked(**asked)).lines


def what_is_withdrawn_is_listed(world: SmallWorld) -> None:
    assert lines(world) == ()
    take_back(world)
    (line,) = lines(world)
    assert (line.agency, line.kind_words, line.why) == ("Exampleshire Constabulary", "Safeguarding notice", WHY)
    assert "placed with a family" in line.became_words
    assert line.done_words.startswith("Not seen to yet")
    assert line.task


def test_what_is_withdrawn_is_listed_with_when_by_whom_and_why(case: SmallWorld) -> None:
    what_is_withdrawn_is_listed(case)


def test_a_reason_that_gets_lost_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "renew_sent", keeping_no_reason(messages.renew_sent))
    assert not holds(lambda: what_is_withdrawn_is_listed(case))


def keeping_no_reason(real: object) -> object:
    def renew(*args: object) -> object:
        *rest, (at, _) = args
        return real(*rest, (at, None))

    return renew


def test_what_waited_says_that_it_waits_no_more(sqlite_world: SmallWorld) -> None:
    sqlite_world.send("police", "safeguarding_notice", notice())
    take_back(sqlite_world, "")
    (line,) = lines(sqlite_world)
    assert "waits no more" in line.became_words
    assert line.why == ""


def test_what_was_done_with_it_stands_beside_it(case: SmallWorld) -> None:
    take_back(case)
    (line,) = lines(case)
    fran = case.accounts["fran"]
    case.hub.tasks.finish(fran, line.task, Finished("Told the team by telephone"))
    (line,) = lines(case)
    assert "by Fran. Told the team by telephone" in line.done_words
    assert line.task == ""


def test_what_is_sent_again_is_withdrawn_no_more(case: SmallWorld) -> None:
    take_back(case)
    case.send("police", "safeguarding_notice", notice(), key="again")
    assert lines(case) == ()
    take_back(case, "Again")
    assert [line.why for line in lines(case)] == ["Again"]


def test_it_is_narrowed_by_agency_by_what_was_done_and_by_day(case: SmallWorld) -> None:
    take_back(case)
    case.clock.advance(days=2)
    body = treatment(action="withdraw", withdrawal_reason="Another man")
    case.send("sm", "adult_with_children_json", body, key="sm-back")
    assert [line.why for line in lines(case)] == ["Another man", WHY]
    police, today = case.agencies["police"], case.clock().date()
    assert [line.why for line in lines(case, agency=police)] == [WHY]
    assert [line.why for line in lines(case, since=today)] == ["Another man"]
    assert [line.why for line in lines(case, until=date(2026, 11, 23))] == [WHY]
    case.hub.tasks.finish(case.accounts["fran"], lines(case, agency=police)[0].task, Finished())
    assert [line.why for line in lines(case, done="done")] == [WHY]
    assert [line.why for line in lines(case, done="open")] == ["Another man"]
    assert lines(case, agency=AgencyId("nobody")) == ()


@pytest.mark.parametrize("name", ["school", "housing"])
def test_a_form_is_withdrawn_with_a_reason_too(sqlite_world: SmallWorld, name: str) -> None:
    connector = sqlite_world.hub.connectors[f"form_{name}_json"]
    for key, changes in (("new", {}), ("back", {"action": "withdraw", "withdrawal_reason": WHY})):
        body = batch(FORMS[name], referral(FORMS[name], **changes))
        parsed = list(connector.parse(body, Limits()))
        message = Message(sqlite_world.agencies["mh"], f"form_{name}_json", key, body, "application/json", parsed)
        sqlite_world.hub.intake.receive(message)
    assert [line.why for line in lines(sqlite_world)] == [WHY]


def test_a_reason_that_quotes_a_protected_address_is_quarantined(case: SmallWorld) -> None:
    body = notice(action="withdraw", withdrawal_reason="She lives at 14 Larch Court, Northbridge now")
    (record,) = case.send("police", "safeguarding_notice", body, key="quotes")["records"]
    assert record["outcome"] == "quarantined"
    assert "protected_value_in_narrative" in json.dumps(record["issues"])
    assert lines(case) == ()


def test_no_reason_lies_in_clear(case: SmallWorld) -> None:
    take_back(case)
    assert WHY not in str(select(case, "data", "SELECT * FROM sent_message"))


@pytest.mark.parametrize("username", ["manager", "sally", "rob", "iggy", "otto"])
def test_nobody_but_the_front_door_reads_the_list(case: SmallWorld, username: str) -> None:
    take_back(case)
    with pytest.raises(AccessRefusedError):
        lines(case, username)
    mine = [one.entry for one in case.entries() if one.entry.actor == case.accounts[username]]
    assert [one.outcome for one in mine if one.act == Act.FRONT_DOOR_LIST.value] == ["refused"]


def test_a_family_that_is_shut_to_the_reader_has_no_line(case: SmallWorld) -> None:
    app = web_app(case.hub)
    before = bare(Reader(app, "fran").get("/front-door/withdrawn"))
    restrict(case, case.family)
    take_back(case)
    assert bare(Reader(app, "fran").get("/front-door/withdrawn")) == before


def of_somebody_protected_no_reason_is_read(world: SmallWorld) -> None:
    shield(world, world.family)
    take_back(world)
    (line,) = lines(world)
    assert line.why == ""


def test_of_somebody_protected_no_reason_is_read(case: SmallWorld) -> None:
    of_somebody_protected_no_reason_is_read(case)


def test_a_list_that_protects_nobody_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawn, "protected_among", lambda *_: frozenset())
    assert not holds(lambda: of_somebody_protected_no_reason_is_read(case))


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidRequestError):
        Asked.read({"from": "yesterday"})


def test_at_a_browser(case: SmallWorld) -> None:
    app: Flask = web_app(case.hub)
    fran = Reader(app, "fran")
    assert "/front-door/withdrawn" in fran.get("/front-door").text
    assert "Nothing that can be shown here was withdrawn" in fran.words("/front-door/withdrawn")
    take_back(case)
    words = fran.words("/front-door/withdrawn")
    assert WHY in words
    assert QUARREL not in words
    assert "Daniel" not in words
    assert "Nothing like that" in fran.words("/front-door/withdrawn?until=2020-01-01")
    assert fran.get("/front-door/withdrawn?from=yesterday").status_code == 422
    assert WHY in fran.words(f"/front-door/withdrawn?agency={case.agencies['police']}&done=open")
