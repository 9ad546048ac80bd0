"""A manager's day, a night on duty, an officer's question, and the day after somebody left."""

import json
from datetime import timedelta

from hub.domain.ids import AccountId
from tests.browser.doing import HELPING, opens
from tests.browser.working_day import DANIEL, GRACE, LOCATING, MAYA, NIGHT, PHONE, Day, Person
from tests.factories import SmallWorld
from tests.journeys.test_who_may_open_what import NO, NOWHERE, strangers
from tests.spec.helping import EARS, QUARREL, treatment

TONIGHT = "The police ask where the children can sleep tonight"
WRITTEN = "Core group on Thursday at ten; ring the mother before noon only"


def decides(one: Person, decision: str) -> None:
    """Record a decision about Maya and both parents."""
    one.follow("Record a decision")
    one.choose(decision)
    one.choose(MAYA, "Which children?")
    for parent in (DANIEL, GRACE):
        one.choose(parent, "Which adults?")
    one.write("What is the decision based on?", "Police and health, by telephone, at this hour")
    now = one.day.world.clock.now
    one.dated("Date of the decision", now)
    one.dated("Review by", now + timedelta(days=10))
    one.press("Record the decision")


def test_a_team_managers_day(day: Day) -> None:
    """A referral is placed and allocated, a decision recorded, a family handed over: each acts at the next page."""
    with day.at_work("fran") as fran:
        day.world.send("sm", "adult_with_children_csv", strangers())
        day.world.hub.rounds.run_once()
        fran.go("/front-door")
        fran.page.locator(".hub-list a").first.click()
        fran.choose("It is about another family")
        fran.press("Record the decision")
    with day.at_work("manager") as manager, day.at_work("sally") as sally:
        manager.sees("Families without a named owner", "Family FS-0003")
        manager.follow("Allocate a worker to family FS-0003")
        manager.pick("Worker", "Sam")
        manager.choose("Lead practitioner for this family")
        manager.choose("Allocated")
        manager.choose("The whole family")
        manager.press("Allocate")
        manager.go("/")
        manager.sees_nothing_of("FS-0003")
        opens(manager, "Strategy discussion at ten")
        opens(sally)
        sally.sees_nothing_of(QUARREL)
        decides(manager, "Strategy discussion")
        sally.go(day.family)
        sally.say_why("Strategy discussion", "Finding out whether a child")
        sally.sees(QUARREL, EARS, "Strategy discussion")
        manager.go(f"{day.family}/allocation")
        manager.follow("Hand over from Sally")
        manager.pick("Who takes it over?", "Sam")
        manager.write("Handover", WRITTEN)
        manager.press("Ask them to take it over")
        manager.sees("Offered to Sam, who has not answered yet")
        with day.at_work("sam", PHONE) as sam:
            sam.sees("Family FS-0003")
            sam.sees_nothing_of("FS-0001")
            sally.go(day.family)
            sam.follow("A family is handed")
            sam.sees(WRITTEN)
            sam.choose("I accept")
            sam.press("Send")
            sam.go("/")
            sam.sees("Family FS-0001", "lead practitioner since")
        sally.go(day.family, 404)


def test_a_night_on_duty(day: Day) -> None:
    """At 02:00 Mona, on call, records a discussion about those whom the police named; Edith reads what it opens.

    Edith opens another family in an emergency, and leaves word for nine.
    """
    world = day.world
    family = world.family
    other = another_family(world)
    world.family = family
    world.clock.now = NIGHT
    with day.at_work("edith", PHONE) as edith, day.at_work("mona") as mona:
        edith.sees("You are on duty: Emergency duty team", "No family is allocated to you today.")
        for one in (edith, mona):
            one.follow("What this desk does")
            one.write("Reference of the family", day.reference)
            one.press("Go on")
            one.sees_nothing_of(HELPING)
            one.say_why(TONIGHT)
            one.sees_nothing_of(EARS, QUARREL, *LOCATING)
        edith.sees("No people can be shown here for this purpose.")
        edith.sees_nothing_of(MAYA)
        mona.sees(MAYA)
        decides(mona, "Strategy discussion")
        edith.go(day.family)
        edith.say_why(TONIGHT)
        edith.sees(MAYA, EARS, QUARREL)
        in_danger(edith, other)
        edith.sees(f"Emergency access to family {other} ends by itself on", "Acting at once on immediate danger")
        edith.follow("End it now")
        edith.press("End it now")
        edith.sees("Recorded: the emergency access has ended.")
        edith.sees_nothing_of(f"Emergency access to family {other}")
        edith.follow("What this desk does")
        edith.follow("Leave word for the day team")
        edith.write("What does the day team need to know?", f"{day.reference}: the children sleep at their aunt's")
        edith.press("Leave it")
        edith.sees("Recorded: the day team has a task to read it by 24 November 2026, 10:00")
    world.clock.now = NIGHT + timedelta(hours=7)
    with day.at_work("manager") as manager, day.at_work("edith", PHONE) as edith:
        manager.follow("Word was left")
        manager.sees("the children sleep at their aunt's")
        manager.press("It is done")
        manager.sees("Recorded: the task is done.")
        edith.sees_nothing_of("You are on duty", "FS-0001")
        the_same_as_nothing(edith, day.family)


def another_family(world: SmallWorld) -> str:
    """Place a referral about people whom nobody else has sent; returns their family's reference."""
    said = json.loads(treatment())
    said["referrals"][0] |= {
        "referral_ref": "RS-0777",
        "client": {"id": "c1", "name": {"full": "Ida Moss"}, "birth_date": "1991-02-03"},
        "children": [{"id": "k1", "name": {"full": "Jo Moss"}, "birth_date": "2020-06-09", "lives_with": "her mother"}],
    }
    world.send("sm", "adult_with_children_json", json.dumps(said).encode())
    world.hub.rounds.run_once()
    return world.hub.pages.reference(world.accept())


def in_danger(one: Person, reference: str) -> None:
    """Open a family at once, because somebody in it is in immediate danger."""
    one.follow("Emergency")
    one.write("Reference of the family", reference)
    one.page.get_by_label("Somebody is in immediate danger").check()
    one.write("Who is in danger, and of what?", "Maya, of her father, now")
    one.write("Why can it not wait?", "Nobody of the team answers")
    one.choose("1 hour")
    one.press("Open it now")


def the_same_as_nothing(one: Person, family: str) -> None:
    """Every page of the family answers like that of a family that does not exist."""
    one.go(family, NO)
    for path in ("", "/reason", "/entries/new", "/consent", "/supervision", "/print", "/find", "/genogram"):
        there, nowhere = (one.asks(f"{place}{path}") for place in (family, f"/families/{NOWHERE}"))
        assert there == nowhere, path
        assert there[0] == NO, path


def test_an_officer_is_asked_why(day: Day) -> None:
    """Ingrid answers why Sally sees what she sees, in the agreement's words, and opens no content herself."""
    with day.at_work("sally") as sally:
        opens(sally)
    with day.at_work("iggy") as iggy:
        iggy.sees("Access log", "Decisions and reasons of the last 28 days, no content.", "Visit this afternoon")
        iggy.follow("Ask why something was shown or not in family FS-0001")
        iggy.choose("Why one worker sees it, or does not")
        iggy.pick("Which worker?", "Sally")
        iggy.pick("Which item?", "Drug and alcohol")
        iggy.write("Why do you ask?", "A parent asks who reads this")
        iggy.press("Show the answer")
        iggy.sees("Why this was shown, or not", "What stood then", "Sally")
        iggy.sees_nothing_of(GRACE, DANIEL, QUARREL, *LOCATING)


def test_yesterdays_leaver_sees_nothing_today(day: Day) -> None:
    """Nina's work ends with the day, Rob's account is stopped: in the morning there is nothing."""
    with day.at_work("manager") as manager:
        manager.follow("Family FS-0001")
        manager.say_why("She leaves us")
        manager.follow("Allocate, hand over, end")
        manager.follow("End the work of Nina")
        manager.choose("At the end of the day below")
        manager.dated("Last day", day.world.clock.now)
        manager.write("Why does it end?", "She leaves")
        manager.press("End it")
    with day.at_work("nina") as nina, day.at_work("rob", PHONE) as rob:
        opens(nina, "Her last day")
        opens(rob)
        stop(day.world, "rob")
        rob.page.goto(day.address + day.family)
        assert rob.page.url.endswith("/sign-in")
    day.world.clock.advance(hours=24)
    with day.at_work("nina") as nina:
        nina.sees("No family is allocated to you today.")
        nina.sees_nothing_of("FS-0001", GRACE)
        the_same_as_nothing(nina, day.family)


def stop(world: SmallWorld, username: str) -> AccountId:
    world.hub.setup.stop_person(world.accounts[username], world.agencies["sm"], "recovery_worker")
    return world.accounts[username]
