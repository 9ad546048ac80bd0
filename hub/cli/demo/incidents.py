"""The messages that the demonstration's agencies send, as bytes in their own formats. Pure: a seed decides."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from hub.cli.demo.households import Draw, Household, Someone
from hub.cli.demo.phrases import CONCERNS, HEALTH, INCIDENTS, PROTECTING, STAGES, VIEWS, Incident

_ASKED: Final = {
    "refused": ("refused", "yes", ""),
    "unowned": ("not_sought", "no", "It would increase risk to another person."),
    "emergency": ("unknown", "not_known", ""),
}
"""What a family shows -> what the father said to the police: (answer, whether he knows, why not asked)."""
_YEARS_BACK: Final = 640


def first_notices(families: Sequence[Household], today: date, draw: Draw) -> list[dict[str, Any]]:
    """Return the first police notice of every family: everybody, kin and households."""
    return [
        _notice(family, family.people, today - timedelta(days=draw.between(_YEARS_BACK - 60, _YEARS_BACK)), draw, 0)
        | {"relationships": list(_kin(family)), "households": list(_homes(family)), "consents": _consents(family)}
        for family in families
    ]


def later_notices(families: Sequence[Household], today: date, draw: Draw, each: int) -> list[dict[str, Any]]:
    """Return `each` further notices of every family."""
    return [
        _notice(family, _some(family, number), day, draw, number)
        for family in families
        for number, day in enumerate(_days(today, draw, each), start=1)
    ]


def treatment_reports(
    families: Iterable[Household], today: date, draw: Draw, each: int, *, traced: str = "yes"
) -> bytes:
    """Return one CSV file of the drug and alcohol service: a report a month on each father and his children.

    `traced` says whether the NHS numbers are verified; without that, a person decides where a report belongs.
    """
    out = io.StringIO()
    verified = {"client_nhs_number_verified": traced, "child_nhs_number_verified": traced}
    series = "" if traced == "yes" else "-B"
    rows = [
        row | verified | {"referral_ref": row["referral_ref"] + series}
        for family in families
        for row in _reports(family, today, draw, each)
    ]
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def health_referral(family: Household, today: date, number: int) -> bytes:
    """Return a BaRS message about the mother and her first child."""
    mother, child = family.mother, family.children[0]
    why, words = HEALTH[number % len(HEALTH)]
    day = today - timedelta(days=30 + 61 * number)
    patient = {
        "resourceType": "Patient",
        "identifier": [_verified(mother.nhs)],
        "name": [{"use": "official", "family": mother.family, "given": [mother.given]}],
        "gender": "female",
        "birthDate": mother.born.isoformat(),
    }
    related = {
        "resourceType": "RelatedPerson",
        "patient": _to(3),
        "relationship": [_coding("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "CHILD", "child")],
        "identifier": [_verified(child.nhs)],
        "name": [{"family": child.family, "given": [child.given]}],
        "birthDate": child.born.isoformat(),
    }
    request = {
        "resourceType": "ServiceRequest",
        "identifier": [{"system": "https://example.nhs.uk/referrals", "value": f"{family.number}-{number}"}],
        "status": "active",
        "intent": "plan",
        "subject": _to(3),
        "authoredOn": f"{day.isoformat()}T10:00:00+00:00",
        "reasonCode": [{"text": why}],
        "performer": [_to(5)],
        "note": [{"text": _said(words, family, child)}],
    }
    bars = "https://fhir.nhs.uk/CodeSystem/message-"
    header = {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": f"{bars}events-bars", "code": "servicerequest-request"},
        "source": {"endpoint": "http://example.nhs.uk/Id/1"},
        "reason": {"coding": [{"system": f"{bars}reason-bars", "code": "new"}]},
        "focus": [_to(2)],
    }
    service = {"resourceType": "HealthcareService", "name": "Community mental health team"}
    resources = (header, request, patient, related, service)
    bundle = {
        "resourceType": "Bundle",
        "id": f"demo-{family.number}-{number}",
        "type": "message",
        "timestamp": f"{day.isoformat()}T10:00:00+00:00",
        "entry": [
            {"fullUrl": _to(place)["reference"], "resource": one} for place, one in enumerate(resources, start=1)
        ],
    }
    return json.dumps(bundle).encode()


def _notice(family: Household, people: Sequence[Someone], day: date, draw: Draw, number: int) -> dict[str, Any]:
    incident = INCIDENTS[(family.number + number) % len(INCIDENTS)]
    born = [one for one in people if one.part == "child"]
    adults = [one.key for one in people if one.part in {"mother", "father", "carer"}]
    child = born[0]
    happened = _said(incident.happened, family, child)
    about = adults if "{child}" not in incident.happened else [child.key]
    return {
        "notice_ref": f"DEMO-{family.number}-{number}",
        "notice_version": 1,
        "action": "new",
        "kind": incident.kind,
        "purpose": "referral" if number == 0 else "information_only",
        "created": f"{day.isoformat()}T23:10:00+00:00",
        "gsc": "OFFICIAL-SENSITIVE",
        "lawful_basis": "Law enforcement purpose; safeguarding of children",
        "grading": {"source": draw.between(1, 4), "assessment": draw.pick("ABD"), "handling": "P"},
        "event": {
            "reference": f"INC-{family.number:02d}-{number:03d}",
            "occurred_from": f"{day.isoformat()}T{draw.between(8, 23):02d}:{draw.below(60):02d}:00+00:00",
            "place": incident.place,
        },
        "people": [_person(one, full=number == 0) for one in people],
        "roles": list(_roles(people, incident)),
        "child_impact": [_impact(one, incident, one is child) for one in born],
        "narratives": [
            {"kind": "what_happened", "text": happened, "about": about or [child.key]},
            {"kind": "what_happened", "text": _said(incident.of_child, family, child), "about": [child.key]},
        ],
        "actions": [{"kind": incident.done, "date": day.isoformat()}],
    }


def _person(one: Someone, *, full: bool) -> dict[str, Any]:
    if one.part == "unborn_child":
        return {"id": one.key, "expected_birth_date": one.born.strftime("%Y-%m")}
    said: dict[str, Any] = {
        "id": one.key,
        "name": {"full": one.name, "family": one.family, "given": one.given},
        "birth_date": one.born.isoformat(),
        "sex": one.sex,
        "nhs_number": one.nhs,
        "nhs_number_verified": "yes",
    }
    if not full:
        return said
    line, postcode = one.address
    safe = "no" if one.part == "mother" else "yes"
    said["addresses"] = [{"lines": [line], "postcode": postcode, "safe": safe}]
    said |= {"other_names": [one.other]} if one.other else {}
    said |= {"phones": [{"number": one.phone, "safe": safe}]} if one.phone else {}
    return said | ({"school": one.school} if one.school else {})


def _roles(people: Iterable[Someone], incident: Incident) -> Iterator[dict[str, str]]:
    abuse = {"mother": "victim", "father": "alleged_perpetrator"} if incident.kind == "domestic_abuse" else {}
    for one in people:
        yield {"person": one.key, "kind": "child_present" if one.part == "child" else one.part}
        if one.part in abuse:
            yield {"person": one.key, "kind": abuse[one.part]}


def _impact(one: Someone, incident: Incident, speaks: bool) -> dict[str, Any]:  # noqa: FBT001  whose words they are
    said: dict[str, Any] = {"person": one.key, "present": "yes" if speaks else "not_known"}
    if speaks:
        said |= {"exposure": ["heard"], "welfare_check": "yes", "seen_alone": "no"}
        said |= {"impact": incident.impact, "child_voice": incident.voice}
    return said


def _kin(family: Household) -> Iterator[dict[str, str]]:
    children = family.of("child", "unborn_child")
    for adult in family.of("mother", "father"):
        for child in children:
            yield {"person": adult.key, "kind": adult.part, "of": child.key}
    together = family.mother.household == family.father.household
    yield {
        "person": family.mother.key,
        "kind": "wife" if together else "former partner",
        "of": family.father.key,
    }
    for carer in family.of("carer"):
        yield {"person": carer.key, "kind": "mother", "of": family.mother.key}


def _homes(family: Household) -> Iterator[dict[str, Any]]:
    for home in sorted({one.household for one in family.people if one.household}):
        yield {"reference": home, "members": [one.key for one in family.people if one.household == home]}


def _consents(family: Household) -> list[dict[str, str]]:
    answer, aware, why = _ASKED.get(family.shows, ("given", "yes", ""))
    father = {"person": family.father.key, "obtained": answer, "aware": aware}
    return [
        {"person": family.mother.key, "obtained": "given", "aware": "yes"},
        father | ({"reason": why} if why else {}),
    ]


def _some(family: Household, number: int) -> tuple[Someone, ...]:
    """Return who is in a later notice: an adult or both, and one child or two."""
    adults = (family.mother, family.father)
    first = family.children[number % len(family.children)]
    more = family.children[:2] if number % 3 == 0 else ()
    return (*(adults if number % 2 else adults[:1]), *dict.fromkeys((first, *more)))


def _days(today: date, draw: Draw, count: int) -> list[date]:
    """Return days over two years, the newest ones of this month."""
    step = _YEARS_BACK // (count + 1)
    return [today - timedelta(days=step * place + draw.between(2, max(3, step - 4))) for place in range(count)]


def _reports(family: Household, today: date, draw: Draw, each: int) -> Iterator[dict[str, str]]:
    father = family.father
    for number in range(each):
        day = today - timedelta(days=9 + 30 * number + draw.below(6))
        stage, engagement, summary = STAGES[max(0, len(STAGES) - 1 - number * len(STAGES) // each)]
        child = family.children[number % len(family.children)]
        yield {
            "referral_ref": f"DEMO-{family.number}-{day.isoformat()}",
            "referral_version": "1",
            "created": f"{day.isoformat()}T16:00:00+00:00",
            "client_name": father.name,
            "client_family_name": father.family,
            "client_given_names": father.given,
            "client_birth_date": father.born.isoformat(),
            "client_nhs_number": father.nhs,
            "reported_on": day.isoformat(),
            "treatment_stage": stage,
            "engagement": engagement,
            "missed_appointments": f"{draw.below(3)} of 4",
            "summary": summary,
            "concern": draw.pick(CONCERNS),
            "protective_factors": draw.pick(PROTECTING),
            "parent_view": draw.pick(VIEWS),
            "consent": "refused" if family.shows == "refused" else "given",
            "consent_aware": "yes",
            "child_name": child.name,
            "child_family_name": child.family,
            "child_given_names": child.given,
            "child_birth_date": child.born.isoformat(),
            "child_nhs_number": child.nhs,
        }


def _said(words: str, family: Household, child: Someone) -> str:
    return words.format(child=child.given, mother=family.mother.given, father=family.father.given)


def batch(notices: Sequence[dict[str, Any]], today: date, name: str) -> bytes:
    """Return one police message; `name` tells it from the others of that day."""
    sender = {"force": "ZZ-NORTHBRIDGE", "system": "Records", "contact": "Safeguarding desk"}
    id_ = f"DEMO-{today.isoformat()}-{name}"
    return json.dumps({"version": "1.0", "batch_id": id_, "sender": sender, "notices": list(notices)}).encode()


def _to(place: int) -> dict[str, str]:
    return {"reference": f"urn:uuid:00000000-0000-4000-8000-{place:012d}"}


def _coding(system: str, code: str, words: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words}]}


def _verified(number: str) -> dict[str, Any]:
    status = _coding(
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus", "01", "Number present and verified"
    )
    url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
    return {
        "extension": [{"url": url, "valueCodeableConcept": status}],
        "system": "https://fhir.nhs.uk/Id/nhs-number",
        "value": number,
    }
