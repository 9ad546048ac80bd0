import json
import re

from flask import Flask

from tests.factories import FIXTURES, SmallWorld, notice
from tests.journeys.readers import Reader, plain
from tests.journeys.senders import Sender

TREATMENT = (FIXTURES / "substance_misuse" / "adult_with_children.json").read_bytes()


def links(fran: Reader) -> list[str]:
    return re.findall(r'"(/front-door/[0-9a-f-]{36})"', fran.get("/front-door").text)


def test_a_referral_becomes_a_family_and_the_next_one_joins_it(world: SmallWorld, app: Flask) -> None:
    fran = Reader(app, "fran")
    assert fran.get("/").headers["Location"] == "/front-door"
    Sender(world, app, "police").post("/v1/notices", notice())
    world.hub.rounds.run_once()
    (first,) = links(fran)
    page = fran.words(first)
    assert "No candidates to show" in page
    assert "Protected: never pass on. 14 Larch Court" in page
    assert fran.send(first, decision="new_family").status_code == 302
    assert "the referral is with family FS-0001" in fran.words("/front-door")
    Sender(world, app, "sm").post("/v1/referrals", TREATMENT)
    world.hub.rounds.run_once()
    (second,) = links(fran)
    assert "Family FS-0001" in fran.words(second)
    assert "Speaks for it" in fran.words(second)
    assert "Choose the family it belongs to" in plain(fran.send(second, decision="attach"))
    assert "Choose one of the options" in plain(fran.send(second, decision="attach", candidate="another"))
    candidate = fran.get(second).text.split('name="candidate"')[1].split('value="')[1].split('"')[0]
    assert fran.send(second, decision="attach", candidate=candidate).status_code == 302
    assert "the referral is with family FS-0001" in fran.words("/front-door")
    assert links(fran) == []


def test_of_two_people_who_decide_one_referral_the_second_is_told(world: SmallWorld, app: Flask) -> None:
    world.staff("fred", "csc", "front_door_worker")
    world.send("police", "safeguarding_notice", notice())
    world.hub.rounds.run_once()
    fran, fred = Reader(app, "fran"), Reader(app, "fred")
    (path,) = links(fran)
    token = fred.token(path)
    assert fran.send(path, decision="new_family").status_code == 302
    late = fred.http.post(path, data={"csrf_token": token, "decision": "new_family"})
    assert late.status_code == 409
    assert "Somebody was faster" in plain(late)
    assert fred.get(path).status_code == 409


def test_a_record_that_could_not_be_read_says_where_and_is_not_placed(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    body = (FIXTURES / "safeguarding_notice" / "one_of_three_is_bad.json").read_bytes()
    receipt = sqlite_world.send("police", "safeguarding_notice", body)
    sqlite_world.hub.rounds.run_once()
    bad = next(record for record in receipt["records"] if record["outcome"] != "accepted")
    fran = Reader(sqlite_app, "fran")
    pages = {path: fran.words(path) for path in links(fran)}
    told = [page for page in pages.values() if "could not be read" in page]
    assert len(told) == (1 if bad["outcome"] == "quarantined" else 0)
    assert all(bad["issues"][0]["location"] in page for page in told)


def test_the_list_says_what_is_overdue(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.send("police", "safeguarding_notice", notice())
    assert "Overdue" not in Reader(sqlite_app, "fran").words("/front-door")
    sqlite_world.clock.advance(hours=7)
    assert "Overdue" not in Reader(sqlite_app, "fran").words("/front-door")
    sqlite_world.clock.advance(days=1, hours=1)
    assert "Overdue" in Reader(sqlite_app, "fran").words("/front-door")


def test_only_the_front_door_reads_what_waits(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    receipt = sqlite_world.send("police", "safeguarding_notice", notice())
    for username in ("sally", "rob", "iggy", "otto", "manager"):
        reader = Reader(sqlite_app, username)
        for path in ("/front-door", f"/front-door/{receipt['records'][0]['referral']}"):
            assert reader.get(path).status_code == 404


def test_the_referring_agency_reads_its_receipts(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    answer = Sender(sqlite_world, sqlite_app, "police").post("/v1/notices", notice())
    otto = Reader(sqlite_app, "otto")
    assert otto.get("/").headers["Location"] == "/receipts"
    page = otto.words("/receipts")
    assert answer.json["receipt"] in page
    assert "Received. Nobody has decided yet." in page
    assert "Grace" not in page
    assert json.dumps(answer.json).count("location") == page.count(" at /")
