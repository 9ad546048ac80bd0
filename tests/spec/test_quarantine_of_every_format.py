"""What came as XML or HL7 v2 and could not be read is corrected where it stands, and goes on through its connector."""

import base64
import re
from dataclasses import replace
from http import HTTPStatus

import pytest
from lxml import etree

from connectors import xml_repair
from connectors.hl7v2 import repair
from connectors.mending import Mending
from connectors.xml_repair import XmlRecord
from hub.domain.access import Act
from hub.domain.errors import ConflictError, InvalidRequestError, RejectedMessageError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId
from hub.services.family_page import Stated
from hub.services.quarantined import Quarantined
from hub.services.repairing import RepairPage
from hub.services.view_kinds import Look
from hub.store.clear import cases, releases
from hub.wiring import web_app
from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.readers import Reader, plain
from tests.journeys.senders import Sender
from tests.spec.helping import holds

NOTICE = (FIXTURES / "safeguarding_notice" / "domestic_abuse.xml").read_bytes()
CENSUS = (FIXTURES / "cin_census" / "synthetic_2026.xml").read_bytes()
REFERRAL = (FIXTURES / "hl7v2" / "child_referral.hl7").read_bytes()
WHEN = "/safeguarding_notices/notices/notice/event/occurred_from"
CHILD = "/Message/Children/Child/ChildIdentifiers/LAchildID"
SAID = b"2024-03-05T22:40:00+00:00"
NOTICE_SPOILT = NOTICE.replace(SAID, b"last Tuesday", 1)
REFERRAL_SPOILT = REFERRAL.replace(b"20160305", b"tomorrow", 1)
CASES = {
    "xml": ("police", "safeguarding_notice_xml", NOTICE_SPOILT, WHEN, "last Tuesday", SAID.decode(), NOTICE),
    "hl7": ("mh", "hl7v2", REFERRAL_SPOILT, "PID-7", "tomorrow", "20160305", REFERRAL),
    "census": ("csc", "cin_census", CENSUS, CHILD, "", "EX0000041", b""),
}
CANARY = "Canarysurname"


def desk(world: SmallWorld) -> Quarantined:
    return world.hub.partners.quarantined


def stopped(world: SmallWorld, sender: str, connector: str, body: bytes) -> tuple[str, RepairPage]:
    world.send(sender, connector, body, "one")
    [line] = desk(world).waiting(world.accounts["fran"])
    return line.id, desk(world).page(world.accounts["fran"], line.id)


def kept(world: SmallWorld, referral: str) -> list[bytes]:
    """Return what is kept of the sender's own message, as the desk opens it."""
    with world.hub.clear.read() as connection:
        found = cases.find_referral(connection, world.hub.clear.partnership, referral)
    look = Look(Act.QUARANTINE_REPAIR, frozenset({RecordKind.ORIGINAL}))
    shown = world.hub.pages.disclose(world.accounts["fran"], found.own_family, Stated("front_door", "test"), look=look)
    return [base64.b64decode(one.fields["content"]) for one in shown.records if "content" in one.fields]


def became(world: SmallWorld, before: str) -> str:
    """Return the referral that another one was released as."""
    [line] = [one for one in world.hub.front_door.waiting(world.accounts["fran"]) if one.id != before]
    return line.id


@pytest.mark.parametrize("form", ["xml", "hl7"])
def test_a_record_is_corrected_where_it_stands_and_the_original_stays(world: SmallWorld, form: str) -> None:
    sender, connector, body, place, came, right, sound = CASES[form]
    referral, page = stopped(world, sender, connector, body)
    [flaw] = [flaw for flaw in page.flaws if flaw.stops]
    assert (flaw.place, flaw.value, flaw.fixable) == (place, came, True)
    assert len(page.understood) > 20
    assert kept(world, referral) == [body]
    assert desk(world).repair(world.accounts["fran"], referral, {place: right}) is None
    assert desk(world).waiting(world.accounts["fran"]) == []
    released = became(world, referral)
    world.hub.rounds.publish()
    assert world.hub.rounds.audit.look() == {}, "the sender's own message is not there any more as it came"
    assert kept(world, released) == [sound], "a byte moved that nobody touched"
    page = world.hub.front_door.page(world.accounts["fran"], released)
    assert page.people
    assert page.entries
    said = page.history[0].words
    assert "Repaired in quarantine by Fran" in said
    assert ("Corrected at the hub", place) in [(issue.words, issue.location) for issue in page.issues]
    told = world.hub.desk.feedback.receipts(world.agencies[sender])
    assert "corrected_at_the_hub" in repr(told), "its sender does not learn that other values stand there"
    assert right not in said + repr(page.issues) + repr(told)


def test_one_child_of_a_census_is_completed_after_the_others_were_let_in(sqlite_world: SmallWorld) -> None:
    sender, connector, body, place, came, right, _ = CASES["census"]
    sqlite_world.send(sender, connector, body, "one")
    [line] = desk(sqlite_world).waiting(sqlite_world.accounts["fran"])
    page = desk(sqlite_world).page(sqlite_world.accounts["fran"], line.id)
    [flaw] = [flaw for flaw in page.flaws if flaw.stops]
    assert (flaw.place, flaw.value, flaw.fixable) == (place, came, True)
    for wrong in ("", "EX\x00", "EX\u202e"):
        assert desk(sqlite_world).repair(sqlite_world.accounts["fran"], line.id, {place: wrong}) is not None
    assert desk(sqlite_world).repair(sqlite_world.accounts["fran"], line.id, {place: right}) is None
    assert desk(sqlite_world).waiting(sqlite_world.accounts["fran"]) == []


@pytest.mark.parametrize("form", ["xml", "hl7"])
@pytest.mark.parametrize("said", [f"{CANARY}<!DOCTYPE x>", f"{CANARY}\x00", f"{CANARY}\u202e", f"<x>{CANARY}</x>"])
def test_a_bad_repair_is_refused_with_place_and_code_and_changes_nothing(
    sqlite_world: SmallWorld, form: str, said: str
) -> None:
    sender, connector, body, place, came, right, _ = CASES[form]
    referral, _ = stopped(sqlite_world, sender, connector, body)
    left = desk(sqlite_world).repair(sqlite_world.accounts["fran"], referral, {place: said})
    assert left is not None
    assert place in {flaw.place for flaw in left.flaws if flaw.stops}
    assert not any(CANARY in flaw.words + flaw.place for flaw in left.flaws)
    assert kept(sqlite_world, referral) == [body]
    assert desk(sqlite_world).page(sqlite_world.accounts["fran"], referral).flaws[0].value == came
    assert desk(sqlite_world).repair(sqlite_world.accounts["fran"], referral, {place: right}) is None


def test_a_place_that_is_not_in_the_record_is_no_correction(sqlite_world: SmallWorld) -> None:
    sender, connector, body, place, came, _, _ = CASES["hl7"]
    referral, _ = stopped(sqlite_world, sender, connector, body)
    for other in ("MSH-2", "ZZZ-1", "PID", "/a/b", "row 1 col x", WHEN):
        left = desk(sqlite_world).repair(sqlite_world.accounts["fran"], referral, {other: CANARY})
        assert left is not None
        assert (left.flaws[0].place, left.flaws[0].value) == (place, came)
        assert CANARY not in repr(left) + "".join(value for _, value in left.understood)


def only_what_was_touched_moves(world: SmallWorld) -> None:
    sender, connector, body, place, _, right, sound = CASES["hl7"]
    referral, _ = stopped(world, sender, connector, body)
    assert desk(world).repair(world.accounts["fran"], referral, {place: right}) is None
    assert kept(world, became(world, referral)) == [sound]


def test_escapes_that_are_read_and_written_anew_are_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = repair.Hl7Record._put

    def rewriting(self: repair.Hl7Record, name: str, segment: str, *rest: object) -> str:
        return put(self, name, self._encoding.plain(segment), *rest)

    mended = Mending.mended
    monkeypatch.setattr(repair.Hl7Record, "_put", rewriting)
    monkeypatch.setattr(Mending, "mended", lambda *asked: mended(*asked).replace(b"\\T\\", b"&"))
    assert not holds(lambda: only_what_was_touched_moves(sqlite_world))


def test_what_its_sender_graded_high_is_due_sooner_in_xml_too(sqlite_world: SmallWorld) -> None:
    sent = re.sub(rb"(?<=<grade>)[a-z]+", b"high", NOTICE_SPOILT)
    assert Mending().says_high(sent)
    stopped(sqlite_world, "police", "safeguarding_notice_xml", sent)
    sqlite_world.hub.rounds.run_once()
    sqlite_world.clock.advance(minutes=16)
    sqlite_world.hub.rounds.run_once()
    assert [read.entry.outcome for read in sqlite_world.entries()].count("deadline_passed") == 1


def fields(text: str) -> dict[str, str]:
    """Return label place -> field name of a repair page."""
    found = re.findall(r'for="(place_[^"]+)"[^>]*>\s*([^<]+?)\s*</label>', text)
    return {label.rpartition(" ")[2].strip(): name for name, label in found}


def test_the_page_asks_for_every_place_until_the_record_is_let_through(sqlite_world: SmallWorld) -> None:
    body = REFERRAL_SPOILT.replace(b"19910711", b"some day", 1)
    referral, _ = stopped(sqlite_world, "mh", "hl7v2", body)
    fran = Reader(web_app(sqlite_world.hub), "fran")
    path = f"/front-door/quarantine/{referral}"
    named = fields(fran.get(path).text)
    assert {"PID-7", "NK1-16"} <= set(named)
    half = fran.send(path, **{named["PID-7"]: "20160305", named["NK1-16"]: "still some day"})
    assert (half.status_code, plain(half).count("correct it")) == (200, 2)  # beside the field, and in the summary
    again = fields(half.text)
    assert {"PID-7", "NK1-16"} <= set(again), "the place that was put right is asked no more"
    assert 'value="20160305"' in half.text
    done = fran.send(path, **{again["PID-7"]: "20160305", again["NK1-16"]: "19910711"})
    assert done.status_code == 302
    [line] = sqlite_world.hub.front_door.waiting(sqlite_world.accounts["fran"])
    assert "Repaired in quarantine by Fran" in fran.words(f"/front-door/{line.id}")


def test_a_forged_field_of_the_page_changes_nothing(sqlite_world: SmallWorld) -> None:
    referral, _ = stopped(sqlite_world, "mh", "hl7v2", REFERRAL_SPOILT)
    fran = Reader(web_app(sqlite_world.hub), "fran")
    for name in ("place_", "place_!!!", "place_/w", "place_" + "A" * 5_000, "place_TVNILTI"):
        answer = fran.send(f"/front-door/quarantine/{referral}", **{name: "x"})
        assert answer.status_code == 200
    assert [line.id for line in desk(sqlite_world).waiting(sqlite_world.accounts["fran"])] == [referral]


def nothing_declared_is_opened(world: SmallWorld) -> None:
    """A document that declares an entity is refused at the door, so nothing of it waits to be repaired."""
    body = NOTICE_SPOILT.replace(b"<safeguarding_notices>", b'<!DOCTYPE x [<!ENTITY y "z">]><safeguarding_notices>', 1)
    with pytest.raises(RejectedMessageError, match="doctype_refused"):
        XmlRecord(body)
    with pytest.raises(RejectedMessageError, match="doctype_refused"):
        world.send("police", "safeguarding_notice_xml", body, "one")


def test_a_document_that_declares_entities_is_never_repaired(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_declared_is_opened(sqlite_world)
    monkeypatch.setattr("connectors.xml_repair.read_xml", lambda body, _limits: etree.fromstring(body))
    assert not holds(lambda: nothing_declared_is_opened(sqlite_world))


SAID_TWICE = NOTICE.replace(b"<sex>female</sex>", b"<sex>female</sex><sex>male</sex>", 1)
SEX = "/safeguarding_notices/notices/notice/people/person/sex"


def one_of_two_stands(world: SmallWorld, right: str) -> None:
    sender, connector, *_ = CASES["xml"]
    referral, page = stopped(world, sender, connector, SAID_TWICE)
    [flaw] = [flaw for flaw in page.flaws if flaw.stops]
    assert (flaw.place, flaw.value, flaw.fixable) == (SEX, "", True), "of two values none stands by itself"
    assert {(SEX, "female"), (f"{SEX}[2]", "male")} <= set(page.understood)
    assert desk(world).repair(world.accounts["fran"], referral, {}) is not None
    assert kept(world, referral) == [SAID_TWICE]
    assert desk(world).repair(world.accounts["fran"], referral, {SEX: right}) is None
    released = became(world, referral)
    assert kept(world, released) == [NOTICE.replace(b"<sex>female</sex>", f"<sex>{right}</sex>".encode(), 1)]
    issues = world.hub.front_door.page(world.accounts["fran"], released).issues
    assert ("Corrected at the hub", SEX) in [(issue.words, issue.location) for issue in issues]


@pytest.mark.parametrize("right", ["female", "male", "not_known"])
def test_of_an_element_said_twice_the_desk_writes_which_stands(sqlite_world: SmallWorld, right: str) -> None:
    one_of_two_stands(sqlite_world, right)


def test_a_copy_that_stays_is_noticed(sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_repair, "_without_copies", lambda text, _: text)
    assert not holds(lambda: one_of_two_stands(sqlite_world, "female"))


def test_of_an_element_said_twice_the_desk_writes_which_stands_at_a_browser(sqlite_world: SmallWorld) -> None:
    sender, connector, *_ = CASES["xml"]
    referral, _ = stopped(sqlite_world, sender, connector, SAID_TWICE)
    fran, path = Reader(web_app(sqlite_world.hub), "fran"), f"/front-door/quarantine/{referral}"
    assert "Said more than once: write the one that stands" in fran.words(path)
    [name] = re.findall(r'name="(place_[\w-]+)"', fran.get(path).text)
    assert fran.send(path, **{name: ""}).status_code == 200
    assert fran.send(path, **{name: "female"}).status_code == 302
    assert desk(sqlite_world).waiting(sqlite_world.accounts["fran"]) == []


def test_two_events_of_one_notice_are_not_made_one(sqlite_world: SmallWorld) -> None:
    """What holds elements is more than a value: nobody chooses between two events in one field."""
    event = re.search(rb"<event>.*?</event>", NOTICE, re.DOTALL)
    assert event
    sender, connector, *_ = CASES["xml"]
    _, page = stopped(sqlite_world, sender, connector, NOTICE.replace(event[0], event[0] * 2, 1))
    [flaw] = [flaw for flaw in page.flaws if flaw.stops]
    assert not flaw.fixable


def test_a_referral_without_a_patient_is_sent_again_under_a_new_number(sqlite_world: SmallWorld) -> None:
    """As the notes say: the page names the segment, the same number is refused, and what waits is not dropped."""
    world, fran = sqlite_world, sqlite_world.accounts["fran"]
    app = web_app(world.hub)
    trust = Sender(world, app, "mh")
    cut = re.sub(rb"PID\|[^\r\n]*[\r\n]+", b"", REFERRAL)
    assert "MSA|AE" in trust.post("/hl7v2", cut, "application/hl7-v2").text
    [line] = desk(world).waiting(fran)
    [flaw] = [flaw for flaw in desk(world).page(fran, line.id).flaws if flaw.stops]
    assert (flaw.words, flaw.place, flaw.fixable) == ("Patient missing", "PID", False)
    page = Reader(app, "fran").words(f"/front-door/quarantine/{line.id}")
    assert "This cannot be mended here. Ask the sender, by phone, to send it again" in page
    again = trust.post("/hl7v2", REFERRAL, "application/hl7-v2")
    assert (again.status_code, "MSA|AR" in again.text) == (409, True)
    renumbered = REFERRAL.replace(b"EX-000123", b"EX-000124")
    assert "MSA|AA" in trust.post("/hl7v2", renumbered, "application/hl7-v2").text
    assert [one.id for one in desk(world).waiting(fran)] == [line.id], "nothing is dropped because another came"
    with pytest.raises(ConflictError):
        world.hub.front_door.decide(fran, line.id, None)
    reader, address = Reader(app, "fran"), f"/front-door/quarantine/{line.id}/sent-again"
    assert f'href="{address}"' in reader.get(f"/front-door/quarantine/{line.id}").text
    assert "has this reference" in plain(reader.send(address, reference="FS-0001"))
    closed_by_what_came_instead(world, fran, line.id)
    assert Reader(app, "fran").get(f"/front-door/quarantine/{line.id}/sent-again").status_code == HTTPStatus.NOT_FOUND


def closed_by_what_came_instead(world: SmallWorld, fran: AccountId, waits: str) -> None:
    """Only a later, readable referral of the same agency has its place; whatever else it is, the answer is the same."""
    later = became(world, waits)
    of_others = world.send("police", "safeguarding_notice", notice(unit="Response team E"))["records"][0]["referral"]
    for reference in ("", "FS-0001", waits, of_others):
        with pytest.raises(InvalidRequestError) as refused:
            desk(world).sent_again(fran, waits, reference)
        assert (refused.value.code, refused.value.where) == ("not_sent_again", "reference")
    desk(world).sent_again(fran, waits, f" {later} ")
    assert desk(world).waiting(fran) == []
    with world.hub.clear.read() as connection:
        assert releases.released(connection, world.hub.clear.partnership, waits) == later
    with pytest.raises(ConflictError):
        desk(world).sent_again(fran, waits, later)


def test_a_record_that_anybodys_message_closes_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, fran = sqlite_world, sqlite_world.accounts["fran"]
    cut = re.sub(rb"PID\|[^\r\n]*[\r\n]+", b"", REFERRAL)
    world.send("mh", "hl7v2", cut, "one")
    [line] = desk(world).waiting(fran)
    world.send("mh", "hl7v2", REFERRAL.replace(b"EX-000123", b"EX-000124"), "two")
    find = cases.find_referral
    monkeypatch.setattr(
        cases, "find_referral", lambda *given: (one := find(*given)) and replace(one, agency=world.agencies["mh"])
    )
    assert not holds(lambda: closed_by_what_came_instead(world, fran, line.id))
