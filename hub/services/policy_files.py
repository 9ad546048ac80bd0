"""Agreements as files: checked, tested, compared and analysed before anybody signs them. No record is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.domain.errors import PolicyError
from hub.gate.policybook import PolicyTexts, foundations
from hub.policy.agreement import load_agreement
from hub.policy.analyse import Analysis, analyse
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decision import Decision
from hub.policy.diff import Change, Effect, changes, effects
from hub.policy.editor_schema import editor_schema
from hub.policy.terms import Agreement
from hub.policy.who_can_see import Allowed, Barred, Holding, who_can_see
from hub.policy.worked_cases import Failure, decide_case, run
from hub.services.soundness import Check, check


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

    def schema(self, kind: str) -> dict[str, Any]:
        """Return the JSON Schema for editors of one kind of document (`editor_schema.KINDS`)."""
        return editor_schema(kind, self.base.vocabulary, self.base.gateways)

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
        alone = self.compiled([agreement])
        return check(agreement, alone, alone)

    def check_together(self, agreements: Sequence[Agreement]) -> tuple[Check, ...]:
        """Check several agreements as one set, as they would decide together."""
        together = self.compiled(agreements)
        return tuple(check(one, self.compiled([one]), together) for one in agreements)

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
