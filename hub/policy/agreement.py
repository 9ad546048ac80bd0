"""Reads agreements and house rules; `load_*` refuse everything they do not understand, with its place.

INVARIANT: what is returned was checked against the closed lists, the routes and the kinds of the parties.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from hub.domain.canonical import digest
from hub.policy.agreement_shape import agreement_shape, house_shape
from hub.policy.decision import Level
from hub.policy.gateways import Gateways
from hub.policy.reading import Document, Path, read
from hub.policy.terms import (
    Agreement,
    ConsentTerm,
    Gap,
    HouseRules,
    Match,
    Never,
    Obligation,
    Party,
    Purpose,
    Rule,
)
from hub.policy.vocabulary import Vocabulary

__all__ = ["Agreement", "HouseRules", "load_agreement", "load_house_rules"]


def load_agreement(text: str, source: str, vocabulary: Vocabulary, gateways: Gateways) -> Agreement:
    """Read one agreement.

    Raises:
        PolicyError: for the first thing that is not allowed; `where` is file:line:column, `next_step` what may stand.
    """
    document = read(text, source)
    values = document.checked(agreement_shape(document, vocabulary, gateways))
    agreement = _agreement(values, vocabulary, source)
    _Checks(document, agreement, gateways).run()
    return agreement


def load_house_rules(text: str, source: str, vocabulary: Vocabulary) -> HouseRules:
    """Read `house-rules.yaml`; PolicyError with file, line and column as for an agreement."""
    document = read(text, source)
    values = document.checked(house_shape(vocabulary))
    nevers = tuple(_never(entry) for entry in values["never"])
    _distinct(document, (("never", never.id) for never in nevers))
    return HouseRules(values["house_rules"], int(values["version"]), nevers, digest(document.value))


def _agreement(values: Mapping[str, Any], vocabulary: Vocabulary, source: str) -> Agreement:
    parties = {code: Party(code=code, **entry) for code, entry in values["parties"].items()}
    purposes = {key: _purpose(key, entry) for key, entry in values["purposes"].items()}
    duties = {key: _obligation(key, entry) for key, entry in values.get("obligations", {}).items()}
    options = {key: _nevers(entry["never"], parties) for key, entry in values.get("options", {}).items()}
    chosen = [never for key, nevers in options.items() for never in nevers if values["options"][key]["chosen"] == "yes"]
    return Agreement(
        id=values["agreement"],
        version=int(values["version"]),
        title=values["title"],
        parties=MappingProxyType(parties),
        starts=_midnight(values["in_force"]["from"]),
        ends=_midnight(values["in_force"]["until"]) + timedelta(days=1),
        review=date.fromisoformat(values["review"]),
        purposes=MappingProxyType(purposes),
        rules=tuple(_rule(entry, vocabulary) for entry in values["sharing"]),
        nevers=(*_nevers(values.get("never", ()), parties), *chosen),
        gaps=tuple(_gap(entry, vocabulary) for entry in values.get("gaps", ())),
        obligations=MappingProxyType(duties),
        people=MappingProxyType(values.get("worked_people", {})),
        worked_cases=tuple(values.get("worked_cases", ())),
        content=MappingProxyType(values),
        source=source,
        options=MappingProxyType(options),
    )


def _nevers(entries: Iterable[Mapping[str, Any]], parties: Iterable[str]) -> tuple[Never, ...]:
    return tuple(_never(entry, frozenset(parties)) for entry in entries)


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def _purpose(key: str, entry: Mapping[str, Any]) -> Purpose:
    law = ", ".join(entry["ordinary_data"].get("law", ()))
    special, offence = entry.get("special_category", {}), entry.get("criminal_offence", {})
    return Purpose(
        id=key,
        words=entry["words"],
        art6="; ".join(filter(None, (entry["ordinary_data"]["basis"], law))),
        art9="; ".join(special.values()),
        art10="; ".join(offence.values()),
        confidentiality=entry["confidentiality"],
        article8=entry["article8"],
    )


def _obligation(key: str, entry: Mapping[str, str]) -> Obligation:
    blocking = entry.get("blocking") == "yes"
    who = entry.get("by", ""), entry.get("to", "")
    return Obligation(key, entry["words"], entry["when"], entry.get("within", ""), blocking, *who)


def _match(entry: Mapping[str, Any], vocabulary: Vocabulary) -> Match:
    keys = {"sources": "from", "recipients": "to", "parts": "subject_parts", "also": "and_relationship"}
    keys |= {name: name for name in ("roles", "purposes", "categories")} | {"relationships": "relationship"}
    reach = vocabulary.sensitivities[: vocabulary.sensitivities.index(entry["up_to"]) + 1]
    found = {name: frozenset(entry.get(key, ())) for name, key in keys.items()}
    return Match(**found, sensitivities=frozenset(reach))


def _rule(entry: Mapping[str, Any], vocabulary: Vocabulary) -> Rule:
    said = entry["consent"]
    term = ConsentTerm(
        need=said["need"],
        openings=frozenset(said.get("openings", ())),
        overrides_refusal=said.get("overrides_refusal") == "yes",
        lasts=said.get("lasts", ""),
        because=said.get("because", ""),
    )
    duties = tuple(entry.get("obligations", ()))
    return Rule(entry["rule"], entry["words"], _match(entry, vocabulary), term, entry["route"], duties)


def _gap(entry: Mapping[str, Any], vocabulary: Vocabulary) -> Gap:
    duties = tuple(entry.get("obligations", ()))
    return Gap(entry["gap"], entry["words"], _match(entry, vocabulary), Level(entry["level"]), duties)


def _never(entry: Mapping[str, Any], parties: frozenset[str] = frozenset()) -> Never:
    when, unless, asks_holder = entry.get("when", {}), entry.get("unless", {}), entry.get("display") == "ask_holder"
    keys = {"roles": "roles", "handlings": "handling", "audiences": "audience", "parts": "parts"}
    found = {name: frozenset(when.get(key, ())) for name, key in keys.items()}
    match = Match(
        sources=frozenset(entry.get("from", parties)),
        recipients=frozenset(entry.get("to", parties)),
        categories=frozenset(entry.get("categories", ())),
        relationships=frozenset(when.get("viewer_relationship", ())),
        **found,
    )
    return Never(
        id=entry["rule"],
        words=entry["words"],
        when=match,
        unless_relationships=frozenset(unless.get("viewer_relationship", ())),
        unless_roles=frozenset(unless.get("roles", ())),
        unless_recipient_kinds=frozenset(unless.get("recipient_kinds", ())),
        level=Level.HIDE if asks_holder else Level(entry.get("display", "hide")),
        unless_openings=frozenset(unless.get("openings", ())),
        unless_consents=frozenset(unless.get("consent", ())),
        asks_holder=asks_holder,
    )


def _distinct(document: Document, ids: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    places: dict[str, int] = {}
    for section, name in ids:
        place = places.get(section, 0)
        places[section] = place + 1
        if name in seen:
            raise document.refusal("duplicate_rule", (section, place), "an id that no other rule has")
        seen.add(name)


class _Checks:
    """What the closed lists alone cannot say: directions, routes and openings that fit each rule."""

    def __init__(self, document: Document, agreement: Agreement, gateways: Gateways) -> None:
        self._document = document
        self._agreement = agreement
        self._gateways = gateways

    def run(self) -> None:
        """Raise PolicyError for the first rule that cannot mean what it says."""
        found = self._agreement
        if found.ends <= found.starts:
            raise self._document.refusal("dates", ("in_force", "until"), "a day not before `from`")
        sections = (("sharing", found.rules), ("never", found.nevers), ("gaps", found.gaps))
        _distinct(self._document, ((name, rule.id) for name, rules in sections for rule in rules))
        for key, nevers in found.options.items():
            if {never.id for never in nevers} & ({rule.id for rule in found.rules} | {gap.id for gap in found.gaps}):
                raise self._document.refusal("duplicate_rule", ("options", key), "an id that no other rule has")
        for duty in found.obligations.values():
            self._obligation(duty, ("obligations", duty.id))
        for place, rule in enumerate(found.rules):
            self._consent(rule, ("sharing", place, "consent"))
            self._route(rule, ("sharing", place), self._pairs(rule, ("sharing", place)))

    def _obligation(self, duty: Obligation, path: Path) -> None:
        """What is done afterwards has a deadline and somebody who does it; only what comes before can block."""
        if duty.when == "after" and not (duty.within and duty.by):
            raise self._document.refusal("nobody_does_it", path, "when: after goes with `within` and `by`")
        if duty.blocking and duty.when != "before":
            raise self._document.refusal("cannot_block", (*path, "blocking"), "blocking goes with when: before")

    def _consent(self, rule: Rule, path: Path) -> None:
        term = rule.consent
        if term.overrides_refusal and (term.need != "none" or not term.openings):
            allowed = "need: none, and at least one opening fact under openings"
            raise self._document.refusal("override_without_opening", (*path, "overrides_refusal"), allowed)
        if term.need == "none" and not term.openings:
            raise self._document.refusal("none_without_opening", (*path, "need"), "need: none goes with openings")
        if (term.need == "not_engaged") != bool(term.because):
            raise self._document.refusal("because", (*path, "need"), "not_engaged goes with `because`, and only it")

    def _pairs(self, rule: Rule, path: Path) -> list[tuple[str, str]]:
        when = rule.when
        if "own_agency" in when.relationships | when.also:
            if when.sources != when.recipients or frozenset({"own_agency"}) not in (when.relationships, when.also):
                raise self._document.refusal("direction", (*path, "to"), "own_agency alone, from and to the same")
            return [(code, code) for code in when.sources]
        if when.sources & when.recipients:
            raise self._document.refusal("direction", (*path, "to"), "parties that are not under `from`")
        return [(giver, taker) for giver in sorted(when.sources) for taker in sorted(when.recipients)]

    def _route(self, rule: Rule, path: Path, pairs: Iterable[tuple[str, str]]) -> None:
        route, parties = self._gateways.routes[rule.route], self._agreement.parties
        for giver, taker in pairs:
            if parties[giver].kind not in route.disclosers:
                raise self._misfit(route.disclosers, (*path, "route"))
            if parties[taker].kind not in route.recipients:
                raise self._misfit(route.recipients, (*path, "route"))
        if rule.when.categories & route.excludes:
            barred = ", ".join(sorted(route.excludes))
            raise self._document.refusal("route_excludes", (*path, "categories"), f"none of: {barred}")
        if not rule.when.purposes <= route.purposes:
            raise self._misfit(route.purposes, (*path, "purposes"))
        if route.consent == "required" and rule.consent.need != "given":
            raise self._document.refusal("route_needs_consent", (*path, "consent", "need"), "given")

    def _misfit(self, allowed: frozenset[str], path: Path) -> Exception:
        return self._document.refusal("route_misfit", path, ", ".join(sorted(allowed)))
