"""Codes of the hub as a page prints them: with a capital letter, and with abbreviations as the field spells them."""

from collections.abc import Mapping
from typing import Final

_SPELT: Final[Mapping[str, str]] = {
    "bars": "BaRS",
    "cin": "CIN",
    "fhir": "FHIR",
    "gp": "GP",
    "hl7v2": "HL7 v2",
    "marac": "MARAC",
    "ndtms": "NDTMS",
    "nhs": "NHS",
}
_ENDINGS: Final = ("_json", "_csv", "_xml")
_FORM: Final = "form_"
_PUBLIC: Final = "form_public"


def spelt(code: str) -> str:
    """Return a code in words: `nhs_number_same` is "NHS number same"."""
    words = " ".join(_SPELT.get(word, word) for word in code.split("_"))
    return words[:1].upper() + words[1:]


def sender_words(connector: str, agency: str) -> str:
    """Return who sent a message: the council only keeps what the public tells it."""
    return "a member of the public" if connector.startswith(_PUBLIC) else agency


def message_words(connector: str) -> str:
    """Return what kind of message a connector reads, without the form in which it is written."""
    ending = next((ending for ending in _ENDINGS if connector.endswith(ending)), "")
    name = spelt(connector.removeprefix(_FORM).removesuffix(ending))
    return f"{name} form" if connector.startswith(_FORM) else name
