"""The language helper suggests other words and leaves the text alone."""

from pathlib import Path

import pytest

from hub.domain.errors import PolicyError
from hub.policy.wording import load_wording

TEXT = (Path(__file__).resolve().parents[3] / "policies" / "language.yaml").read_text()
WORDING = load_wording(TEXT, "language.yaml")


def found(text: str) -> list[str]:
    return [one.found for one in WORDING.suggest(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("She failed to engage, which is disguised compliance.", ["failed to engage", "disguised compliance"]),
        ("He Refused the appointment and then refused again.", ["Refused"]),
        ("Daniel came on time and brought the children.", []),
        ("The refusedly named thing", []),
        ("The IDVA rang.", ["IDVA"]),
        ("The independent domestic violence adviser (IDVA) rang; the IDVA will come.", []),
        ("An IDVA (independent domestic violence adviser) rang.", []),
        ("The GP and two CAMHSs", ["CAMHSs"]),
        ("DNA again", ["DNA"]),
        ("", []),
    ],
)
def test_it_finds_words_that_blame_and_acronyms_nobody_explained(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_every_phrase_of_the_file_is_found_and_says_what_to_write_instead() -> None:
    for phrase, instead in WORDING.phrases.items():
        assert [one.words for one in WORDING.suggest(f"so {phrase}, then")] == [instead]


def test_a_file_that_is_not_exactly_that_is_refused_with_its_place() -> None:
    with pytest.raises(PolicyError, match=r"language\.yaml"):
        load_wording('version: "1"\nphrases: [{phrase: x}]\n', "language.yaml")
