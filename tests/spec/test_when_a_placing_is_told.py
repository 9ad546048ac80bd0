"""Whether somebody was known shows at no instant: not in a receipt, an event, a reply or a notice of use.

One sender sends two messages at one moment: one about somebody the hub knows, which the program places, and one about
a stranger, which waits for a person.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from hub.domain.clock import stamp
from hub.domain.partial_date import LOCAL
from hub.services import access_notices, deliveries, telling
from hub.services.deciding import Rated
from hub.services.deliveries import thin
from hub.services.feedback import Feedback
from hub.services.replies import Replies, Step
from hub.store.clear import cases, messages, partner_events
from hub.store.clear.partner_events import STATE_CHANGED, event_id
from hub.store.clear.tables import referral
from tests.factories import SmallWorld
from tests.spec.helping import holds
from tests.spec.placings import FRIDAY, Message, both, sent, told_at


@pytest.fixture
def town(case: SmallWorld) -> SmallWorld:
    """Return the case, with an enquiry, and a treatment service that listens."""
    case.hub.partners.webhooks.add(case.staff("sam", "sm", "agency_admin"), "", "desk@example.org")
    case.open()
    case.clock.now = FRIDAY
    return case


def alike_until_it_is_told(world: SmallWorld) -> None:
    """Its lead uses what was placed at once; the two read alike every hour, also to the last microsecond."""
    known, unknown = both(world)
    told = told_at(known)
    local = told.astimezone(LOCAL)
    assert FRIDAY + telling.READING < told < datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert local.weekday() in {0, 4}
    assert time(9) <= local.time() < time(17)
    world.view("sally")
    world.hub.rounds.run_once()
    for moment in (*(FRIDAY + timedelta(hours=n) for n in range(1, 80)), told - timedelta(microseconds=20)):
        if moment < told:
            world.clock.now = moment
            assert known.seen() == unknown.seen()
            assert known.state == "received"
    world.clock.now = told
    assert known.state == "accepted"


def test_until_a_placing_is_told_everything_reads_as_for_a_stranger(town: SmallWorld) -> None:
    alike_until_it_is_told(town)


def at_one_instant(world: SmallWorld, told: Callable[[Message], datetime]) -> None:
    """Receipt, event and reply change at one instant, and date it alike."""
    known, _ = both(world)
    world.clock.now = told(known) - timedelta(microseconds=20)
    assert (known.state, known.events(), world.hub.replies.under(known.receipt).step) == ("received", [], Step.WAITING)
    world.clock.now = told(known)
    assert known.state == "accepted"
    standing = world.hub.replies.under(known.receipt)
    assert standing.step is Step.TAKEN_UP
    assert standing.since == told(known)
    [event] = known.events()
    assert thin(event)["timestamp"] == stamp(told(known))


def test_the_programs_placing_is_told_at_one_instant(town: SmallWorld) -> None:
    at_one_instant(town, told_at)


def test_a_persons_placing_is_told_at_one_instant_and_at_once(town: SmallWorld) -> None:
    _, unknown = both(town)
    page = town.hub.front_door.page(town.accounts["fran"], unknown.referral)
    town.hub.front_door.decide(town.accounts["fran"], unknown.referral, page.candidates[0].id)
    decided, by = unknown.decided()
    assert by == town.accounts["fran"]
    assert decided is not None
    assert decided - FRIDAY < timedelta(seconds=1)
    standing = town.hub.replies.under(unknown.receipt)
    [event] = unknown.events()
    assert (unknown.state, standing.step, standing.since) == ("accepted", Step.TAKEN_UP, decided)
    assert event.not_before == decided


def rated_first(world: SmallWorld) -> None:
    """A person rates it red while the worker stands still; then the program places it."""
    known = sent(world, "RS-8")
    world.hub.desk.deciding.rate(world.accounts["fran"], known.referral, Rated("red", "referral", "A worry"))
    assert known.state == "being_decided"
    world.hub.rounds.run_once()
    assert known.state == "being_decided", "what a person began does not end with the program"
    world.clock.now = told_at(known)
    assert known.state == "accepted"


def test_what_a_person_rated_goes_on_being_decided(town: SmallWorld) -> None:
    rated_first(town)


def test_a_rating_brings_the_telling_forward(town: SmallWorld) -> None:
    town.clock.now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    known = sent(town, "RS-8")
    town.hub.desk.deciding.rate(town.accounts["fran"], known.referral, Rated("red", "referral", "A worry"))
    town.hub.rounds.run_once()
    assert told_at(known) < datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_a_person_who_was_faster_is_told_at_once(town: SmallWorld) -> None:
    """The program finds nothing to place: the person's decision stands, with its own instant."""
    known = sent(town, "RS-8")
    town.hub.front_door.decide(town.accounts["fran"], known.referral, None)
    town.hub.rounds.run_once()
    assert known.state == "accepted"
    assert known.decided()[1] == town.accounts["fran"]
    assert len(known.events()) == 1


def taken_back_and_sent_again(world: SmallWorld) -> None:
    """Withdrawn at once, sent again days later: nobody can have decided on it, and nothing says that somebody did."""
    known, unknown = both(world)
    first = told_at(known)
    for days, changes in ((0, {"action": "withdraw"}), (4, {})):
        world.clock.now = FRIDAY + timedelta(days=days, minutes=1)
        for one in (known, unknown):
            one.again(**changes)
        assert known.seen() == unknown.seen()
    second = told_at(known)
    assert second > world.clock.now > first
    world.clock.now = second - timedelta(seconds=1)
    assert known.seen() == unknown.seen()
    world.clock.now = second
    assert (known.state, unknown.state) == ("accepted", "received")
    assert world.hub.replies.under(known.receipt).since == known.events()[-1].not_before == second


def test_what_was_taken_back_and_sent_again_waits_like_a_strangers(town: SmallWorld) -> None:
    taken_back_and_sent_again(town)


def withdrawn_reads_alike(world: SmallWorld) -> None:
    known, unknown = both(world)
    for one in (known, unknown):
        world.clock.now = FRIDAY + timedelta(minutes=2)
        one.again(action="withdraw")
    for days in range(5):
        world.clock.now = FRIDAY + timedelta(days=days, minutes=3)
        assert known.seen() == unknown.seen()
        assert world.hub.replies.under(known.receipt).step is Step.CLOSED


def test_a_message_taken_back_reads_alike_for_good(town: SmallWorld) -> None:
    withdrawn_reads_alike(town)


def no_id_can_be_tried(world: SmallWorld) -> None:
    """Its sender knows the referral's number and the instant: what else an event's id were made of it could try."""
    known, _ = both(world)
    world.clock.now = told_at(known)
    [event] = known.events()
    tried = {
        event_id(STATE_CHANGED, known.referral, state, at.isoformat())
        for state in ("attached", "placed")
        for at in (event.not_before, event.at)
    }
    assert event.id not in tried
    assert event.id == event_id(STATE_CHANGED, known.referral, "accepted", event.not_before.isoformat())


def test_an_events_id_is_made_of_what_it_tells(town: SmallWorld) -> None:
    no_id_can_be_tried(town)


def used_before_it_was_told(world: SmallWorld) -> None:
    """Its lead works with it on Friday; the source reads of it as a use of the day on which the placing is told."""
    known, _ = both(world)
    told = told_at(known).astimezone(LOCAL).date()
    world.view("sally")
    world.hub.rounds.run_once()
    world.clock.now = FRIDAY + timedelta(days=10)
    mine = [one for one in world.hub.partners.notices.of(world.agencies["sm"]) if one.receipt == known.receipt]
    assert {one.day for one in mine} == {told.isoformat()}


def test_a_use_is_told_with_the_placing_and_not_before(town: SmallWorld) -> None:
    used_before_it_was_told(town)


# A defect for each channel: planted, the promise that it breaks turns red.


def test_a_receipt_that_says_at_once_what_the_program_placed_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = Feedback._states

    def hasty(self: Feedback, *given: object) -> dict[str, str]:
        clock, self._clock = self._clock, lambda: FRIDAY + timedelta(days=9)
        try:
            return states(self, *given)
        finally:
            self._clock = clock

    monkeypatch.setattr(Feedback, "_states", hasty)
    assert not holds(lambda: alike_until_it_is_told(town))


def test_an_event_that_is_told_when_the_program_places_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = partner_events.post_state
    monkeypatch.setattr(partner_events, "post_state", lambda *rows: post(*rows[:5]))
    assert not holds(lambda: alike_until_it_is_told(town))


def test_a_reply_that_is_dated_when_the_program_placed_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.services.replies.reads", lambda one, _now: telling.reads(one, FRIDAY + timedelta(days=9)))
    assert not holds(lambda: at_one_instant(town, told_at))
    assert not holds(lambda: alike_until_it_is_told(town))


def test_a_reply_that_dates_a_placing_otherwise_than_its_event_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = Replies._of

    def rounded(self: Replies, receipt: object) -> object:
        found = of(self, receipt)
        return type(found)(found.receipt, found.step, found.since.replace(second=0, microsecond=0))

    monkeypatch.setattr(Replies, "_of", rounded)
    assert not holds(lambda: at_one_instant(town, told_at))


def test_a_program_that_is_told_like_a_person_is_noticed(town: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MATCHER", "nobody")
    assert not holds(lambda: alike_until_it_is_told(town))


def test_a_telling_at_the_end_of_the_clock_is_noticed(town: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "as_by_a_person", lambda _placed, due, *_: due)
    assert not holds(lambda: alike_until_it_is_told(town))


def test_a_notice_of_use_that_comes_before_is_noticed(town: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    event = access_notices._event
    monkeypatch.setattr(access_notices, "_event", lambda *given: event(*given[:-1], None))
    assert not holds(lambda: used_before_it_was_told(town))


def test_a_withdrawal_after_which_the_placing_is_still_told_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = messages.renew_sent

    def kept(connection: object, partnership: str, before: object, *said: object) -> int:
        asked = select(referral.c.told_at).where(referral.c.id == before.referral)
        told = connection.scalar(asked)
        done = renew(connection, partnership, before, *said)
        connection.execute(referral.update().where(referral.c.id == before.referral).values(told_at=told))
        return done

    monkeypatch.setattr(messages, "renew_sent", kept)
    assert not holds(lambda: taken_back_and_sent_again(town))


def test_a_placing_that_is_never_told_after_all_is_noticed(town: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "tell_from", lambda *_: None)
    assert not holds(lambda: taken_back_and_sent_again(town))


def test_an_event_of_the_first_instant_that_is_told_as_well_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_overtaken", lambda *_: False)
    assert not holds(lambda: taken_back_and_sent_again(town))


def test_a_rating_that_the_program_overwrites_is_noticed(town: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "BEING_DECIDED", "received")
    assert not holds(lambda: rated_first(town))


def test_an_id_that_tells_a_known_family_from_a_new_one_is_noticed(
    town: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_events, "TOLD_PLACED", "attached")
    assert not holds(lambda: no_id_can_be_tried(town))
