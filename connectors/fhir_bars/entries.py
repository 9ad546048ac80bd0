"""The referral itself as one entry of the chronology, and its Consents.

Text is kept as it was sent. Nothing is searched for words: the official example says that there was no safeguarding
concern, and a search for the word would find one.
"""

from collections.abc import Iterator

from connectors.fhir_bars.answers import answered, observed
from connectors.fhir_bars.message import Entry, Message, Resource
from connectors.fhir_bars.request import referrers, services
from connectors.fhir_bars.wording import concept_words, evidence
from connectors.schema_fields import read_date
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import ConsentDraft, ConsentScope, ConsentWord, EntryDraft, Sourced

_OF_THE_PATIENT = ("reason", "requested_service", "referred_by", "coded_evidence", "flags", "consent_statement")


def health_entry(message: Message, request: Entry, about: tuple[str, ...], occurred: PartialDate) -> EntryDraft:
    """Return the referral as an entry; `about` are the keys of everyone in the message, the patient first.

    The summary has all of them as subjects, because free text may name each; coded fields speak of the patient alone.
    """
    gathered = {
        "reason": _reasons(request),
        "summary": _narratives(message, request),
        "requested_service": services(message, request),
        "referred_by": referrers(message, request),
        "coded_evidence": _evidence(message),
        "flags": _flags(message),
        "consent_statement": _consent_statements(message),
    }
    fields = {name: value for name, values in gathered.items() if (value := _joined(values)) is not None}
    return EntryDraft(
        kind=RecordKind.HEALTH_REPORT,
        occurred=occurred,
        about=about,
        fields=fields,
        narrowed={name: about[:1] for name in _OF_THE_PATIENT if name in fields},
    )


def written_on(message: Message, request: Entry) -> PartialDate | None:
    """Return when the referral was written, else when it was to happen, else the message's own time."""
    period = request.resource.get("occurrencePeriod", {}).get("start")
    written = (
        request.resource.get("authoredOn"),
        period,
        request.resource.get("occurrenceDateTime"),
        message.timestamp,
    )
    return next((day for text in written if isinstance(text, str) and (day := read_date(text, instant=True))), None)


def consents(message: Message) -> tuple[ConsentDraft, ...]:
    """Return each Consent about someone in the message, always with the scope of direct care.

    BaRS consent is implied consent to direct care (connectors reference 1.1); whatever it says, it cannot become
    consent to share in the hub.
    """
    return tuple(
        ConsentDraft(
            about=about.key,
            scope=ConsentScope.DIRECT_CARE,
            word=_word(entry.resource),
            reason=concept_words(entry.resource.get("policyRule", {})),
            pointer=f"{entry.pointer}.resource",
        )
        for entry in message.of_kind("Consent")
        if (about := message.find(entry.resource.get("patient"))) is not None
    )


def _word(consent: Resource) -> ConsentWord:
    if consent.get("status") == "rejected" or consent.get("provision", {}).get("type") == "deny":
        return ConsentWord.REFUSED
    return ConsentWord.GIVEN if consent.get("status") == "active" else ConsentWord.UNKNOWN


def _joined(values: Iterator[Sourced]) -> Sourced | None:
    found = [value for value in values if value.value.strip()]
    return Sourced("\n\n".join(value.value for value in found), found[0].pointer) if found else None


def _reasons(request: Entry) -> Iterator[Sourced]:
    for index, reason in enumerate(request.resource.get("reasonCode", ())):
        yield Sourced(concept_words(reason), f"{request.pointer}.resource.reasonCode[{index}]")


def _narratives(message: Message, request: Entry) -> Iterator[Sourced]:
    yield from _notes(request)
    for plan in message.of_kind("CarePlan"):
        at = f"{plan.pointer}.resource"
        yield Sourced(plan.resource.get("description", ""), f"{at}.description")
        yield from _notes(plan)
        for number, activity in enumerate(plan.resource.get("activity", ())):
            for index, outcome in enumerate(activity.get("outcomeCodeableConcept", ())):
                place = f"{at}.activity[{number}].outcomeCodeableConcept[{index}].text"
                yield Sourced(outcome.get("text", ""), place)
    for entry in message.of_kind("Condition", "Observation"):
        yield from _notes(entry)
    for entry in message.of_kind("QuestionnaireResponse"):
        yield from answered(entry)


def _notes(entry: Entry) -> Iterator[Sourced]:
    for index, note in enumerate(entry.resource.get("note", ())):
        yield Sourced(note.get("text", ""), f"{entry.pointer}.resource.note[{index}].text")


def _evidence(message: Message) -> Iterator[Sourced]:
    for entry in message.of_kind("Condition", "Observation"):
        yield from observed(entry)
    for plan in message.of_kind("CarePlan"):
        for number, activity in enumerate(plan.resource.get("activity", ())):
            for outcome in activity.get("outcomeCodeableConcept", ()):
                for line in evidence(outcome):
                    yield Sourced(line, f"{plan.pointer}.resource.activity[{number}]")


def _flags(message: Message) -> Iterator[Sourced]:
    for flag in message.of_kind("Flag"):
        category = ", ".join(concept_words(item) for item in flag.resource.get("category", ()))
        words = ": ".join(part for part in (category, concept_words(flag.resource.get("code", {}))) if part)
        yield Sourced(words, f"{flag.pointer}.resource.code")


def _consent_statements(message: Message) -> Iterator[Sourced]:
    for entry in message.of_kind("Consent"):
        categories = ", ".join(concept_words(item) for item in entry.resource.get("category", ()))
        rule = concept_words(entry.resource.get("policyRule", {}))
        parts = (entry.resource.get("status", ""), categories, rule)
        yield Sourced("; ".join(part for part in parts if part), f"{entry.pointer}.resource")
