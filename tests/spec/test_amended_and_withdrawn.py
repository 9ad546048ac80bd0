"""What a sender amends supersedes what it sent; what it withdraws is gone at the next request, and kept for audit."""

import json
from typing import Any

import pytest
from sqlalchemy import Select, select

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import FactKind, family_chain, person_chain
from hub.domain.ids import FamilyId, ReferralId
from hub.domain.referral import Limits, ReferralDraft
from hub.gate.disclosure import ShownRecord
from hub.services import amending, arrivals
from hub.services.beside import beside, first_of
from hub.services.family_page import Stated
from hub.services.intake import Message
from hub.services.recording import ConsentWord, Relied
from hub.services.tasks import Tasks
from hub.services.versions import Course, course_of
from hub.store.clear import messages
from hub.store.clear.messages import Sent
from hub.store.clear.tables import person_reference, referral, task
from hub.store.clear.team_tables import correction
from tests import forms
from tests.factories import FIXTURES, SmallWorld, notice, texts
from tests.spec.helping import QUARREL, holds

OF_THE_FIXTURE = {"tick_count_differs", "protected_value_shared"}
MAYA = "Maya was standing at the door"
NEW_WORDS = "Officers now know that only Daniel was shouting."


def fixture() -> dict[str, Any]:
    return json.loads((FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_text())["notices"][0]


def amended(version: int = 2, text: str = NEW_WORDS, **changes: object) -> bytes:
    """Return the notice again with another account of what happened."""
    narratives = fixture()["narratives"]
    narratives[0]["text"] = text
    return notice(action="amend", notice_version=version, narratives=narratives, **changes)


def withdrawn(version: int = 1, **changes: object) -> bytes:
    return notice(action="withdraw", notice_version=version, **changes)


def send(world: SmallWorld, body: bytes, key: str = "") -> dict[str, Any]:
    """Send it as a message of its own; return what the receipt says of its first record."""
    return world.send("police", "safeguarding_notice", body, key=key or f"key-{hash(body)}")["records"][0]


def codes(outcome: dict[str, Any]) -> set[str]:
    return {issue["code"] for issue in outcome["issues"]} - OF_THE_FIXTURE


def seen(world: SmallWorld, username: str = "sally") -> str:
    try:
        return texts(world.view(username))
    except AccessRefusedError:
        return ""


def rows(world: SmallWorld, query: Select) -> list[Any]:
    with world.hub.engines.data.connect() as connection:
        return list(connection.execute(query))


def tasks_of(world: SmallWorld, kind: str) -> list[Any]:
    return rows(world, select(task).where(task.c.kind == kind, task.c.done_at.is_(None)))


def an_amendment_stands_in_the_place_of_what_it_amends(world: SmallWorld) -> None:
    world.open()
    first = rows(world, select(referral).order_by(referral.c.received_at))[0]
    assert QUARREL in seen(world)
    before = len(rows(world, select(person_reference)))
    outcome = send(world, amended())
    assert (outcome["outcome"], codes(outcome)) == ("accepted", set())
    assert outcome["referral"] == first.id
    assert NEW_WORDS in seen(world)
    assert QUARREL not in seen(world)
    assert len(rows(world, select(person_reference))) == before


def test_an_amendment_stands_in_the_place_of_what_it_amends(case: SmallWorld) -> None:
    an_amendment_stands_in_the_place_of_what_it_amends(case)


def test_an_amendment_that_leaves_the_old_words_standing_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "set_aside", lambda *_: None)
    assert not holds(lambda: an_amendment_stands_in_the_place_of_what_it_amends(case))


def test_an_amendment_that_makes_second_persons_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "people_sent", lambda *_: {})
    assert not holds(lambda: an_amendment_stands_in_the_place_of_what_it_amends(case))


def test_both_times_are_kept_and_nothing_is_overwritten(case: SmallWorld) -> None:
    send(case, amended())
    gone = rows(case, select(correction))
    assert len(gone) > 1
    assert len({row.at for row in gone}) == 1
    assert len({row.by_record_id for row in gone}) == 1


def test_an_amendment_of_what_still_waits_is_what_the_front_door_reads(world: SmallWorld) -> None:
    send(world, notice())
    send(world, amended())
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    (line,) = world.hub.front_door.waiting(fran)
    said = str(world.hub.front_door.page(fran, line.id))
    assert NEW_WORDS in said
    assert QUARREL not in said
    assert len(rows(world, select(referral))) == 1


@pytest.mark.parametrize("version", [1, 2])
def test_an_amendment_that_is_not_higher_is_kept_in_quarantine(case: SmallWorld, version: int) -> None:
    send(case, amended(2))
    outcome = send(case, amended(version, text="Something else again."))
    assert outcome["outcome"] == "quarantined"
    assert codes(outcome) == {"version_not_higher"}
    assert "Something else again." not in seen(case)
    assert rows(case, select(referral).where(referral.c.state == "quarantined"))


def test_the_same_amendment_under_another_key_changes_nothing(case: SmallWorld) -> None:
    first = send(case, amended(), key="one")
    before = rows(case, select(messages.sent_record)), rows(case, select(correction))
    second = send(case, amended(), key="two")
    assert codes(second) == {"already_received"}
    assert second["referral"] == first["referral"]
    assert (rows(case, select(messages.sent_record)), rows(case, select(correction))) == before


def test_an_amendment_of_something_never_seen_is_taken_as_new(world: SmallWorld) -> None:
    outcome = send(world, amended(7))
    assert (outcome["outcome"], codes(outcome)) == ("accepted", {"amends_nothing_received"})
    world.hub.rounds.run_once()
    assert len(world.hub.front_door.waiting(world.accounts["fran"])) == 1


def test_another_agencys_number_is_another_message(case: SmallWorld) -> None:
    outcome = case.send("mh", "safeguarding_notice", withdrawn(), key="theirs")["records"][0]
    assert codes(outcome) == {"nothing_to_withdraw"}


def a_withdrawal_acts_at_the_next_request(world: SmallWorld) -> None:
    world.open()
    assert QUARREL in seen(world)
    outcome = send(world, withdrawn())
    assert (outcome["outcome"], codes(outcome)) == ("accepted", set())
    assert QUARREL not in seen(world)
    assert "police_notice" not in str([record.kind for record in world.view("sally").records])


def test_a_withdrawal_acts_at_the_next_request_and_the_rows_stay(case: SmallWorld) -> None:
    before = rows(case, select(messages.sent_record))
    a_withdrawal_acts_at_the_next_request(case)
    assert rows(case, select(messages.sent_record)) == before
    assert case.hub.rounds.run_once() >= 0


def test_a_withdrawal_that_hides_nothing_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "set_aside", lambda *_: None)
    assert not holds(lambda: a_withdrawal_acts_at_the_next_request(case))


def test_the_front_door_is_told_and_the_other_roles_are_not(case: SmallWorld) -> None:
    send(case, withdrawn())
    lines = case.hub.tasks.open_for(case.accounts["fran"])
    assert [line.words for line in lines if "withdrawn by its sender" in line.words]
    assert not [line for line in case.hub.tasks.open_for(case.accounts["sally"]) if "withdrawn" in line.words]


def test_what_waited_and_was_withdrawn_waits_no_more_until_it_is_sent_again(world: SmallWorld) -> None:
    send(world, notice())
    send(world, withdrawn())
    world.hub.rounds.run_once()
    assert [row.state for row in rows(world, select(referral))] == ["withdrawn"]
    assert world.hub.front_door.waiting(world.accounts["fran"]) == []
    assert codes(send(world, notice(), key="again")) == {"taken_as_amendment"}
    world.hub.rounds.run_once()
    assert len(world.hub.front_door.waiting(world.accounts["fran"])) == 1


def test_withdrawing_what_nobody_sent_is_kept_with_a_clock(world: SmallWorld) -> None:
    outcome = send(world, withdrawn())
    assert (outcome["outcome"], codes(outcome)) == ("quarantined", {"nothing_to_withdraw"})
    (line,) = world.hub.front_door.waiting(world.accounts["fran"])
    assert line.clock_words


def test_withdrawing_twice_says_so(case: SmallWorld) -> None:
    send(case, withdrawn(), key="one")
    assert codes(send(case, withdrawn(), key="two")) == {"already_withdrawn"}


def agreed(world: SmallWorld) -> set[str]:
    """Return the statuses of the consents that stand for the people of the family."""
    now = world.clock()
    people = {p for part in ("parent", "victim", "alleged_perpetrator") for p in world.people(part)}
    facts = world.hub.writer.standing_facts([person_chain(person) for person in people], now)
    return {
        str(fact.body["status"])
        for fact in facts
        if fact.kind is FactKind.CONSENT and fact.body["sources"] == [world.agencies["police"]]
    }


def a_yes_falls_with_its_message(world: SmallWorld) -> None:
    assert agreed(world) == {"given", "not_sought"}
    send(world, withdrawn())
    assert agreed(world) == {"not_sought"}


def test_a_yes_falls_with_its_message(case: SmallWorld) -> None:
    a_yes_falls_with_its_message(case)


def test_a_yes_that_outlives_its_message_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amending, "agrees", lambda _: False)
    assert not holds(lambda: a_yes_falls_with_its_message(case))


def test_new_words_of_consent_supersede_the_old_ones(case: SmallWorld) -> None:
    send(case, amended(consents=[{"person": "p1", "obtained": "refused", "aware": "yes"}]))
    assert agreed(case) == {"refused", "not_sought"}
    send(case, amended(3, consents=[{"person": "p1", "obtained": "given", "aware": "yes"}]))
    assert agreed(case) == {"given", "not_sought"}


def test_a_yes_said_again_does_not_undo_a_no_that_came_since(case: SmallWorld) -> None:
    (grace,) = case.people("victim")
    case.hub.recording.consent(case.accounts["sally"], case.family, ConsentWord(grace, "withdrawn"))
    case.clock.advance(hours=1)
    send(case, amended(consents=fixture()["consents"]))
    chain = case.hub.writer.standing_facts([person_chain(grace)], case.clock())
    said = sorted((f for f in chain if f.kind is FactKind.CONSENT), key=lambda f: f.valid_from)
    assert said[-1].body["status"] == "withdrawn"


def test_a_changed_part_replaces_the_part_said_before(case: SmallWorld) -> None:
    (daniel,) = case.people("alleged_perpetrator")
    roles = [role for role in fixture()["roles"] if role["kind"] != "alleged_perpetrator"]
    send(case, amended(roles=[*roles, {"person": "p2", "kind": "witness"}]))
    members = case.hub.writer.standing_facts([family_chain(case.family)], case.clock())
    police = [
        fact.body["parts"]
        for fact in members
        if fact.kind is FactKind.MEMBERSHIP and fact.body["person"] == daniel and "witness" in fact.body["parts"]
    ]
    assert police == [["parent", "witness"]]
    assert daniel in case.people("parent")


def test_somebody_new_in_an_amendment_is_one_more_member(case: SmallWorld) -> None:
    before = len({*case.people("child")})
    people = [*fixture()["people"], {"id": "p9", "name": {"full": "Noor Hart"}, "birth_date": "2021-02-03"}]
    send(case, amended(people=people, roles=[*fixture()["roles"], {"person": "p9", "kind": "child"}]))
    assert len({*case.people("child")}) == before + 1


def a_key_that_names_somebody_else_is_somebody_else(world: SmallWorld) -> None:
    people = fixture()["people"]
    people[5] = {"id": "p6", "name": {"full": "Kit Marlow"}, "birth_date": "1970-01-01"}
    first = fixture()["people"]
    first[5] |= {"birth_date": "1955-05-05"}
    send(world, amended(2, people=first))
    (ruth,) = world.people("witness")
    outcome = send(world, amended(3, people=people))
    assert codes(outcome) == {"person_key_names_another"}
    assert set(world.people("witness")) > {ruth}


def test_a_key_that_names_somebody_else_is_somebody_else(case: SmallWorld) -> None:
    a_key_that_names_somebody_else_is_somebody_else(case)


def test_two_people_joined_by_a_reused_key_are_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amending, "_somebody_else", lambda *_: False)
    assert not holds(lambda: a_key_that_names_somebody_else_is_somebody_else(case))


def who_relied_on_it_is_told(world: SmallWorld) -> None:
    world.open()
    shown = world.view("sally").records
    item = next(record.record for record in shown if QUARREL in "\n".join(record.fields.values()))
    relied = Relied("plan", world.agencies["csc"], [item], "protect_child")
    world.hub.recording.pin(world.accounts["sally"], world.family, relied, "The plan we made")
    send(world, withdrawn())
    assert [owed.account_id for owed in tasks_of(world, "review_quoting_text")] == [world.accounts["sally"]]
    assert QUARREL in seen(world)


def test_who_relied_on_what_was_withdrawn_is_told_and_keeps_it(case: SmallWorld) -> None:
    who_relied_on_it_is_told(case)


def test_a_decision_left_untold_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals.work, "add_task", lambda *_: None)
    assert not holds(lambda: who_relied_on_it_is_told(case))


def test_one_message_can_hold_a_notice_and_its_amendment_and_its_withdrawal(world: SmallWorld) -> None:
    batch = json.loads(notice())
    second = json.loads(amended())["notices"][0]
    third = json.loads(withdrawn(2))["notices"][0]
    batch["notices"] += [second, third]
    records = world.send("police", "safeguarding_notice", json.dumps(batch).encode(), key="three")["records"]
    assert len({record["referral"] for record in records}) == 1
    assert [row.state for row in rows(world, select(referral))] == ["withdrawn"]
    world.hub.rounds.run_once()
    world.family = FamilyId(rows(world, select(referral))[0].family_id)
    assert QUARREL not in seen(world, "fran")


def test_no_id_of_the_senders_stands_in_clear(case: SmallWorld) -> None:
    kept = str(rows(case, select(messages.sent_message))) + str(rows(case, select(messages.sent_person)))
    assert "SN-2024-0117" not in kept
    assert "p1" not in {value for row in rows(case, select(messages.sent_person)) for value in row}


def test_a_task_about_a_message_is_worded(case: SmallWorld) -> None:
    assert isinstance(case.hub.tasks, Tasks)
    send(case, amended())
    (line,) = [line for line in case.hub.tasks.open_for(case.accounts["fran"]) if "amended" in line.words]
    assert line.due_words


def the_entry(world: SmallWorld) -> ShownRecord:
    return next(record for record in world.view("sally").records if MAYA in "\n".join(record.fields.values()))


def what_was_said_beside_an_entry_stays_beside_it(world: SmallWorld) -> None:
    world.open()
    (grace,), earlier = world.people("victim"), the_entry(world)
    stated = Stated("protect_child", "a test")
    said = grace, "It was not like that."
    world.hub.team.remarks.disagree(world.accounts["sally"], world.family, stated, earlier.record, said)
    send(world, amended())
    later = the_entry(world)
    assert later.record != earlier.record
    assert later.fields.get("corrects") == earlier.record
    beside_it = beside(world.view("sally").records).get(first_of(later), [])
    assert [remark.words for remark in beside_it] == ["It was not like that."]


def test_what_was_said_beside_an_entry_stays_beside_the_amended_one(case: SmallWorld) -> None:
    what_was_said_beside_an_entry_stays_beside_it(case)


def test_a_disagreement_lost_by_an_amendment_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amending, "continued", lambda composed, *_: composed)
    assert not holds(lambda: what_was_said_beside_an_entry_stays_beside_it(case))


def test_what_is_placed_meanwhile_is_amended_where_it_lies(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking up and storing, the front door places it with a known family: the amendment goes there."""
    world.police_notice(notice(notice_ref="SN-known"))
    known = world.family
    send(world, notice())
    world.hub.rounds.run_once()
    looked, real = [], amending.Amending.history

    def slowly(self: amending.Amending, *args: object) -> amending.History:
        found = real(self, *args)
        if not looked:
            looked.append(world.accept())
        return found

    monkeypatch.setattr(amending.Amending, "history", slowly)
    outcome = send(world, amended())
    assert looked == [known]
    placed = rows(world, select(referral).where(referral.c.id == outcome["referral"]))[0]
    assert placed.family_id == known
    world.allocate("sally", lead=True)
    world.open()
    assert NEW_WORDS in seen(world)


def test_a_format_without_numbering_replaces_what_it_sent_before(case: SmallWorld) -> None:
    """A monthly return sends everything again (version 0): the newest counts, and nothing waits for a decision."""

    def draft(action: str = "amend") -> ReferralDraft:
        return ReferralDraft("AG/1/1", 0, "row 2", (), (), action=action)

    place = {"family": case.family, "state": "attached", "since": case.clock()}
    before = Sent(ReferralId("r"), 0, "old", withdrawn=False, **place)
    assert course_of(draft(), None, "new") == (Course.NEW, "")
    assert course_of(draft(), before, "new") == (Course.SUPERSEDE, "")
    assert course_of(draft(), before, "old") == (Course.AGAIN, "already_received")
    assert course_of(draft("withdraw"), before, "old") == (Course.WITHDRAW, "")


def an_original_that_was_overtaken_is_no_second_referral(world: SmallWorld) -> None:
    send(world, amended(2), key="first")
    outcome = send(world, notice(), key="late")
    assert (outcome["outcome"], codes(outcome)) == ("quarantined", {"version_not_higher"})
    world.hub.rounds.run_once()
    waiting = world.hub.front_door.waiting(world.accounts["fran"])
    assert sorted(line.state_words for line in waiting) == ["Quarantined", "Received"]


def test_an_original_that_was_overtaken_is_no_second_referral(world: SmallWorld) -> None:
    an_original_that_was_overtaken_is_no_second_referral(world)


def test_an_overtaken_original_that_counts_as_new_is_noticed(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_new(draft: ReferralDraft, before: Sent | None, content: str) -> tuple[Course, str]:
        course, code = course_of(draft, before, content)
        return (Course.NEW, code) if course is Course.HOLD and draft.action == "new" else (course, code)

    monkeypatch.setattr(amending, "course_of", as_new)
    assert not holds(lambda: an_original_that_was_overtaken_is_no_second_referral(world))


def test_an_original_that_arrives_after_its_withdrawal_revives_nothing(case: SmallWorld) -> None:
    case.open()
    send(case, withdrawn(2), key="gone")
    outcome = send(case, notice(), key="late")
    assert (outcome["outcome"], codes(outcome)) == ("quarantined", {"version_not_higher"})
    assert QUARREL not in seen(case)


def test_a_form_that_is_amended_stands_in_the_place_of_what_it_amends(sqlite_world: SmallWorld) -> None:
    marac = forms.FORMS["marac"]
    for version, action in ((1, "new"), (2, "amend"), (3, "amend")):
        said = forms.referral(marac, referral_version=version, action=action)
        said["events"][0]["what_happened"] = f"Told for the {version}. time"
        connector = sqlite_world.hub.connectors["form_marac_json"]
        body = forms.batch(marac, said)
        message = Message(
            sqlite_world.agencies["da"],
            connector.name,
            f"form {version}",
            body,
            "application/json",
            list(connector.parse(body, Limits())),
        )
        assert codes(sqlite_world.hub.intake.receive(message)["records"][0]) == set()
    sqlite_world.hub.rounds.run_once()
    (line,) = sqlite_world.hub.front_door.waiting(sqlite_world.accounts["fran"])
    shown = str(sqlite_world.hub.front_door.page(sqlite_world.accounts["fran"], line.id))
    assert "Told for the 3. time" in shown
    assert "Told for the 1. time" not in shown


OTHER = {"kind": "child_concern"}
"""What makes another notice of the fixture, under the same number and version."""


def sent_by_turns(world: SmallWorld, *turns: dict[str, object]) -> list[dict[str, Any]]:
    """Send one number again and again, each time in a batch of its own."""
    return [send(world, notice(notice_ref="D1", **turn), key=f"turn {place}") for place, turn in enumerate(turns)]


def waiting(world: SmallWorld) -> list[str]:
    world.hub.rounds.run_once()
    return [line.id for line in world.hub.front_door.waiting(world.accounts["fran"])]


def one_number_and_version_is_one_referral(world: SmallWorld) -> None:
    first, other, again, resent = sent_by_turns(world, {}, OTHER, {}, OTHER)
    assert (first["outcome"], codes(first)) == ("accepted", set())
    assert (other["outcome"], codes(other)) == ("quarantined", {"version_used_for_other_content"})
    assert (again["referral"], codes(again)) == (first["referral"], {"already_received"})
    assert resent == other
    assert sorted(waiting(world)) == sorted([first["referral"], other["referral"]])
    assert [line.id for line in world.hub.partners.quarantined.waiting(world.accounts["fran"])] == [other["referral"]]
    assert len(tasks_of(world, "repair_quarantined")) == 1


def test_one_number_and_version_is_one_referral(world: SmallWorld) -> None:
    one_number_and_version_is_one_referral(world)


def test_a_number_that_is_held_twice_is_noticed(sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amending.Amending, "_waits", lambda *_: None)
    assert not holds(lambda: one_number_and_version_is_one_referral(sqlite_world))


def test_a_withdrawal_takes_back_all_that_was_taken_under_its_number(world: SmallWorld) -> None:
    _, held, _, gone, again = sent_by_turns(world, {}, OTHER, {}, *2 * [{"action": "withdraw", "notice_version": 2}])
    assert (gone["outcome"], codes(gone), codes(again)) == ("accepted", set(), {"already_withdrawn"})
    assert waiting(world) == [held["referral"]], "what a person has to decide is not lost, and nothing else waits"


def test_one_batch_with_a_number_three_times_holds_the_other_content_once(world: SmallWorld) -> None:
    batch = json.loads(notice(notice_ref="D1"))
    batch["notices"] += [batch["notices"][0] | OTHER] * 2
    body = json.dumps(batch).encode()
    first, other, resent = world.send("police", "safeguarding_notice", body, key="k")["records"]
    assert [one["outcome"] for one in (first, other, resent)] == ["accepted", "quarantined", "quarantined"]
    assert resent["referral"] == other["referral"]
    assert len(waiting(world)) == 2
    assert len(tasks_of(world, "repair_quarantined")) == 1


def test_a_withdrawal_of_nothing_waits_once_however_often_it_comes(world: SmallWorld) -> None:
    first, second = sent_by_turns(world, *2 * [{"action": "withdraw"}])
    assert first == second
    assert (first["outcome"], codes(first)) == ("quarantined", {"nothing_to_withdraw"})
    assert waiting(world) == [first["referral"]]


def test_what_waits_for_its_number_is_mended_into_the_next_version(world: SmallWorld) -> None:
    first, held = sent_by_turns(world, {}, OTHER)
    world.hub.rounds.run_once()
    fran, desk = world.accounts["fran"], world.hub.partners.quarantined
    assert desk.repair(fran, held["referral"], {"/notices/0/notice_version": "2"}) is None
    assert waiting(world) == [first["referral"]]


def test_what_is_let_through_as_it_is_waits_again_and_is_not_lost(world: SmallWorld) -> None:
    first, held = sent_by_turns(world, {}, OTHER)
    world.hub.rounds.run_once()
    fran, desk = world.accounts["fran"], world.hub.partners.quarantined
    assert desk.repair(fran, held["referral"], {}) is None
    (anew,) = desk.waiting(fran)
    assert anew.id not in {first["referral"], held["referral"]}
