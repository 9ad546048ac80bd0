"""What the loader refuses, with file, line, column, and what may stand there."""

import pytest

from hub.domain.errors import PolicyError
from hub.domain.fields import SHAPES
from hub.domain.referral import Part
from hub.policy.agreement import Agreement, load_agreement, load_house_rules
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.reading import MAX_CHARACTERS, read
from hub.policy.vocabulary import Vocabulary, load_vocabulary
from tests.unit.policy.conftest import shipped

SMALL = """\
agreement: TEST-1
version: "3"
title: A small agreement
in_force: {from: "2026-04-01", until: "2028-03-31"}
review: "2027-03-01"
parties:
  csc: {name: Council, kind: local_authority, controller: joint, lead: Desk}
  mh: {name: Trust, kind: nhs_body, controller: joint, lead: Desk}
  police: {name: Police, kind: police, controller: separate, lead: Desk}
purposes:
  protect_child:
    words: Protecting a child
    ordinary_data: {basis: "UK GDPR 6(1)(e)"}
    confidentiality: overriding_public_interest
    article8: Necessary and proportionate.
sharing:
- rule: R1
  words: During an enquiry
  from: [mh]
  to: [csc]
  roles: [social_worker]
  purposes: [protect_child]
  categories: [attendance]
  up_to: sensitive
  relationship: [allocated_to_family]
  consent: {need: none, openings: [s47_enquiry], overrides_refusal: "yes"}
  route: CA1989-S47-9
  obligations: [state_reason]
never:
- rule: N1
  words: Not this
  categories: [safe_address]
  when: {viewer_relationship: [allocated_to_alleged_perpetrator]}
obligations:
  state_reason: {words: Write why, when: before, blocking: "yes"}
"""

REFUSED = [
    ("  up_to: sensitive\n", "  up_to: sensitive\n  up_to: personal\n", "duplicate_key", "25:3", "each key once"),
    ("  words: Not this\n", "  words: Not this\n  unlss: {}\n", "unknown_key", "32:3", "unless"),
    ("  from: [mh]\n", "  from: [gp]\n", "unknown_party", "19:10", "csc, mh, police"),
    ("title: A small agreement", "title: &t A small agreement", "anchor", "3:8", "write the value out"),
    ("  to: [csc]\n", "  to: *t\n", "alias", "20:7", "write the value out"),
    ("title: A small", "title: !!str A small", "tag", "3:8", "text only"),
    ("title: A small", "title: !python/name:os.system A small", "tag", "3:8", "text only"),
    (", openings: [s47_enquiry]", "", "override_without_opening", "26:25", "at least one opening fact"),
    (
        "need: none, openings: [s47_enquiry], overr",
        "need: given, overr",
        "override_without_opening",
        "26:26",
        "need: none",
    ),
    (
        'need: none, openings: [s47_enquiry], overrides_refusal: "yes"',
        "need: none",
        "none_without_opening",
        "26:13",
        "op",
    ),
    ("[attendance]", "[attendence]", "unknown_word", "23:16", "attendance"),
    ("[social_worker]", "[socialworker]", "unknown_word", "21:11", "team_manager"),
    ("  purposes: [protect_child]", "  purposes: [support_family]", "unknown_word", "22:14", "protect_child"),
    ("  protect_child:\n", "  gossip:\n", "unknown_word", "11:3", "support_family"),
    ("up_to: sensitive", "up_to: secret", "unknown_word", "24:3", "restricted"),
    ("[allocated_to_family]", "[colleague]", "unknown_word", "25:18", "own_agency"),
    ("need: none", "need: maybe", "unknown_word", "26:13", "not_refused"),
    ("[s47_enquiry]", "[risk_score]", "unknown_word", "26:36", "child_protection_plan"),
    ("CA1989-S47-9", "CA1989-S47-11", "unknown_word", "27:3", "POLICE-COMMON-LAW"),
    ("[state_reason]", "[tell_nobody]", "unknown_word", "28:17", "state_reason"),
    ("kind: nhs_body", "kind: hospital", "unknown_word", "8:21", "nhs_body"),
    ("  from: [mh]\n", "  from: [police]\n", "route_misfit", "27:3", "nhs_body"),
    ("  to: [csc]\n", "  to: [police]\n", "route_misfit", "27:3", "local_authority"),
    ("  to: [csc]\n", "  to: [mh]\n", "direction", "20:3", "parties that are not under"),
    ("[allocated_to_family]", "[own_agency]", "direction", "20:3", "from and to the same"),
    ("CA1989-S47-9", "CLDC-CONSENT", "route_needs_consent", "26:13", "given"),
    ("- rule: N1", "- rule: R1", "duplicate_rule", "30:3", "no other rule"),
    ('until: "2028-03-31"', 'until: "2025-03-31"', "dates", "4:32", "before"),
    ('until: "2028-03-31"', "until: 31.3.2028", "malformed", "4:32", "2026-04-01"),
    ('review: "2027-03-01"\n', "", "missing_key", "1:1", "review"),
    ("title: A small agreement", "title:", "empty_value", "3:7", "some text"),
    ("title: A small agreement", "title: [A, small]", "malformed", "3:1", "another kind"),
    ('version: "3"', 'version: "three"', "malformed", "2:1", "allowed here"),
    ("  words: Not this\n", "  words: Not this\n  display: show\n", "unknown_word", "32:3", "attributed, count, hide"),
    ("title: A small", "? [a]\n: b\ntitle: A small", "key_not_text", "3:3", "a word"),
    ("title: A small", "title: [[[[[[[[[[[[x]]]]]]]]]]]]\nb: A small", "too_deep", "3:18", "levels"),
    ("title: A small", "title: {a: b", "not_yaml", "4:9", ""),
]


def load(text: str, vocabulary: Vocabulary, gateways: Gateways) -> Agreement:
    return load_agreement(text, "a.yaml", vocabulary, gateways)


@pytest.mark.parametrize(("old", "new", "code", "place", "allowed"), REFUSED)
def test_refuses_with_the_place_and_what_is_allowed_there(
    old: str, new: str, code: str, place: str, allowed: str, vocabulary: Vocabulary, gateways: Gateways
) -> None:
    assert old in SMALL
    with pytest.raises(PolicyError) as caught:
        load(SMALL.replace(old, new, 1), vocabulary, gateways)
    assert (caught.value.code, caught.value.where) == (code, f"a.yaml:{place}")
    assert allowed in caught.value.next_step


def test_accepts_the_small_agreement_and_keeps_every_scalar_as_text(vocabulary: Vocabulary, gateways: Gateways) -> None:
    found = load(SMALL.replace("name: Council", "name: NO"), vocabulary, gateways)
    assert found.key == "TEST-1/3"
    assert found.parties["csc"].name == "NO"
    assert read("a: [010, 1.10, 12:30, off, ~, 2026-04-01]", "s").value == {
        "a": ["010", "1.10", "12:30", "off", "~", "2026-04-01"]
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "x" * MAX_CHARACTERS, "too_large"),
        ("a: cafe\u0301", "not_nfc"),
        ("a: b\n---\na: c", "not_one_document"),
        ("", "not_one_document"),
        ("a: \x00", "not_yaml"),
        ('a: "cafe\\u0301"', "not_nfc"),
        ('a: "x\\u202ey"', "unseen_character"),
        ('a: "x\\u200by"', "unseen_character"),
        ('a: "x\\0y"', "unseen_character"),
        ('a: "\\ud800"', "unseen_character"),
        ('"cafe\\u0301": a', "not_nfc"),
        ("%YAML 1.1\n---\na: b", "directive"),
        ("%TAG ! !x\n---\na: b", "directive"),
        ("[" * 20_000, "too_deep"),
        ("a: " + "{b: " * 65, "too_deep"),
    ],
)
def test_refuses_what_is_not_one_small_plain_document(text: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read(text, "a.yaml")
    assert (caught.value.code, caught.value.where.rpartition(":")[0]) == (code, "a.yaml:1")


def test_not_engaged_needs_its_reason(vocabulary: Vocabulary, gateways: Gateways) -> None:
    term = 'need: none, openings: [s47_enquiry], overrides_refusal: "yes"'
    with pytest.raises(PolicyError) as caught:
        load(SMALL.replace(term, "need: not_engaged"), vocabulary, gateways)
    assert caught.value.code == "because"


def test_a_refusal_of_consent_cannot_be_bought_by_leaving_the_opening_out_of_a_later_rule(
    vocabulary: Vocabulary, gateways: Gateways
) -> None:
    first = SMALL.index("- rule: R1")
    second = SMALL[first : SMALL.index("never:")].replace("R1", "R2").replace(", openings: [s47_enquiry]", "")
    text = SMALL.replace("never:", f"{second}never:")
    with pytest.raises(PolicyError) as caught:
        load(text, vocabulary, gateways)
    assert caught.value.code == "override_without_opening"
    assert caught.value.where == "a.yaml:38:25"


def test_every_declared_field_category_is_a_word(vocabulary: Vocabulary) -> None:
    declared = {category for shape in SHAPES.values() for category in (shape.outline, *shape.fields.values())}
    declared |= {"coverage", "involvement", "lead_contact", "recorded_reason", "original", "referral_receipt"}
    assert declared <= set(vocabulary.categories)


def test_every_part_that_an_intake_records_is_a_word(vocabulary: Vocabulary) -> None:
    assert {part.value for part in Part} <= set(vocabulary.parts)


def test_every_route_names_its_source_and_says_whether_a_lawyer_confirmed_it(gateways: Gateways) -> None:
    assert all(route.source and route.law for route in gateways.routes.values())
    assert all(route.verified or route.note for route in gateways.routes.values())
    assert "police" not in gateways.routes["CA1989-S47-9"].disclosers
    assert "charity" not in gateways.routes["CDA1998-S115"].recipients


def test_every_opening_says_who_records_it_and_warns_in_time(gateways: Gateways) -> None:
    assert all(opening.recorded_by for opening in gateways.openings.values())
    warned = {name for name, opening in gateways.openings.items() if opening.warn_working_days == 5}
    assert warned == set(gateways.openings) - {"emergency"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  personal: {words: Personal}\n", "", "sensitivity_order"),
        ("  on_duty_edt: {words: On duty in the emergency duty team}\n", "", "desk_without_relationship"),
        ("  expired: {words: Expired}\n", "", "consent_states"),
        ("  hide: {words: Not shown}\n", "", "display_levels"),
        ("categories:\n", "katzen:\n", "missing_key"),
    ],
)
def test_a_vocabulary_without_what_the_code_relies_on_is_refused(old: str, new: str, code: str) -> None:
    text, source = shipped("vocabulary.yaml")
    assert old in text
    with pytest.raises(PolicyError) as caught:
        load_vocabulary(text.replace(old, new, 1), source)
    assert caught.value.code == code


def test_an_opening_that_is_not_described_is_refused(vocabulary: Vocabulary) -> None:
    text, source = shipped("gateways.yaml")
    start, end = text.index("  emergency:\n"), text.index("  pinned:\n")
    with pytest.raises(PolicyError) as caught:
        load_gateways(text[:start] + text[end:], source, vocabulary)
    assert (caught.value.code, caught.value.next_step) == ("missing_key", "emergency")


def test_house_rules_refuse_an_unknown_word(vocabulary: Vocabulary) -> None:
    text, source = shipped("house-rules.yaml")
    with pytest.raises(PolicyError) as caught:
        load_house_rules(text.replace("audience: [originator]", "audience: [owner]"), source, vocabulary)
    assert (caught.value.code, caught.value.next_step) == ("unknown_word", "allowed here: any, social_care, originator")


def test_words_for_families_differ_where_the_term_would_label_a_person(vocabulary: Vocabulary) -> None:
    assert vocabulary.family_words("perpetrator_worker") == vocabulary.family_words("victim_worker")
    assert vocabulary.family_words("alleged_perpetrator") == "Parent"
    assert vocabulary.words("no_such_term") == "no such term"
    family = [pair[1].lower() for words in vocabulary.terms.values() for pair in words.values()]
    named = {"relationships", "obligations", "openings"}
    shown = [
        pair[1].lower() for name, words in vocabulary.terms.items() if name not in named for pair in words.values()
    ]
    assert not any("perpetrator" in words or "victim" in words for words in shown)
    assert family
