"""The formats that partners speak: what one wants to say of a referral, as bytes. All people are made up.

Households are numbered; everybody who sends about household 7 means the same people.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests import forms, notices
from tests.simulators.partner.message import CSV, FHIR, HL7, JSON, XML

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
SURNAMES: Final = ("Marlow", "Ashdown", "Fenwick", "Lyle", "Okoro", "Pemberton", "Quill", "Rashid", "Sorrel", "Tunley")
NOT_A_DATE: Final = "last Tuesday, late"
_START: Final = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Saying:
    """What one record says: the sender's number, version and action, about whom; `spoiled`: nobody can read its day."""

    ref: str
    version: int
    action: str
    household: int
    spoiled: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """One format at one address.

    `many` says that a message can hold several records; a file is signed, and names the `connector` that reads it.
    """

    name: str
    path: str
    media: str
    write: Callable[[Sequence[Saying], str], bytes]
    many: bool = True
    connector: str = ""


def surname(household: int) -> str:
    """Return a family name that no other household has."""
    return f"{SURNAMES[household % len(SURNAMES)]}{'-' + _letters(household // len(SURNAMES)) if household > 9 else ''}"


def _letters(number: int) -> str:
    return f"{chr(65 + number % 26)}{'aeiou'[number // 26 % 5]}ll"


def born(household: int, year: int) -> str:
    return f"{year - household % 9}-{household % 12 + 1:02}-{household * 7 % 27 + 1:02}"


def _fixture(*path: str) -> Any:  # noqa: ANN401  a JSON value
    return json.loads((FIXTURES.joinpath(*path)).read_text())


def _notice(said: Saying) -> dict[str, Any]:
    one: dict[str, Any] = _fixture("safeguarding_notice", "domestic_abuse.json")["notices"][0]
    one |= {"notice_ref": said.ref, "notice_version": said.version, "action": said.action}
    name = surname(said.household)
    for place, person in enumerate(one["people"]):
        person.pop("nhs_number", None)
        person.pop("nhs_number_verified", None)
        person.pop("other_names", None)
        if "name" in person:
            given = person["name"].get("given", f"Neighbour{said.household}")
            person["name"] = {"full": f"{given} {name}", "family": name, "given": given}
        if "birth_date" in person:
            person["birth_date"] = born(said.household, 1992 if place < 2 else 2017)
    one["event"]["reference"] = f"INC-{said.ref}"
    one["narratives"][0]["text"] = f"Told for the {said.version}. time in {said.ref}: they argued, and Grace left."
    if said.spoiled:
        one["event"]["occurred_from"] = NOT_A_DATE
    return one


def notices_of(sayings: Sequence[Saying], key: str) -> dict[str, Any]:
    sender = _fixture("safeguarding_notice", "domestic_abuse.json")["sender"]
    return {"version": "1.0", "batch_id": key, "sender": sender, "notices": [_notice(said) for said in sayings]}


def json_of(sayings: Sequence[Saying], key: str) -> bytes:
    return as_json(notices_of(sayings, key))


def xml_of(sayings: Sequence[Saying], key: str) -> bytes:
    return notices.as_xml(notices_of(sayings, key))


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def _treatments(sayings: Sequence[Saying], key: str) -> bytes:
    whole = _fixture("substance_misuse", "adult_with_children.json")
    whole |= {"batch_id": key, "referrals": [_treatment(said) for said in sayings]}
    return as_json(whole)


def _treatment(said: Saying) -> dict[str, Any]:
    one: dict[str, Any] = _fixture("substance_misuse", "adult_with_children.json")["referrals"][0]
    one |= {"referral_ref": said.ref, "referral_version": said.version, "action": said.action}
    name = surname(said.household)
    for person in (one["client"], *one["children"]):
        person.pop("nhs_number", None)
        person.pop("nhs_number_verified", None)
        if "name" in person:
            given = person["name"]["given"]
            person["name"] = {"full": f"{given} {name}", "family": name, "given": given}
    one["client"]["birth_date"] = born(said.household, 1992)
    one["children"][0]["birth_date"] = born(said.household, 2017)
    one["report"]["summary"] = f"Told for the {said.version}. time in {said.ref}: seen on Monday, on time."
    if said.spoiled:
        one["report"]["reported_on"] = NOT_A_DATE
    return one


def _form(name: str) -> Callable[[Sequence[Saying], str], bytes]:
    def write(sayings: Sequence[Saying], key: str) -> bytes:
        whole = {"version": "1.0", "batch_id": key, "referrals": [_answered(name, said) for said in sayings]}
        return as_json(whole)

    return write


def _form_csv(name: str) -> Callable[[Sequence[Saying], str], bytes]:
    return lambda sayings, _key: forms.as_csv(forms.FORMS[name], _answered(name, sayings[0]))


def _answered(name: str, said: Saying) -> dict[str, Any]:
    one = forms.referral(forms.FORMS[name], referral_ref=said.ref, referral_version=said.version, action=said.action)
    one["people"][0]["name"] = {"full": f"Ivy {surname(said.household)}"}
    one["people"][2]["name"] = {"full": f"Grace {surname(said.household)}"}
    one["people"][3]["name"] = {"full": f"Colin {surname(said.household)}"}
    one["events"][0]["what_happened"] = f"Told for the {said.version}. time in {said.ref}."
    if said.spoiled:
        one["events"][0]["occurred"] = NOT_A_DATE
    return one


def _bars(sayings: Sequence[Saying], key: str) -> bytes:
    """BaRS numbers no versions: a later message about a referral has a later timestamp."""
    (said,) = sayings
    text = json.dumps(_fixture("bars", "mother_referral.json"))
    own = _uuid(said.ref)
    text = text.replace("urn:uuid:00000000-0000-4000-8000-000000000002", f"urn:uuid:{own}")
    text = text.replace("Adeyemi-Hart", surname(said.household)).replace("Adeyemi", surname(said.household))
    text = text.replace("Hart", surname(said.household)).replace("1991-04-17", born(said.household, 1992))
    bundle = json.loads(text)
    bundle |= {"id": _uuid(key), "timestamp": _moment(said).isoformat()}
    for entry in bundle["entry"]:
        entry["resource"].pop("identifier", None)
    request = bundle["entry"][1]["resource"]
    request["status"] = "revoked" if said.action == "withdraw" else "active"
    request["note"][0]["text"] = f"Told for the {said.version}. time: asks for help with sleep."
    reason = {"new": "new", "amend": "update", "withdraw": "delete"}[said.action]
    bundle["entry"][0]["resource"]["reason"]["coding"][0]["code"] = reason
    return as_json(bundle)


_EVENTS: Final[Mapping[str, str]] = {"new": "I12", "amend": "I13", "withdraw": "I14"}


def _hl7(sayings: Sequence[Saying], key: str) -> bytes:
    (said,) = sayings
    body = (FIXTURES / "hl7v2" / "child_referral.hl7").read_bytes().decode("utf-8-sig")
    name = surname(said.household).upper()
    changes = {
        "20240312100000+0000": _moment(said).strftime("%Y%m%d%H%M%S+0000"),
        "REF^I12^REF_I12": f"REF^{_EVENTS[said.action]}^REF_I12",
        "EX-000123": key,
        "R-2024-77": said.ref,
        "9000000025^^^NHS^NH~": "",
        "^^^^^^^^^9000000009^^^NHS^NH": "",
        "HART^": f"{name}^",
        "ADEYEMI^": f"{name}^",
        "20160305": born(said.household, 2017).replace("-", ""),
        "evenings": f"evenings, told for the {said.version}. time",
    }
    for old, new in changes.items():
        body = body.replace(old, new)
    if said.spoiled:
        body = "\r".join(line for line in body.split("\r") if not line.startswith("PID"))
    return body.encode()


def _moment(said: Saying) -> datetime:
    return _START + timedelta(hours=said.version)


def _uuid(words: str) -> str:
    found = hashlib.sha256(words.encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-8{found[17:20]}-{found[20:32]}"


DIALECTS: Final[Mapping[str, Dialect]] = {
    one.name: one
    for one in (
        Dialect("notice_json", "/v1/notices", JSON, json_of),
        Dialect("notice_xml", "/v1/notices", XML, xml_of),
        Dialect("notice_csv", "/v1/notices", CSV, lambda said, key: notices.as_csv(notices_of(said, key))),
        Dialect("treatment", "/v1/referrals", JSON, _treatments),
        Dialect("bars", "/fhir/$process-message", FHIR, _bars, many=False),
        Dialect("hl7", "/hl7v2", HL7, _hl7, many=False),
        *(Dialect(name, f"/v1/forms/{name}", JSON, _form(name)) for name in forms.NAMES),
        *(Dialect(f"{name}_csv", f"/v1/forms/{name}", CSV, _form_csv(name), many=False) for name in forms.NAMES),
    )
}
