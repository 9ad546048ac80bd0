"""CodeableConcepts as words and codes. Codes are kept as sent; nothing is looked up and nothing is guessed."""

from collections.abc import Iterable

from connectors.fhir_bars.message import Resource


def concept_words(concept: Resource) -> str:
    """Return the words of a CodeableConcept: its text, else the displays, else the codes."""
    codings = concept.get("coding", ())
    words = [str(coding.get("display") or coding.get("code") or "") for coding in codings]
    return str(concept.get("text") or ", ".join(word for word in words if word))


def evidence(concept: Resource) -> Iterable[str]:
    """Yield each coding as `system|code display`, as sent."""
    for coding in concept.get("coding", ()):
        yield f"{coding.get('system', '')}|{coding.get('code', '')} {coding.get('display', '')}".strip()


def codes_of(concepts: Iterable[Resource]) -> frozenset[str]:
    """Return every code in these CodeableConcepts."""
    return frozenset(str(coding.get("code", "")) for concept in concepts for coding in concept.get("coding", ()))
