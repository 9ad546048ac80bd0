"""The demonstration walked page by page, as each of its people: every page opens, and has something in it."""

from typing import Final

import pytest

from hub.web.doors import DOORS
from hub.wiring import web_app
from tests.factories import PASSWORD, SmallWorld
from tests.journeys.walking import Walk
from tests.spec.helping import select
from tests.unit.cli.filled import Filled

USUAL, MOST = 2, 12
OWN: Final = "Each person sets it up for themselves: a demonstration's password alone lets everybody look round."
MAY_LACK: Final = {
    "account.page": {"You have none yet. Your password alone opens your account.": OWN},
    "account.second_factor": {"Have your authenticator ready. The key that is shown next is for you alone.": OWN},
    "questions.rules": {
        "No rule is without effect: none is always prohibited, none is always behind another, none can never match.": (
            "That is the good answer."
        )
    },
}
"""Door -> an empty state that everybody meets there, and why that is right."""
ELSEWHERE: Final = {
    "static": "no page",
    "main.ready": "for machines",
    "main.sign_in": "before anybody is signed in",
    "steps.code": "for who has an authenticator",
    "steps.enrol": "for who must have an authenticator",
    "steps.choose": "for who has several roles",
    "steps.start": "with a starting code",
    "provider.leave": "where single sign-on is set up",
    "provider.returned": "where single sign-on is set up",
    "provider.prove_again": "where single sign-on is set up",
    "account.confirm": "before an act that asks who one is",
    "attachments.copy": "after an act on the file's page",
    "receipts.machine": "for machines",
    "matches.join": "where one person has two candidates",
    "refer.check": "after the form is filled in",
    "refer.sent": "after the form is sent",
    "tell_us.page": "for the public",
    "signatories.confirm": "after an agency offers its first roster",
    "signatories.roster_request": "after an agency offers a roster",
    "signatories.signature": "after an agency offers a roster",
    "signing.check": "before a second person has checked",
    "signing.publish": "once every party has signed",
    "front_door.again": "for referrals decided without a family, by their page",
}
"""Doors that no link of the demonstration leads to, each with when one does; other tests open them."""


@pytest.fixture(scope="module")
def walked(whole: Filled) -> Walk:
    walk, cast, cases = Walk(web_app(whole.hub), USUAL, MOST), whole.story.cast, whole.partnership.cases
    plan = f"/families/{cases['plan'].family}"
    fran, newest = cast.accounts["fran"], whole.partnership.written["plan"]["sally"][0]
    desk = [
        f"/families/{family}/identity"
        for (family,) in select(whole, "data", "SELECT family_id FROM outline WHERE kind = 'identity_history'")
    ]
    starts = {
        "sally": (f"{plan}/entries/{newest}/files", f"{plan}/find", f"{plan}/consent/{cases['plan'].mother}"),
        "fran": (*desk, *(f"/front-door/{one.id}/who-told-us" for one in whole.hub.front_door.waiting(fran))),
    }
    for username, password in cast.passwords.items():
        walk.of(username, password, *starts.get(username, ()))
    return walk


def test_every_link_leads_to_a_page(walked: Walk) -> None:
    assert walked.nowhere() == []


def test_every_page_has_something_in_it_for_somebody(walked: Walk) -> None:
    lacking = {door: words - set(MAY_LACK.get(door, ())) for door, words in walked.lacking.items()}
    assert {door: words for door, words in lacking.items() if words} == {}


def test_every_page_of_the_hub_is_walked(walked: Walk, whole: Filled) -> None:
    pages = {
        rule.endpoint
        for rule in web_app(whole.hub).url_map.iter_rules()
        if rule.endpoint in DOORS and "GET" in (rule.methods or ())
    }
    assert pages - walked.lacking.keys() - ELSEWHERE.keys() == set()


def test_the_walk_names_what_is_empty_where_nothing_was_done_yet(sqlite_world: SmallWorld) -> None:
    walk = Walk(web_app(sqlite_world.hub), USUAL, MOST)
    walk.of("manager", PASSWORD)
    (sentence,) = walk.lacking["closing.closed"]
    assert sentence.startswith("No family is closed.")


def test_the_walk_names_links_that_lead_nowhere(sqlite_world: SmallWorld) -> None:
    walk = Walk(web_app(sqlite_world.hub), USUAL, MOST)
    walk.of("sally", PASSWORD, "/rota")
    assert walk.nowhere() == [("sally", "rota.page", "/rota")]
