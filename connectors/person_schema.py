"""How a person is written in our own formats (police notice, adult with children): people first, then their parts.

Field by field after connectors reference 2.3 and 3.3. Tri-state words everywhere: `not_known` is not `no`.
"""

from connectors.schema_fields import PartialDateText, StrictSchema, many, one, text, texts, whole_number, word

TRI_STATE = ("yes", "no", "not_known")
SEXES = ("female", "male", "other", "not_known")


class NameSchema(StrictSchema):
    """A name; `full` is what is shown, the parts serve matching."""

    full = text("The whole name, as the person uses it")
    family = text("Family name or names")
    given = text("Given name or names")


class IdentifierSchema(StrictSchema):
    """Another identifier, with the system that gave it."""

    system = text("Who issued it, for example a custody or case system", required=True)
    value = text("The identifier", required=True)


class AddressSchema(StrictSchema):
    """An address and whether it is safe for others in the case to learn of it."""

    lines = texts("Address lines, first line first")
    postcode = text("Postcode")
    safe = word(TRI_STATE, "Safe to disclose. Anything but yes makes all contact details protected", required=True)


class PhoneSchema(StrictSchema):
    """A telephone number, whether it is safe to call, and when."""

    number = text("Telephone number", required=True)
    safe = word(TRI_STATE, "Safe to call. Anything but yes makes all contact details protected", required=True)
    safe_times = text("When it is safe to call; giving times protects the number at all others")


class PersonSchema(StrictSchema):
    """One person. `id` is the message's own and means nothing outside it."""

    id = text("Temporary id, unique within the record", required=True)
    name = one(NameSchema, "Name in use; absent for an unborn child")
    other_names = texts("Aliases, former names, other spellings")
    birth_date = PartialDateText("2016-03-05, 2016-03 or 2016, with ~ for about")
    estimated_age = whole_number("Age in years as estimated, when no date of birth is known", highest=130)
    expected_birth_date = PartialDateText("Expected date of delivery of an unborn child")
    sex = word(SEXES, "Sex as recorded by the sender")
    ethnicity_self_defined = text("Self-defined ethnicity (16+1)")
    ethnicity_officer_perceived = text("Officer-perceived ethnicity (6+1); a different fact")
    language = text("Language and interpreter need")
    nhs_number = text("NHS number, ten digits")
    nhs_number_verified = word(TRI_STATE, "Traced on the national service (status 01)")
    identifiers = many(IdentifierSchema, "Other identifiers")
    addresses = many(AddressSchema, "Addresses, current first")
    phones = many(PhoneSchema, "Telephone numbers")
    email = text("E-mail address")
    school = text("School or nursery")
    gp = text("GP practice")


class ConsentSchema(StrictSchema):
    """What one adult said when asked about sharing with the partnership; nobody's silence is a yes."""

    person = text("Id of the person asked", required=True)
    obtained = word(("given", "refused", "not_sought", "unknown"), "Four different answers", required=True)
    aware = word(TRI_STATE, "Whether the person knows of this message")
    reason = text("Why; required when consent was not sought")


class ConsentAnswerSchema(ConsentSchema):
    """The answer of the one person that it stands with."""

    class Meta(ConsentSchema.Meta):
        """Nobody has to be named."""

        exclude = ("person",)
