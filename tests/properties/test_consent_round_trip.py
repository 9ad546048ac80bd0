"""What the hub says about a consent, sent straight back, never opens more than was said."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.fhir_bars.validation import validate
from connectors.fhir_consent import FhirConsent, write
from connectors.fhir_consent.connector import _read
from connectors.fhir_consent.write import WRITABLE, Said, written
from hub.domain.consent import Capacity, ConsentKind
from hub.domain.fields import SHAPES
from hub.domain.referral import ConsentDraft, ConsentWord, Limits, Outcome

HELD = sorted({category for shape in SHAPES.values() for category in shape.fields.values()})
AGENCIES = ["csc", "police", "mh", "sm", "da"]
PURPOSES = ["support_family", "protect_child", "front_door"]
MANY = settings(max_examples=300, deadline=None, derandomize=True)
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 10**13).map(lambda micros: START + timedelta(microseconds=micros))
SAID = st.builds(
    Said,
    id=st.just("c-1"),
    status=st.sampled_from(sorted(WRITABLE)),
    kind=st.sampled_from([kind.value for kind in ConsentKind]),
    capacity=st.sampled_from([capacity.value for capacity in Capacity]),
    own=st.booleans(),
    said_at=MOMENTS,
    until=st.none() | MOMENTS,
    categories=st.lists(st.sampled_from(HELD), unique=True),
    sources=st.lists(st.sampled_from(AGENCIES), unique=True),
    recipients=st.lists(st.sampled_from(AGENCIES), unique=True),
    purposes=st.lists(st.sampled_from(PURPOSES), unique=True),
    notice=st.just("") | st.text(st.characters(exclude_categories=["C"]), min_size=1).map(lambda t: f"N {t}"),
    over=st.booleans(),
    patient=st.fixed_dictionaries({}, optional={"name": st.just("Daniel Hart"), "birth_date": st.just("1988-11-02")}),
)
PLAIN = Said(
    "c-1",
    "given",
    "confidentiality_agreement",
    "adult",
    own=True,
    said_at=START,
    until=START + timedelta(days=100),
    categories=["attendance", "risk_view"],
    sources=["mh"],
    recipients=["csc", "sm"],
    purposes=["support_family"],
    patient={"name": "Daniel Hart", "birth_date": "1988-11-02"},
)


def back(said: Said, taker: str) -> tuple[ConsentDraft, ...]:
    """Return what the hub reads when the taker sends the resource back as it is."""
    body = json.dumps(written(said, taker)).encode()
    assert list(validate(_read(body, Limits()))) == []
    (parsed,) = FhirConsent().parse(body, Limits())
    assert parsed.outcome is Outcome.ACCEPTED, parsed.issues
    return parsed.draft.consents


def opens_no_more(said: Said, taker: str) -> None:
    """A yes that comes back is within the yes that was said; its source is whoever sends it."""
    for word in back(said, taker):
        if word.word is not ConsentWord.GIVEN:
            continue
        assert said.status == "given"
        assert said.own
        assert not said.over
        assert taker in said.sources
        assert set(word.categories) <= set(said.categories)
        assert set(word.recipients) <= set(said.recipients)
        assert set(word.purposes) <= set(said.purposes)
        assert word.kind == said.kind
        assert word.starts >= said.said_at
        assert said.until is None or word.ends <= said.until


@MANY
@given(SAID, st.sampled_from(AGENCIES))
def test_out_and_in_again_never_opens_more(said: Said, taker: str) -> None:
    opens_no_more(said, taker)


@MANY
@given(SAID, st.sampled_from(AGENCIES))
def test_a_no_stays_a_no(said: Said, taker: str) -> None:
    if said.status in {"refused", "withdrawn"} and not said.over:
        assert {word.word for word in back(said, taker)} <= {ConsentWord.REFUSED, ConsentWord.WITHDRAWN}


def test_a_holders_precise_yes_comes_back_as_it_was() -> None:
    (yes,) = back(PLAIN, "mh")
    assert (yes.word, set(yes.categories), set(yes.recipients)) == (
        ConsentWord.GIVEN,
        {"attendance", "risk_view"},
        {"csc", "sm"},
    )
    assert (yes.starts, yes.ends) == (PLAIN.said_at, PLAIN.until)


@pytest.mark.parametrize(
    ("said", "taker"),
    [
        (PLAIN, "csc"),
        (replace(PLAIN, status="given_with_conditions"), "mh"),
        (replace(PLAIN, own=False, capacity="parental_responsibility"), "mh"),
        (replace(PLAIN, over=True), "mh"),
    ],
)
def test_what_its_reader_cannot_hold_precisely_is_no_yes(said: Said, taker: str) -> None:
    assert ConsentWord.GIVEN not in {word.word for word in back(said, taker)}


def test_a_recipient_reads_nothing_of_other_recipients() -> None:
    assert '"sm"' not in json.dumps(written(PLAIN, "csc"))


@pytest.mark.parametrize("lost", ["_limit", "_performer"])
def test_planted_a_writer_that_forgets_who_holds_it_or_who_spoke_is_noticed(
    lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit that is no modifier, and a performer who is always the person."""
    if lost == "_performer":
        monkeypatch.setattr(write, "_performer", lambda _: {"reference": "#patient"})
        wrong = replace(PLAIN, own=False, capacity="parental_responsibility"), "mh"
    else:
        whole = write.written
        monkeypatch.setitem(
            globals(), "written", lambda said, to: {k: v for k, v in whole(said, to).items() if "modifier" not in k}
        )
        wrong = PLAIN, "csc"
    with pytest.raises(AssertionError):
        opens_no_more(*wrong)
