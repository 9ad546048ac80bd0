"""Who may say which account has which role: the hub itself at the beginning, then each agency's own administrator.

Pure. The gate asks before it records an ACCOUNT fact. Refusing is the default.
"""

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import Fact, FactKind, account_chain
from hub.domain.ids import AccountId
from hub.domain.roles import ADMINISTRATOR, PROGRAMS
from hub.policy.circumstances import Circumstances


def require_appointment(fact: Fact, who: Circumstances) -> None:
    """Return silently when this account may record the ACCOUNT fact now, else raise AccessRefusedError.

    An administrator appoints, moves, confirms and stops people of their own agency, whose every earlier role was there
    too; never themselves, and never to a role of the hub's own programs.
    """
    if who.viewer_role == "system":
        return
    account = AccountId(str(fact.body.get("account", "")))
    if who.viewer_role != ADMINISTRATOR or fact.body.get("role") in PROGRAMS or fact.ends is not None:
        raise AccessRefusedError("role_may_not_record", where=fact.kind.value)
    if not account or fact.chain != account_chain(account):
        raise AccessRefusedError("another_account", where=fact.kind.value)
    earlier = [one.body for one in who.standing if one.kind is FactKind.ACCOUNT and one.chain == fact.chain]
    if {body.get("agency") for body in (fact.body, *earlier)} != {who.viewer_agency}:
        raise AccessRefusedError("other_agency", where=fact.kind.value)
    if who.login in {account, fact.body.get("login"), *(body.get("login") for body in earlier)}:
        raise AccessRefusedError("own_account", where=fact.kind.value, next_step="another administrator does it")
