"""The other side of `decide_vs_casbin`: the same 200 rules as policy rows of pycasbin.

Set up as its documentation advises for attributes: a PERM model with one matcher for all rows (no `eval` per row), the
effect "some allow and no deny", operators instead of functions wherever the language has one, and the tests that most
rows fail first, because the matcher stops at the first that fails. The enforcer is built once; requests are prepared
before anything is measured. It answers the verdict only.
"""

from collections.abc import Iterable, Iterator

import casbin

from hub.domain.clock import to_micros
from hub.policy.case import Case
from hub.policy.compile import Entry, PolicySet
from hub.policy.tables import GIVING, REFUSING
from hub.policy.terms import Agreement, Never, Rule

_ROW = (
    "recipients sources categories roles purposes sensitivities relationships parts handlings audiences also "
    "openings consents lasts duties starts ends names unless_relationships unless_others eft"
)
_ASKED = (
    "recipient source category role purpose sensitivity relationships parts handling audience openings consent lasting "
    "satisfied at suspended other"
)
_TESTS = (
    "r.recipient in p.recipients",
    "r.source in p.sources",
    "r.category in p.categories",
    "r.role in p.roles",
    "r.purpose in p.purposes",
    "r.sensitivity in p.sensitivities",
    "r.at >= p.starts",
    "r.at < p.ends",
    "(p.relationships == '*' || meets(r.relationships, p.relationships))",
    "(p.parts == '*' || meets(r.parts, p.parts))",
    "r.handling in p.handlings",
    "r.audience in p.audiences",
    "(p.also == '*' || meets(r.relationships, p.also))",
    "(p.openings == '*' || meets(r.openings, p.openings))",
    "r.consent in p.consents",
    "(p.lasts == '' || p.lasts in r.lasting)",
    "(p.duties == '' || covers(r.satisfied, p.duties))",
    "!meets(r.suspended, p.names)",
    "!meets(r.relationships, p.unless_relationships)",
    "!meets(r.other, p.unless_others)",
)
_MODEL = f"""
[request_definition]
r = {", ".join(_ASKED.split())}

[policy_definition]
p = {", ".join(_ROW.split())}

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = {" && ".join(_TESTS)}
"""
_FOREVER = "9" * 20


class CasbinSide:
    def __init__(self, policy: PolicySet) -> None:
        model = casbin.Model()
        model.load_model_from_text(_MODEL)
        self._enforcer = casbin.Enforcer(model)
        self._enforcer.add_function("meets", lambda given, wanted: any(f"|{word}|" in wanted for word in given))
        self._enforcer.add_function("covers", lambda given, wanted: set(wanted.split("|")[1:-1]) <= set(given))
        self._enforcer.add_policies([list(_row(entry, policy)) for entry in policy.entries if _decides(entry)])

    def request(self, case: Case) -> tuple[object, ...]:
        """Return what `allowed` takes: words in bars, so that one word is never part of another."""
        one = {"recipient": f"{case.recipient}:{case.recipient_kind}", "source": f"{case.source}:{case.source_kind}"}
        some = {"relationships": case.relationships, "parts": case.parts, "openings": case.openings}
        some |= {"satisfied": case.satisfied, "suspended": case.suspended}
        others = {"at": _instant(to_micros(case.at)), "lasting": "", "other": (case.role, case.recipient_kind)}
        return tuple(
            others[name]
            if name in others
            else tuple(some[name])
            if name in some
            else f"|{one[name] if name in one else getattr(case, name)}|"
            for name in _ASKED.split()
        )

    def allowed(self, request: tuple[object, ...]) -> bool:
        return bool(self._enforcer.enforce(*request))


def _decides(entry: Entry) -> bool:
    return isinstance(entry.rule, Rule | Never)


def _row(entry: Entry, policy: PolicySet) -> Iterator[str]:
    rule, words, when = entry.rule, policy.vocabulary, entry.rule.when
    kinds = {code: kind for s in policy.agreements for code, kind in _kinds(s.agreement)}
    every = [f"{code}:{kind}" for code, kind in kinds.items()]
    yield _bars(f"{code}:{kinds[code]}" for code in when.recipients) if when.recipients else _bars(every)
    yield _bars(f"{code}:{kinds[code]}" for code in when.sources) if when.sources else _bars(every)
    for name in ("categories", "roles", "purposes", "sensitivities"):
        yield _bars(getattr(when, name) or getattr(words, name))
    yield _or_any(when.relationships)
    yield _or_any(when.parts)
    yield _bars(when.handlings or ("none", "P", "C"))
    yield _bars(when.audiences or ("any", "social_care", "originator"))
    yield _or_any(when.also)
    term = rule.consent if isinstance(rule, Rule) else None
    yield _or_any(term.openings if term else ())
    yield _bars(state for state in words.consent_states if term is None or _speaks(term, state))
    yield ""
    yield _bars(_blocking(entry)) if term and _blocking(entry) else ""
    yield _instant(to_micros(entry.starts)) if entry.starts else ""
    yield _instant(to_micros(entry.ends)) if entry.ends else _FOREVER
    suspends = isinstance(rule, Rule) and entry.agreement
    yield _bars((entry.agreement.id, entry.agreement.key) if suspends and entry.agreement else ())
    yield _bars(rule.unless_relationships if isinstance(rule, Never) else ())
    yield _bars(rule.unless_roles | rule.unless_recipient_kinds if isinstance(rule, Never) else ())
    yield "allow" if term else "deny"


def _kinds(agreement: Agreement) -> Iterator[tuple[str, str]]:
    return ((party.code, party.kind) for party in agreement.parties.values())


def _speaks(term: object, state: str) -> bool:
    if state in REFUSING:
        return term.overrides_refusal or term.need == "not_engaged"
    return term.need != "given" or state in GIVING


def _blocking(entry: Entry) -> list[str]:
    return [duty for duty in entry.rule.obligations if entry.agreement.obligations[duty].blocking]


def _bars(words: Iterable[str]) -> str:
    found = sorted(words)
    return f"|{'|'.join(found)}|" if found else ""


def _or_any(words: Iterable[str]) -> str:
    return _bars(words) or "*"


def _instant(micros: int) -> str:
    return f"{micros:020d}"
