"""What a screen before several people may show: what every one of them may see, and nothing else. Pure.

INVARIANT: everything here is in each of the views it was made from, with the same words; nothing is added, and nothing
says that somebody in the room sees more.
"""

from collections.abc import Sequence
from dataclasses import replace

from hub.gate.disclosure import Disclosure, ShownRecord


def common(views: Sequence[Disclosure]) -> Disclosure:
    """Return what all the views share; who sees more, and why each sees it, is left out."""
    first, others = views[0], views[1:]
    by_record = [{record.record: record for record in view.records} for view in others]
    shared = [
        _shared(record, [view[record.record] for view in by_record])
        for record in first.records
        if all(record.record in view for view in by_record)
    ]
    return replace(
        first,
        records=tuple(record for record in shared if record.fields),
        gaps=(),
        involved=tuple(one for one in first.involved if all(one in view.involved for view in others)),
        coverage=(),
        openings=tuple(one for one in first.openings if all(one in view.openings for view in others)),
        persons={
            person: parts.intersection(*(view.persons[person] for view in others))
            for person, parts in first.persons.items()
            if all(person in view.persons for view in others)
        },
        consents=(),
        labels={},
        decisions={},
        cursor="",
        kept_safe=frozenset(),
    )


def _shared(record: ShownRecord, others: Sequence[ShownRecord]) -> ShownRecord:
    fields = {
        name: value for name, value in record.fields.items() if all(one.fields.get(name) == value for one in others)
    }
    persons = record.persons.intersection(*(one.persons for one in others))
    return record._replace(fields=fields, persons=persons, labels=(), withheld=())
