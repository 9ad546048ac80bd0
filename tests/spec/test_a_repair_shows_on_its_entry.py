"""An entry says that its message was repaired here: by whom, when, what of it; and nothing of any other entry."""

import json
from dataclasses import replace

import pytest

from hub.domain.fields import REPAIRED, RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import EntryDraft, ReferralDraft, Sourced
from hub.services import entry_lines, provenance, versions
from tests.factories import SmallWorld, notice
from tests.spec.helping import holds
from tests.spec.test_quarantine import WHEN, bad, desk, waiting

SAID = Sourced("Words.", "/notices/0/narratives/0/text")


@pytest.fixture
def world(sqlite_world: SmallWorld) -> SmallWorld:
    return sqlite_world


def placed(world: SmallWorld, corrections: dict[str, str], body: bytes) -> list[dict[str, str]]:
    """Repair a notice and place it with a family; returns the fields of each of its entries, as Sally reads them."""
    world.send("police", "safeguarding_notice", body)
    [referral] = waiting(world)
    assert desk(world).repair(world.accounts["fran"], referral, corrections) is None
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    world.open()
    lines = entry_lines.entries(world.view("sally"), world.hub.pages.register())
    return [{line.words: line.value for line in one.fields} for one in lines]


def the_entries_say_so(world: SmallWorld) -> None:
    """One place was the date of what happened, the other a narrative: that is named on its own entry alone."""
    event = json.loads(bad())["notices"][0]["event"]
    said = json.loads(notice(event=event | {"occurred_from": "last Tuesday"}))
    narratives = said["notices"][0]["narratives"]
    place, text = f"/notices/0/narratives/{len(narratives) - 1}/text", narratives[-1]["text"]
    entries = placed(world, {WHEN: "2024-03-05", place: f"{text} Seen again."}, json.dumps(said).encode())
    assert len(entries) > 1
    for fields in entries:
        words = fields.get("Repaired", "")
        assert "Repaired in quarantine on 23 November 2026" in words
        assert "by: Front-door worker" in words
        assert "Changed here: when it happened" in words
        assert "kept as it came" in words
        assert not [kept for kept in ("last Tuesday", "Fran", "/notices", "Seen again") if kept in words]
        own = any(value.endswith("Seen again.") for value in fields.values())
        assert ("happened, " in words) is own
    assert sum("happened, " in fields.get("Repaired", "") for fields in entries) == 1


def test_each_entry_of_a_repaired_message_says_by_whom_when_and_what_of_it(world: SmallWorld) -> None:
    the_entries_say_so(world)


@pytest.mark.parametrize(
    "defect",
    [
        lambda entry, *_: entry,
        lambda entry, corrected, by: replace(
            entry, fields={**entry.fields, REPAIRED: Sourced(f"{by} {', '.join(corrected)}", "")}
        ),
    ],
)
def test_an_entry_that_says_nothing_or_too_much_is_noticed(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, defect: object
) -> None:
    monkeypatch.setattr(provenance, "_marked", defect)
    assert not holds(lambda: the_entries_say_so(world))


def a_sender_who_sends_its_own_correction_is_understood(world: SmallWorld) -> None:
    """The same words as were repaired here are the same message, whoever says that it was repaired."""
    placed(world, {WHEN: "2024-03-05"}, bad())
    event = json.loads(bad())["notices"][0]["event"]
    again = world.send("police", "safeguarding_notice", notice(event=event | {"occurred_from": "2024-03-05"}), "again")
    assert "already_received" in {issue["code"] for one in again["records"] for issue in one["issues"]}


def test_a_sender_who_sends_its_own_correction_is_understood(world: SmallWorld) -> None:
    a_sender_who_sends_its_own_correction_is_understood(world)


def test_a_repair_that_makes_it_another_message_is_noticed(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "REPAIRED", "nothing")
    assert not holds(lambda: a_sender_who_sends_its_own_correction_is_understood(world))


def test_what_is_let_through_unchanged_says_so() -> None:
    about = ("p1",)
    entry = EntryDraft(RecordKind.POLICE_NOTICE, PartialDate.parse("2024-03-05"), about, {"grading": SAID})
    [marked] = provenance.marked(ReferralDraft("", 1, "", (), (entry,)), {}, "Let through by: X.").entries
    assert marked.fields[REPAIRED].value == f"Let through by: X. Nothing was changed. {provenance.KEPT}"
    assert marked.narrowed == {REPAIRED: about}


def test_where_there_is_no_room_under_the_label_that_shows_an_entry_nothing_is_said() -> None:
    entry = EntryDraft(RecordKind.POLICE_NOTICE, PartialDate.parse("2024-03-05"), ("p1",), {"child_voice": SAID})
    assert provenance.marked(ReferralDraft("", 1, "", (), (entry,)), {}, "By: X.").entries == (entry,)
