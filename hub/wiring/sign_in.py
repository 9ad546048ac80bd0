"""Builds what signing in is made of."""

from datetime import timedelta

from hub.domain.ids import IdMaker
from hub.gate.writer import Writer
from hub.identity.passwords import Passwords
from hub.services.appointments import Appointments, Confirming
from hub.services.drafts import Drafts
from hub.services.entry import Entry
from hub.services.sealed_words import SealedWords
from hub.services.second_factors import SecondFactors
from hub.services.sessions import Sessions
from hub.services.signing_in import SigningIn
from hub.services.single_sign_on import SingleSignOn
from hub.services.sittings import Sittings
from hub.services.starting import Starting
from hub.settings import Settings
from hub.store.session import Transactions
from hub.wiring.fetching import fetch
from hub.wiring.founding import World


def built(
    settings: Settings,
    *,
    synthetic: bool,
    world: World,
    rows: tuple[Writer, Transactions, IdMaker],
    how: tuple[Passwords, SealedWords],
) -> tuple[Sessions, Entry]:
    """Return sessions, and the services behind the pages about signing in.

    Where people are real, every human needs a second factor, and who is not confirmed is stopped; a demonstration
    offers the one and lists the others.
    """
    (writer, clear, ids), (passwords, words), (clock, randomness) = rows, how, (world.clock, world.randomness)
    factors = SecondFactors(words, clear, clock, randomness, required=not synthetic)
    proofs, token_url = (passwords, factors), settings.base_url + "/oauth2/token"
    sessions = Sessions(writer, clear, clock, randomness, proofs, token_url)
    every, grace = timedelta(days=settings.confirm_days), timedelta(days=settings.confirm_grace_days)
    signing_in = SigningIn(sessions, factors, clear, clock, randomness)
    sittings = Sittings(sessions, factors, clear, clock, randomness)
    back, steps = settings.base_url + "/sign-in/returned", (signing_in, sittings)
    single = SingleSignOn(settings.single_sign_on, fetch, steps, words, clear, (clock, randomness), back)
    return sessions, Entry(
        single_sign_on=single,
        drafts=Drafts(words, clear, clock),
        signing_in=signing_in,
        factors=factors,
        sittings=sittings,
        starting=Starting(proofs, clear, clock, randomness),
        appointments=Appointments(writer, clear, clock, ids, Confirming(every, grace, stops=not synthetic)),
    )
