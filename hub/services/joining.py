"""Who is who: candidates side by side, joining and taking apart, and the protected identity desk's own matches."""

from dataclasses import dataclass

from hub.services.candidates import Candidates
from hub.services.merging import Merging
from hub.services.protected_matches import ProtectedMatches


@dataclass(frozen=True, slots=True)
class Joining:
    """The services of who is who."""

    candidates: Candidates
    merging: Merging
    protected: ProtectedMatches
