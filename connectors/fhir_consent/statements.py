"""What a Consent says in the hub's own words, strictly: what cannot be mapped precisely makes it narrower, never wider.

A yes needs our category, our words for what, to whom and what for, and nothing that limits it in a way we cannot hold.
A no needs less: what cannot be mapped makes it wider. The untouched original is kept either way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from connectors.fhir_bars.message import Resource
from connectors.schema_fields import read_date
from hub.domain.clock import require_utc
from hub.domain.errors import InvalidRequestError
from hub.domain.fields import SHAPES
from hub.domain.life import day_begins
from hub.domain.partial_date import Precision
from hub.domain.referral import ConsentDraft, ConsentScope, ConsentWord, Issue, Severity

CATEGORY: Final = "urn:hub:category"
PURPOSE: Final = "urn:hub:purpose"
AGENCY: Final = "urn:hub:agency"
KIND: Final = "urn:hub:consent-kind"
_SCOPES: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
_RECIPIENT: Final = frozenset({"IRCP", "PRCP"})
_KINDS: Final = frozenset({"confidentiality_agreement", "gdpr_consent"})
_WORD: Final = re.compile(r"[a-z0-9_-]{1,60}", re.ASCII)
_HELD: Final = frozenset(category for shape in SHAPES.values() for category in shape.fields.values())
_MAPPED: Final = frozenset({"type", "period", "actor", "class", "purpose", "provision", "id"})
_AT: Final = "Consent"


class _NotOursError(Exception):
    """Something that the hub's words cannot say, with its place."""


@dataclass(frozen=True, slots=True)
class _Terms:
    categories: tuple[str, ...]
    recipients: tuple[str, ...]
    purposes: tuple[str, ...]
    starts: datetime | None
    ends: datetime | None


def statements(consent: Resource, about: str) -> tuple[tuple[ConsentDraft, ...], tuple[Issue, ...]]:
    """Return what the person said, as far as the hub can hold it, and remarks on what it cannot."""
    scope = _scope(consent)
    said = ConsentDraft(about, scope, ConsentWord.UNKNOWN, pointer=_AT)
    if scope is not ConsentScope.HUB_SHARING:
        return (replace(said, word=_plain_word(consent)),), (_remark("not_about_the_hub", f"{_AT}.scope"),)
    status, base = consent.get("status"), consent.get("provision", {})
    match status, base.get("type"):
        case ("inactive", _):
            return (replace(said, word=ConsentWord.WITHDRAWN),), ()
        case ("entered-in-error", _):
            return (replace(said, word=ConsentWord.EXPIRED),), ()
        case ("rejected", _) | ("active", "deny"):
            return (replace(said, word=ConsentWord.REFUSED, categories=_refused(base)),), ()
        case ("active", "permit"):
            return _agreed(consent, base, said)
        case _:
            return (said,), (_remark("not_in_force", f"{_AT}.status"),)


def _agreed(
    consent: Resource, base: Resource, said: ConsentDraft
) -> tuple[tuple[ConsentDraft, ...], tuple[Issue, ...]]:
    """Return the yes and the noes inside it; no yes when anything in it cannot be held precisely."""
    noes = tuple(
        replace(said, word=ConsentWord.REFUSED, categories=_refused(inner))
        for inner in base.get("provision", ())
        if inner.get("type") == "deny"
    )
    try:
        kind, terms = _kind(consent, said.about), _terms(base)
    except _NotOursError as unmapped:
        return (said, *noes), (_remark("cannot_be_mapped", str(unmapped)),)
    yes = replace(
        said,
        word=ConsentWord.GIVEN,
        kind=kind,
        categories=terms.categories,
        recipients=terms.recipients,
        purposes=terms.purposes,
        starts=max((at for at in (_instant(consent.get("dateTime")), terms.starts) if at), default=None),
        ends=terms.ends,
    )
    return (yes, *noes), ()


def _scope(consent: Resource) -> ConsentScope:
    codings = consent.get("scope", {}).get("coding", ())
    codes = {(coding.get("system"), coding.get("code")) for coding in codings}
    if codes == {(_SCOPES, "patient-privacy")}:
        return ConsentScope.HUB_SHARING
    return ConsentScope.STATISTICAL_RETURN if codes == {(_SCOPES, "research")} else ConsentScope.DIRECT_CARE


def _plain_word(consent: Resource) -> ConsentWord:
    refused = consent.get("status") == "rejected" or consent.get("provision", {}).get("type") == "deny"
    return ConsentWord.REFUSED if refused else ConsentWord.UNKNOWN


def _kind(consent: Resource, about: str) -> str:
    """Return which agreement it is; only the person's own word is one, and nothing may modify what it means."""
    if any(key in consent for key in ("modifierExtension", "implicitRules")):
        raise _NotOursError(f"{_AT}.modifierExtension")
    if any(performer.get("reference") != about for performer in consent.get("performer", ())):
        raise _NotOursError(f"{_AT}.performer")
    codings = [coding for concept in consent.get("category", ()) for coding in concept.get("coding", ())]
    kinds = {coding.get("code") for coding in codings if coding.get("system") == KIND} & _KINDS
    if len(kinds) != 1:
        raise _NotOursError(f"{_AT}.category")
    return str(kinds.pop())


def _terms(base: Resource) -> _Terms:
    at = f"{_AT}.provision"
    if base.keys() - _MAPPED or any(inner.get("type") != "deny" for inner in base.get("provision", ())):
        raise _NotOursError(at)
    period = base.get("period", {})
    return _Terms(
        categories=_ours(base.get("class", ()), CATEGORY, f"{at}.class"),
        recipients=_ours(list(_recipients(base)), AGENCY, f"{at}.actor"),
        purposes=_ours([c for concept in base.get("purpose", ()) for c in _codings(concept)], PURPOSE, f"{at}.purpose"),
        starts=_bound(period, "start", f"{at}.period"),
        ends=_bound(period, "end", f"{at}.period"),
    )


def _codings(concept: Any) -> list[Resource]:  # noqa: ANN401  a Coding, or a CodeableConcept of one
    return [concept] if "code" in concept else list(concept.get("coding", ()))


def _recipients(base: Resource) -> Iterator[Resource]:
    """Yield the agencies named as recipients; any other actor makes a coding that is nobody's."""
    for actor in base.get("actor", ()):
        role = {coding.get("code") for coding in actor.get("role", {}).get("coding", ())}
        named = actor.get("reference", {}).get("identifier", {})
        yield {"system": named.get("system") if role and role <= _RECIPIENT else "", "code": named.get("value")}


def _ours(codings: Any, system: str, where: str) -> tuple[str, ...]:  # noqa: ANN401  Codings
    """Return the words of one of our lists; codes of other lists are left out, and none left means no yes."""
    codes = [str(coding.get("code", "")) for coding in codings if coding.get("system") == system]
    words = tuple(dict.fromkeys(code for code in codes if _WORD.fullmatch(code)))
    if system == CATEGORY:
        words = tuple(word for word in words if word in _HELD)
    if not words:
        raise _NotOursError(where)
    return words


def _refused(base: Resource) -> tuple[str, ...]:
    """Return what a no is about: our words for it when they say it all, else everything."""
    codings = base.get("class", ())
    codes = [coding.get("code") for coding in codings if coding.get("system") == CATEGORY]
    only = base.keys() <= {"type", "class", "id"} and len(codes) == len(codings)
    return tuple(codes) if codes and only and set(codes) <= _HELD else ("*",)


def _bound(period: Resource, key: str, where: str) -> datetime | None:
    if key not in period:
        return None
    found = _instant(period[key], ends=key == "end")
    if found is None:
        raise _NotOursError(where)
    return found


def _instant(text: Any, *, ends: bool = False) -> datetime | None:  # noqa: ANN401  a FHIR dateTime, or nothing
    """Return an instant of a FHIR dateTime to the day or finer; a last day counts in full. None for anything vaguer."""
    if not isinstance(text, str):
        return None
    if "T" in text:
        try:
            return require_utc(datetime.fromisoformat(text))
        except (ValueError, InvalidRequestError):
            return None
    day = read_date(text)
    if day is None or day.precision is not Precision.DAY or day.approximate:
        return None
    if ends and day.first == date.max:
        return None
    return day_begins(day.first + timedelta(days=1) if ends else day.first)


def _remark(code: str, where: str) -> Issue:
    return Issue(Severity.WARNING, code, where)
