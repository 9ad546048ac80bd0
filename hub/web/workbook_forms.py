"""The forms of the workbook: a month's summary, a module, a Motivational Interviewing session."""

from typing import Final

from hub.domain.entries import MODULE_STATES, STAGES
from hub.web.entry_fields import WhenField
from hub.web.form_fields import OneOf, SomeOf, text
from hub.web.forms import HubForm

_MARK: Final = "The person's own mark. Leave it out when you did not ask."


class SummaryForm(HubForm):
    """One month in the writer's own chapter."""

    month = WhenField("Which month?", missing="Enter the month", hint="For example 11 2026. Leave the day empty.")
    about = SomeOf("Who is it about?", missing="Choose at least one person", hint="Everyone named in the summary.")
    summary = text("Summary", missing="Write the summary", hint="It stands in the chronology too: write it once.")


class ModuleForm(HubForm):
    """How far a person is with a module."""

    person = OneOf("Who?", missing="Choose the person")
    module = OneOf("Which module?", missing="Choose the module", kind="select")
    state = OneOf("How far?", missing="Choose how far", options=MODULE_STATES)
    note = text("Note")


class SessionForm(HubForm):
    """One session, in the person's words."""

    person = OneOf("With whom?", missing="Choose the person")
    day = WhenField("When?", missing="Enter the day")
    focus = text("What was it about?", missing="Write what the session was about")
    goal = text("The goal, in the person's own words")
    change_talk = text("Change talk, in the person's own words")
    importance = OneOf("How important is it to them?", kind="select", hint=_MARK)
    confidence = OneOf("How confident are they?", kind="select", hint=_MARK)
    stage = OneOf("Where do you think they are?", options=STAGES, hint="Your view. Leave it out when you do not know.")
    next_step = text("Next step")
    will_tell = text("What will you tell others?")
    person_knows = OneOf(
        "Does the person know that?", missing="Choose whether the person knows", options={"yes": "Yes", "no": "No"}
    )
