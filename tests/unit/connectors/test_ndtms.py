"""The national treatment return: by its header, one record an episode, for linkage alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.ndtms import NdtmsCsv
from connectors.ndtms.versions import Column, Versions, versions
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import ConsentScope, Limits, Outcome, Parsed, Part

HEAD = "AGNCY,CLIENTID,EPISODID,CONSENT,FINITIAL,SINITIAL,DOB,REFLD"
P = "ndtms/cds_p.csv"


def parse(text: str | bytes) -> list[Parsed]:
    return list(NdtmsCsv().parse(text if isinstance(text, bytes) else text.encode(), Limits()))


def by_row(found: list[Parsed]) -> dict[str, Parsed]:
    return {one.pointer: one for one in found}


def values(parsed: Parsed) -> str:
    people, entries = parsed.draft.people, parsed.draft.entries
    held = [*(p.fields for p in people), *(p.contact for p in people), *(e.fields for e in entries)]
    return "\n".join(value.value for fields in held for value in fields.values())


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    return {(issue.code, issue.location) for issue in parsed.issues}


def test_all_rows_of_an_episode_make_one_record_that_amends(message: Callable[[str], bytes]) -> None:
    found = by_row(parse(message(P)))
    assert found.keys() == {"row 2", "row 3", "row 4", "row 6"}
    draft = found["row 2"].draft
    assert (draft.message_id, draft.action, draft.purpose) == ("X0001/RR-10001/1", "amend", "linkage")
    stage = draft.entries[0].fields["treatment_stage"].value
    assert "from 2026-10-12" in stage
    assert "from 2026-11-02" in stage
    assert str(draft.entries[0].occurred) == "2026-11-10"


def test_two_stories_of_one_episode_are_quarantined(message: Callable[[str], bytes]) -> None:
    found = by_row(parse(message(P)))["row 6"]
    assert (found.outcome, codes(found)) == (Outcome.QUARANTINED, {("rows_disagree", "row 6 col DOB")})


def test_consent_to_the_return_is_no_consent_to_the_hub(message: Callable[[str], bytes]) -> None:
    consents = [c for one in parse(message(P)) if one.draft for c in one.draft.consents]
    assert {consent.scope for consent in consents} == {ConsentScope.STATISTICAL_RETURN}


def test_without_consent_to_the_return_nothing_is_taken(message: Callable[[str], bytes]) -> None:
    found = by_row(parse(message(P)))["row 4"]
    assert (found.outcome, found.draft) == (Outcome.REJECTED, None)
    assert codes(found) == {("no_consent_to_the_return", "row 4 col CONSENT")}
    (told_more,) = parse(f"{HEAD}\nA,1,1,N,J,S,01/01/1990,02/02/2026\n#rows=1\n")
    assert told_more.draft is None
    assert ("more_than_consent_allows", "row 2 col CONSENT") in codes(told_more)


def test_answers_about_crime_stand_in_no_field(message: Callable[[str], bytes]) -> None:
    plain = message(P).decode().replace(",NA,NA,NA,Y,7,", ",NA,NA,NA,YES-AN-ASSAULT,7,")
    plain = plain.replace(",NA,3,NA,NA,Y,", ",NA,STOLE-THRICE,NA,NA,ASSAULTED,")
    assert "STOLE-THRICE" in plain
    found = [one for one in parse(plain) if one.draft]
    told = "\n".join(map(values, found))
    for words in ("STOLE", "ASSAULT", "SHOTHEFT", "DRGSELL", "OTHTHEFT", "crime", "theft"):
        assert words not in told
    assert any(("kept_in_original_only", "row 1 count=4") in codes(one) for one in found)
    assert {"SHOTHEFT", "DRGSELL", "OTHTHEFT", "ASSAULT"} == versions().never_shown
    assert not any(versions().never_shown & version.columns.keys() for version in versions().versions)


def test_a_map_that_shows_answers_about_crime_is_noticed(
    message: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = versions().versions[0]
    shown = replace(newest, columns={**newest.columns, "ASSAULT": Column("substances", "crime", per="top")})
    monkeypatch.setattr(Versions, "of", lambda *_: shown)
    with pytest.raises(AssertionError):
        test_answers_about_crime_stand_in_no_field(message)


def test_a_client_is_known_by_initials_and_is_nobodys_parent_by_guess(message: Callable[[str], bytes]) -> None:
    found = by_row(parse(message(P)))
    (client,), (other,) = found["row 2"].draft.people, found["row 3"].draft.people
    assert (client.family_name, client.given_names, client.nhs_number) == ("", "", "")
    assert "name" not in client.fields  # matching reads it, and two letters are nobody's name
    assert client.fields["role_given"].value == "adult in treatment, initials G. H."
    assert (client.parts, other.parts) == ({Part.PARENT}, {Part.OTHER})
    assert client.restricted
    assert client.contact["address"].value == "Postcode sector ZZ99 4"


def test_children_and_home_are_coded_evidence_and_unverified_meanings_say_so(message: Callable[[str], bytes]) -> None:
    codes_of = by_row(parse(message(P)))["row 2"].draft.entries[0].fields["household_codes"].value
    assert "Parental status: 11 (all the children live with the client)" in codes_of
    assert "Number of children living with the client: 2" in codes_of
    assert "Early help or children's social care: 3 (child protection plan; meaning not verified)" in codes_of
    first = by_row(parse(message(P)))["row 3"].draft.entries[0].fields["coded_evidence"].value
    assert "First substance: 9999 (code not known)" in first


def test_a_version_is_known_by_its_header_in_any_order(message: Callable[[str], bytes]) -> None:
    (found,) = parse(message("ndtms/cds_k.csv"))
    assert "Referral source: 8 (probation)" in found.draft.entries[0].fields["treatment_stage"].value
    later = message("ndtms/cds_k.csv").replace(b"PRNTSTAT", b"PRNTSTAT,EHCSC", 1).replace(b",11,", b",11,2,", 1)
    (found,) = parse(later)
    assert "Referral source: 8 (code not known)" in found.draft.entries[0].fields["treatment_stage"].value


def test_columns_nobody_knows_are_counted_and_never_named(message: Callable[[str], bytes]) -> None:
    remarks = [issue for one in parse(message(P)) for issue in one.issues]
    assert [i.location for i in remarks if i.code == "unknown_keys"] == ["row 1 count=2"]
    assert not [i for i in remarks if "NEWQ" in i.location]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A,1,1,,J,S,01/01/1990,02/02/2026", ("required", "row 2 col CONSENT")),
        ("A,1,1,X,J,S,01/01/1990,02/02/2026", ("not_in_list", "row 2 col CONSENT")),
        ("A,1,NA,Y,J,S,01/01/1990,02/02/2026", ("required", "row 2 col EPISODID")),
        ("A,,1,Y,J,S,01/01/1990,02/02/2026", ("required", "row 2 col CLIENTID")),
        ("A,1,1,Y,J,S,01/01/1990,NA", ("required", "row 2 col REFLD")),
        ("A,1,1,Y,J,S,01/01/1990,31/02/2026", ("not_a_date", "row 2 col REFLD")),
        ("A,1,1,Y,J,S", ("wrong_number_of_cells", "row 2")),
    ],
)
def test_a_row_that_does_not_fit_is_quarantined_with_its_place(row: str, code: tuple[str, str]) -> None:
    (found,) = parse(f"{HEAD}\n{row}\n#rows=1\n")
    assert found.outcome is Outcome.QUARANTINED
    assert code in codes(found)


def test_a_date_of_birth_that_is_none_is_remarked_on_and_left_out() -> None:
    (found,) = parse(f"{HEAD}\nA,1,1,Y,J,S,32/01/1990,02/02/2026\n#rows=1\n")
    assert (found.outcome, codes(found)) == (Outcome.ACCEPTED, {("not_a_date", "row 2 col DOB")})
    assert "birth_date" not in found.draft.people[0].fields


@pytest.mark.parametrize("head", [HEAD.replace("CONSENT", "CONSENTED"), HEAD + ",dob", "a,b\n1,2"])
def test_a_file_without_its_key_or_with_a_column_twice_is_refused(head: str) -> None:
    with pytest.raises(RejectedMessageError):
        NdtmsCsv().parse(head.encode(), Limits())
