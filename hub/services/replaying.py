"""A draft over the real access log: what would change, for whom by role and agency, how often. Names nobody.

Every logged view is first decided again under the agreements in force, from the facts as they were known then. Only
a view whose log entry is met exactly is replayed; the others are counted with the reason, never guessed.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hub.domain.clock import Clock
from hub.domain.errors import FactBrokenError
from hub.domain.ids import AccountId
from hub.gate.examining import Examiner, Made
from hub.gate.policybook import PolicyBook
from hub.policy.agreement import load_agreement
from hub.policy.analyse import Analysis, analyse
from hub.policy.circumstances import Circumstances, decide_label
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decision import Level
from hub.policy.diff import changes, effects
from hub.policy.replay import Logged, Replayed, replay
from hub.policy.terms import Agreement
from hub.services.analysis_words import (
    change_line,
    changed_line,
    effect_lines,
    finding_line,
    numbers_line,
    replayed_line,
    unseen_lines,
)

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its lead, its words, and a number where one belongs ("" for none)."""

    where: str
    words: str
    times: str = ""


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """An analysis as pages print it."""

    numbers: str
    findings: tuple[str, ...]
    unseen: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft changes, means, and would have changed in the log, in words."""

    changes: tuple[Line, ...]
    effects: tuple[str, ...]
    replayed: str
    not_met: tuple[str, ...]
    logged: tuple[Line, ...]
    analysis: AnalysisView


class Replaying:
    """Replays drafts. Built once by wiring."""

    def __init__(self, examiner: Examiner, policy: PolicyBook, clock: Clock) -> None:
        """Take the gate's examiner and the documents in force."""
        self._examiner, self._policy, self._clock = examiner, policy, clock

    def in_force(self) -> AnalysisView:
        """Analyse what is in force now; no record and no fact about anybody is opened."""
        policy = self._policy.current()
        return _view(analyse(policy, self._clock()), policy)

    def try_draft(self, officer: AccountId, text: str, reason: str) -> Trial:
        """Compare a draft with the version before it, over the whole space and over the real log."""
        draft = self._load(text, "draft")
        report = self.replay(officer, text, "draft", reason)
        policy, now = self._policy.current(), self._clock()
        drafted, words = _with(draft, policy), policy.vocabulary
        earlier = [one.agreement for one in policy.agreements if one.agreement.id == draft.id]
        before = max(earlier, key=lambda one: one.version) if earlier else replace(draft, rules=(), nevers=(), gaps=())
        meaning = effects(policy, drafted, now)
        return Trial(
            tuple(Line(change.where, change_line(change)) for change in changes(before, draft, words)),
            tuple(effect_lines(meaning, words)),
            replayed_line(report.views, report.met, report.result),
            tuple(f"{count:,} views cannot be recomputed: {why}." for why, count in report.not_met),
            tuple(Line("", changed_line(one, words), f"{one.times:,}") for one in report.result.changes),
            _view(analyse(drafted, now), drafted),
        )

    def _load(self, text: str, source: str) -> Agreement:
        base = self._policy.foundations
        return load_agreement(text, source, base.vocabulary, base.gateways)

    def replay(self, officer: AccountId, text: str, source: str, reason: str, limit: int = 5_000) -> Report:
        """Replay a draft over the newest views of the log; PolicyError names file, line and column of a bad draft."""
        draft = self._load(text, source)
        policy, made = self._examiner.made(officer, reason, limit)
        drafted = _with(draft, policy)
        tally = Counter[str]()
        stopped: list[str] = []
        result = replay(_logged(made, policy, drafted, tally, stopped), drafted)
        missed = tuple((REASONS[code], tally[code]) for code in REASONS if tally[code])
        return Report(draft.key, sum(tally.values()), tally["met"], missed, result, bool(stopped))


def _view(found: Analysis, policy: PolicySet) -> AnalysisView:
    unseen = (Line(code, words) for code, words in unseen_lines(found, policy.vocabulary))
    return AnalysisView(numbers_line(found), tuple(map(finding_line, found.findings)), tuple(unseen))


def _with(draft: Agreement, policy: PolicySet) -> PolicySet:
    """Return what would decide if the draft had been in force all along, in place of every version of its agreement.

    A new agreement begins in the future; what it would have changed is asked as if it had always been there.
    """
    earlier = [one.agreement for one in policy.agreements if one.agreement.id == draft.id]
    starts = min([draft.starts, *(one.starts for one in earlier)]) if earlier else _EVER
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
            reader = Circumstances(one.facts, one.question, policy)
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
