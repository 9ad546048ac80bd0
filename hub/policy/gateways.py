"""Opening facts (why confidence may be overridden) and routes (the discloser's own power or duty).

Source law stands in each entry of `gateways.yaml`; `verified: "no"` says that a lawyer has yet to confirm it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marshmallow import Schema

from hub.domain.canonical import digest
from hub.policy.reading import by_word, nested, plain, read, shape, texts, word, words
from hub.policy.vocabulary import Vocabulary

_DAYS = r"\d{1,4}"


@dataclass(frozen=True, slots=True)
class Opening:
    """Who may record it by role, the evidence, its review, warning and latest end (a period), what may follow it."""

    id: str
    words: str
    law: str
    recorded_by: frozenset[str]
    evidence: str
    review_days: int
    warn_working_days: int
    followed_by: frozenset[str]
    names: str
    closes_after: str
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class Route:
    """A power, duty or condition of the disclosing party, directional, by kind of party.

    `excludes` are categories it can never carry. `digest` is of its whole text: what an officer accepts.
    """

    id: str
    words: str
    law: str
    source: str
    kind: str
    disclosers: frozenset[str]
    recipients: frozenset[str]
    purposes: frozenset[str]
    consent: str
    bars: tuple[str, ...]
    excludes: frozenset[str]
    verified: bool
    note: str
    digest: str


@dataclass(frozen=True, slots=True)
class Gateways:
    """All opening facts and routes that agreements may name."""

    version: str
    openings: Mapping[str, Opening]
    routes: Mapping[str, Route]
    digest: str


def gateways_shape(vocabulary: Vocabulary) -> type[Schema]:
    """Return the schema of `gateways.yaml`."""
    common = {"words": plain(), "law": plain(), "verified": word(["yes", "no"]), "note": plain(required=False)}
    opening = {
        "recorded_by": words(vocabulary.roles),
        "evidence": plain(),
        "review_days": plain(_DAYS),
        "warn_working_days": plain(_DAYS),
        "followed_by": words(vocabulary.openings, required=False),
        "names": word(["people", "items"]),
        "closes_after": plain(r"P([1-9]\d{0,3}[DMY]|T[1-9]\d{0,3}H)", required=False),
    }
    route = {
        "source": plain(),
        "kind": word(["duty", "power", "condition"]),
        "disclosers": words(vocabulary.agency_kinds),
        "recipients": words(vocabulary.agency_kinds),
        "purposes": words(vocabulary.purposes),
        "consent": word(["required", "seek_if_safe", "not_required"]),
        "bars": texts(),
        "excludes": words(vocabulary.categories, required=False),
    }
    openings = by_word(vocabulary.openings, nested(common | opening))
    return shape({"version": plain(_DAYS), "openings": openings, "routes": by_word(None, nested(common | route))})


def load_gateways(text: str, source: str, vocabulary: Vocabulary) -> Gateways:
    """Read `gateways.yaml`; PolicyError with file, line and column when a word is unknown or a key is missing."""
    document = read(text, source)
    values = document.checked(gateways_shape(vocabulary))
    for missing in set(vocabulary.openings) - set(values["openings"]):
        raise document.refusal("missing_key", ("openings",), missing)
    return Gateways(
        version=values["version"],
        openings=MappingProxyType({key: _opening(key, entry) for key, entry in values["openings"].items()}),
        routes=MappingProxyType({key: _route(key, entry) for key, entry in values["routes"].items()}),
        digest=digest(document.value),
    )


def _opening(key: str, entry: Mapping[str, Any]) -> Opening:
    days = {name: int(entry[name]) for name in ("review_days", "warn_working_days")}
    sets = {name: frozenset(entry.get(name, ())) for name in ("recorded_by", "followed_by")}
    return Opening(
        **{"note": "", "closes_after": "", **entry, **days, **sets, "id": key, "verified": entry["verified"] == "yes"}
    )


def _route(key: str, entry: Mapping[str, Any]) -> Route:
    sets = {name: frozenset(entry.get(name, ())) for name in ("disclosers", "recipients", "purposes", "excludes")}
    derived = {
        "id": key,
        "digest": digest({key: entry}),
        "verified": entry["verified"] == "yes",
        "bars": tuple(entry.get("bars", ())),
    }
    return Route(**{"note": "", **entry, **sets, **derived})
