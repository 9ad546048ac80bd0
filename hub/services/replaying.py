"""A draft over the real access log: what would change, for whom by role and agency, how often. Names nobody.

Every logged view is first decided again under the agreements in force, from the facts as they were known then. Only
a view whose log entry is met exactly is replayed; the others are counted with the reason, never guessed.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hub.domain.errors import FactBrokenError
from hub.domain.ids import AccountId
from hub.gate.examining import Examiner, Made
from hub.gate.policybook import PolicyBook
from hub.policy.agreement import load_agreement
from hub.policy.circumstances import Circumstances, decide_label
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decision import Level
from hub.policy.replay import Logged, Replayed, replay
from hub.policy.terms import Agreement

OTHER_POLICY, OTHER_FACTS = "other_policy", "other_facts"
REASONS = {
    OTHER_POLICY: "decided under an earlier set of agreements that now answers differently",
    OTHER_FACTS: "records or links were placed or changed since, so the entry cannot be met exactly",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Views read, views met exactly, views that cannot be recomputed by reason, and what the draft changes."""

    draft: str
    views: int
    met: int
    not_met: tuple[tuple[str, int], ...]
    result: Replayed
    stopped: bool


class Replaying:
    """Replays drafts. Built once by wiring."""

    def __init__(self, examiner: Examiner, policy: PolicyBook) -> None:
        """Take the gate's examiner and the documents in force."""
        self._examiner, self._policy = examiner, policy

    def replay(self, officer: AccountId, text: str, source: str, reason: str, limit: int = 5_000) -> Report:
        """Replay a draft over the newest views of the log; PolicyError names file, line and column of a bad draft."""
        base = self._policy.foundations
        draft = load_agreement(text, source, base.vocabulary, base.gateways)
        policy, made = self._examiner.made(officer, reason, limit)
        drafted = _with(draft, policy)
        tally = Counter[str]()
        stopped: list[str] = []
        result = replay(_logged(made, policy, drafted, tally, stopped), drafted)
        missed = tuple((REASONS[code], tally[code]) for code in REASONS if tally[code])
        return Report(draft.key, sum(tally.values()), tally["met"], missed, result, bool(stopped))


def _with(draft: Agreement, policy: PolicySet) -> PolicySet:
    """Return what would decide if the draft had been in force all along, in place of every version of its agreement."""
    earlier = [one.agreement for one in policy.agreements if one.agreement.id == draft.id]
    starts = min([draft.starts, *(one.starts for one in earlier)])
    ends = max([draft.ends, *(one.ends for one in earlier)])
    always = replace(draft, starts=starts, ends=ends)
    others = [one for one in policy.agreements if one.agreement.id != draft.id]
    signed = SignedAgreement(always, frozenset(always.parties))
    return compile_policy([*others, signed], policy.gateways, policy.house_rules, policy.vocabulary, policy.unaccepted)


def _logged(
    made: Iterator[Made], policy: PolicySet, drafted: PolicySet, tally: Counter[str], stopped: list[str]
) -> Iterator[Logged]:
    """Yield each label of each view that is met exactly, with the suspensions that the draft knows of."""
    known = frozenset(drafted.tables.suspension)
    try:
        for one in made:
            reader = Circumstances.gather(one.facts, one.question, policy)
            decided = {number: decide_label(policy, reader, label) for number, label in one.labels.items()}
            if {n for n, found in decided.items() if found.level is Level.SHOW} != one.shown:
                same = one.entry.entry.policy_digest == policy.digest
                tally[OTHER_FACTS if same else OTHER_POLICY] += 1
                continue
            tally["met"] += 1
            for number, found in decided.items():
                cases = reader.cases(one.labels[number])
                kept = tuple(replace(case, suspended=case.suspended & known) for case in cases)
                yield Logged(kept, found.level, found.rule)
    except FactBrokenError:
        stopped.append("fact")
