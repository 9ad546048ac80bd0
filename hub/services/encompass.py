"""Operation Encompass: what the pages use, and what the worker runs."""

from dataclasses import dataclass

from hub.services.school_notices import SchoolNotices
from hub.services.school_watch import SchoolWatch


@dataclass(frozen=True, slots=True)
class Encompass:
    """Built once by wiring."""

    notices: SchoolNotices
    watch: SchoolWatch
