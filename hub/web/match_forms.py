"""The forms of who is who: placing with candidates, joining, taking apart, and the protected identity desk's answer."""

from hub.web.form_fields import OneOf, SomeOf, text
from hub.web.forms import HubForm


class CandidatesForm(HubForm):
    """These people of the referral are those people, and why."""

    chosen = SomeOf("Who is the same person?", missing="Choose at least one person, all of one family")
    reason = text(
        "Why are they the same?",
        missing="Write why they are the same person",
        hint="What you compared, and with whom you spoke. It is kept with your name.",
    )


class JoinForm(HubForm):
    """Two people whom the hub knows are one, and why."""

    kept = OneOf("Under which family is the person kept?", missing="Choose whom to keep")
    other = OneOf("Who is the same person?", missing="Choose who is the same person")
    reason = text("Why are they the same?", missing="Write why they are the same person")

    def cross_errors(self) -> dict[str, str]:
        """Nobody is joined with themselves."""
        same = bool(self.kept.data) and self.kept.data == self.other.data
        return {"other": "Choose somebody else than the one you keep"} if same else {}


class NewcomerForm(HubForm):
    """Somebody new in an amendment is somebody the hub knows, or is not, and why."""

    chosen = OneOf("Who is it?", missing="Choose who it is, or that it is somebody new")
    reason = text(
        "How do you know?",
        missing="Write how you know",
        hint="What you compared, and with whom you spoke. It is kept with your name.",
    )


class ApartForm(HubForm):
    """They were two people after all, and why."""

    reason = text("Why are they two people?", missing="Write why they are two people")


class DeskForm(HubForm):
    """What the protected identity desk found out."""

    outcome = OneOf(
        "What came of it?",
        missing="Choose what came of it",
        options={
            "sender_asked": "I have spoken to the sender, and it waits here",
            "one_person": "It is this person: the desk acts on it",
            "two_people": "It is somebody else",
        },
    )
    note = text(
        "What did you do?", missing="Write what you did", hint="It is kept in the access log, and shown nowhere else."
    )
