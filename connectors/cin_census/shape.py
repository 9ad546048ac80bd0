"""The census's blocks, in the shapes of 2021 to 2026, and how a block is written as one line of text and read back.

A field of a record holds blocks as `Tag value, Tag value; Tag value, ...`: the census's own words, which lose nothing
on the way in and out again.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hub.domain.census import Block, Pair

SEX_TAGS: Final = ("Sex", "GenderCurrent")
"""`GenderCurrent` until 2023, `Sex` from 2024; the value is a number in either, or a letter in the newer."""
IDENTIFIERS: Final = ("LAchildID", "UPN", "FormerUPN", "UPNunknown")
BIRTH, EXPECTED, DEATH = "PersonBirthDate", "ExpectedPersonBirthDate", "PersonDeathDate"
CASE: Final = (
    "CINreferralDate",
    "ReferralSource",
    "CINclosureDate",
    "ReasonForClosure",
    "DateOfInitialCPC",
    "ReferralNFA",
)
PRIMARY_NEED, FACTORS = "PrimaryNeedCode", "FactorsIdentifiedAtAssessment"
FACTOR: Final = "AssessmentFactors"
REVIEWS, REVIEW = "Reviews", "CPPreviewDate"
BLOCKS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "Assessments": (
        "assessments",
        ("AssessmentActualStartDate", "AssessmentInternalReviewDate", "AssessmentAuthorisationDate"),
    ),
    "CINPlanDates": ("plan_dates", ("CINPlanStartDate", "CINPlanEndDate")),
    "Section47": ("section47", ("S47ActualStartDate", "InitialCPCtarget", "DateOfInitialCPC", "ICPCnotRequired")),
    "ChildProtectionPlans": (
        "protection_plans",
        (
            "CPPstartDate",
            "CPPendDate",
            "InitialCategoryOfAbuse",
            "LatestCategoryOfAbuse",
            "NumberOfPreviousCPP",
        ),
    ),
    "PreProceedingsandFGDM": (
        "family_group",
        (
            "PPStartDate",
            "LBPSentDate",
            "FGDMMeetingOffer",
            "FGDMMeetingFac",
            "InitialPPMeetingDate",
            "ReviewMeetingsCount",
            "StepDecisionDate",
            "PPOutcome",
            "CourtAppDate",
            "LetterInitCPDate",
        ),
    ),
}
"""Block of `CINdetails` -> field of the record, and its own elements in the census's order."""
SOURCES: Final = frozenset({"4", "6", "7", "8", "9"}) | {
    f"{group}{letter}"
    for group, letters in {"1": "ABCD", "2": "AB", "3": "ABCDEF", "5": "ABCD"}.items()
    for letter in letters
}
"""Codes of who referred."""
VALUE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./+-]{0,39}")
"""What a code, number, date or yes-or-no of the census may look like; anything else is kept with what is unknown."""
_PAIR: Final = re.compile(r"([A-Za-z0-9]{1,60}) (" + VALUE.pattern + ")")


def line(pairs: Iterable[Pair]) -> str:
    """Return one block as text."""
    return ", ".join(f"{tag} {value}" for tag, value in pairs)


def blocks(text: str) -> list[Block]:
    """Return the blocks that a field of a record holds; what is not one is left out."""
    read = ([_PAIR.fullmatch(part.strip()) for part in one.split(",")] for one in text.split(";"))
    found = (tuple((match[1], match[2]) for match in one if match) for one in read)
    return [one for one in found if one]
