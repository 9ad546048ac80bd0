"""Builds what signing in is made of."""

from hub.services.entry import Entry
from hub.services.sealed_words import SealedWords
from hub.services.second_factors import SecondFactors
from hub.services.sessions import Sessions
from hub.services.signing_in import SigningIn
from hub.services.sittings import Sittings
from hub.store.session import Transactions
from hub.wiring.founding import World


def factors(words: SealedWords, clear: Transactions, world: World, *, required: bool) -> SecondFactors:
    """Return the second factors of a partnership."""
    return SecondFactors(words, clear, world.clock, world.randomness, required=required)


def entry(sessions: Sessions, second: SecondFactors, clear: Transactions, world: World) -> Entry:
    """Return the services behind the pages about signing in."""
    return Entry(
        signing_in=SigningIn(sessions, second, clear, world.clock, world.randomness),
        factors=second,
        sittings=Sittings(sessions, second, clear, world.clock, world.randomness),
    )
