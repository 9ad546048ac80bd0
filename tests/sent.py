"""One sound message in every format that a hub has a connector for: a new connector is missed here before anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.factories import FIXTURES
from tests.forms import FORMS, as_csv, batch, referral

JSON, CSV, XML = "application/json", "text/csv", "application/xml"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of one format, the sender whose format it is, and by which door with which media types it comes."""

    code: str
    path: str
    media: tuple[str, ...]
    body: bytes


def _file(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def _as_csv(name: str) -> bytes:
    """Return a referral as a row can say it: one child, no relationships, no events."""
    said = referral(FORMS[name], referral_ref="F-2", events=[])
    child = {key: value for key, value in said["people"][0].items() if key != "relationships"}
    return as_csv(FORMS[name], said | {"people": [child]})


OF_EVERY_FORMAT: Final[Mapping[str, Sent]] = {
    "safeguarding_notice": Sent("police", "/v1/notices", (JSON,), _file("safeguarding_notice/domestic_abuse.json")),
    "safeguarding_notice_xml": Sent(
        "police", "/v1/notices", (XML, "text/xml"), _file("safeguarding_notice/domestic_abuse.xml")
    ),
    "safeguarding_notice_csv": Sent("police", "/v1/notices", (CSV,), _file("safeguarding_notice/domestic_abuse.csv")),
    "adult_with_children_json": Sent(
        "sm", "/v1/referrals", (JSON,), _file("substance_misuse/adult_with_children.json")
    ),
    "adult_with_children_csv": Sent("sm", "/v1/referrals", (CSV,), _file("substance_misuse/adult_with_children.csv")),
    "fhir_bars": Sent(
        "mh", "/fhir/$process-message", ("application/fhir+json", JSON), _file("bars/mother_referral.json")
    ),
    "fhir_consent": Sent("sm", "/fhir/Consent", ("application/fhir+json", JSON), _file("fhir_consent/agreed.json")),
    "hl7v2": Sent(
        "mh",
        "/hl7v2",
        ("application/hl7-v2", "text/plain", "x-application/hl7-v2+er7"),
        _file("hl7v2/child_referral.hl7"),
    ),
    "ndtms_csv": Sent("sm", "/v1/messages/ndtms_csv", (CSV,), _file("ndtms/cds_p.csv")),
    "cin_census": Sent("csc", "/v1/messages/cin_census", (XML,), _file("cin_census/CIN_Census_2024.xml")),
    "case_system": Sent("csc", "/v1/council/updates", (JSON,), _file("case_system/monday.json")),
    "case_system, as csv": Sent("csc", "/v1/council/updates", (CSV,), _file("case_system/monday.csv")),
    **{f"form_{name}_json": Sent("mh", f"/v1/forms/{name}", (JSON,), batch(form)) for name, form in FORMS.items()},
    **{f"form_{name}_csv": Sent("mh", f"/v1/forms/{name}", (CSV,), _as_csv(name)) for name in FORMS},
}
"""Connector (and how, where it reads two kinds of text) -> its message. A sealed transfer is made for one hub alone."""
