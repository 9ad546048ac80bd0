"""Consent to a national return is no permission in the hub; without it the hub learns of nobody."""

from dataclasses import replace

import pytest

from connectors.ndtms import connector as ndtms
from connectors.ndtms.translate import episode_draft
from hub.domain.facts import FactKind
from hub.domain.referral import ConsentScope
from hub.store.clear.tables import person_reference
from tests.factories import FIXTURES, SmallWorld
from tests.spec.helping import holds, select

RETURN = (FIXTURES / "ndtms" / "cds_p.csv").read_bytes()


def kinds(world: SmallWorld) -> list[str]:
    return [kind for (kind,) in select(world, "data", "SELECT kind FROM fact")]


def a_return_records_no_permission(world: SmallWorld) -> None:
    before = kinds(world).count(FactKind.CONSENT.value)
    receipt = world.send("sm", "ndtms_csv", RETURN)
    assert [one["outcome"] for one in receipt["records"]].count("accepted") == 2
    assert kinds(world).count(FactKind.CONSENT.value) == before


def test_a_return_records_no_permission(case: SmallWorld) -> None:
    a_return_records_no_permission(case)


def test_a_return_whose_consent_is_stretched_to_the_hub_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stretched(found: object, version: object) -> tuple:
        draft, issues = episode_draft(found, version)
        return replace(draft, consents=[replace(c, scope=ConsentScope.HUB_SHARING) for c in draft.consents]), issues

    monkeypatch.setattr(ndtms, "episode_draft", stretched)
    assert not holds(lambda: a_return_records_no_permission(case))


def without_consent_the_hub_learns_of_nobody(world: SmallWorld) -> None:
    table = person_reference.name
    before = select(world, "data", f"SELECT count(*) FROM {table}")  # noqa: S608  the name is ours
    for consent in ("N", ""):
        body = (
            f"AGNCY,CLIENTID,EPISODID,CONSENT,FINITIAL,SINITIAL,DOB,REFLD\nX1,7,1,{consent},J,S,01/01/1990,02/02/2026\n"
        )
        receipt = world.send("sm", "ndtms_csv", body.encode())
        assert receipt["records"][0]["outcome"] != "accepted"
        assert select(world, "data", f"SELECT count(*) FROM {table}") == before  # noqa: S608  the name is ours


def test_without_consent_the_hub_learns_of_nobody(case: SmallWorld) -> None:
    without_consent_the_hub_learns_of_nobody(case)


def test_a_return_that_ignores_its_refusal_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndtms, "REFUSED_CONSENT", "never")
    monkeypatch.setattr(ndtms, "_consent_issues", lambda *_: ())
    assert not holds(lambda: without_consent_the_hub_learns_of_nobody(case))
