"""The outer shape that our own JSON formats share: a version, a batch id, and a list of records."""

from collections.abc import Callable, Iterable, Iterator

from marshmallow import Schema

from connectors.people import Plain
from connectors.schema_reading import check, known_names
from connectors.standing_alone import stands_alone
from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Parsed, Severity


def read_batch(body: bytes, limits: Limits, schema: type[Schema], key: str) -> tuple[list[Plain], tuple[Issue, ...]]:
    """Return the records under `key`, each unchecked, and the warnings on the outer shape.

    Raises:
        RejectedMessageError: not strict JSON, `too_many_records`, or the first error of the outer shape.
    """
    batch = read_json(body, limits, known_names(schema()))
    if not isinstance(batch, dict):
        raise RejectedMessageError("wrong_type", where="/")
    records = batch.get(key)
    if not isinstance(records, list) or not records:
        raise RejectedMessageError("required", where=f"/{key}")
    if len(records) > limits.max_records:
        raise RejectedMessageError("too_many_records", where=f"/{key}")
    # Without the records, so that a bad one cannot fail the others.
    outer = {name: value for name, value in batch.items() if name != key}
    remarks = check(schema(exclude=(key,)), outer, "", limits)
    for issue in remarks:
        if issue.severity is Severity.ERROR:
            raise RejectedMessageError(issue.code, where=issue.location)
    return records, remarks


def each_alone(
    key: str,
    records: Iterable[Plain],
    limits: Limits,
    remarks: tuple[Issue, ...],
    read: Callable[[Plain, str, Limits, tuple[Issue, ...]], Parsed],
) -> Iterator[Parsed]:
    """Read each record by itself, lazily; what was remarked on the outer shape goes with the first."""
    for number, record in enumerate(records):
        pointer = f"/{key}/{number}"
        yield stands_alone(pointer, read, record, pointer, limits, () if number else remarks)
