"""A referral form as a partnership declares it (`policies/forms`): what is asked, in which words, and where answers go.

One declaration is the web form, the JSON format and the CSV columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.domain.fields import RecordKind, category_of
from hub.domain.labels import Sensitivity
from hub.domain.referral import ConsentScope, Part

UNANSWERED: Final[Mapping[str, str]] = {
    "not_applicable": "Does not apply",
    "declined": "Declined to say",
    "not_known": "Not known",
    "not_asked": "Not asked",
}
"""Why there is no answer. These are four different things, and none of them is a blank, which says nothing at all."""
KINDS: Final = ("line", "text", "date", "choice", "choices")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `id` is its key in JSON and its column in CSV.

    `field` is the declared field of a form's record that the answer is kept in, so that its category decides who reads
    it; a question about a person as such (a name, an address) has none. `speaks_of` are roles: the answer is about
    those people alone; nobody named means everyone in the referral.
    """

    id: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = False
    choices: Mapping[str, str] | None = None
    unanswered: tuple[str, ...] = ()
    field: str = ""
    speaks_of: tuple[str, ...] = ()

    @property
    def options(self) -> dict[str, str]:
        """Return what may be chosen: the choices, and the ways of not answering."""
        return dict(self.choices or {}) | {word: UNANSWERED[word] for word in self.unanswered}

    @property
    def category(self) -> str:
        """Return the category of the field that the answer is kept in."""
        return category_of(RecordKind.AGENCY_REPORT, self.field)

    @property
    def reason_id(self) -> str:
        """Return the key that says why a question in words has no answer, or "" where that cannot be said."""
        chosen = self.kind in {"choice", "choices"}
        return "" if chosen or not self.unanswered else f"{self.id}_unanswered"


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is in a referral, in words, and the part in the case that it makes."""

    words: str
    part: Part


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One form, itself and no other: what is made from it is made once.

    `public` is filled in without signing in; `consent_scope` says what its consents are about.
    """

    name: str
    title: str
    intro: str
    limits: str
    public: bool
    consent_scope: ConsentScope
    sensitivity: Sensitivity
    roles: Mapping[str, Role]
    person: tuple[Question, ...]
    referrer: tuple[Question, ...]
    questions: tuple[Question, ...]
    of_each_person: tuple[Question, ...]


Place = tuple[str | int, ...]
"""The way to a value inside the JSON of one person or of who refers."""

_TRI_STATE: Final = ("yes", "no", "not_known")
_SEXES: Final = ("female", "male", "other", "not_known")
_CONSENT: Final = ("given", "refused", "not_sought", "unknown")
PERSON: Final[Mapping[str, tuple[Place, tuple[str, ...]]]] = {
    "name": (("name", "full"), ()),
    "family_name": (("name", "family"), ()),
    "given_names": (("name", "given"), ()),
    "other_names": (("other_names", 0), ()),
    "birth_date": (("birth_date",), ()),
    "age": (("estimated_age",), ()),
    "expected_birth_date": (("expected_birth_date",), ()),
    "sex": (("sex",), _SEXES),
    "ethnicity": (("ethnicity_self_defined",), ()),
    "language": (("language",), ()),
    "nhs_number": (("nhs_number",), ()),
    "nhs_number_verified": (("nhs_number_verified",), _TRI_STATE),
    "relationship": (("relationships", 0, "kind"), ()),
    "related_to": (("relationships", 0, "of"), ()),
    "lives_with": (("household",), ()),
    "address": (("addresses", 0, "lines", 0), ()),
    "postcode": (("addresses", 0, "postcode"), ()),
    "address_safe": (("addresses", 0, "safe"), _TRI_STATE),
    "phone": (("phones", 0, "number"), ()),
    "phone_safe": (("phones", 0, "safe"), _TRI_STATE),
    "phone_safe_times": (("phones", 0, "safe_times"), ()),
    "email": (("email",), ()),
    "school": (("school",), ()),
    "gp": (("gp",), ()),
    "aware": (("consent", "aware"), _TRI_STATE),
    "consent": (("consent", "obtained"), _CONSENT),
    "consent_reason": (("consent", "reason"), ()),
    "safe_to_tell": (("safe_to_tell",), _TRI_STATE),
    "unsafe_reason": (("unsafe_reason",), ()),
}
"""What may be asked about a person: id -> where it stands in JSON, and the closed list it takes, if any."""
REFERRER: Final = ("role", "service", "name", "phone", "email", "how_known", "safe_contact")
"""What may be asked about who refers. `role` and `service` stand with the referral; the rest is kept apart."""
