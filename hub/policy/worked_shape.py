"""The keys that a worked case may have. Worked cases never decide about anybody: they are no part of the core."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from hub.domain.facts import TIES
from hub.domain.labels import Audience, Handling
from hub.policy.reading import RULE_ID, YES_NO, many, nested, plain, texts, word, words
from hub.policy.vocabulary import Vocabulary

CAPACITIES = ("allocated", "co_allocated", "covering")
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d"

Fields = Mapping[str, fields.Field[Any]]


def worked_shape(
    vocabulary: Vocabulary,
    parties: tuple[str, ...],
    people: tuple[str, ...],
    duties: tuple[str, ...],
    options: tuple[str, ...],
) -> Fields:
    """Return the keys of one worked case of an agreement with these parties, people, obligations and options.

    `source` names the law, standard or line of the domain reference that the case comes from; `option` runs it as if
    the parties had chosen that option.
    """
    when = {"from": plain(INSTANT), "until": plain(INSTANT, required=False)}
    some_people = words(people, required=False, code="unknown_person")
    scope_of = {name: texts() for name in ("categories", "sources", "recipients", "purposes")}
    opening = {"children": some_people, "adults": some_people, "items": texts()}
    opening |= {"recipient": word(parties, required=False), "agency": word(parties, required=False)}
    label = {
        "category": word(vocabulary.categories),
        "sensitivity": word(vocabulary.sensitivities),
        "owner": word(parties, code="unknown_party"),
        "subjects": some_people,
        "handling": word([h.value for h in Handling], required=False),
        "audience": word([a.value for a in Audience], required=False),
    }
    expect = {
        "level": word(vocabulary.display_levels),
        "rule": plain(rf"{RULE_ID}|none", required=False),
        "obligations": words(duties, required=False),
        "missing": texts(),
    }
    person, state = word(people, code="unknown_person"), word(vocabulary.consent_states)
    return {
        "words": plain(),
        "source": plain(),
        "option": word(options, required=False, code="unknown_option"),
        "tied": word(TIES, required=False),
        "held_by": word(vocabulary.desks, required=False),
        "viewer": nested(
            {"role": word(vocabulary.roles), "agency": word(parties, code="unknown_party")}
            | {"person": word(people, required=False, code="unknown_person")}
        ),
        "purpose": word(vocabulary.purposes),
        "at": plain(INSTANT),
        "item": plain(required=False),
        "waiting": word(YES_NO, required=False),
        "taken_up": word(YES_NO, required=False),
        "satisfied": words(duties, required=False),
        "allocations": many(
            when | {"works_with": some_people, "capacity": word(CAPACITIES, required=False)}, required=False
        ),
        "pins": many(
            when
            | {"items": texts(), "owner": word(["viewer", "other"]), "agency": word(parties, code="unknown_party")}
            | {"reviewer_role": word(vocabulary.roles, required=False), "desk": word(vocabulary.desks, required=False)},
            required=False,
        ),
        "orders": many(when | {"person": person, "holders": some_people}, required=False),
        "duties": many(when | {"desk": word(vocabulary.desks)}, required=False),
        "openings": many(when | {"opening": word(vocabulary.openings)} | opening, required=False),
        "consents": many(when | {"person": person, "status": state} | scope_of, required=False),
        "label": nested(label),
        "expect": nested(expect),
    }
