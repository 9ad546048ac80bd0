"""Why a decision is what it is, in the agreement's own words; near misses only as far as the audience may know."""

from dataclasses import dataclass
from typing import Literal

from hub.policy.compile import PolicySet
from hub.policy.decision import Decision, Level

NOTHING = "Nothing that can be shown here. This is not a statement that nothing is held."
_POSSIBLE = {
    "consent": "possible with consent",
    "opening": "possible once a section 47 enquiry, child protection plan or another opening fact is recorded",
    "route": "possible once a named officer has accepted the legal route of the rule",
    "holder_decision": "possible if the agency that holds it decides to share it",
}
_GROUNDS = (
    ("Route", "route"),
    ("Article 6", "art6"),
    ("Article 9", "art9"),
    ("Article 10", "art10"),
    ("Confidence", "confidentiality"),
    ("Article 8", "article8"),
    ("Opening fact", "opening"),
    ("Consent record", "consent"),
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page prints: a headline, the rule's own words, its grounds (name, value), and what would change it."""

    headline: str
    words: str = ""
    rule: str = ""
    basis: tuple[tuple[str, str], ...] = ()
    dates: str = ""
    possible: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    unverified: str = ""


def explain(decision: Decision, policy: PolicySet, *, audience: Literal["practitioner", "ig"]) -> Explanation:
    """Explain one decision.

    Shape: a hidden label reads the same to a practitioner whatever the reason, so that hiding reveals nothing; an
    IG officer reads the rule, its dates and the fault. Near misses name consent, opening facts and duties only.
    """
    if audience == "practitioner" and decision.level is Level.HIDE:
        return Explanation(NOTHING)
    entry = policy.entry(decision.rule)
    found = entry.agreement if entry else None
    route = policy.gateways.routes.get(decision.route)
    return Explanation(
        headline=_headline(decision),
        words=entry.rule.words if entry else "",
        rule=decision.rule,
        basis=tuple((name, str(getattr(decision, key))) for name, key in _GROUNDS if getattr(decision, key)),
        dates=f"in force {found.starts:%Y-%m-%d} to before {found.ends:%Y-%m-%d}" if found else "",
        possible=tuple(_possible(code, policy) for code in decision.missing),
        obligations=tuple(policy.vocabulary.words(duty) for duty in decision.obligations),
        unverified=route.note if route and not route.verified else "",
    )


def _headline(decision: Decision) -> str:
    if decision.level is Level.SHOW:
        overriding = " without consent, because of the recorded opening fact" if decision.opening else ""
        return f"Shown{overriding}"
    said = {
        "prohibited": "Withheld: prohibited",
        "obligation": "Withheld until the step below is done",
        "fault": f"Withheld: a recorded fact could not be trusted ({decision.fault})",
    }
    return said.get(decision.reason, "Withheld: no rule allows it now")


def _possible(code: str, policy: PolicySet) -> str:
    return _POSSIBLE.get(code) or f"first: {policy.vocabulary.words(code)}"
