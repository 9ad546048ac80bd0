"""Who repaired a referral in quarantine, and when; where is among the remarks on it, in its receipt."""

from hub.services.register import Register, moment_words
from hub.services.task_lines import EventLine
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
    words = f"Repaired in quarantine by {who}. What the sender wrote is kept as it came."
    return (EventLine(moment_words(found.released_at), words),)
