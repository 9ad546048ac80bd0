"""Drafts: loaded as if every party had signed, run over their worked cases, and made into the page people sign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.domain.canonical import digest
from hub.domain.errors import PolicyError
from hub.gate.policybook import Foundations, PolicyBook
from hub.policy.agreement import load_agreement, load_house_rules
from hub.policy.compile import SignedAgreement, compile_policy
from hub.policy.page import SigningPage, agreement_page, house_page, page_digest, unprintable
from hub.policy.reading import read
from hub.services.signing_copy import PRINTABLE
from hub.services.soundness import Check, check, joined


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that may be proposed: what is signed of it, and the page."""

    kind: str
    code: str
    version: str
    title: str
    parties: tuple[str, ...]
    sha256: str
    page: SigningPage
    starts: datetime | None
    ends: datetime | None
    review: str

    @property
    def key(self) -> str:
        """Return `EFS-2026-04/1`."""
        return f"{self.code}/{self.version}"

    def said(self, text: str, checked_with: dict[str, str]) -> dict[str, Any]:
        """Return what the facts about this version say of it."""
        return {
            "kind": self.kind,
            "agreement": self.code,
            "version": self.version,
            "title": self.title,
            "parties": list(self.parties),
            "sha256": self.sha256,
            "text_sha256": page_digest(self.page.text),
            "checked_with": checked_with,
            "row": digest([text, self.page.text]),
            "starts": self.starts.isoformat() if self.starts else "",
            "ends": self.ends.isoformat() if self.ends else "",
            "review": self.review,
        }


class Publishing:
    """Checks drafts. Built once by wiring."""

    def __init__(self, policy: PolicyBook) -> None:
        """Take the documents in force."""
        self._policy = policy

    @property
    def _base(self) -> Foundations:
        return self._policy.foundations

    def check(self, text: str, source: str) -> Check:
        """Load an agreement as if every party had signed it, run its worked cases, and compare it with what it joins.

        Raises:
            PolicyError: it names the place in the text.
        """
        base = self._base
        agreement = load_agreement(text, source, base.vocabulary, base.gateways)
        signed = SignedAgreement(agreement, frozenset(agreement.parties))
        alone = compile_policy([signed], base.gateways, base.house_rules, base.vocabulary)
        return check(agreement, alone, joined(agreement, self._policy.current()))

    def draft(self, text: str, source: str, agencies: tuple[str, ...]) -> Draft:
        """Return what would be proposed; `agencies` are all codes of the partnership, who sign the house rules.

        Raises:
            PolicyError: the text cannot be read, a worked case fails or there is none, the implementations do not
                decide alike, or the page could not be printed as it is.
        """
        value = read(text, source).value
        house = isinstance(value, dict) and "house_rules" in value
        draft = self._house(text, source, value, agencies) if house else self._agreement(text, source)
        marks = unprintable(draft.page.text, PRINTABLE)
        if marks:
            raise PolicyError("cannot_be_printed", where=source, next_step=f"write it without {', '.join(marks)}")
        return draft

    def _agreement(self, text: str, source: str) -> Draft:
        base = self._base
        self.check(text, source).require(source)
        agreement = load_agreement(text, source, base.vocabulary, base.gateways)
        if agreement.id == base.house_rules.id:
            raise PolicyError("reserved_name", where=source, next_step="another name than that of the house rules")
        sha256 = digest(agreement.content)
        page = agreement_page(agreement, sha256, base.vocabulary, base.gateways)
        return Draft(
            "agreement",
            agreement.id,
            str(agreement.version),
            agreement.title,
            tuple(agreement.parties),
            sha256,
            page,
            agreement.starts,
            agreement.ends,
            agreement.review.isoformat(),
        )

    def _house(self, text: str, source: str, value: dict[str, Any], agencies: tuple[str, ...]) -> Draft:
        base = self._base
        house = load_house_rules(text, source, base.vocabulary)
        if text != self._policy.texts.house_rules:
            raise PolicyError("other_house_rules", where=source, next_step="propose the house rules the hub runs with")
        page = house_page(house, value, house.digest, base.vocabulary, base.gateways)
        title = str(value["title"])
        return Draft("house_rules", house.id, str(house.version), title, agencies, house.digest, page, None, None, "")


def rendered(text: str, source: str, base: Foundations) -> SigningPage:
    """Return the page of a text that was proposed before, without running its worked cases again."""
    value = read(text, source).value
    if isinstance(value, dict) and "house_rules" in value:
        house = load_house_rules(text, source, base.vocabulary)
        return house_page(house, value, house.digest, base.vocabulary, base.gateways)
    agreement = load_agreement(text, source, base.vocabulary, base.gateways)
    return agreement_page(agreement, digest(agreement.content), base.vocabulary, base.gateways)
