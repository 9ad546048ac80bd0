"""PID and NK1 as people: the patient, and the family around them (HL7 v2.9 chapter 3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from connectors.hl7v2 import values
from connectors.hl7v2.reader import Message
from connectors.hl7v2.segments import Segment, Value
from connectors.nhs_numbers import matchable, nhs_number_issues, read_nhs_number
from connectors.patients import parts_of_patient
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Issue, NhsNumberStatus, Part, PersonDraft, Severity, Sourced

# PID-32, table 0445 with the codes of the NHS: only NSTS01 is traced; ED and UD speak of the date of birth.
_VERIFIED, _ESTIMATED, _DEFAULTED = frozenset({"01", "NSTS01"}), "ED", "UD"
_SEXES = {"F": "female", "M": "male", "O": "other", "U": "unknown"}
# Table 0063: what the associated party is to the patient.
_PARTS = {
    **dict.fromkeys(("MTH", "FTH", "PAR"), Part.PARENT),
    **dict.fromkeys(("CHD", "NCH", "SCH", "FCH"), Part.CHILD),
    **dict.fromkeys(("SPO", "DOM"), Part.PARTNER),
    **dict.fromkeys(("GRD", "CGV"), Part.CARER),
}
_LABELS, _RESTRICTED_LABELS = frozenset("ULMNRV"), frozenset("RV")
_LIFTED = "D"  # ARV-2, table 0206: the restriction is deleted


@dataclass(frozen=True, slots=True)
class Layout:
    """Which field of a segment keeps what; 0 = it has no such field."""

    name: int
    aliases: int
    birth: int
    sex: int
    address: int
    phones: tuple[int, ...]
    language: int
    ethnicity: int
    identifiers: int
    reliability: int


_PID = Layout(5, 9, 7, 8, 11, (13, 14, 40), 15, 22, identifiers=3, reliability=32)
_NK1 = Layout(2, 0, 16, 15, 4, (5, 6, 40), 20, 28, identifiers=33, reliability=0)


@dataclass(frozen=True, slots=True)
class Found:
    """One person of the message before drafting."""

    segment: Segment
    layout: Layout
    restricted: bool

    @property
    def born(self) -> PartialDate | None:
        """Return the date of birth, marked as estimated where the sender says so; a default date is none."""
        date, said = values.read_time(self.segment.text(self.layout.birth)), self._reliability()
        if date is None or _DEFAULTED in said:
            return None
        return replace(date, approximate=True) if _ESTIMATED in said else date

    def nhs_number(self) -> tuple[str, str, NhsNumberStatus]:
        """Return (as written, ten digits, status)."""
        numbers = [value for value in self.segment.values(self.layout.identifiers) if values.is_nhs_number(value)]
        written = numbers[0].text() if numbers else ""
        return written, *read_nhs_number(written, verified=bool(self._reliability() & _VERIFIED))

    def _reliability(self) -> frozenset[str]:
        return frozenset(value.text().upper() for value in self.segment.values(self.layout.reliability))


def people(message: Message) -> tuple[tuple[PersonDraft, ...], tuple[Issue, ...]]:
    """Return the patient, then everyone of NK1 who has a name, and remarks on numbers, dates and labels."""
    closed = _closed(message)
    patients = [Found(segment, _PID, closed) for segment in message.of("PID")]
    # NK1 without a name is an organisation, such as a nursery: it is kept in the original.
    family = [
        Found(segment, _NK1, closed or segment.text(23).upper() == "Y")
        for segment in message.of("NK1")
        if segment.values(_NK1.name)
    ]
    told = values.read_time(message.header.text(7))
    theirs = {part for one in family for part in _parts(one.segment)}
    drafts = (
        *(_draft(one, parts_of_patient(theirs, one.born, told.first if told else None), "patient") for one in patients),
        *(_draft(one, _parts(one.segment), values.coded_words(one.segment.value(3))) for one in family),
    )
    remarks = (issue for one in (*patients, *family) for issue in _issues(one, told))
    return drafts, (*_label_issues(message), *remarks)


def _closed(message: Message) -> bool:
    """Say whether anything marks the patient as restricted: the family may live where they must not be found."""
    labelled = message.header.text(8).upper() in _RESTRICTED_LABELS
    protected = any(segment.text(12).upper() == "Y" for segment in message.of("PD1"))
    restricted = any(segment.text(2).upper() != _LIFTED for segment in message.of("ARV"))
    return labelled or protected or restricted


def _label_issues(message: Message) -> Iterator[Issue]:
    label = message.header.text(8).upper()
    if label and label not in _LABELS:
        yield Issue(Severity.WARNING, "security_label_not_known", "MSH-8")
    for segment in message.of("NK1"):
        if not segment.values(_NK1.name):
            yield Issue(Severity.WARNING, "next_of_kin_without_name", segment.pointer(_NK1.name))


def _issues(one: Found, told: PartialDate | None) -> Iterator[Issue]:
    segment, layout = one.segment, one.layout
    yield from nhs_number_issues(one.nhs_number()[2], segment.pointer(layout.identifiers))
    if segment.text(layout.birth) and values.read_time(segment.text(layout.birth)) is None:
        yield Issue(Severity.ERROR, "not_a_date", segment.pointer(layout.birth))
    if one.born and told and one.born.first > told.first:
        yield Issue(Severity.ERROR, "birth_date_in_future", segment.pointer(layout.birth))


def _parts(relative: Segment) -> frozenset[Part]:
    codes = (value.text().upper() for value in relative.values(3))
    return frozenset(_PARTS[code] for code in codes if code in _PARTS) or frozenset({Part.OTHER})


def _draft(one: Found, parts: frozenset[Part], role: str) -> PersonDraft:
    names = _names(one)
    _, digits, status = one.nhs_number()
    return PersonDraft(
        key=one.segment.pointer(),
        fields={field: value for field, value in _fields(one, names, role).items() if value.value},
        contact=_contact(one),
        parts=parts,
        restricted=one.restricted,
        family_name=names[0].text(1) if names else "",
        given_names=values.given_words(names[0]) if names else "",
        other_names=tuple(values.name_words(name) for name in names[1:]),
        birth_date=one.born,
        nhs_number=matchable(digits, status),
        nhs_number_status=status,
    )


def _names(one: Found) -> list[Value]:
    # The legal one first, else as they come; names change, so all are kept and matched on.
    names = (*one.segment.values(one.layout.name), *one.segment.values(one.layout.aliases))
    return sorted(names, key=lambda name: name.text(7) != "L")


def _fields(one: Found, names: list[Value], role: str) -> dict[str, Sourced]:
    segment, layout = one.segment, one.layout
    written, _, status = one.nhs_number()
    others = [item for item in segment.values(layout.identifiers) if not values.is_nhs_number(item)]
    sex, ethnicity = segment.text(layout.sex), segment.value(layout.ethnicity)
    said = {
        "name": (values.name_words(names[0]) if names else "", layout.name),
        "other_names": ("; ".join(values.name_words(name) for name in names[1:]), layout.name),
        "birth_date": (str(one.born or ""), layout.birth),
        "sex": (_SEXES.get(sex.upper(), sex), layout.sex),
        "language": (values.coded_words(segment.value(layout.language)), layout.language),
        "ethnicity_self_defined": (values.coded_words(ethnicity), layout.ethnicity),
        "nhs_number": (written, layout.identifiers),
        "nhs_number_status": (status.value if written else "", layout.identifiers),
        "other_identifiers": ("; ".join(values.identifier_words(item) for item in others), layout.identifiers),
        "role_given": (role, 0 if layout is _PID else 3),
    }
    return {field: Sourced(text, segment.pointer(place)) for field, (text, place) in said.items()}


def _contact(one: Found) -> dict[str, Sourced]:
    segment, layout = one.segment, one.layout
    contacts = [value for field in layout.phones for value in segment.values(field)]
    gathered = {
        "address": [(values.address_words(value), value.pointer) for value in segment.values(layout.address)],
        "phone": [(values.contact_words(one), one.pointer) for one in contacts if not values.is_email(one)],
        "email": [(values.contact_words(one), one.pointer) for one in contacts if values.is_email(one)],
    }
    said = {name: [pair for pair in pairs if pair[0]] for name, pairs in gathered.items()}
    return {name: Sourced("; ".join(text for text, _ in pairs), pairs[0][1]) for name, pairs in said.items() if pairs}
