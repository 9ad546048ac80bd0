"""Of whom only a named desk may hear: who is shielded, and whose family a restricted team holds.

INVARIANT: asked anew at every page, because a shield may be younger than the match it hides.
"""

from collections.abc import Mapping

from hub.domain.ids import FamilyId, PersonId
from hub.gate.finder import Finder
from hub.services.placing import PLACED, Placing
from hub.store.clear import cases


def protected_among(finder: Finder, placing: Placing, people: Mapping[PersonId, FamilyId]) -> frozenset[PersonId]:
    """Return who of these (person -> family) only a named desk may hear of: shielded, or of a restricted family."""
    held = {family for family in set(people.values()) if placing.restricted(family)}
    return finder.shielded(set(people)) | {person for person, family in people.items() if family in held}


def hidden_candidates(
    finder: Finder, placing: Placing, referral: cases.Referral, people: Mapping[PersonId, FamilyId]
) -> frozenset[PersonId]:
    """Return which candidates for the people of a referral only a named desk may hear of.

    Where it is placed with a family that holds somebody protected, that is all of them: a candidate is a tie to it.
    """
    beside = dict.fromkeys(placing.people(referral.family), referral.family) if referral.state in PLACED else {}
    if beside and protected_among(finder, placing, beside):
        return frozenset(people)
    return protected_among(finder, placing, people)
