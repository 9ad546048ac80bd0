"""A page is shown from facts read once: what moves meanwhile is obeyed, what is about others is never used."""

import pytest

from hub.domain.errors import AccessRefusedError
from hub.gate import factbook
from hub.services.family_page import Known, Stated
from tests.factories import SmallWorld
from tests.spec.helping import DAD, holds, raised, treatment
from tests.spec.test_a_withdrawal_acts_at_once import father_takes_back

SUPPORTING, DECIDING = Stated("support_family", "a visit"), Stated("front_door", "a referral")


def page_of(world: SmallWorld, username: str, stated: Stated, known: Known) -> str:
    page = world.hub.pages.page(world.accounts[username], world.family, stated, known=known)
    return str([field.value for entry in page.entries for field in entry.fields])


def entered(world: SmallWorld, username: str) -> Known:
    return Known(None, world.hub.pages.enter(world.accounts[username], world.family))


def a_consent_taken_back_while_a_page_is_made_closes_it(world: SmallWorld) -> None:
    known = entered(world, "sally")
    assert DAD in page_of(world, "sally", SUPPORTING, known)
    father_takes_back(world)
    assert DAD not in page_of(world, "sally", SUPPORTING, known)


def test_a_consent_taken_back_while_a_page_is_made_closes_it(case: SmallWorld) -> None:
    a_consent_taken_back_while_a_page_is_made_closes_it(case)


def test_without_the_watermark_it_would_stay_open(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factbook, "watermark", lambda *_: "the same")
    assert not holds(lambda: a_consent_taken_back_while_a_page_is_made_closes_it(case))


def test_an_allocation_ended_while_a_page_is_made_refuses_it(case: SmallWorld) -> None:
    known, pete = entered(case, "pete"), case.accounts["pete"]
    case.hub.setup.stop_person(pete, case.agencies["da"], "perpetrator_worker")
    assert raised(lambda: page_of(case, "pete", SUPPORTING, known)) is AccessRefusedError


def test_what_was_read_of_one_family_opens_no_other(case: SmallWorld) -> None:
    """Fran works on every referral but the one of her cousin's family; the facts of another family do not say so."""
    fran, manager, elsewhere = case.accounts["fran"], case.accounts["manager"], case.family
    case.send("sm", "adult_with_children_json", treatment(referral_ref="RS-elsewhere"))
    (waiting,) = case.hub.front_door.waiting(fran)
    cousins = case.hub.front_door.page(fran, waiting.id).family
    known = Known(None, case.hub.pages.standing(fran, elsewhere))
    case.hub.pages.page(fran, cousins, DECIDING, known=known)
    case.hub.conflicts.declare(manager, cousins, fran, "relative")
    assert raised(lambda: case.hub.pages.page(fran, cousins, DECIDING, known=known)) is AccessRefusedError
