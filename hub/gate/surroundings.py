"""Who is involved, what stands decided, and what may be said of each agency: decided like every other label.

INVARIANT: an allocation can reveal that somebody seeks help, so each is decided under a label of its own.
INVARIANT: the hub never states an absence it does not know to be true (design section 4.6).
"""

from collections.abc import Iterable

from hub.domain.facts import Fact, FactKind, listed, person_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, PersonId, ReferenceId
from hub.domain.labels import Label, Sensitivity
from hub.gate.disclosure import Coverage, Involved, ShownRecord
from hub.gate.view import Ruling
from hub.policy.decision import Level

SHOWN, NOTHING_SHOWN, NOT_CHECKED, NOT_CONNECTED = "shown", "nothing_shown", "not_checked", "not_connected"


def involved(ruling: Ruling) -> tuple[Involved, ...]:
    """Return the workers this reader may know of, the lead practitioner first."""
    found = []
    accounts = {str(f.body["account"]): f for f in _standing(ruling, FactKind.ACCOUNT) if "account" in f.body}
    for fact in _standing(ruling, FactKind.ALLOCATION):
        account = AccountId(str(fact.body["account"]))
        who = accounts.get(account)
        if who is None or str(who.body.get("active")) != "yes" or not {"agency", "role"} <= who.body.keys():
            continue
        agency = AgencyId(str(who.body["agency"]))
        lead = str(fact.body.get("lead")) == "yes"
        works_with = tuple(PersonId(person) for person in listed(fact.body.get("works_with")))
        if _allowed(ruling, "lead_contact" if lead else "involvement", agency, works_with):
            found.append(Involved(account, agency, str(who.body["role"]), lead, fact.valid_from, works_with))
    return tuple(sorted(found, key=lambda person: (not person.lead, person.since)))


def persons(ruling: Ruling, shown: Iterable[ShownRecord]) -> dict[PersonId, frozenset[str]]:
    """Return the people whom a shown record names, with the parts this reader may hear of.

    A part can tell of a notice that is withheld: `alleged_perpetrator` says that there was one.
    """
    named = {person for record in shown if record.kind is RecordKind.PERSON for person in record.persons}
    parts: dict[PersonId, frozenset[str]] = dict.fromkeys(sorted(named), frozenset())
    for fact in _standing(ruling, FactKind.MEMBERSHIP):
        person = PersonId(str(fact.body["person"]))
        if person in parts and _heard(ruling, fact):
            parts[person] |= frozenset(listed(fact.body.get("parts")))
    return parts


def kept_safe(ruling: Ruling) -> frozenset[PersonId]:
    """Return whose address must not be written on anything: a shield stands, or protected contact details are held.

    Hidden ones count too: the answer is for choosing how to hand something over, never for showing. With a label that
    cannot be read it may be anybody.
    """
    if ruling.broken:
        return frozenset(ruling.circumstances.persons)
    safe = (number for number, label in ruling.labels.items() if label.category == "safe_address")
    shielded = {PersonId(str(fact.body["person"])) for fact in _standing(ruling, FactKind.SHIELD)}
    return frozenset(shielded.union(*(ruling.persons_of(number) for number in safe)))


def openings(ruling: Ruling) -> tuple[Fact, ...]:
    """Return the standing opening facts that this reader may know of: those that work with the family's plan."""
    return tuple(
        fact
        for fact in _standing(ruling, FactKind.OPENING)
        if "agency" in fact.body
        and not listed(fact.body.get("items"))
        and _allowed(ruling, "family_plan", AgencyId(str(fact.body["agency"])), _persons(fact))
    )


def consents(ruling: Ruling, named: Iterable[PersonId]) -> tuple[Fact, ...]:
    """Return what these people said about sharing, as far as this reader may hear of it.

    A word that names who holds something tells that they do: it is heard by whoever recorded it, and by those who may
    know of something that agency holds. What a message stated is heard by those who may know of what came in.
    """
    chains, mine = {person_chain(person) for person in named}, ruling.circumstances
    known = {label.owner for label in ruling.known_labels().values()} | {mine.viewer_agency, "*"}
    return tuple(
        fact
        for fact in _standing(ruling, FactKind.CONSENT)
        if fact.chain in chains
        and (
            fact.recorded_by == mine.account
            or (_heard(ruling, fact) and known.issuperset(listed(fact.body["sources"])))
        )
    )


def coverage(ruling: Ruling, shown: Iterable[ShownRecord]) -> tuple[Coverage, ...]:
    """Return one state per agency, the same for 'nothing held' and 'nothing you may know of'."""
    visible = {record.owner for record in shown}
    openly = {
        ruling.labels[number].owner
        for number, decision in ruling.decisions.items()
        if decision.level in (Level.ATTRIBUTED, Level.COUNT)
    }
    stated = {
        AgencyId(str(fact.body["agency"])): str(fact.body["state"])
        for fact in _standing(ruling, FactKind.COVERAGE)
        if _may_hear(ruling, fact)
    }
    return tuple(
        Coverage(agency, _state(agency, visible, openly, stated.get(agency)))
        for agency in sorted(ruling.circumstances.agencies)
    )


def _state(agency: AgencyId, visible: set[AgencyId], openly: set[AgencyId], stated: str | None) -> str:
    if agency in visible:
        return SHOWN
    if agency not in openly and stated in (NOT_CHECKED, NOT_CONNECTED):
        return stated
    return NOTHING_SHOWN


def _may_hear(ruling: Ruling, fact: Fact) -> bool:
    if not {"agency", "state", "via_labels"} <= fact.body.keys() or not _heard(ruling, fact):
        return False
    return _allowed(ruling, "coverage", AgencyId(str(fact.body["agency"])), ())


def _heard(ruling: Ruling, fact: Fact) -> bool:
    """What an intake stated is heard only by those who may know of what came in; what a person stated, by all."""
    via = [int(number) for number in listed(fact.body.get("via_labels")) if number.isdecimal()]
    return not via or any(
        ruling.decisions[number].level is not Level.HIDE for number in via if number in ruling.decisions
    )


def _allowed(ruling: Ruling, category: str, owner: AgencyId, persons: Iterable[PersonId]) -> bool:
    """Decide a label that is not stored: the same rules, the same strictest-of-members.

    Somebody whom no link identifies denies: without a subject the label would speak of the family as a whole.
    """
    wanted, links = set(persons), ruling.circumstances.reference_to_person
    if not wanted <= set(links.values()):
        return False
    subjects = frozenset(ReferenceId(reference) for reference, person in links.items() if person in wanted)
    label = Label(category, Sensitivity.PERSONAL, owner, subjects)
    return ruling.decide(label).level is Level.SHOW


def _standing(ruling: Ruling, kind: FactKind) -> tuple[Fact, ...]:
    return tuple(fact for fact in ruling.circumstances.standing if fact.kind is kind)


def _persons(fact: Fact) -> list[PersonId]:
    return [PersonId(person) for key in ("children", "adults") for person in listed(fact.body.get(key))]
