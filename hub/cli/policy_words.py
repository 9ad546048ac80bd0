"""How the policy tools' answers are printed: plain lines, in the agreement's own words."""

from collections.abc import Iterable, Sequence

import click

from hub.policy.analyse import ALWAYS_PROHIBITED, ALWAYS_SHADOWED, NEVER_MATCHES, Analysis
from hub.policy.diff import Change, Effect
from hub.policy.vocabulary import Vocabulary
from hub.policy.who_can_see import Allowed, Barred
from hub.services.policy_files import Check, Tried

FINDINGS = {
    NEVER_MATCHES: "never matches: what it asks for never comes together",
    ALWAYS_PROHIBITED: "conflict: a prohibition beats it wherever it matches",
    ALWAYS_SHADOWED: "never relied on: another rule goes before it wherever it matches",
}


def check(found: Check) -> None:
    """Print what checking one file found."""
    click.echo(f"{found.key} ({found.source}): {found.cases} worked cases, {len(found.failures)} fail")
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
        if not change.before:
            click.echo(f"{change.where}: added: {change.after}")
        elif not change.after:
            click.echo(f"{change.where}: removed: {change.before}")
        else:
            click.echo(f"{change.where}: {change.what}: {change.before} -> {change.after}")
    click.echo("")
    click.echo("Over the whole request space:" if meaning else "No request of the whole space changes its answer.")
    for line in effect_lines(meaning, vocabulary):
        click.echo(f"  {line}")


def effect_lines(meaning: Sequence[Effect], vocabulary: Vocabulary) -> list[str]:
    """Say per reader and source which categories are newly shown, newly withheld, or shown under another rule."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for effect in meaning:
        numbers = (("newly shown", effect.shown), ("newly withheld", effect.withheld), ("another rule", effect.other))
        for name, count in numbers:
            if count:
                key = effect.recipient, effect.role, effect.source, name
                grouped.setdefault(key, []).append(f"{vocabulary.words(effect.category)} ({count:,} requests)")
    return [
        f"{name}: {vocabulary.words(role)} at {recipient}, held by {source}: {'; '.join(categories)}"
        for (recipient, role, source, name), categories in grouped.items()
    ]


def analysis(found: Analysis, vocabulary: Vocabulary) -> None:
    """Print numbers, findings and what nobody else sees."""
    swept = found.sweep
    click.echo(f"{found.in_force} rules in force on {found.at:%Y-%m-%d}; {swept.requests:,} requests swept")
    click.echo(
        f"{swept.permitted:,} permitted; {swept.prohibited:,} prohibited, {swept.beaten:,} of them else permitted"
    )
    for finding in found.findings:
        because = f" ({', '.join(finding.because)})" if finding.because else ""
        click.echo(f"{finding.rule}: {FINDINGS[finding.kind]}{because}")
    if not found.findings:
        click.echo("No rule is without effect.")
    for source, categories in found.unseen:
        words = "; ".join(vocabulary.words(category) for category in categories)
        click.echo(f"Held by {source}, never shown to another agency: {words}")


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
