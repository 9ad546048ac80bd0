"""Agreements as files: checked, tested, compared and analysed before anybody signs them. No record is opened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.domain.errors import PolicyError
from hub.gate.policybook import PolicyTexts, foundations
from hub.policy.agreement import load_agreement
from hub.policy.analyse import Analysis, analyse
from hub.policy.case import Case
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.decision import Decision, Level
from hub.policy.diff import Change, Effect, changes, effects
from hub.policy.reference import decide_naively
from hub.policy.space import case_of, some, spaces
from hub.policy.terms import Agreement
from hub.policy.who_can_see import Allowed, Barred, Holding, who_can_see
from hub.policy.worked_cases import Failure, cases_of, decide_case, run

_SPREAD = 400


@dataclass(frozen=True, slots=True)
class Check:
    """What checking one file found; `differences` are cases on which the implementations disagree."""

    source: str
    key: str
    cases: int
    failures: tuple[Failure, ...]
    compared: int
    differences: tuple[str, ...]
    implementations: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether this version may be signed."""
        return not self.failures and not self.differences


@dataclass(frozen=True, slots=True)
class Tried:
    """One worked case: what it says, what was decided, and what does not fit."""

    words: str
    decision: Decision
    failures: tuple[Failure, ...]


class PolicyFiles:
    """Reads agreements against the three documents in force."""

    def __init__(self, texts: PolicyTexts) -> None:
        """Take vocabulary, gateways and house rules; PolicyError when they cannot be read."""
        self.base = foundations(texts)

    def load(self, text: str, source: str) -> Agreement:
        """Read one agreement; PolicyError names file, line and column."""
        return load_agreement(text, source, self.base.vocabulary, self.base.gateways)

    def compiled(self, agreements: Sequence[Agreement]) -> PolicySet:
        """Compile agreements as if every party had signed them."""
        signed = [SignedAgreement(one, frozenset(one.parties)) for one in agreements]
        return compile_policy(signed, self.base.gateways, self.base.house_rules, self.base.vocabulary)

    def check(self, text: str, source: str) -> Check:
        """Load one agreement, run its worked cases, and compare the implementations on them and on spread requests."""
        agreement = self.load(text, source)
        policy = self.compiled([agreement])
        compared = list(_compared(agreement, policy))
        others = _implementations(policy)
        differences = tuple(_differences(compared, policy, others))
        failures = tuple(run(agreement, policy))
        names = ("compiled", "reference", *others)
        return Check(source, agreement.key, len(agreement.worked_cases), failures, len(compared), differences, names)

    def test(self, text: str, source: str) -> tuple[Tried, ...]:
        """Run the worked cases of one agreement, each with what was decided."""
        agreement = self.load(text, source)
        policy = self.compiled([agreement])
        failures = run(agreement, policy)
        return tuple(
            Tried(
                case["words"],
                decide_case(agreement, case, policy),
                tuple(failure for failure in failures if failure.words == case["words"]),
            )
            for case in agreement.worked_cases
        )

    def diff(self, old: Agreement, new: Agreement, at: datetime) -> tuple[tuple[Change, ...], tuple[Effect, ...]]:
        """Say what was changed and what that does to the whole space at an instant when both would be in force."""
        found = changes(old, new, self.base.vocabulary)
        return found, effects(self.compiled([old]), self.compiled([new]), at)

    def analyse(self, agreements: Sequence[Agreement], at: datetime) -> Analysis:
        """Sweep the whole request space of these agreements together."""
        return analyse(self.compiled(agreements), at)

    def who_can_see(
        self, agreements: Sequence[Agreement], holding: Holding, at: datetime
    ) -> tuple[tuple[Allowed, ...], tuple[Barred, ...]]:
        """Return the rules that speak of a kind of information; PolicyError for a word that is not in the lists."""
        lists: Mapping[str, tuple[str, ...]] = {
            "category": self.base.vocabulary.categories,
            "sensitivity": self.base.vocabulary.sensitivities,
            "part": (*self.base.vocabulary.parts, ""),
            "owner": tuple(sorted({code for one in agreements for code in one.parties})),
        }
        for name, allowed in lists.items():
            if getattr(holding, name) not in allowed:
                raise PolicyError("unknown_word", where=name, next_step=", ".join(word for word in allowed if word))
        return who_can_see(holding, self.compiled(agreements), at)


def _compared(agreement: Agreement, policy: PolicySet) -> Iterator[Case]:
    for written in agreement.worked_cases:
        yield from cases_of(agreement, written, policy)
    for space in spaces(policy, agreement.starts):
        for words in some(space, _SPREAD):
            yield case_of(words, policy, agreement.starts)


class Oracle(Protocol):
    """Another implementation that can be asked about a case."""

    def allows(self, case: Case) -> bool | None:
        """Say whether it shows; None when it could not decide."""
        ...


def _implementations(policy: PolicySet) -> dict[str, Oracle]:
    try:
        from hub.policy.cedar import CedarOracle  # noqa: PLC0415  cedarpy is a test tool: asked for, never required
    except ImportError:
        return {}
    return {"Cedar": CedarOracle(policy)}


def _differences(cases: Sequence[Case], policy: PolicySet, others: Mapping[str, Oracle]) -> Iterator[str]:
    for number, case in enumerate(cases, 1):
        ours, naive = decide(case, policy), decide_naively(case, policy)
        if (ours.level, ours.reason, ours.rule) != (naive.level, naive.reason, naive.rule):
            yield f"case {number}: compiled {ours.level.value} {ours.rule}, reference {naive.level.value} {naive.rule}"
        for name, oracle in others.items():
            allowed = oracle.allows(case)
            if allowed is not (ours.level is Level.SHOW):
                yield f"case {number}: compiled {ours.level.value} {ours.rule}, {name} {allowed}"
