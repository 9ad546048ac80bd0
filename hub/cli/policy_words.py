"""How the policy tools' answers are printed: plain lines, in the agreement's own words."""

from collections.abc import Iterable, Sequence

import click

from hub.policy.analyse import Analysis
from hub.policy.diff import Change, Effect
from hub.policy.vocabulary import Vocabulary
from hub.policy.who_can_see import Allowed, Barred
from hub.services.analysis_words import (
    change_line,
    changed_line,
    effect_lines,
    finding_line,
    numbers_line,
    replayed_line,
    unseen_lines,
)
from hub.services.policy_files import Tried
from hub.services.questions import Answered, Choice, Seer
from hub.services.replaying import Report
from hub.services.soundness import Check


def check(found: Check) -> None:
    """Print what checking one agreement found."""
    click.echo(f"{found.key}: {found.cases} worked cases, {len(found.failures)} fail")
    for failure in found.failures:
        click.echo(f"  {failure.words}\n    expected {failure.expected}; found {failure.found}")
    names = ", ".join(found.implementations)
    missing = "" if "Cedar" in found.implementations else " (Cedar not compared: cedarpy is not installed)"
    click.echo(f"  {found.compared} cases decided by {names}{missing}: {len(found.differences)} differences")
    for difference in found.differences:
        click.echo(f"    {difference}")


def tried(found: Iterable[Tried]) -> None:
    """Print each worked case."""
    for one in found:
        rule = one.decision.rule.rpartition(":")[2] or "no rule"
        click.echo(f"{'FAILS' if one.failures else 'ok   '} {one.words}: {one.decision.level.value}, {rule}")
        for failure in one.failures:
            click.echo(f"        expected {failure.expected}; found {failure.found}")


def diff(found: Sequence[Change], meaning: Sequence[Effect], vocabulary: Vocabulary) -> None:
    """Print changes in words, then what they do."""
    if not found:
        click.echo("Nothing changed.")
    for change in found:
        click.echo(f"{change.where}: {change_line(change)}")
    click.echo("")
    click.echo("Over the whole request space:" if meaning else "No request of the whole space changes its answer.")
    for line in effect_lines(meaning, vocabulary):
        click.echo(f"  {line}")


def analysis(found: Analysis, vocabulary: Vocabulary) -> None:
    """Print numbers, findings and what nobody else sees."""
    click.echo(numbers_line(found))
    for finding in found.findings:
        click.echo(finding_line(finding))
    if not found.findings:
        click.echo("No rule is without effect.")
    for source, words in unseen_lines(found, vocabulary):
        click.echo(f"Held by {source}, never shown to another agency: {words}")


def replayed(found: Report, vocabulary: Vocabulary) -> None:
    """Print what a draft would have changed in the log."""
    click.echo(replayed_line(found.views, found.met, found.result))
    for words, count in found.not_met:
        click.echo(f"{count:,} views cannot be recomputed: {words}")
    for one in found.result.changes:
        click.echo(f"{one.times:>7,}  {changed_line(one, vocabulary)}")


def choice(found: Choice) -> None:
    """Print whom and what can be asked about."""
    for worker in found.workers:
        click.echo(f"worker  {worker.key}  {worker.words}")
    for item in found.items:
        click.echo(f"item    {item.record}  {item.words}")


def answered(found: Answered) -> None:
    """Print an answer: verdict, clause, what stood, what came close."""
    click.echo(f"{found.worker}; {found.item}; {found.purpose}")
    for one in found.answers:
        click.echo(f"\n{one.category}: {one.verdict}. {one.told.headline}.")
        if one.told.words:
            click.echo(f"  {one.anchor}: {one.told.words} ({one.told.dates}; signed by {one.signed_by})")
        for name, words in (*one.told.basis, *one.stood):
            click.echo(f"  {name}: {words}")
        for miss in one.near:
            click.echo(f"  close: {miss.rule}: {miss.words}")
            for failed in miss.failed:
                click.echo(f"    {failed.name}: asks for {failed.asked}; it was {failed.found}")


def item_seers(found: Sequence[Seer]) -> None:
    """Print who can see an item."""
    for one in found:
        click.echo(f"{one.worker}: {one.category}, {one.purpose}, under {one.rule}: {one.words}")
    if not found:
        click.echo("None of those you may know to be involved.")


def seers(allowed: Sequence[Allowed], barred: Sequence[Barred]) -> None:
    """Print who can see, then what can take it away again."""
    if not allowed:
        click.echo("No rule in force shows this to anybody.")
    for one in allowed:
        click.echo(f"{one.roles} at {one.recipients}")
        click.echo(f"  {one.rule}: {one.words}")
        click.echo(
            f"  for: {one.purposes}; reader: {one.related}; consent: {one.condition}; until {one.until:%Y-%m-%d}"
        )
    for never in barred:
        click.echo(f"But never: {never.rule}: {never.words}{f' Unless {never.unless}.' if never.unless else ''}")
