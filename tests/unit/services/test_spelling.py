"""What a page prints for codes."""

import pytest

from hub.services.spelling import message_words, spelt


@pytest.mark.parametrize(
    ("connector", "words"),
    [
        ("adult_with_children_csv", "Adult with children"),
        ("adult_with_children_json", "Adult with children"),
        ("safeguarding_notice", "Safeguarding notice"),
        ("fhir_bars", "FHIR BaRS"),
        ("hl7v2", "HL7 v2"),
        ("form_marac", "MARAC form"),
        ("", ""),
    ],
)
def test_a_message_is_called_what_it_is_and_not_how_it_is_written(connector: str, words: str) -> None:
    assert message_words(connector) == words


def test_an_abbreviation_keeps_its_letters() -> None:
    assert spelt("nhs_number_same") == "NHS number same"
