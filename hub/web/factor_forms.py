"""The forms of proving who one is."""

from wtforms import StringField

from hub.web.form_fields import OneOf, line, password
from hub.web.forms import HubForm


class CodeForm(HubForm):
    """A code of the authenticator, or a recovery code."""

    code = line("Code", missing="Enter the code", autocomplete="one-time-code")


class FirstCodeForm(HubForm):
    """The first code of a new factor: the proof that the authenticator has the secret."""

    code = line("The six digits your authenticator shows now", missing="Enter the code", autocomplete="one-time-code")


class RoleForm(HubForm):
    """One of one's own roles."""

    account = OneOf("Role", missing="Choose a role")


class BeginForm(HubForm):
    """Nothing but a button."""


class PasswordAgainForm(HubForm):
    """The password, of who has no second factor."""

    code = password("Your password", missing="Enter your password")


class EndSittingForm(HubForm):
    """The sitting's id; without one, all the others end."""

    sitting = StringField()
