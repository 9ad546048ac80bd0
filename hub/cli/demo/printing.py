"""Prints a family page in a terminal, as a reader sees it."""

from rich.console import Console
from rich.markup import escape

from hub.services.entry_lines import EntryLine
from hub.services.family_page import FamilyPage

_STATES = {"shown": "green", "nothing_shown": "dim", "not_checked": "yellow", "not_connected": "dim"}
_NOTHING = "Nothing that can be shown here. This is not a statement that nothing is held."


def print_page(console: Console, page: FamilyPage) -> None:
    """Print lead, people, coverage, chronology and gaps."""
    lead = f"{page.lead.name}, {page.lead.phone}" if page.lead else "cannot be shown here"
    _line(console, f"Family {page.reference}. Lead practitioner: {lead}. Purpose: {page.purpose_words}")
    if page.openings:
        _line(console, "In force: " + "; ".join(f"{o.words} since {o.since_words}" for o in page.openings))
    people = "; ".join(f"{p.name} ({p.part_words})" for p in page.people)
    _line(console, f"People: {people or 'nobody can be shown here'}")
    for line in page.coverage:
        words = f"{_NOTHING} Ask: {line.contact}" if line.state == "nothing_shown" else line.words
        console.print(f"  [{_STATES[line.state]}]{escape(line.agency)}: {escape(words)}[/]", highlight=False)
    for entry in page.entries:
        _entry(console, entry)
    if not page.entries:
        _line(console, f"  {_NOTHING}")
    for gap in page.gaps:
        count = "" if gap.count is None else f" ({gap.count})"
        console.print(
            f"  [dim]held back[/] {escape(gap.agency)}{count}: {escape(gap.words)} Ask: {escape(gap.contact)}",
            highlight=False,
            soft_wrap=True,
        )


def _entry(console: Console, entry: EntryLine) -> None:
    console.print(
        f"  [bold]{escape(entry.date_words)}[/]  {escape(entry.kind_words)}, {escape(entry.agency)}"
        f"  [dim]about {escape(entry.about_words)}[/]",
        highlight=False,
        soft_wrap=True,
    )
    for field in entry.fields:
        said = field.value if field.withheld is None else f"[held back] {field.withheld.words}"
        _line(console, f"      {field.words}: {said}")
    for why in entry.why[:2]:
        console.print(f"      [dim]why: {escape(why)}[/]", highlight=False, soft_wrap=True)


def _line(console: Console, words: str) -> None:
    console.print(escape(words), highlight=False, soft_wrap=True)
