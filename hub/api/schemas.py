"""Shapes of what the API answers, for its OpenAPI document. Shapes only, no rules."""

from marshmallow import INCLUDE, Schema, fields, validate

from hub.policy.decision import Level
from hub.policy.front_door import STATES

_LEVELS = tuple(level.value for level in Level)


class IssueSchema(Schema):
    """One remark: a code and a place, never a value."""

    severity = fields.String(required=True)
    code = fields.String(required=True)
    location = fields.String(required=True)


class PlaceSchema(Schema):
    """What was wrong, and where."""

    code = fields.String(required=True)
    location = fields.String(required=True)


class ProblemSchema(Schema):
    """A refusal (RFC 9457): codes and places, never a value from the message."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    errors = fields.List(fields.Nested(PlaceSchema), required=True)
    next_step = fields.String(required=True)


class RecordOutcomeSchema(Schema):
    """What became of one record of the message."""

    pointer = fields.String(required=True)
    outcome = fields.String(required=True)
    referral = fields.String(required=True)
    issues = fields.List(fields.Nested(IssueSchema), required=True)


class ReceiptSchema(Schema):
    """Durable proof of receipt."""

    receipt = fields.String(required=True)
    received_at = fields.String(required=True)
    format = fields.String(required=True)
    records = fields.List(fields.Nested(RecordOutcomeSchema), required=True)


class RecordStateSchema(RecordOutcomeSchema):
    """The same, with what became of it: a state and a sentence, and no case detail."""

    state = fields.String(required=True, metadata={"enum": list(STATES)})
    feedback = fields.String(required=True)


class ReceiptStateSchema(ReceiptSchema):
    """A receipt as it reads today."""

    records = fields.List(fields.Nested(RecordStateSchema), required=True)


class ReceiptsSchema(Schema):
    """An agency's newest receipts."""

    receipts = fields.List(fields.Nested(ReceiptStateSchema), required=True)


class BatchSchema(Schema):
    """What became of a signed batch; `remarks` holds the records that are not accepted without a remark."""

    batch = fields.String(required=True)
    format = fields.String(required=True)
    rows = fields.Integer(required=True)
    records = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    receipts = fields.List(fields.String(), required=True)
    remarks = fields.List(fields.Nested(RecordOutcomeSchema), required=True)


class NoticeOfUseSchema(Schema):
    """One use of something that came in under a receipt.

    `reader` is `lead_agency`, `own_agency` or `another_agency`; `purpose` is "" where it may not be told.
    """

    receipt = fields.String(required=True)
    day = fields.String(required=True)
    reader = fields.String(required=True)
    purpose = fields.String(required=True)


class AccessNoticesSchema(Schema):
    """When something that the agency sent was used; `note` says that some uses may not be listed."""

    notices = fields.List(fields.Nested(NoticeOfUseSchema), required=True)
    note = fields.String(required=True)


class TransferReceivedSchema(Schema):
    """Which transfer was received, as which receipt; `bundle_sha256` is of its document's canonical bytes."""

    transfer = fields.String(required=True)
    bundle_sha256 = fields.String(required=True)
    receiver = fields.String(required=True)
    receipt = fields.String(required=True)
    received_at = fields.String(required=True)


class TransferReceiptSchema(Schema):
    """The signed receipt for a family that was handed over (Ed25519, hexadecimal)."""

    format = fields.String(required=True)
    document = fields.Nested(TransferReceivedSchema, required=True)
    signature = fields.String(required=True)


class TokenSchema(Schema):
    """An opaque access token (RFC 6749 section 5.1)."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class OutcomeIssueSchema(Schema):
    """One issue of an OperationOutcome: `expression` is its place in the message, never a value."""

    severity = fields.String(required=True, metadata={"enum": ["information", "warning", "error"]})
    code = fields.String(required=True)
    details = fields.Dict(required=True)
    diagnostics = fields.String()
    expression = fields.List(fields.String())


class OutcomeSchema(Schema):
    """A FHIR OperationOutcome; the receipt's id is in the header `X-Receipt-Id`."""

    resourceType = fields.String(required=True, metadata={"const": "OperationOutcome"})  # noqa: N815  FHIR's name
    meta = fields.Dict()
    issue = fields.List(fields.Nested(OutcomeIssueSchema), required=True, validate=validate.Length(min=1))


class AllocationOutcomeSchema(Schema):
    """What became of one allocation: recorded, ended, unchanged, or quarantined with a code."""

    pointer = fields.String(required=True)
    outcome = fields.String(required=True)
    code = fields.String(required=True)
    referral = fields.String(required=True)


class CouncilUpdatesSchema(Schema):
    """What became of a message of the case system: `receipt` is null when it held allocations only."""

    receipt = fields.Nested(ReceiptSchema, required=True, allow_none=True)
    allocations = fields.List(fields.Nested(AllocationOutcomeSchema), required=True)


class CaseRecordArgsSchema(Schema):
    """For what purpose and why, and under which mapping's names."""

    purpose = fields.String(required=True)
    reason = fields.String(load_default="")
    mapping = fields.String(load_default="generic")


class ConfirmArgsSchema(Schema):
    """How many records of a receipt the case system has stored."""

    records = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))


class ConfirmedSchema(Schema):
    """The receipt that was confirmed."""

    receipt = fields.String(required=True)


class StatedSchema(Schema):
    """For what purpose, and why."""

    purpose = fields.String(required=True)
    reason = fields.String(load_default="")


class ResourceSchema(Schema):
    """Any FHIR R4 resource, of which FHIR says what else is in it."""

    class Meta:
        """What is not named here may be there."""

        unknown = INCLUDE

    resourceType = fields.String(required=True)  # noqa: N815  the name is FHIR's


class ViewArgsSchema(Schema):
    """For what purpose, and why; which part."""

    purpose = fields.String(required=True)
    reason = fields.String(load_default="")
    after = fields.String(load_default="")
    limit = fields.Integer(load_default=200)


class ConsentSchema(Schema):
    """A FHIR R4 Consent, with its Patient contained; FHIR says what else is in it."""

    class Meta:
        """What is not named here may be there."""

        unknown = INCLUDE

    resourceType = fields.String(required=True)  # noqa: N815  the name is FHIR's
    id = fields.String(required=True)
    status = fields.String(required=True)


class HeldBackSchema(Schema):
    """What is held back openly of a record that is shown."""

    category = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(_LEVELS))


class ShownEntrySchema(Schema):
    """One record: `fields` are those that this reader may see, named as in `hub/domain/fields.py`."""

    record = fields.String(required=True)
    kind = fields.String(required=True)
    date = fields.String(required=True)
    owner = fields.String(required=True)
    fields_ = fields.Dict(fields.String(), fields.String(), required=True, data_key="fields")
    withheld = fields.List(fields.Nested(HeldBackSchema), required=True)


class GapSchema(HeldBackSchema):
    """What an agency holds beyond that; `count` only where the level says count."""

    owner = fields.String(required=True)
    count = fields.Integer(required=True, allow_none=True)


class CoverageSchema(Schema):
    """What may be said of one agency: shown, nothing_shown, not_checked or not_connected."""

    agency = fields.String(required=True)
    state = fields.String(required=True)


class ChronologySchema(Schema):
    """One reader's view: entries in order of event, gaps at their level, what may be said of each agency."""

    entries = fields.List(fields.Nested(ShownEntrySchema), required=True)
    gaps = fields.List(fields.Nested(GapSchema), required=True)
    coverage = fields.List(fields.Nested(CoverageSchema), required=True)
    next = fields.String(required=True)
