"""Column types and the one rule of every table: keys start with the partnership."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, ForeignKeyConstraint, String, Table
from sqlalchemy.types import TypeDecorator

from hub.domain.clock import from_micros, to_micros

ID_LENGTH = 36


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, stored as integer microseconds on both databases; a naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  SQLAlchemy's signature
        """Turn an instant into microseconds since 1970."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        """Turn microseconds since 1970 into an aware instant."""
        return None if value is None else from_micros(value)


def partnership_key() -> Column[str]:
    """Return the first column of every primary key: rows of two partnerships can never collide or be joined."""
    return Column("partnership_id", String(ID_LENGTH), primary_key=True)


def id_key(name: str) -> Column[str]:
    """Return a further primary key column holding an id."""
    return Column(name, String(ID_LENGTH), primary_key=True)


def id_column(name: str, *, nullable: bool = False) -> Column[str]:
    """Return a column holding an id of another row."""
    return Column(name, String(ID_LENGTH), nullable=nullable)


def refers(local: str, target: str, remote: str = "id") -> ForeignKeyConstraint:
    """Return a foreign key that stays inside the partnership."""
    return ForeignKeyConstraint(["partnership_id", local], [f"{target}.partnership_id", f"{target}.{remote}"])


def in_partnership(table: Table, partnership: str) -> ColumnElement[bool]:
    """Return the condition every statement carries, besides row-level security."""
    return table.c.partnership_id == partnership
