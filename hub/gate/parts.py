"""What the gate holds: the only place where rows, keys, the log and policy meet."""

from dataclasses import dataclass

from hub.domain.clock import Clock
from hub.domain.ids import IdMaker
from hub.gate.policybook import PolicyBook
from hub.ledger.book import Book
from hub.store.session import Transactions
from hub.vault.fact_mac import FactMac
from hub.vault.keyring import KeyService
from hub.vault.sealing import Sealer

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Parts:
    """Built once by wiring for one partnership; `rows` is the gated transaction factory."""

    partnership: str
    synthetic: bool
    rows: Transactions
    sealer: Sealer
    keys: KeyService
    book: Book
    mac: FactMac
    policy: PolicyBook
    clock: Clock
    ids: IdMaker
