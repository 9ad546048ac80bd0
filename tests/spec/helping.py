"""What the promises share: messages, facts written behind everybody's back, and looking at what happened."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing

from _pytest.outcomes import Failed
from sqlalchemy.exc import SQLAlchemyError

from hub.domain.access import Act
from hub.domain.errors import HubError
from hub.domain.facts import Fact, FactKind
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, FactId, PersonId, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate import factbook
from hub.gate.disclosure import Disclosure
from hub.gate.records import NewRecord
from hub.gate.view import View
from hub.gate.writer import Actor, Deposit
from hub.services.setup import MATCHER
from tests.factories import FIXTURES, SmallWorld

EARS = "hands on my ears"
"""Maya's own words: shown to Sally only while a child protection opening stands."""
DAD = "Alcohol, most evenings"
"""From Daniel's treatment report: shown to Sally with his consent."""
QUARREL = "Officers were called to an argument between Grace and Daniel"
"""A narrative about mother and father alike."""


def treatment(consent: str = "given", **changes: object) -> bytes:
    """Return the treatment fixture with the client's word about sharing."""
    said = json.loads((FIXTURES / "substance_misuse" / "adult_with_children.json").read_text())
    said["referrals"][0]["consent"] = {"obtained": consent, "aware": "yes"}
    said["referrals"][0] |= changes
    return json.dumps(said).encode()


def raised(act: Callable[[], object]) -> type[BaseException] | None:
    """Do something and return which error it raised."""
    try:
        act()
    except (HubError, AssertionError) as error:
        return type(error)
    return None


def holds(check: Callable[[], object]) -> bool:
    """Say whether a check passes: a planted defect must make the same check fail, if only by an error."""
    try:
        check()
    except (HubError, SQLAlchemyError, AssertionError, Failed):
        return False
    return True


def people_records(world: SmallWorld) -> Disclosure:
    """Return the people's records as the matching program reads them: consent and decisions do not matter to it."""
    now = world.clock()
    view = View(Act.MATCH_SEARCH, MATCHER, world.family, "intake", frozenset({RecordKind.PERSON}), at=now, known=now)
    return world.hub.reader.disclose(view)


def named(world: SmallWorld, name: str) -> PersonId:
    """Return the person with this name."""
    return next(p for r in people_records(world).records if r.fields.get("name") == name for p in r.persons)


def reference_of(world: SmallWorld, name: str) -> ReferenceId:
    """Return one sender's reference to the person with this name."""
    shown = people_records(world)
    record = next(r for r in shown.records if r.fields.get("name") == name)
    return next(s for number in record.labels for s in shown.labels[number].subjects)


def since(world: SmallWorld, before: list) -> list:
    """Return the entries made since: within a millisecond the log's ids keep no order."""
    known = {entry.header.id for entry in before}
    return [entry for entry in world.entries() if entry.header.id not in known]


def deposit(
    world: SmallWorld,
    agency: str,
    kind: RecordKind,
    about: list[ReferenceId],
    fields: Mapping[str, str],
    sensitivity: Sensitivity = Sensitivity.SENSITIVE,
    narrowed: Mapping[str, frozenset[ReferenceId]] | None = None,
) -> RecordId:
    """Store one more record of an agency in the family."""
    record = NewRecord(
        RecordId(world.hub.world.randomness(18).hex()[:36]),
        kind,
        world.agencies[agency],
        PartialDate.of(world.clock.now),
        frozenset(about),
        fields,
        sensitivity,
        narrowed or {},
    )
    actor = Actor(AccountId("system"), on_behalf=world.agencies[agency])

    def nothing(_connection: object) -> None:
        return

    world.hub.writer.deposit(actor, Act.REFERRAL_SUBMIT, [Deposit(world.family, [record])], nothing, nothing)
    return record.id


def write_fact(
    world: SmallWorld, chain: str, kind: FactKind, body: Mapping[str, object], ends: FactId | None = None
) -> None:
    """Write a fact with a sound code past every check of who may record what: only its content can be wrong."""
    parts, now = world.hub.reader._parts, world.clock()
    fact = Fact(FactId(parts.ids.new()), chain, 0, kind, body, now, None, now, AccountId("system"), ends)
    with parts.rows.write() as connection:
        heads = factbook.append(parts, connection, [fact])
    parts.book.record_heads(heads)


def edit(world: SmallWorld, database: str, *statements: tuple[str, tuple[object, ...]]) -> int:
    """Change a database file behind the hub's back, without its triggers; returns how many rows changed."""
    changed = 0
    with closing(sqlite3.connect(world.settings.folder / f"{database}.db")) as raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        for statement, values in statements:
            changed += raw.execute(statement, values).rowcount
        raw.commit()
    return changed


def select(world: SmallWorld, database: str, statement: str, *values: object) -> list[tuple]:
    """Read a database file behind the hub's back."""
    with closing(sqlite3.connect(world.settings.folder / f"{database}.db")) as raw:
        return raw.execute(statement, values).fetchall()


def alarms(world: SmallWorld, limit: int = 1000) -> list:
    """Return the entries that say something could not be trusted."""
    return [e for e in world.entries(limit) if e.entry.outcome == "integrity_fault" or e.entry.detail.get("faults")]
