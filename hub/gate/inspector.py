"""Reading the access log is an act too: decided, entered, limited. Decisions, labels and reasons; never content.

Own agency's staff appear by name; of other agencies' staff the officer learns counts only (`reference/domain.md` 5.6).
Law: DPA 2018 s62(4) limits what the log may be used for; `log_review` is the purpose entered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.domain.access import Act, Operation
from hub.domain.errors import AccessRefusedError
from hub.domain.ids import AccountId, FamilyId
from hub.gate import factbook
from hub.gate.parts import Parts
from hub.ledger.entries import Entry, ReadEntry
from hub.policy.circumstances import Circumstances, Question

PAGE = 500


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines about the officer's own agency, and how many lines each other agency has."""

    own: tuple[ReadEntry, ...]
    others: Mapping[str, int]
    labels: Mapping[int, tuple[str, str]]


class Inspector:
    """Reads the log for those who may. Built once by wiring."""

    def __init__(self, parts: Parts) -> None:
        """Take what the gate holds."""
        self._parts = parts

    def inspect(self, account: AccountId, *, reason: str) -> LogPage:
        """Return the newest lines this IG officer may read, after entering that they read them."""
        now = self._parts.clock()
        with self._parts.rows.read() as connection:
            gathered = factbook.gather(self._parts, connection, None, account)
            policy = self._parts.policy.current(connection)
            question = Question(
                account=account,
                family=FamilyId(""),
                purpose="log_review",
                satisfied=frozenset({"state_reason"}),
                at=now,
                known=now,
            )
            who = Circumstances.gather(gathered.facts, question, policy)
        allowed = who.viewer_role == "ig_officer" and not who.fault
        self._parts.book.append(
            Entry(
                operation=Operation.LOG_READ if allowed else Operation.DENIAL,
                act=Act.LOG_INSPECT.value,
                actor=account,
                actor_role=who.viewer_role,
                agency=who.viewer_agency,
                purpose="log_review",
                justification=reason,
                policy_digest=policy.digest,
                watermark=gathered.watermark,
                outcome="released" if allowed else "refused",
            )
        )
        if not allowed:
            raise AccessRefusedError("role_may_not_read_log")
        return _page(self._parts.book.read(limit=PAGE), who.viewer_agency)

    def obligations(self, start: int, limit: int = PAGE) -> tuple[list[ReadEntry], int]:
        """Return sequenced entries from a position on, for deriving tasks; the worker reads no names and no content."""
        read = self._parts.book.read_sequenced(start=start, limit=limit)
        return [entry for _, entry in read], (read[-1][0] + 1 if read else start)


def _page(read: Iterable[ReadEntry], agency: str) -> LogPage:
    lines = list(read)
    own = tuple(line for line in lines if line.entry.agency == agency or _alarm_for_all(line.entry))
    others = Counter(line.entry.agency for line in lines if line.entry.agency != agency and line.entry.agency)
    return LogPage(own, dict(others), {})


def _alarm_for_all(entry: Entry) -> bool:
    """An alarm about the stored facts themselves belongs to no agency: every officer reads it."""
    return not entry.agency and entry.outcome == "integrity_fault"
