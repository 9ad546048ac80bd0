"""Reads the referral forms of a partnership: every refusal names file, line and column. Nothing is decided here.

`common.yaml` holds what all forms share (roles, what is asked about a person and about who refers); every other file is
one form. A form can say nothing that the hub has no place for: an answer goes to a declared field, whose category the
form states, so that an officer who reads the form knows who will read the answer.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from marshmallow import fields

from hub.domain.errors import PolicyError
from hub.domain.fields import REPAIRED, SHAPES, VERSIONS, RecordKind, answers_in
from hub.domain.form import KINDS, PERSON, REFERRER, UNANSWERED, Form, Question, Role
from hub.domain.labels import Sensitivity
from hub.domain.referral import ConsentScope, Part
from hub.policy.reading import YES_NO, Document, by_word, many, nested, plain, read, shape, word, words
from hub.policy.reading import Path as Way

COMMON: Final = "common.yaml"
_FIELDS: Final = {
    n: kept for n, kept in SHAPES[RecordKind.AGENCY_REPORT].fields.items() if n not in {*VERSIONS, REPAIRED}
}
_ID: Final = r"[a-z][a-z0-9_]{1,39}"
_TAKEN: Final = re.compile(
    r"(?:person|event|referrer)_.*|.*_unanswered|referral_.*|family_reference|action|created|roles"
)
_ROLE: Final = {"words": plain(r".{1,80}"), "part": word([part.value for part in Part if part is not Part.REPORTER])}
_ASKED: Final = {
    "id": plain(_ID),
    "label": plain(r".{1,160}"),
    "kind": word(KINDS),
    "hint": plain(r".{1,300}", required=False),
    "required": word(YES_NO, required=False),
    "choices": by_word(None, plain(r".{1,160}"), required=False),
    "unanswered": words(list(UNANSWERED), required=False),
}
_KEPT: Final = _ASKED | {
    "category": word(sorted(set(_FIELDS.values()))),
    "field": word(sorted(_FIELDS), required=False),
    "speaks_of": fields.List(plain(_ID)),
}
_COMMON: Final = {
    "version": plain(r"\d{1,3}"),
    "roles": by_word(None, nested(_ROLE)),
    "referrer": many(_ASKED | {"id": word(REFERRER)}),
    "public_referrer": many(_ASKED | {"id": word(REFERRER)}),
    "person": many(_ASKED | {"id": word(list(PERSON))}),
    "questions": many(_KEPT),
    "of_each_person": many(_KEPT),
}
_FORM: Final = {
    "form": plain(_ID),
    "version": plain(r"\d{1,3}"),
    "title": plain(r".{1,80}"),
    "intro": plain(r".{1,600}"),
    "limits": plain(r".{1,900}"),
    "public": word(YES_NO, required=False),
    "asks_consent_for": word(
        [ConsentScope.HUB_SHARING.value, ConsentScope.DIRECT_CARE.value, ConsentScope.MARAC.value]
    ),
    "sensitivity": word([level.value for level in Sensitivity]),
    "roles": fields.List(plain(_ID), required=True),
    "person": fields.List(word(list(PERSON)), required=False),
    "questions": many(_KEPT),
    "of_each_person": many(_KEPT, required=False),
}


def load_forms(folder: Path) -> dict[str, Form]:
    """Return name -> form of every file in the folder (none without a folder); PolicyError for the first bad place."""
    if not folder.is_dir():
        return {}
    common = _document(folder / COMMON)
    shared = common.checked(shape(_COMMON))
    for list_ in ("referrer", "public_referrer", "person", "questions", "of_each_person"):
        _require_sound(common, (list_,), shared[list_], shared["roles"])
    paths = (path for path in sorted(folder.glob("*.yaml")) if path.name != COMMON)
    found = {path.stem: _load(_document(path), path.stem, shared) for path in paths}
    if len([form for form in found.values() if form.public]) > 1:
        raise PolicyError("two_public_forms", where=str(folder), next_step="at most one form for the public")
    return found


def _document(path: Path) -> Document:
    try:
        return read(path.read_bytes().decode(), str(path))
    except FileNotFoundError:
        raise PolicyError("file_missing", where=str(path), next_step="what all forms share") from None
    except UnicodeDecodeError as error:
        raise PolicyError("not_utf8", where=f"{path}: byte {error.start}", next_step="save it as UTF-8") from None


def _load(document: Document, name: str, shared: Mapping[str, Any]) -> Form:
    """Read one form against what all share."""
    values = document.checked(shape(_FORM))
    if values["form"] != name:
        raise document.refusal("name_differs_from_file", ("form",), name)
    for number, role in enumerate(values["roles"]):
        if role not in shared["roles"]:
            raise document.refusal("unknown_word", ("roles", number), ", ".join(shared["roles"]))
    for list_ in ("questions", "of_each_person"):
        taken = set() if values.get("public") and list_ == "questions" else {one["id"] for one in shared[list_]}
        _require_sound(document, (list_,), values.get(list_, []), values["roles"], taken)
    return _form(values, shared)


def _form(values: Mapping[str, Any], shared: Mapping[str, Any]) -> Form:
    public = values.get("public") == "yes"
    asked = values.get("person", [one["id"] for one in shared["person"]])
    by_all = () if public else shared["questions"]
    return Form(
        values["form"],
        values["title"],
        values["intro"],
        values["limits"],
        public,
        ConsentScope(values["asks_consent_for"]),
        Sensitivity(values["sensitivity"]),
        {role: Role(shared["roles"][role]["words"], Part(shared["roles"][role]["part"])) for role in values["roles"]},
        tuple(_question(one) for one in shared["person"] if one["id"] in asked),
        tuple(_question(one) for one in shared["public_referrer" if public else "referrer"]),
        tuple(_question(one) for one in (*values["questions"], *by_all)),
        tuple(_question(one) for one in (*values.get("of_each_person", []), *shared["of_each_person"])),
    )


def _require_sound(
    document: Document,
    way: Way,
    asked: list[dict[str, Any]],
    roles: Mapping[str, Any] | list[str],
    taken: set[str] | None = None,
) -> None:
    """Refuse a question asked twice, one with nothing to choose, and an answer whose category is not its field's."""
    seen = set(taken or ())
    for number, one in enumerate(asked):
        for code, key, allowed in _faults(one, seen, roles):
            raise document.refusal(code, (*way, number, key), allowed)
        seen.add(one["id"])


def _faults(
    one: dict[str, Any], seen: set[str], roles: Mapping[str, Any] | list[str]
) -> Iterator[tuple[str, str, str]]:
    if one["id"] in seen:
        yield "asked_twice", "id", "each id once"
    if "category" in one and (_TAKEN.fullmatch(one["id"]) or one["id"] in PERSON):
        yield "reserved", "id", "another id: this one is a column of every form"
    if (one["kind"] in {"choice", "choices"}) != ("choices" in one):
        yield "choices_differ_from_kind", "kind", "choices where something is chosen, and only there"
    known = PERSON[one["id"]][1] if "category" not in one and one["id"] in PERSON else ()
    if known and not set(one.get("choices", ())) <= set(known):
        yield "unknown_word", "choices", ", ".join(known)
    for role in one.get("speaks_of", ()):
        if role not in roles:
            yield "unknown_word", "speaks_of", ", ".join(roles)
    field = one.get("field")
    if field and _FIELDS[field] != one["category"]:
        yield "category_differs", "category", _FIELDS[field]
    if "category" in one and not field and answers_in(one["category"]) not in _FIELDS:
        yield "field_missing", "category", ", ".join(name for name, kept in _FIELDS.items() if kept == one["category"])


def _question(one: Mapping[str, Any]) -> Question:
    return Question(
        one["id"],
        one["label"],
        one["kind"],
        one.get("hint", ""),
        one.get("required") == "yes",
        one.get("choices"),
        tuple(one.get("unanswered", ())),
        one.get("field") or (answers_in(one["category"]) if "category" in one else ""),
        tuple(one.get("speaks_of", ())),
    )
