"""What stands at a place of a message, in words."""

import pytest

from hub.services.place_words import place_words


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("PID-7", "Date of birth of the patient"),
        ("PID-11[2].5", "Address of the patient"),
        ("NK1[2]-2.1", "Name of a relative"),
        ("ZSG-1", ""),
        ("/notices/2/event/occurred_from", "Occurred from"),
        ("/Message/Children/Child[2]/ChildIdentifiers/LAchildID", "Lachild id"),
        ("Bundle.entry[4].resource.birthDate", "Birth date"),
        ("row 3 col child_dob", "Child dob"),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_place_has_words(place: str, words: str) -> None:
    assert place_words(place) == words
