"""The forms of a team's working day: handing over, ending, closing, being on duty."""

from hub.web.form_fields import DayField, OneOf, SomeOf, line, optional_line, text
from hub.web.forms import HubForm

_HOURS = {f"{hour:02}:{minute:02}": f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)}
_WHEN = {"now": "At once", "day": "At the end of the day below"}


class EndAllocationForm(HubForm):
    """A worker's view of a family ends: at once, or with a day."""

    when = OneOf("When does their work with the family end?", missing="Choose when it ends", options=_WHEN)
    ends = DayField("Last day", hint="Only for the end of a day. Their view ends with this day.")
    hold = OneOf(
        "If they lead: who is named as owner of the family?",
        options={"hold": "I hold the family until somebody takes it over"},
        hint="To name another worker, hand the family over instead: this worker then stays until the other accepts.",
    )
    reason = text("Why does it end?", missing="Write why it ends", hint="Kept sealed with the family's record.")

    def cross_errors(self) -> dict[str, str]:
        """The end of a day has a day."""
        return {"ends": "Enter the last day"} if self.when.data == "day" and self.ends.data is None else {}


class WorksWithForm(HubForm):
    """With whom a worker works from now on."""

    works_with = SomeOf("Who do they work with from now on?", missing="Choose at least one person they work with")


class HandoverForm(HubForm):
    """Another worker is asked to take the work over."""

    account = OneOf("Who takes it over?", missing="Choose the worker", kind="select")
    written = text(
        "Handover",
        missing="Write the handover",
        hint="Where the work stands, what is due next, what to be careful about. They read it before they accept, so "
        "write nothing that only the earlier worker may see. It is kept sealed.",
    )


class AnswerForm(HubForm):
    """The next worker accepts, or says why not."""

    answer = OneOf(
        "What is your answer?",
        missing="Choose your answer",
        options={"accept": "I accept: from now on I work with this family", "decline": "I cannot take it over"},
    )
    reason = text("If not: why?", hint="Your manager reads it.")

    def cross_errors(self) -> dict[str, str]:
        """A no has its reason."""
        declined = self.answer.data == "decline" and not self.reason.data
        return {"reason": "Write why you cannot take it over"} if declined else {}


class ClosingForm(HubForm):
    """A family is closed: with which outcome, who was told, and whether the family was."""

    outcome = OneOf("What is the outcome?", missing="Choose the outcome")
    reason = text("Why is it closed now?", missing="Write why it is closed now", hint="Kept with the family's record.")
    told = SomeOf(
        "Which agencies were told?", hint="Everybody who works with the family here is told by a task as well."
    )
    told_family = OneOf(
        "Was the family told?",
        missing="Choose whether the family was told",
        options={"yes": "Yes", "no": "No, and this is why"},
    )
    day = DayField("When were they told?", hint="Leave empty if they were not told.")
    why_not = text("If not: why?", hint="For example: a letter to this address could be read by somebody else.")

    def cross_errors(self) -> dict[str, str]:
        """A yes has its day, a no its reason."""
        if self.told_family.data == "yes" and self.day.data is None:
            return {"day": "Enter the day they were told"}
        if self.told_family.data == "no" and not self.why_not.data:
            return {"why_not": "Write why the family was not told"}
        return {}


class ReopenForm(HubForm):
    """A closed family is opened again."""

    reason = text("Why is it opened again?", missing="Write why it is opened again", hint="Kept with the record.")


class ShiftForm(HubForm):
    """Somebody is put on duty at a desk."""

    account = OneOf("Who?", missing="Choose the worker", kind="select")
    desk = OneOf("At which desk?", missing="Choose the desk")
    starts = DayField("From which day?", missing="Enter the day the shift begins")
    starts_at = OneOf("From what time?", missing="Choose the time", kind="select", options=_HOURS)
    ends = DayField("Until which day?", missing="Enter the day the shift ends")
    ends_at = OneOf("Until what time?", missing="Choose the time", kind="select", options=_HOURS)


class ReferenceForm(HubForm):
    """Which family the desk handles now."""

    reference = line("Reference of the family", missing="Enter the family's reference, for example FS-0001")


class DutyNoteForm(HubForm):
    """Word for nine o'clock."""

    note = text(
        "What does the day team need to know?",
        missing="Write what the day team needs to know",
        hint="Name families by their reference. The front door and its managers read it. It is kept sealed.",
    )


class DigestForm(HubForm):
    """Whether, and where, somebody is written to in the morning."""

    address = optional_line(
        "Your work e-mail address", hint="Leave it empty to stop. One message on a working morning, at most."
    )
