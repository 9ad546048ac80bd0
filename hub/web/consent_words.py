"""Consent in words: earlier answers, what a no changes, what taking a yes back leaves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hub.domain.facts import Fact
from hub.domain.ids import AgencyId
from hub.services.asking import Flow, Weighed
from hub.services.register import Register, day_words
from hub.services.taking_back import Aftermath


@dataclass(frozen=True, slots=True)
class Told:
    """What is said to a person before they are asked, or instead of asking them."""

    ask: bool
    known: bool
    changes: tuple[str, ...]
    anyway: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaves:
    """What is read before a yes is taken back."""

    kept: tuple[str, ...]
    told: tuple[str, ...]
    past: tuple[str, ...]


def told(weighed: Weighed, register: Register) -> Told:
    """Return the two lists of the page, one line for each holder and who would see it."""
    grounds = {flow: register.vocabulary.words(opening) for flow, opening in weighed.anyway if opening}
    plain = [flow for flow, _ in weighed.anyway if flow not in grounds]
    anyway = [*_lines(plain, register), *_by_ground(grounds, register)]
    return Told(weighed.ask, weighed.known, tuple(_lines(weighed.changes, register)), tuple(anyway))


def _by_ground(grounds: Mapping[Flow, str], register: Register) -> Iterable[str]:
    for ground in sorted(set(grounds.values())):
        for line in _lines([flow for flow, words in grounds.items() if words == ground], register):
            yield f"{line}. Because of: {ground}"


def _lines(flows: Iterable[Flow], register: Register) -> list[str]:
    words, found = register.vocabulary.words, dict[tuple[str, str], list[str]]()
    for flow in flows:
        taker = f"{words(flow.role)}, {register.agency(flow.agency)}"
        found.setdefault((register.agency(flow.owner), taker), []).append(words(flow.category))
    return [
        f"{'; '.join(sorted(set(categories)))}. Held by {owner}, seen by: {taker}"
        for (owner, taker), categories in sorted(found.items())
    ]


def leaves(aftermath: Aftermath, register: Register) -> Leaves:
    """Return what stays, who is told and what cannot be recalled, in lines."""
    words = register.vocabulary.words
    kept = (f"{words(one.decision)}, recorded {day_words(one.since)}" for one in aftermath.kept)
    past = (_past(register.agency(one), *times) for one, times in aftermath.past.items())
    return Leaves(tuple(kept), tuple(register.agency(one) for one in aftermath.told), tuple(past))


def _past(agency: str, screen: int, copies: int) -> str:
    parts = [f"opened on screen at least {_times(screen)}"] if screen else []
    parts += [f"handed over as a copy at least {_times(copies)}"] if copies else []
    return f"{agency}: {', '.join(parts)}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def history_line(fact: Fact, people: Mapping[str, str], register: Register) -> dict[str, str]:
    """Return an earlier answer in words: whose, what, about which information and held by whom, as said by whom."""
    who = people.get(fact.chain.removeprefix("person:"), "Somebody")
    said = register.vocabulary.words(str(fact.body["status"]))
    about = _listed(fact.body["categories"], register.vocabulary.words, "everything")
    held = _listed(fact.body["sources"], lambda id_: register.agency(AgencyId(id_)), "everyone")
    words = f"{who}: {said}, about {about}, held by {held}"
    reason = str(fact.body.get("reason") or "")
    given = register.vocabulary.terms.get("consent_not_given", {})
    if reason in given:
        words = f"{words}. {given[reason][0]}"
    if fact.body.get("capacity") == "parental_responsibility":
        words = f"{words}. Said for them by a holder of parental responsibility"
    return {"when_words": day_words(fact.valid_from), "words": words}


def _listed(chosen: object, words: Callable[[str], str], all_of_it: str) -> str:
    named = [str(item) for item in chosen] if isinstance(chosen, list | tuple) else []
    return all_of_it if "*" in named else ", ".join(words(item) for item in named)
