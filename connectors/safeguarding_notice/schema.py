"""The Safeguarding Notice, field by field after connectors reference 2.3 and 2.4.

Risk tools are carried by item number only: the wording of the common checklists may not be reproduced.
"""

from connectors.person_schema import TRI_STATE, ConsentSchema, PersonSchema
from connectors.schema_fields import (
    InstantText,
    PartialDateText,
    StrictSchema,
    many,
    one,
    text,
    texts,
    version_number,
    whole_number,
)
from connectors.schema_fields import word as one_of
from hub.domain.referral import Part

VERSION = "1.0"

ROLE_PARTS = {
    "victim": Part.VICTIM,
    "alleged_perpetrator": Part.ALLEGED_PERPETRATOR,
    "child_present": Part.CHILD,
    "child_resident_elsewhere": Part.CHILD,
    "child": Part.CHILD,
    "unborn_child": Part.UNBORN_CHILD,
    "mother": Part.PARENT,
    "father": Part.PARENT,
    "parent": Part.PARENT,
    "carer": Part.CARER,
    "partner": Part.PARTNER,
    "witness": Part.WITNESS,
    "reporter": Part.REPORTER,
    "other_adult": Part.OTHER,
}

NARRATIVE_FIELDS = {
    "what_happened": "what_happened",
    "actions_taken": "actions_taken",
    "outcome": "disposal",
    "bail_conditions": "disposal",
    "child_impact": "child_impact",
    "child_voice": "child_voice",
}


class GradingSchema(StrictSchema):
    """The 3x5x2 grade, as the officer gave it."""

    source = whole_number("1 reliable, 2 untested, 3 not reliable", lowest=1, highest=3, required=True)
    assessment = one_of("ABCDE", "A to E", required=True)
    handling = one_of("PC", "P may be shared lawfully, C with conditions only", required=True)
    conditions = text("The conditions, when handling is C")


class EventSchema(StrictSchema):
    """What happened, when and where. The words of it go into `narratives`, split by person where possible."""

    reference = text("Incident reference", required=True)
    crime_reference = text("Crime or occurrence reference")
    occurred_from = PartialDateText("When: a date, a partial date or an instant", required=True, instant=True)
    occurred_to = PartialDateText("Until when", instant=True)
    place = text("Where it happened")


class RoleSchema(StrictSchema):
    """One part of one person; a person may have several."""

    person = text("Id of the person", required=True)
    kind = one_of(ROLE_PARTS, "The part", required=True)
    words = text("The sender's own words of it")


class RelationshipSchema(StrictSchema):
    """How one person is related to another: `person` is the `kind` of `of`."""

    person = text("Id of the person who is", required=True)
    kind = text("mother, father, half-brother, kinship carer, ...", required=True)
    of = text("Id of the person to whom", required=True)


class HouseholdSchema(StrictSchema):
    """Who lives together. The reference is the sender's and never an address."""

    reference = text("The sender's reference", required=True)
    members = texts("Ids of the people")


class ChildImpactSchema(StrictSchema):
    """How one child was affected, each on their own."""

    person = text("Id of the child", required=True)
    present = one_of(TRI_STATE, "Present", required=True)
    exposure = texts("How the child came to know of it", ("heard", "saw", "injured", "intervened", "told_later"))
    welfare_check = one_of(TRI_STATE, "A welfare check was done")
    seen_alone = one_of(TRI_STATE, "Seen alone")
    impact = text("What was observed")
    child_voice = text("The child's own words, verbatim")


class AnswerSchema(StrictSchema):
    """One answer of a risk tool, by item number."""

    item = text("Item number, as the tool numbers it", required=True)
    answer = one_of(("yes", "no", "not_known", "not_asked"), "The answer", required=True)
    source = one_of(("victim", "other"), "Who answered")


class RiskSchema(StrictSchema):
    """The result of a risk tool. The grade is a person's and is neither computed nor changed here."""

    tool = text("Which tool; the list is open", required=True)
    tool_version = text("Its version")
    completed_at = PartialDateText("When it was done", instant=True)
    completed_by_role = text("Role of who did it")
    grade = one_of(("standard", "medium", "high", "not_graded"), "The grade given", required=True)
    grade_basis = one_of(("tick_count", "professional_judgement", "escalation"), "What it rests on")
    tick_count = whole_number("Number of yes answers, as the sender counted them", highest=200)
    answers = many(AnswerSchema, "Answers by item number")
    about = texts("Ids of the people it speaks of; none means everyone")


class NarrativeSchema(StrictSchema):
    """A text and the people it speaks of; `about` with nobody means everyone in the notice."""

    kind = one_of((*NARRATIVE_FIELDS, "for_school"), "What the text is; for_school: brief, for schools", required=True)
    text = text("The text", required=True)
    about = texts("Ids of the people it speaks of")


class ActionSchema(StrictSchema):
    """Something done: police protection, referral to others, MARAC, IDVA, ..."""

    kind = text("What was done", required=True)
    date = PartialDateText("When", instant=True)


class NoticeSchema(StrictSchema):
    """One notice: an event, the people in it and their parts."""

    notice_ref = text("The sender's reference of the notice", required=True)
    notice_version = version_number()
    action = one_of(("new", "amend", "withdraw"), "A withdrawal repeats the notice", required=True)
    kind = one_of(
        ("child_concern", "adult_at_risk", "domestic_abuse", "missing", "exploitation", "mental_health"),
        "What the notice is about",
        required=True,
    )
    purpose = one_of(
        ("information_only", "referral", "strategy_discussion_request"), "What is asked for", required=True
    )
    created = InstantText("When the notice was made", required=True)
    unit = text("Unit of the force")
    family_reference = text("The sender's own grouping of a family")
    gsc = one_of(("OFFICIAL", "OFFICIAL-SENSITIVE"), "Security marking")
    lawful_basis = text("The basis the sender relies on")
    grading = one(GradingSchema, "3x5x2", required=True)
    event = one(EventSchema, "The incident", required=True)
    people = many(PersonSchema, "Everyone in it", required=True, least=1)
    roles = many(RoleSchema, "Who had which part", required=True, least=1)
    relationships = many(RelationshipSchema, "Who is what to whom")
    households = many(HouseholdSchema, "Who lives together")
    child_impact = many(ChildImpactSchema, "Per child")
    risk = one(RiskSchema, "Risk tool")
    narratives = many(NarrativeSchema, "Texts, split by person where the sender can")
    actions = many(ActionSchema, "What was done")
    consents = many(ConsentSchema, "What each adult said about sharing")
    informant = text("Who told the police; shown far less widely than the event")
    withdrawal_reason = text("Why it is withdrawn, for the front door; no names, no addresses")


class SenderSchema(StrictSchema):
    """For reading only: who the sender is comes from its credential."""

    force = text("Code of the force", required=True)
    system = text("Its system")
    contact = text("Whom to ask about the message")


class BatchSchema(StrictSchema):
    """A message: one or more notices. Only this outer shape can fail the message as a whole."""

    version = one_of((VERSION,), "Version of this format", required=True)
    batch_id = text("The sender's id of the message; a repeated one gets the first receipt again", required=True)
    sender = one(SenderSchema, "Who sends", required=True)
    notices = many(NoticeSchema, "The notices", required=True, least=1)
