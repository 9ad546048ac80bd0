"""A notice that passed its schema and rules, as a draft: people, one entry per event and text, consents."""

from collections.abc import Iterator
from dataclasses import replace

from connectors.people import Plain, consent_drafts, copied, display_name, person_draft
from connectors.safeguarding_notice.for_schools import CIRCUMSTANCES, school_entry, school_fields
from connectors.safeguarding_notice.rules import parts_of
from connectors.safeguarding_notice.schema import NARRATIVE_FIELDS
from connectors.schema_fields import read_date
from hub.domain.fields import RecordKind
from hub.domain.labels import Handling, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.domain.referral import EntryDraft, Part, PersonDraft, ReferralDraft, Sourced


def notice_draft(notice: Plain, pointer: str) -> ReferralDraft:
    """Return the draft of one notice; `pointer` is where it stands, for example `/notices/0`."""
    return ReferralDraft(
        message_id=notice["notice_ref"],
        version=notice["notice_version"],
        pointer=pointer,
        people=_people(notice, pointer),
        entries=tuple(_entries(notice, pointer)),
        consents=consent_drafts(notice.get("consents", []), f"{pointer}/consents"),
        purpose=notice["purpose"],
        action=notice["action"],
        family_reference=notice.get("family_reference", ""),
        why_withdrawn=copied(notice, pointer, {"why": "withdrawal_reason"}).get("why"),
    )


def _people(notice: Plain, pointer: str) -> tuple[PersonDraft, ...]:
    parts, roles = parts_of(notice), _roles(notice, pointer)
    people = (
        person_draft(
            person,
            f"{pointer}/people/{index}",
            parts.get(person["id"], frozenset({Part.OTHER})),
            roles.get(person["id"], Sourced("", "")),
        )
        for index, person in enumerate(notice["people"])
    )
    relationships, households = _relationships(notice, pointer), _households(notice, pointer)
    return tuple(
        replace(
            person,
            fields={**person.fields, **_if_any("relationships", relationships.get(person.key))},
            contact={**person.contact, **_if_any("household", households.get(person.key))},
        )
        for person in people
    )


def _if_any(name: str, value: Sourced | None) -> dict[str, Sourced]:
    return {} if value is None else {name: value}


def _roles(notice: Plain, pointer: str) -> dict[str, Sourced]:
    roles: dict[str, Sourced] = {}
    for index, role in enumerate(notice["roles"]):
        words = role.get("words") or role["kind"].replace("_", " ")
        _add(roles, role["person"], words, f"{pointer}/roles/{index}")
    return roles


def _relationships(notice: Plain, pointer: str) -> dict[str, Sourced]:
    names = {person["id"]: display_name(person) or "unborn child" for person in notice["people"]}
    found: dict[str, Sourced] = {}
    for index, item in enumerate(notice.get("relationships", ())):
        _add(found, item["person"], f"{item['kind']} of {names[item['of']]}", f"{pointer}/relationships/{index}")
    return found


def _households(notice: Plain, pointer: str) -> dict[str, Sourced]:
    found: dict[str, Sourced] = {}
    for index, household in enumerate(notice.get("households", ())):
        for member in household.get("members", ()):
            _add(found, member, household["reference"], f"{pointer}/households/{index}")
    return found


def _add(found: dict[str, Sourced], key: str, value: str, pointer: str) -> None:
    before = found.get(key)
    found[key] = Sourced(f"{before.value}; {value}", before.pointer) if before else Sourced(value, pointer)


def _entries(notice: Plain, pointer: str) -> Iterator[EntryDraft]:
    everyone = tuple(person["id"] for person in notice["people"])
    fields, narrowed = _event_fields(notice, pointer), _risk_about(notice)
    further = []
    for index, narrative in enumerate(notice.get("narratives", ())):
        if narrative["kind"] == CIRCUMSTANCES:
            continue
        name = NARRATIVE_FIELDS[narrative["kind"]]
        value = Sourced(narrative["text"], f"{pointer}/narratives/{index}/text")
        about = tuple(narrative.get("about", ()))
        if name in fields:
            # A second text of a kind speaks of other people: an entry of its own, never two texts in one field.
            further.append(_entry(notice, about or everyone, {name: value}, {}))
        else:
            fields[name] = value
            narrowed |= {name: about} if about else {}
    whole = _entry(notice, everyone, fields, narrowed)
    yield whole
    yield from further
    for index, impact in enumerate(notice.get("child_impact", ())):
        yield _entry(notice, (impact["person"],), _impact_fields(impact, f"{pointer}/child_impact/{index}"), {})
    yield from (school_entry(whole, child, said) for child, said in school_fields(notice, pointer))


def _entry(
    notice: Plain, about: tuple[str, ...], fields: dict[str, Sourced], narrowed: dict[str, tuple[str, ...]]
) -> EntryDraft:
    handling = Handling(notice["grading"]["handling"])
    return EntryDraft(
        kind=RecordKind.POLICE_NOTICE,
        occurred=_occurred(notice),
        about=about,
        fields=fields,
        narrowed=narrowed,
        sensitivity=Sensitivity.RESTRICTED if handling is Handling.C else Sensitivity.SENSITIVE,
        handling=handling,
    )


def _occurred(notice: Plain) -> PartialDate:
    occurred = read_date(notice["event"]["occurred_from"], instant=True)
    if occurred is None:
        raise AssertionError("the schema lets only dates pass")
    return occurred


def _risk_about(notice: Plain) -> dict[str, tuple[str, ...]]:
    about = tuple(notice.get("risk", {}).get("about", ()))
    return {"risk_grade": about, "risk_answers": about} if about else {}


def _event_fields(notice: Plain, pointer: str) -> dict[str, Sourced]:
    event = notice["event"]
    reference = _joined(event["reference"], event.get("crime_reference"), notice["kind"].replace("_", " "))
    fields = {
        "incident_reference": Sourced(reference, f"{pointer}/event/reference"),
        "grading": Sourced(_grading(notice), f"{pointer}/grading"),
        **copied(event, f"{pointer}/event", {"place": "place"}),
        **copied(notice, pointer, {"source": "informant"}),
    }
    if actions := notice.get("actions"):
        done = _joined(*(" ".join((item["kind"], item.get("date", ""))).strip() for item in actions))
        fields["actions_taken"] = Sourced(done, f"{pointer}/actions")
    return fields | _risk_fields(notice.get("risk"), f"{pointer}/risk")


def _grading(notice: Plain) -> str:
    grade = notice["grading"]
    return _joined(
        f"{grade['source']}{grade['assessment']}{grade['handling']}",
        grade.get("conditions"),
        notice.get("gsc"),
        notice.get("lawful_basis"),
    )


def _risk_fields(risk: Plain | None, pointer: str) -> dict[str, Sourced]:
    if risk is None:
        return {}
    words = {"basis": "grade_basis", "tool": "tool", "version": "tool_version", "done": "completed_at"}
    words |= {"by": "completed_by_role", "ticks stated": "tick_count"}
    said = (f"{word}: {risk[key]}" for word, key in words.items() if key in risk)
    fields = {"risk_grade": Sourced(_joined(risk["grade"], *said), f"{pointer}/grade")}
    if answers := risk.get("answers"):
        fields["risk_answers"] = Sourced(
            _joined(*(f"{a['item']}: {a['answer']}" for a in answers)), f"{pointer}/answers"
        )
    return fields


def _impact_fields(impact: Plain, pointer: str) -> dict[str, Sourced]:
    words = {"present": "present", "welfare_check": "welfare check", "seen_alone": "seen alone"}
    said = [f"{text}: {impact[key].replace('_', ' ')}" for key, text in words.items() if key in impact]
    exposure = [word.replace("_", " ") for word in impact.get("exposure", ())]
    fields = {"child_impact": Sourced(_joined(*said, *exposure, impact.get("impact")), pointer)}
    return fields | copied(impact, pointer, {"child_voice": "child_voice"})


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)
