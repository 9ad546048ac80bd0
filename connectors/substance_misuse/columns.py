"""Which column of the CSV form is which field of the JSON form."""

from connectors.row_groups import Path

_CLIENT: dict[str, Path] = {
    "client_name": ("name", "full"),
    "client_family_name": ("name", "family"),
    "client_given_names": ("name", "given"),
    "client_other_names": ("other_names", 0),
    "client_birth_date": ("birth_date",),
    "client_sex": ("sex",),
    "client_ethnicity": ("ethnicity_self_defined",),
    "client_language": ("language",),
    "client_nhs_number": ("nhs_number",),
    "client_nhs_number_verified": ("nhs_number_verified",),
    "client_address": ("addresses", 0, "lines", 0),
    "client_postcode": ("addresses", 0, "postcode"),
    "client_address_safe": ("addresses", 0, "safe"),
    "client_phone": ("phones", 0, "number"),
    "client_phone_safe": ("phones", 0, "safe"),
    "client_phone_safe_times": ("phones", 0, "safe_times"),
    "client_email": ("email",),
    "client_gp": ("gp",),
}

_REPORT = (
    "reported_on",
    "treatment_stage",
    "engagement",
    "missed_appointments",
    "substances",
    "prescribed_medication",
    "medication_storage",
    "pregnancy",
    "partner_use",
    "summary",
    "concern",
    "protective_factors",
    "parent_view",
)

_RECORD = (
    "referral_ref",
    "referral_version",
    "action",
    "withdrawal_reason",
    "created",
    "family_reference",
    "keyworker",
    "lives_with_children",
)

COLUMNS: dict[str, Path] = {
    **{name: (name,) for name in _RECORD},
    **{column: ("client", *path) for column, path in _CLIENT.items()},
    **{name: ("report", name) for name in _REPORT},
    "consent": ("consent", "obtained"),
    "consent_aware": ("consent", "aware"),
    "consent_reason": ("consent", "reason"),
}
"""Columns about the adult and the referral, the same on every row of one referral."""

CHILD_COLUMNS: dict[str, Path] = {
    "child_name": ("name", "full"),
    "child_family_name": ("name", "family"),
    "child_given_names": ("name", "given"),
    "child_birth_date": ("birth_date",),
    "child_expected_birth_date": ("expected_birth_date",),
    "child_unborn": ("unborn",),
    "child_sex": ("sex",),
    "child_nhs_number": ("nhs_number",),
    "child_nhs_number_verified": ("nhs_number_verified",),
    "child_school": ("school",),
    "child_lives_with": ("lives_with",),
}
"""Columns about the one child of this row; all blank when no child is known."""

REQUIRED = ("referral_ref", "referral_version", "created", "client_name", "reported_on", "consent")
WHOLE_NUMBERS = frozenset({"referral_version"})
