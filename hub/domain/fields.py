"""Every field of every record, declared once, with its category (the word that agreements use).

INVARIANT: a field that is not named here cannot be sealed, stored or shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class RecordKind(StrEnum):
    """What a record is. The clear outline of a record carries this word, so it never names a diagnosis."""

    PERSON = "person"
    CONTACT_POINT = "contact_point"
    PROTECTED_CONTACT = "protected_contact"
    POLICE_NOTICE = "police_notice"
    TREATMENT_REPORT = "treatment_report"
    HEALTH_REPORT = "health_report"
    TEAM_ENTRY = "team_entry"
    IDENTITY_HISTORY = "identity_history"
    ORIGINAL = "original"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Shape:
    """`outline` is the category that decides whether the record shows at all; `fields` map name -> category."""

    words: str
    outline: str
    fields: Mapping[str, str]
    in_chronology: bool = False


def _all(category: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, category)


SHAPES: Mapping[RecordKind, Shape] = MappingProxyType(
    {
        RecordKind.PERSON: Shape(
            "Person",
            "identity",
            _all(
                "identity",
                "name",
                "other_names",
                "birth_date",
                "age_estimate",
                "expected_birth_date",
                "sex",
                "language",
                "role_given",
                "relationships",
            )
            | _all("identifier", "nhs_number", "nhs_number_status", "other_identifiers")
            | _all("ethnicity", "ethnicity_self_defined", "ethnicity_officer_perceived"),
        ),
        RecordKind.CONTACT_POINT: Shape(
            "Contact details",
            "contact",
            _all("contact", "address", "phone", "email", "school", "gp", "household"),
        ),
        RecordKind.PROTECTED_CONTACT: Shape(
            "Protected contact details",
            "safe_address",
            _all("safe_address", "address", "phone", "email", "school", "gp", "household", "safe_times"),
        ),
        RecordKind.POLICE_NOTICE: Shape(
            "Police safeguarding notice",
            "police_incident",
            _all(
                "police_incident",
                "what_happened",
                "place",
                "child_impact",
                "actions_taken",
                "grading",
                "incident_reference",
                "disposal",
            )
            | _all("risk_view", "risk_grade", "risk_answers")
            | _all("child_disclosure", "child_voice")
            | _all("source_identity", "source"),
            in_chronology=True,
        ),
        RecordKind.TREATMENT_REPORT: Shape(
            "Drug and alcohol service report",
            "attendance",
            _all("attendance", "engagement", "treatment_stage", "missed_appointments")
            | _all(
                "substance_use_summary", "summary", "substances", "prescribed_medication", "pregnancy", "partner_use"
            )
            | _all("risk_view", "concern", "medication_storage", "protective_factors")
            | _all("parent_voice", "parent_view"),
            in_chronology=True,
        ),
        RecordKind.HEALTH_REPORT: Shape(
            "Health referral",
            "health_summary",
            _all("health_summary", "reason", "summary", "requested_service", "coded_evidence")
            | _all("mental_health_summary", "mental_health")
            | _all("crisis_history", "crisis")
            | _all("risk_view", "concern", "flags")
            | _all("direct_care_consent", "consent_statement"),
            in_chronology=True,
        ),
        RecordKind.TEAM_ENTRY: Shape(
            "Team entry",
            "meeting_outcome",
            _all("meeting_outcome", "summary", "decision")
            | _all("family_plan", "plan", "next_steps")
            | _all("risk_view", "concern", "strengths")
            | _all("child_disclosure", "child_voice")
            | _all("parent_voice", "parent_view"),
            in_chronology=True,
        ),
        RecordKind.IDENTITY_HISTORY: Shape(
            "Earlier identity",
            "identity_history",
            _all("identity_history", "earlier_family", "earlier_person", "ground", "reason"),
        ),
        RecordKind.ORIGINAL: Shape("Untouched original", "original", _all("original", "content", "content_type")),
        RecordKind.NOTE: Shape("Reason recorded", "recorded_reason", _all("recorded_reason", "text")),
    }
)


def category_of(kind: RecordKind, name: str) -> str:
    """Return the category of a declared field; KeyError for one that is not declared."""
    return SHAPES[kind].fields[name]


FIELD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "what_happened": "What happened",
        "child_voice": "The child's own words",
        "parent_view": "The parent's view",
        "child_impact": "How each child was affected",
        "risk_grade": "Risk grade given by the officer",
        "risk_answers": "Risk tool answers, by item number",
        "grading": "3x5x2 grading",
        "gp": "GP",
        "nhs_number": "NHS number",
        "nhs_number_status": "NHS number status",
    }
)


def words_for(name: str) -> str:
    """Return the words a page prints for a field name."""
    return FIELD_WORDS.get(name, name.replace("_", " ").capitalize())


STATEMENT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "fact_observed": "Observed",
        "reported_by": "Reported by others",
        "allegation": "Allegation",
        "professional_opinion": "Professional opinion",
        "decision": "Decision",
        "child_voice": "Child's voice",
        "parent_voice": "Parent's voice",
    }
)
"""Kinds of statement, so that fact and hearsay are told apart (domain reference 6.1), with the words a page prints."""
STATEMENT_OF: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("engagement", "missed_appointments", "child_impact"), "fact_observed")
    | dict.fromkeys(("concern", "risk_grade", "protective_factors", "strengths"), "professional_opinion")
    | dict.fromkeys(("decision", "disposal"), "decision")
    | {"partner_use": "reported_by", "child_voice": "child_voice", "parent_view": "parent_voice"}
)
"""Field name -> kind of statement, only where the field itself makes it certain; other fields say nothing of it."""


def statements_in(fields: Mapping[str, str]) -> frozenset[str]:
    """Return the kinds of statement among a record's open fields: by its writer's own word, else by the field."""
    found = {STATEMENT_OF[name] for name in fields if name in STATEMENT_OF}
    said = fields.get("statement_type", "")
    return frozenset(found | {said} if said in STATEMENT_WORDS else found)


def tells_of_strength(fields: Mapping[str, str]) -> bool:
    """Say whether a record tells of what goes well: such an event is a strength among the others."""
    return fields.get("event_kind") == "strength" or not {"strengths", "protective_factors"}.isdisjoint(fields)
