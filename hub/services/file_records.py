"""The record that opens a file: its key in one share per category, as strict as everything the entry holds."""

from collections.abc import Collection
from typing import Final

from hub.domain.errors import InvalidRequestError
from hub.domain.fields import SHAPES, RecordKind, share_of
from hub.domain.ids import AgencyId, RecordId, ReferenceId
from hub.domain.labels import Audience, Handling, Label, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.records import NewRecord
from hub.services.file_chunks import FileKeys

_STRICTNESS: Final = (Handling.NONE, Handling.P, Handling.ASK_ORIGINATOR, Handling.C, Handling.PROHIBITED)


def file_record(
    keys: FileKeys,
    key: bytes,
    id_: RecordId,
    labels: Collection[Label],
    owner: AgencyId,
    occurred: PartialDate,
    referral: str | None = None,
) -> NewRecord:
    """Return the record with the shares of `key`, under the labels of the entry that the file is beside.

    Raises:
        InvalidRequestError: `entry_takes_no_files`: no share is declared for what the entry holds.
    """
    subjects: dict[str, frozenset[ReferenceId]] = {}
    for label in labels:
        subjects[label.category] = subjects.get(label.category, frozenset()) | label.subjects
    names = {share_of(category): about for category, about in subjects.items()}
    if not names or not names.keys() <= SHAPES[RecordKind.ATTACHMENT].fields.keys():
        raise InvalidRequestError("entry_takes_no_files", where="entry")
    return NewRecord(
        id_,
        RecordKind.ATTACHMENT,
        owner,
        occurred,
        frozenset().union(*subjects.values()),
        keys.shares(key, sorted(names)),
        max((label.sensitivity for label in labels), key=list(Sensitivity).index),
        names,
        max((label.handling for label in labels), key=_STRICTNESS.index),
        max((label.audience for label in labels), key=list(Audience).index),
        referral,
    )
