"""What is checked beyond the shape: ids, roles, questions without an answer, what stands for good practice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from connectors.people import Plain, consent_issues, person_issues
from connectors.schema_fields import read_date
from hub.domain.form import Form, Question
from hub.domain.referral import Issue, Part, Severity

_CHILDREN = frozenset({Part.CHILD, Part.UNBORN_CHILD})


def parts_of(form: Form, person: Plain) -> frozenset[Part]:
    """Return the parts that a person's roles make."""
    return frozenset(form.roles[role].part for role in person.get("roles", ())) or frozenset({Part.OTHER})


def rule_issues(form: Form, referral: Plain, pointer: str) -> Iterator[Issue]:
    """Yield every remark on a referral that has the right shape."""
    told = date.fromisoformat(referral["created"][:10])
    people = referral["people"]
    ids = Counter(person["id"] for person in people)
    for index, person in enumerate(people):
        where = f"{pointer}/people/{index}"
        if ids[person["id"]] > 1:
            yield Issue(Severity.ERROR, "duplicate_id", f"{where}/id")
        yield from person_issues(person, where, parts_of(form, person), told)
        yield from _of_person(form, person, where, ids)
    for index, event in enumerate(referral.get("events", ())):
        yield from _of_event(event, f"{pointer}/events/{index}", ids, told)
    yield from _unanswered(form.questions, referral["answers"], f"{pointer}/answers")
    yield from _unanswered(form.referrer, referral["referrer"], f"{pointer}/referrer")
    if not any(parts_of(form, person) & _CHILDREN for person in people):
        yield Issue(Severity.WARNING, "no_child_named", f"{pointer}/people")


def _of_person(form: Form, person: Plain, where: str, ids: Counter[str]) -> Iterator[Issue]:
    if not person.get("roles"):
        yield Issue(Severity.ERROR, "required", f"{where}/roles")
    for index, item in enumerate(person.get("relationships", ())):
        if item["of"] not in ids:
            yield Issue(Severity.ERROR, "unknown_person", f"{where}/relationships/{index}/of")
        elif item["of"] == person["id"]:
            yield Issue(Severity.WARNING, "related_to_themselves", f"{where}/relationships/{index}")
    said = person.get("consent", {})
    for issue in consent_issues([said] if "obtained" in said else [], f"{where}/consent"):
        yield Issue(issue.severity, issue.code, f"{where}/consent/reason")
    # Nobody's silence is a yes, and nobody's silence stops a referral.
    if "obtained" not in said and not form.public and not parts_of(form, person) & _CHILDREN:
        yield Issue(Severity.WARNING, "consent_not_said", f"{where}/consent")
    yield from _unanswered(form.of_each_person, person.get("answers", {}), f"{where}/answers")


def _of_event(event: Plain, where: str, ids: Counter[str], told: date) -> Iterator[Issue]:
    for index, key in enumerate(event.get("about", ())):
        if key not in ids:
            yield Issue(Severity.ERROR, "unknown_person", f"{where}/about/{index}")
    when = read_date(event["occurred"], instant=True)
    if when is not None and when.first > told:
        yield Issue(Severity.WARNING, "date_in_future", f"{where}/occurred")


def _unanswered(questions: Iterable[Question], answers: Plain, where: str) -> Iterator[Issue]:
    for question in questions:
        said = answers.get(question.id)
        if question.required and not said and not answers.get(question.reason_id):
            yield Issue(Severity.ERROR, "required", f"{where}/{question.id}")
        if question.reason_id and said and answers.get(question.reason_id):
            yield Issue(Severity.ERROR, "answered_and_not", f"{where}/{question.reason_id}")
