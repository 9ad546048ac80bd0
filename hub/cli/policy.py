"""`hub policy ...`: what agreements say, whether they hold, and what they would change."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from hub.cli import policy_words
from hub.cli.careful import NO, careful, text_of
from hub.cli.careful import folder as folder_option
from hub.cli.officer import by_officer, signed_in
from hub.cli.officer import officer as officer_option
from hub.cli.officer import password as password_option
from hub.cli.officer import reason as reason_option
from hub.cli.stage import Builders, Stage
from hub.domain.errors import PolicyError
from hub.domain.ids import AccountId, FamilyId
from hub.gate.examining import When
from hub.policy.editor_schema import KINDS
from hub.policy.terms import Agreement
from hub.policy.who_can_see import Holding
from hub.services.form_files import load_forms
from hub.services.policy_files import PolicyFiles
from hub.services.questions import PURPOSES

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
_files = click.argument("files", nargs=-1, type=_FILE)
_at = click.option("--at", type=click.DateTime(_DAYS), help="As of when (UTC); by default now.")


@click.group()
def policy() -> None:
    """Agreements."""


def _loaded(builders: Builders, files: Sequence[Path]) -> tuple[PolicyFiles, list[Agreement]]:
    reader = builders.policy_files()
    return reader, [reader.load(text_of(path), str(path)) for path in _chosen(builders, files)]


def _chosen(builders: Builders, files: Sequence[Path]) -> Sequence[Path]:
    return files or sorted((builders.policies / "agreements").glob("*.yaml"))


def _instant(builders: Builders, at: datetime | None) -> datetime:
    return at.replace(tzinfo=UTC) if at else builders.clock()


@policy.command()
@_files
@click.option("--folder", envvar="HUB_FOLDER", hidden=True, help="Not needed: files are checked by themselves.")
@careful
def check(builders: Builders, files: tuple[Path, ...], folder: str | None) -> None:  # noqa: ARG001  older scripts say it
    """Load agreements, run their worked cases, compare the implementations on them as one set; 1 when one fails."""
    reader, agreements, sound = builders.policy_files(), list[Agreement](), True
    for file in _chosen(builders, files):
        try:
            agreements.append(reader.load(text_of(file), str(file)))
        except PolicyError as error:
            click.echo(f"{error.where}: {error.code}. {error.next_step}")
            sound = False
    for found in reader.check_together(agreements):
        policy_words.check(found)
        sound = sound and found.ok
    sys.exit(0 if sound else NO)


@policy.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@careful
def forms(builders: Builders, folder: Path | None) -> None:
    """Read the referral forms, and print where each answer goes: its category decides who reads it."""
    for form in load_forms(folder or builders.policies / "forms").values():
        click.echo(f"{form.name}: {form.title}")
        for question in (*form.questions, *form.of_each_person):
            about = f", about {', '.join(question.speaks_of)} alone" if question.speaks_of else ""
            click.echo(f"  {question.id}: {question.category}{about}")


@policy.command()
@click.option("--kind", type=click.Choice(list(KINDS)), default="agreement", show_default=True)
@careful
def schema(builders: Builders, kind: str) -> None:
    """Print the JSON Schema of a kind of document, for editors that complete and check while one writes."""
    click.echo(json.dumps(builders.policy_files().schema(kind), indent=1))


@policy.command()
@click.argument("file", type=_FILE)
@careful
def test(builders: Builders, file: Path) -> None:
    """Run the worked cases of one agreement, found against expected; exit status 1 when one fails."""
    reader = builders.policy_files()
    tried = reader.test(text_of(file), str(file))
    policy_words.tried(tried)
    sys.exit(NO if any(one.failures for one in tried) else 0)


@policy.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@_at
@careful
def diff(builders: Builders, old: Path, new: Path, at: datetime | None) -> None:
    """Say in words what changed from one version to another, and what that does over the whole request space."""
    reader, (before, after) = _loaded(builders, (old, new))
    instant = at.replace(tzinfo=UTC) if at else max(before.starts, after.starts)
    policy_words.diff(*reader.diff(before, after, instant), reader.base.vocabulary)


@policy.command()
@_files
@_at
@careful
def analyse(builders: Builders, files: tuple[Path, ...], at: datetime | None) -> None:
    """Find conflicts, gaps and rules that do nothing, over the whole request space; exit status 1 if so."""
    reader, agreements = _loaded(builders, files)
    found = reader.analyse(agreements, _instant(builders, at))
    policy_words.analysis(found, reader.base.vocabulary)
    sys.exit(NO if found.findings else 0)


@policy.command(name="who-can-see")
@_files
@click.option("--category", required=True)
@click.option("--owner", required=True, help="The code of the agency that holds it.")
@click.option("--sensitivity", default="sensitive", show_default=True)
@click.option("--part", default="", help="Who it is about (child, parent, ...); by default anybody.")
@_at
@careful
def who_can_see(
    builders: Builders,
    files: tuple[Path, ...],
    category: str,
    owner: str,
    sensitivity: str,
    part: str,
    at: datetime | None,
) -> None:
    """Say which roles can see a kind of information, under which rule, on which condition."""
    reader, agreements = _loaded(builders, files)
    holding = Holding(category, owner, sensitivity, part)
    policy_words.seers(*reader.who_can_see(agreements, holding, _instant(builders, at)))


_family = click.option("--family", required=True, help="The family's id, as the page's address has it.")
_known = click.option("--known", type=click.DateTime(_DAYS), help="As known when (UTC); by default as known then.")


def _when(builders: Builders, at: datetime | None, known: datetime | None) -> When:
    instant = _instant(builders, at)
    return When(instant, known.replace(tzinfo=UTC) if known else instant)


@policy.command()
@_family
@click.option("--worker", help="A worker's key; without worker and item they are listed.")
@click.option("--item", help="A record's id.")
@click.option("--purpose", type=click.Choice(PURPOSES), default=PURPOSES[0], show_default=True)
@_at
@_known
@officer_option
@reason_option
@password_option
@folder_option
@careful
def explain(  # noqa: PLR0913, PLR0917  one question has this many parts
    builders: Builders,
    folder: Path,
    family: str,
    worker: str | None,
    item: str | None,
    purpose: str,
    at: datetime | None,
    known: datetime | None,
    officer: str,
    reason: str,
    password: str,
) -> None:
    """Say why a worker could see an item on a day or not; with an item alone, who could. Labels and dates only."""
    when = _when(builders, at, known)
    with signed_in(builders, folder, officer, password) as (stage, account):
        if item and worker:
            asked = worker, item, purpose
            policy_words.answered(stage.questions.why(account, FamilyId(family), asked, when, reason))
        elif item:
            policy_words.item_seers(stage.questions.who(account, FamilyId(family), item, when, reason)[1])
        else:
            policy_words.choice(stage.questions.choice(account, FamilyId(family), when, reason))


policy.add_command(explain, name="decide")


@policy.command()
@click.argument("file", type=_FILE)
@click.option("--limit", default=5_000, show_default=True, help="How many of the newest log entries to read.")
@reason_option
@by_officer
def replay(stage: Stage, account: AccountId, file: Path, limit: int, reason: str) -> None:
    """Say what a draft would have changed in the real access log: for whom by role, how often."""
    report = stage.replaying.replay(account, text_of(file), str(file), reason, limit)
    policy_words.replayed(report, stage.pages.register().vocabulary)


@policy.command()
@folder_option
@careful
def routes(builders: Builders, folder: Path) -> None:
    """List the legal routes, and which of them may be relied on here."""
    for line in builders.open(folder).routes.listed():
        state = "confirmed" if line.verified else "accepted" if line.usable else "NOT ACCEPTED: its rules show nothing"
        click.echo(f"{line.id}: {state}\n  {line.words}\n  {line.law}. Source: {line.source}. {line.note}")


@policy.command(name="accept-route")
@click.argument("route")
@click.option("--officer", required=True, help="User name of the information governance officer who accepts it.")
@click.option("--reason", required=True, help="Why it may be relied on here, for example whose advice.")
@click.option("--password", prompt="The officer's password", hide_input=True)
@folder_option
@careful
def accept_route(builders: Builders, folder: Path, route: str, officer: str, reason: str, password: str) -> None:
    """Accept a route that is not confirmed, as its text is now; a changed text has to be accepted again."""
    with signed_in(builders, folder, officer, password) as (stage, account):
        stage.routes.accept(account, route, reason)
    click.echo(f"{route} is accepted by {officer}. Its rules act from the next request on.")
