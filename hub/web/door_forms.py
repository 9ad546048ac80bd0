"""The forms of the front door: how urgent, decided without a family, and acknowledged by who takes it."""

from hub.policy.front_door import NO_ACTION, REDIRECTED, RETURNED
from hub.services.deciding import KINDS, OUTCOMES
from hub.services.redirections import ANSWERS, NOT_OURS
from hub.web.form_fields import OneOf, SomeOf, text, tick
from hub.web.forms import HubForm


class RateForm(HubForm):
    """How urgent a message is, whether it is a contact or a referral, and why."""

    kind = OneOf(
        "Is it a contact or a referral?", missing="Choose whether it is a contact or a referral", options=KINDS
    )
    rating = OneOf("How urgent is it?", missing="Choose how urgent it is")
    why = text("Why?", missing="Write why", hint="For a new rating: what has changed. Kept sealed, with your name.")


class CloseForm(HubForm):
    """What is decided without a family, and why."""

    outcome = OneOf("What have you decided?", missing="Choose what you have decided", options=OUTCOMES)
    receiver = OneOf("If you pass it on: to whom?", hint="It is closed when they acknowledge it, not before.")
    agency = OneOf(
        "Do they take part in this hub?",
        hint="If so they acknowledge it here themselves. Else you write down who there took it.",
        kind="select",
    )
    message = text("If you pass it on: what do they need to know?", hint="Only who acknowledges it reads this here.")
    returned = OneOf("If you return it: why?")
    no_further_action = OneOf("If no further action: why?")
    reason = text(
        "Your reasons", missing="Write your reasons", hint="Kept sealed. Shown at this desk when somebody writes again."
    )
    searched = text(
        "Where did you search for these people by hand?",
        missing="Write where you searched: every child and adult, by every name",
        hint="The hub's own comparison does not work at the moment. Your own case system, the agencies you rang.",
    )
    history_read = tick("I have read the earlier contacts shown above, of every child and adult")

    rated, harm = True, False
    compared_since = False

    def cross_errors(self) -> dict[str, str]:
        """Each outcome has its own question; nobody closes over harm, or over what they have not read."""
        found = {} if self.history_read.data else {"history_read": "Read what is shown above, then say that you did"}
        if self.compared_since:
            found["history_read"] = "It was compared meanwhile: read what is shown above now, then say that you did"
        left = self.outcome.data in (RETURNED, NO_ACTION)
        if left and not self.rated:
            found["outcome"] = "It is not rated yet. Say first how urgent it is, with the reason"
        elif left and self.harm:
            found["outcome"] = "It is rated as harm. If that is wrong, rate it anew first, with the reason"
        asked = {REDIRECTED: self.receiver, RETURNED: self.returned, NO_ACTION: self.no_further_action}
        field = asked.get(str(self.outcome.data))
        if field is not None and not field.data:
            found[field.name] = "Choose one of these"
        return found


class AgainForm(HubForm):
    """A referral waits again that was decided without a family."""

    why = text("Why is it taken up again?", missing="Write why it is taken up again", hint="Its clock starts anew.")


class PassedForm(HubForm):
    """Who takes a referral acknowledges it, or says that it is not theirs."""

    answer = OneOf("What is the answer?", missing="Choose the answer", options=ANSWERS)
    note = text("Note")
    outside = False

    def cross_errors(self) -> dict[str, str]:
        """A no has its reason; of somebody outside the hub a name is written down."""
        if self.note.data or not (self.outside or self.answer.data == NOT_OURS):
            return {}
        return {"note": "Write why it is not theirs" if self.answer.data == NOT_OURS else "Write who took it, and when"}


class OutsideForm(PassedForm):
    """The same, written down by the front door for somebody outside the hub."""

    outside = True


class DiscussionForm(HubForm):
    """A strategy discussion is decided: who else is asked, and why."""

    invited = SomeOf("Who is asked?", hint="School, housing and others who know the children, too.")
    why = text("Why is it held?", missing="Write why it is held", hint="Kept sealed. Not told to those who are asked.")


class HeldForm(HubForm):
    """It was held: who attended, what was decided, for which children."""

    attended = SomeOf("Who attended?", missing="Choose who attended")
    missing = text("If somebody who must attend did not: why?")
    decided = text("What was decided?", missing="Write what was decided, and whether there is a section 47 enquiry")
    children = SomeOf("Which children?", missing="Choose at least one child")
    adults = SomeOf("Which adults?", hint="Only those whose information is needed.")
