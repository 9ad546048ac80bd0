"""Shapes of bodies that no marshmallow schema of ours reads: a sealed bundle, a FHIR message, a consent, any form."""

from collections.abc import Mapping
from typing import Any, Final

from connectors.forms import json_schema
from hub.domain.form import Form
from hub.services.transfer_sealing import BUNDLE

FORM_MESSAGE: Final = "FormMessage"
ANY_FORM: Final = {"$ref": f"#/components/schemas/{FORM_MESSAGE}"}
ANY_JSON: Final = {"type": "object", "description": "In the shape of its own format; see the format's notes."}
_BASE64: Final = {"type": "string", "contentEncoding": "base64"}
SEALED_TRANSFER: Final = {
    "title": "Transfer bundle",
    "type": "object",
    "description": "Sealed (HPKE, RFC 9180) to the receiving partnership. Part 0, opened, is the signed document.",
    "properties": {
        "format": {"const": BUNDLE},
        "sender": {"type": "string", "description": "Fingerprint of the sender's keys"},
        "recipient": {"type": "string", "description": "Fingerprint of the keys it is sealed to"},
        "key": _BASE64 | {"description": "The content key, sealed"},
        "parts": {"type": "array", "items": _BASE64, "description": "The document, then the files in pieces"},
    },
    "required": ["format", "sender", "recipient", "key", "parts"],
    "additionalProperties": False,
}
_RESOURCE: Final = {
    "type": "object",
    "properties": {"resourceType": {"type": "string"}},
    "required": ["resourceType"],
    "description": "A FHIR R4 resource; FHIR says what else is in it",
}
FHIR_MESSAGE: Final = {
    "title": "BaRS message",
    "type": "object",
    "description": "A FHIR R4 message Bundle that begins with a MessageHeader, in JSON; FHIR says what else is in it",
    "properties": {
        "resourceType": {"const": "Bundle"},
        "type": {"const": "message"},
        "entry": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"fullUrl": {"type": "string"}, "resource": _RESOURCE},
                "required": ["resource"],
            },
        },
    },
    "required": ["resourceType", "type", "entry"],
}
FHIR_CONSENT: Final = {
    "title": "Consent",
    "type": "object",
    "description": "A FHIR R4 Consent with its Patient contained, in JSON; FHIR says what else is in it",
    "properties": {
        "resourceType": {"const": "Consent"},
        "status": {"type": "string"},
        "patient": {"type": "object"},
        "contained": {
            "type": "array",
            "items": _RESOURCE | {"properties": {"id": {"type": "string"}}, "required": ["resourceType", "id"]},
        },
    },
    "required": ["resourceType"],
}
A_SCHEMA: Final = {
    "type": "object",
    "description": "A JSON Schema (2020-12)",
    "properties": {name: {"type": "string"} for name in ("$schema", "$id", "title")} | {"type": {"const": "object"}},
    "required": ["$schema", "$id", "title", "type", "properties", "required"],
}


def form_shapes(forms: Mapping[str, Form]) -> dict[str, dict[str, Any]]:
    """Return a named schema per form, and the one that a message on any of them fits.

    Which form it must fit stands in the address, not in the message; forms that ask the same take each other's.
    """
    shapes = {f"Form_{name}": json_schema(form) for name, form in sorted(forms.items())}
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in shapes]
    said = "The form that the address names: `Form_NAME`."
    return {**shapes, FORM_MESSAGE: {"description": said, "type": "object", "anyOf": refs}}
