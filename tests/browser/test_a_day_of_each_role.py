"""A day of those who work with a family: what each does from signing in on, what they see, and what they never do."""

from datetime import timedelta

from tests.browser.doing import answers, opens, prints_for, writes
from tests.browser.working_day import DANIEL, GRACE, LOCATING, MAYA, PHONE, Day
from tests.spec.helping import QUARREL

HIS_WORDS = "I want to be a dad they can rely on"
ENGAGED = "Attends and takes part"
READING = "Maya failed to engage with the book at first, then read two pages aloud"
MORNINGS = "Daniel brings the children to school on Mondays again"
WORRY = "Grace says that she is afraid of Friday"
WEEKEND = "Daniel told me of a bad weekend and of what he did about it"
LOW = "Grace sleeps again and goes out every day"
KEY = "Grace keeps a bag with her sister"
GROUP = "Daniel named what he did, without being asked"


def test_a_social_workers_day(day: Day) -> None:
    """Sally opens what she may, writes once, finds it again, hears the mother's yes, prints for the father."""
    with day.at_work("sally") as sally:
        sally.sees("You have not opened it yet", "lead practitioner since 23 November 2026")
        opens(sally)
        sally.sees(ENGAGED, *LOCATING[:2], "Held back", "Possible with consent.", "Ask: Imran Malik, 01632 960002")
        sally.sees_nothing_of(QUARREL, HIS_WORDS)
        sally.page.get_by_role("link", name="reason 1").first.click()
        sally.sees("With the person's consent, the social worker sees the summaries, attendance")
        writes(sally, READING, [MAYA], {"The child's own words": "I read it to the rabbit"})
        sally.follow("Add an entry")
        sally.write("What happened or was said", READING)
        sally.press("Check the wording first")
        sally.sees("failed to engage", "Say what was offered")
        sally.follow("Back to the family")
        writes(sally, MORNINGS, [DANIEL])
        writes(sally, WORRY, [GRACE])
        sally.write("Find words in what you may see", "rabbit")
        sally.press("Find")
        sally.sees("1 of 4 entries that you may see", "I read it to the rabbit")
        sally.follow("Back to the family")
        prints_for(sally, DANIEL)
        sally.sees(MORNINGS, "Print this page now", "Observed by the writer", "Written by: Sally")
        sally.sees_nothing_of("fact_observed", day.world.accounts["sally"])
        sally.sees_nothing_of(WORRY, "rabbit", QUARREL, *LOCATING, "Larch Court", "Northbridge Primary")
        sally.go("/")
        sally.sees("Last opened by you on 23 November 2026")


def test_a_recovery_workers_day(day: Day) -> None:
    """Rob, on his phone, reads his own service's words, writes of the father alone, and hears him take back his yes."""
    with day.at_work("rob", PHONE) as rob, day.at_work("sally") as sally:
        opens(sally)
        sally.sees(ENGAGED)
        opens(rob, "He comes at eleven")
        rob.sees(HIS_WORDS, ENGAGED)
        rob.sees_nothing_of(*LOCATING, GRACE, "Larch Court", QUARREL)
        rob.follow("Workbook")
        rob.follow("Note a Motivational Interviewing session")
        rob.choose(DANIEL, "With whom?")
        rob.dated("When?", day.world.clock.now)
        rob.write("What was it about?", "Friday evenings")
        rob.write("The goal, in the person's own words", "One Friday without, then the next")
        rob.pick("How confident are they?", "6")
        rob.choose("Yes", "Does the person know that?")
        rob.press("Record it")
        rob.sees("One Friday without, then the next", "6")
        rob.follow("Back to the family")
        writes(rob, WEEKEND, [DANIEL])
        rob.follow("How they are related")
        rob.sees(DANIEL)
        rob.sees_nothing_of(GRACE)
        rob.follow("Back to the family")
        answers(rob, DANIEL, "They take back an earlier yes")
        rob.press("Record the answer")
        rob.sees("Nothing is recorded yet", "Who is told")
        rob.press("They still want this: record it")
        rob.sees("Recorded: the answer acts from now on.")
        sally.go(day.family)
        sally.sees_nothing_of(ENGAGED, WEEKEND)


def test_a_mental_health_practitioners_day(day: Day) -> None:
    """Nina finds nothing she may read yet, writes of the mother, and her yes shows it to the social worker."""
    with day.at_work("nina", PHONE) as nina:
        opens(nina, "First appointment")
        nina.sees("No entry can be shown here for this purpose. This is not a statement that nothing is held.")
        nina.sees_nothing_of(*LOCATING, DANIEL, ENGAGED, QUARREL)
        writes(nina, LOW, [GRACE], {"Mental health": "Her mood is steady since October"})
        nina.follow("Disagree, challenge or correct")
        nina.follow("Photographs and documents")
        nina.write("What does it show?", "Her own plan for bad days")
        nina.page.get_by_label("File").set_input_files(
            {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Ring my sister first"}
        )
        nina.press("Add the file")
        nina.follow("Back to the family")
        with day.at_work("sally") as sally:
            opens(sally)
            sally.sees_nothing_of(LOW, "steady since October")
            answers(nina, GRACE, "Yes")
            for question in ("About which information?", "Held by whom?", "Shared with whom?"):
                for box in nina.page.get_by_role("group", name=question).get_by_role("checkbox").all():
                    box.check()
            nina.press("Record the answer")
            nina.sees("Recorded: the answer acts from now on.")
            sally.go(day.family)
            sally.sees(LOW)


def test_a_day_of_the_workers_on_either_side_of_domestic_abuse(day: Day) -> None:
    """Vera works with the mother and Pete with the father, at one service: neither page knows of the other side."""
    with day.at_work("vera") as vera, day.at_work("pete", PHONE) as pete:
        opens(vera, "She rang this morning")
        vera.sees(*LOCATING[:2], GRACE)
        vera.sees_nothing_of(DANIEL, "Quarry Road", QUARREL, HIS_WORDS)
        writes(vera, KEY, [GRACE])
        opens(pete, "The group meets tonight")
        pete.sees(DANIEL, "No entry can be shown here for this purpose.")
        pete.sees_nothing_of(*LOCATING, GRACE, "Larch Court", KEY, "Vera", QUARREL)
        writes(pete, GROUP, [DANIEL])
        vera.go(day.family)
        vera.sees(KEY)
        vera.sees_nothing_of(GROUP, DANIEL, "Pete")
        for one, other in ((vera, DANIEL), (pete, GRACE)):
            one.follow("Print the chronology for somebody")
            one.sees_nothing_of(other)


def test_a_group_supervision_shows_what_everybody_there_may_see(day: Day) -> None:
    """The shared screen knows of no side; what each adds beyond it stays on their own device."""
    with day.at_work("sally") as sally, day.at_work("vera", PHONE) as vera, day.at_work("rob", PHONE) as rob:
        for one in (sally, vera, rob):
            opens(one, "Group supervision")
        writes(sally, READING, [MAYA])
        sally.follow("Group supervision")
        for name in ("Rob", "Vera", "Nina"):
            sally.choose(name, "Who is there, besides you?")
        sally.press("Open the shared screen")
        sally.sees("Present: Sally", "Rob", "Vera", MAYA)
        sally.sees_nothing_of(*LOCATING, ENGAGED, "Held back")
        room = sally.page.url.removeprefix(day.address)
        for one, words, person in ((vera, KEY, GRACE), (rob, WEEKEND, DANIEL)):
            one.follow("Group supervision")
            one.follow("Add what you know")
            one.dated("When did it happen?", day.world.clock.now)
            one.pick("What kind of event is it?", "Said in group supervision")
            one.choose("Professional opinion", "What kind of statement is it?")
            one.choose(person, "Who is it about?")
            one.write("What happened or was said", words)
            one.choose("Significant", "How significant is it?")
            one.choose("Now", "When may the family see it?")
            one.choose("Sensitive", "How sensitive is it?")
            one.press("Record it")
            one.sees("Recorded: it stands under its own label", words)
        sally.go(room)
        sally.sees_nothing_of(KEY, WEEKEND, *LOCATING)
        sally.follow("Record what it came to")
        sally.choose(MAYA, "Who is it about?")
        sally.write("Decision", "Carry on, and look at Friday again")
        sally.write("Dissent", "One of us would have met the mother sooner")
        sally.write("Action 1", "Ring the school")
        sally.pick("Who does action 1?", "Rob")
        sally.dated("By when is action 1 done?", day.world.clock.now + timedelta(days=7))
        sally.press("Record it and close")
        sally.sees("Recorded: the actions are on the lists of who agreed to them.", "Ring the school")
        rob.go("/")
        rob.sees("Do what was agreed in group supervision")
        vera.go("/")
        vera.sees_nothing_of("Do what was agreed")
