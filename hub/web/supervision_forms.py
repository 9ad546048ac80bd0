"""The forms of group supervision: who is there, and what it came to."""

from typing import Final

from hub.web.form_fields import DayField, OneOf, SomeOf, text
from hub.web.forms import HubForm

ACTIONS: Final = (1, 2, 3, 4)


class BeginForm(HubForm):
    """Who is there comes first: the shared screen depends on it."""

    attendees = SomeOf("Who is there, besides you?", missing="Choose at least one person who is there")


class OutcomeForm(HubForm):
    """What it came to; each action has an owner and a day."""

    about = SomeOf("Who is it about?", missing="Choose at least one person", hint="Everyone named in what you write.")
    risk = text("View of risk")
    danger = text("Danger statement", hint="What you are worried will happen to which child, if nothing changes.")
    strength = text("Strength statement", hint="What keeps each child safe already.")
    decision = text("Decision", missing="Write what was decided")
    dissent = text("Dissent", hint="Who saw it otherwise, and why. It is kept, and nobody has to agree.")
    relied_on = SomeOf(
        "What did the decision rely on?",
        hint="It stays with you and your manager to account for the decision, also when a yes is taken back.",
    )
    action_1 = text("Action 1", longest=500, hint="Names stand in the family's plan: whoever sees the plan reads them.")
    owner_1 = OneOf("Who does action 1?", kind="select")
    day_1 = DayField("By when is action 1 done?")
    action_2 = text("Action 2", longest=500)
    owner_2 = OneOf("Who does action 2?", kind="select")
    day_2 = DayField("By when is action 2 done?")
    action_3 = text("Action 3", longest=500)
    owner_3 = OneOf("Who does action 3?", kind="select")
    day_3 = DayField("By when is action 3 done?")
    action_4 = text("Action 4", longest=500)
    owner_4 = OneOf("Who does action 4?", kind="select")
    day_4 = DayField("By when is action 4 done?")

    def cross_errors(self) -> dict[str, str]:
        """An action that is written down has an owner and a day."""
        found: dict[str, str] = {}
        for n in ACTIONS:
            if self[f"action_{n}"].data and not self[f"owner_{n}"].data:
                found[f"owner_{n}"] = "Choose who does it"
            if self[f"action_{n}"].data and self[f"day_{n}"].data is None:
                found[f"day_{n}"] = "Enter by when"
        return found
