"""Published agreement versions and their signatures, as text and bytes; nothing here is believed unverified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hub.store.clear.tables import agreement, agreement_signature


@dataclass(frozen=True, slots=True)
class Signature:
    """One party's signature over one version."""

    agency_code: str
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class PublishedAgreement:
    """The exact text that was published, with the signatures given so far."""

    code: str
    version: str
    text: str
    signatures: tuple[Signature, ...]


def publish(connection: Connection, partnership: str, value: PublishedAgreement, at: datetime) -> None:
    """Insert a version; the key refuses a second text under the same version."""
    connection.execute(
        insert(agreement),
        {
            "partnership_id": partnership,
            "code": value.code,
            "version": value.version,
            "text": value.text,
            "published_at": at,
        },
    )
    for given in value.signatures:
        sign(connection, partnership, value.code, value.version, given, at)


def sign(connection: Connection, partnership: str, code: str, version: str, given: Signature, at: datetime) -> None:
    """Insert one party's signature."""
    connection.execute(
        insert(agreement_signature),
        {
            "partnership_id": partnership,
            "code": code,
            "version": version,
            "agency_code": given.agency_code,
            "key_id": given.key_id,
            "signature": given.signature,
            "signed_at": at,
        },
    )


def published(connection: Connection, partnership: str) -> Sequence[PublishedAgreement]:
    """Return every published version with its signatures."""
    given: dict[tuple[str, str], list[Signature]] = {}
    for row in connection.execute(
        select(agreement_signature).where(agreement_signature.c.partnership_id == partnership)
    ):
        given.setdefault((row.code, row.version), []).append(Signature(row.agency_code, row.key_id, row.signature))
    rows = connection.execute(
        select(agreement)
        .where(agreement.c.partnership_id == partnership)
        .order_by(agreement.c.code, agreement.c.version)
    )
    return [PublishedAgreement(r.code, r.version, r.text, tuple(given.get((r.code, r.version), ()))) for r in rows]
