"""Runs the worked cases that an agreement carries: facts in, decision out, compared with what the parties expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hub.domain.facts import (
    AGENCIES_CHAIN,
    Fact,
    FactKind,
    account_chain,
    family_chain,
    person_chain,
)
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId, RecordId, ReferenceId
from hub.domain.labels import Audience, Handling, Label, Sensitivity
from hub.domain.life import LifeEvent
from hub.policy.case import Case
from hub.policy.circumstances import AT_NIGHT, EMERGENCY, Circumstances, Question, decide_label
from hub.policy.compile import PolicySet, compile_policy
from hub.policy.consent import SCOPE
from hub.policy.decision import Decision
from hub.policy.taking import FAMILY_MEMBER, FamilyMember
from hub.policy.terms import Agreement

_FAMILY, _VIEWER = FamilyId("worked-family"), AccountId("worked-viewer")
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that the policy does not meet."""

    words: str
    expected: str
    found: str


def run(agreement: Agreement, policy: PolicySet) -> list[Failure]:
    """Return what fails; an empty list says that every worked case of the agreement holds under this policy set."""
    return [
        failure
        for case in agreement.worked_cases
        for failure in _failures(case, decide_case(agreement, case, policy_of(agreement, case, policy)))
    ]


def policy_of(agreement: Agreement, case: Mapping[str, Any], policy: PolicySet) -> PolicySet:
    """Return the set a worked case speaks of: the given one, or the same with the option it names chosen."""
    if "option" not in case:
        return policy
    chosen = agreement.options[case["option"]]
    content = {**agreement.content, "chosen": case["option"]}
    nevers = (*(never for never in agreement.nevers if never not in chosen), *chosen)
    variant = replace(agreement, nevers=nevers, content=content)
    signed = [
        replace(one, agreement=variant) if one.agreement.key == agreement.key else one for one in policy.agreements
    ]
    return compile_policy(signed, policy.gateways, policy.house_rules, policy.vocabulary, policy.unaccepted)


def decide_case(agreement: Agreement, case: Mapping[str, Any], policy: PolicySet) -> Decision:
    """Decide one worked case through the same circumstances that a page uses."""
    return decide_label(policy, _circumstances(agreement, case, policy), label_of(case["label"]), _item(case))


def cases_of(agreement: Agreement, case: Mapping[str, Any], policy: PolicySet) -> tuple[Case, ...]:
    """Return the cases, one per subject, that a worked case comes down to."""
    return _circumstances(agreement, case, policy).cases(label_of(case["label"]), _item(case))


def _circumstances(agreement: Agreement, case: Mapping[str, Any], policy: PolicySet) -> Circumstances:
    at = _instant(case["at"])
    question = Question(_VIEWER, _FAMILY, case["purpose"], frozenset(case.get("satisfied", ())), at, at)
    if case["viewer"]["role"] == FAMILY_MEMBER:
        return FamilyMember(facts_of(agreement, case), question, policy, PersonId(case["viewer"].get("person", "")))
    return Circumstances(facts_of(agreement, case), question, policy)


def _item(case: Mapping[str, Any]) -> RecordId | None:
    return RecordId(case["item"]) if "item" in case else None


def label_of(entry: Mapping[str, Any]) -> Label:
    """Return the label that a worked case writes down; subjects are names of `worked_people`."""
    return Label(
        category=entry["category"],
        sensitivity=Sensitivity(entry["sensitivity"]),
        owner=AgencyId(entry["owner"]),
        subjects=frozenset(ReferenceId(f"ref-{name}") for name in entry.get("subjects", ())),
        handling=Handling(entry.get("handling", "none")),
        audience=Audience(entry.get("audience", "any")),
    )


def facts_of(agreement: Agreement, case: Mapping[str, Any]) -> list[Fact]:
    """Return the facts that a worked case writes down, as the hub would have recorded them."""
    bodies = [*_standing_bodies(agreement, case["viewer"]), *_dated_bodies(case)]
    return [
        Fact(
            id=FactId(f"fact-{number}"),
            chain=chain,
            number=number,
            kind=kind,
            body=body,
            valid_from=_instant(when["from"]) if "from" in when else _LONG_AGO,
            valid_until=_instant(when["until"]) if "until" in when else None,
            recorded_at=_instant(when["from"]) if "from" in when else _LONG_AGO,
            recorded_by=_VIEWER if body.get("opening") == EMERGENCY else AccountId("worked-recorder"),
        )
        for number, (chain, kind, body, when) in enumerate(bodies, 1)
    ]


_Body = tuple[str, FactKind, dict[str, object], Mapping[str, Any]]


def _standing_bodies(agreement: Agreement, viewer: Mapping[str, str]) -> Iterator[_Body]:
    for code, party in agreement.parties.items():
        yield AGENCIES_CHAIN, FactKind.AGENCY, {"agency": code, "code": code, "kind": party.kind}, {}
    yield account_chain(_VIEWER), FactKind.ACCOUNT, {**viewer, "active": "yes"}, {}
    for name, parts in agreement.people.items():
        yield family_chain(_FAMILY), FactKind.MEMBERSHIP, {"person": name, "parts": list(parts)}, {}
        yield person_chain(PersonId(name)), FactKind.IDENTITY, {"reference": f"ref-{name}", "person": name}, {}


def _dated_bodies(case: Mapping[str, Any]) -> Iterator[_Body]:
    if case.get("waiting") == "yes":
        yield family_chain(_FAMILY), FactKind.RECEIVED, {}, {}
    if "tied" in case:
        yield family_chain(_FAMILY), FactKind.CONFLICT, {"account": _VIEWER, "tie": case["tied"]}, {}
    if "held_by" in case:
        yield family_chain(_FAMILY), FactKind.RESTRICTED, {"desk": case["held_by"]}, {}
    for when in case.get("allocations", ()):
        works_with = {"works_with": when.get("works_with", []), "capacity": when.get("capacity", "allocated")}
        body = {"account": _VIEWER, "lead": "no", **works_with}
        yield family_chain(_FAMILY), FactKind.ALLOCATION, body, when
    for when in case.get("orders", ()):
        order = {"event": LifeEvent.ORDER.value, "person": when["person"], "holders": when.get("holders", [])}
        yield person_chain(PersonId(when["person"])), FactKind.LIFE, order, when
    for when in case.get("duties", ()):
        yield from _duty({"account": _VIEWER, "desk": when["desk"]}, when, case)
    for when in case.get("openings", ()):
        named = {key: when.get(key, []) for key in ("children", "adults", "items")}
        sides = {"recipient": when.get("recipient", ""), "agency": when.get("agency", "")}
        yield family_chain(_FAMILY), FactKind.OPENING, {"opening": when["opening"], **named, **sides}, when
    for when in case.get("pins", ()):
        owner = _VIEWER if when["owner"] == "viewer" else AccountId("worked-colleague")
        body = {key: when.get(key, "") for key in ("agency", "reviewer_role", "desk")}
        pin = body | {"items": when["items"], "labels": [label_of(case["label"]).digest()], "owner": owner}
        yield family_chain(_FAMILY), FactKind.PIN, pin, when
    for when in case.get("consents", ()):
        scope = {key: when.get(key, ["*"]) for key in SCOPE}
        body = {"status": when["status"], "kind": "confidentiality_agreement", **scope}
        yield person_chain(PersonId(when["person"])), FactKind.CONSENT, body, when


def _duty(body: dict[str, object], when: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[_Body]:
    """Somebody on duty at night has taken the family up, unless the case says that they have not."""
    yield account_chain(_VIEWER), FactKind.DUTY, body, when
    if f"on_duty_{body['desk']}" in AT_NIGHT and case.get("taken_up") != "no":
        yield family_chain(_FAMILY), FactKind.DUTY, body, when


def _failures(case: Mapping[str, Any], found: Decision) -> Iterator[Failure]:
    expect = case["expect"]
    rule = found.rule.rpartition(":")[2] or "none"
    compared = (
        ("level", expect["level"], found.level.value),
        ("rule", expect.get("rule", rule), rule),
        ("obligations", list(expect.get("obligations", ())), list(found.obligations)),
        ("missing", list(expect.get("missing", found.missing)), list(found.missing)),
    )
    for name, expected, actual in compared:
        if expected != actual:
            yield Failure(case["words"], f"{name}: {expected}", f"{name}: {actual} ({found.reason}{found.fault})")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
