"""Whether agreements do what their parties signed: worked cases, implementations beside each other, order of loading.

An unsound agreement is not proposed, and a hub that finds an unsound set refuses to serve. `cedarpy` is a third
implementation where it is installed; the compiled tables and the naive reference are always compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.domain.errors import PolicyError
from hub.policy.case import Case
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decide import decide
from hub.policy.decision import Level
from hub.policy.reference import decide_naively
from hub.policy.space import case_of, some, spaces
from hub.policy.terms import Agreement
from hub.policy.worked_cases import Failure, cases_of, run

_SPREAD = 400
"""Requests compared beside the worked cases, spread over the whole space of one agreement."""


class Oracle(Protocol):
    """Another implementation that can be asked about a case."""

    def allows(self, case: Case) -> bool | None:
        """Say whether it shows; None when it could not decide."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """What checking one agreement found; `differences` are cases on which the implementations disagree."""

    key: str
    parties: tuple[str, ...]
    cases: int
    failures: tuple[Failure, ...]
    compared: int
    differences: tuple[str, ...]
    implementations: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether this version may be signed."""
        return bool(self.cases) and not self.failures and not self.differences

    def require(self, where: str) -> None:
        """Return silently when it may be signed; else raise PolicyError with the first reason."""
        if not self.cases:
            raise PolicyError("no_worked_cases", where=where, next_step="write at least one worked case")
        if self.failures:
            words = "; ".join(str(failure) for failure in self.failures)[:500]
            raise PolicyError("worked_cases_fail", where=where, next_step=words)
        if self.differences:
            raise PolicyError("implementations_differ", where=where, next_step="; ".join(self.differences)[:500])


def check(agreement: Agreement, alone: PolicySet, together: PolicySet) -> Check:
    """Run the worked cases `alone`, as the agreement says them; compare the implementations on the set it joins."""
    failures = tuple(run(agreement, alone))
    compared = list(_compared(agreement, alone))
    others = _implementations(together)
    differences = (*_differences(compared, together, others), *_order(together))
    names = ("compiled", "reference", *others)
    parties, cases = tuple(agreement.parties), len(agreement.worked_cases)
    return Check(agreement.key, parties, cases, failures, len(compared), differences, names)


def require_sound(policy: PolicySet) -> None:
    """Return silently when a published set may be served; else raise PolicyError.

    What was signed with other documents permits nothing and is not tried. Worked cases run as if every route had been
    accepted, because they say what the parties agreed and not what this partnership has accepted so far.
    """
    for signed in policy.agreements:
        if signed.agreement.rules:
            alone = compile_policy([signed], policy.gateways, policy.house_rules, policy.vocabulary)
            check(signed.agreement, alone, policy).require(signed.agreement.key)


def joined(draft: Agreement, policy: PolicySet) -> PolicySet:
    """Return the published set with a draft in place of every version of its agreement, as if all had signed it."""
    others = [signed for signed in policy.agreements if signed.agreement.id != draft.id]
    signed = SignedAgreement(draft, frozenset(draft.parties))
    return compile_policy([*others, signed], policy.gateways, policy.house_rules, policy.vocabulary, policy.unaccepted)


def _compared(agreement: Agreement, policy: PolicySet) -> Iterator[Case]:
    for written in agreement.worked_cases:
        yield from cases_of(agreement, written, policy)
    for space in spaces(policy, agreement.starts):
        for words in some(space, _SPREAD):
            yield case_of(words, policy, agreement.starts)


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


def _order(policy: PolicySet) -> Iterator[str]:
    """Compile the agreements in another order: effects that depend on it have been seen elsewhere (cerbos#3382)."""
    turned = compile_policy(
        policy.agreements[::-1], policy.gateways, policy.house_rules, policy.vocabulary, policy.unaccepted
    )
    if turned.tables != policy.tables:
        yield "the tables depend on the order in which agreements are loaded"
