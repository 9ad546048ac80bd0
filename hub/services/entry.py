"""The services behind the pages about signing in, as one thing that wiring hands on."""

from dataclasses import dataclass

from hub.services.appointments import Appointments
from hub.services.drafts import Drafts
from hub.services.second_factors import SecondFactors
from hub.services.signing_in import SigningIn
from hub.services.single_sign_on import SingleSignOn
from hub.services.sittings import Sittings
from hub.services.starting import Starting


@dataclass(frozen=True, slots=True)
class Entry:
    """Steps from a name to a sitting, second factors, one's own sittings, and who works at which agency."""

    signing_in: SigningIn
    factors: SecondFactors
    sittings: Sittings
    starting: Starting
    appointments: Appointments
    single_sign_on: SingleSignOn
    drafts: Drafts
