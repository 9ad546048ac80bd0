"""The forms about sharing: whose answer it is, what they said and how they were asked, taking a yes back.

What is almost always so is filled in; what changes who may speak, or what is covered, has to be chosen.
"""

from datetime import date
from typing import Final

from hub.domain.consent import NotGiven
from hub.web.form_fields import DayField, OneOf, SomeOf, text
from hub.web.forms import HubForm

YES: Final = frozenset({"given", "given_with_conditions"})
SAID: Final = YES | {"refused", "withdrawn"}
_SCOPE: Final = ("categories", "sources", "recipients", "purposes")
_UNDECIDED: Final = frozenset({NotGiven.CANNOT_DECIDE.value, NotGiven.CONFLICT.value})
_ALL: Final = "After a no, or a yes taken back: nothing ticked means all of it."


class ConsentPersonForm(HubForm):
    """Whose answer it is."""

    person = OneOf("Whose answer is this?", missing="Choose whose answer this is")


class ConsentForm(HubForm):
    """One person's answer about sharing, as they gave it."""

    status = OneOf("What did they say?", missing="Choose what they said")
    capacity = OneOf("By what right did they say it?", hint="Leave it empty if nobody was asked.")
    given_by = OneOf(
        "Who spoke?",
        kind="select",
        hint="Leave it empty if the person spoke for themselves. Nobody consents for another adult without authority.",
    )
    reason_code = OneOf(
        "Why was nobody asked, or why does what was said not count?",
        hint="Only when nobody was asked, or when it cannot be decided.",
    )
    categories = SomeOf("About which information?", hint=_ALL)
    sources = SomeOf("Held by whom?", hint=_ALL)
    recipients = SomeOf("Shared with whom?", hint=_ALL)
    purposes = SomeOf("What for?", hint=_ALL)
    until = DayField("Until", hint="The last day it holds. Leave it empty if it holds until they take it back.")
    reason = text(
        "In their own words",
        hint="Needed for conditions, when it cannot be decided, and for a child under 16: how it was judged.",
    )
    channel = OneOf("Where may a receipt go?", missing="Choose where a receipt may go")
    kind = OneOf("What kind of agreement is it?", missing="Choose the kind of agreement")
    method = OneOf("How was it asked and answered?", missing="Choose how it was asked and answered")
    interpreter = OneOf(
        "Who interpreted?", missing="Choose who interpreted", hint="A relative never interprets, nor does a child."
    )
    advocate = OneOf("Was an advocate with them?", missing="Choose whether an advocate was with them")
    notice = text("Which notice were they given?", hint="Its version, as printed on it.", longest=80)

    person = ""
    today: date | None = None

    def cross_errors(self) -> dict[str, str]:
        """What was said says by whom; a yes has a scope; what was not said has a reason."""
        status = str(self.status.data or "")
        errors = self._voice() if status in SAID else {}
        if status in YES:
            errors |= {name: "Choose what the yes covers" for name in _SCOPE if not self[name].data}
            if self.today and isinstance(self.until.data, date) and self.until.data < self.today:
                errors["until"] = "The last day must not be in the past"
        errors |= self._undecided(status)
        if self._needs_words(status) and not self.reason.data:
            errors["reason"] = "Write the conditions, or how it was judged and by whom"
        return errors

    def _voice(self) -> dict[str, str]:
        """A parent speaks for a child, a child for themselves; an adult may have somebody who was appointed."""
        match self.capacity.data:
            case "parental_responsibility" if self.given_by.data in {"", self.person}:
                return {"given_by": "Choose which holder of parental responsibility spoke"}
            case "gillick" if self.given_by.data not in {"", self.person}:
                return {"given_by": "A child who can decide speaks for themselves: leave this empty"}
            case "":
                return {"capacity": "Choose by what right they said it"}
            case _:
                return {}

    def _undecided(self, status: str) -> dict[str, str]:
        code = str(self.reason_code.data or "")
        if status == "unable" and code not in _UNDECIDED:
            return {"reason_code": "Choose why it cannot be decided: nobody can, or the holders disagree"}
        if status == "not_sought" and (not code or code in _UNDECIDED):
            return {"reason_code": "Choose why nobody was asked"}
        return {}

    def _needs_words(self, status: str) -> bool:
        judged = status in SAID and self.capacity.data == "gillick"
        return judged or status in {"given_with_conditions", "unable"}


class TakeBackForm(HubForm):
    """What follows was read; sending it takes the yes back."""
