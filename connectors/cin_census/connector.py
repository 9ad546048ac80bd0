"""Reads a census file: one record a child, each of which stands or falls alone."""

from collections.abc import Iterator

from connectors.cin_census.translate import child_draft
from connectors.protected_values import conclude
from connectors.schema_fields import read_date
from connectors.standing_alone import stands_alone
from connectors.strict_xml import Element, read_xml
from hub.domain.errors import RejectedMessageError
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Issue, Limits, Parsed, Severity


class CinCensus:
    """Connector for the Children in Need census as XML, in the shapes of 2021 to 2026."""

    name = "cin_census"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per child; pointers read `/Message/Children/Child[2]/CINdetails[1]/ReferralSource`.

        Raises:
            RejectedMessageError: not safe and well-formed XML (see `strict_xml`), or its outer shape is not the census.
        """
        root = read_xml(body, limits)
        if root.tag != "Message" or root.findtext("Header/CollectionDetails/Collection") != "CIN":
            raise RejectedMessageError("not_a_cin_census", where="/Message")
        told = read_date((root.findtext("Header/CollectionDetails/ReferenceDate") or "").strip())
        if told is None:
            raise RejectedMessageError("not_a_date", where="/Message/Header/CollectionDetails/ReferenceDate")
        children = root.findall("Children/Child")
        if not children:
            raise RejectedMessageError("required", where="/Message/Children/Child")
        if len(children) > limits.max_records:
            raise RejectedMessageError("too_many_records", where="/Message/Children")
        return _parsed(root, children, told)

    def message_key(self, body: bytes) -> str:
        """Return "": a census is sent again as a whole; its children have keys, the file has none."""
        del body
        return ""


def _parsed(root: Element, children: list[Element], told: PartialDate) -> Iterator[Parsed]:
    remarks = tuple(_outer(root, told))
    authority = (root.findtext("Header/Source/LEA") or "").strip()
    for number, child in enumerate(children, 1):
        pointer = f"/Message/Children/Child[{number}]"
        yield stands_alone(pointer, _child, (child, pointer), authority, told, remarks)
        remarks = ()


def _child(at: tuple[Element, str], authority: str, told: PartialDate, remarks: tuple[Issue, ...]) -> Parsed:
    draft, notes = child_draft(*at, authority, told)
    return conclude(draft, remarks + tuple(notes.issues))


def _outer(root: Element, told: PartialDate) -> Iterator[Issue]:
    year = (root.findtext("Header/CollectionDetails/Year") or "").strip()
    if year != str(told.first.year):
        yield Issue(Severity.WARNING, "header_disagrees", "/Message/Header/CollectionDetails/Year")
    strange = sum(1 for one in root if one.tag not in {"Header", "Children"})
    if strange:
        yield Issue(Severity.WARNING, "unknown_keys", f"/Message count={strange}")
