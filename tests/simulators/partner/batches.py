"""Signed files (`docs/formats/file-drop.md`): their rows, the signature beside them, what an agency does with them."""

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import jwt

from connectors.client import ClientKey
from tests.simulators.partner.dialects import NOT_A_DATE, Dialect, Saying, born, json_of, surname, xml_of
from tests.simulators.partner.message import CSV, JSON, QUARANTINED, XML, Promise

if TYPE_CHECKING:
    from tests.simulators.partner.agency import Agency

BY_API, BY_FOLDER = "/v1/batches", "folder"
FILE_ACTS: Final = ("file", "file_amended", "file_miscounted", "file_twice")
LONG: Final = 103
"""Rows of a long file: the hub receives a hundred at a time, so it has at least two parts."""
_HEADER: Final = (
    "referral_ref",
    "referral_version",
    "action",
    "created",
    "client_name",
    "client_birth_date",
    "reported_on",
    "treatment_stage",
    "consent",
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs an agency's files with the key that its system is registered with."""

    key: ClientKey = field(repr=False)
    address: str
    clock: Callable[[], datetime]

    def sign(self, body: bytes, connector: str, rows: int, **changes: object) -> str:
        """Return what a sender signs over a file, with some of it replaced."""
        claims = {
            "iss": self.key.client_id,
            "aud": f"{self.address}{BY_API}",
            "iat": int(self.clock().timestamp()),
            "connector": connector,
            "sha256": hashlib.sha256(body).hexdigest(),
            "rows": rows,
        }
        return jwt.encode(
            claims | changes, self.key.private, algorithm=self.key.algorithm, headers={"kid": self.key.kid}
        )


class FileActs:
    """What an agency that sends files does with them; one that sends none sends something else instead."""

    def __init__(self, agency: "Agency", files: Sequence[Dialect]) -> None:
        self._agency, self._files = agency, files
        self.acts: Mapping[str, Callable[[], None]] = {
            "file": self._file,
            "file_amended": self._amended,
            "file_miscounted": self._miscounted,
            "file_twice": self._twice,
            "file_long": self._long,
        }

    def _file(self) -> None:
        """Three records, of which nobody can read the second."""
        self._send(3, spoiled=1)

    def _long(self) -> None:
        """More than the hub receives at a time."""
        self._send(LONG, spoiled=50)

    def _send(self, count: int, spoiled: int) -> None:
        dialect = self._agency.choose(self._files)
        if dialect is None:
            return self._agency.play("several")
        fresh = [self._agency.fresh(dialect)[1] for _ in range(count)]
        fresh[spoiled] = replace(fresh[spoiled], spoiled=True)
        promises = [Promise(one.ref, QUARANTINED) if one.spoiled else Promise(one.ref) for one in fresh]
        return self._agency.tell(dialect, list(zip(fresh, promises, strict=True)))

    def _amended(self) -> None:
        """A second file says more about everything of a first, and takes the last of it back."""
        dialect = self._agency.choose(self._files)
        if dialect is None:
            return self._agency.play("amend")
        first = [self._agency.fresh(dialect)[1] for _ in range(3)]
        self._agency.tell(dialect, [(one, Promise(one.ref)) for one in first])
        actions = ("amend", "amend", "withdraw")
        later = [replace(one, version=2, action=action) for one, action in zip(first, actions, strict=True)]
        self._agency.tell(dialect, [(one, Promise(one.ref, opens=False)) for one in later])
        return self._agency.took_back(later[-1])

    def _miscounted(self) -> None:
        """A file that is shorter than its signature says is refused whole; the whole one is taken afterwards."""
        dialect = self._agency.choose(self._files)
        if dialect is None:
            return self._agency.play("unreadable")
        said = [self._agency.fresh(dialect)[1] for _ in range(2)]
        short = self._agency.message(dialect, said[:1], (), rows=2)
        self._agency.send(replace(short, status=400))
        return self._agency.tell(dialect, [(one, Promise(one.ref)) for one in said])

    def _twice(self) -> None:
        if self._agency.last((True,)) is None:
            self._file()
        self._agency.again(self._agency.last((True,)) or self._agency.last())


def _rows(sayings: Sequence[Saying], _key: str) -> bytes:
    """Return a file of one adult a row; nobody can read the day of report of a spoiled one."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for said in sayings:
        about = (said.ref, said.version, said.action, "2026-11-20T09:00:00Z", f"Daniel {surname(said.household)}")
        day = NOT_A_DATE if said.spoiled else f"2026-11-{18 + said.version % 5}"
        writer.writerow((*about, born(said.household, 1992), day, "In treatment", "given"))
    return out.getvalue().encode()


FILES: Final[Mapping[str, Dialect]] = {
    one.name: one
    for one in (
        Dialect("adults_file", BY_API, CSV, _rows, connector="adult_with_children_csv"),
        Dialect("adults_in_folder", BY_FOLDER, CSV, _rows, connector="adult_with_children_csv"),
        Dialect("notices_file", BY_API, XML, xml_of, connector="safeguarding_notice_xml"),
        Dialect(
            "notices_in_folder",
            BY_FOLDER,
            JSON,
            json_of,
            connector="safeguarding_notice",
        ),
    )
}
