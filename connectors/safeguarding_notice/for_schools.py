"""What a notice of domestic abuse tells a child's school: one thin entry a child (Operation Encompass). Pure.

INVARIANT: who else was there, where it was and what happened are left out. Circumstances go along only in words that
the police wrote for schools, and in a field of their own: an agreement says whether anybody reads them.
"""

from collections.abc import Iterator

from connectors.people import Plain, display_name
from connectors.safeguarding_notice.rules import parts_of
from hub.domain.fields import RecordKind
from hub.domain.referral import EntryDraft, Part, Sourced

ABOUT = "domestic_abuse"
"""The kind of notice that schools are told of."""
CIRCUMSTANCES = "for_school"
"""The kind of narrative that is written for them."""
_NOT_KNOWN = "not_known"


def school_fields(notice: Plain, pointer: str) -> Iterator[tuple[str, dict[str, Sourced]]]:
    """Yield (id of the child, fields) for each child of a notice of domestic abuse; an unborn child goes nowhere."""
    if notice["kind"] != ABOUT:
        return
    parts = parts_of(notice)
    for index, person in enumerate(notice["people"]):
        if Part.CHILD in parts.get(person["id"], ()):
            yield person["id"], _fields(notice, person, pointer, f"{pointer}/people/{index}")


def school_entry(like: EntryDraft, child: str, fields: dict[str, Sourced]) -> EntryDraft:
    """Return a thin entry, as confidential as the notice's own entry `like`."""
    return EntryDraft(
        kind=RecordKind.SCHOOL_NOTICE,
        occurred=like.occurred,
        about=(child,),
        fields=fields,
        sensitivity=like.sensitivity,
        handling=like.handling,
    )


def _fields(notice: Plain, person: Plain, pointer: str, place: str) -> dict[str, Sourced]:
    who = person["id"]
    nothing: tuple[int, Plain] = (0, {})
    impacts = enumerate(notice.get("child_impact", ()))
    number, impact = next((pair for pair in impacts if pair[1]["person"] == who), nothing)
    at, event = f"{pointer}/child_impact/{number}", f"{pointer}/event"
    texts = [
        (said["text"], f"{pointer}/narratives/{n}/text")
        for n, said in enumerate(notice.get("narratives", ()))
        if said["kind"] == CIRCUMSTANCES and (not said.get("about") or who in said["about"])
    ]
    found = {
        "child_name": Sourced(display_name(person), f"{place}/name"),
        "birth_date": Sourced(person.get("birth_date", ""), f"{place}/birth_date"),
        "police_reference": Sourced(notice["event"]["reference"], f"{event}/reference"),
        "occurred": Sourced(notice["event"]["occurred_from"], f"{event}/occurred_from"),
        "present": Sourced(impact.get("present", _NOT_KNOWN), at),
        "welfare_check": Sourced(impact.get("welfare_check", _NOT_KNOWN), at),
        "voice": Sourced(impact.get("child_voice", ""), f"{at}/child_voice"),
        "circumstances": Sourced("\n".join(words for words, _ in texts), texts[0][1] if texts else pointer),
        "school_told": Sourced(person.get("school", ""), f"{place}/school"),
    }
    return {name: value for name, value in found.items() if value.value}
