"""The other side: the same entries in plain text, as bare Flask and SQLAlchemy serve them.

Set up as their documentation advises: ORM entities of the 2.0 style, one wide row per entry, one indexed and ordered
query, one session per request, the hub's own SQLite settings (WAL, synchronous=FULL), `jsonify`. No login, no log.
"""

from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, jsonify
from sqlalchemy import Engine, Index, String, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from hub.gate.records import NewRecord


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_family", "family", "day", "record"),)

    record: Mapped[str] = mapped_column(String(36), primary_key=True)
    family: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(30))
    day: Mapped[str] = mapped_column(String(11))
    owner: Mapped[str] = mapped_column(String(36))
    engagement: Mapped[str]
    treatment_stage: Mapped[str]
    missed_appointments: Mapped[str]
    summary: Mapped[str]
    substances: Mapped[str]
    prescribed_medication: Mapped[str]
    pregnancy: Mapped[str]
    partner_use: Mapped[str]


def plain_app(folder: Path, family: str, entries: Iterable[NewRecord]) -> Flask:
    """Store the entries in a database of their own and return the application that serves them."""
    engine = plain_engine(folder / "plain.db", family, entries)
    app = Flask("plain")

    @app.get("/v1/families/<wanted>/chronology")
    def chronology(wanted: str) -> Response:
        query = select(Entry).where(Entry.family == wanted).order_by(Entry.day, Entry.record)
        with Session(engine) as session:
            found = [_content(entry) for entry in session.scalars(query)]
        return jsonify({"entries": found, "gaps": [], "coverage": [], "next": ""})

    return app


def plain_engine(path: Path, family: str, entries: Iterable[NewRecord]) -> Engine:
    """Store the entries in a database of their own and return its engine."""
    engine = open_engine(path)
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(
            Entry(record=e.id, family=family, kind=e.kind.value, day=str(e.occurred), owner=e.owner, **e.fields)
            for e in entries
        )
    return engine


def _content(entry: Entry) -> dict[str, object]:
    fields = {
        "engagement": entry.engagement,
        "treatment_stage": entry.treatment_stage,
        "missed_appointments": entry.missed_appointments,
        "summary": entry.summary,
        "substances": entry.substances,
        "prescribed_medication": entry.prescribed_medication,
        "pregnancy": entry.pregnancy,
        "partner_use": entry.partner_use,
    }
    return {
        "record": entry.record,
        "kind": entry.kind,
        "date": entry.day,
        "owner": entry.owner,
        "fields": fields,
        "withheld": [],
    }


PRAGMAS = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    "mmap_size=268435456",
)
"""The same as the hub's own, so that the database is the same for both."""


def open_engine(path: Path) -> Engine:
    """Open a plain database with the settings of the hub's own."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def durable(raw: object, _entry: object) -> None:
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    return engine
