"""What is hardly true of a record that can be read: said on its receipt, never mended, no reason to stop it. Pure.

Connectors have no clock, so what depends on today is looked at here, for every format alike.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hub.domain.fields import RecordKind
from hub.domain.moments import version_of
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Issue, Outcome, Parsed, PersonDraft, ReferralDraft, Severity

SLACK: Final = timedelta(days=1)
"""How far a sender's clock, or its idea of its time zone, may be ahead."""
_OLDEST: Final = 1900
_MAY_BE_PLANNED: Final = frozenset({RecordKind.COUNCIL_RECORD})


def plausible(parsed: Parsed, now: datetime) -> Parsed:
    """Return a record with remarks on what is hardly true.

    A version that is a moment to come is not believed: it would shut out every later message about the referral. The
    time of receipt stands in its place.
    """
    draft = parsed.draft
    if draft is None or parsed.outcome is not Outcome.ACCEPTED:
        return parsed
    remarks = list(_remarks(draft, PartialDate.of(now + SLACK)))
    if draft.dated and draft.version > version_of(now + SLACK):
        remarks.append(Issue(Severity.WARNING, "moment_in_the_future", draft.pointer))
        draft = replace(draft, version=version_of(now))
    return replace(parsed, draft=draft, issues=(*parsed.issues, *remarks)) if remarks else parsed


def _remarks(draft: ReferralDraft, latest: PartialDate) -> Iterator[Issue]:
    if any(one.occurred.first > latest.first for one in draft.entries if one.kind not in _MAY_BE_PLANNED):
        yield Issue(Severity.WARNING, "event_in_the_future", draft.pointer)
    for person in draft.people:
        born = person.birth_date
        if born is not None and born.first.year < _OLDEST:
            yield Issue(Severity.WARNING, "birth_date_long_ago", _place(person, draft))
        if born is not None and born.first > latest.first:
            yield Issue(Severity.WARNING, "birth_date_in_future", _place(person, draft))


def _place(person: PersonDraft, draft: ReferralDraft) -> str:
    return person.fields["birth_date"].pointer if "birth_date" in person.fields else draft.pointer
