"""What was observed and answered: Observation values as evidence, QuestionnaireResponse as text. Kept as sent."""

from collections.abc import Iterable, Iterator

from connectors.fhir_bars.message import Entry, Resource
from connectors.fhir_bars.wording import concept_words, evidence
from hub.domain.referral import Sourced

_PLAIN = ("valueString", "valueInteger", "valueDecimal", "valueBoolean", "valueDate", "valueDateTime", "valueTime")


def observed(entry: Entry) -> Iterator[Sourced]:
    """Yield each code of an Observation or Condition with its value, such as `system|code display = 3 of 5`."""
    value = value_words(entry.resource)
    for line in evidence(entry.resource.get("code", {})):
        yield Sourced(f"{line} = {value}" if value else line, f"{entry.pointer}.resource.code")


def value_words(holder: Resource) -> str:
    """Return the words of a `value[x]`."""
    if "valueCodeableConcept" in holder:
        return concept_words(holder["valueCodeableConcept"])
    if "valueCoding" in holder:
        return concept_words({"coding": [holder["valueCoding"]]})
    if "valueQuantity" in holder:
        quantity = holder["valueQuantity"]
        return f"{quantity.get('value', '')} {quantity.get('unit') or quantity.get('code') or ''}".strip()
    return next((str(holder[name]) for name in _PLAIN if name in holder), "")


def answered(entry: Entry) -> Iterator[Sourced]:
    """Yield each answered item of a QuestionnaireResponse as `question: answer`, nested items too."""
    yield from _items(entry.resource.get("item", ()), f"{entry.pointer}.resource")


def _items(items: Iterable[Resource], place: str) -> Iterator[Sourced]:
    for index, item in enumerate(items):
        at = f"{place}.item[{index}]"
        answers = item.get("answer", ())
        said = "; ".join(words for answer in answers if (words := value_words(answer)))
        if said:
            yield Sourced(f"{item.get('text') or item.get('linkId', '')}: {said}", at)
        yield from _items(item.get("item", ()), at)
        for number, answer in enumerate(answers):
            yield from _items(answer.get("item", ()), f"{at}.answer[{number}]")
