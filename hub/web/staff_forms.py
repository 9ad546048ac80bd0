"""The forms of an agency's administrator."""

from hub.web import form_fields
from hub.web.form_fields import OneOf, SomeOf, line
from hub.web.forms import HubForm

DEEDS = {
    "move": "Change their role",
    "add": "Give them a further role",
    "restart": "Give them a new starting code (password or authenticator lost)",
    "link": "Link them to your single sign-on",
    "end": "End their open sittings",
    "stop": "Stop them: they have left, or must not sign in",
}


class ConfirmingForm(HubForm):
    """Who still works here in the role shown."""

    accounts = SomeOf("Who still works here, in this role?", missing="Choose at least one person")


class NewMemberForm(HubForm):
    """Somebody starts."""

    name = line("Full name", missing="Enter their name", hint="A named person, never a team or a shared desk.")
    username = line("User name", missing="Enter a user name", hint="What they type to sign in. It cannot be changed.")
    phone = line("Work phone", missing="Enter their work phone number")
    role = OneOf("Role", missing="Choose their role", kind="select")


class MemberForm(HubForm):
    """One thing to do about one account."""

    deed = OneOf("What do you want to do?", missing="Choose what to do")
    role = OneOf("Role", hint="Only for a changed or a further role.", kind="select")
    subject = line(
        "Their id at the single sign-on",
        hint="Only for linking: the subject, as you are told there. Empty unlinks.",
    )

    def cross_errors(self) -> dict[str, str]:
        """A changed or further role is named."""
        needs = self.deed.data in {"move", "add"} and not self.role.data
        return {"role": "Choose the role"} if needs else {}


class StartForm(HubForm):
    """A starting code becomes a password."""

    username = line("User name", missing="Enter your user name", autocomplete="username")
    code = line("Starting code", missing="Enter the code your administrator gave you", autocomplete="off")
    password = form_fields.password("New password", missing="Choose a password", autocomplete="new-password")
    again = form_fields.password("New password again", missing="Type the password again", autocomplete="new-password")

    def cross_errors(self) -> dict[str, str]:
        """Both passwords are the same."""
        return {} if self.password.data == self.again.data else {"again": "The two passwords are not the same"}
