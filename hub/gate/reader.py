"""Everything that is ever shown passes here: facts -> decision -> durable entry -> open released fields only.

INVARIANT: nothing is opened without a grant; a grant is minted only from a committed entry.
INVARIANT: three phases, never mixed: facts (a read transaction, ended), entry (its own), work (one transaction).
INVARIANT: if the facts moved between deciding and opening, everything is decided again under a new entry.
"""

from collections.abc import Collection
from dataclasses import replace

from hub.domain.access import HANDING_OVER
from hub.domain.errors import AccessRefusedError, StaleFactsError
from hub.domain.ids import AgencyId, EntryId, RecordId
from hub.gate import entering, factbook, surroundings
from hub.gate.disclosure import Disclosure
from hub.gate.opening import Opening, released_sets
from hub.gate.parts import Parts
from hub.gate.planning import Plan, plan_view
from hub.gate.view import View, rule_on

ATTEMPTS = 3


class Reader:
    """Discloses. Built once by wiring."""

    def __init__(self, parts: Parts) -> None:
        """Take what the gate holds."""
        self._parts = parts

    def disclose(self, view: View) -> Disclosure:
        """Return what this reader may see, after entering it in the log; an entered refusal raises.

        Raises:
            AccessRefusedError: nobody allowed this reader anything here (answered like 'not found').
            LedgerUnavailableError: the log could not be written; nothing was opened.
            StaleFactsError: facts kept moving; ask again.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                view = replace(view, gathered=None)
            if attempt and view.live:
                now = self._parts.clock()
                view = replace(view, at=now, known=now)
            with self._parts.rows.read() as connection:
                plan = plan_view(self._parts, connection, view)
            refused = not plan.ruling.may_enter()
            entry = self._parts.book.append(entering.consultation(plan, refused=refused))
            if refused:
                raise AccessRefusedError("no_relationship", where=view.family)
            opened = self._open(plan, entry.id)
            if opened is not None:
                return opened
        raise StaleFactsError(where=view.family, next_step="ask_again")

    def visible_to_all(self, views: Collection[View]) -> frozenset[int]:
        """Return the labels that each of these readers may see now: the most that a screen before all of them shows."""
        with self._parts.rows.read() as connection:
            return frozenset.intersection(*(frozenset(rule_on(self._parts, connection, v).visible()) for v in views))

    def held_back(self, view: View, owner: AgencyId, category: str) -> tuple[RecordId, ...]:
        """Return, for asking their holder to decide, which records are held back openly; the question is entered.

        Ids only, for the task of the holder: nothing is opened, and what is hidden from this reader stays hidden.
        """
        with self._parts.rows.read() as connection:
            plan = replace(plan_view(self._parts, connection, view), outlines=())
        decided, labels, refused = plan.ruling.decisions, plan.ruling.labels, not plan.ruling.may_enter()
        self._parts.book.append(replace(entering.consultation(plan, refused=refused), fields=(), obligations=()))
        asked = {
            number
            for number, label in labels.items()
            if (label.owner, label.category) == (owner, category) and "holder_decision" in decided[number].missing
        }
        return () if refused else tuple(dict.fromkeys(record for record, number in plan.placed if number in asked))

    def _open(self, plan: Plan, entry: EntryId) -> Disclosure | None:
        """Open exactly what the entry names; None when the facts moved since they were read."""
        parts, ruling = self._parts, plan.ruling
        keys = parts.keys.release(entry, [outline.record for outline in plan.outlines])
        with parts.rows.read() as connection:
            if factbook.watermark(parts, connection, ruling.gathered.chains) != ruling.gathered.watermark:
                return None
            sets = released_sets(parts.partnership, connection, plan)
        opening = Opening(parts, plan, entry, keys)
        shown = opening.records(sets)
        persons = surroundings.persons(ruling, shown)
        return Disclosure(
            entry=entry,
            family=plan.view.family,
            at=plan.view.at,
            records=shown,
            gaps=plan.gaps(shown) + opening.broken(),
            involved=surroundings.involved(ruling),
            coverage=surroundings.coverage(ruling, shown),
            openings=surroundings.openings(ruling),
            persons=persons,
            consents=surroundings.consents(ruling, persons),
            labels=ruling.known_labels(),
            decisions=ruling.known_decisions(),
            cursor=plan.cursor,
            kept_safe=surroundings.kept_safe(ruling) if plan.view.act in HANDING_OVER else frozenset(),
        )
