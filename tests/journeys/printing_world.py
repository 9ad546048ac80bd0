"""A family with much that locates somebody, what social care wrote about each of its people, and who prints it."""

from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from hub.domain.access import Act
from hub.domain.consent import Asking, Capacity, Channel
from hub.domain.facts import FactKind, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.life import LifeEvent
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Deposit
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld
from tests.journeys.readers import Reader
from tests.journeys.test_consent_receipts import without_contacts
from tests.spec.helping import deposit, named, reference_of, write_fact

GRACE, DANIEL, MAYA = "Grace Adeyemi-Hart", "Daniel Hart", "Maya Hart"
HOME = {
    "address": "14 Willow Court, Exampleton, EX4 4ZZ",
    "phone": "07700 900222",
    "school": "Hillside Primary School",
    "gp": "Riverside Surgery, Exampleton",
}
REFUGE = {
    "address": "Rowan House, Undisclosed Lane, ZZ99 1AA",
    "phone": "07700 900999",
    "school": "Larch Lane Academy",
    "gp": "Harbourside Practice",
}
LOCATING = tuple(
    {*HOME.values(), *REFUGE.values(), "14 Willow Court", "Rowan House", "Undisclosed Lane", "EX4 4ZZ", "ZZ99 1AA"}
)
HIS = "Daniel finished the first six sessions"
HERS = "Grace starts college in January"
CHILDS = "Maya goes to the breakfast club on Mondays"
THEIRS = "Both parents met the team on Thursday"


def family(world: SmallWorld) -> None:
    """Place a family with a home, a refuge, and what social care wrote of each of them; Sally works with all."""
    world.police_notice(without_contacts())
    world.allocate("sally", lead=True)
    grace, daniel, maya = (reference_of(world, name) for name in (GRACE, DANIEL, MAYA))
    for who in (grace, maya):
        deposit(world, "csc", RecordKind.CONTACT_POINT, [who], HOME, Sensitivity.PERSONAL)
        deposit(world, "csc", RecordKind.PROTECTED_CONTACT, [who], REFUGE, Sensitivity.PROTECTED)
    for about, fields in (
        ([daniel], {"summary": HIS, "concern": "He may be followed"}),
        ([grace], {"summary": HERS}),
        ([maya], {"plan": CHILDS, "child_voice": "I like the quiet room"}),
        ([grace, daniel], {"summary": THEIRS}),
    ):
        entry(world, about, **fields)


def entry(world: SmallWorld, about: list, **fields: str) -> RecordId:
    """Store an entry of social care, with an id as the hub makes them: pages name entries by it."""
    day = PartialDate.of(world.clock.now)
    id_ = RecordId(world.hub.reader._parts.ids.new())
    kind, who = RecordKind.TEAM_ENTRY, frozenset(about)
    fields = {"family_visibility": "shared"} | fields
    record = NewRecord(id_, kind, world.agencies["csc"], day, who, fields, Sensitivity.PERSONAL)
    actor = Actor(AccountId("system"), on_behalf=world.agencies["csc"])

    def nothing(_connection: object) -> None:
        return

    world.hub.writer.deposit(actor, Act.REFERRAL_SUBMIT, [Deposit(world.family, [record])], nothing, nothing)
    return id_


def sally(world: SmallWorld, app: Flask) -> Reader:
    reader = Reader(app, "sally")
    reader.open(world.family, "support_family")
    return reader


def copy_for(
    reader: Reader, world: SmallWorld, recipient: str, sort: str = "page", way: str = "in_person"
) -> TestResponse:
    return reader.send(f"/families/{world.family}/print", recipient=recipient, sort=sort, way=way)


def for_person(world: SmallWorld, name: str) -> str:
    return f"person:{named(world, name)}"


def pdf_of(answer: TestResponse) -> PdfReader:
    assert answer.content_type == "application/pdf", answer.status_code
    return PdfReader(BytesIO(answer.data))


def everything_in(pdf: PdfReader, data: bytes) -> str:
    """Return text, metadata and the raw file: nothing may hide in any of them."""
    text = "\n".join(page.extract_text() for page in pdf.pages)
    return "\n".join([text, str(pdf.metadata), str(pdf.xmp_metadata), data.decode("latin-1")])


def answers_for(world: SmallWorld, holder: str, child: str) -> None:
    """Record an order that names who holds parental responsibility."""
    person = named(world, child)
    body = {"event": LifeEvent.ORDER.value, "person": person, "holders": [named(world, holder)]}
    write_fact(world, person_chain(person), FactKind.LIFE, body)


def chose_post(world: SmallWorld, name: str) -> None:
    asking = Asking(given_by=named(world, name), capacity=Capacity.ADULT, channel=Channel.SAFE_POST)
    word = ConsentWord(named(world, name), "given", categories=["attendance"], asking=asking)
    world.hub.recording.consent(world.accounts["sally"], world.family, word)
