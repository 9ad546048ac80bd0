"""An officer goes from "why did the recovery worker not see this?" to the clause in two steps."""

import re
from html import unescape
from pathlib import Path

from flask import Flask

from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, bare, day, plain

DRAFT = (Path(__file__).parents[2] / "policies" / "agreements" / "efs-2026-04.yaml").read_text()
CONTENT = ("hands on my ears", "Grace", "Larch", "Daniel", "Maya")


def opened(world: SmallWorld) -> None:
    world.police_notice()
    world.allocate("sally", lead=True)
    world.allocate("rob", "alleged_perpetrator")
    world.open()


def choices(page: str, name: str) -> dict[str, str]:
    """Return words -> value of a select."""
    inside = page.split(f'name="{name}"')[1].split("</select>", maxsplit=1)[0]
    found = re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)</option>', inside)
    return {unescape(words).strip(): value for value, words in found}


def asked(world: SmallWorld, iggy: Reader, **more: object) -> dict[str, object]:
    page = iggy.get(f"/log/families/{world.family}").text
    items, workers = choices(page, "item"), choices(page, "worker")
    notice = next(value for words, value in items.items() if "What the child said" in words)
    rob = next(value for words, value in workers.items() if "recovery worker" in words)
    today = day("day", world.clock.now.date())
    words = {"item": notice, "worker": rob, "ask": "why", "purpose": "protect_child", "known": "then"}
    return words | today | {"reason": "The worker complained"} | more


def test_two_steps_lead_from_the_log_to_the_clause(world: SmallWorld, app: Flask) -> None:
    opened(world)
    Reader(app, "sally").open(world.family)
    iggy = Reader(app, "iggy")
    assert f'href="/log/families/{world.family}"' in iggy.get("/log").text
    fields = asked(world, iggy)
    page = plain(iggy.send(f"/log/families/{world.family}", **fields))
    assert "What the child said Not shown" in page
    assert "Drug and alcohol recovery worker, Riverside Recovery" in page
    assert "never shown to a specialist who works with an adult of the family" in page
    assert "in force 2026-04-01" in page
    assert "The reader was" in page
    for content in (*CONTENT, "rob", "Rob"):
        assert content not in page
    entries = [read.entry for read in world.entries() if read.entry.act == "log:examine"]
    assert ("The worker complained", world.family) in [(entry.justification, entry.family) for entry in entries]


def test_who_can_see_an_item_is_listed_by_name_for_own_staff_only(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    opened(sqlite_world)
    iggy = Reader(sqlite_app, "iggy")
    fields = asked(sqlite_world, iggy, ask="who", worker="")
    page = plain(iggy.send(f"/log/families/{sqlite_world.family}", **fields))
    assert "Sally, Children's social worker" in page
    assert "R2b" in page


def test_time_travel_shows_what_stood_then(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    opened(sqlite_world)
    before = sqlite_world.clock.now.date()
    sqlite_world.clock.advance(days=2)
    opening = sqlite_world.hub.pages.page(sqlite_world.accounts["sally"], sqlite_world.family, stated()).openings[0].id
    end(sqlite_world, opening)
    sqlite_world.clock.advance(days=1)
    iggy = Reader(sqlite_app, "iggy")
    page = iggy.get(f"/log/families/{sqlite_world.family}").text
    sally = choices(page, "worker")["Sally, Children's social worker"]
    then = asked(sqlite_world, iggy, worker=sally, **day("day", before))
    assert "What the child said Shown" in plain(iggy.send(f"/log/families/{sqlite_world.family}", **then))
    now = asked(sqlite_world, iggy, worker=sally)
    answer = plain(iggy.send(f"/log/families/{sqlite_world.family}", **now))
    assert "What the child said Shown" not in answer
    assert "Opening fact: the rule asks for" in answer


def stated() -> object:
    from hub.services.family_page import Stated  # noqa: PLC0415

    return Stated("protect_child", "a test")


def end(world: SmallWorld, opening: str) -> None:
    manager = world.accounts["manager"]
    world.hub.recording.end(manager, world.family, opening, world.clock(), "The conference decided")


def test_an_officer_learns_nothing_of_a_family_that_is_not_their_agencys(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    opened(sqlite_world)
    sqlite_world.staff("olga", "mh", "ig_officer")
    olga = Reader(sqlite_app, "olga")
    olga.get("/log")
    there = olga.get(f"/log/families/{sqlite_world.family}")
    nowhere = olga.get("/log/families/01890000-0000-7000-8000-000000000000")
    assert there.status_code == nowhere.status_code == 200
    assert "Nothing here that you can ask about" in there.text
    assert bare(there) == bare(nowhere)


def test_ask_why_of_a_referral_that_waits_opens_a_page_that_answers(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sqlite_world.send("police", "safeguarding_notice", notice())
    fran, iggy = Reader(sqlite_app, "fran"), Reader(sqlite_app, "iggy")
    [line] = sqlite_world.hub.front_door.waiting(sqlite_world.accounts["fran"])
    assert fran.get(f"/front-door/{line.id}").status_code == 200
    (link,) = set(re.findall(r'href="(/log/families/[^"]+)"', iggy.get("/log").text))
    answer = iggy.get(link)
    assert answer.status_code == 200
    assert "A referral that waits" in plain(answer)
    assert iggy.send(link, ask="who").text.count("Nothing here that you can ask about") > 0


def test_nobody_but_officers_opens_these_pages(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    opened(sqlite_world)
    for username in ("sally", "rob", "fran", "manager"):
        reader = Reader(sqlite_app, username)
        for path in (f"/log/families/{sqlite_world.family}", "/log/rules", "/log/draft"):
            assert reader.get(path).status_code == 404


def test_a_draft_says_what_it_changes_means_and_would_have_changed(world: SmallWorld, app: Flask) -> None:
    opened(world)
    Reader(app, "sally").open(world.family)
    iggy = Reader(app, "iggy")
    assert "No rule is without effect" in iggy.words("/log/rules")
    draft = DRAFT.replace('version: "1"', 'version: "2"', 1)
    start = draft.index("- rule: R2b")
    draft = draft[:start] + draft[start:].replace("child_disclosure, ", "", 1)
    page = plain(iggy.send("/log/draft", draft=draft, reason="Before signing"))
    assert "kinds of information" in page
    assert "newly withheld: Children's social worker at csc, held by police: What the child said" in page
    views, met = re.findall(r"(\d+) logged views read, (\d+) met exactly", page)[0]
    assert int(views) == int(met) > 1
    assert "Children's social worker at csc, What the child said held by police" in page
    assert "Sally" not in page.split("What it would have changed")[1].split("The whole set")[0]
    broken = plain(iggy.send("/log/draft", draft="agreement: x", reason="Before signing"))
    assert "draft:1:1" in broken
