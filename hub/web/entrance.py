"""How a page about one family is entered: by whom, and after the reason was given. The gate decides again."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import g, url_for

from hub.domain.errors import AccessRefusedError
from hub.domain.ids import FamilyId
from hub.domain.life import RECORDED_BY
from hub.services.entries import TEXTS
from hub.services.family_page import Named
from hub.services.new_identities import ON_DUTY
from hub.services.printing import MAKERS
from hub.web.served import caller, role, served

_MANAGER: Final = frozenset({"team_manager"})
_CARE: Final = frozenset({"team_manager", "social_worker"})
_WORKERS: Final = _CARE | {
    "family_support_worker",
    "recovery_worker",
    "mh_practitioner",
    "victim_worker",
    "perpetrator_worker",
}
_WRITERS: Final = frozenset(TEXTS)
_JUDGES: Final = frozenset().union(*RECORDED_BY.values())
FORMS: Final[Mapping[str, tuple[str, frozenset[str]]]] = MappingProxyType(
    {
        "allocations.family": ("Allocate, hand over, end", _MANAGER),
        "closing.family": ("Close the family", _MANAGER),
        "transfers.family": ("Hand the family over to another partnership", _MANAGER),
        "entries.add": ("Add an entry", _WRITERS),
        "workbook.chapters": ("Workbook", _WRITERS),
        "supervision.family": ("Group supervision", _WRITERS),
        "opening": ("Record a decision", _MANAGER),
        "consents.choose": ("Record what a person said about sharing", _WORKERS),
        "strategy.family": ("Strategy discussion", _MANAGER),
        "requests.family": ("Ask another agency", _CARE | {"front_door_worker", "duty_worker"}),
        "coverage": ("Record which agency has looked", _CARE),
        "printing.choose": ("Print the chronology for somebody", MAKERS),
        "life.events": ("Record competence, capacity, an order or a death", _JUDGES),
        "identities.family": ("Open a new identity with no traceable link", frozenset()),
    }
)
"""What can be recorded about a family: the words of its link, and whose work it is (nobody's by role: by desk)."""


def enter(family: str) -> FamilyId:
    """Let in who has a relationship with the family; for everybody else it does not exist."""
    id_ = FamilyId(family)
    g.standing = served().pages.enter(caller().account, id_)
    return id_


def require_form(name: str) -> None:
    """Refuse a form that is not this role's work, as if it did not exist."""
    if role() not in FORMS[name][1]:
        raise AccessRefusedError("role_may_not_record", where=name)


def named(family: FamilyId) -> Named | None:
    """Return whom this reader may name, and whose word about sharing they may hear; None until a reason is stated."""
    stated = served().pages.stated(caller(), family)
    return None if stated is None else served().pages.named(caller().account, family, stated)


def people(family: FamilyId) -> tuple[dict[str, str], dict[str, str]] | None:
    """Return (children, adults) this reader may name, with their parts; None until a reason is stated."""
    found = named(family)
    return None if found is None else in_words(found)


def in_words(found: Named) -> tuple[dict[str, str], dict[str, str]]:
    """Return (children, adults): person -> name and part."""
    lines = found.people.values()
    words: dict[str, str] = {line.person: f"{line.name} ({line.part_words})" for line in lines}
    children = {line.person: words[line.person] for line in lines if line.child}
    return children, {person: said for person, said in words.items() if person not in children}


def writes() -> bool:
    """Say whether this reader's role writes entries, and may say something beside those of others."""
    return role() in _WRITERS


def endpoint(name: str) -> str:
    """Return the route of a form: of `recording`, unless its name says where."""
    return name if "." in name else f"recording.{name}"


def links(family: FamilyId) -> list[dict[str, str]]:
    """Return what this reader can do with the family they entered, as links."""
    who = g.standing
    desks = {"identities.family"} if ON_DUTY in who.relationships else set[str]()
    mine = [(name, words) for name, (words, roles) in FORMS.items() if role() in roles or name in desks]
    found = [{"url": url_for(endpoint(name), family=family), "words": words} for name, words in mine]
    found.append({"url": url_for("conflicts.family", family=family), "words": "Declare a conflict of interest"})
    return [*found, {"url": url_for("families.reason", family=family), "words": "Change purpose or reason"}]
