"""The forms of duties: tasks, emergency access, deciding to share, reviews."""

from hub.services.sharing import GROUNDS
from hub.web.form_fields import DayField, OneOf, SomeOf, line, text, tick
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


class AskForm(HubForm):
    """Why is it not shared? The holder has to answer."""

    why = text(
        "Why does your agency need it?",
        missing="Write why your agency needs it",
        hint="Which child, what you do for the child, and what it would change.",
    )


class AskAgainForm(HubForm):
    """The holder decided not to share; new facts can be put forward."""

    why = text(
        "What is new since their decision?",
        missing="Write what is new since their decision",
        hint="The earlier decision stays, and the new question is linked with it.",
    )


class SharingDecisionForm(HubForm):
    """The holder's own decision about named items and one recipient. Deciding not to share is a record too."""

    children = SomeOf("Which children is it about?", hint="Nothing ticked means all children of this family.")
    harm = OneOf(
        "Would sharing be more detrimental to the child than not sharing?",
        missing="Choose whether sharing would be more detrimental to the child",
        options={"no": "No", "yes": "Yes"},
    )
    detriment = text("Why?", missing="Write why sharing would, or would not, harm the child more")
    decision = OneOf(
        "What have you decided?",
        missing="Choose what you have decided",
        options={"share": "Share with the recipient below", "do_not_share": "Do not share"},
    )
    recipient = OneOf("With whom?", kind="select", hint="Needed when you share.")
    ground = OneOf("If you do not share: on what ground?", options=GROUNDS)
    reason = text("Reasons for the decision", missing="Write the reasons for your decision")

    def cross_errors(self) -> dict[str, str]:
        """The decision fits the answer about harm; sharing has a recipient, not sharing a ground."""
        share, harm = self.decision.data == "share", self.harm.data == "yes"
        if share and harm:
            return {"decision": "You answered that sharing would harm the child more. Then do not share it"}
        if share:
            return {} if self.recipient.data else {"recipient": "Choose the recipient"}
        if self.decision.data and not self.ground.data:
            return {"ground": "Choose the ground for not sharing"}
        if self.decision.data and (self.ground.data == "detriment") != harm:
            return {"ground": "The ground does not fit your answer about harm to the child"}
        return {}


class SharingReviewForm(HubForm):
    """What the review of a decision not to share found."""

    outcome = OneOf(
        "What did you find?",
        missing="Choose what you found",
        options={"stands": "The decision stands", "decide_again": "It has to be decided again"},
    )
    note = text("Your reasons", missing="Write your reasons")
