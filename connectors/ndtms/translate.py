"""One collapsed episode as a draft: initials, dates and codes; never a name, a child or a permission."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.ndtms.versions import Column, Version, meaning
from connectors.schema_fields import read_date
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import (
    ConsentDraft,
    ConsentScope,
    ConsentWord,
    EntryDraft,
    Issue,
    Part,
    PersonDraft,
    ReferralDraft,
    Severity,
    Sourced,
)

ACCEPTED_CONSENT, REFUSED_CONSENT = "Y", "N"
_CLIENT: Final = "client"
_PARENTS: Final = frozenset({"11", "12", "13"})
_BRITISH: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
_SECTOR: Final = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9])(?:[A-Z]{2})?", re.ASCII)
_FIELDS: Final[Mapping[str, str]] = {
    "treatment": "treatment_stage",
    "household": "household_codes",
    "pregnancy": "pregnancy",
    "substances": "coded_evidence",
}
"""Part of the return -> field of the report. Only the first says no more than that somebody is in treatment."""


@dataclass(frozen=True, slots=True)
class Collapsed:
    """All rows of one episode: their numbers, and per row the values that say something."""

    rows: tuple[int, ...]
    told: tuple[Mapping[str, str], ...]

    def place(self, column: str) -> str:
        """Return where a column of this episode stands first."""
        number = next((n for n, one in zip(self.rows, self.told, strict=True) if column in one), self.rows[0])
        return f"row {number} col {column}"

    def once(self, column: str) -> str:
        """Return a value that is the same on every row, or ""."""
        return self.told[0].get(column, "")

    def sourced(self, column: str, value: str) -> Sourced:
        """Return a value made of this column, with its place."""
        return Sourced(value, self.place(column))


def episode_draft(found: Collapsed, version: Version) -> tuple[ReferralDraft | None, tuple[Issue, ...]]:
    """Return the draft of one episode and the remarks on its values; None without any day that it speaks of.

    A monthly return sends everything again: an episode that is known is amended, one that is new is new.
    """
    issues = tuple(_date_issues(found, version))
    days = sorted(day for name, column in version.columns.items() if column.date for day in _days(found, name))
    if not days:
        return None, (*issues, Issue(Severity.ERROR, "required", found.place("REFLD")))
    pointer = f"row {found.rows[0]}"
    consent = ConsentDraft(_CLIENT, ConsentScope.STATISTICAL_RETURN, ConsentWord.GIVEN, pointer=found.place("CONSENT"))
    draft = ReferralDraft(
        message_id="/".join(found.once(column) for column in ("AGNCY", "CLIENTID", "EPISODID")),
        version=0,
        pointer=pointer,
        people=(_client(found),),
        entries=(EntryDraft(RecordKind.TREATMENT_REPORT, days[-1], (_CLIENT,), dict(_fields(found, version))),),
        consents=(consent,),
        purpose="linkage",
        action="amend",
    )
    return draft, issues


def _client(found: Collapsed) -> PersonDraft:
    born = _date(found.once("DOB"))
    initials = " ".join(f"{found.once(column)}." for column in ("FINITIAL", "SINITIAL") if found.once(column))
    fields = {
        "birth_date": found.sourced("DOB", str(born) if born else ""),
        "sex": found.sourced("SEX", _coded(found, "SEX", "NDTMS code")),
        "ethnicity_self_defined": found.sourced("ETHNIC", _coded(found, "ETHNIC", "NHS ethnic category")),
        "other_identifiers": found.sourced("CLIENTID", f"NDTMS {found.once('AGNCY')}: {found.once('CLIENTID')}"),
        "role_given": found.sourced("FINITIAL", f"adult in treatment, initials {initials}".removesuffix(", initials ")),
    }
    sector = _SECTOR.fullmatch(found.once("PC").upper())
    contact = {"address": found.sourced("PC", f"Postcode sector {sector[1]} {sector[2]}")} if sector else {}
    parent = found.once("PRNTSTAT") in _PARENTS
    return PersonDraft(
        key=_CLIENT,
        fields={name: value for name, value in fields.items() if value.value},
        contact=contact,
        parts=frozenset({Part.PARENT if parent else Part.OTHER}),
        restricted=True,  # the return has no word on whether an address is safe
        birth_date=born,
    )


def _coded(found: Collapsed, column: str, scheme: str) -> str:
    code = found.once(column)
    return f"{scheme} {code}" if code else ""


def _fields(found: Collapsed, version: Version) -> Iterator[tuple[str, Sourced]]:
    for part, field in _FIELDS.items():
        columns = {name: column for name, column in version.columns.items() if column.part == part}
        lines = list(dict.fromkeys(_lines(found, columns)))
        if lines:
            first = next(name for name in columns if any(name in one for one in found.told))
            yield field, found.sourced(first, "; ".join(lines))


def _lines(found: Collapsed, columns: Mapping[str, Column]) -> Iterator[str]:
    """Yield what is said once, then each intervention and each TOP form of the episode by itself."""
    for per in dict.fromkeys(column.per for column in columns.values()):
        names = [name for name, column in columns.items() if column.per == per]
        if per == "episode":
            yield from _said(found.told[0], names, columns)
        else:
            for one in found.told:
                if line := ", ".join(_said(one, names, columns)):
                    yield line


def _said(told: Mapping[str, str], names: Sequence[str], columns: Mapping[str, Column]) -> Iterator[str]:
    for name in names:
        if name in told:
            column, day = columns[name], _date(told[name]) if columns[name].date else None
            yield f"{column.words} {day}" if day else meaning(column, told[name])


def _days(found: Collapsed, column: str) -> Iterator[PartialDate]:
    for one in found.told:
        if day := _date(one.get(column, "")):
            yield day


def _date_issues(found: Collapsed, version: Version) -> Iterator[Issue]:
    for column in ("DOB", *(name for name, one in version.columns.items() if one.date)):
        if any(one.get(column) and _date(one[column]) is None for one in found.told):
            yield Issue(Severity.WARNING, "not_a_date", found.place(column))


def _date(written: str) -> PartialDate | None:
    british = _BRITISH.fullmatch(written)
    return read_date(f"{british[3]}-{british[2]}-{british[1]}" if british else written)
