"""What becomes of a message that was sent before in another version, and of the facts it stated. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hub.domain.facts import Fact, FactKind
from hub.domain.fields import REPAIRED
from hub.domain.ids import FactId
from hub.domain.referral import Issue, ReferralDraft
from hub.services.composing import Sender
from hub.store.clear.messages import Sent


class Course(StrEnum):
    """What becomes of one accepted record."""

    NEW = "new"
    AGAIN = "again"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    HOLD = "hold"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A course, what stood before (None at first), and what the receipt says of it. `key` is "" without numbering.

    `held` is the keyed hash by which a record that waits for its number's sake is known when it is sent again.
    """

    course: Course
    key: str = ""
    content: str = ""
    before: Sent | None = None
    issues: tuple[Issue, ...] = ()
    held: str = ""


def course_of(draft: ReferralDraft, before: Sent | None, content: str) -> tuple[Course, str]:
    """Return what becomes of a record, and the code that the receipt says of it ("" for none).

    Version 0 says that the format has no numbering: what it sends of an id replaces what it sent of it.
    """
    amends, numbered = draft.action == "amend", draft.version > 0
    if draft.action == "withdraw":
        return _withdrawing(draft, before)
    if before is None:
        return Course.NEW, "amends_nothing_received" if amends and numbered else ""
    if content == before.content_hash and not before.withdrawn and draft.version <= before.version:
        return Course.AGAIN, "already_received"
    if numbered and draft.version < before.version:  # overtaken on its way: it is no second referral, and revives none
        return Course.HOLD, "version_not_higher"
    if draft.version > before.version or (before.withdrawn and not amends) or (amends and not numbered):
        return Course.SUPERSEDE, "" if amends else "taken_as_amendment"
    code = "version_not_higher" if amends else "version_used_for_other_content"
    return (Course.HOLD, code) if amends or numbered else (Course.NEW, "message_id_used_before")


def _withdrawing(draft: ReferralDraft, before: Sent | None) -> tuple[Course, str]:
    if before is None:
        return Course.HOLD, "nothing_to_withdraw"
    if draft.version < before.version:
        return Course.HOLD, "version_not_higher"
    return (Course.AGAIN, "already_withdrawn") if before.withdrawn else (Course.WITHDRAW, "")


def stood(verdict: Verdict) -> Sent:
    """Return what was sent before."""
    if verdict.before is None:
        raise AssertionError("only what was sent before is amended or withdrawn")
    return verdict.before


def content_of(draft: ReferralDraft) -> bytes:
    """Return what a record says, without where in which message it stood, which version it is, and who repaired it."""

    def values(fields: Mapping[str, object]) -> list[tuple[str, object]]:
        own = ((name, said) for name, said in fields.items() if name != REPAIRED)
        return sorted((name, getattr(sourced, "value", sourced)) for name, sourced in own)

    people = [
        (p.key, values(p.fields), values(p.contact), sorted(p.parts), p.restricted, str(p.birth_date), p.nhs_number)
        for p in draft.people
    ]
    entries = [
        (e.kind, str(e.occurred), e.about, values(e.fields), values(e.narrowed), e.sensitivity, e.handling, e.audience)
        for e in draft.entries
    ]
    consents = [replace(consent, pointer="") for consent in draft.consents]
    files = [(file.entry, file.title, file.content) for file in draft.attachments]
    return repr((people, entries, consents, draft.purpose, files)).encode()


def again(facts: Iterable[Fact], earlier: Sequence[Fact], sender: Sender, new_id: Callable[[], str]) -> Iterable[Fact]:
    """Yield the facts of an amended message, and the ends of those it said before about the same people.

    A word that was said before keeps its day, so that it stands where it stood among what others said since. A yes
    that is not repeated ends; a no, and a membership, of somebody whom the message does not speak of any more stay.
    """
    said = list(facts)
    spoken = {_about(fact) for fact in said}
    for fact in said:
        same = next((one for one in earlier if _about(one) == _about(fact) and _words(one) == _words(fact)), None)
        keeps = same is not None and fact.kind is FactKind.CONSENT
        yield replace(fact, valid_from=same.valid_from) if keeps and same else fact
    for one in earlier:
        if _about(one) in spoken or agrees(one):
            yield ended(one, sender, new_id)


def _about(fact: Fact) -> tuple[FactKind, str, object]:
    return fact.kind, fact.chain, fact.body.get("person")


def _words(fact: Fact) -> tuple[dict[str, object], datetime | None]:
    return {key: value for key, value in fact.body.items() if key != "via_labels"}, fact.valid_until


def agrees(fact: Fact) -> bool:
    """Say whether a fact is somebody's yes."""
    return fact.kind is FactKind.CONSENT and str(fact.body["status"]).startswith("given")


def ended(fact: Fact, sender: Sender, new_id: Callable[[], str]) -> Fact:
    """Return the end of a fact, from now on."""
    return Fact(
        FactId(new_id()), fact.chain, 0, fact.kind, fact.body, sender.at, None, sender.at, sender.account, fact.id
    )
