"""The forms of duties: tasks, emergency access, deciding to share, reviews."""

from hub.web.form_fields import DayField, OneOf, line, text, tick
from hub.web.forms import HubForm


class NoteForm(HubForm):
    """A task is done; a note may say how."""

    note = text("What was done?", hint="Optional. It is kept sealed, with your name.")


class WrittenForm(HubForm):
    """A task that is only done with words."""

    note = text("What was done?", missing="Write what was done")


class ToldForm(HubForm):
    """The person was told, and when; or why not."""

    told = OneOf(
        "Was the person told?",
        missing="Choose whether the person was told",
        options={"yes": "Yes", "no": "No, and this is why"},
    )
    day = DayField("When were they told?", hint="Leave empty if they were not told.")
    note = text("How were they told, or why not?", hint="For example: telling him now would put the children at risk.")

    def cross_errors(self) -> dict[str, str]:
        """A yes has a day; a no has its reason."""
        if self.told.data == "yes" and self.day.data is None:
            return {"day": "Enter the day they were told"}
        if self.told.data == "no" and not self.note.data:
            return {"note": "Write why the person was not told"}
        return {}


class AgainForm(HubForm):
    """A task was closed by mistake."""

    note = text("Why is it not done after all?", missing="Write why it is not done after all")


class ConfirmForm(HubForm):
    """Nothing is asked; sending it does it."""


class EmergencyForm(HubForm):
    """Which family, who is in what danger, why it cannot wait, for how long."""

    reference = line("Reference of the family", missing="Enter the family's reference, for example FS-0001")
    now = tick("Somebody is in immediate danger of serious harm, now")
    danger = text("Who is in danger, and of what?", missing="Write who is in danger, and of what")
    reason = text(
        "Why can it not wait?",
        missing="Write why it cannot wait for somebody who works with the family",
        hint="Whom you tried to reach, and what you will do with what you see.",
    )
    hours = OneOf(
        "For how long?",
        missing="Choose for how long",
        options={"1": "1 hour", "2": "2 hours", "4": "4 hours", "8": "8 hours"},
    )

    def cross_errors(self) -> dict[str, str]:
        """Without immediate danger this is the wrong page."""
        calm = "If nobody is in immediate danger, ask the family's team or record a decision instead"
        return {} if self.now.data else {"now": calm}


class EmergencyReviewForm(HubForm):
    """What the review of an emergency access found."""

    outcome = OneOf(
        "What did you find?",
        missing="Choose what you found",
        options={
            "justified": "It was justified",
            "training": "It was meant well and not needed: the worker needs training or support",
            "breach": "It was a breach: it goes to the data protection officer",
        },
    )
    note = text("Your reasons", missing="Write your reasons", hint="For example what the log shows was looked at.")
