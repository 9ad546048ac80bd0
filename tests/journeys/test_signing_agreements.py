"""A new information governance officer brings a version into force, stops it and starts it again, by links alone."""

import re
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from hub.services.signing_files import SigningRequest
from hub.services.signing_keys import SigningKey
from tests.factories import FIXTURES, SmallWorld, texts
from tests.journeys.readers import Reader, plain
from tests.spec.helping import QUARREL

TRIAL = (FIXTURES / "agreements" / "trial.yaml").read_text()
NEW, EFS = "/agreements/TRY-2026-12/1", "/agreements/EFS-2026-04/1"
SIGN, SURE = "Sign it for your agency", {"because": "incident", "words": "A notice was read out", "sure": "y"}


def link(reader: Reader, path: str, words: str) -> str:
    """Return where the link with these words leads."""
    found = re.search(rf'<a class="govuk-link" href="([^"]+)">{re.escape(words)}', reader.get(path).text)
    assert found, f"no link {words} on {path}"
    return unescape(found.group(1))


def offers(reader: Reader, path: str, words: str) -> bool:
    return f">{words}</a>" in reader.get(path).text


def propose(iggy: Reader, go: str = "propose", text: str = TRIAL) -> str:
    path = link(iggy, "/agreements", "Propose a version")
    return plain(iggy.send(path, draft=text.replace("\n", "\r\n"), reason="For the trial", go=go))


def sign(world: SmallWorld, reader: Reader, party: str, path: str = NEW, link_words: str = SIGN) -> str:
    """Take the request from the page to the signatory's own machine and paste back what their command wrote."""
    there = link(reader, path, link_words)
    request = SigningRequest.read(reader.get(link(reader, there, "signing request")).text)
    signature = request.signed(world.ceremony.keys[party]).text
    answer = reader.send(there, signature=signature.replace("\n", "\r\n"))
    assert answer.status_code == 302, plain(answer)
    return reader.words(path)


def sees(world: SmallWorld) -> bool:
    return QUARREL in texts(world.view("sally", purpose="support_family"))


@pytest.fixture
def family(sqlite_world: SmallWorld) -> SmallWorld:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    return sqlite_world


def test_a_version_goes_from_a_pasted_text_into_force(world: SmallWorld, app: Flask) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    iggy, olive, police = (Reader(app, name) for name in ("iggy", "olive", "igpolice"))
    assert 'href="/agreements">Agreements' in iggy.get("/log").text
    tried = propose(iggy, "try")
    assert "TRY-2026-12/1: Exampleshire police incidents, a trial agreement. 1 worked case holds." in tried
    assert "newly shown: Children's social worker at csc, held by police" in tried
    assert "logged views read" in tried
    assert iggy.get(NEW).status_code == 404
    propose(iggy)
    assert not offers(iggy, NEW, "Check it")
    assert not offers(police, NEW, "Check it")
    assert police.get(f"{NEW}/check").status_code == iggy.get(f"{NEW}/check").status_code == 409
    assert olive.send(link(olive, NEW, "Check it")).status_code == 302
    page = sign(world, iggy, "csc")
    assert "Waits for the signature of Exampleshire Constabulary" in page
    assert "Signed by all. In force from 1 December 2026" in sign(world, police, "police")
    assert not sees(world)
    world.clock.advance(days=9)
    assert "In force. 1 December 2026 to 31 December 2027; review by 1 June 2027" in Reader(app, "iggy").words(NEW)
    assert sees(world)


def test_the_request_carries_what_it_would_change_and_the_page_is_the_pdf(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    iggy, police = Reader(sqlite_app, "iggy"), Reader(sqlite_app, "igpolice")
    propose(iggy)
    page = police.words(NEW)
    assert "1 worked case holds." in page
    assert "newly shown: Children's social worker at csc, held by police" in page
    stored = sqlite_world.hub.signing.stored("TRY-2026-12/1").page
    for line in stored.splitlines():
        assert " ".join(line.split()) in page
    copy = police.get(link(police, NEW, "Signing copy (PDF)"))
    assert copy.mimetype == "application/pdf"
    printed = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(copy.data)).pages).split())
    shown = sqlite_world.hub.agreements.desk.version(sqlite_world.accounts["igpolice"], "TRY-2026-12/1")
    assert shown.digest in printed
    assert shown.digest in page.replace(" ", "")
    assert f"SHA-256 of its canonical form: {shown.sha256}" in printed
    assert f"SHA-256 of its canonical form: {shown.sha256}" in page


def test_a_signature_that_is_not_good_is_refused_in_words(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.ceremony.propose(TRIAL, "trial.yaml")
    iggy = Reader(sqlite_app, "iggy")
    there = link(iggy, NEW, SIGN)
    request = SigningRequest.read(iggy.get(link(iggy, there, "signing request")).text)
    keys = sqlite_world.ceremony.keys
    mine, theirs = request.signed(keys["csc"]).text, request.signed(keys["police"]).text
    another = mine.replace('"signature": "', '"signature": "00')[:-4] + mine[-4:]
    stranger = request.signed(SigningKey.make(sqlite_world.hub.world.randomness)).text
    for given, words in {
        "nothing": "Paste the whole file",
        theirs: "not in your agency's roster",
        stranger: "not in your agency's roster",
        mine.replace("TRY-2026-12/1", "EFS-2026-04/1"): "about something else",
        mine.replace('"party": "csc"', '"party": "police"'): "another agency's signature",
        another: "not good for this version",
    }.items():
        answer = iggy.send(there, signature=given)
        assert answer.status_code == 200
        assert words in plain(answer), words
    assert not sqlite_world.hub.signing.progress("TRY-2026-12/1").signed
    assert iggy.send(there, signature=mine).status_code == 302


def test_an_officer_stops_an_agreement_at_once_and_all_sign_that_it_resumes(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.open()
    shows = lambda: "hands on my ears" in texts(sqlite_world.view("sally"))  # noqa: E731
    assert shows()
    da = Reader(sqlite_app, "igda")
    there = link(da, EFS, "Suspend it")
    assert "Tick that you understand" in plain(da.send(there, **{**SURE, "sure": ""}))
    assert "Write why it is suspended" in plain(da.send(there, **{**SURE, "words": " "}))
    assert shows()
    assert da.send(there, **SURE).status_code == 302
    assert not shows()
    page = Reader(sqlite_app, "igmh").words("/agreements")
    assert "Suspended Stopped by Harbour Domestic Abuse Service" in page
    assert not offers(da, EFS, "Suspend it")
    for username, party in {"iggy": "csc", "igpolice": "police", "igmh": "mh", "igsm": "sm", "igda": "da"}.items():
        assert not shows()
        sign(sqlite_world, Reader(sqlite_app, username), party, EFS, "Sign that it resumes")
    assert shows()
    entries = [read.entry for read in sqlite_world.entries() if read.entry.act == "agreement:suspend"]
    assert [entry.justification for entry in entries if entry.justification] == ["A notice was read out"]


def test_an_overdue_review_is_loud_and_stops_nothing(family: SmallWorld, sqlite_app: Flask) -> None:
    iggy = Reader(sqlite_app, "iggy")
    assert "Review overdue" not in iggy.words("/agreements")
    family.clock.advance(days=120)
    iggy = Reader(sqlite_app, "iggy")
    assert "Review overdue since 1 March 2027" in iggy.words("/agreements")
    assert "It goes on as it is" in iggy.words(EFS)
    assert "In force" in iggy.words(EFS)


def test_a_broken_text_names_line_and_column_and_a_failing_case_is_named(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    iggy = Reader(sqlite_app, "iggy")
    for go in ("try", "propose"):
        assert "text:1:1" in propose(iggy, go, "agreement: x")
        failing = TRIAL.replace("level: show, rule: T1", "level: hide")
        assert "A worked case fails" in propose(iggy, go, failing)
    assert sqlite_world.hub.signing.proposed_keys()[0] != "TRY-2026-12/1"
    propose(iggy)
    assert "was used before" in propose(iggy)


def test_the_house_rules_are_tried_as_a_browser_sends_them(sqlite_app: Flask) -> None:
    """A browser sends other line ends and no last one; the text must still be the one that the hub runs with."""
    iggy = Reader(sqlite_app, "iggy")
    area = iggy.get("/agreements/propose?text=house-rules").text.split("<textarea")[1].split("</textarea")[0]
    text = unescape(area.split(">", 1)[1]).strip()
    assert "House rules are signed by every agency" in propose(iggy, "try", text)


def test_a_roster_is_offered_confirmed_by_others_and_listed(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    key = SigningKey.make(sqlite_world.hub.world.randomness)
    da, iggy, mh = (Reader(sqlite_app, name) for name in ("igda", "iggy", "igmh"))
    there = link(da, "/agreements/signatories", "Offer your agency's next roster")
    said = {"name": "Nadia Farouk", "office": "Caldicott guardian"}
    assert "begins with PUBLIC" in plain(da.send(there, **said, public_key="rubbish"))
    assert da.send(there, **said, public_key=f"PUBLIC {key.public.hex()}", others="y").status_code == 302
    assert "Nadia Farouk" in iggy.words("/agreements/signatories")
    confirm = link(iggy, "/agreements/signatories", "Confirm it")
    old = sqlite_world.ceremony.keys["da"]
    typed = f"{old.key_id}\n{key.key_id}"
    assert "not the fingerprint" in plain(iggy.send(confirm, fingerprints=key.key_id))
    assert da.send(confirm, fingerprints=typed).status_code == 404
    assert iggy.send(confirm, fingerprints=typed).status_code == 302
    assert "confirmed by 1 of 2" in iggy.words("/agreements/signatories")
    assert mh.send(confirm, fingerprints=typed).status_code == 302
    page = mh.words("/agreements/signatories")
    assert "DA signatory" in page
    assert "Nadia Farouk, Caldicott guardian" in page
    assert "waits" not in page


def test_a_roster_signed_by_the_one_before_it_is_handed_in(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    key, da = SigningKey.make(sqlite_world.hub.world.randomness), Reader(sqlite_app, "igda")
    said = {"name": "Nadia Farouk", "office": "Caldicott guardian", "public_key": key.public.hex()}
    da.send("/agreements/signatories/offer", **said)
    request = SigningRequest.read(da.get(link(da, "/agreements/signatories", "Signing request")).text)
    there = link(da, "/agreements/signatories", "Hand in its signature")
    assert "not in your agency's roster" in plain(da.send(there, signature=request.signed(key).text))
    signature = request.signed(sqlite_world.ceremony.keys["da"]).text
    assert da.send(there, signature=signature).status_code == 302
    assert sqlite_world.hub.rosters.newest("da")["number"] == 2


def test_a_signatory_reads_and_signs_and_decides_nothing_else(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.staff("sven", "csc", "signatory")
    sqlite_world.ceremony.propose(TRIAL, "trial.yaml")
    sven = Reader(sqlite_app, "sven")
    assert sven.get("/").location == "/agreements"
    assert not offers(sven, EFS, "Suspend it")
    assert sven.get(f"{EFS}/suspend").status_code == 409
    assert "Waits for the signature of" in sign(sqlite_world, sven, "csc")


def test_an_officer_of_another_agency_reads_and_is_not_asked_to_sign(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sqlite_world.ceremony.propose(TRIAL, "trial.yaml")
    other = Reader(sqlite_app, "igmh")
    assert "a trial agreement" in other.words(NEW)
    assert not offers(other, NEW, SIGN)
    assert other.get(f"{NEW}/signing-request.json").status_code == 404


def test_the_one_place_before_every_step_is_passed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for a fresh proof of presence puts it into `take`; without `take` nothing is recorded."""
    sqlite_world.ceremony.propose(TRIAL, "trial.yaml")
    da, iggy = Reader(sqlite_app, "igda"), Reader(sqlite_app, "iggy")
    monkeypatch.setattr("hub.web.signing.take", lambda *_: False)
    da.send(f"{EFS}/suspend", **SURE)
    iggy.send(f"{NEW}/withdraw")
    propose(iggy, "propose", TRIAL.replace("TRY-2026-12", "TRY-2026-13"))
    assert not sqlite_world.hub.signing.progress("EFS-2026-04/1").suspensions
    assert sqlite_world.hub.signing.progress("TRY-2026-12/1").withdrawn is None
    assert "TRY-2026-13/1" not in sqlite_world.hub.signing.proposed_keys()


def test_the_pages_name_no_account(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.ceremony.propose(TRIAL, "trial.yaml")
    page = Reader(sqlite_app, "igmh").get(NEW).text
    for account in sqlite_world.accounts.values():
        assert account not in page
