"""The codes of a consent event: who gave it, in what capacity, how it was asked, where its receipt may go.

The words for each code, for practitioners and for families, stand in `policies/vocabulary.yaml`. An event recorded
before a code existed has no such key and reads as the default here; a code that is not listed is an error, and policy
denies on it. Source: ISO/IEC TS 27560:2023; Mental Capacity Act 2005 ss1-4; Gillick [1986] AC 112.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self


class ConsentKind(StrEnum):
    """What the word lifts: a lawful basis of its own, or the duty of confidence only."""

    GDPR_CONSENT = "gdpr_consent"
    CONFIDENTIALITY_AGREEMENT = "confidentiality_agreement"


class Capacity(StrEnum):
    """By what right the giver spoke; `unable` says that nobody could."""

    ADULT = "adult"
    GILLICK = "gillick"
    PARENTAL_RESPONSIBILITY = "parental_responsibility"
    UNABLE = "unable"


class Method(StrEnum):
    """How it was explained and answered."""

    SPOKEN = "spoken"
    WRITTEN = "written"
    TRANSLATED = "translated"
    EASY_READ = "easy_read"


class Interpreter(StrEnum):
    """A professional or nobody. A relative never interprets: the list has no word for it."""

    NONE = "none"
    PROFESSIONAL = "professional"


class Channel(StrEnum):
    """Where a receipt may go without telling somebody else; `none` when nowhere is safe."""

    IN_PERSON = "in_person"
    SAFE_POST = "safe_post"
    SAFE_EMAIL = "safe_email"
    SAFE_PHONE = "safe_phone"
    NONE = "none"


class Advocate(StrEnum):
    """Whether an advocate was present."""

    YES = "yes"
    NO = "no"


class NotGiven(StrEnum):
    """Why nobody was asked, or why what was said does not count (`conflict`: holders of responsibility disagree)."""

    RISK_OF_HARM = "risk_of_harm"
    PREJUDICE_TO_CRIME = "prejudice_to_crime"
    DELAY_HARMFUL = "delay_harmful"
    UNTRACEABLE = "untraceable"
    DUTY_MAKES_ASKING_MISLEADING = "duty_makes_asking_misleading"
    CANNOT_DECIDE = "cannot_decide"
    CONFLICT = "conflict"


CODES: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {
        "kind": ConsentKind,
        "capacity": Capacity,
        "method": Method,
        "interpreter": Interpreter,
        "advocate": Advocate,
        "channel": Channel,
    }
)
"""Key of the fact's body -> its closed list."""

LISTS: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {f"consent_{key}": codes for key, codes in CODES.items()} | {"consent_not_given": NotGiven}
)
"""Section of the vocabulary -> the codes that it must have words for."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a word was asked for and given. `given_by` is a person id; `notice` the version of the notice shown."""

    given_by: str = ""
    capacity: Capacity = Capacity.ADULT
    method: Method = Method.SPOKEN
    interpreter: Interpreter = Interpreter.NONE
    advocate: Advocate = Advocate.NO
    notice: str = ""
    channel: Channel = Channel.NONE
    kind: ConsentKind = ConsentKind.CONFIDENTIALITY_AGREEMENT

    def body(self) -> dict[str, str]:
        """Return the keys that a CONSENT fact's body holds."""
        codes = {key: str(getattr(self, key)) for key in CODES}
        return codes | {"given_by": self.given_by, "notice": self.notice}

    @classmethod
    def of(cls, body: Mapping[str, object]) -> Self:
        """Read a CONSENT fact's body. Raises ValueError on a code that is not listed, TypeError on what is no text."""
        said = {key: body[key] for key in (*CODES, "given_by", "notice") if key in body}
        read: dict[str, Any] = {}
        for key, value in said.items():
            if not isinstance(value, str):
                raise TypeError(key)
            read[key] = CODES[key](value) if key in CODES else value
        return cls(**read)
