"""The adult-with-children form, field by field after connectors reference 3.3."""

from connectors.person_schema import TRI_STATE, ConsentAnswerSchema, PersonSchema
from connectors.schema_fields import InstantText, PartialDateText, StrictSchema, many, one, text, version_number, word

VERSION = "1.0"


class ChildSchema(PersonSchema):
    """A child of the adult, or living with the adult, or expected."""

    unborn = word(("yes", "no"), "An expected child")
    lives_with = text("Who the child lives with, in words")


class ReportSchema(StrictSchema):
    """What the service knows. Every text may stay out; a text left out says nothing."""

    reported_on = PartialDateText("The day the report speaks of", required=True)
    treatment_stage = text("Stage of treatment")
    engagement = text("How the adult takes part")
    missed_appointments = text("Missed appointments, in words or as a number")
    substances = text("Substances and pattern of use")
    prescribed_medication = text("Prescribed medication")
    medication_storage = text("How medication is stored at home")
    pregnancy = text("Pregnancy and expected date")
    partner_use = text("Use by a partner")
    summary = text("Summary")
    concern = text("What the service is worried about for the children")
    protective_factors = text("What keeps the children safe")
    parent_view = text("The parent's own view")


class ReferralSchema(StrictSchema):
    """One adult, the children, the report and the consent."""

    referral_ref = text("The sender's reference of the referral", required=True)
    referral_version = version_number()
    action = word(("new", "amend", "withdraw"), "A withdrawal repeats the referral", required=True)
    withdrawal_reason = text("Why it is withdrawn, for the front door; no names, no addresses")
    created = InstantText("When the referral was made", required=True)
    family_reference = text("The sender's own grouping of a family")
    keyworker = text("Keyworker; kept in the original only")
    client = one(PersonSchema, "The adult in treatment", required=True)
    lives_with_children = word(TRI_STATE, "Whether any child lives with the adult; not known is not no")
    children = many(ChildSchema, "The children")
    report = one(ReportSchema, "The report", required=True)
    consent = one(ConsentAnswerSchema, "The adult's answer", required=True)


class BatchSchema(StrictSchema):
    """A message: one or more referrals of one service."""

    version = word((VERSION,), "Version of this format", required=True)
    batch_id = text("The sender's id of the message; a repeated one gets the first receipt again", required=True)
    service = text("The service; who the sender is comes from its credential", required=True)
    referrals = many(ReferralSchema, "The referrals", required=True, least=1)
