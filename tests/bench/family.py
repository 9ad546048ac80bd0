"""A family with entries of 8 text fields, deposited through the gate: 40 labels, two to an entry, all visible.

Six people are known to the drug and alcohol service by one reference each; the entries are about 20 different sets of
them, in two categories. A social worker is allocated to the family and a section 47 enquiry names everybody.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, combinations, islice
from random import Random  # noqa: TID251  the seed is the point

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import FactId, FamilyId, IdMaker, PersonId, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Deposit
from hub.services.intake import SYSTEM
from hub.services.recording import Opening, Period
from hub.store.clear import cases
from tests.factories import SmallWorld

ENTRIES, SETS = 2_000, 20
FIRST_DAY, DAYS = date(2019, 1, 1), 2_500
SHORTEST, LONGEST = 12, 250
PARTS = ("child", "child", "child", "parent", "parent", "sibling")
FIELDS = (
    "engagement",
    "treatment_stage",
    "missed_appointments",
    "summary",
    "substances",
    "prescribed_medication",
    "pregnancy",
    "partner_use",
)
Further = Callable[[SmallWorld, IdMaker, list[ReferenceId]], Iterable[NewRecord]]


@dataclass(frozen=True, slots=True)
class Made:
    """The family and the plain text of its entries, for the other side to store."""

    family: FamilyId
    entries: tuple[NewRecord, ...]
    people: Mapping[ReferenceId, PersonId]


def deposit(world: SmallWorld, seed: int, count: int = ENTRIES, further: Further = lambda *_: ()) -> Made:
    """Store the entries sealed, and what `further` makes of the people, and let `sally` see all of them."""
    rng, ids = Random(seed), IdMaker(world.clock, world.hub.world.randomness)  # noqa: S311  made-up data
    family = FamilyId(ids.new())
    people = {ReferenceId(ids.new()): PersonId(ids.new()) for _ in PARTS}
    entries = tuple(_entries(rng, ids, world, list(people), count))

    def before(connection: Connection) -> None:
        row = cases.Family(family, "FS-BENCH", provisional=False, created_at=world.clock())
        cases.add_families(connection, world.hub.partnership.id, [row])

    facts = [fact for place, link in enumerate(people.items()) for fact in _known(world, ids, family, link, place)]
    deposits = [Deposit(family, [*entries, *further(world, ids, list(people))], facts)]
    actor = Actor(SYSTEM, on_behalf=world.agencies["sm"])
    world.hub.writer.deposit(actor, Act.REFERRAL_SUBMIT, deposits, before, lambda _: None)
    _let_in(world, family, list(people.values()))
    return Made(family, entries, people)


def _entries(rng: Random, ids: IdMaker, world: SmallWorld, people: list[ReferenceId], count: int) -> list[NewRecord]:
    every = chain.from_iterable(combinations(people, size) for size in (1, 2))
    about = [frozenset(some) for some in islice(every, SETS)]
    return [
        NewRecord(
            RecordId(ids.new()),
            RecordKind.TREATMENT_REPORT,
            world.agencies["sm"],
            PartialDate(FIRST_DAY + timedelta(days=rng.randrange(DAYS))),
            about[place % SETS],
            {name: _text(rng) for name in FIELDS},
            Sensitivity.SENSITIVE,
        )
        for place in range(count)
    ]


def _text(rng: Random) -> str:
    size = rng.randint(SHORTEST, LONGEST)
    return "".join(rng.choices("etaoin shrdlu", k=size - 2)).join("Ab")


def _known(
    world: SmallWorld, ids: IdMaker, family: FamilyId, link: tuple[ReferenceId, PersonId], place: int
) -> list[Fact]:
    reference, person = link
    said = [
        (family_chain(family), FactKind.MEMBERSHIP, {"person": person, "parts": [PARTS[place]]}),
        (person_chain(person), FactKind.IDENTITY, {"reference": reference, "person": person}),
    ]
    now = world.clock()
    return [Fact(FactId(ids.new()), where, 0, kind, body, now, None, now, SYSTEM) for where, kind, body in said]


def _let_in(world: SmallWorld, family: FamilyId, people: list[PersonId]) -> None:
    recording, manager, start = world.hub.recording, world.accounts["manager"], Period(world.clock())
    recording.allocate(manager, family, world.accounts["sally"], start, lead=True)
    recording.open(manager, family, Opening("s47_enquiry", world.agencies["csc"], people), start)
