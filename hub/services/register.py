"""Names of agencies and accounts, the words of the vocabulary in force, and how dates are written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.domain.ids import AccountId, AgencyId
from hub.domain.partial_date import LOCAL, PartialDate
from hub.policy.compile import PolicySet
from hub.policy.vocabulary import Vocabulary
from hub.store.clear.accounts import Account
from hub.store.clear.agencies import Agency


@dataclass(frozen=True, slots=True)
class Register:
    """Names of agencies and accounts, and the words of the vocabulary."""

    agencies: Mapping[AgencyId, Agency]
    accounts: Mapping[AccountId, Account]
    policy: PolicySet

    @property
    def vocabulary(self) -> Vocabulary:
        """The words in force."""
        return self.policy.vocabulary

    def agency(self, id_: AgencyId) -> str:
        """Return an agency's name."""
        found = self.agencies.get(id_)
        return found.name if found else "An agency"

    def contact(self, id_: AgencyId) -> str:
        """Return whom to ask at an agency: its safeguarding lead."""
        found = self.agencies.get(id_)
        return f"{found.contact_name}, {found.contact_phone}" if found else "your information governance officer"


def day_words(instant: datetime) -> str:
    """Write the local day of an instant."""
    return PartialDate.of(instant).in_words()


def moment_words(instant: datetime) -> str:
    """Write the local day and minute of an instant."""
    local = instant.astimezone(LOCAL)
    return f"{local.day} {local:%B %Y, %H:%M}"
