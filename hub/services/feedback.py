"""What a sender reads of what became of its referrals: a state and a plain sentence, and no case detail.

INVARIANT: the same shape and the same words whether or not anybody in the message was known, at each instant: see
`telling`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from hub.domain.clock import Clock
from hub.domain.errors import NotFoundError
from hub.domain.ids import AgencyId
from hub.services.deciding import Deciding
from hub.services.quarantined import CORRECTED
from hub.services.telling import reads
from hub.store.clear import door, releases
from hub.store.clear.receipts import StoredReceipt, receipt_numbered, receipts_of
from hub.store.session import Transactions


class Feedback:
    """Reads receipts with their state. Built once by wiring."""

    def __init__(self, deciding: Deciding, clear: Transactions, clock: Clock) -> None:
        """Take the front door's decisions and clear rows."""
        self._deciding, self._clear, self._clock = deciding, clear, clock

    def receipts(self, agency: AgencyId) -> list[dict[str, Any]]:
        """Return an agency's newest receipts, each record with `state` and `feedback`."""
        with self._clear.read() as connection:
            found = receipts_of(connection, self._clear.partnership, agency)
        return self._with_states(found)

    def receipt(self, agency: AgencyId, id_: str) -> dict[str, Any]:
        """Return one receipt of the agency's own; NotFoundError for anybody else's, as for none."""
        with self._clear.read() as connection:
            found = receipt_numbered(connection, self._clear.partnership, id_)
        if found is None or found.agency != agency:
            raise NotFoundError(where=id_)
        return self._with_states([found])[0]

    def _with_states(self, found: Sequence[StoredReceipt]) -> list[dict[str, Any]]:
        plain: list[dict[str, Any]] = [json.loads(one.body) for one in found]
        with self._clear.read() as connection:
            named = [record["referral"] for one in plain for record in one["records"]]
            mended = releases.released_among(connection, self._clear.partnership, named)
            states = self._states(connection, named, mended)
            corrected = {old: self._corrected(connection, new) for old, new in mended.items()}
        for one in plain:
            for record in one["records"]:
                state = states.get(record["referral"], "received")
                record["issues"] += corrected.get(record["referral"], [])
                record |= {"state": state, "feedback": self._deciding.rules.feedback[state]}
        return plain

    def _corrected(self, connection: Connection, released: str) -> list[dict[str, str]]:
        """Return the remarks on what was corrected here: its sender was never given the receipt that has them."""
        release = releases.release_as(connection, self._clear.partnership, released)
        found = receipt_numbered(connection, self._clear.partnership, release.receipt) if release else None
        records = json.loads(found.body)["records"] if found else ()
        said = (record["issues"] for record in records if record["referral"] == released)
        return [issue for issues in said for issue in issues if issue["code"] == CORRECTED]

    def _states(self, connection: Connection, referrals: Sequence[str], mended: Mapping[str, str]) -> dict[str, str]:
        """Follow what was released from quarantine to what became of it; its sender need not know by which number."""
        rows = door.outcomes(connection, self._clear.partnership, {*referrals, *mended.values()})
        now = self._clock()
        states = {str(row.referral.id): reads(row, now) for row in rows}
        return states | {old: states[new] for old, new in mended.items() if new in states}
