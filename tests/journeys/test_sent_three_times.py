"""Whatever is sent three times, in whichever format and by whichever way, is there once, and is answered alike."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from connectors.registry import CONNECTORS, OWN_DOOR
from hub.domain.access import Act
from hub.domain.referral import CountsRows, Limits
from hub.services.intake import Intake
from hub.store.clear.tables import receipt, referral, task
from tests.batches import hub, lay, signature
from tests.factories import FIXTURES, SmallWorld
from tests.journeys.senders import Sender
from tests.sent import CSV, OF_EVERY_FORMAT, XML, Sent
from tests.spec.helping import holds
from tests.transfers import Neighbour

ANY_FORMAT = ("/v1/messages/{connector}", "/v1/batches")
"""Doors of every format: each format comes by them below, under the media type of its own door."""


def stored(world: SmallWorld) -> Counter[str]:
    with world.hub.clear.read() as connection:
        return Counter(
            {one.name: connection.scalar(select(func.count()).select_from(one)) for one in (receipt, referral, task)}
        )


def connector_of(name: str) -> str:
    return name.partition(",")[0]


def is_there_once(world: SmallWorld, where: str, send: Callable[[], TestResponse]) -> None:
    """Send three times, minutes apart; the first changes what is stored, the others nothing."""
    before, answers, kept = stored(world), [], []
    for _ in range(3):
        answers.append(send())
        kept.append(stored(world))
        world.clock.advance(minutes=7)
    assert {answer.status_code for answer in answers} == {200}, (where, answers[0].text)
    assert len({answer.data for answer in answers}) == 1, where
    assert kept[0]["receipt"] > before["receipt"], where
    assert kept[0] == kept[1] == kept[2], where


def test_no_connector_is_forgotten(sqlite_world: SmallWorld) -> None:
    known = {connector_of(name) for name in OF_EVERY_FORMAT} | OWN_DOOR
    assert known == set(sqlite_world.hub.connectors)
    assert known >= set(CONNECTORS)


def test_no_media_type_of_a_door_is_forgotten(sqlite_app: Flask) -> None:
    paths = sqlite_app.test_client().get("/openapi.json").json["paths"]
    doors = {
        rule.rule: sqlite_app.extensions["hub_doors"].get(rule.endpoint) for rule in sqlite_app.url_map.iter_rules()
    }
    taken = {path.replace("{name}", "<string:name>"): item for path, item in paths.items() if path not in ANY_FORMAT}
    wanted = {
        (path.replace("<string:name>", name), media)
        for path, item in taken.items()
        if doors.get(path) is Act.REFERRAL_SUBMIT
        for media in item["post"]["requestBody"]["content"]
        for name in ("gp", "public")
    }
    ours = {(one.path, media) for one in OF_EVERY_FORMAT.values() for media in one.media}
    assert wanted - ours == {("/v1/transfers", "application/json")}


def each_is_there_once(world: SmallWorld, app: Flask) -> None:
    senders = {code: Sender(world, app, code) for code in {one.code for one in OF_EVERY_FORMAT.values()}}
    for name, one in OF_EVERY_FORMAT.items():
        first, *others = one.media
        sender = senders[one.code]
        is_there_once(world, name, partial(sender.post, one.path, one.body, first))
        before = stored(world)
        for media in others:
            assert sender.post(one.path, one.body, media).status_code == 200, (name, media)
            assert stored(world) == before, (name, media)


def test_by_its_own_door(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    each_is_there_once(sqlite_world, sqlite_app)


def test_an_intake_that_forgets_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Intake, "_known", lambda *_: None)
    assert not holds(lambda: each_is_there_once(sqlite_world, sqlite_app))


def test_a_sealed_transfer(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    document = json.loads((FIXTURES / "transfer_bundle" / "two_people.json").read_text())["document"]
    bundle = Neighbour(sqlite_world, "csc").sealed(document | {"files": []})
    sender = Sender(sqlite_world, sqlite_app, "csc")
    is_there_once(sqlite_world, "transfer", partial(sender.post, "/v1/transfers", bundle))


def rows(world: SmallWorld, name: str, one: Sent) -> int:
    """Return how many rows a batch must declare: those of a file, else its records."""
    reader = world.hub.connectors[connector_of(name)]
    if isinstance(reader, CountsRows):
        return reader.rows(one.body, Limits())
    return len(list(reader.parse(one.body, Limits())))


def test_as_a_signed_batch(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    for name, one in OF_EVERY_FORMAT.items():
        sender = Sender(sqlite_world, sqlite_app, one.code)
        signed = signature(sender, one.body, rows(sqlite_world, name, one), connector_of(name))
        media = next((kind for kind in one.media if kind in {CSV, XML}), "application/json")
        send = partial(sender.post, "/v1/batches", one.body, media, Batch_Signature=signed)
        is_there_once(sqlite_world, name, send)


def test_by_the_door_of_any_format(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    for name, one in OF_EVERY_FORMAT.items():
        path, sender = f"/v1/messages/{connector_of(name)}", Sender(sqlite_world, sqlite_app, one.code)
        media = next((kind for kind in one.media if kind in {CSV, XML, "text/plain"}), "application/json")
        is_there_once(sqlite_world, name, partial(sender.post, path, one.body, media))


def test_laid_into_a_drop_folder(sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path) -> None:
    for name, one in OF_EVERY_FORMAT.items():
        connector, sender, told = connector_of(name), Sender(sqlite_world, sqlite_app, one.code), set()
        count, before, kept = rows(sqlite_world, name, one), stored(sqlite_world), []
        for number in range(3):
            folder = tmp_path / f"{name} {number}"
            lay(folder, "batch.dat", one.body, signature(sender, one.body, count, connector), count)
            asked = ("--connector", connector, "--agency", one.code, "--folder", str(tmp_path))
            assert hub(sqlite_world, "import", str(folder), *asked).exit_code == 0, name
            (written,) = (folder / "done").glob("*.receipt.json")
            told.add(written.read_bytes())
            kept.append(stored(sqlite_world))
            sqlite_world.clock.advance(minutes=7)
        assert len(told) == 1, name
        assert kept[0]["receipt"] > before["receipt"], name
        assert kept[0] == kept[1] == kept[2], name


def no_way_around_the_door(world: SmallWorld, app: Flask, tmp_path: Path) -> None:
    opened = (FIXTURES / "transfer_bundle" / "two_people.json").read_bytes()
    sender, before = Sender(world, app, "csc"), stored(world)
    signed = signature(sender, opened, 1, "transfer_bundle")
    answer = sender.post("/v1/batches", opened, Batch_Signature=signed)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["code"] == "unknown_connector"
    lay(tmp_path / "in", "family.json", opened, signed, 1)
    asked = ("--connector", "transfer_bundle", "--agency", "csc", "--folder", str(tmp_path))
    told = hub(world, "import", str(tmp_path / "in"), *asked)
    assert told.exit_code == 2, told.output
    assert stored(world) == before


def test_a_family_is_not_handed_over_as_a_batch_past_the_pinned_keys(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path
) -> None:
    no_way_around_the_door(sqlite_world, sqlite_app, tmp_path)


def test_a_batch_that_takes_a_format_with_a_door_of_its_own_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.api.agencies.OWN_DOOR", frozenset())
    assert not holds(lambda: no_way_around_the_door(sqlite_world, sqlite_app, tmp_path))
