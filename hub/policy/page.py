"""The page that people read and sign, made from the parsed agreement alone: never from its YAML text.

One list of lines gives the page, the PDF and the digest that is signed, so they cannot differ. Every value of the
agreement is on it, whichever key it stands under; words come from the vocabulary it was checked with.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.policy.agreement import Agreement, HouseRules
from hub.policy.gateways import Gateways
from hub.policy.vocabulary import SECTIONS, Vocabulary

_LABELS: Final[Mapping[str, str]] = {
    "from": "Information of",
    "to": "Shown to",
    "roles": "Who there",
    "purposes": "For",
    "categories": "What",
    "up_to": "Up to and including",
    "relationship": "Only to who is",
    "and_relationship": "And who is also",
    "subject_parts": "Only about",
    "consent": "Consent",
    "route": "Power or duty relied on",
    "obligations": "Duties",
    "level": "Shows as",
    "display": "Shows as",
    "when": "When",
    "unless": "Unless",
    "kind": "Kind",
    "controller": "Controller",
    "lead": "Safeguarding lead",
    "ordinary_data": "Ordinary personal data",
    "special_category": "Special category data",
    "criminal_offence": "Criminal offence data",
    "confidentiality": "Ground for confidentiality",
    "article8": "Private and family life (Article 8)",
    "in_force": "In force",
    "review": "Review by",
    "expect": "Expected",
    "viewer": "Reader",
    "label": "Item",
    "at": "At",
}
_INNER: Final[Mapping[str, str]] = {
    "need": "needed:",
    "from": "from",
    "openings": "opening facts:",
    "overrides_refusal": "also when refused:",
    "lasts": "a yes lasts",
    "viewer_relationship": "the reader is:",
    "recipient_kinds": "the reader's agency is:",
    "parts": "it is about:",
    "roles": "the reader's role is:",
    "level": "",
}
_NEEDS: Final[Mapping[str, str]] = {
    "given": "the person has said yes",
    "not_refused": "the person has not said no",
    "none": "not needed while an opening fact stands",
    "not_engaged": "not in play",
    "yes": "yes",
    "no": "no",
}
_HEADINGS: Final[Mapping[str, str]] = {
    "parties": "Parties",
    "governance": "Governance",
    "purposes": "Purposes and their legal grounds",
    "sharing": "What is shared",
    "never": "What is never shown",
    "gaps": "How what is held back shows",
    "obligations": "Duties that come with seeing",
    "retention": "How long it is kept",
    "worked_people": "People of the worked cases",
    "worked_cases": "Worked cases: what follows from these rules",
}
_HEAD: Final = ("agreement", "house_rules", "version", "title")
_NAMES: Final = ("rule", "gap", "words")
_SECTION_OF: Final[Mapping[str, str]] = {
    "up_to": "sensitivities",
    "sensitivity": "sensitivities",
    "relationship": "relationships",
    "and_relationship": "relationships",
    "viewer_relationship": "relationships",
    "subject_parts": "parts",
    "worked_people": "parts",
    "level": "display_levels",
    "display": "display_levels",
    "kind": "agency_kinds",
    "recipient_kinds": "agency_kinds",
    "role": "roles",
    "purpose": "purposes",
    "category": "categories",
    "opening": "openings",
    "desk": "desks",
    "status": "consent_states",
    "satisfied": "obligations",
}
_PARTY_KEYS: Final = frozenset({"from", "to", "owner", "agency", "recipient", "contact_for_rights"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `kind` is title, heading, rule (with its id as `label`), or row (`label`, `words`)."""

    kind: str
    words: str
    label: str = ""

    @property
    def text(self) -> str:
        """The line as it is signed."""
        return f"{self.label}: {self.words}" if self.label else self.words


@dataclass(frozen=True, slots=True)
class SigningPage:
    """What a signatory sees."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The page as plain text: what `text_sha256` is the digest of."""
        return "\n".join(line.text for line in self.lines) + "\n"


def page_digest(text: str) -> str:
    """SHA-256 (hexadecimal) of a page's text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a page that was stored as text."""
    return tuple(text.removesuffix("\n").split("\n"))


def agreement_page(agreement: Agreement, sha256: str, vocabulary: Vocabulary, gateways: Gateways) -> SigningPage:
    """Return the page of an agreement; `sha256` is the digest of its canonical form and is printed."""
    writer = _Writer(vocabulary, gateways, {code: party.name for code, party in agreement.parties.items()})
    return SigningPage(tuple(writer.page(agreement.content, "Information sharing agreement", agreement.key, sha256)))


def house_page(
    house: HouseRules, content: Mapping[str, Any], sha256: str, vocabulary: Vocabulary, gateways: Gateways
) -> SigningPage:
    """Return the page of the house rules, from their parsed content."""
    writer = _Writer(vocabulary, gateways, {})
    return SigningPage(tuple(writer.page(content, "House rules", house.key, sha256)))


class _Writer:
    """Writes values in words, each under its key."""

    def __init__(self, vocabulary: Vocabulary, gateways: Gateways, parties: Mapping[str, str]) -> None:
        self._vocabulary, self._gateways, self._parties = vocabulary, gateways, parties

    def page(self, content: Mapping[str, Any], what: str, key: str, sha256: str) -> Iterator[Line]:
        """Write the whole document: its head, then each section in the order the document has them."""
        yield Line("title", _one_line(content["title"]))
        yield Line("row", key, what)
        yield Line("row", sha256, "SHA-256 of its canonical form")
        for section, value in content.items():
            if section not in _HEAD:
                yield from self._section(section, value)

    def _section(self, section: str, value: object) -> Iterator[Line]:
        if not isinstance(value, Mapping | list | tuple) or section == "in_force":
            yield Line("row", self._said(section, value), _label(section))
            return
        yield Line("heading", _HEADINGS.get(section, _label(section)))
        entries = value.items() if isinstance(value, Mapping) else [(self._id(one), one) for one in value]
        for name, entry in entries:
            if isinstance(entry, Mapping):
                yield Line("rule", _one_line(str(entry.get("words", entry.get("name", "")))), self._name(section, name))
                for key, inner in entry.items():
                    if key not in _NAMES and key != "name":
                        yield Line("row", self._said(key, inner), _label(key))
            else:
                yield Line("row", self._said(section, entry), _label(name))

    def _id(self, entry: object) -> str:
        named = entry if isinstance(entry, Mapping) else {}
        return str(named.get("rule") or named.get("gap") or "Case")

    def _name(self, section: str, name: str) -> str:
        if section in {"purposes", "obligations"}:
            return f"{section.removesuffix('s').capitalize()} {name}"
        return name

    def _said(self, key: str, value: object) -> str:
        """Write one value in words, on one line."""
        if isinstance(value, Mapping):
            return "; ".join(f"{_inner_label(name)} {self._said(name, inner)}".strip() for name, inner in value.items())
        if isinstance(value, list | tuple):
            whole = any(isinstance(one, Mapping) for one in value)
            return "; ".join(f"({self._said(key, one)})" if whole else self._said(key, one) for one in value)
        return self._word(key, str(value))

    def _word(self, key: str, value: str) -> str:
        section = _SECTION_OF.get(key, key)
        if key in _PARTY_KEYS and value in self._parties:
            return f"{_one_line(self._parties[value])} ({value})"
        if key == "route":
            route = self._gateways.routes.get(value)
            return f"{_one_line(route.words)} {_one_line(route.law)} ({value})" if route else value
        if key in {"need", "overrides_refusal"}:
            return _NEEDS.get(value, value)
        if section in SECTIONS and value in self._vocabulary.terms[section]:
            return self._unmistakable(section, value)
        return value.replace("_", " ") if key in {"confidentiality", "controller"} else _one_line(value)

    def _unmistakable(self, section: str, value: str) -> str:
        """Return the words of a term; where another term of the list reads the same, with its code."""
        words = _one_line(self._vocabulary.terms[section][value][0])
        alike = [one for one, _ in self._vocabulary.terms[section].values() if _one_line(one) == words]
        return words if len(alike) == 1 else f"{words} ({value})"


def _label(key: str) -> str:
    return _LABELS.get(key, key.replace("_", " ").capitalize() if key.islower() else key)


def _inner_label(key: str) -> str:
    return _INNER.get(key, key.replace("_", " "))


def _one_line(words: str) -> str:
    return " ".join(words.split())


def unprintable(text: str, known: Sequence[int] | frozenset[int]) -> list[str]:
    """Return the characters of a page, as `U+0175`, that a font with these code points cannot print."""
    found = {ord(mark) for mark in text if not mark.isspace()} - set(known)
    return [f"U+{mark:04X}" for mark in sorted(found)]
