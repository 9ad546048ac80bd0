"""What matching may know of people, read from opened records. Pure."""

from collections.abc import Mapping, Sequence

from hub.domain.errors import InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import RecordId
from hub.domain.partial_date import PartialDate
from hub.domain.referral import NhsNumberStatus
from hub.gate.disclosure import ShownRecord
from hub.matching.identity import Identity


def identities_of(shown: Sequence[ShownRecord]) -> dict[RecordId, Identity]:
    """Read from the opened records of one family what matching may know: person record -> identity."""
    said = [record for record in shown if record.kind is RecordKind.PERSON]
    return {record.record: _identity(record, said, shown) for record in said}


def _identity(record: ShownRecord, said: Sequence[ShownRecord], shown: Sequence[ShownRecord]) -> Identity:
    fields = record.fields
    try:
        born = PartialDate.parse(fields.get("birth_date", ""))
    except InvalidRequestError:
        born = None
    places = [one.fields for one in shown if one.kind is RecordKind.CONTACT_POINT and one.persons & record.persons]
    return Identity(
        _names(fields),
        born,
        fields.get("nhs_number", ""),
        fields.get("nhs_number_status") == NhsNumberStatus.VERIFIED.value,
        fields.get("sex", ""),
        _given(places, "address"),
        _given(places, "phone", "email"),
        tuple(name for other in said if other.persons != record.persons for name in _names(other.fields)[:1]),
    )


def _names(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for key in ("name", "other_names") for name in fields.get(key, "").split(";") if name.strip())


def _given(places: Sequence[Mapping[str, str]], *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place[name] for place in places for name in names if place.get(name)))
