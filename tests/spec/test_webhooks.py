import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.client import WebhookRefusedError, verified
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.services.deliveries import Deliveries
from hub.services.digest import Letter
from hub.services.partnering import Partnering
from hub.services.signed_calls import ATTEMPTS
from hub.store.clear import partner_events, work
from hub.store.clear.partner_events import REQUEST_RECEIVED, PartnerEvent
from hub.wiring import World, build
from hub.worker.calling import WebhookCaller
from tests.factories import CHEAP, FIXTURES, SmallWorld, notice
from tests.simulators.listener import Listener
from tests.spec.helping import holds

PUBLIC = "93.184.216.34"
INSIDE = (FIXTURES / "addresses_inside.txt").read_text().split()
HOOK = "https://hooks.example.org/hub"


class Resolver:
    """Says what it is told to; a name may answer differently the next time."""

    def __init__(self) -> None:
        self.answer: list[str] = [PUBLIC]

    def __call__(self, host: str, port: int) -> list[str]:
        del port
        return ["127.0.0.1"] if host == "127.0.0.1" else self.answer


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


@pytest.fixture
def small(sqlite_world: SmallWorld, resolver: Resolver) -> SmallWorld:
    """A world whose hub may call this machine, and resolves names as the test says."""
    settings = replace(sqlite_world.settings, webhook_loopback=True)
    world = World(sqlite_world.clock, sqlite_world.hub.world.randomness, resolve=resolver)
    hub = build(settings, world=world, passwords=CHEAP)
    sqlite_world.others.append(hub)
    sqlite_world.hub = hub
    sqlite_world.staff("ada", "police", "agency_admin")
    sqlite_world.staff("sam", "sm", "agency_admin")
    return sqlite_world


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.stop()


def partners(world: SmallWorld) -> Partnering:
    return world.hub.partners


def tell(world: SmallWorld, subject: str = "r-1", agency: str = "police") -> PartnerEvent:
    """Post an event in a transaction of its own, as a service would beside its change."""
    now = world.clock()
    id_ = partner_events.event_id(subject)
    event = PartnerEvent(id_, REQUEST_RECEIVED, world.agencies[agency], subject, now, now)
    with world.hub.clear.write() as connection:
        partner_events.post(connection, world.hub.clear.partnership, event)
    return event


def carry(world: SmallWorld) -> int:
    return partners(world).deliveries.run_once()


def test_a_call_is_signed_thin_and_verified_by_the_client(small: SmallWorld, listener: Listener) -> None:
    added = partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    receipt = small.send("police", "safeguarding_notice", notice())
    small.hub.rounds.run_once()
    assert listener.calls == []
    small.accept()
    small.hub.rounds.run_once()
    [(headers, body)] = listener.calls
    event = verified(headers, body, added.secret, small.clock())
    assert (event["type"], event["data"]) == ("receipt.state_changed", {"receipt": receipt["receipt"]})
    assert set(event) == {"type", "id", "timestamp", "data"}
    small.hub.rounds.run_once()
    assert len(listener.calls) == 1


def test_another_secret_a_changed_body_and_an_old_call_are_refused(small: SmallWorld, listener: Listener) -> None:
    added = partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    tell(small)
    carry(small)
    [(headers, body)] = listener.calls
    now = small.clock()
    assert verified(headers, body, added.secret, now)
    for wrong in (
        (headers, body + b" ", added.secret, now),
        (headers, body, "whsec_" + "A" * 44, now),
        (headers, body, added.secret, now + timedelta(minutes=6)),
        ({}, body, added.secret, now),
    ):
        with pytest.raises(WebhookRefusedError):
            verified(*wrong)


def test_while_a_secret_is_rotated_both_verify_and_afterwards_only_the_new_one(
    small: SmallWorld, listener: Listener
) -> None:
    old = partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    new = partners(small).webhooks.rotate(small.accounts["ada"], old.id)
    tell(small, "one")
    carry(small)
    headers, body = listener.calls[-1]
    assert verified(headers, body, old.secret, small.clock()) == verified(headers, body, new.secret, small.clock())
    small.clock.advance(days=1, minutes=1)
    tell(small, "two")
    carry(small)
    headers, body = listener.calls[-1]
    assert verified(headers, body, new.secret, small.clock())
    with pytest.raises(WebhookRefusedError):
        verified(headers, body, old.secret, small.clock())


def test_a_failed_call_is_tried_again_later_under_the_same_id_and_given_up_loudly(
    small: SmallWorld, listener: Listener
) -> None:
    partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    tell(small)
    listener.status = 500
    carry(small)
    carry(small)
    assert len(listener.calls) == 1, "tried again at once"
    for _ in range(ATTEMPTS + 3):
        small.clock.advance(hours=7)
        carry(small)
    assert len(listener.calls) == ATTEMPTS
    assert len({headers["webhook-id"] for headers, _ in listener.calls}) == 1
    with small.hub.clear.read() as connection:
        tasks = work.open_tasks(connection, small.hub.clear.partnership, small.agencies["police"])
    assert [task.kind for task in tasks] == ["webhook_given_up"]
    assert [read.entry.outcome for read in small.entries()].count("webhook_given_up") == 1
    assert [line.words for line in small.hub.tasks.open_for(small.accounts["ada"])]


def down_for_a_day_it_misses_nothing(world: SmallWorld, listener: Listener) -> None:
    """Even when every pause is as short as chance can make it."""
    partners(world).deliveries._calls._randomness = bytes
    partners(world).webhooks.add(world.accounts["ada"], listener.url, "")
    event = tell(world)
    listener.status = 503
    for _ in range(24 * 60):
        carry(world)
        world.clock.advance(minutes=1)
    listener.status, before = 204, len(listener.calls)
    for _ in range(7 * 60):
        carry(world)
        world.clock.advance(minutes=1)
    assert [headers["webhook-id"] for headers, _ in listener.calls[before:]] == [event.id]


def test_an_address_that_is_down_for_a_day_misses_nothing(small: SmallWorld, listener: Listener) -> None:
    down_for_a_day_it_misses_nothing(small, listener)


def test_a_hub_that_gives_up_after_half_a_day_is_noticed(
    small: SmallWorld, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.services.deliveries.ATTEMPTS", 8)
    assert not holds(lambda: down_for_a_day_it_misses_nothing(small, listener))


def test_what_died_between_call_and_record_calls_again_with_the_same_id(
    small: SmallWorld, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    tell(small)
    with monkeypatch.context() as dying:
        dying.setattr(Deliveries, "_settle", lambda *_args, **_named: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            carry(small)
    carry(small)
    assert len(listener.calls) == 2
    assert len({headers["webhook-id"] for headers, _ in listener.calls}) == 1


def test_a_redirect_is_not_followed(small: SmallWorld, listener: Listener) -> None:
    elsewhere = Listener()
    partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    listener.status, listener.location = 307, elsewhere.url
    tell(small)
    carry(small)
    elsewhere.stop()
    assert (len(listener.calls), elsewhere.calls) == (1, [])


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_a_network_is_registered(small: SmallWorld, resolver: Resolver, address: str) -> None:
    caller = WebhookCaller(resolver)
    for answer in ([address], [PUBLIC, address]):
        resolver.answer = answer
        with pytest.raises(InvalidRequestError) as refused:
            caller.require_allowed(HOOK)
        assert refused.value.code == "address_not_public"
        assert address not in str(refused.value)
    with pytest.raises(InvalidRequestError):
        partners(small).webhooks.add(small.accounts["ada"], HOOK, "")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/hub",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "https://user:word@hooks.example.org/",
        "https://hooks.example.org:99999/",
        "https:///hub",
        "https://hooks.example.org/#x",
        "https://hooks.example.org\\@10.0.0.1/",
        "https://hooks.example.org/a b",
        "javascript:alert(1)",
    ],
)
def test_no_odd_address_is_registered(small: SmallWorld, url: str) -> None:
    with pytest.raises(InvalidRequestError):
        partners(small).webhooks.add(small.accounts["ada"], url, "")


def test_a_name_that_points_inside_after_it_was_registered_is_not_called(
    small: SmallWorld, resolver: Resolver, listener: Listener
) -> None:
    partners(small).webhooks.add(small.accounts["ada"], HOOK, "")
    caller = WebhookCaller(resolver)
    port = listener.url.split(":")[2].partition("/")[0]
    resolver.answer = ["127.0.0.1"]
    assert caller.call(f"https://hooks.example.org:{port}/hub", {}, b"{}") == 0
    assert caller.call(f"http://hooks.example.org:{port}/hub", {}, b"{}") == 0
    assert listener.calls == []
    assert WebhookCaller(resolver, loopback=True).call(f"http://hooks.example.org:{port}/", {}, b"{}") == 204


def test_only_the_agencys_own_administrator_registers_reads_rotates_and_ends(
    small: SmallWorld, listener: Listener
) -> None:
    webhooks = partners(small).webhooks
    added = webhooks.add(small.accounts["ada"], listener.url, "")
    for username in ("otto", "fran", "iggy", "igpolice", "manager"):
        with pytest.raises(AccessRefusedError):
            webhooks.lines(small.accounts[username])
    assert webhooks.lines(small.accounts["sam"]) == []
    for act in (webhooks.rotate, webhooks.end):
        with pytest.raises(NotFoundError):
            act(small.accounts["sam"], added.id)
    webhooks.end(small.accounts["ada"], added.id)
    tell(small)
    carry(small)
    assert listener.calls == []


def test_an_event_is_for_its_own_agency_only(small: SmallWorld, listener: Listener) -> None:
    partners(small).webhooks.add(small.accounts["sam"], listener.url, "")
    tell(small, agency="police")
    carry(small)
    assert listener.calls == []


def test_a_secret_lies_sealed_and_is_shown_once(small: SmallWorld, listener: Listener) -> None:
    added = partners(small).webhooks.add(small.accounts["ada"], listener.url, "")
    raw = (small.settings.folder / "data.db").read_bytes()
    assert added.secret.removeprefix("whsec_").encode() not in raw
    assert added.secret not in repr(partners(small).webhooks.lines(small.accounts["ada"]))
    assert added.secret not in repr(added)


class Letters:
    def __init__(self) -> None:
        self.sent: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.sent.append(letter)


def test_when_calls_fail_an_email_tells_the_reference_and_nothing_else(small: SmallWorld, listener: Listener) -> None:
    partners(small).webhooks.add(small.accounts["ada"], listener.url, "desk@police.example.org")
    listener.status, letters = 500, Letters()
    known = partners(small).deliveries
    deliveries = Deliveries(
        known._calls,
        known._replies,
        letters,
        known._doorkeeper,
        "https://hub.example.org",
        small.hub.clear,
        (small.clock, known._ids),
    )
    receipt = small.send("police", "safeguarding_notice", notice())
    tell(small, receipt["receipt"])
    for _ in range(ATTEMPTS + 2):
        deliveries.run_once()
        small.clock.advance(hours=7)
    [letter] = letters.sent
    assert receipt["receipt"] in letter.text
    said = json.loads(notice())["notices"][0]
    for person in said["people"]:
        assert person.get("name", {}).get("full", "Example Person") not in letter.text
