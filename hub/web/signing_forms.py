"""The forms about agreements and signatories, and what a refused step reads like."""

from typing import Final

from hub.domain.errors import HubError
from hub.policy.procedure import REASONS
from hub.policy.reading import MAX_CHARACTERS
from hub.services.signing_files import LONGEST
from hub.web.form_fields import OneOf, line, text, tick
from hub.web.forms import HubForm

REFUSED: Final = {
    "not_checked": "Another person of the proposing agency checks it first",
    "already_signed": "Your agency has signed this already",
    "signature_refused": "This signature is not good for this version, page and agency. Nothing was recorded",
    "unknown_signatory": "This key is not in your agency's roster of signatories. Nothing was recorded",
    "not_a_signature": "Paste the whole file that the command wrote, from the first brace to the last",
    "signature_of_another_party": "This is another agency's signature. That agency's own officer hands it in",
    "signature_of_another_version": "This signature is about something else. Open that version's page",
    "signed_with_other_documents": "The vocabulary, routes or house rules have changed. Propose a later version",
    "no_roster": "Your agency has no signatories yet. Enter its roster under Signatories first",
    "suspended_again": "It was suspended again meanwhile. Fetch the signing request again and sign that",
    "already_suspended": "Your agency has suspended it already",
    "already_proposed": "This version number was used before. Give the text a later one",
    "older_version": "A later version is in force. Give the text a later version number",
    "withdrawn": "It was withdrawn. Propose a later version",
    "another_fingerprint": "This is not the fingerprint of every key on the roster. Do not confirm; ask the signatory",
    "not_a_public_key": "Paste the line that begins with PUBLIC, as the command printed it",
    "nothing_to_confirm": "No roster waits",
    "already_confirmed": "You have confirmed it already. Another officer confirms it too",
    "four_eyes": "You proposed it yourself. Another person confirms it",
    "worked_cases_fail": "A worked case fails",
}


def refused(error: HubError) -> str:
    """Return what a refused step reads like: the reason, and where and what next where that helps."""
    known = REFUSED.get(error.code)
    if known and error.code != "worked_cases_fail":
        return known
    said = known or error.code.replace("_", " ").capitalize()
    return ". ".join(part for part in (said, error.where, error.next_step) if part)


class ProposeForm(HubForm):
    """A version's text: tried first, then proposed."""

    draft = text(
        "The text",
        missing="Paste the text of the version",
        hint="The whole agreement (YAML). Its worked cases are run and must hold.",
        longest=MAX_CHARACTERS,
    )
    reason = text(
        "Why is it changed?", missing="Write why it is changed", hint="It is kept in the access log with your name."
    )
    go = OneOf(
        "What now?",
        missing="Choose what happens now",
        options={
            "try": "Show me first what it would change; nothing is recorded but that I looked",
            "propose": "Propose it, with what it would change attached for everybody who is asked to sign",
        },
    )


class StepForm(HubForm):
    """Nothing but the confirmation that the step is taken."""


class SignatureForm(HubForm):
    """A signature that was made elsewhere, with a key the hub never sees."""

    signature = text(
        "The signature file",
        missing="Paste the signature file",
        hint="Everything in the file that the signatory's command wrote. Nothing in it is secret.",
        longest=LONGEST,
    )


class SuspendForm(HubForm):
    """Why an agreement stops at once."""

    because = OneOf("Why?", missing="Choose why it is suspended", options=REASONS)
    words = text(
        "In your own words",
        missing="Write why it is suspended",
        hint="They stand sealed in the access log with your name. Do not name anybody of a family.",
    )
    sure = tick("I understand that it stops at once for every agency, and that all of them must sign to resume it")

    def cross_errors(self) -> dict[str, str]:
        """It is confirmed."""
        return {} if self.sure.data else {"sure": "Tick that you understand what suspending does"}


class SignatoryForm(HubForm):
    """Who signs for the agency from now on."""

    name = line("Name of the signatory", missing="Enter the signatory's name", autocomplete="off")
    office = line(
        "Office", missing="Enter their office", hint="For example Caldicott guardian, or senior information risk owner."
    )
    public_key = line(
        "The line that begins with PUBLIC",
        missing="Paste the line that begins with PUBLIC",
        hint="The signatory makes the key with `hub policy key` and sends you this line.",
    )
    others = tick(
        "Those who sign for us now go on signing", hint="Without the tick this person alone signs from now on."
    )


class FingerprintForm(HubForm):
    """What the signatories read out."""

    fingerprints = text(
        "The fingerprints, as the signatories read them to you",
        missing="Type the fingerprint of every key on the roster",
        hint="One on each line, at least the first four groups. Call a number you know.",
    )
