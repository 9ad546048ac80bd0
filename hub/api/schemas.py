"""Shapes of what the API answers, for its OpenAPI document. Shapes only, no rules."""

from marshmallow import Schema, fields


class IssueSchema(Schema):
    """One remark: a code and a place, never a value."""

    severity = fields.String(required=True)
    code = fields.String(required=True)
    location = fields.String(required=True)


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


class ReceiptsSchema(Schema):
    """An agency's newest receipts."""

    receipts = fields.List(fields.Nested(ReceiptSchema), required=True)


class TokenSchema(Schema):
    """An opaque access token (RFC 6749 section 5.1)."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class OutcomeSchema(Schema):
    """A FHIR OperationOutcome; the receipt's id is in the header `X-Receipt-Id`."""

    resourceType = fields.String(required=True)  # noqa: N815  the name is FHIR's
    issue = fields.List(fields.Dict(), required=True)


class ResourceSchema(Schema):
    """Any FHIR R4 resource."""

    resourceType = fields.String(required=True)  # noqa: N815  the name is FHIR's


class ViewArgsSchema(Schema):
    """For what purpose, and why; which part."""

    purpose = fields.String(required=True)
    reason = fields.String(load_default="")
    after = fields.String(load_default="")
    limit = fields.Integer(load_default=200)


class ConsentSchema(Schema):
    """A FHIR R4 Consent, with its Patient contained."""

    resourceType = fields.String(required=True)  # noqa: N815  the name is FHIR's
    id = fields.String(required=True)
    status = fields.String(required=True)


class ChronologySchema(Schema):
    """One reader's view: entries in order of event, gaps at their level, what may be said of each agency."""

    entries = fields.List(fields.Dict(), required=True)
    gaps = fields.List(fields.Dict(), required=True)
    coverage = fields.List(fields.Dict(), required=True)
    next = fields.String(required=True)
