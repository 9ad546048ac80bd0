"""A partner's worker fills in a form; anybody tells us about a child; agencies' systems send the same forms."""

import base64
import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.domain.fields import RecordKind
from hub.gate import records
from hub.identity.secrets import hashed
from hub.services import referring
from hub.store.clear.tables import sign_in_throttle
from tests.factories import SmallWorld, texts
from tests.forms import FORMS, NAMES, as_csv, batch, referral
from tests.journeys.readers import Reader, bare, plain
from tests.journeys.senders import Sender

CANARY = "Canarysurname"
SCHOOL = {
    "p1_roles": "child",
    "p1_name": "Ivy Marsh",
    "p1_birth_date-year": "2019",
    "p2_roles": "mother",
    "p2_name": "Grace Marsh",
    "p2_address": "Flat 9 Harbour House",
    "p2_address_safe": "no",
    "p2_consent": "refused",
    "p2_aware": "yes",
    "e1_occurred-year": "2026",
    "e1_occurred-month": "10",
    "e1_what_happened": "She came with a bruise.",
    "q_concern": "Ivy is hungry and tired.",
    "q_parent_view_unanswered": "not_asked",
    "r_role": "Designated safeguarding lead",
    "r_name": "Nora Bright",
    "people": "2",
    "events": "1",
}
TOLD = {
    "p1_roles": "child",
    "p1_name": "Ivy Marsh",
    "q_concern": "She cries every night.",
    "r_name": "Nora Bright",
    "r_phone": "07700 900888",
    "people": "1",
    "events": "1",
}


def post(reader: Reader, path: str, fields: dict[str, str], **more: str) -> TestResponse:
    return reader.http.post(path, data={"csrf_token": reader.token(path), **fields, **more})


def waiting(world: SmallWorld) -> list[str]:
    return [line.id for line in world.hub.front_door.waiting(world.accounts["fran"])]


@pytest.mark.parametrize("name", NAMES)
def test_an_agency_sends_every_form_as_json_and_as_csv(sqlite_world: SmallWorld, sqlite_app: Flask, name: str) -> None:
    trust, form = Sender(sqlite_world, sqlite_app, "mh"), FORMS[name]
    answer = trust.post(f"/v1/forms/{name}", batch(form))
    assert [record["outcome"] for record in answer.json["records"]] == ["accepted"]
    assert trust.post(f"/v1/forms/{name}", batch(form)).json == answer.json
    said = referral(form, referral_ref="F-2")
    if name == "public":
        said["people"] = said["people"][:1]
        said["people"][0].pop("relationships")
        said["events"] = []
    by_csv = trust.post(f"/v1/forms/{name}", as_csv(form, said), "text/csv")
    assert [record["outcome"] for record in by_csv.json["records"]] == ["accepted"], by_csv.json
    assert trust.http.get(f"/v1/forms/{name}/schema.json").json["title"] == form.title
    header = trust.http.get(f"/v1/forms/{name}/template.csv")
    assert header.text.startswith("referral_ref,")


def test_bad_input_is_named_by_place_and_never_by_value(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    trust = Sender(sqlite_world, sqlite_app, "mh")
    for body in (b'{"a": ' + CANARY.encode(), b'{"referrals": NaN}', b"", b'{"x": 1, "x": "' + CANARY.encode() + b'"}'):
        answer = trust.post("/v1/forms/school", body)
        assert 400 <= answer.status_code < 500
        assert CANARY not in answer.text
    answer = trust.post("/v1/forms/school", batch(FORMS["school"], referral(FORMS["school"], created=CANARY)))
    assert [record["outcome"] for record in answer.json["records"]] == ["quarantined"]
    assert CANARY not in answer.text
    assert trust.post("/v1/forms/nothing", b"{}").status_code == 404
    assert sqlite_app.test_client().post("/v1/forms/school", data=b"{}").status_code == 401


def test_a_worker_fills_in_a_form_adds_a_person_checks_it_and_gets_a_receipt(world: SmallWorld, app: Flask) -> None:
    otto = Reader(app, "otto")
    assert "School or college referral" in otto.words("/refer")
    more = post(otto, "/refer/school", {"p1_name": "Ivy Marsh"}, add_person="1")
    assert "Person 2" in plain(more)
    assert "Ivy Marsh" in more.text
    assert "There is a problem" not in more.text
    answer = post(otto, "/refer/school", SCHOOL)
    assert answer.headers["Location"] == "/refer/school/check", plain(answer)
    checked = otto.words("/refer/school/check")
    for words in ("Ivy Marsh", "Refused", "Not asked", "October 2026", "Designated safeguarding lead"):
        assert words in checked
    sent = post(otto, "/refer/school/check", {})
    assert sent.headers["Location"].startswith("/refer/sent/")
    receipt = otto.words(sent.headers["Location"])
    assert "Accepted" in receipt
    assert "Ivy" not in receipt
    assert otto.get("/refer/school/check").headers["Location"] == "/refer/school"
    assert "Ivy Marsh" not in otto.get("/refer/school").text
    world.hub.rounds.run_once()
    (found,) = waiting(world)
    page = Reader(app, "fran").words(f"/front-door/{found}")
    for words in ("Ivy is hungry and tired", "She came with a bruise", "Designated safeguarding lead", "Not asked"):
        assert words in page
    assert "Nora Bright" not in page


def test_a_worker_fills_in_a_marac_form_and_agreement_there_opens_nothing_here(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    otto = Reader(sqlite_app, "otto")
    said = {name: value for name, value in SCHOOL.items() if not name.startswith("q_")}
    said |= {"p2_roles": "victim", "p2_consent": "given", "q_concern": "He will find her.", "q_reason": "escalation"}
    assert post(otto, "/refer/marac", said).headers["Location"] == "/refer/marac/check"
    assert post(otto, "/refer/marac/check", {}).status_code == 302
    family = sqlite_world.accept()
    assert family
    facts = sqlite_world.hub.writer.dated_facts([f"person:{one}" for one in sqlite_world.people("victim")])
    assert not [fact for fact in facts if fact.kind.value == "consent"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    otto = Reader(sqlite_app, "otto")
    wrong = SCHOOL | {"q_concern": "", "p2_address_safe": "", "e1_occurred-month": "13"}
    answer = post(otto, "/refer/school", wrong)
    assert answer.status_code == 200
    for place in ("q_concern", "p2_address_safe", "e1_occurred-day"):
        assert f'href="#{place}"' in answer.text, place
    assert "Grace Marsh" in otto.get("/refer/school").text
    assert waiting(sqlite_world) == []
    unasked = post(otto, "/refer/school", SCHOOL | {"p2_consent": "not_sought"})
    assert 'href="#p2_consent_reason"' in unasked.text
    quoted = post(otto, "/refer/school", SCHOOL | {"q_concern": "They moved to Flat 9 Harbour House."})
    assert "not safe. Take it out" in plain(quoted)


def test_the_same_words_sent_twice_are_one_referral(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    otto, places = Reader(sqlite_app, "otto"), set()
    for _ in range(3):
        post(otto, "/refer/school", SCHOOL)
        places.add(post(otto, "/refer/school/check", {}).headers["Location"])
    assert len(places) == 1
    assert len(waiting(sqlite_world)) == 1


def test_a_submission_is_entered_with_who_sent_it_and_for_whom(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    otto = Reader(sqlite_app, "otto")
    post(otto, "/refer/school", SCHOOL)
    post(otto, "/refer/school/check", {})
    found = [read.entry for read in sqlite_world.entries() if read.entry.act == "referral:submit"]
    assert {(entry.actor, entry.operation.value) for entry in found} == {
        (sqlite_world.accounts["otto"], "consultation"),
        ("system", "collection"),
    }


def test_what_was_sent_too_late_is_there_again_with_everybody_in_it(world: SmallWorld, app: Flask) -> None:
    otto = Reader(app, "otto")
    fields = {"csrf_token": otto.token("/refer/school"), **SCHOOL}
    world.clock.advance(minutes=20)
    assert otto.http.post("/refer/school", data=fields).headers["Location"] == "/sign-in"
    assert otto.sign_in("otto").headers["Location"] == "/refer/school"
    page = otto.get("/refer/school").text
    assert "Grace Marsh" in page
    assert "Person 2" in page
    assert waiting(world) == []


def test_only_a_referrer_refers(sqlite_app: Flask) -> None:
    for username in ("sally", "fran", "iggy"):
        reader = Reader(sqlite_app, username)
        reader.get("/account")
        for path in ("/refer", "/refer/school", "/refer/school/check"):
            assert bare(reader.get(path)) == bare(reader.get("/nothing"))


@pytest.fixture
def public(sqlite_app: Flask) -> Reader:
    return Reader(sqlite_app)


def tell(reader: Reader, **changes: str) -> TestResponse:
    page = reader.get("/tell-us").text
    once = re.search(r'name="once" value="([^"]*)"', page).group(1)
    return post(reader, "/tell-us", TOLD | {"once": once} | changes)


def test_anybody_tells_us_without_signing_in_and_only_the_desk_reads_who(
    sqlite_world: SmallWorld, sqlite_app: Flask, public: Reader
) -> None:
    answer = tell(public)
    assert "We have received it" in plain(answer)
    (found,) = waiting(sqlite_world)
    fran = Reader(sqlite_app, "fran")
    page = fran.words(f"/front-door/{found}")
    assert "She cries every night" in page
    assert "Nora Bright" not in page
    assert reference(answer) in page
    told = fran.words(f"/front-door/{found}/who-told-us")
    assert "Nora Bright" in told
    assert "07700 900888" in told
    for username in ("sally", "manager", "otto", "iggy", "nina"):
        assert Reader(sqlite_app, username).get(f"/front-door/{found}/who-told-us").status_code == 404
    looks = [read.entry for read in sqlite_world.entries() if read.entry.act == "referrer:consult"]
    assert {look.operation.value for look in looks} == {"consultation", "denial"}
    sqlite_world.hub.front_door.decide(sqlite_world.accounts["fran"], found, None)
    assert fran.get(f"/front-door/{found}/who-told-us").status_code == 404


def reference(answer: TestResponse) -> str:
    return re.search(r"T-[A-Z2-7]{8}", answer.text).group()


def the_answer_is_the_same(world: SmallWorld, public: Reader) -> None:
    unknown = tell(public)
    world.police_notice()
    known = tell(public, p1_name="Maya Hart", **{"p1_birth_date-year": "2016"})
    assert (unknown.status_code, known.status_code) == (200, 200)
    both = [bare(one).replace(reference(one), "") for one in (unknown, known)]
    assert both[0] == both[1]
    headers = [
        {n: v for n, v in one.headers if n not in {"Content-Security-Policy", "Set-Cookie"}} for one in (unknown, known)
    ]
    assert headers[0] == headers[1]


def test_the_answer_is_the_same_whatever_is_known(sqlite_world: SmallWorld, public: Reader) -> None:
    the_answer_is_the_same(sqlite_world, public)


def test_an_answer_that_tells_of_families_is_noticed(
    sqlite_world: SmallWorld, public: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(self: referring.Referring) -> str:
        return f"The council of {self._pages.reference(sqlite_world.family) if sqlite_world.family else 'nobody'}"

    monkeypatch.setattr(referring.Referring, "council", careless)
    with pytest.raises(AssertionError):
        the_answer_is_the_same(sqlite_world, public)


def test_a_public_message_sent_twice_is_one_and_with_other_words_another(
    sqlite_world: SmallWorld, public: Reader
) -> None:
    once = "a" * 24
    first, again = tell(public, once=once), tell(public, once=once)
    assert reference(first) == reference(again)
    assert len(waiting(sqlite_world)) == 1
    other = tell(public, once=once, q_concern="He hits her.")
    assert reference(other) != reference(first)
    assert len(waiting(sqlite_world)) == 2


def test_a_name_may_stay_unsaid_and_what_is_missing_is_asked_for(sqlite_world: SmallWorld, public: Reader) -> None:
    assert "There is a problem" in plain(tell(public, q_concern=""))
    assert waiting(sqlite_world) == []
    assert "We have received it" in plain(tell(public, r_name="", r_phone="", r_name_unanswered="declined"))
    (found,) = waiting(sqlite_world)
    assert sqlite_world.hub.referring.who_told(sqlite_world.accounts["fran"], found) == []


def test_a_text_that_names_its_teller_is_sent_back_before_it_is_taken(sqlite_world: SmallWorld, public: Reader) -> None:
    assert "your own name or number" in plain(tell(public, q_concern="I am Nora Bright, next door."))
    assert waiting(sqlite_world) == []


def test_many_messages_from_one_address_wait_and_never_for_long(sqlite_world: SmallWorld, public: Reader) -> None:
    statuses = [tell(public, q_concern=f"Number {number}").status_code for number in range(8)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    sqlite_world.clock.advance(hours=1)
    assert tell(public).status_code == 200


def test_no_network_address_can_be_found_from_what_is_kept(sqlite_world: SmallWorld, public: Reader) -> None:
    tell(public)
    with sqlite_world.hub.engines.data.connect() as connection:
        kept = connection.execute(select(sign_in_throttle)).all()
    rows = str(kept)
    assert len(kept) == 1
    assert "127.0.0.1" not in rows
    hour = f"{sqlite_world.clock():%Y-%m-%dT%H}"
    for guess in (f"tell_us:127.0.0.1 {hour}", f"tell_us:tell us 127.0.0.1 {hour}"):
        assert hashed(guess) not in rows


def test_too_much_at_once_is_refused(public: Reader) -> None:
    answer = post(public, "/tell-us", TOLD | {"q_concern": "x" * 150_000})
    assert answer.status_code == 413
    assert "Use 4,000 characters" in plain(tell(public, q_concern="x" * 5_000))


def test_a_referrer_who_may_be_a_party_is_a_plain_remark_at_the_desk(
    sqlite_world: SmallWorld, sqlite_app: Flask, public: Reader
) -> None:
    tell(public, p2_roles="father", p2_name="Nora Bright", people="2")
    (found,) = waiting(sqlite_world)
    assert "Whoever told us may be one of the people named" in Reader(sqlite_app, "fran").words(f"/front-door/{found}")


def test_nobody_but_the_desk_opens_who_told_us_through_any_view(sqlite_world: SmallWorld, public: Reader) -> None:
    who_told_us_stays_at_the_desk(sqlite_world, public)


def who_told_us_stays_at_the_desk(world: SmallWorld, public: Reader) -> None:
    tell(public)
    world.accept()
    world.allocate("sally", lead=True)
    world.open(adults=[])
    for purpose in ("protect_child", "support_family"):
        said = texts(world.view("sally", purpose=purpose))
        assert "She cries every night" in said
        assert "Nora Bright" not in said
        assert "900888" not in said


def test_who_told_us_under_an_ordinary_category_is_noticed(
    sqlite_world: SmallWorld, public: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "category_of", lambda *_: "risk_view")
    with pytest.raises(AssertionError):
        who_told_us_stays_at_the_desk(sqlite_world, public)


def the_original_names_nobody(world: SmallWorld, public: Reader) -> None:
    tell(public)
    world.accept()
    world.allocate("sally", lead=True)
    kept = [record.fields["content"] for record in world.view("sally").records if record.kind is RecordKind.ORIGINAL]
    (original,) = (base64.b64decode(content).decode() for content in kept)
    assert "She cries every night" in original
    assert "Nora Bright" not in original


def test_the_original_of_what_the_public_tells_names_nobody(sqlite_world: SmallWorld, public: Reader) -> None:
    the_original_names_nobody(sqlite_world, public)


def test_an_original_that_names_who_told_us_is_noticed(
    sqlite_world: SmallWorld, public: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referring, "_NAMING", frozenset())
    with pytest.raises(AssertionError):
        the_original_names_nobody(sqlite_world, public)
