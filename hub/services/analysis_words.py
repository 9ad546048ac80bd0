"""Analyses, effects and replays in words, for pages and commands alike. Pure."""

from collections.abc import Sequence
from typing import Final

from hub.policy.analyse import ALWAYS_PROHIBITED, ALWAYS_SHADOWED, NEVER_MATCHES, Analysis, Finding
from hub.policy.diff import Change, Effect
from hub.policy.replay import Changed, Replayed
from hub.policy.vocabulary import Vocabulary

_FINDINGS: Final = {
    NEVER_MATCHES: "never matches: what it asks for never comes together",
    ALWAYS_PROHIBITED: "conflict: a prohibition beats it wherever it matches",
    ALWAYS_SHADOWED: "never relied on: another rule goes before it wherever it matches",
}


def finding_line(finding: Finding) -> str:
    """Say which rule has no effect, why, and because of which others."""
    because = f" ({', '.join(finding.because)})" if finding.because else ""
    return f"{finding.rule} {_FINDINGS[finding.kind]}{because}"


def numbers_line(found: Analysis) -> str:
    """Say how much was swept and what came of it."""
    swept = found.sweep
    return (
        f"{found.in_force} rules in force on {found.at:%Y-%m-%d}; {swept.requests:,} requests swept: "
        f"{swept.permitted:,} permitted; {swept.prohibited:,} prohibited, {swept.beaten:,} of these else shown."
    )


def unseen_lines(found: Analysis, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Return (agency code, the kinds of information that nobody outside it ever sees)."""
    return [(code, "; ".join(vocabulary.words(category) for category in rest)) for code, rest in found.unseen]


def change_line(change: Change) -> str:
    """Say what of one place was changed, and from what to what."""
    if not change.before:
        return f"added: {change.after}"
    if not change.after:
        return f"removed: {change.before}"
    return f"{change.what}: {change.before} -> {change.after}"


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


def replayed_line(views: int, met: int, found: Replayed) -> str:
    """Say how much of the log was replayed and what changes in all."""
    return (
        f"{views:,} logged views read, {met:,} met exactly and replayed: {found.decisions:,} decisions; "
        f"{found.newly_shown:,} newly shown, {found.newly_withheld:,} newly withheld, "
        f"{found.other_rule:,} under another rule."
    )


def changed_line(one: Changed, vocabulary: Vocabulary) -> str:
    """Say for whom which kind of logged decision changes; roles and agencies only."""
    rules = f"{one.rule_before or 'no rule'} -> {one.rule_after or 'no rule'}"
    return (
        f"{vocabulary.words(one.role)} at {one.recipient}, {vocabulary.words(one.category)} held by {one.source}, "
        f"{vocabulary.words(one.purpose)}: {one.before.value} -> {one.after.value} ({rules})"
    )
