"""A naive interpreter of the signed texts, for tests and auditors: rule by rule, no tables, never optimised."""

from collections.abc import Iterator

from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.decision import Decision, Level, faulty
from hub.policy.periods import later
from hub.policy.terms import Agreement, ConsentTerm, Match, Never, Rule


def decide_naively(case: Case, policy: PolicySet) -> Decision:
    """Return the decision of agreements 4.2 read literally; `level`, `reason` and `rule` are what it promises."""
    if case.fault or not _is_known(case, policy):
        return faulty(case.fault or "unknown")
    prohibiting = list(_prohibitions(case, policy))
    barred = sorted((-never.level.rank, key) for key, never in prohibiting if not never.asks_holder)
    if barred:
        return Decision(list(Level)[-barred[0][0]], "prohibited", rule=barred[0][1])
    usable = [(a, r) for a in _in_force(case, policy) for r in a.rules if r.route not in policy.unaccepted]
    fitting = [(a, rule) for a, rule in usable if _permits(rule, a, case) and not prohibiting]
    fitting.sort(key=lambda pair: _preference(*pair))
    for found, rule in fitting:
        if all(not found.obligations[duty].blocking or duty in case.satisfied for duty in rule.obligations):
            return Decision(Level.SHOW, "permitted", rule=f"{found.key}:{rule.id}")
    if fitting:
        return Decision(Level.ATTRIBUTED, "obligation", rule=f"{fitting[0][0].key}:{fitting[0][1].id}")
    gaps = [
        (g.level.rank, f"{a.key}:{g.id}") for a in _in_force(case, policy) for g in a.gaps if _fits(g.when, case, a)
    ]
    rank, key = min(gaps, default=(Level.HIDE.rank, ""))
    return Decision(list(Level)[rank], "no_rule", rule=key)


def _is_known(case: Case, policy: PolicySet) -> bool:
    words = policy.vocabulary
    codes = {code for signed in policy.agreements for code in signed.agreement.parties}
    names = {name for s in policy.agreements for name in (s.agreement.id, s.agreement.key)}
    scalars = (
        case.source in codes and case.recipient in codes,
        case.source_kind in words.agency_kinds and case.recipient_kind in words.agency_kinds,
        case.role in words.roles and case.purpose in words.purposes,
        case.category in words.categories and case.sensitivity in words.sensitivities,
        case.consent in words.consent_states,
        case.handling in {"none", "P", "C", "ask_originator", "prohibited"}
        and case.audience in {"any", "social_care", "originator"},
    )
    sets = (
        case.parts and case.parts <= set(words.parts),
        case.relationships <= set(words.relationships) and case.openings <= set(words.openings),
        case.satisfied <= set(words.obligations) and case.suspended <= names,
    )
    given = case.consented_at
    return all(scalars) and all(sets) and case.at.tzinfo is not None and (given is None or given <= case.at)


def _standing(case: Case, policy: PolicySet) -> Iterator[Agreement]:
    for signed in policy.agreements:
        found = signed.agreement
        rivals = [s.agreement for s in policy.agreements if s.agreement.id == found.id]
        superseded = any(r.version > found.version and r.starts <= case.at for r in rivals)
        if found.starts <= case.at < found.ends and not superseded:
            yield found


def _in_force(case: Case, policy: PolicySet) -> list[Agreement]:
    return [a for a in _standing(case, policy) if not {a.id, a.key} & case.suspended]


def _prohibitions(case: Case, policy: PolicySet) -> Iterator[tuple[str, Never]]:
    house = policy.house_rules
    candidates = [(f"{house.key}:{never.id}", never) for never in house.nevers]
    candidates += [(f"{a.key}:{never.id}", never) for a in _standing(case, policy) for never in a.nevers]
    for key, never in candidates:
        lifted = case.role in never.unless_roles or case.recipient_kind in never.unless_recipient_kinds
        lifted = lifted or case.consent in never.unless_consents or bool(never.unless_openings & case.openings)
        if _fits(never.when, case) and not lifted and not never.unless_relationships & case.relationships:
            yield key, never


def _fits(when: Match, case: Case, agreement: Agreement | None = None) -> bool:
    if agreement is not None:
        kinds = {code: party.kind for code, party in agreement.parties.items()}
        if (kinds.get(case.source), kinds.get(case.recipient)) != (case.source_kind, case.recipient_kind):
            return False
    one = (
        (when.sources, case.source),
        (when.recipients, case.recipient),
        (when.roles, case.role),
        (when.purposes, case.purpose),
        (when.categories, case.category),
        (when.sensitivities, case.sensitivity),
        (when.handlings, case.handling),
        (when.audiences, case.audience),
    )
    some = ((when.parts, case.parts), (when.relationships, case.relationships), (when.also, case.relationships))
    return all(not wanted or value in wanted for wanted, value in one) and all(
        not wanted or wanted & values for wanted, values in some
    )


def _permits(rule: Rule, agreement: Agreement, case: Case) -> bool:
    term = rule.consent
    open_enough = not term.openings or bool(term.openings & case.openings)
    if case.consent in {"refused", "withdrawn"}:
        spoken = term.overrides_refusal or term.need == "not_engaged"
    else:
        spoken = term.need != "given" or (case.consent in {"given", "given_with_conditions"} and _fresh(term, case))
    return _fits(rule.when, case, agreement) and open_enough and spoken


def _fresh(term: ConsentTerm, case: Case) -> bool:
    given = case.consented_at
    return not term.lasts or (given is not None and case.at < later(given, term.lasts))


def _preference(agreement: Agreement, rule: Rule) -> tuple[bool, bool, int, float, str]:
    term, newest_first = rule.consent, -agreement.starts.timestamp()
    key = f"{agreement.key}:{rule.id}"
    return term.overrides_refusal, term.need != "given", len(agreement.parties), newest_first, key
