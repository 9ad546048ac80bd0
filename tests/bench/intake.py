"""A force's batch of 500 notices, bytes to durable receipts, against plain rows of the same values.

Ours: the message as the API hands it over: the XML gate, our XSD and rules, drafts, sealing under a key per record,
facts, receipt, log. The other side reads the same bytes with lxml and stores the same values with SQLAlchemy's ORM as
its documentation advises: entities of the 2.0 style, one session and one commit, the hub's own SQLite settings, plain
columns, a table for each list of the format (people, roles, texts); no XSD, no rules, no log, nothing sealed.
"""

from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree
from sqlalchemy import Engine, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from connectors.registry import CONNECTORS
from hub.domain.referral import Limits
from hub.services.intake import Message
from hub.services.receiving import key_of
from hub.settings import Settings
from tests.bench.measure import Row, medians
from tests.bench.plain import open_engine
from tests.factories import make_world
from tests.notices import as_xml

NOTICES, ROUNDS, BOUND = 500, 5, 4.0
_FORM = "safeguarding_notice_xml"


class Base(DeclarativeBase):
    pass


class Notice(Base):
    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(40))
    notice_ref: Mapped[str] = mapped_column(String(40))
    notice_version: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(30))
    purpose: Mapped[str] = mapped_column(String(30))
    created: Mapped[datetime]
    grading: Mapped[str] = mapped_column(String(3))
    event_reference: Mapped[str] = mapped_column(String(40))
    occurred_from: Mapped[str] = mapped_column(String(40))
    people: Mapped[list["Person"]] = relationship()
    roles: Mapped[list["Role"]] = relationship()
    narratives: Mapped[list["Narrative"]] = relationship()


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    key: Mapped[str] = mapped_column(String(10))
    family_name: Mapped[str]
    given_names: Mapped[str]
    birth_date: Mapped[str] = mapped_column(String(11))


class Role(Base):
    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    person: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(30))


class Narrative(Base):
    __tablename__ = "narrative"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    text: Mapped[str]


def police_batch_vs_plain_orm() -> Row:
    """Return how many times the CPU of plain rows a batch of notices takes us."""
    batches, fresh = count(), count(1_000_000)
    with TemporaryDirectory() as folder:
        world = make_world(Settings.in_folder(Path(folder) / "hub"))
        engine = open_engine(Path(folder) / "plain.db")
        Base.metadata.create_all(engine)
        try:
            mine = [batch(next(batches)) for _ in range(ROUNDS + 1)]
            theirs = [batch(next(fresh)) for _ in range(ROUNDS + 1)]
            sent, kept = iter(mine), iter(theirs)
            agency, intake = world.agencies["police"], world.hub.intake

            def ours() -> None:
                body = next(sent)
                parsed = list(CONNECTORS[_FORM].parse(body, Limits()))
                key = key_of(CONNECTORS[_FORM], body)
                receipt = intake.receive(Message(agency, _FORM, key, body, "application/xml", parsed))
                if len(receipt["records"]) != NOTICES:
                    raise AssertionError("a notice has no receipt")

            fast, slow, ratio = medians(ours, lambda: _store(engine, next(kept)), ROUNDS)
        finally:
            world.close()
            engine.dispose()
    return Row("police_batch_vs_plain_orm", fast * 1e3, slow * 1e3, "ms of CPU per 500 notices", ratio, BOUND, "lower")


def batch(number: int) -> bytes:
    """Return 500 notices of two people each, about 300 kB."""
    return as_xml(
        {
            "version": "1.0",
            "batch_id": f"B-{number}",
            "sender": {"force": "ZZ"},
            "notices": [_notice(f"{number}-{place}", place) for place in range(NOTICES)],
        }
    )


def _notice(ref: str, place: int) -> dict[str, object]:
    born = 1970 + place % 30
    return {
        "notice_ref": f"SN-{ref}",
        "notice_version": 1,
        "action": "new",
        "kind": "child_concern",
        "purpose": "referral",
        "created": "2026-11-23T08:00:00Z",
        "grading": {"source": 1, "assessment": "B", "handling": "P"},
        "event": {"reference": f"INC-{ref}", "occurred_from": "2026-11-22"},
        "people": [
            {"id": "p1", "name": {"family": f"Hart{place}", "given": "Daniel"}, "birth_date": f"{born}-03-05"},
            {"id": "p2", "name": {"family": f"Hart{place}", "given": "Maya"}, "birth_date": f"{born + 25}-08"},
        ],
        "roles": [{"person": "p1", "kind": "father"}, {"person": "p2", "kind": "child_present"}],
        "narratives": [{"kind": "what_happened", "text": "Officers were called to an argument about money."}],
    }


def _store(engine: Engine, body: bytes) -> None:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    batch_id = root.findtext("batch_id")
    with Session(engine) as session, session.begin():
        session.add_all([_plain(batch_id, element) for element in root.iterfind("notices/notice")])


def _plain(batch_id: str, element: etree._Element) -> Notice:
    text = element.findtext
    return Notice(
        batch=batch_id,
        notice_ref=text("notice_ref"),
        notice_version=int(text("notice_version")),
        action=text("action"),
        kind=text("kind"),
        purpose=text("purpose"),
        created=datetime.fromisoformat(text("created")),
        grading="".join(part.text for part in element.find("grading")),
        event_reference=text("event/reference"),
        occurred_from=text("event/occurred_from"),
        people=[
            Person(
                key=person.findtext("id"),
                family_name=person.findtext("name/family"),
                given_names=person.findtext("name/given"),
                birth_date=person.findtext("birth_date"),
            )
            for person in element.iterfind("people/person")
        ],
        roles=[
            Role(person=role.findtext("person"), kind=role.findtext("kind")) for role in element.iterfind("roles/role")
        ],
        narratives=[
            Narrative(kind=said.findtext("kind"), text=said.findtext("text"))
            for said in element.iterfind("narratives/narrative")
        ],
    )
