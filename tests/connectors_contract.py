"""What every connector promises, as checks that anybody can run over theirs.

    from tests.connectors_contract import PROMISES

    @pytest.mark.parametrize("promise", PROMISES)
    def test_my_connector_keeps_its_promises(promise):
        promise(MyConnector(), [GOOD_MESSAGE, ANOTHER])

Each promise takes a connector and messages that it reads, and raises AssertionError where it is broken. It needs
nothing of the hub but `hub.domain`; copy the file where the hub's tests are not installed.
"""

import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from unittest import mock

from hub.domain.errors import RejectedMessageError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.referral import Connector, Limits, Outcome, Parsed, PersonDraft, ReferralDraft, Severity

CANARY: Final = "Canarysurname"
MALFORMED: Final = (
    b"",
    b"\xef\xbb\xbf",
    b"null",
    b"[]",
    b"7",
    b"{}",
    b'{"a": 1, "a": "' + CANARY.encode() + b'"}',
    b'{"a": NaN, "b": "' + CANARY.encode() + b'"}',
    b"[" * 100_000,
    b'a,b\n1,"' + CANARY.encode(),
    b"\x00\x01" + CANARY.encode(),
    b"\xff\xfe{\x00}\x00",
    b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;" + CANARY.encode() + b"</a>",
    b"MSH|^~\\&|" + CANARY.encode(),
)
CUTS: Final = 40
"""At how many places a good message is cut off."""


def has_a_name_of_its_own(connector: Connector, good: Sequence[bytes]) -> None:
    """Its name is a word that settings and addresses can hold."""
    del good
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,39}", connector.name), connector.name


def reads_what_it_is_for(connector: Connector, good: Sequence[bytes]) -> None:
    """A good message gives at least one record, and at least one of all is accepted."""
    found = [_parsed(connector, body) for body in good]
    assert all(found)
    assert any(one.outcome is Outcome.ACCEPTED for records in found for one in records)


def says_the_same_of_the_same_bytes(connector: Connector, good: Sequence[bytes]) -> None:
    """It is pure: no clock, no chance, nothing kept from one message to the next."""
    for body in good:
        assert _parsed(connector, body) == _parsed(connector, body)
        assert connector.message_key(body) == connector.message_key(body)


def asks_nobody(connector: Connector, good: Sequence[bytes]) -> None:
    """It opens no connection."""
    with mock.patch.object(socket, "socket", side_effect=AssertionError("opened a connection")):
        for body in good:
            _parsed(connector, body)


def accepts_with_a_draft_and_quarantines_with_a_reason(connector: Connector, good: Sequence[bytes]) -> None:
    """Accepted has a draft and no error; quarantined and rejected have at least one error, with a place."""
    for one in _all(connector, good):
        errors = [issue for issue in one.issues if issue.severity is Severity.ERROR]
        if one.outcome is Outcome.ACCEPTED:
            assert one.draft is not None
            assert not errors, errors
        else:
            assert errors, one.pointer
        assert one.pointer
        assert all(issue.code and issue.location for issue in one.issues)


def points_at_each_record_once(connector: Connector, good: Sequence[bytes]) -> None:
    """Two records of one message never have the same pointer."""
    for body in good:
        pointers = [one.pointer for one in _parsed(connector, body)]
        assert len(set(pointers)) == len(pointers)


def fills_declared_fields_only(connector: Connector, good: Sequence[bytes]) -> None:
    """Whatever it fills in is declared in `hub.domain.fields`, and says where it stood in the message."""
    for draft in _drafts(connector, good):
        for person in draft.people:
            contact = RecordKind.PROTECTED_CONTACT if person.restricted else RecordKind.CONTACT_POINT
            assert person.fields.keys() <= SHAPES[RecordKind.PERSON].fields.keys()
            assert person.contact.keys() <= SHAPES[contact].fields.keys()
        for entry in draft.entries:
            assert entry.fields.keys() <= SHAPES[entry.kind].fields.keys()
            assert entry.narrowed.keys() <= entry.fields.keys()
        for held in _held(draft):
            assert all(one.value.strip() and one.pointer for one in held.values())


def speaks_of_people_of_the_message_only(connector: Connector, good: Sequence[bytes]) -> None:
    """Every subject of an entry or of a consent is a person of the same record, each under a key of their own."""
    for draft in _drafts(connector, good):
        keys = [person.key for person in draft.people]
        assert len(set(keys)) == len(keys)
        said = {key for entry in draft.entries for key in entry.about}
        said |= {key for entry in draft.entries for about in entry.narrowed.values() for key in about}
        assert said | {consent.about for consent in draft.consents} <= set(keys)


def never_repeats_a_value_in_a_remark(connector: Connector, good: Sequence[bytes]) -> None:
    """A remark holds a code and a place: nothing that stood in the message."""
    for body in good:
        found = _parsed(connector, body)
        values = {
            one.value
            for record in found
            if record.draft
            for held in _held(record.draft)
            for name, one in held.items()
            if len(one.value) > 3 and name != "nhs_number_status"
        }
        remarks = [f"{issue.code} {issue.location}" for record in found for issue in record.issues]
        assert not [value for value in values for remark in remarks if value in remark]


def refuses_by_code_what_it_cannot_read(connector: Connector, good: Sequence[bytes]) -> None:
    """Bytes that are no message of its format are refused with a code, or quarantined; nothing is repeated."""
    del good
    for body in MALFORMED:
        found, error = _tried(connector, body, Limits())
        if error is not None:
            assert error.code != RejectedMessageError.code, body[:20]
            assert CANARY not in f"{error} {error.__context__}", body[:20]
        assert all(one.outcome is not Outcome.ACCEPTED for one in found), body[:20]
        assert CANARY not in repr([one.issues for one in found])


def never_breaks_on_a_message_cut_off(connector: Connector, good: Sequence[bytes]) -> None:
    """Wherever a line drops, the message is refused or quarantined, or is whole by then; never another error."""
    for body in good:
        for cut in range(0, len(body), max(1, len(body) // CUTS)):
            _, error = _tried(connector, body[:cut], Limits())
            assert error is None or error.code != RejectedMessageError.code


def keeps_to_the_limits(connector: Connector, good: Sequence[bytes]) -> None:
    """What is larger than the hub takes is refused before anything is made of it."""
    for body in good:
        _, error = _tried(connector, body, Limits(max_bytes=len(body) - 1))
        assert error is not None, "took more than the limit"
        assert error.code == "message_too_large"


PROMISES: Final[tuple[Callable[[Connector, Sequence[bytes]], None], ...]] = (
    has_a_name_of_its_own,
    reads_what_it_is_for,
    says_the_same_of_the_same_bytes,
    asks_nobody,
    accepts_with_a_draft_and_quarantines_with_a_reason,
    points_at_each_record_once,
    fills_declared_fields_only,
    speaks_of_people_of_the_message_only,
    never_repeats_a_value_in_a_remark,
    refuses_by_code_what_it_cannot_read,
    never_breaks_on_a_message_cut_off,
    keeps_to_the_limits,
)


def _tried(connector: Connector, body: bytes, limits: Limits) -> tuple[list[Parsed], RejectedMessageError | None]:
    """Return what was read, or the refusal; any other error breaks the promise by itself."""
    try:
        return list(connector.parse(body, limits)), None
    except RejectedMessageError as error:
        return [], error


def _parsed(connector: Connector, body: bytes) -> list[Parsed]:
    return list(connector.parse(body, Limits()))


def _all(connector: Connector, good: Sequence[bytes]) -> Iterator[Parsed]:
    for body in good:
        yield from _parsed(connector, body)


def _drafts(connector: Connector, good: Sequence[bytes]) -> Iterator[ReferralDraft]:
    return (one.draft for one in _all(connector, good) if one.draft is not None)


def _held(draft: ReferralDraft) -> Iterator[Mapping[str, Any]]:
    """Yield every set of sourced values of a draft."""
    people: tuple[PersonDraft, ...] = draft.people
    for person in people:
        yield person.fields
        yield person.contact
    for entry in draft.entries:
        yield entry.fields
