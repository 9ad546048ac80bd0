"""What commands run on: services handed in by wiring, never built here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.domain.clock import Clock, Randomness
from hub.domain.referral import Connector, Limits
from hub.services.beginning import Beginning
from hub.services.casework import Casework
from hub.services.conflicts import Conflicts
from hub.services.drafts import Drafts
from hub.services.emergencies import Emergencies
from hub.services.encompass import Encompass
from hub.services.exchange import Exchange
from hub.services.family_page import FamilyPages
from hub.services.files import Files
from hub.services.front_desk import FrontDesk
from hub.services.front_door import FrontDoor
from hub.services.governance import Governance
from hub.services.intake import Intake
from hub.services.lives import Lives
from hub.services.new_identities import NewIdentities
from hub.services.partnering import Partnering
from hub.services.policy_files import PolicyFiles
from hub.services.publishing import Publishing
from hub.services.questions import Questions
from hub.services.recording import Recording
from hub.services.referring import Referring
from hub.services.replaying import Replaying
from hub.services.rosters import SignatoryRosters
from hub.services.routes import Routes
from hub.services.sessions import Sessions
from hub.services.setup import Setup
from hub.services.sharing import SharingDuty
from hub.services.signing import Signing
from hub.services.signing_desk import SigningServices
from hub.services.tasks import Tasks
from hub.services.team import TeamWork
from hub.services.transfer_keys import PublicKeys


@dataclass(frozen=True, slots=True)
class Stage:
    """A running hub as commands see it."""

    name: str
    synthetic: bool
    base_url: str
    clock: Clock
    randomness: Randomness
    connectors: Mapping[str, Connector]
    limits: Limits
    setup: Setup
    beginning: Beginning
    publishing: Publishing
    signing: Signing
    rosters: SignatoryRosters
    agreements: SigningServices
    house_rules: str
    intake: Intake
    exchange: Exchange
    recording: Recording
    lives: Lives
    identities: NewIdentities
    emergencies: Emergencies
    casework: Casework
    team: TeamWork
    files: Files
    partners: Partnering
    routes: Routes
    sessions: Sessions
    pages: FamilyPages
    front_door: FrontDoor
    desk: FrontDesk
    conflicts: Conflicts
    sharing: SharingDuty
    tasks: Tasks
    drafts: Drafts
    encompass: Encompass
    referring: Referring
    governance: Governance
    questions: Questions
    replaying: Replaying
    run_round: Callable[[], int]
    run_rounds: Callable[[Callable[[float], bool]], None]
    export_log: Callable[[Path], int]
    keys_status: Callable[[], list[tuple[str, int, str, int]]]
    rotate_keys: Callable[[str], int]
    rotate_transfer_keys: Callable[[], PublicKeys]
    doctor: Callable[[], list[tuple[str, bool, str]]]
    serve: Callable[[str, int, Callable[[], None]], None]


@dataclass(frozen=True, slots=True)
class Builders:
    """How commands get a stage: `found` makes a new hub in a folder, `open` opens the one that is there.

    `open_lean` opens it for a long run that looks at nothing twice, and keeps little of the files in memory.
    `open_at` opens it to be served at a port, `rehearse` makes a new synthetic one of that name for a port, whose time
    is told by the clock that is handed in: its own address, which tokens and signed files name, has that port unless
    settings differ.

    `policy_files` reads agreements in files of the `policies` folder, without any hub.
    """

    found: Callable[[Path, str, bool, int], None]
    open: Callable[[Path], Stage]
    policies: Path
    policy_files: Callable[[], PolicyFiles]
    clock: Clock
    randomness: Randomness
    open_lean: Callable[[Path], Stage]
    rehearse: Callable[[Path, str, Clock, int], Stage]
    open_at: Callable[[Path, int], Stage]
