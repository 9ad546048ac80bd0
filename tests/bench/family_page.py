"""The family page of 200 entries against the same template filled from plain rows; see design section 12.

Ours signs nobody in anew: the sitting and its reason stand, as they do for every page after the first. Each look is
decided, entered durably, opened and rendered. The other side reads ORM entities and renders, without login or log.
"""

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from hub.domain.fields import RecordKind
from hub.domain.ids import IdMaker, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.services.family_page import FamilyPage, Stated
from hub.services.view_kinds import PAGE
from hub.settings import Settings
from hub.wiring import web_app
from tests.bench.family import FIRST_DAY, deposit
from tests.bench.measure import Row, medians
from tests.bench.plain_page import plain_client
from tests.factories import PASSWORD, SmallWorld, make_world
from tests.journeys.readers import Reader

SEED, ROUNDS, MOST_BYTES = 12, 41, 400_000
NAMES = ("Ava Example", "Noah Example", "Mia Example", "Dana Example", "Joel Sample", "Zo Example")
STATED = Stated("protect_child", "a measurement")


def family_page_vs_plain() -> Row:
    """Return what deciding, logging and opening cost beside rendering plain rows."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        world = make_world(Settings.in_folder(folder / "hub"))
        made = deposit(world, SEED, PAGE, _people)
        path = f"/families/{made.family}"
        reader = Reader(web_app(world.hub))
        reader.send("/sign-in", username="sally", password=PASSWORD)
        reader.send(f"{path}/reason", purpose=STATED.purpose, justification=STATED.reason)
        shown = world.hub.pages.page(world.accounts["sally"], made.family, STATED)
        plain, address = plain_client(folder, made, shown, world.clock()), f"/plain/{made.family}"
        _require_same(reader.get(path).text, plain.get(address).text, shown)
        mine, other, ratio = medians(lambda: reader.get(path).data, lambda: plain.get(address).data, ROUNDS)
        world.close()
    return Row("family_page_vs_plain", mine, other, "CPU seconds per page", ratio, 1.8, "lower")


def _people(world: SmallWorld, ids: IdMaker, people: Iterable[ReferenceId]) -> list[NewRecord]:
    """Give the six people names."""
    return [
        NewRecord(
            RecordId(ids.new()),
            RecordKind.PERSON,
            world.agencies["sm"],
            PartialDate(FIRST_DAY),
            frozenset({reference}),
            {"name": name, "birth_date": "2016-03-05"},
            Sensitivity.PERSONAL,
        )
        for reference, name in zip(people, NAMES, strict=True)
    ]


def _require_same(ours: str, plain: str, shown: FamilyPage) -> None:
    """Both sides must print the same: all entries, in the same words; and the page stays small enough."""
    if len(shown.entries) != PAGE or _main(ours) != _main(plain):
        raise AssertionError("the two sides do not print the same page")
    if len(ours.encode()) >= MOST_BYTES:
        raise AssertionError(f"the page has {len(ours.encode())} bytes")


def _main(page: str) -> str:
    """Return what a page prints of its chronology, without its form token and the addresses of dates."""
    printed = page.partition('id="chronology"')[2].partition("</main>")[0]
    return re.sub(r'name="csrf_token" value="[^"]*"|from=[^#"]*#chronology', "", printed)
