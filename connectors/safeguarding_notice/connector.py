"""Reads a batch of notices; each notice stands or falls alone."""

from collections.abc import Iterator

from connectors.own_json import each_alone, read_batch
from connectors.people import Plain
from connectors.protected_values import conclude
from connectors.safeguarding_notice.rules import rule_issues
from connectors.safeguarding_notice.schema import BatchSchema, NoticeSchema
from connectors.safeguarding_notice.translate import notice_draft
from connectors.schema_reading import check
from hub.domain.referral import Issue, Limits, Outcome, Parsed, Severity

_NOTICE = NoticeSchema()


class SafeguardingNotice:
    """Connector for our published police format (JSON, version 1.0)."""

    name = "safeguarding_notice"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per notice, lazily; pointers are JSON pointers such as `/notices/0/people/1/name`.

        Raises:
            RejectedMessageError: the message is not strict JSON, or its outer shape is not a batch.
        """
        notices, remarks = read_batch(body, limits, BatchSchema, "notices")
        return each_alone("notices", notices, limits, remarks, parsed_notice)

    def message_key(self, body: bytes) -> str:
        """Return "": `batch_id` names a parcel. What is in it has numbers of its own, and is known again by those."""
        del body
        return ""


def parsed_notice(
    notice: Plain, pointer: str, limits: Limits, remarks: tuple[Issue, ...], *, checked: bool = False
) -> Parsed:
    """Return what becomes of one notice, as JSON holds it; an error among the `remarks` on it quarantines it too.

    `checked` says that the published XSD accepted it, whose rules are the schema's.
    """
    issues = remarks if checked else remarks + check(_NOTICE, notice, pointer, limits)
    if not _has_error(issues):
        issues += tuple(rule_issues(notice, pointer))
    if _has_error(issues):
        return Parsed(Outcome.QUARANTINED, pointer, None, issues)
    return conclude(notice_draft(notice, pointer), issues)


def _has_error(issues: tuple[Issue, ...]) -> bool:
    return any(issue.severity is Severity.ERROR for issue in issues)
