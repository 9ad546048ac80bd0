"""The forger of a week, and what the hub holds before and after each try: not one row more, in any table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from connectors.client import ClientKey
from hub.store.clear.agencies import AgencyClient
from hub.store.clear.tables import metadata
from hub.store.keys import keys_metadata
from hub.store.sealed.tables import GATED
from tests.journeys.senders import Sender
from tests.simulators.partner import Signer
from tests.simulators.partner.dialects import DIALECTS
from tests.simulators.partner.forger import REFUSED, Forger
from tests.simulators.partner.message import QUARANTINED, Promise

if TYPE_CHECKING:
    from tests.simulators.partnership import Partnership

PRETENDER, VICTIM = "da", "police"
_A_DAY: Final = 3
_SIGNING_IN: Final = frozenset({"access_token", "spent_assertion"})
"""What the forger's own honest signing in writes."""


class Pretending:
    """Somebody in one agency who pretends to be another, or to be somebody whom nobody knows."""

    def __init__(self, town: "Partnership") -> None:
        self._town, self._played, self._faults = town, 0, list[str]()
        world = town.world
        own, victim = (Sender(world, town.app, code, "EdDSA") for code in (PRETENDER, VICTIM))
        gone = ClientKey(f"{victim.client_id}-gone", victim.kid, victim.private)
        world.hub.setup.add_client(
            AgencyClient(gone.client_id, world.agencies[VICTIM], gone.kid, "EdDSA", victim.public, active=False)
        )
        signer = Signer(ClientKey(own.client_id, own.kid, own.private), world.settings.base_url, world.clock)
        self.forger = Forger(town.call, signer, victim.client_id, gone)

    def play_a_day(self) -> None:
        """Try the next few tricks, and keep a token that will be over tomorrow."""
        self.forger.stolen = self._town.agencies[VICTIM].last((True,))
        tricks = list(self.forger.tricks)
        for _ in range(_A_DAY):
            trick, before = tricks[self._played % len(tricks)], self._kept()
            self.forger.play(trick)
            self._played += 1
            more = {table: count for table, count in (self._kept() - before).items() if table not in _SIGNING_IN}
            self._faults += [f"{trick}: {count} rows more in {table}" for table, count in more.items()]
        self.forger.keep_a_token()

    def borrow(self) -> None:
        """Amend and take back what another agency sent: the credential says who sends, never the payload."""
        pretender, victim = (self._town.agencies[code] for code in (PRETENDER, VICTIM))
        dialect, said = DIALECTS["notice_json"], victim.standing()[1]
        amended = replace(said, version=said.version + 1, action="amend")
        gone = replace(said, version=said.version + 2, action="withdraw", ref=f"{said.ref}-not-mine")
        pretender.tell(dialect, [(amended, Promise(said.ref, remark="amends_nothing_received"))])
        pretender.tell(dialect, [(gone, Promise(gone.ref, QUARANTINED, "nothing_to_withdraw"))])

    def differences(self) -> Iterator[str]:
        """Every try was refused, nothing else was, and nothing of it was kept."""
        yield from self.forger.faults
        yield from self._faults
        refused, tried = self._town.refused[REFUSED], self.forger.refused.total()
        if not refused == tried == self._played:
            yield f"{refused} calls were refused, {tried} of {self._played} forgeries"

    def _kept(self) -> Counter[str]:
        """Return how many rows each table of records and keys has."""
        engines, found = self._town.world.hub.engines, Counter[str]()
        clear = [table for table in metadata.sorted_tables if table.name not in GATED]
        sealed = [table for table in metadata.sorted_tables if table.name in GATED]
        asked = (engines.data, clear), (engines.gate, sealed), (engines.keys, keys_metadata.sorted_tables)
        for engine, tables in asked:
            with engine.connect() as connection:
                for table in tables:
                    found[table.name] = connection.scalar(select(func.count()).select_from(table)) or 0
        return found
