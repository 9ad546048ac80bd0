"""The consent form: what it offers, what it says afterwards, and how earlier answers read."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.domain.facts import Fact
from hub.domain.ids import AgencyId, PersonId
from hub.services.recording import ConsentWord
from hub.services.register import Register, day_words
from hub.web import forms

ASKS: Final = {
    "no_changes": "What partners hold stays with them, unless the law says otherwise. Help does not depend on it.",
    "shared_anyway": "During a section 47 enquiry or a child protection plan: what the agreement names for it.",
}
_NOT_ASKED: Final = frozenset(
    {"coverage", "involvement", "lead_contact", "recorded_reason", "referral_receipt", "original"}
)


def form_for(people: Mapping[str, str], register: Register) -> forms.ConsentForm:
    """Return the form about the people this reader may name."""
    words = register.vocabulary.words
    agencies: dict[str, str] = {a.id: a.name for a in register.agencies.values()}
    categories = {c: words(c) for c in register.vocabulary.categories if c not in _NOT_ASKED}
    return forms.ConsentForm(
        options={"person": people, "categories": categories, "sources": agencies, "recipients": agencies}
    )


def word_of(form: forms.ConsentForm, agency: AgencyId) -> ConsentWord:
    """Read the form: after a no, or a yes taken back, nothing ticked means all of it."""

    def scope(chosen: object) -> list[str]:
        return [str(item) for item in chosen] if isinstance(chosen, list | tuple) and chosen else ["*"]

    return ConsentWord(
        PersonId(str(form.person.data)),
        str(form.status.data),
        scope(form.categories.data),
        scope(form.sources.data),
        scope(form.recipients.data),
        said=str(form.reason.data or ""),
        agency=agency,
    )


def history_line(fact: Fact, people: Mapping[str, str], register: Register) -> dict[str, str]:
    """Return an earlier answer in words: whose, what, about which information and held by whom."""
    who = people.get(fact.chain.removeprefix("person:"), "Somebody")
    said = register.vocabulary.words(str(fact.body["status"]))
    about = _listed(fact.body["categories"], register.vocabulary.words, "everything")
    held = _listed(fact.body["sources"], lambda id_: register.agency(AgencyId(id_)), "everyone")
    return {"when_words": day_words(fact.valid_from), "words": f"{who}: {said}, about {about}, held by {held}"}


def _listed(chosen: object, words: Callable[[str], str], all_of_it: str) -> str:
    named = [str(item) for item in chosen] if isinstance(chosen, list | tuple) else []
    return all_of_it if "*" in named else ", ".join(words(item) for item in named)
