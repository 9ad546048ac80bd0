"""The forms of the team's own work: an entry, what is said beside it, its answer."""

from typing import Final

from hub.domain.entries import EVENTS, LATER, SHARED, SIGNIFICANCE, STATEMENTS, WITHHELD, WITHHELD_FOR
from hub.web.entry_fields import WhenField
from hub.web.form_fields import DayField, OneOf, SomeOf, text, tick
from hub.web.forms import HubForm

_SPEAKS: Final = "Nothing ticked means everyone named above."
TEXTS: Final = (
    "what_happened",
    "child_voice",
    "parent_view",
    "child_impact",
    "concern",
    "strengths",
    "next_steps",
    "substance_use",
    "mental_health",
)


def _about(name: str) -> SomeOf:
    return SomeOf(f"{name}: whom does this speak of?", hint=_SPEAKS)


class EntryForm(HubForm):
    """One event or report, written once; each text says whom it speaks of where that is fewer."""

    occurred = WhenField("When did it happen?", missing="Enter when it happened", hint="A month or a year is enough.")
    event = OneOf("What kind of event is it?", missing="Choose the kind of event", options=EVENTS, kind="select")
    statement = OneOf("What kind of statement is it?", missing="Choose the kind of statement", options=STATEMENTS)
    reported_by = text("Who reported it?", hint="Needed when somebody else reported it.", longest=200)
    about = SomeOf(
        "Who is it about?",
        missing="Choose at least one person",
        hint="Everyone named in what you write: who may see it depends on them.",
    )
    what_happened = text(
        "What happened or was said",
        missing="Write what happened or was said",
        hint="Plain words: the family will read it.",
    )
    what_happened_about = _about("What happened")
    child_voice = text("The child's own words", hint="As they were said, or what you saw.")
    child_voice_about = _about("The child's own words")
    parent_view = text("The parent's view")
    parent_view_about = _about("The parent's view")
    child_impact = text("How each child was affected")
    child_impact_about = _about("How each child was affected")
    concern = text("What the worry is")
    concern_about = _about("What the worry is")
    strengths = text("Strengths and what goes well")
    strengths_about = _about("Strengths")
    next_steps = text("Next steps")
    next_steps_about = _about("Next steps")
    substance_use = text("Substance use and treatment")
    substance_use_about = _about("Substance use and treatment")
    mental_health = text("Mental health")
    mental_health_about = _about("Mental health")
    significance = OneOf(
        "How significant is it?", missing="Choose how significant it is", options=SIGNIFICANCE, hint=""
    )
    family_state = OneOf(
        "When may the family see it?",
        missing="Choose when the family may see it",
        options={
            SHARED: "Now",
            LATER: "From a day on, because it has to be told first",
            WITHHELD: "Not until a review",
        },
    )
    family_day = DayField(
        "Which day?", hint="Told by then, and in their copies from then on; or the day of the review."
    )
    family_reason = OneOf("If not now: why?", options=WITHHELD_FOR)
    sensitivity = OneOf(
        "How sensitive is it?",
        missing="Choose how sensitive it is",
        options={
            "personal": "Personal: the whole team may see it where the agreement says so",
            "sensitive": "Sensitive",
            "restricted": "Restricted: only where the agreement reaches that far",
        },
    )
    own_only = tick("Only my own agency", hint="Nobody else sees it, whatever an agreement says.")
    correction_reason = text("Why is it corrected?", missing="Write why it is corrected")

    def cross_errors(self) -> dict[str, str]:
        """What is kept back has a reason and ends; what somebody else reported has a source."""
        found: dict[str, str] = {}
        if self.statement.data == "reported_by" and not self.reported_by.data:
            found["reported_by"] = "Write who reported it"
        return found | _visible(self)

    def keep(self, texts: tuple[str, ...], *, correcting: bool) -> None:
        """Leave out the texts that this role does not write, and the reason of a correction when it is none."""
        for name in TEXTS:
            if name not in texts:
                del self[name]
                del self[f"{name}_about"]
        if not correcting:
            del self["correction_reason"]


class VisibilityForm(HubForm):
    """Whether the family sees an entry now, or why not yet and when that is looked at again."""

    family_state = OneOf(
        "When may the family see it?",
        missing="Choose when the family may see it",
        options={SHARED: "Now: it was shown, or can be", LATER: "From a day on", WITHHELD: "Not until another review"},
    )
    family_day = DayField("Which day?", hint="Told by then, and in their copies from then on; or of the next review.")
    family_reason = OneOf("If not now: why?", options=WITHHELD_FOR)
    correction_reason = text("What did you weigh, or how did they take it?", missing="Write what you weighed")

    def cross_errors(self) -> dict[str, str]:
        """What is kept back has a reason and ends."""
        return _visible(self)


class DisagreementForm(HubForm):
    """A person of the family says that an entry is not right; it stays beside the entry."""

    person = OneOf("Who disagrees?", missing="Choose who disagrees")
    words = text("In their own words", missing="Write what they said, in their own words")


class ChallengeForm(HubForm):
    """A professional challenge: its agency has five working days to answer."""

    words = text(
        "What do you challenge, and why?",
        missing="Write what you challenge, and why",
        hint="For example a view of risk that does not fit what you have seen.",
    )


class AnswerForm(HubForm):
    """The answer to a challenge; both stay beside the entry."""

    words = text("Your agency's answer", missing="Write your agency's answer")


def _visible(form: EntryForm | VisibilityForm) -> dict[str, str]:
    found: dict[str, str] = {}
    if form.family_state.data in {LATER, WITHHELD} and form.family_day.data is None:
        found["family_day"] = "Enter by which day"
    if form.family_state.data == WITHHELD and not form.family_reason.data:
        found["family_reason"] = "Choose why the family may not see it yet"
    return found
