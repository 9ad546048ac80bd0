"""The keys that agreements and house rules may have, and the closed list behind each of them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from hub.domain.labels import Audience, Handling
from hub.policy.gateways import Gateways
from hub.policy.reading import RULE_ID, YES_NO, Document, by_word, day, many, nested, plain, shape, texts, word, words
from hub.policy.vocabulary import Vocabulary
from hub.policy.worked_shape import worked_shape

NEEDS = ("given", "not_refused", "none", "not_engaged")
PERIOD = r"P(\d{1,4}[DMY]|T\d{1,4}H)"
ONWARD = ("none", "ask_originator", "own_rule")
"""What a recipient may pass on: nothing; after asking the originator; only under a rule of its own."""
DOERS = ("reader", "lead_practitioner", "recipient_agency", "source_agency", "ig_officer")
REACHED = ("person", "source_agency", "source_agency_ig", "own_ig")

Fields = Mapping[str, fields.Field[Any]]


def agreement_shape(document: Document, vocabulary: Vocabulary, gateways: Gateways) -> type[Schema]:
    """Return the schema of one agreement; its own parties, purposes and obligations become closed lists too."""
    parties, purposes = _keys(document, "parties"), _keys(document, "purposes")
    duties, people = _keys(document, "obligations"), _keys(document, "worked_people")
    scope = _scope(vocabulary, parties, purposes)
    return shape(
        {
            "agreement": plain(r"[A-Z0-9][A-Z0-9-]{1,39}"),
            "version": plain(r"[1-9]\d{0,5}"),
            "title": plain(),
            "in_force": nested({"from": day(), "until": day()}),
            "review": day(),
            "parties": by_word(None, nested(_party(vocabulary))),
            "governance": by_word(None, plain(), required=False),
            "purposes": by_word(vocabulary.purposes, nested(_purpose())),
            "sharing": many(scope | _rule(vocabulary, gateways, duties)),
            "never": many(_never(vocabulary) | _between(parties), required=False),
            "gaps": many(scope | _gap(duties), required=False),
            "obligations": by_word(vocabulary.obligations, nested(_obligation()), required=False),
            "options": by_word(None, nested(_option(vocabulary, parties)), required=False),
            "retention": nested(_retention(), required=False),
            "onward_sharing": nested({"allowed": word(ONWARD), "notice": plain(required=False)}, required=False),
            "worked_people": by_word(None, words(vocabulary.parts), required=False),
            "worked_cases": many(
                worked_shape(vocabulary, parties, people, duties, _keys(document, "options")), required=False
            ),
        }
    )


def house_shape(vocabulary: Vocabulary) -> type[Schema]:
    """Return the schema of the house rules."""
    head = {"house_rules": plain(r"[A-Z]{1,12}"), "version": plain(r"[1-9]\d{0,5}"), "title": plain()}
    return shape(head | {"never": many(_never(vocabulary))})


def _keys(document: Document, section: str) -> tuple[str, ...]:
    found = document.value.get(section) if isinstance(document.value, dict) else None
    return tuple(found) if isinstance(found, dict) else ()


def _party(vocabulary: Vocabulary) -> Fields:
    controller = word(["joint", "separate", "processor"])
    return {"name": plain(), "kind": word(vocabulary.agency_kinds), "controller": controller, "lead": plain()}


def _purpose() -> Fields:
    grounds = {"basis": plain(), "condition": plain(required=False)}
    return {
        "words": plain(),
        "ordinary_data": nested({"basis": plain(), "law": texts()}),
        "special_category": nested(grounds, required=False),
        "criminal_offence": nested(grounds, required=False),
        "confidentiality": plain(),
        "article8": plain(),
    }


def _scope(vocabulary: Vocabulary, parties: tuple[str, ...], purposes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "words": plain(),
        "from": words(parties, code="unknown_party"),
        "to": words(parties, code="unknown_party"),
        "roles": words(vocabulary.roles),
        "purposes": words(purposes),
        "categories": words(vocabulary.categories),
        "up_to": word(vocabulary.sensitivities),
        "relationship": words(vocabulary.relationships),
        "and_relationship": words(vocabulary.relationships, required=False),
        "subject_parts": words(vocabulary.parts, required=False),
    }


def _rule(vocabulary: Vocabulary, gateways: Gateways, duties: tuple[str, ...]) -> dict[str, Any]:
    consent = {
        "need": word(NEEDS),
        "from": word(["data_subject"], required=False),
        "openings": words(vocabulary.openings, required=False),
        "overrides_refusal": word(YES_NO, required=False),
        "lasts": plain(PERIOD, required=False),
        "because": plain(required=False),
    }
    return {
        "rule": plain(RULE_ID),
        "consent": nested(consent),
        "route": word(list(gateways.routes)),
        "obligations": words(duties, required=False),
    }


def _gap(duties: tuple[str, ...]) -> dict[str, Any]:
    level = word(["attributed", "count"])
    return {"gap": plain(RULE_ID), "level": level, "obligations": words(duties, required=False)}


def _never(vocabulary: Vocabulary) -> dict[str, Any]:
    when = {
        "viewer_relationship": words(vocabulary.relationships, required=False),
        "roles": words(vocabulary.roles, required=False),
        "handling": words([h.value for h in Handling], required=False),
        "audience": words([a.value for a in Audience], required=False),
        "parts": words(vocabulary.parts, required=False),
    }
    unless = {
        "openings": words(vocabulary.openings, required=False),
        "consent": words(vocabulary.consent_states, required=False),
        "viewer_relationship": words(vocabulary.relationships, required=False),
        "roles": words(vocabulary.roles, required=False),
        "recipient_kinds": words(vocabulary.agency_kinds, required=False),
    }
    return {
        "rule": plain(RULE_ID),
        "words": plain(),
        "categories": words(vocabulary.categories, required=False),
        "when": nested(when, required=False),
        "unless": nested(unless, required=False),
        "display": word(["attributed", "count", "hide", "ask_holder"], required=False),
    }


def _between(parties: tuple[str, ...]) -> dict[str, Any]:
    return {name: words(parties, required=False, code="unknown_party") for name in ("from", "to")}


def _option(vocabulary: Vocabulary, parties: tuple[str, ...]) -> Fields:
    """What the parties may choose on signing; its prohibitions count only when it is chosen."""
    return {"words": plain(), "chosen": word(YES_NO), "never": many(_never(vocabulary) | _between(parties))}


def _retention() -> Fields:
    """How long a recipient keeps its copy (`view_only`: there is none), an export, and the record of decisions."""
    copy = plain(rf"view_only|until_closed|{PERIOD}")
    return {"recipient_copy": copy, "exports": plain(PERIOD), "decision_log": plain(PERIOD)}


def _obligation() -> Fields:
    return {
        "words": plain(),
        "by": word(DOERS, required=False),
        "to": word(REACHED, required=False),
        "when": word(["before", "with", "after"]),
        "within": plain(PERIOD, required=False),
        "blocking": word(YES_NO, required=False),
    }
