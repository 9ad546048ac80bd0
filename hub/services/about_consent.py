"""What stands around a word about sharing: what asking changes, what taking it back leaves, how it is handed on."""

from dataclasses import dataclass

from hub.services.asking import Weighing
from hub.services.consent_out import ConsentOut
from hub.services.released_counts import ReleasedCounts
from hub.services.taking_back import TakingBack


@dataclass(frozen=True, slots=True)
class AboutConsent:
    """The services of the pages about consent, and of its machine-readable form."""

    weighing: Weighing
    taking_back: TakingBack
    out: ConsentOut
    released: ReleasedCounts
