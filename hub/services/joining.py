"""Who is who: candidates, joining and taking apart, who is new in what is placed, and the protected desk's matches."""

from dataclasses import dataclass

from hub.services.candidates import Candidates
from hub.services.merging import Merging
from hub.services.newcomer_watch import NewcomerWatch
from hub.services.newcomers import Newcomers
from hub.services.protected_matches import ProtectedMatches


@dataclass(frozen=True, slots=True)
class Joining:
    """The services of who is who."""

    candidates: Candidates
    merging: Merging
    protected: ProtectedMatches
    newcomers: Newcomers
    watch: NewcomerWatch
