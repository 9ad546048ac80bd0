"""The forms of the pages. Views hand in `options` (field -> value -> words) and `data` (field -> first value).

INVARIANT: a form says what was wrong and never repeats a password; what may be chosen is what the view offered.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask_wtf import FlaskForm

from hub.web.drafts import typed_before
from hub.web.form_fields import DayField, OneOf, SomeOf, line, password, text, tick

Options = Mapping[str, Mapping[str, str]]
CAPACITY_WORDS = {
    "allocated": "Allocated",
    "co_allocated": "Working jointly",
    "covering": "Covering for a colleague, until a day",
}


class HubForm(FlaskForm):
    """What all forms share: options come from the view, and rules that look at two fields have one place.

    What its reader had typed on the page before and not sent (a draft) is filled in again.
    """

    def __init__(self, options: Options | None = None, data: Mapping[str, object] | None = None) -> None:
        typed = typed_before()
        super().__init__(**({} if typed is None else {"formdata": typed}), data=data)
        for name, choices in (options or {}).items():
            self[name].options = dict(choices)

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Check each field, then the fields against each other."""
        alone = bool(super().validate(extra_validators))
        together = self.cross_errors()
        for name, message in together.items():
            self[name].errors = [*self[name].errors, message]
        return alone and not together

    @property
    def keeps_drafts(self) -> bool:
        """Whether the form asks for longer text, which takes a while to write."""
        return any((field.render_kw or {}).get("kind") == "textarea" for field in self)

    def cross_errors(self) -> dict[str, str]:
        """Return field -> message for what is only wrong in view of another field."""
        return {}


class SignInForm(HubForm):
    """Name and password."""

    username = line("User name", missing="Enter your user name", autocomplete="username")
    password = password("Password", missing="Enter your password")


class ReasonForm(HubForm):
    """Why a family is opened; asked once per sitting."""

    purpose = OneOf("What are you doing?", missing="Choose what you are doing")
    justification = text(
        "Why do you need this now?",
        missing="Write why you need to see this family's record",
        hint="A sentence is enough. It is kept in the access log with your name.",
    )


class FindForm(HubForm):
    """Words to look for in a family's chronology."""

    words = line("Words to find", missing="Write at least one word to find")


class ConflictForm(HubForm):
    """A worker is tied to a family."""

    account = OneOf("Who is tied to the family?", missing="Choose the worker", kind="select")
    tie = OneOf("How?", missing="Choose how they are tied to the family")


class RestrictionForm(HubForm):
    """A family is held by a restricted team."""

    desk = OneOf("Which desk holds this family?", missing="Choose the desk")


class AllocationForm(HubForm):
    """A worker joins a family, from and until."""

    account = OneOf("Worker", missing="Choose the worker", kind="select")
    capacity = OneOf("How are they involved?", missing="Choose how they are involved", options=CAPACITY_WORDS)
    lead = tick("Lead practitioner for this family", hint="Their name and phone number stand at the top of the page.")
    works_with = SomeOf("Who do they work with?", missing="Choose at least one person they work with")
    starts = DayField("From", missing="Enter the day the work starts")
    ends = DayField("Until", hint="Leave empty if you do not know yet. Their view ends with this day.")

    own_account = ""

    def cross_errors(self) -> dict[str, str]:
        """The end is not before the start; nobody gives a family to themselves alone."""
        alone = self.account.data == self.own_account and self.capacity.data != "co_allocated"
        own = (
            {"capacity": "Choose working jointly when you join a family yourself"}
            if alone and self.account.data
            else {}
        )
        return own | _in_order(self, "starts", "ends", "The last day must not be before the first")


class OpeningForm(HubForm):
    """A decision that lets confidence be overridden: for whom, on what evidence, until when reviewed."""

    opening = OneOf("What was decided?", missing="Choose what was decided")
    children = SomeOf("Which children?")
    adults = SomeOf("Which adults?", hint="Only those whose information the decision needs.")
    evidence = text(
        "What is the decision based on?", missing="Write what the decision is based on, and where it is recorded"
    )
    relied = SomeOf(
        "Which entries did it rely on?",
        hint="If a yes is taken back, these stay with you and with who reviews the decision, and go no further.",
    )
    starts = DayField("Date of the decision", missing="Enter the date of the decision")
    review = DayField(
        "Review by", missing="Enter the date by which it is reviewed", hint="You are told five working days before."
    )
    ends = DayField(
        "Last day on which it opens anything",
        hint="Leave it empty for the longest the rules allow. You are told five working days before.",
    )
    follows = OneOf(
        "Does it take over from a decision that stands?",
        hint="That one ends as this one begins, so that nothing closes in between.",
    )

    def cross_errors(self) -> dict[str, str]:
        """A child is named, and neither review nor end is before the decision."""
        nobody = (
            {} if self.children.data else {"children": "Choose at least one child: a decision is about named children"}
        )
        return (
            nobody
            | _in_order(self, "starts", "review", "The review must not be before the decision")
            | _in_order(self, "starts", "ends", "The last day must not be before the decision")
        )


class NewIdentityForm(HubForm):
    """Who somebody is from now on: an identity that nothing off the desk connects with the earlier one."""

    person = OneOf("Who is it about?", missing="Choose who it is about")
    ground = OneOf("What was decided?", missing="Choose what was decided")
    full_name = line("Their name from now on", missing="Enter the name they have from now on")
    born = DayField("Date of birth", missing="Enter their date of birth")
    part = OneOf("What are they in the new family?", missing="Choose what they are in the new family")
    reason = text(
        "How is it known?",
        missing="Write how it is known, for example the court and the date of the order",
        hint="Kept sealed. Only this desk reads it.",
    )


class EndOpeningForm(HubForm):
    """The decision no longer stands."""

    ends = DayField("Date it ended", missing="Enter the date it ended")
    reason = text("Why has it ended?", missing="Write why it has ended, for example what the conference decided")


class LifeEventForm(HubForm):
    """Something happened that changes who may speak about sharing, and whose earlier word still counts."""

    person = OneOf("Who is it about?", missing="Choose who it is about")
    event = OneOf("What happened?", missing="Choose what happened")
    holders = SomeOf(
        "Who has parental responsibility, or may speak for them, from then on?",
        hint="Only for an order or an appointment. Name everybody who has it from that day, not only who is new.",
    )
    day = DayField("From which day?", missing="Enter the day from which it counts")
    reason = text(
        "How is it known?",
        missing="Write how it is known, for example who assessed it and how, or the court and date of the order",
        hint="Kept sealed, as a note about this person.",
    )

    names_holders = frozenset({"order", "spoken_for"})
    latest: date | None = None

    def cross_errors(self) -> dict[str, str]:
        """An order names who holds responsibility; what happened to somebody has happened already."""
        named, chosen = self.event.data in self.names_holders, list(self.holders.data or ())
        found = {}
        if named and not chosen:
            found["holders"] = "Choose who has it from that day, or nobody named here"
        if chosen and not named and self.event.data:
            found["holders"] = "Leave this empty: it is only for an order or an appointment"
        if not named and self.latest and isinstance(self.day.data, date) and self.day.data > self.latest:
            found["day"] = "The day must not be in the future"
        return found


class EndLifeEventForm(HubForm):
    """It is over, or was never so."""

    how = OneOf(
        "What is it?",
        missing="Choose whether it is over or was recorded wrongly",
        options={"over": "It was so, and is over", "wrong": "It was recorded wrongly and was never so"},
    )
    ends = DayField("Day it ended", missing="Enter the day it ended", hint="Not used for something recorded wrongly.")
    reason = text("How is it known?", missing="Write how it is known")


class CoverageForm(HubForm):
    """What one agency was asked about this family, and whether it answered."""

    agency = OneOf("Agency", missing="Choose the agency", kind="select")
    state = OneOf(
        "What do we know?",
        missing="Choose what we know",
        options={
            "checked": "They have looked and answered",
            "not_checked": "They have not been asked, or have not looked yet",
            "not_connected": "They do not take part in this hub",
        },
    )


class MatchForm(HubForm):
    """Whether a referral belongs to a family that the hub knows. A person decides."""

    decision = OneOf(
        "What have you decided?",
        missing="Choose what to do with this referral",
        options={"attach": "It belongs to the family chosen above", "new_family": "It is about another family"},
    )
    candidate = OneOf("Which family?")

    def cross_errors(self) -> dict[str, str]:
        """Attaching needs a family."""
        if self.decision.data == "attach" and not self.candidate.data:
            return {"candidate": "Choose the family it belongs to"}
        return {}


def _in_order(form: HubForm, first: str, last: str, message: str) -> dict[str, str]:
    begin, end = form[first].data, form[last].data
    return {last: message} if begin and end and end < begin else {}
