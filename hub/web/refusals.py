"""What a service refused about a form, said beside the field it concerns."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.errors import InvalidRequestError
from hub.web.forms import HubForm

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_sent_again": "Nothing later from this sender that could be read has this reference",
        "cover_needs_an_end": "Enter the last day of the cover: covering always ends",
        "cover_does_not_lead": "Somebody who covers does not lead. Leave this empty, or allocate them",
        "lead_runs_out": "A lead practitioner stays until another takes over. Leave the last day empty",
        "lead_stands": "Somebody leads this family already. Hand their work over instead, in the list below",
        "allocated_already": "This worker is allocated in this way already. Change whom they work with, below",
        "no_successor": "The family would have no named owner. Hand it over first, or hold it yourself",
        "offered_already": "This has been offered to somebody. Take that back first",
        "own_handover": "Choose another worker. To hold the family yourself, end the work and hold it",
        "unknown_worker": "Choose a worker who can be allocated to this family",
        "decision_stands": "A decision still stands for this family: end it first, on the family's page",
        "told_or_why_not": "Enter the day they were told, not later than today, or write why not",
        "own_duty": "You cannot put yourself on the rota: another manager does it",
        "not_their_desk": "That desk is not this person's work: the agreements open nothing for them there",
        "duty_ends_first": "The end must be after the beginning, and not in the past",
        "duty_too_long": "That is too long for one shift: enter it week by week",
        "duty_twice": "They are on duty at this desk in that time already",
        "not_an_address": "Enter an e-mail address like name@council.example, or leave it empty",
        "family_closed": "This family is closed. Reopen it first",
    }
)


def told(form: HubForm, error: InvalidRequestError) -> bool:
    """Put the words of a refusal beside its field; False when it concerns no field of this form."""
    if error.code not in WORDS or error.where not in form:
        return False
    form[error.where].errors = [*form[error.where].errors, WORDS[error.code]]
    return True
