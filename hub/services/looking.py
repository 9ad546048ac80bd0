"""Two more ways to look at a family: finding words in what may be seen, and the genogram. Each is an act of its own.

INVARIANT: both pass the same view as the family page; the words looked for are kept nowhere.
"""

from dataclasses import dataclass
from typing import Final

from hub.domain.access import Act
from hub.domain.fields import SHAPES
from hub.domain.ids import AccountId, FamilyId, PersonId
from hub.domain.life import LifeEvent
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services.chronology import Asked, as_known
from hub.services.entry_lines import EntryLine, LineWriter
from hub.services.family_page import FamilyPages, Stated
from hub.services.genogram import Genogram, draw
from hub.services.kin import KINDS, relations
from hub.services.lives import Lives
from hub.services.view_kinds import SHOWN_KINDS, WHOLE, Look

MOST: Final = 200
_FINDING: Final = Look(Act.CHRONOLOGY_FIND, SHOWN_KINDS)
_GENOGRAM: Final = Look(Act.GENOGRAM_CONSULT, KINDS)


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that hold every word; `count` may be more than are shown; `seen` were looked through."""

    entries: tuple[EntryLine, ...]
    count: int
    seen: int
    more_unseen: bool


class Looking:
    """Finds and draws. Built once by wiring."""

    def __init__(self, pages: FamilyPages, lives: Lives) -> None:
        """Take the family page's view, and who may know of a death."""
        self._pages, self._lives = pages, lives

    def find(self, account: AccountId, family: FamilyId, stated: Stated, words: str) -> Found:
        """Return the entries in whose open words every word occurs, whatever its case."""
        disclosure = self._pages.disclose(account, family, stated, limit=WHOLE, look=_FINDING)
        events = [record for record in disclosure.records if SHAPES[record.kind].in_chronology]
        wanted = words.casefold().split()
        found = [record for record in events if wanted and _holds(record, wanted)]
        lines = LineWriter(disclosure, self._pages.register()).lines(found[:MOST])
        return Found(lines, len(found), len(events), bool(disclosure.cursor))

    def genogram(self, account: AccountId, family: FamilyId, stated: Stated, asked: Asked) -> Genogram:
        """Draw the people this reader may know, as the hub knew them on the day asked for."""
        disclosure = self._pages.disclose(account, family, stated, limit=1, look=_GENOGRAM)
        known = as_known(disclosure, asked.known)
        return draw(relations(known, self._pages.register(), self._dead(account, family, known, asked)))

    def _dead(self, account: AccountId, family: FamilyId, known: Disclosure, asked: Asked) -> frozenset[PersonId]:
        """Return whose death is recorded, among the people whose events this worker may read."""
        mine = self._lives.clients(account, family, known.persons.keys())
        facts = self._lives.recorded(mine)
        deaths = (fact for fact in facts if fact.body["event"] == LifeEvent.DEATH)
        return frozenset(
            PersonId(str(fact.body["person"]))
            for fact in deaths
            if asked.known is None or PartialDate.of(fact.recorded_at).first <= asked.known
        )


def _holds(record: ShownRecord, wanted: list[str]) -> bool:
    text = "\n".join(record.fields.values()).casefold()
    return all(word in text for word in wanted)
