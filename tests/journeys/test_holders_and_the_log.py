from flask import Flask

from tests.factories import FIXTURES, SmallWorld
from tests.journeys.readers import Reader, plain
from tests.journeys.senders import Sender

REFUSED = (FIXTURES / "substance_misuse" / "adult_with_children.csv").read_bytes()
SUMMARY = "He came by himself"


def _refused_referral(world: SmallWorld, app: Flask) -> None:
    Sender(world, app, "sm").post("/v1/referrals", REFUSED, "text/csv")
    world.hub.rounds.run_once()
    fran = world.accounts["fran"]
    for line in world.hub.front_door.waiting(fran):
        if "Daniel" in str(world.hub.front_door.page(fran, line.id).people):
            world.family = world.hub.front_door.decide(fran, line.id, None)
    world.allocate("sally", lead=True)


def _decision_page(rob: Reader) -> str:
    assert "Decide whether to share an item" in rob.words("/tasks")
    return "/tasks/" + rob.get("/tasks").text.split('href="/tasks/')[1].split('"')[0]


def test_a_holder_decides_to_share_one_item_with_one_agency(world: SmallWorld, app: Flask) -> None:
    _refused_referral(world, app)
    rob, sally = Reader(app, "rob"), Reader(app, "sally")
    assert SUMMARY not in sally.open(world.family, "support_family")
    path = _decision_page(rob)
    assert "Write the reasons" in plain(rob.send(path, decision="share", recipient=world.agencies["csc"]))
    words = {"harm": "no", "detriment": "It protects the children.", "reason": "He lives with them at weekends."}
    assert rob.send(path, decision="share", recipient=world.agencies["csc"], **words).status_code == 302
    assert rob.get(path).status_code == 404
    assert SUMMARY in sally.words(f"/families/{world.family}")


def test_a_decision_not_to_share_is_kept_and_needs_no_recipient(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    _refused_referral(sqlite_world, sqlite_app)
    rob, sally = Reader(sqlite_app, "rob"), Reader(sqlite_app, "sally")
    path = _decision_page(rob)
    words = {
        "harm": "yes",
        "detriment": "He would stop coming.",
        "reason": "No child lives with him.",
    }
    assert "Choose the ground" in plain(rob.send(path, decision="do_not_share", **words))
    words["ground"] = "detriment"
    assert rob.send(path, decision="do_not_share", **words).status_code == 302
    assert "Recorded: the item is not shared" in rob.words("/tasks")
    assert SUMMARY not in sally.open(sqlite_world.family, "support_family")


def test_nobody_else_opens_a_holders_task(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    _refused_referral(sqlite_world, sqlite_app)
    path = _decision_page(Reader(sqlite_app, "rob"))
    for username in ("sally", "pete", "vera", "otto", "iggy", "fran"):
        reader = Reader(sqlite_app, username)
        assert reader.get(path).status_code == 404
        assert reader.http.post(path, data={"csrf_token": reader.token("/tasks")}).status_code == 404


def test_the_officer_reads_decisions_and_reasons_and_no_content(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.allocate("rob", "alleged_perpetrator")
    sqlite_world.open()
    Reader(sqlite_app, "sally").open(sqlite_world.family, reason="Conference on Thursday")
    Reader(sqlite_app, "rob").open(sqlite_world.family, reason="A reason of Riverside")
    sqlite_world.hub.rounds.run_once()
    iggy = Reader(sqlite_app, "iggy")
    page = iggy.words("/log")
    assert "Verified" in page
    assert "Conference on Thursday" in page
    assert "family FS-0001" in page
    assert "A reason of Riverside" not in page
    assert "Riverside Recovery" not in page  # not even how often: a count says whether somebody was known
    for content in ("hands on my ears", "Grace", "Larch", "Daniel"):
        assert content not in page
    assert "Log read" in iggy.words("/log")


def test_a_refusal_on_a_page_is_entered(world: SmallWorld, app: Flask) -> None:
    family = world.police_notice()
    assert Reader(app, "sally").get(f"/families/{family}").status_code == 404
    denied = [read.entry for read in world.entries() if read.entry.operation.value == "denial"]
    assert [(entry.actor, entry.family) for entry in denied] == [(world.accounts["sally"], family)]
