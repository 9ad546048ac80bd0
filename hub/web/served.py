"""What the pages are served from: handed in by wiring, found through the application, never global."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request
from flask_login import UserMixin, current_user

from hub.domain.clock import Clock
from hub.domain.errors import NotSignedInError
from hub.gate.finder import Standing
from hub.services.about_consent import AboutConsent
from hub.services.casework import Casework
from hub.services.conflicts import Conflicts
from hub.services.consent_receipts import ConsentReceipts
from hub.services.emergencies import Emergencies
from hub.services.encompass import Encompass
from hub.services.entry import Entry
from hub.services.family_page import FamilyPages
from hub.services.files import Files
from hub.services.front_desk import FrontDesk
from hub.services.front_door import FrontDoor
from hub.services.governance import Governance
from hub.services.intake import Intake
from hub.services.joining import Joining
from hub.services.lives import Lives
from hub.services.looking import Looking
from hub.services.new_identities import NewIdentities
from hub.services.partnering import Partnering
from hub.services.questions import Questions
from hub.services.recording import Recording
from hub.services.referring import Referring
from hub.services.register import Register
from hub.services.replaying import Replaying
from hub.services.sessions import Caller, Sessions
from hub.services.sharing import SharingDuty
from hub.services.signing_desk import SigningServices
from hub.services.tasks import Tasks
from hub.services.team import TeamWork
from hub.services.withdrawn import Withdrawals


@dataclass(frozen=True, slots=True)
class Served:
    """The services behind the pages, and what every page says."""

    sessions: Sessions
    entry: Entry
    pages: FamilyPages
    looking: Looking
    recording: Recording
    lives: Lives
    conflicts: Conflicts
    identities: NewIdentities
    receipts: ConsentReceipts
    consents: AboutConsent
    front_door: FrontDoor
    governance: Governance
    questions: Questions
    replaying: Replaying
    intake: Intake
    tasks: Tasks
    sharing: SharingDuty
    emergencies: Emergencies
    agreements: SigningServices
    casework: Casework
    team: TeamWork
    files: Files
    partners: Partnering
    joining: Joining
    referring: Referring
    desk: FrontDesk
    encompass: Encompass
    withdrawals: Withdrawals
    clock: Clock
    verify: Callable[[], bool]
    synthetic: bool


class Viewer(UserMixin):
    """The signed-in person, as flask-login knows them."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.id = caller.account


def served() -> Served:
    """Return the services of this application."""
    return cast("Served", current_app.extensions["hub"])


def caller() -> Caller:
    """Return who is signed in; NotSignedInError when nobody is."""
    if not current_user.is_authenticated:
        raise NotSignedInError(next_step="sign_in")
    return cast("Viewer", current_user).caller


def cookie() -> str:
    """Return the name of the sitting's cookie: over HTTPS one that no other host or path can set."""
    return "__Host-hub-sitting" if current_app.config["SESSION_COOKIE_SECURE"] else "hub-sitting"


def load_viewer() -> Viewer | None:
    """Look up the sitting behind the cookie, on every request: an ended one is over at once."""
    secret = request.cookies.get(cookie())
    if not secret:
        return None
    try:
        return Viewer(served().sessions.resolve(secret))
    except NotSignedInError:
        return None


def standing() -> Standing:
    """Return the signed-in person's role and agency at this moment, looked up once per request."""
    if "standing" not in g:
        g.standing = served().pages.standing(caller().account)
    return cast("Standing", g.standing)


def role() -> str:
    """Return the role of the signed-in person at this moment."""
    return standing().role


def duties() -> frozenset[str]:
    """Return what the signed-in person is at this moment beside their role: on duty at a desk, say."""
    return standing().relationships


def register() -> Register:
    """Return names and words for a page, read once per request."""
    if "register" not in g:
        g.register = served().pages.register()
    return cast("Register", g.register)
