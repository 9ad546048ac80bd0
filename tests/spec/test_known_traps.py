"""Traps that other systems fell into, each held by a test that a planted defect turns red.

The traps and where each was seen: the pitfalls of the agreements reference, section 5. Those about errors that drop a
prohibition, stale decisions, signatures and load order have files of their own.
"""

import json
from collections.abc import Callable, Iterable

import pytest

from hub.domain.fields import RecordKind
from hub.gate import view as view_module
from hub.gate.view import Ruling, View
from hub.services.family_page import FamilyPages
from hub.services.recording import ConsentWord
from hub.store.sealed.records import outlines_of
from hub.wiring import web_app
from tests.factories import SmallWorld, notice, texts
from tests.journeys.readers import Reader, bare
from tests.spec.helping import deposit, holds, named, reference_of

EVERY_KIND = frozenset(RecordKind)
LATER = "Came to every appointment since"


def rows_for(world: SmallWorld, numbers: Iterable[int]) -> int:
    hub = world.hub
    with hub.engines.gate.connect() as connection:
        return len(outlines_of(connection, hub.partnership.id, world.family, list(numbers), EVERY_KIND, limit=1_000))


def test_an_empty_list_of_labels_is_no_rows_and_never_all_of_them(case: SmallWorld) -> None:
    """Seen: cerbos#917 and #2369, where a plan without a rule allowed everything."""
    assert rows_for(case, []) == 0
    assert rows_for(case, range(100)) > 0


def later_pages_are_decided_again(world: SmallWorld) -> None:
    """Page by page, with a withdrawal after the first: what it takes back is on no later page."""
    about = [reference_of(world, "Daniel Hart")]
    deposit(world, "sm", RecordKind.TREATMENT_REPORT, about, {"engagement": LATER})
    assert LATER in texts(world.view("sally", purpose="support_family"))
    first = world.view("sally", purpose="support_family", limit=1)
    word = ConsentWord(named(world, "Daniel Hart"), "withdrawn", sources=[world.agencies["sm"]])
    world.hub.recording.consent(world.accounts["sally"], world.family, word)
    cursor, seen = first.cursor, [texts(first)]
    assert cursor
    assert LATER not in seen
    while cursor:
        page = world.view("sally", purpose="support_family", limit=1, cursor=cursor)
        seen.append(texts(page))
        cursor = page.cursor
    assert LATER not in "\n".join(seen)


def test_a_cursor_holds_no_verdict(case: SmallWorld) -> None:
    """Seen: hapi#2369, where the check was skipped for next pages."""
    later_pages_are_decided_again(case)


def test_a_gate_that_decides_once_for_all_pages_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    rule_on, kept = view_module.rule_on, dict[str, Ruling]()

    def once(parts: object, connection: object, view: View) -> Ruling:
        return kept.setdefault(view.account, rule_on(parts, connection, view))

    monkeypatch.setattr("hub.gate.planning.rule_on", once)
    monkeypatch.setattr("hub.gate.factbook.watermark", lambda *_: "nothing moved")
    assert not holds(lambda: later_pages_are_decided_again(case))


SWITCHES: dict[str, dict[str, str]] = {
    "headers": {"X-Debug": "1", "X-Redaction": "off", "X-Policy-Mode": "permissive", "X-Consent-Scope": "*"},
    "an address that was forwarded": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=::1"},
    "a method": {"X-HTTP-Method-Override": "DELETE", "X-Original-URL": "/log"},
}


def no_switch(world: SmallWorld) -> None:
    reader = Reader(web_app(world.hub), "pete")
    reader.open(world.family)
    path = f"/families/{world.family}"
    plainly = bare(reader.get(path))
    for headers in SWITCHES.values():
        assert bare(reader.http.get(path, headers=headers)) == plainly
    for query in ("debug=1", "redact=off", "policy=off", "role=team_manager", "purpose=emergency", "account=x"):
        assert bare(reader.get(f"{path}?{query}")) == plainly


def test_nothing_a_caller_sends_switches_protection_off(case: SmallWorld) -> None:
    """Seen: asushares/cds, where a header of the caller turns redaction off."""
    no_switch(case)


def test_a_page_with_such_a_switch_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    from flask import request  # noqa: PLC0415  the defect is to look at the request

    disclose, sally = FamilyPages.disclose, case.accounts["sally"]

    def obliging(pages: FamilyPages, account: str, *rest: object, **more: object) -> object:
        return disclose(pages, sally if request.headers.get("X-Debug") else account, *rest, **more)

    monkeypatch.setattr(FamilyPages, "disclose", obliging)
    assert not holds(lambda: no_switch(case))


def claims(**said: object) -> Callable[[dict], dict]:
    return lambda message: message | said


@pytest.mark.parametrize(
    "claim",
    [
        claims(owner_agency="csc"),
        claims(agency="csc", originator="csc"),
        claims(sender={"agency": "csc", "force": "csc", "unit": "x"}),
    ],
    ids=["owner", "agency", "sender"],
)
def test_whose_a_record_is_says_the_credential_and_never_the_payload(
    sqlite_world: SmallWorld, claim: Callable[[dict], dict]
) -> None:
    """Seen: attribute confusion; the originator decides which agreement speaks."""
    message = json.loads(notice())
    message["notices"] = [claim(one) for one in message["notices"]]
    sqlite_world.police_notice(json.dumps(claim(message)).encode())
    sqlite_world.allocate("sally", lead=True)
    shown = sqlite_world.view("sally")
    assert {record.owner for record in shown.records} <= {sqlite_world.agencies["police"]}
