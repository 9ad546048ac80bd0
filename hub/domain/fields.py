"""Every field of every record, declared once, with its category (the word that agreements use).

INVARIANT: a field that is not named here cannot be sealed, stored or shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.domain.entries import STATEMENTS


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
    SERVICE_ENTRY = "service_entry"
    REMARK = "remark"
    MI_SESSION = "mi_session"
    PROGRAMME_MODULE = "programme_module"
    GROUP_SUPERVISION = "group_supervision"
    ORIGINAL = "original"
    NOTE = "note"
    ATTACHMENT = "attachment"
    COUNCIL_RECORD = "council_record"
    AGENCY_REPORT = "agency_report"
    REFERRER = "referrer"
    ANSWER = "answer"
    SCHOOL_NOTICE = "school_notice"


@dataclass(frozen=True, slots=True)
class Shape:
    """`outline` is the category that decides whether the record shows at all; `fields` map name -> category."""

    words: str
    outline: str
    fields: Mapping[str, str]
    in_chronology: bool = False


def _all(category: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, category)


ENTRY_FRAME = (
    "what_happened",
    "event_kind",
    "statement_type",
    "reported_by",
    "significance",
    "family_visibility",
    "written_by",
    "writer",
    "chapter",
    "supervision",
    "corrects",
    "first_entry",
    "first_recorded",
    "correction_reason",
)
"""What an entry of the team says of itself; it stands under the label of its main text, so it shows with that."""

VERSIONS = ("corrects", "first_entry", "first_recorded")
"""What an entry says of the earlier ones it stands in the place of: ids, and when the first was recorded."""

REPAIRED = "repaired"
"""What an entry says of its message, where that was repaired here before it was placed: by whom, when, what."""

REMARK_PARTS = ("remark", "whose", "words", "written_by", "said_at", "beside", "remark_id", "answers")
"""What a remark beside an entry says. Each part is declared once for each category that an entry can stand under."""
_REMARK_CATEGORIES = (
    "police_incident",
    "attendance",
    "substance_use_summary",
    "health_summary",
    "mental_health_summary",
    "crisis_history",
    "direct_care_consent",
    "risk_view",
    "child_disclosure",
    "parent_voice",
    "source_identity",
    "meeting_outcome",
    "family_plan",
)


def remark_field(part: str, category: str) -> str:
    """Return the name of a part of a remark beside an entry that stands under a category."""
    return f"{part}_in_{category}"


_ANSWERED = (
    "risk_view",
    "police_incident",
    "attendance",
    "substance_use_summary",
    "health_summary",
    "mental_health_summary",
    "crisis_history",
    "meeting_outcome",
    "family_plan",
)


def answers_in(category: str) -> str:
    """Return the field of a referral form that keeps the answers of a category which have no field of their own."""
    return f"answers_in_{category}"


def _shares(*categories: str) -> dict[str, str]:
    return {share_of(category): category for category in categories}


def share_of(category: str) -> str:
    """Return the field of an attachment that holds the share of its key for who may see this category."""
    return f"share_{category}"


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
                *VERSIONS,
                REPAIRED,
            )
            | _all("risk_view", "risk_grade", "risk_answers")
            | _all("child_disclosure", "child_voice")
            | _all("source_identity", "source"),
            in_chronology=True,
        ),
        RecordKind.TREATMENT_REPORT: Shape(
            "Drug and alcohol service report",
            "attendance",
            _all("attendance", "engagement", "treatment_stage", "missed_appointments", *VERSIONS, REPAIRED)
            | _all(
                "substance_use_summary",
                "summary",
                "substances",
                "prescribed_medication",
                "pregnancy",
                "partner_use",
                "coded_evidence",
            )
            | _all("risk_view", "concern", "medication_storage", "protective_factors", "household_codes")
            | _all("parent_voice", "parent_view"),
            in_chronology=True,
        ),
        RecordKind.HEALTH_REPORT: Shape(
            "Health referral",
            "health_summary",
            _all(
                "health_summary",
                "reason",
                "summary",
                "requested_service",
                "referred_by",
                "coded_evidence",
                *VERSIONS,
                REPAIRED,
            )
            | _all("mental_health_summary", "mental_health")
            | _all("crisis_history", "crisis")
            | _all("risk_view", "concern", "flags")
            | _all("direct_care_consent", "consent_statement"),
            in_chronology=True,
        ),
        RecordKind.TEAM_ENTRY: Shape(
            "Team entry",
            "meeting_outcome",
            _all("meeting_outcome", "summary", *ENTRY_FRAME, "decision")
            | _all("family_plan", "plan", "next_steps")
            | _all("risk_view", "concern", "child_impact", "strengths")
            | _all("child_disclosure", "child_voice")
            | _all("parent_voice", "parent_view"),
            in_chronology=True,
        ),
        RecordKind.IDENTITY_HISTORY: Shape(
            "Earlier identity",
            "identity_history",
            _all("identity_history", "earlier_family", "earlier_person", "ground", "reason"),
        ),
        RecordKind.SERVICE_ENTRY: Shape(
            "Service entry",
            "attendance",
            _all("attendance", *ENTRY_FRAME)
            | _all("substance_use_summary", "substance_use")
            | _all("mental_health_summary", "mental_health")
            | _all("risk_view", "concern", "child_impact", "strengths")
            | _all("parent_voice", "parent_view"),
            in_chronology=True,
        ),
        RecordKind.REMARK: Shape(
            "Remark beside an entry",
            "meeting_outcome",
            {remark_field(part, category): category for part in REMARK_PARTS for category in _REMARK_CATEGORIES},
        ),
        RecordKind.MI_SESSION: Shape(
            "Motivational Interviewing session",
            "parent_voice",
            _all(
                "parent_voice",
                "focus",
                "goal",
                "change_talk",
                "importance",
                "confidence",
                "next_step",
                "will_tell",
                "person_knows",
                "chapter",
                "written_by",
            )
            | _all("risk_view", "stage"),
        ),
        RecordKind.PROGRAMME_MODULE: Shape(
            "Module of the programme",
            "attendance",
            _all("attendance", "module", "module_state", "note", "chapter", "written_by"),
        ),
        RecordKind.GROUP_SUPERVISION: Shape(
            "Group supervision",
            "meeting_outcome",
            _all("meeting_outcome", "decision", "dissent", "supervision", "written_by")
            | _all("recorded_reason", "attendees")
            | _all("family_plan", "actions")
            | _all("risk_view", "risk", "danger_statement", "strength_statement"),
            in_chronology=True,
        ),
        RecordKind.ORIGINAL: Shape("Untouched original", "original", _all("original", "content", "content_type")),
        RecordKind.NOTE: Shape("Reason recorded", "recorded_reason", _all("recorded_reason", "text")),
        RecordKind.ATTACHMENT: Shape(
            "Attachment",
            "meeting_outcome",
            _shares(
                "police_incident",
                "risk_view",
                "child_disclosure",
                "source_identity",
                "attendance",
                "substance_use_summary",
                "parent_voice",
                "health_summary",
                "mental_health_summary",
                "crisis_history",
                "direct_care_consent",
                "original",
                "meeting_outcome",
                "family_plan",
                "recorded_reason",
            ),
        ),
        RecordKind.COUNCIL_RECORD: Shape(
            "Record of the council's case system",
            "meeting_outcome",
            _all("meeting_outcome", "case_dates", "assessments", "section47", *VERSIONS, REPAIRED)
            | _all("family_plan", "plan_dates", "protection_plans", "family_group", "legal_status")
            | _all("risk_view", "primary_need", "factors")
            | _all("health_summary", "disabilities")
            | _all("original", "other_blocks"),
            in_chronology=True,
        ),
        RecordKind.AGENCY_REPORT: Shape(
            "Referral form",
            "risk_view",
            _all(
                "risk_view",
                "what_happened",
                "place",
                "incident_reference",
                "concern",
                "child_impact",
                "risk_grade",
                "risk_answers",
                "protective_factors",
                "asked_and_aware",
                "not_safe_to_tell",
                "sender_reference",
                *VERSIONS,
                REPAIRED,
            )
            | _all("child_disclosure", "child_voice")
            | _all("parent_voice", "parent_view")
            | _all("source_identity", "source")
            | {answers_in(category): category for category in _ANSWERED},
            in_chronology=True,
        ),
        RecordKind.REFERRER: Shape(
            "Who told us",
            "referrer_identity",
            _all("referrer_identity", "name", "phone", "email", "how_known", "safe_contact"),
        ),
        RecordKind.ANSWER: Shape(
            "Answer to a request",
            "attendance",
            _all(
                "attendance",
                "involvement",
                "last_checked",
                "statement_type",
                "relations",
                "written_by",
            )
            | _all("police_incident", "police_information", "allegation_outcome")
            | _all("health_summary", "health")
            | _all("substance_use_summary", "substance_use")
            | _all("risk_view", "concern"),
            in_chronology=True,
        ),
        RecordKind.SCHOOL_NOTICE: Shape(
            "Notice for a school",
            "school_notice",
            _all(
                "school_notice",
                "child_name",
                "birth_date",
                "police_reference",
                "occurred",
                "present",
                "welfare_check",
                "voice",
                *VERSIONS,
                REPAIRED,
            )
            | _all("school_circumstances", "circumstances")
            | _all("school_routing", "school_told"),
        ),
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
        "event_kind": "Kind of event",
        "statement_type": "What kind of statement this is",
        "family_visibility": "Shown to the family",
        "first_recorded": "First recorded",
        "correction_reason": "Why it was corrected",
        "strengths": "Strengths and what goes well",
        "goal": "Goal, in the person's words",
        "change_talk": "Change talk, in the person's words",
        "importance": "How important it is to them, 0 to 10",
        "confidence": "How confident they are, 0 to 10",
        "stage": "Stage of change",
        "will_tell": "What the worker will tell others",
        "person_knows": "Whether the person knows that",
        "risk": "View of risk",
        "actions": "Actions, with who and by when",
        "concern": "What the worry is",
        "risk_grade": "Risk grade given by the officer",
        "risk_answers": "Risk tool answers, by item number",
        "grading": "3x5x2 grading",
        "gp": "GP",
        "case_dates": "Case dates and referral source",
        "section47": "Section 47 enquiries",
        "plan_dates": "Child in need plan dates",
        "family_group": "Pre-proceedings and family group decision-making",
        "factors": "Factors identified at assessment (census codes)",
        "other_blocks": "Further blocks, as sent",
        "household_codes": "Children and home, as coded in the return",
        "involvement": "How deeply the agency is involved",
        "last_checked": "Last checked on",
        "relations": "How each adult is connected with the child",
        "allegation_outcome": "What came of any allegation",
        "nhs_number": "NHS number",
        "nhs_number_status": "NHS number status",
        "asked_and_aware": "Who was asked, and who knows of the referral",
        "not_safe_to_tell": "Whom it is not safe to tell",
        "sender_reference": "The sender's own reference",
        "how_known": "How they know the family",
        "safe_contact": "When and how it is safe to reach them",
        answers_in("risk_view"): "Other answers about risk",
        answers_in("police_incident"): "Police and offending",
        answers_in("attendance"): "Attendance and engagement",
        answers_in("substance_use_summary"): "Drugs and alcohol",
        answers_in("health_summary"): "Health",
        answers_in("mental_health_summary"): "Mental health",
        answers_in("crisis_history"): "Crisis",
        answers_in("meeting_outcome"): "Meetings and other services",
        answers_in("family_plan"): "Help asked for or in place",
    }
)


def words_for(name: str) -> str:
    """Return the words a page prints for a field name."""
    return FIELD_WORDS.get(name, name.replace("_", " ").capitalize())


STATEMENT_OF: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("engagement", "missed_appointments", "child_impact"), "fact_observed")
    | dict.fromkeys(("concern", "risk_grade", "protective_factors", "strengths"), "professional_opinion")
    | dict.fromkeys(("decision", "disposal"), "decision")
    | {"partner_use": "reported_by", "child_voice": "child_voice", "parent_view": "parent_voice"}
)
"""Field name -> kind of statement (domain reference 6.1), only where the field itself makes it certain."""


def statements_in(fields: Mapping[str, str]) -> frozenset[str]:
    """Return the kinds of statement among a record's open fields: by its writer's own word, else by the field."""
    found = {STATEMENT_OF[name] for name in fields if name in STATEMENT_OF}
    said = fields.get("statement_type", "")
    return frozenset(found | {said} if said in STATEMENTS else found)


def tells_of_strength(fields: Mapping[str, str]) -> bool:
    """Say whether a record tells of what goes well: such an event is a strength among the others."""
    return fields.get("event_kind") == "strength" or not {"strengths", "protective_factors"}.isdisjoint(fields)
