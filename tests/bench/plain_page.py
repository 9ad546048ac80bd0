"""The other side of the family page: the same template, filled from plain rows by bare Flask and SQLAlchemy.

Set up as their documentation advises (see tests/bench/plain.py): ORM entities, one wide row per entry, one indexed
query per table, one session per request, the hub's own SQLite settings. The lines, the plot and the choices that the
template prints are made by the same pure functions. No login, no decision, no log, nothing sealed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import render_template
from flask.testing import FlaskClient
from sqlalchemy import Engine, ForeignKey, Index, String, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from hub.domain.clock import from_micros, to_micros
from hub.domain.entries import STATEMENTS
from hub.domain.fields import SHAPES, STATEMENT_OF, RecordKind, words_for
from hub.domain.ids import AgencyId, PersonId
from hub.domain.partial_date import PartialDate, Precision
from hub.services.arranging import CoverageLine, WorkerLine
from hub.services.chronology import Asked, Choice, Chronology, moments
from hub.services.entry_lines import LATE_AFTER_DAYS, EntryLine, FieldLine
from hub.services.family_page import FamilyPage
from hub.services.lanes import plot
from hub.services.looks import News
from hub.services.persons import PersonLine
from hub.web.families import FamilyView
from tests.bench.family import FIELDS, Made
from tests.bench.plain import PRAGMAS
from tests.browser.pages import application


class Base(DeclarativeBase):
    pass


class About(Base):
    __tablename__ = "about"

    record: Mapped[str] = mapped_column(ForeignKey("entry.record"), primary_key=True)
    person: Mapped[str] = mapped_column(String(36), primary_key=True)


class Entry(Base):
    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_family", "family", "day", "record"),)

    record: Mapped[str] = mapped_column(String(36), primary_key=True)
    family: Mapped[str] = mapped_column(String(36))
    day: Mapped[str] = mapped_column(String(11))
    recorded: Mapped[int]
    owner: Mapped[str] = mapped_column(String(36))
    why: Mapped[str]
    engagement: Mapped[str]
    treatment_stage: Mapped[str]
    missed_appointments: Mapped[str]
    summary: Mapped[str]
    substances: Mapped[str]
    prescribed_medication: Mapped[str]
    pregnancy: Mapped[str]
    partner_use: Mapped[str]
    about: Mapped[list[About]] = relationship()


class Person(Base):
    __tablename__ = "person"

    person: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str]
    part_words: Mapped[str]
    born_words: Mapped[str]
    child: Mapped[bool]


class Worker(Base):
    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(primary_key=True)
    role_words: Mapped[str]
    agency: Mapped[str]
    phone: Mapped[str]
    since_words: Mapped[str]
    lead: Mapped[bool]


class Agency(Base):
    __tablename__ = "agency"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agency: Mapped[str]
    state: Mapped[str]
    words: Mapped[str]
    contact: Mapped[str]


_LABELS = tuple((name, words_for(name), STATEMENTS.get(STATEMENT_OF.get(name, ""), "")) for name in FIELDS)
_KIND = RecordKind.TREATMENT_REPORT


def plain_client(folder: Path, made: Made, shown: FamilyPage, at: datetime) -> FlaskClient:
    """Store what `shown` shows as plain rows; return a client of the application that prints it at /plain/FAMILY."""
    engine = _engine(folder / "page.db")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(_rows(made, shown, to_micros(at)))
    app = application()

    @app.get("/plain/<family>")
    def plain(family: str) -> str:
        with Session(engine) as session:
            page = _page(session, family, shown)
        return render_template("family.html", view=_view(page), emergencies=[])

    return app.test_client()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def durable(raw: object, _entry: object) -> None:
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    return engine


def _rows(made: Made, shown: FamilyPage, recorded: int) -> Iterator[Base]:
    """Make the rows; what is constant for every reader of a plain system (the words of an agency's state) is stored."""
    lines = {line.record: line for line in shown.entries}
    for one in made.entries:
        line = lines[one.id]
        about = [About(record=one.id, person=person) for person in line.persons]
        frame = {"record": one.id, "family": made.family, "day": str(one.occurred), "owner": one.owner}
        yield Entry(**frame, recorded=recorded, why="\n".join(line.why), about=about, **one.fields)
    for person in shown.people:
        said = {"name": person.name, "part_words": person.part_words, "born_words": person.born_words}
        yield Person(person=person.person, child=person.child, **said)
    for worker, lead in ((shown.lead, True), *((worker, False) for worker in shown.involved)):
        yield Worker(lead=lead, **{name: getattr(worker, name) for name in WorkerLine.__slots__})
    owner = made.entries[0].owner
    for agency in shown.coverage:
        id_ = owner if agency.state == "shown" else agency.agency
        yield Agency(id=id_, **{name: getattr(agency, name) for name in CoverageLine.__slots__})


def _page(session: Session, family: str, shown: FamilyPage) -> FamilyPage:
    persons = list(session.scalars(select(Person).order_by(Person.child.desc(), Person.name)))
    agencies = {row.id: row for row in session.scalars(select(Agency).order_by(Agency.agency))}
    workers = [(row.lead, _worker(row)) for row in session.scalars(select(Worker))]
    query = select(Entry).where(Entry.family == family).order_by(Entry.day, Entry.record)
    found = list(session.scalars(query.options(selectinload(Entry.about))))
    names, reasons = {row.person: row.name for row in persons}, {}
    lines = tuple(_line(row, names, agencies, reasons) for row in found)
    return FamilyPage(
        shown.family_id,
        shown.reference,
        shown.purpose_words,
        next((line for lead, line in workers if lead), None),
        tuple(PersonLine(p.person, p.name, p.part_words, p.born_words, (), p.child) for p in persons),
        tuple(line for lead, line in workers if not lead),
        tuple(CoverageLine(row.agency, row.state, row.words, row.contact) for row in agencies.values()),
        shown.openings,
        _chronology(lines, names, agencies, tuple(reasons)),
        shown.gaps,
    )


def _worker(row: Worker) -> WorkerLine:
    return WorkerLine(row.name, row.role_words, row.agency, row.phone, row.since_words)


def _line(row: Entry, names: Mapping[str, str], agencies: Mapping[str, Agency], reasons: dict[str, int]) -> EntryLine:
    occurred, known = PartialDate.parse(row.day), PartialDate.of(from_micros(row.recorded))
    why = tuple(row.why.split("\n"))
    persons = frozenset(PersonId(one.person) for one in row.about)
    return EntryLine(
        row.record,
        str(occurred).rstrip("~"),
        occurred.in_words(),
        known.in_words(),
        (known.first - occurred.first).days > LATE_AFTER_DAYS,
        agencies[row.owner].agency,
        SHAPES[_KIND].words,
        ", ".join(sorted(names[person] for person in persons)),
        tuple(FieldLine(words, getattr(row, name), None, statement) for name, words, statement in _LABELS),
        why,
        tuple(reasons.setdefault(one, len(reasons) + 1) for one in why),
        AgencyId(row.owner),
        persons,
        occurred.first,
        occurred.precision is Precision.DAY,
        "",
        strength=False,
    )


def _chronology(
    lines: tuple[EntryLine, ...], names: Mapping[str, str], agencies: Mapping[str, Agency], reasons: tuple[str, ...]
) -> Chronology:
    about = {person for line in lines for person in line.persons}
    stated = {STATEMENT_OF[name] for name in FIELDS if name in STATEMENT_OF}
    choices = {
        "agency": _sorted({line.owner: agencies[line.owner].agency for line in lines}),
        "person": _sorted({person: names[person] for person in about}),
        "kind": _sorted({_KIND.value: SHAPES[_KIND].words}),
        "statement": _sorted({code: STATEMENTS[code] for code in stated}),
        "significance": (),
    }
    count = len(lines)
    return Chronology(
        tuple(moments(lines)), lines, reasons, plot(lines), choices, Asked(), count, count, "", more_unseen=False
    )


def _sorted(words: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, said) for value, said in sorted(words.items(), key=lambda item: item[1]))


def _view(page: FamilyPage) -> FamilyView:
    address = f"/families/{page.family_id}"

    def where(query: Mapping[str, str]) -> str:
        return f"{address}?{urlencode(query)}"

    month, news = where({"from": "", "until": ""}), News(frozenset(), "")
    further = f"{address}/find", f"{address}/genogram"
    return FamilyView(
        page, [], [], address, None, month, *further, "", where, news, can_write=True, files={}, answers={}, signals=[]
    )
