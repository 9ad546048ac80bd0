from datetime import timedelta

from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, answer, day, lead, plain

VOICE = "hands on my ears"


def _family(world: SmallWorld) -> str:
    family = world.police_notice()
    world.allocate("sally", lead=True)
    lead(world)
    return f"/families/{family}"


def test_the_reason_is_asked_once_a_sitting_and_again_when_a_decision_changes(world: SmallWorld, app: Flask) -> None:
    family = _family(world)
    sally, manager = Reader(app, "sally"), Reader(app, "manager")
    assert sally.get(family).headers["Location"] == f"{family}/reason"
    assert "Planning and giving help" in sally.words(f"{family}/reason")
    before = sally.open(world.family, "support_family", "A visit on Thursday")
    assert VOICE not in before
    assert sally.get(family).status_code == 200
    manager.open(world.family)
    _decide(world, manager, "s47_enquiry")
    assert sally.get(family).headers["Location"] == f"{family}/reason"
    asked = sally.words(f"{family}/reason")
    assert "we think: Finding out whether a child is at risk" in asked
    assert "A visit on Thursday" in asked
    during = sally.open(world.family, "protect_child", "The enquiry of today")
    assert VOICE in during
    assert "Section 47 enquiry since 23 November 2026" in during
    assert "End it" not in during
    _end(world, manager)
    assert sally.get(family).status_code == 302
    assert VOICE not in sally.open(world.family)
    manager.open(world.family)
    _decide(world, manager, "child_protection_plan")
    assert VOICE in sally.open(world.family)


def _decide(world: SmallWorld, manager: Reader, code: str) -> None:
    children = world.people("child") + world.people("unborn_child")
    adults = world.people("parent")
    today = world.clock().date()
    sent = manager.send(
        f"/families/{world.family}/decision",
        opening=code,
        children=children,
        adults=adults,
        evidence="Strategy discussion minutes",
        **day("starts", today),
        **day("review", today + timedelta(days=10)),
    )
    assert sent.status_code == 302, plain(sent)


def _end(world: SmallWorld, manager: Reader) -> None:
    page = manager.open(world.family)
    assert "Review by 3 December 2026" in page
    link = manager.get(f"/families/{world.family}").text.split("/decision/")[1].split('"')[0]
    path = f"/families/{world.family}/decision/{link}"
    assert manager.send(path, reason="Threshold not met", **day("ends", world.clock().date())).status_code == 302


def test_an_answer_about_sharing_acts_at_the_next_request(world: SmallWorld, app: Flask) -> None:
    family = _family(world)
    sally = Reader(app, "sally")
    path = f"{family}/consent"
    assert sally.get(path).headers["Location"] == f"{family}/reason?then=consents.choose"
    asked = sally.send(f"{family}/reason?then=consents.choose", purpose="support_family", justification="A visit")
    assert asked.headers["Location"] == path
    mother = world.people("victim")[0]
    assert sally.send(path, person=mother).headers["Location"] == f"{path}/{mother}"
    everyone, incident = list(world.agencies.values()), "Police safeguarding notice"
    yes = {"sources": everyone, "recipients": everyone, "categories": ["police_incident", "risk_view"]}
    yes |= {"purposes": ["support_family", "protect_child"]}
    for person in dict.fromkeys(world.people("parent") + world.people("witness") + world.people("child")):
        parent = {"capacity": "parental_responsibility", "given_by": mother} if person in world.people("child") else {}
        assert answer(sally, world.family, person, "given", **yes, **parent).status_code == 302
    assert incident in sally.words(family)
    taken = {"categories": ["police_incident"]}
    assert "Nothing is recorded yet" in plain(answer(sally, world.family, mother, "withdrawn", **taken))
    assert answer(sally, world.family, mother, "withdrawn", **taken, confirmed="y").status_code == 302
    assert "Maya was standing" in sally.words(family)
    assert "medication was changed" not in sally.words(family)
    assert "Withdrawn, about What the police recorded about an incident, held by everyone" in sally.words(path)
    assert answer(sally, world.family, mother, "refused", confirmed="y").status_code == 302
    assert "medication was changed" not in sally.words(family)


def test_a_yes_needs_a_scope_and_a_condition_needs_words(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family = sqlite_world.police_notice()
    sqlite_world.allocate("sally")
    sally = Reader(sqlite_app, "sally")
    sally.open(family)
    mother = sqlite_world.people("victim")[0]
    path = f"/families/{family}/consent"
    assert "Choose what the yes covers" in plain(answer(sally, family, mother, "given"))
    assert "Choose why it cannot be decided" in plain(answer(sally, family, mother, "unable"))
    assert sally.send(path, person="nobody").status_code == 200
    assert answer(sally, family, mother, "bought").status_code == 200
    assert answer(sally, family, "00000000-0000-7000-8000-000000000000", "given").status_code == 404
    secret = "Only if my sister is not told"
    scope = {"sources": list(sqlite_world.agencies.values()), "recipients": list(sqlite_world.agencies.values())}
    scope |= {"categories": ["attendance"], "purposes": ["support_family"]}
    assert "Write the conditions" in plain(answer(sally, family, mother, "given_with_conditions", **scope))
    said = answer(sally, family, mother, "given_with_conditions", reason=secret, **scope)
    assert said.status_code == 302
    stored = b"".join(file.read_bytes() for file in sqlite_world.settings.folder.glob("data.db*"))
    assert secret.encode() not in stored


def test_a_worker_is_allocated_from_one_day_to_another(world: SmallWorld, app: Flask) -> None:
    family = world.police_notice()
    manager, sally = Reader(app, "manager"), Reader(app, "sally")
    assert "Families without a named owner" in manager.words("/")
    today = world.clock().date()
    allocated = manager.send(
        f"/families/{family}/allocation",
        account=world.accounts["sally"],
        capacity="allocated",
        works_with=["family"],
        **day("starts", today + timedelta(days=1)),
        **day("ends", today + timedelta(days=2)),
    )
    assert allocated.status_code == 302, plain(allocated)
    assert sally.get(f"/families/{family}/reason").status_code == 404
    world.clock.advance(days=1)
    sally = Reader(app, "sally")
    assert "FS-0001" in sally.words("/")
    assert "No lead practitioner" in sally.open(family, "support_family")
    assert "Families without a named owner" in Reader(app, "manager").words("/"), "nobody leads it yet"
    world.clock.advance(days=2)
    assert Reader(app, "sally").get(f"/families/{family}").status_code == 404


def test_an_allocation_says_what_does_not_fit(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family = sqlite_world.police_notice()
    manager, today = Reader(sqlite_app, "manager"), sqlite_world.clock().date()
    path = f"/families/{family}/allocation"
    days = {**day("starts", today), **day("ends", today - timedelta(days=1))}
    assert "must not be before" in plain(manager.send(path, account="nobody", works_with=["nobody"], **days))
    assert "There is a problem" in plain(manager.send(path))
    myself = {"account": sqlite_world.accounts["manager"], "works_with": ["family"], **day("starts", today)}
    assert "Choose working jointly" in plain(manager.send(path, capacity="allocated", **myself))
    assert manager.send(path, capacity="co_allocated", **myself).status_code == 302


def test_what_each_agency_has_done_is_recorded(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family = _family(sqlite_world)
    sally = Reader(sqlite_app, "sally")
    sally.open(sqlite_world.family)
    path = f"{family}/coverage"
    for state, words in (("not_checked", "Has not been asked"), ("not_connected", "Does not take part")):
        assert sally.send(path, agency=sqlite_world.agencies["da"], state=state).status_code == 302
        assert words in sally.words(family)
    assert sally.send(path, agency=sqlite_world.agencies["da"], state="checked").status_code == 302
    assert "This is not a statement that nothing is held. Ask: Hope Ndlovu" in sally.words(family)


def test_protected_details_are_marked_and_never_reach_the_other_side(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family = _family(sqlite_world)
    sqlite_world.allocate("pete", "alleged_perpetrator")
    sally, pete = Reader(sqlite_app, "sally"), Reader(sqlite_app, "pete")
    shown = sally.open(sqlite_world.family, "support_family")
    assert "Protected: never pass on. 14 Larch Court" in shown
    for purpose in ("support_family", "protect_child"):
        seen = pete.open(sqlite_world.family, purpose)
        assert "Larch" not in seen
        assert "07700 900123" not in seen
    for form in ("allocation", "decision", "coverage"):
        assert pete.get(f"{family}/{form}").status_code == 404


def test_a_person_named_by_two_senders_is_shown_once(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family = _family(sqlite_world)
    body = (
        sqlite_world.settings.policies.parent / "tests/fixtures/substance_misuse/adult_with_children.json"
    ).read_bytes()
    sqlite_world.send("sm", "adult_with_children_json", body)
    sqlite_world.hub.rounds.run_once()
    assert sqlite_world.accept() == family.rpartition("/")[2]
    sqlite_world.open()
    page = Reader(sqlite_app, "sally")
    page.open(sqlite_world.family)
    people = page.get(family).text.split('id="people"')[1].split("</ul>")[0]
    assert people.count("Daniel Hart") == people.count("Maya Hart") == 1
    assert people.count("07700 900456") == 1


def test_an_odd_cursor_is_refused_politely(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family = sqlite_world.police_notice()
    sqlite_world.allocate("sally")
    sally = Reader(sqlite_app, "sally")
    sally.open(family)
    for after in ("x", "9" * 5000, "1.%00", "\u0663.x"):
        assert sally.get(f"/families/{family}?after={after}").status_code == 422
