"""Other partnerships' keys: pinned by information governance officers who compared the fingerprint by phone.

INVARIANT: a key counts only when two officers, each for themselves, gave the same fingerprint for it; a new key given
by one of them stops the old one at once. Each word is entered in the log.
"""

import hmac
from collections.abc import Mapping
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AccountId, AgencyId
from hub.gate.doorkeeper import Doorkeeper
from hub.services.register import Register
from hub.services.transfer_keys import PublicKeys
from hub.store.clear import transfers as rows
from hub.store.session import Transactions

PINNERS: Final = frozenset({"ig_officer"})


class Neighbours:
    """Pins and finds keys. Built once by wiring."""

    def __init__(self, doorkeeper: Doorkeeper, clear: Transactions, clock: Clock) -> None:
        """Take who lets in, clear rows and the clock."""
        self._doorkeeper, self._clear, self._clock = doorkeeper, clear, clock

    def pin(self, by: AccountId, agency: AgencyId, line: str, fingerprint: str) -> bool:
        """Keep the keys of another partnership; returns whether they count now: a second officer has to say the same.

        Raises:
            AccessRefusedError: not an information governance officer.
            InvalidRequestError: no key, or the fingerprint is not its own.
        """
        keys, told = PublicKeys.read(line), "".join(fingerprint.split()).casefold()
        if not hmac.compare_digest(told.encode(), keys.fingerprint.encode()):
            raise InvalidRequestError("fingerprint_differs", where="fingerprint", next_step="ask_them_by_phone_again")
        self._enter(by, agency, {"fingerprint": keys.fingerprint})
        with self._clear.write() as connection:
            return rows.pin(connection, self._clear.partnership, agency, rows.Pin(keys.line, by, self._clock()))

    def enter_rotation(self, by: AccountId) -> None:
        """Enter that an officer makes new keys of this partnership's own; refused to everybody else."""
        self._enter(by, AgencyId(""), {"own": "rotated"})

    def keys_of(self, agency: AgencyId) -> PublicKeys | None:
        """Return the keys of another partnership that count; None when there are none."""
        with self._clear.read() as connection:
            line = rows.confirmed(connection, self._clear.partnership, agency)
        return PublicKeys.read(line) if line else None

    def known(self, register: Register) -> dict[str, str]:
        """Return the partnerships whose keys count, by name."""
        with self._clear.read() as connection:
            found = rows.all_confirmed(connection, self._clear.partnership)
        return {agency: register.agency(agency) for agency in found}

    def _enter(self, by: AccountId, agency: AgencyId, said: Mapping[str, object]) -> None:
        self._doorkeeper.let_in(
            by, Act.TRANSFER_KEYS, PINNERS, operation=Operation.KEY, recipient=agency, selection=said
        )
