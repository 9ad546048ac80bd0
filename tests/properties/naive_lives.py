"""Whose word about sharing counts on a day, told naively: each question looks through every event of a life."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

YES = {"given", "given_with_conditions"}
CHILDRENS_LAW = {
    "strategy_discussion",
    "s47_enquiry",
    "child_protection_plan",
    "pre_proceedings",
    "care_proceedings",
}
Happened = Callable[[str, str, datetime], list[dict[str, Any]]]
"""(person, event, when) -> what stood then of that event, the newest last."""


def word_counts(
    what: dict[str, Any], said: datetime, at: datetime, happened: Happened, birthday: datetime | None
) -> bool:
    """Say whether a word said then counts at `at`; `birthday` is when its subject turns sixteen, if anybody knows."""
    subject, giver = what["person"], what.get("given_by", "")
    capacity = what.get("capacity", "")
    if capacity in {"", "adult"} and birthday is not None and said < birthday:
        capacity = "parental_responsibility"
    parent = capacity == "parental_responsibility"
    if what["status"] not in YES:
        return not parent or parent_speaks(subject, giver, said, happened)
    if happened(subject, "death", at) or capacity == "unable":
        return False
    if parent:
        return all(parent_speaks(subject, giver, when, happened) for when in (said, at))
    if giver not in {"", subject}:
        return named(subject, "spoken_for", giver, said, happened)
    return not happened(subject, "incapable", said)


def parent_speaks(child: str, parent: str, when: datetime, happened: Happened) -> bool:
    """Say whether a parent may speak for this child: not for a grown one, not against an order, not when dead."""
    speaks_alone = happened(child, "turns_16", when) or happened(child, "competent", when)
    if happened(child, "turns_18", when):
        return False
    if speaks_alone and not happened(child, "incapable", when):
        return False
    if parent and happened(parent, "death", when):
        return False
    return not happened(child, "order", when) or named(child, "order", parent, when, happened)


def named(subject: str, event: str, person: str, when: datetime, happened: Happened) -> bool:
    """Say whether the newest order or appointment names this person."""
    stood = happened(subject, event, when)
    return bool(stood) and person in stood[-1]["holders"]


def still_a_child(opening: str, person: str, when: datetime, happened: Happened) -> bool:
    """Say whether an opening that names this person as a child can still concern them."""
    return opening not in CHILDRENS_LAW or not happened(person, "turns_18", when)
