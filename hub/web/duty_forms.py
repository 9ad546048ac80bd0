"""The forms of duties: finishing a task, taking it up again."""

from hub.web.form_fields import DayField, OneOf, text
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
