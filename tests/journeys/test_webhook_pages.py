"""An administrator's pages about webhooks, and the notices of use, as people read them."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from hub.wiring import World, build, web_app
from tests.factories import CHEAP, SmallWorld, notice
from tests.journeys.readers import Reader, plain
from tests.simulators.listener import Listener

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.stop()


@pytest.fixture
def app(sqlite_world: SmallWorld) -> Flask:
    settings = replace(sqlite_world.settings, webhook_loopback=True)
    world = World(sqlite_world.clock, sqlite_world.hub.world.randomness)
    hub = build(settings, world=world, passwords=CHEAP)
    sqlite_world.others.append(hub)
    sqlite_world.hub = hub
    sqlite_world.staff("ada", "police", "agency_admin")
    return web_app(hub)


def test_an_administrator_registers_an_address_and_sees_the_secret_once(app: Flask, listener: Listener) -> None:
    ada = Reader(app, "ada")
    assert "not told of anything yet" in ada.words("/webhooks")
    [secret] = SECRET.findall(ada.send("/webhooks", url=listener.url, email="").text)
    page = ada.get("/webhooks").text
    assert listener.url in page
    assert secret not in page
    address = re.search(r'action="(/webhooks/[^"]+/secret)"', page)[1]
    [new] = SECRET.findall(ada.http.post(address, data={"csrf_token": ada.token("/webhooks")}).text)
    assert new != secret
    end = address.replace("/secret", "/end")
    assert ada.http.post(end, data={"csrf_token": ada.token("/webhooks")}).status_code == 302
    assert "not told of anything yet" in ada.words("/webhooks")


def test_what_is_wrong_with_an_address_is_said_beside_it(app: Flask) -> None:
    ada = Reader(app, "ada")
    for fields, words in (
        ({"url": "", "email": ""}, "Enter an https address"),
        ({"url": "http://192.168.0.7/", "email": ""}, "must begin with https"),
        ({"url": "https://192.168.0.7/", "email": ""}, "public internet addresses only"),
        ({"url": "https://user@192.168.0.7/", "email": ""}, "not an address that can be called"),
        ({"url": "", "email": "somebody"}, "not an e-mail address"),
    ):
        assert words in plain(ada.send("/webhooks", **fields)), words


def test_a_referring_practitioner_reads_when_it_was_used_and_what_is_not_said(
    app: Flask, sqlite_world: SmallWorld
) -> None:
    otto = Reader(app, "otto")
    assert "may not be listed here" in otto.words("/access-notices")
    sqlite_world.send("police", "safeguarding_notice", notice())
    sqlite_world.hub.rounds.run_once()
    sqlite_world.accept()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.open()
    sqlite_world.view("sally")
    sqlite_world.hub.rounds.run_once()
    sqlite_world.clock.advance(days=1)
    words = Reader(app, "otto").words("/access-notices")
    assert "Children's social care: Finding out whether a child is at risk" in words
    assert "Sally" not in words
