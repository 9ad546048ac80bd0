"""The forms of requests for information: asking, and the holder's four answers."""

from hub.services.answering import KINDS_OF_STATEMENT, REFUSALS
from hub.services.requests import ANSWERS, NOTHING, SHARED
from hub.services.sharing import GROUNDS
from hub.web.form_fields import DayField, OneOf, SomeOf, line, text
from hub.web.forms import HubForm


class AskAgencyForm(HubForm):
    """What is asked of another agency: of which, for which function, about whom, which time, and why now."""

    holder = OneOf("Which agency?", missing="Choose the agency", kind="select")
    function = OneOf("What do you need it for?", missing="Choose what you need it for")
    children = SomeOf("Which children?", missing="Choose at least one child")
    adults = SomeOf("Which adults?", hint="Only those whose information you need.")
    period = line("About which time?", missing="Write which time it is about", hint="For example: since May 2025")
    why = text("Why now?", missing="Write why you ask now", hint="The agency reads it. It is kept sealed.")


class AnswerRequestForm(HubForm):
    """The holder looks, and chooses one of four answers."""

    answer = OneOf("What is your answer?", missing="Choose your answer", options=ANSWERS)
    checked = DayField("When did your agency last check?", hint="For checked, and for shared.")
    information = text("What you share", hint="Only if you share it. Only what the function needs.")
    statement = OneOf("Is it fact or opinion?", options=KINDS_OF_STATEMENT)
    involvement = line("How deeply is your agency involved?", hint="For example: open since March, seen weekly")
    relations = text("How is each adult named connected with the child?", hint="One line for each adult.")
    allegation = line("What came of any allegation?", hint="Leave it empty if there was none.")
    ground = OneOf("If you do not share, or neither confirm nor deny: on which ground?", options=GROUNDS)
    reason = text(
        "If not: why?",
        hint="Of what is held and not shared, the asker reads the reason. Otherwise it stays with your agency.",
    )

    adults_named = False

    def cross_errors(self) -> dict[str, str]:
        """What each answer needs."""
        answer = str(self.answer.data)
        needed = {}
        if answer in {NOTHING, SHARED}:
            needed["checked"] = "Enter the day on which your agency last checked"
        if answer == SHARED:
            needed |= {
                "information": "Write what you share",
                "statement": "Choose whether it is fact or opinion",
                "involvement": "Write how deeply your agency is involved",
            }
            if self.adults_named:
                needed["relations"] = "Write how each adult named is connected with the child"
        if answer in REFUSALS:
            needed |= {"ground": "Choose the ground", "reason": "Write why: a refusal without a reason is none"}
        return {name: words for name, words in needed.items() if not self[name].data}


class AnswerAdultsForm(AnswerRequestForm):
    """The same where the request names adults."""

    adults_named = True
