"""The page people sign: the same words on screen and in print, its digests on both, and nothing left out."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from hub.domain.canonical import digest
from hub.gate.policybook import Foundations, foundations
from hub.policy import page
from hub.policy.agreement import load_agreement
from hub.policy.page import SigningPage, agreement_page, house_page, page_digest, unprintable
from hub.policy.reading import read
from hub.services.signing_copy import PRINTABLE, signing_copy
from hub.wiring import policy_texts

POLICIES = Path(__file__).parents[3] / "policies"
SHIPPED = sorted(path.name for path in (POLICIES / "agreements").glob("*.yaml"))
FOOT = re.compile(r"Sheet \d+ of the page with SHA-256 ([0-9a-f]{64})")
WRITTEN = re.compile(r"(?![a-z][a-z0-9_]*$)(.*\d|[A-Z])", re.DOTALL)
"""Values that must stand on the page as they are: with a digit, or a capital letter first; but no term of a list."""


@cache
def base() -> Foundations:
    return foundations(policy_texts(POLICIES))


@cache
def rendered(name: str) -> tuple[Mapping[str, object], str, SigningPage]:
    """Return a document's parsed content, its digest, and the page."""
    if name == "house-rules.yaml":
        content = read((POLICIES / name).read_text(), name).value
        house = base().house_rules
        return content, house.digest, house_page(house, content, house.digest, base().vocabulary, base().gateways)
    text = (POLICIES / "agreements" / name).read_text()
    agreement = load_agreement(text, name, base().vocabulary, base().gateways)
    sha256 = digest(agreement.content)
    return agreement.content, sha256, agreement_page(agreement, sha256, base().vocabulary, base().gateways)


def printed(shown: SigningPage) -> tuple[str, set[str]]:
    """Return the text taken out of the PDF without the foot of its sheets, on one line, and the digests of the feet."""
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(signing_copy(shown.lines, shown.text))).pages]
    feet = {found for sheet in sheets for found in FOOT.findall(sheet)}
    assert all(len(FOOT.findall(sheet)) == 1 for sheet in sheets)
    return _one_line("\n".join(FOOT.sub("", sheet) for sheet in sheets)), feet


def _one_line(text: str) -> str:
    return " ".join(text.split())


def values(content: object) -> Iterator[str]:
    """Return every value that the document says, whichever key it stands under; `route` and `rule` codes too."""
    if isinstance(content, Mapping):
        for value in content.values():
            yield from values(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from values(value)
    else:
        yield str(content)


@pytest.mark.parametrize("name", [*SHIPPED, "house-rules.yaml"])
def test_page_and_pdf_are_the_same_words_and_both_say_the_digests(name: str) -> None:
    _, sha256, shown = rendered(name)
    words, feet = printed(shown)
    assert words == _one_line(shown.text)
    assert feet == {page_digest(shown.text)}
    assert f"SHA-256 of its canonical form: {sha256}" in words or f"{sha256}: SHA-256 of its canonical form" in words


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_party_and_date_stands_on_the_page(name: str) -> None:
    content, _, shown = rendered(name)
    words = _one_line(shown.text)
    missing = {one for one in values(content) if WRITTEN.match(one) and _one_line(one) not in words}
    assert missing == set()
    for code, party in content["parties"].items():
        assert party["name"] in words
        assert code in words


def changes(name: str) -> Iterator[tuple[str, str]]:
    """Return (page before, page after) for each date, each party's name and each number changed alone."""
    path = POLICIES / "agreements" / name
    text = path.read_text()
    for old, new in (
        ('until: "2028-03-31"', 'until: "2028-03-30"'),
        ('review: "2027-03-01"', 'review: "2027-03-02"'),
        ("Exampleshire Council children's services", "Exampleshire Council childrens services"),
        ('version: "1"', 'version: "11"'),
        ("lasts: P12M", "lasts: P13M"),
    ):
        if old in text:
            agreement = load_agreement(text.replace(old, new, 1), name, base().vocabulary, base().gateways)
            yield old, agreement_page(agreement, digest(agreement.content), base().vocabulary, base().gateways).text


@pytest.mark.parametrize("name", SHIPPED)
def test_two_texts_that_differ_in_one_figure_have_two_pages(name: str) -> None:
    sha256, shown = rendered(name)[1:]
    without = shown.text.replace(sha256, "")
    for what, changed in changes(name):
        assert re.sub(r"[0-9a-f]{64}", "", changed) != without, what


def test_a_page_that_leaves_a_section_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered.cache_clear()
    monkeypatch.setattr(page, "_HEAD", (*page._HEAD, "retention"))
    missing = [name for name in SHIPPED if _misses(name)]
    rendered.cache_clear()
    assert missing


def _misses(name: str) -> bool:
    try:
        test_every_number_party_and_date_stands_on_the_page(name)
    except AssertionError:
        return True
    return False


def test_what_cannot_be_printed_is_named_and_not_replaced() -> None:
    assert unprintable("Llŷn and Gwydŵr", PRINTABLE) == ["U+0175", "U+0177"]
    assert unprintable("Brontë, £5, 3-4", PRINTABLE) == []
