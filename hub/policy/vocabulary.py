"""The closed lists of words that agreements may use, each with practitioner words and family words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marshmallow import Schema

from hub.domain.canonical import digest
from hub.domain.consent import LISTS
from hub.domain.labels import Sensitivity
from hub.policy.decision import Level
from hub.policy.reading import by_word, nested, plain, read, shape

SECTIONS = (
    "categories",
    "sensitivities",
    "roles",
    "purposes",
    "relationships",
    "obligations",
    "agency_kinds",
    "parts",
    "consent_states",
    "openings",
    "desks",
    "display_levels",
    "decisions",
)
FIXED = {section: tuple(codes) for section, codes in LISTS.items()}
CONSENT_STATES = ("given", "given_with_conditions", "refused", "withdrawn", "not_sought", "unable", "expired")
_ENTRY = nested({"words": plain(), "family": plain(required=False)})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every closed list; the order of a list is the order of the file (sensitivities: least first)."""

    version: str
    categories: tuple[str, ...]
    sensitivities: tuple[str, ...]
    roles: tuple[str, ...]
    purposes: tuple[str, ...]
    relationships: tuple[str, ...]
    obligations: tuple[str, ...]
    agency_kinds: tuple[str, ...]
    parts: tuple[str, ...]
    consent_states: tuple[str, ...]
    openings: tuple[str, ...]
    desks: tuple[str, ...]
    display_levels: tuple[str, ...]
    decisions: tuple[str, ...]
    terms: Mapping[str, Mapping[str, tuple[str, str]]]
    digest: str

    def words(self, term: str) -> str:
        """Return what practitioners read for a term; an unknown term is printed as it is, without underscores."""
        return self._find(term)[0]

    def family_words(self, term: str) -> str:
        """Return what a family reads for a term."""
        return self._find(term)[1]

    def words_for(self, section: str, term: str) -> tuple[str, str]:
        """Return a term's words for practitioners and for families, in one list: `none` means something in several."""
        return self.terms[section][term]

    def _find(self, term: str) -> tuple[str, str]:
        bare = term.replace("_", " ")
        return next((words[term] for words in self.terms.values() if term in words), (bare, bare))


def load_vocabulary(text: str, source: str) -> Vocabulary:
    """Read `vocabulary.yaml`; PolicyError with file, line and column when it is not exactly that."""
    document = read(text, source)
    values = document.checked(vocabulary_shape())
    if tuple(values["sensitivities"]) != tuple(Sensitivity):
        raise document.refusal("sensitivity_order", ("sensitivities",), ", ".join(Sensitivity))
    for section, fixed in (("consent_states", CONSENT_STATES), ("display_levels", tuple(Level)), *FIXED.items()):
        if set(values[section]) != set(fixed):
            raise document.refusal(section, (section,), ", ".join(fixed))
    for desk in values["desks"]:
        if f"on_duty_{desk}" not in values["relationships"]:
            raise document.refusal("desk_without_relationship", ("desks", desk), f"add relationship on_duty_{desk}")
    terms = {name: _pairs(values[name]) for name in (*SECTIONS, *FIXED)}
    lists = {name: tuple(terms[name]) for name in SECTIONS}
    return Vocabulary(version=values["version"], **lists, terms=MappingProxyType(terms), digest=digest(document.value))


def vocabulary_shape() -> type[Schema]:
    """Return the schema of `vocabulary.yaml`."""
    return shape({"version": plain(r"\d{1,6}")} | {name: by_word(None, _ENTRY) for name in (*SECTIONS, *FIXED)})


def _pairs(entries: Mapping[str, Mapping[str, str]]) -> Mapping[str, tuple[str, str]]:
    return MappingProxyType({k: (v["words"], v.get("family", v["words"])) for k, v in entries.items()})
