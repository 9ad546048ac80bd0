"""One consent event as a record that can be handed over. Pure.

Fields and their groups follow ISO/IEC TS 27560:2023 (6.3: header, PII processing, parties, event), as the public
mapping of the W3C group on the Data Privacy Vocabulary names them. What the hub does not know reads `not_recorded`,
never a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.domain.clock import stamp
from hub.domain.consent import Asking, ConsentKind
from hub.domain.facts import Fact, listed
from hub.domain.ids import AgencyId
from hub.services.register import Register, day_words

SCHEMA: Final = "ISO/IEC TS 27560:2023 family-safeguarding-hub/1"
UNKNOWN: Final = "not_recorded"
WITHDRAW: Final = "Tell any of the workers you see, in person or by phone. You need give no reason, and help goes on."
RIGHTS: Final = (
    "ask to see what is held about you",
    "ask to have what is wrong put right",
    "say where you disagree",
    "take back this answer at any time",
    "complain to the agency, and to the Information Commissioner",
)
_SPECIAL: Final = frozenset(
    {
        "ethnicity",
        "attendance",
        "substance_use_summary",
        "health_summary",
        "mental_health_summary",
        "crisis_history",
        "direct_care_consent",
    }
)
"""Categories that are special category data by their nature (UK GDPR Art 9(1))."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page that is handed over."""

    words: str
    value: str


def record_of(fact: Fact, register: Register, made_at: datetime) -> dict[str, object]:
    """Return the record of a CONSENT fact, with ids and codes; `made_at` is when this copy was made."""
    asking = Asking.of(fact.body)
    return {
        "header": {
            "schema_version": SCHEMA,
            "record_id": fact.id,
            "pii_principal_id": fact.chain.removeprefix("person:"),
            "copy_made_at": stamp(made_at),
        },
        "pii_processing": _processing(fact, asking, register),
        "party_identification": _parties(fact, register),
        "event": {
            "event_time": stamp(fact.valid_from),
            "event_type": "expressed_consent",
            "event_state": str(fact.body["status"]),
            "validity_duration": "until_withdrawn" if fact.valid_until is None else f"until {stamp(fact.valid_until)}",
            "entity_id": asking.given_by or fact.chain.removeprefix("person:"),
            "entity_capacity": asking.capacity.value,
        },
    }


def lines_of(fact: Fact, register: Register) -> tuple[Line, ...]:
    """Return the same as a family reads it: no word for a part in the case, no name but agencies' own."""
    asking, words = Asking.of(fact.body), register.vocabulary.family_words

    def all_of(key: str, everything: str, said: Mapping[str, str]) -> str:
        chosen = listed(fact.body[key])
        return everything if "*" in chosen else "; ".join(said[one] for one in chosen)

    agencies = {one: register.agency(AgencyId(one)) for key in ("sources", "recipients") for one in _each(fact, key)}
    terms = {one: words(one) for key in ("categories", "purposes") for one in _each(fact, key)}
    by_code = register.vocabulary.words_for
    return (
        Line("Your answer", _answer(str(fact.body["status"]))),
        Line("Who spoke", by_code("consent_capacity", asking.capacity.value)[1]),
        Line("What it is about", all_of("categories", "Everything that services hold", terms)),
        Line("Held by", all_of("sources", "All the agencies that signed the agreement", agencies)),
        Line("May be told to", all_of("recipients", "All the agencies that signed the agreement", agencies)),
        Line("What for", all_of("purposes", "Everything the agreement is for", terms)),
        Line("What kind of agreement", by_code("consent_kind", asking.kind.value)[1]),
        Line("From", day_words(fact.valid_from)),
        Line("Until", "You take it back" if fact.valid_until is None else day_words(fact.valid_until)),
        Line("How it was asked", by_code("consent_method", asking.method.value)[1]),
        Line("Notice you were given", asking.notice or "Not recorded: ask for it"),
        Line("Copies", _copies(register)),
        Line("To change your mind", WITHDRAW),
        Line("You may", "; ".join(RIGHTS)),
        Line("Number of this record", fact.id),
    )


def _answer(status: str) -> str:
    said = {
        "given": "Yes",
        "given_with_conditions": "Yes, with conditions",
        "refused": "No",
        "withdrawn": "You took back an earlier yes",
        "not_sought": "You were not asked",
        "unable": "This could not be decided then",
        "expired": "An earlier answer came to its end",
    }
    return said.get(status, status.replace("_", " "))


def _each(fact: Fact, key: str) -> list[str]:
    return [one for one in listed(fact.body[key]) if one != "*"]


def _processing(fact: Fact, asking: Asking, register: Register) -> dict[str, object]:
    return {
        "privacy_notice": {"version": asking.notice or UNKNOWN, "language": "en"},
        "language": "en",
        "purposes": [_purpose(code, asking.kind, register) for code in _purposes(fact, register)],
        "pii_information": [_information(code, register) for code in listed(fact.body["categories"])],
        "pii_controllers": listed(fact.body["sources"]),
        "collection_method": asking.method.value,
        "interpreter": asking.interpreter.value,
        "advocate": asking.advocate.value,
        "storage_locations": [UNKNOWN],
        "retention_period": _kept(register) or [UNKNOWN],
        "jurisdiction": "GB-ENG",
        "recipient_third_parties": listed(fact.body["recipients"]),
        "withdrawal_method": WITHDRAW,
        "privacy_rights": list(RIGHTS),
    }


def _kept(register: Register) -> list[dict[str, str]]:
    """Return how long each agreement lets copies, exports and the record of decisions be kept (ISO 8601 periods)."""
    found = [signed.agreement for signed in register.policy.agreements if "retention" in signed.agreement.content]
    return [{"agreement": one.key, **one.content["retention"]} for one in found]


def _copies(register: Register) -> str:
    """Say what those who look may keep; the longest that any agreement allows is what a family must reckon with."""
    if all(kept["recipient_copy"] == "view_only" for kept in _kept(register)):
        return "Who looks at it reads it here and keeps no copy"
    return "Who looks at it may keep a copy for a time: ask which agreement says how long"


def _purposes(fact: Fact, register: Register) -> Sequence[str]:
    chosen = listed(fact.body["purposes"])
    named = {code for signed in register.policy.agreements for code in signed.agreement.purposes}
    return sorted(named) if "*" in chosen else chosen


def _purpose(code: str, kind: ConsentKind, register: Register) -> dict[str, object]:
    """Say on which ground each agreement does this: a confidentiality agreement lifts confidence, and is no basis."""
    grounds = [s.agreement.purposes[code] for s in register.policy.agreements if code in s.agreement.purposes]
    own = ["UK GDPR Art 6(1)(a)"] if kind is ConsentKind.GDPR_CONSENT else [ground.art6 for ground in grounds]
    return {
        "purpose": code,
        "purpose_description": register.vocabulary.family_words(code),
        "lawful_basis": sorted(set(own)) or [UNKNOWN],
        "confidentiality_route": sorted({ground.confidentiality for ground in grounds}) or [UNKNOWN],
    }


def _information(code: str, register: Register) -> dict[str, object]:
    words = "everything" if code == "*" else register.vocabulary.family_words(code)
    return {"pii_type": code, "pii_description": words, "special_pii_category": code == "*" or code in _SPECIAL}


def _parties(fact: Fact, register: Register) -> list[dict[str, str]]:
    named: dict[str, list[str]] = {}
    for key, part in (("sources", "pii_controller"), ("recipients", "recipient")):
        for agency in _each(fact, key):
            named.setdefault(agency, []).append(part)
    return [
        {
            "party_id": agency,
            "party_name": register.agency(AgencyId(agency)),
            "party_role": " ".join(parts),
            "party_contact": register.contact(AgencyId(agency)),
        }
        for agency, parts in sorted(named.items())
    ]
