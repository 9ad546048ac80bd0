"""After the week: what the agencies and the desks know is compared with the hub, outside and inside.

Outside: receipts and their states, everything sent once more, events as they arrived, notices of use. Inside: the rows
of the hub's tables, the keys of its records, and its log.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Row, Select, func, select

from connectors.client import verified
from hub.store.clear.partner_events import ITEM_USED, OF, STATE_CHANGED
from hub.store.clear.partner_tables import partner_event, quarantine_release, webhook
from hub.store.clear.tables import receipt, referral
from hub.store.keys import LIVE, record_key
from hub.store.sealed.tables import outline
from hub.wiring import verified as log_verified
from tests.simulators.asking import WHOLE
from tests.simulators.partnership import Partnership
from tests.spec.helping import alarms


def differences(town: Partnership) -> list[str]:
    """Return everything in which the two sides differ, in words; nothing is what must be found."""
    found = list(as_sent(town))
    for look in (rows, _states, _events, _notices, _kept):
        found += look(town)
    return [*found, *town.pretending.differences(), *town.questions.differences(), *town.locks.differences()]


def as_sent(town: Partnership) -> Iterator[str]:
    """Yield what an agency reads otherwise than it was promised, through its own door."""
    for code, agency in town.agencies.items():
        yield from (f"{code}: {one}" for one in agency.book.differences(agency.client))


def rows(town: Partnership) -> Iterator[str]:
    """As many receipts and referrals as were sent, and one more of each for what was repaired."""
    mended = Counter(row.agency_id for row in _all(town, _released()))
    if mended.total() != len(town.desks.repaired):
        yield f"{mended.total()} records are released, {len(town.desks.repaired)} were repaired"
    for code, agency in town.agencies.items():
        id_ = town.world.agencies[code]
        for table, known in ((receipt, agency.book.receipts), (referral, agency.book.referrals)):
            stored = len(_all(town, select(table.c.id).where(table.c.agency_id == id_)))
            if stored != len(known) + mended[id_]:
                yield f"{code}: {stored} rows of {table.name}, {len(known)} were sent and {mended[id_]} repaired"


def _states(town: Partnership) -> Iterator[str]:
    """Every record of every receipt reads as the people who dealt with it left it."""
    released = {row.referral_id: row.released_id for row in _all(town, _released())}
    for code, agency in town.agencies.items():
        for id_ in sorted(agency.book.receipts):
            for record in agency.book.receipt(agency.client, id_):
                now = released.get(record["referral"], record["referral"])
                want = _expected(town, now, record["referral"], record["outcome"], withdrawn=agency.withdrawn)
                if record["state"] != want:
                    yield f"{code}: {record['referral']} reads {record['state']}, must read {want}"


def _expected(town: Partnership, now: str, first: str, outcome: str, *, withdrawn: set[str]) -> str:
    if first in withdrawn:  # wherever it lies by then: what its sender said last is what it reads
        return "withdrawn"
    if now in town.desks.decided:
        return town.desks.decided[now]
    return "quarantined" if outcome == "quarantined" and first not in town.desks.repaired else "received"


def _events(town: Partnership) -> Iterator[str]:
    """Every event arrived at least once, signed, with an id that tells a second copy; and nothing else arrived."""
    for code, (listener, secret) in town.listeners.items():
        arrived = {}
        for headers, body in list(listener.calls):
            sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            event = verified(headers, body, secret, sent)
            if arrived.setdefault(event["id"], event) != event:
                yield f"{code}: event {event['id']} came with two contents"
        since = select(func.min(webhook.c.added_at)).where(webhook.c.agency_id == town.world.agencies[code])
        mine = (
            partner_event.c.agency_id == town.world.agencies[code],
            partner_event.c.not_before >= since.scalar_subquery(),
        )
        posted = {row.id: row for row in _all(town, select(partner_event).where(*mine))}
        missing = [
            posted[one] for one in sorted(posted.keys() - arrived.keys()) if not _overtaken(town, code, posted[one])
        ]
        yield from (f"{code}: event {one.id}, {one.kind} of {one.at}, never arrived" for one in missing)
        yield from (
            f"{code}: event {one} arrived and was never posted" for one in sorted(arrived.keys() - posted.keys())
        )
        told = {event["data"]["receipt"] for event in arrived.values() if "receipt" in event["data"]}
        yield from (
            f"{code}: told of receipt {one}, never given" for one in sorted(told - town.agencies[code].book.receipts)
        )
        under = Counter[str]()
        for entry in town.agencies[code].book.sent:
            under.update(r["referral"] for r in entry.records if told & set(entry.receipts))
        known = town.agencies[code].book.referrals
        yield from (f"{code}: nobody told of {one}" for one in sorted(known & town.desks.decided.keys() - under.keys()))


def _overtaken(town: Partnership, code: str, event: Row) -> bool:  # type: ignore[type-arg]
    """Say whether a placing was to be told later, and its message was taken back before that: nobody is told of it."""
    of = json.loads(event.detail).get(OF)
    return event.kind == STATE_CHANGED and event.not_before > event.at and of in town.agencies[code].withdrawn


def _notices(town: Partnership) -> Iterator[str]:
    for code, agency in town.agencies.items():
        told = Counter(notice["receipt"] for notice in agency.client.access_notices())
        mine = partner_event.c.agency_id == town.world.agencies[code], partner_event.c.kind == ITEM_USED
        posted = Counter(row.subject for row in _all(town, select(partner_event).where(*mine)))
        if told != posted:
            yield f"{code}: {told.total()} notices of use are told, {posted.total()} were posted"
        yield from (f"{code}: {one} was used, and never sent" for one in sorted(told.keys() - agency.book.receipts))


def _kept(town: Partnership) -> Iterator[str]:
    """Every record has its key and every key its record; the log verifies, and nothing raised an alarm."""
    hub = town.world.hub
    with hub.engines.gate.connect() as connection:
        stored = set(connection.scalars(select(outline.c.record_id)))
    with hub.engines.keys.connect() as connection:
        keys = set(connection.scalars(select(record_key.c.record_id).where(record_key.c.state == LIVE)))
    if stored != keys:
        whole = hub.rounds.audit.whole
        yield f"{len(stored - keys)} records have no key, {len(keys - stored)} keys no record (log read: {whole})"
    sound, _, words = log_verified(hub)
    if not sound:
        yield f"the log does not verify: {words}"
    if raised := alarms(town.world, WHOLE):
        told = [(one.entry.act, one.entry.outcome, dict(one.entry.detail)) for one in raised]
        yield f"{len(told)} alarms in the log, the last {told[0]}"


def _released() -> Select[tuple[str, str, str]]:
    joined = (quarantine_release.c.referral_id == referral.c.id) & (
        quarantine_release.c.partnership_id == referral.c.partnership_id
    )
    return select(quarantine_release.c.referral_id, quarantine_release.c.released_id, referral.c.agency_id).join(
        referral, joined
    )


def _all(town: Partnership, asked: Select) -> list:  # type: ignore[type-arg]
    with town.world.hub.engines.data.connect() as connection:
        return list(connection.execute(asked))
