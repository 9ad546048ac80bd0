"""Whenever a receipt says something new its sender is told so, once, and nothing else: a kind and a number."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.policy.front_door import BEING_DECIDED, NO_ACTION, REDIRECTED, RETURNED, STATES
from hub.services import deliveries
from hub.services.deciding import Closing, Rated
from hub.services.deliveries import thin
from hub.services.family_page import Stated
from hub.services.redirections import NOT_OURS, TAKEN
from hub.services.requests import Asking
from hub.store.clear import partner_events
from hub.store.clear.partner_events import REQUEST_RECEIVED, STATE_CHANGED
from hub.store.clear.partner_tables import partner_event, webhook_delivery
from tests.factories import SmallWorld, notice
from tests.spec.helping import holds, treatment

CLEAR = Path(__file__).parents[2] / "hub" / "store" / "clear"


@dataclass
class Door:
    """A world with one referral of the police at the front door."""

    world: SmallWorld
    receipt: str
    referral: str

    @property
    def fran(self) -> str:
        return self.world.accounts["fran"]

    def state(self) -> str:
        told = self.world.hub.desk.feedback.receipt(self.world.agencies["police"], self.receipt)
        return told["records"][0]["state"]

    def events(self) -> list[tuple[str, str]]:
        """Return (kind, subject) of everything that was ever to be told to the police."""
        with self.world.hub.engines.data.connect() as connection:
            mine = partner_event.c.agency_id == self.world.agencies["police"]
            rows = connection.execute(select(partner_event).where(mine).order_by(partner_event.c.at))
            return [(row.kind, row.subject) for row in rows]


def arrived(world: SmallWorld, **changes: object) -> Door:
    receipt = world.send("police", "safeguarding_notice", notice(**changes), key=f"first {changes}")
    return Door(world, str(receipt["receipt"]), str(receipt["records"][0]["referral"]))


def rated(door: Door) -> None:
    rating = next(code for code, one in door.world.hub.desk.deciding.rules.ratings.items() if one.closes)
    door.world.hub.desk.deciding.rate(door.fran, door.referral, Rated(rating, "contact", "A worry"))


def closed(outcome: str, receiver: str = "") -> Callable[[Door], None]:
    def close(door: Door) -> None:
        rules = door.world.hub.desk.deciding.rules
        ground = next(iter(rules.grounds.get(outcome, {"": ""})))
        to = receiver or (next(iter(rules.receivers)) if outcome == REDIRECTED else "")
        door.world.hub.rounds.matching.run_once()
        closing = Closing(outcome, "Because", ground, to, "", "Please", history_read=True)
        door.world.hub.desk.deciding.close(door.fran, door.referral, closing)

    return close


def accepted(door: Door) -> None:
    door.world.hub.front_door.decide(door.fran, door.referral, None)


def attached(door: Door) -> None:
    page = door.world.hub.front_door.page(door.fran, door.referral)
    door.world.hub.front_door.decide(door.fran, door.referral, page.candidates[0].id)


def taken_up(door: Door) -> None:
    door.world.hub.desk.deciding.take_up_again(door.fran, door.referral, "The school rang")


def answered(answer: str) -> Callable[[Door], None]:
    def reply(door: Door) -> None:
        (line,) = door.world.hub.desk.redirections.waiting(door.fran)
        door.world.hub.desk.redirections.answer(door.fran, line.id, answer, "Spoke with Sam")

    return reply


def sent(door: Door, **changes: object) -> None:
    door.world.send("police", "safeguarding_notice", notice(**changes), key=f"later {changes} {len(door.events())}")


def withdrawn(door: Door) -> None:
    sent(door, action="withdraw")


def sent_again(door: Door) -> None:
    sent(door)


def outside(door: Door) -> str:
    """Return a receiver of whom the front door itself writes down who took it."""
    receivers = door.world.hub.desk.deciding.rules.receivers
    return next(code for code, one in receivers.items() if not one.desk)


def passed_outside(door: Door) -> None:
    closed(REDIRECTED, outside(door))(door)


Step = Callable[[Door], None]
CHANGES: dict[str, tuple[tuple[Step, ...], Step, str]] = {
    "rated": ((), rated, BEING_DECIDED),
    "accepted": ((), accepted, "accepted"),
    "passed on": ((), passed_outside, REDIRECTED),
    "returned": ((rated,), closed(RETURNED), RETURNED),
    "no further action": ((rated,), closed(NO_ACTION), NO_ACTION),
    "taken up again": ((rated, closed(NO_ACTION)), taken_up, BEING_DECIDED),
    "not the receiver's": ((passed_outside,), answered(NOT_OURS), BEING_DECIDED),
    "withdrawn while it waits": ((), withdrawn, "withdrawn"),
    "withdrawn while it is placed": ((accepted,), withdrawn, "withdrawn"),
    "withdrawn after it was returned": ((rated, closed(RETURNED)), withdrawn, "withdrawn"),
    "sent again after a withdrawal": ((withdrawn,), sent_again, "received"),
    "sent again while it is placed": ((accepted, withdrawn), sent_again, "accepted"),
}
"""What happens -> (what came before, the step, what the receipt then says)."""
NO_CHANGE: dict[str, tuple[tuple[Step, ...], Step]] = {
    "rated anew": ((rated,), rated),
    "acknowledged by its receiver": ((passed_outside,), answered(TAKEN)),
    "sent a second time": ((), sent),
    "amended": ((), lambda door: sent(door, action="amend", notice_version=2, unit="B")),
    "amended once placed": ((accepted,), lambda door: sent(door, action="amend", notice_version=2, unit="B")),
}


def told_once(world: SmallWorld, name: str) -> None:
    earlier, step, says = CHANGES[name]
    door = arrived(world)
    for one in earlier:
        one(door)
    before = door.events()
    step(door)
    assert door.events()[len(before) :] == [(STATE_CHANGED, door.receipt)]
    assert door.state() == says


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_of_a_receipt_is_told_once(sqlite_world: SmallWorld, name: str) -> None:
    told_once(sqlite_world, name)


@pytest.mark.parametrize("name", NO_CHANGE)
def test_what_changes_no_receipt_is_not_told(sqlite_world: SmallWorld, name: str) -> None:
    earlier, step = NO_CHANGE[name]
    door = arrived(sqlite_world)
    for one in earlier:
        one(door)
    before, said = door.events(), door.state()
    step(door)
    assert (door.events(), door.state()) == (before, said)


def test_every_state_that_a_receipt_can_say_is_reached_here() -> None:
    """What a receipt says at first is its own answer: nobody is told of it again."""
    at_first = {"received", "quarantined", "rejected"}
    assert {says for _, _, says in CHANGES.values()} | at_first == set(STATES)


@pytest.mark.parametrize("name", ["rated", "taken up again", "withdrawn while it waits", "accepted"])
def test_a_change_that_nobody_is_told_of_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(partner_events, "post_state", lambda *_: None)
    assert not holds(lambda: told_once(sqlite_world, name))


def changing_states() -> Iterator[tuple[str, str, str]]:
    """Yield (module, function, its text) of everything that writes a referral's state."""
    for path in sorted(CLEAR.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                text = ast.unparse(node)
                if "update(referral)" in text and "state=" in text:
                    yield path.stem, node.name, text


def test_nothing_else_writes_a_state() -> None:
    """A new way to change a state must be told, too: it is named here, and in the changes above."""
    found = {(module, name): "post_state" in text for module, name, text in changing_states()}
    by_itself = {("cases", "decide_referral"): True, ("door", "take_up_again"): True}
    assert found == by_itself | {("messages", "note_state"): False}, "note_state is told by what receives"


def quarantined(world: SmallWorld) -> Door:
    return arrived(world, consents=[{"person": "p1", "obtained": "not_sought", "aware": "yes"}])


def test_what_is_let_through_from_quarantine_is_told_under_the_receipt_its_sender_has(
    sqlite_world: SmallWorld,
) -> None:
    door = quarantined(sqlite_world)
    assert door.state() == "quarantined"
    hub = sqlite_world.hub
    page = hub.partners.quarantined.page(door.fran, door.referral)
    place = next(flaw.place for flaw in page.flaws if flaw.stops)
    assert hub.partners.quarantined.repair(door.fran, door.referral, {place: "There was no time"}) is None
    assert (door.events(), door.state()) == ([(STATE_CHANGED, door.receipt)], "received")
    (line,) = hub.front_door.waiting(door.fran)
    hub.front_door.decide(door.fran, line.id, None)
    assert (door.events(), door.state()) == ([(STATE_CHANGED, door.receipt)] * 2, "accepted")


def test_a_referral_that_is_attached_is_told_once(case: SmallWorld) -> None:
    before = Door(case, "", "").events()
    door = arrived(case, notice_ref="N-9")
    case.hub.rounds.run_once()
    attached(door)
    mine = [event for event in door.events() if event not in before]
    assert mine == [(STATE_CHANGED, door.receipt)]


def test_a_withdrawal_has_a_receipt_that_says_what_became_of_it(sqlite_world: SmallWorld) -> None:
    door = arrived(sqlite_world)
    accepted(door)
    again = sqlite_world.send("police", "safeguarding_notice", notice(action="withdraw"), key="back")
    assert Door(sqlite_world, str(again["receipt"]), "").state() == "withdrawn"


FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


def test_a_placing_of_the_hub_is_told_no_sooner_than_its_receipt_says_it(case: SmallWorld) -> None:
    """Over a weekend a day is not a working day: an event on Saturday would tell that somebody is known."""
    case.clock.now = FRIDAY
    receipt = case.send("sm", "adult_with_children_json", treatment(referral_ref="RS-9"), key="friday")
    case.hub.rounds.run_once()
    assert case.hub.front_door.waiting(case.accounts["fran"]) == [], "the hub placed it by itself"
    with case.hub.engines.data.connect() as connection:
        (row,) = connection.execute(select(partner_event).where(partner_event.c.subject == receipt["receipt"]))

    def state() -> str:
        return case.hub.desk.feedback.receipt(case.agencies["sm"], str(receipt["receipt"]))["records"][0]["state"]

    case.clock.now = row.not_before - timedelta(seconds=1)
    assert state() == "received"
    case.clock.now = row.not_before
    assert state() == "accepted"
    assert row.not_before > FRIDAY + timedelta(days=2)


def test_a_message_withdrawn_at_once_is_told_the_same_whether_or_not_it_was_placed(case: SmallWorld) -> None:
    case.hub.partners.webhooks.add(case.staff("sam", "sm", "agency_admin"), "", "desk@example.org")
    case.clock.now = FRIDAY
    stranger = {"id": "c1", "name": {"full": "Wim Example"}, "birth_date": "1971-05-05"}
    read: list[tuple[str, int]] = []
    for ref, changes in (("RS-8", {}), ("RS-9", {"client": stranger})):
        said = treatment(referral_ref=ref, **changes)
        receipt = case.send("sm", "adult_with_children_json", said, key=ref)
        case.hub.rounds.run_once()
        gone = treatment(referral_ref=ref, action="withdraw", **changes)
        case.send("sm", "adult_with_children_json", gone, key=f"{ref} gone")
        number = str(receipt["receipt"])
        case.clock.advance(days=5)
        told = handed_on(case, number)
        state = case.hub.desk.feedback.receipt(case.agencies["sm"], number)["records"][0]["state"]
        read.append((state, told))
        case.clock.now = FRIDAY
    assert read == [("withdrawn", 1)] * 2


def handed_on(world: SmallWorld, receipt: str) -> int:
    """Return how many calls about a receipt are owed to a listener by now."""
    world.hub.partners.deliveries.run_once()
    with world.hub.engines.data.connect() as connection:
        found = select(webhook_delivery).join(partner_event, webhook_delivery.c.event_id == partner_event.c.id)
        return len(connection.execute(found.where(partner_event.c.subject == receipt)).all())


def test_a_request_is_told_to_its_holder_once_and_says_nothing(case: SmallWorld) -> None:
    people = [case.people("child")[0], case.people("victim")[0]]
    asking = Asking(case.agencies["mh"], "assess_need", people, "A call today", "since May")
    request = case.hub.desk.requests.ask(
        case.accounts["sally"], case.family, Stated("support_family", "A visit tomorrow"), asking
    )
    with case.hub.clear.read() as connection:
        due = partner_events.waiting(connection, case.hub.clear.partnership, case.clock())
    (event,) = [one for one in due if one.kind == REQUEST_RECEIVED]
    assert (event.agency, event.subject) == (case.agencies["mh"], request)
    assert set(thin(event)) == {"type", "id", "timestamp", "data"}
    assert thin(event)["data"] == {"request": request}


def test_a_placing_that_is_told_after_a_withdrawal_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_overtaken", lambda *_: False)
    assert not holds(lambda: test_a_message_withdrawn_at_once_is_told_the_same_whether_or_not_it_was_placed(case))


def test_an_event_holds_codes_and_numbers_alone(sqlite_world: SmallWorld) -> None:
    door = arrived(sqlite_world)
    accepted(door)
    withdrawn(door)
    with sqlite_world.hub.engines.data.connect() as connection:
        details = {row.detail for row in connection.execute(select(partner_event))}
    assert details == {f'{{"referral": "{door.referral}"}}'}
