"""What people do at a family's pages, as a sequence of links, answers and buttons."""

from collections.abc import Mapping, Sequence

from tests.browser.working_day import Person

HELPING = "Planning and giving help"


def opens(one: Person, reason: str = "Visit this afternoon") -> None:
    """Open the family from home, as everybody does in the morning."""
    one.follow("Family FS-0001")
    one.say_why(reason, HELPING)


def writes(one: Person, words: str, about: Sequence[str], more: Mapping[str, str] | None = None) -> None:
    """Add an entry, and come back to the family."""
    one.follow("Add an entry")
    one.dated("When did it happen?", one.day.world.clock.now)
    one.pick("What kind of event is it?", "Visit")
    one.choose("Observed by the writer", "What kind of statement is it?")
    for person in about:
        one.choose(person, "Who is it about?")
    for label, said in {"What happened or was said": words, **(more or {})}.items():
        one.write(label, said)
    one.choose("Routine", "How significant is it?")
    one.choose("Now", "When may the family see it?")
    one.choose("Personal", "How sensitive is it?")
    one.press("Add the entry")
    one.sees("Recorded: The entry is in the chronology.", words)


def answers(one: Person, person: str, status: str) -> None:
    """Go to one person's answer about sharing, and say what they said."""
    one.follow("Record what a person said about sharing")
    one.choose(person, "Whose answer is this?")
    one.press("Continue")
    one.sees("Help does not depend on")
    one.choose(status, "What did they say?")


def prints_for(one: Person, recipient: str) -> None:
    """Make a copy of the chronology for somebody, as a page."""
    one.follow("Print the chronology for somebody")
    one.pick("Who is the copy for?", recipient)
    one.choose("I hand it over")
    one.choose("A page to print")
    one.press("Make the copy")
