"""Who repaired a referral in quarantine, when, and in which places: beside the sender's own message, which stays."""

from hub.services.register import Register, moment_words
from hub.services.tasks import EventLine
from hub.store.clear import releases
from hub.store.session import Transactions


def repaired(clear: Transactions, register: Register, referral: str) -> tuple[EventLine, ...]:
    """Return one line for a referral that was let through from quarantine, none for any other."""
    with clear.read() as connection:
        found = releases.release_as(connection, clear.partnership, referral)
    if found is None:
        return ()
    account = register.accounts.get(found.released_by)
    who = account.name if account else "somebody at the front door"
    places = f"Corrected there: {', '.join(found.places)}. " if found.places else ""
    words = f"Repaired in quarantine by {who}. {places}What the sender wrote is kept as it came."
    return (EventLine(moment_words(found.released_at), words),)
