"""The reasons of a match in plain words, each beside the detail it is about. Codes only: no value of anybody's."""

from typing import Final

_HOUSE = "Others in the household"
ROWS: Final = ("Name", "Date of birth", "NHS number", "Sex", "Address", "Telephone and e-mail", _HOUSE)
_WORDS: Final = {
    "given_name_same": ("Name", "Given name is the same"),
    "given_name_short": ("Name", "Given name is a short form of the other"),
    "given_name_near": ("Name", "Given name is another spelling, or sounds the same"),
    "given_name_like": ("Name", "Given name has nearly the same letters"),
    "given_name_middle": ("Name", "Given name is a middle name of the other"),
    "given_name_initial": ("Name", "Initial is the same"),
    "given_name_differ": ("Name", "Given names differ"),
    "names_turned": ("Name", "The same names in the other order"),
    "family_name_same": ("Name", "Family name is the same"),
    "family_name_part": ("Name", "Family names share a part"),
    "family_name_near": ("Name", "Family name is another spelling, or sounds the same"),
    "family_name_like": ("Name", "Family name has nearly the same letters"),
    "family_name_differ": ("Name", "Family names differ"),
    "birth_date_same": ("Date of birth", "The same day"),
    "birth_date_turned": ("Date of birth", "Day and month are turned round"),
    "birth_date_slip": ("Date of birth", "One digit is different"),
    "birth_date_month": ("Date of birth", "The same month, as far as it is known"),
    "birth_date_year": ("Date of birth", "The same year, as far as it is known"),
    "birth_date_about": ("Date of birth", "About the same age"),
    "birth_date_one_year": ("Date of birth", "Another day of the same year"),
    "birth_date_differ": ("Date of birth", "The dates differ"),
    "nhs_number_traced": ("NHS number", "The same number, traced by both"),
    "nhs_number_same": ("NHS number", "The same number, not traced by both"),
    "nhs_number_slip": ("NHS number", "One digit is different"),
    "nhs_number_other": ("NHS number", "Another number, not traced by both"),
    "nhs_number_differ": ("NHS number", "Another number, traced by both"),
    "sex_same": ("Sex", "The same"),
    "sex_differ": ("Sex", "They differ"),
    "address_same": ("Address", "The same, now or before"),
    "address_near": ("Address", "The same area"),
    "address_town": ("Address", "The same town"),
    "address_moved": ("Address", "Another address"),
    "phone_same": ("Telephone and e-mail", "The same telephone number"),
    "phone_other": ("Telephone and e-mail", "Another telephone number"),
    "email_same": ("Telephone and e-mail", "The same e-mail address"),
    "email_other": ("Telephone and e-mail", "Another e-mail address"),
    "household_same": ("Others in the household", "Somebody of the same name is with both"),
    "household_other": ("Others in the household", "Other people are with them"),
}


def words(code: str) -> str:
    """Return a reason as a sentence; a code of an earlier version as its own words."""
    return _WORDS[code][1] if code in _WORDS else code.replace("_", " ").capitalize()


def row(code: str) -> str:
    """Return the row of the comparison that a reason belongs to."""
    return _WORDS[code][0] if code in _WORDS else "Other"
