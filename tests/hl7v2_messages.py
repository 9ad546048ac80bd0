"""HL7 v2 messages made for tests: one person, and whatever segments a test is about."""

from connectors.hl7v2 import Hl7V2
from hub.domain.referral import Limits, Parsed

HEADER = "MSH|^~\\&|PAS|TRUST|HUB|LA|20240312100000||REF^I12|77|P|2.5"
PERSON = "PID|1||9000000025^^^NHS^NH||HART^MAYA||20160305"


def parse(body: bytes | str, limits: Limits | None = None) -> Parsed:
    """Read one message."""
    (parsed,) = Hl7V2().parse(body if isinstance(body, bytes) else body.encode(), limits or Limits())
    return parsed


def with_segments(*segments: str, header: str = HEADER) -> str:
    """Return a referral of one child with more segments."""
    return "\r".join((header, PERSON, *segments)) + "\r"


def codes(parsed: Parsed) -> set[tuple[str, str]]:
    """Return (code, place) of every remark."""
    return {(issue.code, issue.location) for issue in parsed.issues}


def summary(parsed: Parsed) -> str:
    """Return the text of the entry."""
    return parsed.draft.entries[0].fields["summary"].value
