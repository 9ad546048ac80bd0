"""The shape of a form's messages, made from its declaration: one frame for all, and each form's own answers."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from connectors.person_schema import TRI_STATE, ConsentAnswerSchema, PersonSchema
from connectors.schema_fields import (
    InstantText,
    PartialDateText,
    StrictSchema,
    many,
    one,
    text,
    texts,
    version_number,
    word,
)
from hub.domain.form import Form, Question

VERSION = "1.0"
_UNNAMED = "Why there is no answer"
Declared = dict[str, fields.Field[Any]]


class RelationshipSchema(StrictSchema):
    """What this person is to another: the person is the `kind` of `of`."""

    kind = text("Mother, father, half-brother, kinship carer, ...", required=True)
    of = text("Id of the other person", required=True)


class EventSchema(StrictSchema):
    """Something that happened, with its date as far as it is known."""

    occurred = PartialDateText("When: 2024-03-05, 2024-03 or 2024, with ~ for about", required=True, instant=True)
    what_happened = text("What happened or was seen", required=True)
    place = text("Where")
    incident_reference = text("The sender's reference to it, for example an incident or call number")
    about = texts("Ids of the people it speaks of; none means everyone")


@cache
def batch_schema(form: Form) -> type[Schema]:
    """Return the schema of a whole message."""
    declared: Declared = {
        "version": word((VERSION,), "Version of this format", required=True),
        "batch_id": text("The sender's id of the message; a repeated one gets the first receipt again", required=True),
        "referrals": many(referral_schema(form), "The referrals", required=True, least=1),
    }
    return _schema("Message", form.title, declared)


@cache
def referral_schema(form: Form) -> type[Schema]:
    """Return the schema of one referral."""
    return _schema(
        "Referral",
        form.intro,
        {
            "referral_ref": text("The sender's reference of the referral", required=True),
            "referral_version": version_number(),
            "action": word(("new", "amend", "withdraw"), "A withdrawal repeats the referral", required=True),
            "withdrawal_reason": text("Why it is withdrawn, for the front door; no names, no addresses"),
            "created": InstantText("When the referral was made", required=True),
            "family_reference": text("The sender's own grouping of a family"),
            "referrer": one(_schema("Referrer", "Who refers", _asked(form.referrer)), "Who refers", required=True),
            "people": many(person_schema(form), "Everyone in it", required=True, least=1),
            "events": many(EventSchema, "What happened, each with its date"),
            "answers": one(
                _schema("Answers", "The form's own questions", _asked(form.questions)), "Answers", required=True
            ),
        },
    )


@cache
def referral_reader(form: Form) -> Schema:
    """Return what checks one referral."""
    return referral_schema(form)()


@cache
def person_schema(form: Form) -> type[Schema]:
    """Return the schema of one person."""
    declared: Declared = {
        "roles": texts("What the person is in this; several are fine", tuple(form.roles)),
        "relationships": many(RelationshipSchema, "What the person is to others"),
        "household": text("Who they live with, in words that are the same for all in one household"),
        "consent": one(ConsentAnswerSchema, "What the person said when asked, and whether they know of the referral"),
        "safe_to_tell": word(TRI_STATE, "Whether it is safe that this person learns of the referral"),
        "unsafe_reason": text("Why it is not safe"),
        "answers": one(_schema("Answers", "Asked about each person", _asked(form.of_each_person)), "Answers"),
    }
    return _schema("Person", "One person. `id` is the message's own.", declared, PersonSchema)


def _asked(questions: Iterable[Question]) -> Declared:
    found: Declared = {}
    for question in questions:
        found[question.id] = _field(question)
        if question.reason_id:
            found[question.reason_id] = word(question.unanswered, _UNNAMED)
    return found


def _field(question: Question) -> fields.Field[Any]:
    words = f"{question.label}. {question.hint}" if question.hint else question.label
    # A question in words may be left without an answer when it says why, so that is a rule and no shape.
    required = question.required and not question.reason_id
    match question.kind:
        case "choice":
            return word(question.options, words, required=required)
        case "choices":
            return texts(words, tuple(question.options))
        case "date":
            return PartialDateText(words, required=required)
        case _:
            return text(words, required=required)


def _schema(name: str, words: str, declared: Declared, base: type[Schema] = StrictSchema) -> type[Schema]:
    return type(name, (base,), {**declared, "__doc__": words})
