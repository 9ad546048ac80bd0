"""The part of a patient: what health messages, which are about one patient, leave unsaid about a family."""

from collections.abc import Iterable
from datetime import date

from hub.domain.partial_date import PartialDate
from hub.domain.referral import Part

_OF_AGE = 18  # Children Act 1989 s105
_OTHER_SIDE = {Part.CHILD: Part.PARENT, Part.PARENT: Part.CHILD}


def parts_of_patient(theirs: Iterable[Part], born: PartialDate | None, told: date | None) -> frozenset[Part]:
    """Return the patient's parts from those of the people around them and from their age when the message was made.

    A patient whose mother is named is not a child for that: somebody of forty may name their mother as next of kin.
    """
    turned = {_OTHER_SIDE[part] for part in theirs if part in _OTHER_SIDE}
    age = None if born is None or told is None else _age(born.first, told)
    if age is not None:
        turned = (turned - {Part.CHILD}) | ({Part.CHILD} if age < _OF_AGE else set())
    return frozenset(turned) or frozenset({Part.OTHER})


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
