"""The signed agreements in Cedar: a third implementation, by other people, of what a permission and a prohibition are.

Obligations that block become conditions; levels and gaps are ours alone, so only "shown" and its rules are compared.
Needs `cedarpy`, which comes with the test tools: no serving process imports this module.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import cedarpy

from hub.domain.clock import to_micros
from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.terms import Agreement, Match, Never, Rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """`allowed` is None when Cedar did not decide, or met an error: always a mismatch."""

    allowed: bool | None
    rules: frozenset[str]


class CedarOracle:
    """One policy set in Cedar, parsed once."""

    def __init__(self, policy: PolicySet) -> None:
        """Translate and parse; ValueError when Cedar cannot read what was written."""
        self.text = "\n".join(_statements(policy))
        self._policies = cedarpy.PolicySet.from_str(self.text)
        rules = [rule for signed in policy.agreements for rule in signed.agreement.rules]
        self._periods = sorted({rule.consent.lasts for rule in rules} - {""})
        self._entities = cedarpy.Entities.from_json_str("[]")

    def request(self, case: Case) -> dict[str, Any]:
        """Return a case as Cedar is asked it."""
        return {
            "principal": 'Reader::"r"',
            "action": 'Action::"see"',
            "resource": 'Label::"l"',
            "context": _context(case, self._periods),
        }

    def answer(self, request: dict[str, Any]) -> cedarpy.AuthzResult:
        """Ask Cedar, with what was parsed once."""
        return cedarpy.is_authorized(request, self._policies, self._entities)

    def verdict(self, case: Case) -> Verdict:
        """Return what Cedar says about a case."""
        answer = self.answer(self.request(case))
        decided = answer.decision in (cedarpy.Decision.Allow, cedarpy.Decision.Deny)
        if answer.diagnostics.errors or not decided:
            return Verdict(None, frozenset())
        rules = frozenset(answer.diagnostics.id_annotations_by_reason.values())
        return Verdict(answer.decision == cedarpy.Decision.Allow, rules)

    def allows(self, case: Case) -> bool | None:
        """Say whether Cedar shows; None when it could not decide."""
        return self.verdict(case).allowed


def _context(case: Case, periods: Iterable[str]) -> dict[str, object]:
    names = ("source", "source_kind", "recipient", "recipient_kind", "role", "purpose", "category", "sensitivity")
    found: dict[str, object] = {name: getattr(case, name) for name in (*names, "consent", "handling", "audience")}
    for name in ("parts", "relationships", "openings", "satisfied", "suspended"):
        found[name] = sorted(getattr(case, name))
    return found | {"at": to_micros(case.at), "lasting": [period for period in periods if _lasts(case, period)]}


def _lasts(case: Case, period: str) -> bool:
    """Worked out apart from the hub's own arithmetic: count the whole months or hours that have gone by."""
    start, end = case.consented_at, case.at
    if start is None:
        return False
    if period.startswith("PT") or period.endswith("D"):
        hours = int(period.strip("PTDH")) * (1 if period.endswith("H") else 24)
        return end - start < timedelta(hours=hours)
    wanted = int(period[1:-1]) * (12 if period.endswith("Y") else 1)
    months = (end.year - start.year) * 12 + end.month - start.month
    last_day = (end + timedelta(days=1)).month != end.month
    whole = (min(start.day, end.day) if last_day else start.day, start.time()) <= (end.day, end.time())
    return months - (not whole) < wanted


def _statements(policy: PolicySet) -> Iterator[str]:
    house = policy.house_rules
    for never in house.nevers:
        yield _forbid(f"{house.key}:{never.id}", never, "true")
    for signed in policy.agreements:
        found = signed.agreement
        window = _window(found, policy)
        for never in found.nevers:
            yield _forbid(f"{found.key}:{never.id}", never, window)
        for rule in (rule for rule in found.rules if rule.route not in policy.unaccepted):
            yield _permit(found, rule, window)


def _window(found: Agreement, policy: PolicySet) -> str:
    parts = [f"context.at >= {to_micros(found.starts)}", f"context.at < {to_micros(found.ends)}"]
    versions = [signed.agreement for signed in policy.agreements if signed.agreement.id == found.id]
    parts += [f"context.at < {to_micros(other.starts)}" for other in versions if other.version > found.version]
    return _all(parts)


def _permit(found: Agreement, rule: Rule, window: str) -> str:
    term = rule.consent
    parts = [window, *_conditions(rule.when)]
    for side, codes in (("source", rule.when.sources), ("recipient", rule.when.recipients)):
        pairs = [f'(context.{side} == "{c}" && context.{side}_kind == "{found.parties[c].kind}")' for c in codes]
        parts.append(_any(pairs))
    parts.append(f"!context.suspended.containsAny({_list([found.id, found.key])})")
    if term.openings:
        parts.append(f"context.openings.containsAny({_list(term.openings)})")
    if term.need == "given":
        parts.append(f"{_list(['given', 'given_with_conditions'])}.contains(context.consent)")
        if term.lasts:
            parts.append(f'context.lasting.contains("{term.lasts}")')
    elif not (term.overrides_refusal or term.need == "not_engaged"):
        parts.append(f"!{_list(['refused', 'withdrawn'])}.contains(context.consent)")
    parts += [f'context.satisfied.contains("{d}")' for d in rule.obligations if found.obligations[d].blocking]
    return f'@id("{found.key}:{rule.id}") permit(principal, action, resource) when {{ {_all(parts)} }};'


def _forbid(key: str, never: Never, window: str) -> str:
    parts = [window, *_conditions(never.when)]
    for name, wanted in (("source", never.when.sources), ("recipient", never.when.recipients)):
        if wanted:
            parts.append(f"{_list(wanted)}.contains(context.{name})")
    lifts = []
    if never.unless_relationships:
        lifts.append(f"context.relationships.containsAny({_list(never.unless_relationships)})")
    if never.unless_openings:
        lifts.append(f"context.openings.containsAny({_list(never.unless_openings)})")
    lifted = {"role": never.unless_roles, "recipient_kind": never.unless_recipient_kinds}
    for name, wanted in (lifted | {"consent": never.unless_consents}).items():
        if wanted:
            lifts.append(f"{_list(wanted)}.contains(context.{name})")
    unless = f" unless {{ {_any(lifts)} }}" if lifts else ""
    return f'@id("{key}") forbid(principal, action, resource) when {{ {_all(parts)} }}{unless};'


def _conditions(when: Match) -> Iterator[str]:
    one = {"role": when.roles, "purpose": when.purposes, "category": when.categories}
    one |= {"sensitivity": when.sensitivities, "handling": when.handlings, "audience": when.audiences}
    for name, wanted in one.items():
        if wanted:
            yield f"{_list(wanted)}.contains(context.{name})"
    for name, wanted in (("parts", when.parts), ("relationships", when.relationships), ("relationships", when.also)):
        if wanted:
            yield f"context.{name}.containsAny({_list(wanted)})"


def _list(words: frozenset[str] | list[str]) -> str:
    return json.dumps(sorted(words))


def _all(parts: list[str]) -> str:
    return " && ".join(f"({part})" for part in parts)


def _any(parts: list[str]) -> str:
    return " || ".join(parts)
