"""What a hostile colleague, a hostile partner system and a hostile database writer tried; each is refused."""

import sqlite3
from datetime import timedelta

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, PolicyError
from hub.domain.facts import family_chain
from hub.services import placing
from hub.services.recording import ConsentWord, Opening, Period
from hub.store.clear import agreements
from tests.factories import FIXTURES, SmallWorld, texts
from tests.spec.helping import holds


@pytest.fixture
def family(sqlite_world: SmallWorld) -> SmallWorld:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.allocate("rob", "alleged_perpetrator")
    return sqlite_world


def enquiry(world: SmallWorld, agency: str, children: list[str]) -> Opening:
    return Opening("s47_enquiry", world.agencies[agency], children, evidence="a test")


def test_a_manager_of_another_agency_opens_no_enquiry_and_allocates_nobody(family: SmallWorld) -> None:
    mick = family.staff("mick", "police", "team_manager")
    now = Period(family.clock())
    with pytest.raises(AccessRefusedError, match="not_the_lead_agency"):
        family.hub.recording.open(mick, family.family, enquiry(family, "police", family.people("child")), now)
    with pytest.raises(AccessRefusedError, match="not_the_lead_agency"):
        family.hub.recording.allocate(mick, family.family, mick, now)


def test_nobody_allocates_themselves_as_the_worker(family: SmallWorld) -> None:
    manager = family.accounts["manager"]
    with pytest.raises(AccessRefusedError, match="own_allocation"):
        family.hub.recording.allocate(manager, family.family, manager, Period(family.clock()))


def test_a_stopped_account_records_nothing(family: SmallWorld) -> None:
    manager = family.accounts["manager"]
    family.hub.setup.stop_person(manager, family.agencies["csc"], "team_manager")
    with pytest.raises(AccessRefusedError, match="account_not_in_force"):
        family.open()


def test_a_worker_records_consent_for_their_own_client_only(family: SmallWorld) -> None:
    rob = family.accounts["rob"]
    with pytest.raises(AccessRefusedError, match="not_their_client"):
        family.hub.recording.consent(rob, family.family, ConsentWord(family.people("victim")[0], "given"))
    with pytest.raises(AccessRefusedError, match="not_a_member"):
        family.hub.recording.consent(rob, family.family, ConsentWord("somebody-else", "given"))
    family.hub.recording.consent(rob, family.family, ConsentWord(family.people("alleged_perpetrator")[0], "given"))


def test_an_enquiry_names_people_of_the_family(family: SmallWorld) -> None:
    with pytest.raises(AccessRefusedError, match="not_a_member"):
        family.open(children=["somebody-else"], adults=[])
    with pytest.raises(InvalidRequestError, match="nobody_named"):
        family.open(children=[], adults=[])


def test_an_emergency_lasts_eight_hours_at_most(family: SmallWorld) -> None:
    opening = Opening("emergency", family.agencies["csc"], family.people("child"), evidence="a test")
    start = family.clock()
    period = Period(start, start + timedelta(hours=8, seconds=1))
    with pytest.raises(InvalidRequestError, match="emergency_too_long"):
        family.hub.recording.open(family.accounts["manager"], family.family, opening, period)
    fact = family.hub.recording.open(family.accounts["manager"], family.family, opening, Period(start))
    facts = family.hub.writer.standing_facts([family_chain(family.family)], family.clock())
    assert next(one.valid_until for one in facts if one.id == fact) == start + timedelta(hours=8)


def test_a_senders_message_does_not_undo_a_withdrawal(family: SmallWorld) -> None:
    father = family.people("alleged_perpetrator")[0]
    treatment = (FIXTURES / "substance_misuse" / "adult_with_children.json").read_bytes()
    family.hub.recording.consent(family.accounts["sally"], family.family, ConsentWord(father, "withdrawn"))
    family.clock.advance(hours=20)
    family.send("sm", "adult_with_children_json", treatment)
    family.hub.rounds.run_once()
    family.accept()
    assert "Week 6" not in texts(family.view("sally", purpose="support_family"))
    family.hub.recording.consent(family.accounts["sally"], family.family, ConsentWord(father, "given"))
    assert "Week 6" in texts(family.view("sally", purpose="support_family"))


def test_an_agreement_put_into_the_database_decides_nothing(family: SmallWorld) -> None:
    text = (family.settings.policies / "agreements" / "efs-2026-04.yaml").read_text()
    row = agreements.StoredVersion("EVIL-2026-01/1", text.replace("EFS-2026-04", "EVIL-2026-01"), "a page")
    before = family.hub.policy.current().digest
    with family.hub.clear.write() as connection:
        agreements.add_version(connection, family.hub.clear.partnership, row, family.clock())
    assert family.hub.policy.current().digest == before
    assert "EVIL-2026-01/1" not in [one.agreement.key for one in family.hub.policy.current().agreements]


def test_a_version_taken_out_of_the_database_closes_everything(family: SmallWorld) -> None:
    with sqlite3.connect(family.settings.folder / "data.db") as connection:
        connection.execute("DELETE FROM agreement")
    connection.close()
    with pytest.raises(PolicyError, match="agreements_changed"):
        family.view("sally")
    assert any(line.entry.detail.get("code") == "agreements_changed" for line in family.entries())


@pytest.mark.parametrize("change", ["event_date = '2019-01-01'", "owner_agency = 'x'", "recorded_at = recorded_at + 1"])
def test_an_outline_edited_in_the_database_withholds_and_alerts(family: SmallWorld, change: str) -> None:
    family.open()
    before = {record.record for record in family.view("sally").records}
    with sqlite3.connect(family.settings.folder / "data.db") as connection:
        connection.execute(f"UPDATE outline SET {change} WHERE kind = 'police_notice'")  # noqa: S608  words of this test
    connection.close()
    after = {record.record for record in family.view("sally").records}
    assert after < before
    assert any(line.entry.outcome == "integrity_fault" for line in family.entries())


def test_an_outline_moved_under_a_visible_label_withholds_and_alerts(family: SmallWorld) -> None:
    shown = family.view("sally")
    visible = next(label for record in shown.records for label in record.labels)
    with sqlite3.connect(family.settings.folder / "data.db") as connection:
        connection.execute("UPDATE outline SET label_number = ? WHERE kind = 'police_notice'", (visible,))
    connection.close()
    again = family.view("sally")
    assert {record.kind.value for record in again.records} == {record.kind.value for record in shown.records}
    assert any(line.entry.outcome == "integrity_fault" for line in family.entries())


def test_the_front_door_reads_a_family_only_while_a_referral_waits_there(family: SmallWorld) -> None:
    with pytest.raises(AccessRefusedError):
        family.view("fran", purpose="front_door")


def nothing_in_quarantine_is_placed(world: SmallWorld) -> None:
    """Nobody has read it yet: it is repaired first, or returned, and waits until then, whoever asks the service."""
    body = (FIXTURES / "substance_misuse" / "not_sought_without_reason.json").read_bytes()
    world.send("sm", "adult_with_children_json", body)
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    held = [one.id for one in world.hub.partners.quarantined.waiting(fran)]
    assert held
    for referral in held:
        with pytest.raises(ConflictError) as refused:
            world.hub.front_door.decide(fran, referral, None)
        assert (refused.value.code, refused.value.where) == ("still_quarantined", referral)
    assert [one.id for one in world.hub.partners.quarantined.waiting(fran)] == held
    assert {one.id for one in world.hub.front_door.waiting(fran)} >= set(held)


def test_a_referral_that_waits_in_quarantine_is_not_placed(sqlite_world: SmallWorld) -> None:
    nothing_in_quarantine_is_placed(sqlite_world)


def test_a_referral_that_is_placed_from_quarantine_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_require_read", lambda _referral: None)
    assert not holds(lambda: nothing_in_quarantine_is_placed(sqlite_world))
