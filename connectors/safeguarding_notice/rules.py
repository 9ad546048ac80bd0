"""What the schema cannot say of a notice: references resolve, counts agree, consent not sought has a reason."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from connectors.people import Plain, consent_issues, person_issues
from connectors.safeguarding_notice.schema import ROLE_PARTS
from hub.domain.referral import Issue, Part, Severity


def parts_of(notice: Plain) -> dict[str, frozenset[Part]]:
    """Return {person id: parts}, from the roles."""
    parts: dict[str, frozenset[Part]] = {}
    for role in notice["roles"]:
        parts[role["person"]] = parts.get(role["person"], frozenset()) | {ROLE_PARTS[role["kind"]]}
    return parts


def rule_issues(notice: Plain, pointer: str) -> Iterator[Issue]:
    """Yield remarks on a notice that its schema accepts."""
    ids = Counter(person["id"] for person in notice["people"])
    parts = parts_of(notice)
    told = date.fromisoformat(notice["created"][:10])
    for index, person in enumerate(notice["people"]):
        where = f"{pointer}/people/{index}"
        if ids[person["id"]] > 1:
            yield Issue(Severity.ERROR, "duplicate_id", f"{where}/id")
        if person["id"] not in parts:
            yield Issue(Severity.WARNING, "person_without_role", where)
        yield from person_issues(person, where, parts.get(person["id"], frozenset()), told)
    for place, reference in _references(notice, pointer):
        if reference not in ids:
            yield Issue(Severity.ERROR, "reference_unresolved", place)
    for index, tie in enumerate(notice.get("relationships", ())):
        if tie["person"] == tie["of"]:
            yield Issue(Severity.WARNING, "related_to_themselves", f"{pointer}/relationships/{index}")
    yield from consent_issues(notice.get("consents", []), f"{pointer}/consents")
    yield from _grading_issues(notice, pointer)


def _grading_issues(notice: Plain, pointer: str) -> Iterator[Issue]:
    grading, risk = notice["grading"], notice.get("risk", {})
    if grading["handling"] == "C" and not grading.get("conditions", "").strip():
        yield Issue(Severity.WARNING, "conditions_missing", f"{pointer}/grading/conditions")
    ticks = sum(answer["answer"] == "yes" for answer in risk.get("answers", ()))
    if "tick_count" in risk and "answers" in risk and ticks != risk["tick_count"]:
        # Only said, never mended: neither the count nor the grade is ours.
        yield Issue(Severity.WARNING, "tick_count_differs", f"{pointer}/risk/tick_count")


def _references(notice: Plain, pointer: str) -> Iterator[tuple[str, str]]:
    single = {"roles": ("person",), "relationships": ("person", "of"), "child_impact": ("person",)}
    for key, names in (single | {"consents": ("person",)}).items():
        for index, item in enumerate(notice.get(key, ())):
            for name in names:
                yield f"{pointer}/{key}/{index}/{name}", item[name]
    for key, name in (("households", "members"), ("narratives", "about")):
        for index, item in enumerate(notice.get(key, ())):
            for position, reference in enumerate(item.get(name, ())):
                yield f"{pointer}/{key}/{index}/{name}/{position}", reference
    for position, reference in enumerate(notice.get("risk", {}).get("about", ())):
        yield f"{pointer}/risk/about/{position}", reference
