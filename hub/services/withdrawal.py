"""What follows when somebody takes back a yes: who is told by when, what stays with recorded decisions. Pure.

Law: UK GDPR Art 7(3) (withdrawal acts forward) and Art 19 (recipients are told).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from hub.domain.consent import NotGiven
from hub.domain.facts import Fact, FactKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, RecordId
from hub.store.clear.work import Task

ACKNOWLEDGE: Final = "acknowledge_withdrawal"
REVIEW_TEXT: Final = "review_quoting_text"
CONFLICT: Final = "resolve_parental_conflict"
TWO_SIDES: Final = frozenset({"victim_worker", "perpetrator_worker"})
"""Two sides of one service never learn of each other's work: an agency's tasks are not for them."""
_CLOCKS: Final = {ACKNOWLEDGE: timedelta(days=2), REVIEW_TEXT: timedelta(days=5), CONFLICT: timedelta(days=5)}
_SCOPE: Final = ("categories", "sources", "recipients", "purposes")
_YES: Final = frozenset({"given", "given_with_conditions"})
_NO: Final = frozenset({"withdrawn", "refused"})


def undone_by(word: Fact, said: Iterable[Fact]) -> list[Fact]:
    """Return the standing yeses that a no takes back, in whole or in part; nothing when the word is no `no`.

    A yes that an earlier no took back as a whole is not taken back again.
    """
    if word.body["status"] not in _NO:
        return []
    spoken = [fact for fact in said if fact.kind is FactKind.CONSENT and fact.id != word.id]
    standing: list[Fact] = []
    for fact in sorted(spoken, key=lambda one: (one.valid_from, one.recorded_at)):
        if fact.body["status"] in _YES:
            standing.append(fact)
        elif fact.body["status"] in _NO:
            standing = [yes for yes in standing if not _covers(fact, yes)]
    return [yes for yes in standing if all(_meet(yes.body[key], word.body[key]) for key in _SCOPE)]


def tasks(
    word: Fact, said: Iterable[Fact], family: FamilyId, facts: Iterable[Fact], ids: IdMaker, now: datetime
) -> list[Task]:
    """Return the tasks of one consent event.

    `said` is the person's chain; `facts` are the family's, its workers' and the agencies', at the times of the yeses
    and now. Told is every agency in scope whose workers could have read on the strength of the yes: who never worked
    with the family does not learn of it. Where two sides of one service must not learn of each other's work, the
    worker is told and not the agency.
    """

    def task(kind: str, agency: AgencyId, source: str, account: str = "", record: str = "") -> Task:
        who, what = AccountId(account) if account else None, RecordId(record) if record else None
        return Task(ids.new(), source, kind, agency, family, what, now, now + _CLOCKS[kind], who)

    known = list(facts)
    if word.body.get("reason") == NotGiven.CONFLICT:
        leads = [AgencyId(str(f.body["agency"])) for f in known if f.body.get("kind") == "local_authority"]
        return [task(CONFLICT, lead, word.id) for lead in dict.fromkeys(leads)]
    if not undone_by(word, said):
        return []
    told = [
        task(ACKNOWLEDGE, agency, f"{word.id}/{worker}" if worker else word.id, worker)
        for agency, worker in recipients(word, known)
    ]
    texts = [
        task(REVIEW_TEXT, AgencyId(str(pin.body["agency"])), pin.id, str(pin.body["owner"]), str(pin.body["note"]))
        for pin in pins_about(word.chain.removeprefix("person:"), known)
        if pin.body.get("note")
    ]
    return told + texts


def recipients(word: Fact, facts: Iterable[Fact]) -> list[tuple[AgencyId, str]]:
    """Return (agency, "") in scope with a worker of this person; (agency, worker) where two sides stay apart.

    Who works with another adult of the family alone could not read on this yes, and must not learn that it was taken
    back: the worker of the alleged perpetrator least of all.
    """
    known, person = list(facts), word.chain.removeprefix("person:")
    workers = {
        str(fact.body["account"])
        for fact in known
        if fact.kind is FactKind.ALLOCATION and (_listed(fact.body["works_with"]) or {person}) & {person}
    }
    staff = {fact.chain.removeprefix("account:"): fact.body for fact in known if fact.kind is FactKind.ACCOUNT}
    told = {
        (AgencyId(str(staff[worker]["agency"])), worker if staff[worker]["role"] in TWO_SIDES else "")
        for worker in workers & staff.keys()
    }
    return sorted(pair for pair in told if _meet(word.body["recipients"], [pair[0]]))


def pins_about(person: str, facts: Iterable[Fact]) -> list[Fact]:
    """Return the pins of decisions that relied on something about this person."""
    pins = [fact for fact in facts if fact.kind is FactKind.PIN]
    return [pin for pin in pins if person in _listed(pin.body.get("persons"))]


def _covers(no: Fact, yes: Fact) -> bool:
    pairs = [(_listed(no.body[key]), _listed(yes.body[key])) for key in _SCOPE]
    return all("*" in wide or wide >= narrow for wide, narrow in pairs)


def _meet(one: object, other: object) -> bool:
    first, second = _listed(one), _listed(other)
    return "*" in first or "*" in second or bool(first & second)


def _listed(value: object) -> set[str]:
    return {str(item) for item in value} if isinstance(value, list | tuple) else set()
