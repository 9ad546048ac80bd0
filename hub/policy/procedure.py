"""The way of a version: draft, proposed, checked, signed by every party, in force, superseded or ended; and back.

Pure. The gate asks `require_step` before it records anything about agreements, rosters or suspensions; whoever shows
where a version stands asks `Progress`. Refusing is the default. Signatures themselves are verified with keys, not here:
the gate verifies every one of them again each time it compiles what is published.

Sources: the states are those of the partnership's design; four eyes: author and checker are two people of one party.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.domain.errors import AccessRefusedError, ConflictError
from hub.domain.facts import AGREEMENTS_CHAIN, Fact, FactKind, roster_chain, version_chain
from hub.policy.appointing import require_appointment
from hub.policy.circumstances import Circumstances

OFFICER: Final = "ig_officer"
SIGNERS: Final = frozenset({OFFICER, "signatory"})
PROCEDURE: Final = frozenset(
    {FactKind.STEP, FactKind.ROSTER, FactKind.PUBLISHED, FactKind.SUSPENSION, FactKind.ACCOUNT}
)
REASONS: Final[Mapping[str, str]] = {
    "incident": "Something went wrong: information was used or shared against the agreement",
    "law": "The law or official guidance has changed",
    "fault": "The agreement says something that was not meant",
    "party": "A party has left or can no longer keep to it",
    "review": "Its review is overdue",
    "other": "Another reason, as written in the access log",
}
"""Why an agreement is suspended. The officer's own words stand in the access log, sealed."""

Body = Mapping[str, Any]


def body_of(fact: Fact) -> Body:
    """Return what a fact of the procedure says; a key that is missing is an error, which records nothing."""
    return fact.body


def chains_read_for(facts: Iterable[Fact]) -> list[str]:
    """Return the chains that decide whether these facts may be recorded, besides those every decision reads."""
    said = [fact for fact in facts if fact.kind in PROCEDURE]
    return sorted({f.chain if f.kind is FactKind.ACCOUNT else _chain_of(body_of(f)) for f in said})


def _chain_of(body: Body) -> str:
    if "agency_code" in body:
        return roster_chain(str(body["agency_code"]))
    return version_chain(f"{body['agreement']}/{body['version']}" if "version" in body else str(body["agreement"]))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one version stands: the facts of its chain and what is published or suspended."""

    proposed: Fact | None
    checked: Fact | None
    withdrawn: Fact | None
    published: Fact | None
    signed: Mapping[str, Fact]
    resumed: Mapping[str, Fact]
    suspensions: tuple[Fact, ...]

    @classmethod
    def of(cls, key: str, facts: Iterable[Fact]) -> "Progress":
        """Take standing facts, in any order; those of other versions are left aside."""
        said = sorted(facts, key=lambda fact: (fact.recorded_at, fact.number))
        steps = [fact for fact in said if fact.kind is FactKind.STEP and fact.chain == version_chain(key)]
        first = {body_of(fact)["step"]: fact for fact in reversed(steps)}
        stopped = [f for f in said if f.kind is FactKind.SUSPENSION and body_of(f).get("agreement") == key]
        wanted = sorted(fact.id for fact in stopped)
        published = (f for f in said if f.kind is FactKind.PUBLISHED and _chain_of(body_of(f)) == version_chain(key))
        return cls(
            proposed=first.get("proposed"),
            checked=first.get("checked"),
            withdrawn=first.get("withdrawn"),
            published=next(published, None),
            signed={body_of(f)["party"]: f for f in steps if body_of(f)["step"] == "signed"},
            resumed={
                body_of(f)["party"]: f
                for f in steps
                if body_of(f)["step"] == "resumed" and sorted(body_of(f)["resumes"]) == wanted
            },
            suspensions=tuple(stopped),
        )

    @property
    def parties(self) -> tuple[str, ...]:
        """The codes of everybody who has to sign."""
        return tuple(body_of(self.proposed)["parties"]) if self.proposed else ()

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The parties whose signature is missing."""
        return tuple(party for party in self.parties if party not in self.signed)

    @property
    def unresumed(self) -> tuple[str, ...]:
        """The parties who have not signed again since the newest suspension."""
        return tuple(party for party in self.parties if party not in self.resumed)


def require_step(fact: Fact, who: Circumstances) -> None:
    """Return silently when this account may take this step now, else raise.

    Raises:
        AccessRefusedError: the wrong person.
        ConflictError: the wrong order, or the second time; `next_step` says what comes first.
    """
    match fact.kind:
        case FactKind.STEP if fact.chain.startswith("roster:"):
            _require_roster_step(fact, who)
        case FactKind.STEP:
            _require_version_step(fact, who)
        case FactKind.ROSTER:
            _require_roster(fact, who)
        case FactKind.PUBLISHED:
            _require_published(fact, who)
        case FactKind.SUSPENSION:
            _require_suspension(fact, who)
        case FactKind.ACCOUNT:
            require_appointment(fact, who)
        case _:
            raise AccessRefusedError("role_may_not_record", where=fact.kind.value)


def _party_of(who: Circumstances) -> str:
    return who.agencies.get(who.viewer_agency, ("", ""))[0]


def _require_person(fact: Fact, who: Circumstances, roles: frozenset[str]) -> None:
    if who.viewer_role not in roles:
        raise AccessRefusedError("role_may_not_record", where=str(body_of(fact).get("step", fact.kind.value)))
    if not body_of(fact).get("party") or body_of(fact)["party"] != _party_of(who):
        raise AccessRefusedError("not_of_this_party", where=str(body_of(fact).get("party")))


def _require_system(who: Circumstances) -> None:
    if who.viewer_role != "system":
        raise AccessRefusedError("role_may_not_record", where="system")


def _order(code: str, where: str, next_step: str) -> ConflictError:
    return ConflictError(code, where=where, next_step=next_step)


def _require_version_step(fact: Fact, who: Circumstances) -> None:
    body, step = body_of(fact), body_of(fact)["step"]
    if fact.chain != _chain_of(body):
        raise AccessRefusedError("another_version", where=fact.chain)
    key = f"{body['agreement']}/{body['version']}"
    now = Progress.of(key, who.standing)
    _require_person(fact, who, SIGNERS if step in {"signed", "resumed"} else frozenset({OFFICER}))
    if step == "proposed":
        return _require_new(key, body, now, who)
    if now.proposed is None:
        raise _order("not_proposed", key, "propose it first")
    if now.withdrawn is not None:
        raise _order("withdrawn", key, "propose a later version")
    if body["party"] not in now.parties:
        raise AccessRefusedError("not_a_party", where=key)
    rules: dict[str, Callable[[Fact, Progress, Circumstances], None]] = {
        "checked": _require_checked,
        "signed": _require_signed,
        "resumed": _require_resumed,
        "withdrawn": _require_withdrawn,
    }
    if step not in rules:
        raise AccessRefusedError("unknown_step", where=str(step))
    rules[step](fact, now, who)
    return None


def _require_new(key: str, body: Body, now: Progress, who: Circumstances) -> None:
    if now.proposed is not None:
        raise _order("already_proposed", key, "give it a later version number")
    if body["party"] not in body["parties"]:
        raise AccessRefusedError("not_a_party", where=key)
    _require_later(key, body, who)


def _require_later(key: str, body: Body, who: Circumstances) -> None:
    same = [
        body_of(f)
        for f in who.standing
        if f.kind is FactKind.PUBLISHED and body_of(f)["agreement"] == body["agreement"]
    ]
    newest = max((int(said["version"]) for said in same), default=0)
    if int(body["version"]) <= newest:
        raise _order("older_version", key, f"version {newest + 1} or later")


def _require_checked(fact: Fact, now: Progress, who: Circumstances) -> None:
    author = now.proposed
    if now.checked is not None:
        raise _order("already_checked", fact.chain, "it can be signed")
    if author is None or body_of(author)["party"] != body_of(fact)["party"]:
        raise AccessRefusedError("not_of_this_party", where=fact.chain)
    if author.recorded_by == who.account:
        raise AccessRefusedError("four_eyes", where=fact.chain, next_step="another person of the same party checks it")


def _require_signed(fact: Fact, now: Progress, _who: Circumstances) -> None:
    if now.checked is None:
        raise _order("not_checked", fact.chain, "another person of the proposing party checks it first")
    if body_of(fact)["party"] in now.signed:
        raise _order("already_signed", fact.chain, "the other parties sign")


def _require_withdrawn(fact: Fact, now: Progress, _who: Circumstances) -> None:
    if now.published is not None:
        raise _order("already_published", fact.chain, "suspend it instead")


def _require_resumed(fact: Fact, now: Progress, _who: Circumstances) -> None:
    if now.published is None or not now.suspensions:
        raise _order("not_suspended", fact.chain, "nothing to resume")
    if sorted(body_of(fact)["resumes"]) != sorted(one.id for one in now.suspensions):
        raise _order("suspended_again", fact.chain, "sign again: another suspension has been recorded")
    if body_of(fact)["party"] in now.resumed:
        raise _order("already_signed", fact.chain, "the other parties sign")


def _require_published(fact: Fact, who: Circumstances) -> None:
    _require_system(who)
    key = f"{body_of(fact)['agreement']}/{body_of(fact)['version']}"
    now = Progress.of(key, who.standing)
    if now.published is not None:
        raise _order("already_published", key, "nothing to do")
    if now.checked is None or now.withdrawn is not None or now.unsigned:
        raise _order("missing_signature", key, f"to be signed by {', '.join(now.unsigned)}")
    _require_later(key, body_of(fact), who)


def _require_suspension(fact: Fact, who: Circumstances) -> None:
    key = str(body_of(fact)["agreement"])
    now = Progress.of(key, who.standing)
    if fact.ends is not None:
        _require_system(who)
        if fact.ends not in {one.id for one in now.suspensions} or now.unresumed:
            raise _order("missing_signature", key, f"to be signed again by {', '.join(now.unresumed)}")
        return
    _require_person(fact, who, frozenset({OFFICER}))
    if now.published is None or body_of(fact)["party"] not in now.parties:
        raise AccessRefusedError("not_a_party", where=key)
    if body_of(fact)["party"] in {body_of(one)["party"] for one in now.suspensions}:
        raise _order("already_suspended", key, "it is suspended; resuming needs every party")


def _require_roster_step(fact: Fact, who: Circumstances) -> None:
    """Any officer compares a fingerprint; only an agency's own people offer its roster."""
    body, code = body_of(fact), str(body_of(fact)["agency_code"])
    waiting = waiting_roster(code, who.standing)
    if body["step"] == "offered":
        _require_person(fact, who, SIGNERS)
        if body["party"] != code:
            raise AccessRefusedError("not_of_this_party", where=code)
        return
    if body["step"] != "confirmed" or who.viewer_role != OFFICER:
        raise AccessRefusedError("role_may_not_record", where=str(body["step"]))
    if waiting is None or body_of(waiting)["digest"] != body["digest"]:
        raise _order("nothing_to_confirm", code, "offer a roster first")
    if who.account == waiting.recorded_by:
        raise AccessRefusedError("four_eyes", where=code, next_step="another officer confirms the fingerprint")
    if who.account in confirmed_by(waiting, who.standing):
        raise _order("already_confirmed", code, "another officer confirms it too")


def _require_roster(fact: Fact, who: Circumstances) -> None:
    """The hub enters a roster that its predecessor signed, or that enough officers confirmed."""
    _require_system(who)
    if body_of(fact)["signed_by"]:
        return
    waiting = waiting_roster(body_of(fact)["agency_code"], who.standing)
    if waiting is None or set(body_of(fact)["confirmed_by"]) - confirmed_by(waiting, who.standing):
        raise _order("roster_unconfirmed", str(body_of(fact)["agency_code"]), "confirm its fingerprint")


def waiting_roster(agency_code: str, facts: Iterable[Fact]) -> Fact | None:
    """Return the newest roster an agency offered, if it has not been entered yet."""
    said = sorted(facts, key=lambda fact: (fact.recorded_at, fact.number))
    entered = [
        body_of(f)["number"] for f in said if f.kind is FactKind.ROSTER and body_of(f)["agency_code"] == agency_code
    ]
    mine = [f for f in said if f.kind is FactKind.STEP and f.chain == roster_chain(agency_code)]
    offered = [f for f in mine if body_of(f)["step"] == "offered" and body_of(f)["number"] > max(entered, default=0)]
    return offered[-1] if offered else None


def confirmed_by(offered: Fact, facts: Iterable[Fact]) -> set[str]:
    """Return the accounts that compared the fingerprint of an offered roster."""
    said = [
        f for f in facts if f.kind is FactKind.STEP and f.chain == offered.chain and body_of(f)["step"] == "confirmed"
    ]
    return {fact.recorded_by for fact in said if body_of(fact)["digest"] == body_of(offered)["digest"]}


def rosters_said(facts: Iterable[Fact]) -> list[Body]:
    """Return the rosters that were entered, oldest first."""
    said = [fact for fact in facts if fact.kind is FactKind.ROSTER and fact.chain == AGREEMENTS_CHAIN]
    return [body_of(fact) for fact in sorted(said, key=lambda fact: fact.number)]
