"""Which agencies work with a person: they are asked to do what follows from a day in that person's life."""

from datetime import datetime

from hub.domain.facts import AGENCIES_CHAIN, FactKind, account_chain, family_chain
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId
from hub.gate.writer import Writer


def agencies_with(writer: Writer, family: FamilyId, person: PersonId, at: datetime) -> frozenset[AgencyId]:
    """Return the agencies whose workers are allocated to the person or the whole family; else the local authority."""
    workers = set()
    for fact in writer.standing_facts([family_chain(family)], at):
        if fact.kind is FactKind.ALLOCATION:
            people = fact.body.get("works_with")
            if not people or (isinstance(people, list) and person in people):
                workers.add(account_chain(AccountId(str(fact.body["account"]))))
    facts = writer.standing_facts([*sorted(workers), AGENCIES_CHAIN], at)
    found = {
        AgencyId(str(fact.body["agency"]))
        for fact in facts
        if fact.kind is FactKind.ACCOUNT and fact.body.get("active") == "yes"
    }
    leads = {
        AgencyId(str(fact.body["agency"]))
        for fact in facts
        if fact.kind is FactKind.AGENCY and fact.body.get("kind") == "local_authority"
    }
    return frozenset(found or leads)
