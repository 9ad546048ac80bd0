"""What a recorded decision may pin: records its recorder sees at that moment, under the labels they see them by.

INVARIANT: a pin never opens what its recorder could not see when the decision was recorded.
"""

from dataclasses import replace

from sqlalchemy import Connection

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import Fact, FactKind
from hub.domain.ids import RecordId
from hub.gate.parts import Parts
from hub.gate.view import View, rule_on
from hub.store.sealed import records as rows


def pinned_as_seen(parts: Parts, connection: Connection, fact: Fact, view: View) -> Fact:
    """Return the fact, a new pin with the labels and persons its recorder sees; what is not seen is refused."""
    if fact.kind is not FactKind.PIN or fact.ends is not None:
        return fact
    ruling, wanted = rule_on(parts, connection, view), fact.body.get("items")
    named = {RecordId(str(item)) for item in wanted} if isinstance(wanted, list) else set()
    visible = set(ruling.visible())
    held = rows.placed_labels(connection, parts.partnership, view.family, visible | {n for _, n in ruling.items})
    placed = {pair for pair in held if pair[0] in named and (pair[1] in visible or pair in ruling.items)}
    seen = {number for _, number in placed}
    outlines = rows.outlines_named(connection, parts.partnership, view.family, named)
    if not named or named != {o.record for o in outlines if (o.record, o.label) in placed}:
        raise AccessRefusedError("not_seen", where=fact.kind.value)
    if fact.body.get("owner") != view.account or fact.body.get("agency") != ruling.circumstances.viewer_agency:
        raise AccessRefusedError("not_the_owner", where=fact.kind.value)
    labels = sorted(ruling.digests[number] for number in seen)
    persons = sorted({person for number in seen for person in ruling.persons_of(number)})
    return replace(fact, body={**fact.body, "labels": labels, "persons": persons})
