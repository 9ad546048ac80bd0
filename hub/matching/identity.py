"""What matching may know of a person."""

from dataclasses import dataclass

from hub.domain.partial_date import PartialDate


@dataclass(frozen=True, slots=True)
class Identity:
    """One person as one sender gives them.

    `names`: full names in use and before, any script. `nhs_number`: ten digits or "".
    `nhs_verified`: traced (status 01) and the check digit is right. `sex`: the sender's word or "".
    `places`: addresses as text, now and before. `contacts`: telephone numbers and e-mail addresses.
    `beside`: full names of the others whom the same sender gives with this person.
    """

    names: tuple[str, ...]
    birth_date: PartialDate | None
    nhs_number: str
    nhs_verified: bool
    sex: str = ""
    places: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
