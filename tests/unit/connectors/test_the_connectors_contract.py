"""The contract that others run over theirs is run over every connector of ours, and over broken ones."""

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connectors.registry import CONNECTORS
from hub.domain.errors import SettingsError
from hub.domain.referral import Connector, Limits, Parsed
from hub.wiring.connectors import with_shipped
from tests.connectors_contract import PROMISES
from tests.unit.connectors.test_every_connector import MESSAGES

FIXTURES = Path(__file__).parents[2] / "fixtures"
Promise = Callable[[Connector, Sequence[bytes]], None]
NOTICE = (FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_bytes()


def samples(name: str) -> list[bytes]:
    return [(FIXTURES / path).read_bytes() for connector, path in MESSAGES if connector == name]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_every_connector_keeps_every_promise(name: str, promise: Promise) -> None:
    promise(CONNECTORS[name], samples(name))


class Shipped:
    """What a third party would ship: our notice under another name."""

    name = "theirs"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        return CONNECTORS["safeguarding_notice"].parse(body, limits)

    def message_key(self, body: bytes) -> str:
        return CONNECTORS["safeguarding_notice"].message_key(body)


class Echoing(Shipped):
    """Repeats what it could not read."""

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        if len(body) > limits.max_bytes:
            return super().parse(body, limits)
        raise ValueError(body)


class Forgetful(Shipped):
    """Loses records: says that it read a message, and hands nothing on."""

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        super().parse(body, limits)
        return iter(())


class Named(Shipped):
    """Calls itself what no address can hold."""

    name = "Their Connector!"


class Ours(Shipped):
    """Takes the name of one of ours."""

    name = "safeguarding_notice"


class Half:
    """Has no way to name a message."""

    name = "half"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        raise NotImplementedError


@pytest.mark.parametrize("broken", [Echoing(), Forgetful(), Named()], ids=lambda one: type(one).__name__)
def test_a_broken_connector_breaks_a_promise(broken: Connector) -> None:
    def kept(promise: Promise) -> bool:
        try:
            promise(broken, [NOTICE])
        except Exception:  # noqa: BLE001  whatever is wrong with it
            return False
        return True

    assert not all(kept(promise) for promise in PROMISES)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_a_sound_one_of_somebody_else_keeps_them_all(promise: Promise) -> None:
    promise(Shipped(), [NOTICE])


def point(name: str) -> EntryPoint:
    return EntryPoint("x", f"{__name__}:{name}", "hub.connectors")


def test_a_connector_that_another_package_ships_is_there_beside_ours() -> None:
    found = with_shipped(CONNECTORS, [point("Shipped")])
    assert set(found) == {*CONNECTORS, "theirs"}
    assert next(found["theirs"].parse(NOTICE, Limits())).draft


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Named", "connector_badly_named"),
        ("Ours", "connector_named_twice"),
        ("Half", "connector_incomplete"),
        ("NotThere", "connector_unreadable"),
    ],
)
def test_the_hub_does_not_start_with_a_connector_that_cannot_be_one(name: str, code: str) -> None:
    with pytest.raises(SettingsError) as refused:
        with_shipped(CONNECTORS, [point(name)])
    assert refused.value.code == code
