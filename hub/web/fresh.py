"""What is dangerous asks again who is there: emergency access, export, publishing and signing, granting roles."""

from hub.domain.errors import ProofTooOldError
from hub.web import drafts, returning
from hub.web.served import caller, served


def require_fresh() -> None:
    """Go on when who is here proved it within five minutes; else the way leads over the page that asks, and back.

    What was typed into a form that is sent too late is kept as a draft, and filled in again.

    Call it in the view after everything that could refuse: who may not use the page learns nothing from being asked.
    """
    try:
        served().entry.sittings.require_fresh(caller())
    except ProofTooOldError:
        returning.remember()
        drafts.keep_before_proof()
        raise
