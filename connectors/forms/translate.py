"""One referral of a form, checked and translated; JSON, CSV and the web form all come through here."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from connectors.forms.answers import entry_fields
from connectors.forms.referrer import kept_apart
from connectors.forms.rules import parts_of, rule_issues
from connectors.forms.schema import referral_reader
from connectors.people import Plain, consent_drafts, copied, display_name, person_draft
from connectors.protected_values import conclude
from connectors.schema_fields import read_date
from connectors.schema_reading import check
from hub.domain.fields import RecordKind
from hub.domain.form import Form
from hub.domain.partial_date import PartialDate
from hub.domain.referral import (
    ConsentDraft,
    EntryDraft,
    Issue,
    Limits,
    Outcome,
    Parsed,
    PersonDraft,
    ReferralDraft,
    Severity,
    Sourced,
)

_EVENT = {name: name for name in ("what_happened", "place", "incident_reference")}
_CONSENT = {
    "given": "agreed",
    "refused": "refused",
    "not_sought": "was not asked to agree",
    "unknown": "not known whether they agreed",
}
_AWARE = {"yes": "knows of this referral", "no": "does not know of this referral", "not_known": "may know of it or not"}
_UNSAFE = {"no": "not safe to tell", "not_known": "not known whether it is safe to tell them"}


def parsed_referral(form: Form, referral: Plain, pointer: str, limits: Limits, remarks: tuple[Issue, ...]) -> Parsed:
    """Return the outcome of one record; `remarks` are those already made on it."""
    issues = remarks + check(referral_reader(form), referral, pointer, limits)
    if not _has_error(issues):
        issues += tuple(rule_issues(form, referral, pointer))
    if _has_error(issues):
        return Parsed(Outcome.QUARANTINED, pointer, None, issues)
    made = _day(referral["created"])
    return kept_apart(conclude(_draft(form, referral, pointer, made), issues), referral, pointer, made)


def _has_error(issues: Iterable[Issue]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)


def _draft(form: Form, referral: Plain, pointer: str, made: PartialDate) -> ReferralDraft:
    return ReferralDraft(
        message_id=referral["referral_ref"],
        version=referral["referral_version"],
        pointer=pointer,
        people=tuple(_people(form, referral, pointer)),
        entries=tuple(_entries(form, referral, pointer, made)),
        consents=tuple(_consents(form, referral, pointer)),
        action=referral["action"],
        family_reference=referral.get("family_reference", ""),
        why_withdrawn=copied(referral, pointer, {"why": "withdrawal_reason"}).get("why"),
    )


def _people(form: Form, referral: Plain, pointer: str) -> Iterator[PersonDraft]:
    names = {person["id"]: display_name(person) or "unborn child" for person in referral["people"]}
    for index, person in enumerate(referral["people"]):
        where = f"{pointer}/people/{index}"
        roles = "; ".join(form.roles[role].words for role in person["roles"])
        draft = person_draft(person, where, parts_of(form, person), Sourced(roles, f"{where}/roles"))
        related = "; ".join(f"{item['kind']} of {names[item['of']]}" for item in person.get("relationships", ()))
        fields = {"relationships": Sourced(related, f"{where}/relationships")} if related else {}
        contact = copied(person, where, {"household": "household"})
        yield replace(draft, fields={**draft.fields, **fields}, contact={**draft.contact, **contact})


def _consents(form: Form, referral: Plain, pointer: str) -> Iterator[ConsentDraft]:
    """Yield what each person said, with this form's scope: a yes to anything else never becomes a yes to the hub."""
    for index, person in enumerate(referral["people"]):
        said = person.get("consent", {})
        if "obtained" in said:
            where = f"{pointer}/people/{index}/consent"
            (draft,) = consent_drafts([{**said, "person": person["id"]}], where)
            yield replace(draft, scope=form.consent_scope, pointer=where)


def _entries(form: Form, referral: Plain, pointer: str, made: PartialDate) -> Iterator[EntryDraft]:
    everyone = tuple(person["id"] for person in referral["people"])
    kept = entry_fields(form.questions, referral["answers"], f"{pointer}/answers")
    narrowed = {name: _in_roles(referral, roles) for name, (_, roles) in kept.items()}
    fields = {name: value for name, (value, _) in kept.items()} | _about_asking(referral, pointer)
    yield from _entry(form, made, everyone, fields, {name: keys for name, keys in narrowed.items() if keys})
    for index, event in enumerate(referral.get("events", ())):
        fields = copied(event, f"{pointer}/events/{index}", _EVENT)
        yield from _entry(form, _day(event["occurred"]), tuple(event.get("about", ())) or everyone, fields, {})
    for index, person in enumerate(referral["people"]):
        where = f"{pointer}/people/{index}/answers"
        own = entry_fields(form.of_each_person, person.get("answers", {}), where)
        yield from _entry(form, made, (person["id"],), {name: value for name, (value, _) in own.items()}, {})


def _entry(
    form: Form,
    occurred: PartialDate,
    about: tuple[str, ...],
    fields: dict[str, Sourced],
    narrowed: dict[str, tuple[str, ...]],
) -> Iterator[EntryDraft]:
    if fields:
        yield EntryDraft(RecordKind.AGENCY_REPORT, occurred, about, fields, narrowed, form.sensitivity)


def _in_roles(referral: Plain, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the people with one of the roles; nobody means that the answer is about everyone."""
    return tuple(person["id"] for person in referral["people"] if not set(roles).isdisjoint(person["roles"]))


def _about_asking(referral: Plain, pointer: str) -> dict[str, Sourced]:
    """Return who refers, who was asked and knows, and whom it is not safe to tell: about everyone, not about one.

    Whoever it is not safe to tell must not find that in a copy of what is written about them alone.
    """
    referrer, people = referral["referrer"], referral["people"]
    said = {
        "source": ("referrer", ", ".join(referrer[key] for key in ("role", "service") if referrer.get(key))),
        "sender_reference": ("referral_ref", referral["referral_ref"]),
        "asked_and_aware": ("people", "\n".join(filter(None, map(_asked, people)))),
        "not_safe_to_tell": ("people", "\n".join(filter(None, map(_unsafe, people)))),
    }
    return {name: Sourced(words, f"{pointer}/{place}") for name, (place, words) in said.items() if words.strip()}


def _asked(person: Plain) -> str:
    said = person.get("consent", {})
    words = (_CONSENT.get(said.get("obtained", "")), _AWARE.get(said.get("aware", "")), said.get("reason"))
    return _line(person, words)


def _unsafe(person: Plain) -> str:
    return _line(person, (_UNSAFE.get(person.get("safe_to_tell", "")), person.get("unsafe_reason")))


def _line(person: Plain, words: Iterable[str | None]) -> str:
    found = [word for word in words if word and word.strip()]
    return f"{display_name(person) or 'Unborn child'}: {'; '.join(found)}" if found else ""


def _day(written: str) -> PartialDate:
    day = read_date(written, instant=True)
    if day is None:
        raise AssertionError("the schema lets only dates pass")
    return day
