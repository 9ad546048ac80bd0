"""What agencies asked each other: all four answers, one that waits, and one whose silence the team hears of."""

from typing import Final

from hub.cli.demo.case import Case
from hub.domain.ids import PersonId
from hub.services.answering import Given
from hub.services.family_page import Stated
from hub.services.requests import NOT_SHARED, NOTHING, SHARED, SPEAK, Asking

_VISIT: Final = "To prepare the visit on Thursday: has anything happened at the address since the notice?"
_INJURY: Final = "An injury to a child of two that nobody explains."
_MONTHS: Final = "the last six months"
_ENDED: Final = "It is about a treatment that ended before the child was born."
_TRUST: Final = "Saying either would endanger somebody who trusts us."


def enquire(case: Case) -> None:
    """Ask the trust, which has to answer within a working day, and does not."""
    _ask(case, "mh", "enquire", _INJURY, [case.children[0], case.mother])


def ask(enquiry: Case, helped: Case) -> None:
    """Let the lead of two families ask: of one the police share what they hold; of the other three answer otherwise.

    One that was asked has not answered yet, and has time.
    """
    day, both = enquiry.today(), [enquiry.children[0], enquiry.father]
    given = Given(
        SHARED,
        day,
        "Two calls by neighbours about shouting. Nobody was hurt and nobody arrested.",
        "reported_by",
        "No officer works with the family at present",
        "The man named lives at the address and is the child's father.",
    )
    _answer(enquiry, "pcdesk", _ask(enquiry, "police", "assess_need", _VISIT, both), given)
    _ask(enquiry, "sm", "assess_need", _VISIT, both)
    child, both = helped.children[:1], [helped.children[0], helped.father]
    _answer(helped, "igda", _ask(helped, "da", "assess_need", _VISIT, child), Given(NOTHING, day))
    given = Given(NOT_SHARED, day, ground="not_relevant", reason=_ENDED)
    _answer(helped, "rob", _ask(helped, "sm", "assess_need", _VISIT, both), given)
    given = Given(SPEAK, day, ground="detriment", reason=_TRUST)
    _answer(helped, "pcdesk", _ask(helped, "police", "review_plan", _VISIT, both), given)


def _ask(case: Case, holder: str, function: str, why: str, people: list[PersonId]) -> str:
    asking = Asking(case.agency(holder), function, people, why, _MONTHS)
    return case.stage.desk.requests.ask(case.who("sally"), case.family, Stated("protect_child", why), asking)


def _answer(case: Case, by: str, request: str, given: Given) -> None:
    case.stage.desk.answering.answer(case.who(by), request, given)
