"""Answers to a form's questions as fields of a record; why there is no answer is kept like an answer."""

from collections import defaultdict
from collections.abc import Iterable

from connectors.people import Plain
from hub.domain.fields import answers_in
from hub.domain.form import UNANSWERED, Question
from hub.domain.referral import Sourced

Kept = dict[str, tuple[Sourced, tuple[str, ...]]]
"""Field -> the text to keep, and the roles it speaks of (none: everyone)."""


def entry_fields(questions: Iterable[Question], answers: Plain, pointer: str) -> Kept:
    """Return the fields that these answers fill; several answers in one field stand under their questions."""
    found: dict[str, list[tuple[Question, str]]] = defaultdict(list)
    for question in questions:
        if words := _words(question, answers):
            found[question.field].append((question, words))
    return {field: (_joined(field, told, pointer), _roles(told)) for field, told in found.items()}


def _words(question: Question, answers: Plain) -> str:
    if reason := answers.get(question.reason_id):
        return UNANSWERED[reason]
    said = answers.get(question.id, "")
    if question.kind in {"choice", "choices"}:
        chosen = [said] if isinstance(said, str) else said
        return "; ".join(question.options[word] for word in chosen if word)
    return str(said).strip()


def _joined(field: str, told: list[tuple[Question, str]], pointer: str) -> Sourced:
    first, words = told[0]
    if len(told) > 1 or field == answers_in(first.category):
        words = "\n".join(f"{question.label}: {said}" for question, said in told)
    return Sourced(words, f"{pointer}/{first.id}" if len(told) == 1 else pointer)


def _roles(told: list[tuple[Question, str]]) -> tuple[str, ...]:
    """Return whom all these answers speak of: one that speaks of everyone makes all of them do."""
    if any(not question.speaks_of for question, _ in told):
        return ()
    return tuple(dict.fromkeys(role for question, _ in told for role in question.speaks_of))
