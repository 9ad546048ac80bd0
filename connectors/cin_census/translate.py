"""One child of the census as a draft: identifiers, characteristics, and one report for each time they were in need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from connectors.cin_census import shape
from connectors.schema_fields import read_date
from connectors.strict_xml import Element
from hub.domain.census import Pair
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import EntryDraft, Issue, Part, PersonDraft, ReferralDraft, Severity, Sourced

CHILD: Final = "child"
_DATES: Final = ("Date", "date", "CPCtarget")


@dataclass(slots=True)
class Notes:
    """Remarks and unknown elements met on the way through one child."""

    where: str
    issues: list[Issue] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def say(self, code: str, place: str, severity: Severity = Severity.WARNING) -> None:
        """Remark on a place."""
        self.issues.append(Issue(severity, code, place))

    def keep(self, element: Element) -> None:
        """Keep an element that is not known here as it was written, without what follows it."""
        self.unknown.append(etree.tostring(element, encoding="unicode", with_tail=False))


def child_draft(child: Element, pointer: str, authority: str, told: PartialDate) -> tuple[ReferralDraft, Notes]:
    """Return the draft of one child and the remarks on it.

    Args:
        child: the element `Child`.
        pointer: where it stands, `/Message/Children/Child[1]`.
        authority: the sender's code of itself, for the child's key.
        told: the day the census speaks of, for a child without a referral date.
    """
    notes = Notes(pointer)
    known = {"ChildIdentifiers", "ChildCharacteristics", "CINdetails"}
    for element in _strange(child, known, notes, pointer):
        notes.keep(element)
    person = _person(child, notes)
    entries = [
        _entry(details, f"{pointer}/CINdetails[{number}]", notes, told)
        for number, details in enumerate(child.findall("CINdetails"), 1)
    ]
    if not entries:
        notes.say("required", f"{pointer}/CINdetails", Severity.ERROR)
    entries = [_completed(entries[0], child, notes), *entries[1:]] if entries else []
    identifier = person.fields.get("other_identifiers")
    if identifier is None or not identifier.value.startswith("LAchildID"):
        notes.say("required", f"{pointer}/ChildIdentifiers/LAchildID", Severity.ERROR)
    key = _text(child.find("ChildIdentifiers/LAchildID"))
    draft = ReferralDraft(
        f"{authority}/{key}", 0, pointer, (person,), tuple(entries), purpose="linkage", action="amend"
    )
    return draft, notes


def _person(child: Element, notes: Notes) -> PersonDraft:
    identifiers = child.find("ChildIdentifiers")
    where = f"{notes.where}/ChildIdentifiers"
    found = {} if identifiers is None else {str(one.tag): _text(one) for one in identifiers if _text(one)}
    if identifiers is not None:
        known = {*shape.IDENTIFIERS, *shape.SEX_TAGS, shape.BIRTH, shape.EXPECTED, shape.DEATH}
        for element in _strange(identifiers, known, notes, where):
            notes.keep(element)
    born, expected = (_day(found, tag, where, notes) for tag in (shape.BIRTH, shape.EXPECTED))
    if born and expected:
        notes.say("expected_date_beside_birth_date", f"{where}/{shape.EXPECTED}")
    sex = next((tag for tag in shape.SEX_TAGS if tag in found), "")
    said = "; ".join(f"{tag}: {found[tag]}" for tag in shape.IDENTIFIERS if tag in found)
    fields = {
        "birth_date": Sourced(str(born or ""), f"{where}/{shape.BIRTH}"),
        "expected_birth_date": Sourced(str(expected or ""), f"{where}/{shape.EXPECTED}"),
        "sex": Sourced(found.get(sex, ""), f"{where}/{sex}"),
        "other_identifiers": Sourced(said, where),
        "ethnicity_self_defined": Sourced(
            _text(child.find("ChildCharacteristics/Ethnicity")), f"{notes.where}/ChildCharacteristics/Ethnicity"
        ),
    }
    return PersonDraft(
        key=CHILD,
        fields={name: value for name, value in fields.items() if value.value},
        parts=frozenset({Part.UNBORN_CHILD if expected and not born else Part.CHILD}),
        birth_date=born,
    )


def _entry(details: Element, where: str, notes: Notes, told: PartialDate) -> EntryDraft:
    known = {*shape.CASE, shape.PRIMARY_NEED, *shape.BLOCKS}
    for element in _strange(details, known, notes, where):
        notes.keep(element)
    case = list(_pairs(details, shape.CASE, where, notes))
    fields = {
        "case_dates": Sourced(shape.line(case), where),
        "primary_need": Sourced(shape.line(_pairs(details, (shape.PRIMARY_NEED,), where, notes)), where),
        **{field: _blocks(details, tag, tags, where, notes) for tag, (field, tags) in shape.BLOCKS.items()},
        "factors": _factors(details, where, notes),
    }
    _require_listed(case, "ReferralSource", shape.SOURCES, where, notes)
    days = dict(case)
    referred = read_date(days.get("CINreferralDate", ""))
    return EntryDraft(
        RecordKind.COUNCIL_RECORD,
        referred or told,
        (CHILD,),
        {name: value for name, value in fields.items() if value.value},
    )


def _completed(entry: EntryDraft, child: Element, notes: Notes) -> EntryDraft:
    """Put what is said of the child as a whole into the first report: disabilities, death, blocks nobody knows."""
    where = f"{notes.where}/ChildCharacteristics"
    disabilities = [_text(one) for one in child.findall("ChildCharacteristics/Disabilities/Disability") if _text(one)]
    characteristics = child.find("ChildCharacteristics")
    if characteristics is not None:
        for element in _strange(characteristics, {"Ethnicity", "Disabilities"}, notes, where):
            notes.keep(element)
    died = _text(child.find(f"ChildIdentifiers/{shape.DEATH}"))
    more = {
        "disabilities": Sourced(", ".join(disabilities), f"{where}/Disabilities"),
        "other_blocks": Sourced("\n".join(notes.unknown), notes.where),
    }
    fields = {**entry.fields, **{name: value for name, value in more.items() if value.value}}
    if died and shape.VALUE.fullmatch(died):
        said = entry.fields["case_dates"].value if "case_dates" in entry.fields else ""
        line = ", ".join(part for part in (said, f"{shape.DEATH} {died}") if part)
        fields["case_dates"] = Sourced(line, f"{notes.where}/ChildIdentifiers/{shape.DEATH}")
    return EntryDraft(entry.kind, entry.occurred, entry.about, fields)


def _blocks(details: Element, tag: str, tags: Sequence[str], where: str, notes: Notes) -> Sourced:
    lines = []
    for number, block in enumerate(details.findall(tag), 1):
        place = f"{where}/{tag}[{number}]"
        for element in _strange(block, {*tags, shape.FACTORS, shape.REVIEWS}, notes, place):
            notes.keep(element)
        reviews = block.findall(f"{shape.REVIEWS}/{shape.REVIEW}")
        pairs = [*_pairs(block, tags, place, notes), *((shape.REVIEW, _text(one)) for one in reviews if _sound(one))]
        lines += [shape.line(pairs)] if pairs else []
    return Sourced("; ".join(lines), f"{where}/{tag}")


def _factors(details: Element, where: str, notes: Notes) -> Sourced:
    """Factors stand apart from an assessment's dates, because they are a view of risk; the start day links them."""
    lines = []
    for number, block in enumerate(details.findall("Assessments"), 1):
        codes = [_text(one) for one in block.findall(f"{shape.FACTORS}/{shape.FACTOR}") if _text(one)]
        sound = [code for code in codes if shape.VALUE.fullmatch(code)]
        if len(sound) != len(codes):
            notes.say("unexpected_value", f"{where}/Assessments[{number}]/{shape.FACTORS}")
        start = _text(block.find("AssessmentActualStartDate"))
        begun = [("AssessmentActualStartDate", start)] if shape.VALUE.fullmatch(start) else []
        lines += [shape.line([*begun, *((shape.FACTOR, code) for code in sound)])] if sound else []
    return Sourced("; ".join(lines), f"{where}/Assessments")


def _pairs(parent: Element, tags: Sequence[str], where: str, notes: Notes) -> Iterator[Pair]:
    for tag in tags:
        for element in parent.findall(tag):
            value = _text(element)
            if value and not _sound(element):
                notes.say("unexpected_value", f"{where}/{tag}")
                notes.keep(element)
            elif value:
                if tag.endswith(_DATES) and read_date(value) is None:
                    notes.say("not_a_date", f"{where}/{tag}")
                yield tag, value


def _sound(element: Element) -> bool:
    return shape.VALUE.fullmatch(_text(element)) is not None


def _require_listed(pairs: Sequence[Pair], tag: str, allowed: frozenset[str], where: str, notes: Notes) -> None:
    if any(name == tag and value not in allowed for name, value in pairs):
        notes.say("code_not_known", f"{where}/{tag}")


def _strange(parent: Element, known: set[str], notes: Notes, where: str) -> Iterator[Element]:
    """Yield children that are not known here, counted and never named; remark on text between the elements."""
    strange = [one for one in parent if one.tag not in known]
    if strange:
        notes.say("unknown_keys", f"{where} count={len(strange)}")
    around: list[str | None] = [parent.text, *(one.tail for one in parent)]
    if any(text.strip() for text in around if text):
        notes.say("text_between_elements", where)
    return iter(strange)


def _day(found: dict[str, str], tag: str, where: str, notes: Notes) -> PartialDate | None:
    day = read_date(found.get(tag, ""))
    if day is None and found.get(tag):
        notes.say("not_a_date", f"{where}/{tag}")
    return day


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()
