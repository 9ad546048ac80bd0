"""Coming in through the partnership's own single sign-on: begun, returned from, and proved there again.

What must match on return (state, nonce, verifier) is sealed into the browser's form cookie and is good for ten minutes;
the provider takes its code once.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from hub.domain.clock import Clock, Randomness, stamp
from hub.domain.errors import HubError, NotSignedInError
from hub.domain.ids import AccountId
from hub.identity.secrets import new_secret
from hub.identity.single_sign_on import LEEWAY, Identity, authorization_address, require_identity
from hub.services.sealed_words import SealedWords
from hub.services.sessions import Caller
from hub.services.signing_in import SigningIn, Step
from hub.services.sittings import Sittings
from hub.settings import Provider
from hub.store.clear import links
from hub.store.session import Transactions

ATTEMPT_LASTS: Final = timedelta(minutes=10)
_ABOUT: Final = "single_sign_on"


class Fetch(Protocol):
    """Asks the provider, without following it anywhere else: GET, or POST of a form with a user and password."""

    def __call__(self, url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None) -> bytes:
        """Return the answer's body; NotSignedInError when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """Where the browser goes, and what it keeps, sealed, until it is back."""

    address: str
    kept: str


class SingleSignOn:
    """Built once by wiring; without a provider it offers nothing."""

    def __init__(
        self,
        provider: Provider | None,
        fetch: Fetch,
        steps: tuple[SigningIn, Sittings],
        words: SealedWords,
        clear: Transactions,
        world: tuple[Clock, Randomness],
        back: str,
    ) -> None:
        """Take the provider, the way to ask it, and the address to which it sends people back."""
        self._provider, self._fetch, self._words, self._clear, self._back = provider, fetch, words, clear, back
        (self._signing_in, self._sittings), (self._clock, self._randomness) = steps, world

    @property
    def name(self) -> str:
        """What people call the provider; "" when there is none."""
        return "" if self._provider is None else self._provider.name

    @property
    def issuer(self) -> str:
        """The provider's id; "" when there is none."""
        return "" if self._provider is None else self._provider.issuer

    def linked(self, login: AccountId) -> bool:
        """Say whether this person can come in through the provider."""
        with self._clear.read() as connection:
            return self._provider is not None and links.is_linked(connection, self._clear.partnership, login)

    def begin(self, again: Caller | None = None) -> Attempt:
        """Return the way to the provider; `again` asks somebody who is here to prove it there anew."""
        said = {name: new_secret(self._randomness) for name in ("state", "nonce", "verifier")}
        for_whom = "" if again is None else again.session_hash
        kept = said | {"began": stamp(self._clock()), "again": for_whom}
        proof = said["state"], said["nonce"], said["verifier"]
        address = authorization_address(self._required(), self._back, proof, again=again is not None)
        return Attempt(address, self._words.close(_ABOUT, kept).hex())

    def finish(self, kept: str, state: str, code: str) -> Step:
        """Return the next step of whom the provider vouches for; NotSignedInError for nobody linked."""
        attempt = self._attempt(kept, state, "")
        identity = self._identity(attempt, code)
        return self._signing_in.vouched(self._linked(identity), factored=identity.several)

    def finish_again(self, caller: Caller, kept: str, state: str, code: str) -> str:
        """Return the sitting's new secret when the provider vouches again, by a proof made since it was asked for."""
        attempt = self._attempt(kept, state, caller.session_hash)
        identity = self._identity(attempt, code)
        recent = identity.at is not None and stamp(identity.at + LEEWAY) >= attempt["began"]
        if not recent or self._linked(identity) != caller.login:
            raise NotSignedInError("proof_too_old")
        return self._sittings.renew(caller)

    def _attempt(self, kept: str, state: str, again: str) -> Mapping[str, str]:
        try:
            attempt = self._words.open(_ABOUT, bytes.fromhex(kept))
        except (HubError, ValueError):
            raise NotSignedInError("attempt_unknown") from None
        early = stamp(self._clock() - ATTEMPT_LASTS)
        right = hmac.compare_digest(attempt.get("state", "").encode(), state.encode())
        if not right or attempt["began"] < early or attempt["again"] != again:
            raise NotSignedInError("attempt_unknown")
        return attempt

    def _identity(self, attempt: Mapping[str, str], code: str) -> Identity:
        provider = self._required()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": attempt["verifier"],
        }
        basic = provider.client_id, provider.client_secret
        token = _json(self._fetch(provider.token_url, form, basic)).get("id_token")
        keys = _json(self._fetch(provider.jwks_url)).get("keys")
        if not isinstance(token, str) or not isinstance(keys, list):
            raise NotSignedInError("provider_answer")
        own = [key for key in keys if isinstance(key, dict)]
        return require_identity(token, own, provider, attempt["nonce"], self._clock())

    def _linked(self, identity: Identity) -> AccountId:
        with self._clear.read() as connection:
            found = links.find_linked(connection, self._clear.partnership, self.issuer, identity.subject)
        if found is None:
            raise NotSignedInError("nobody_linked")
        return found

    def _required(self) -> Provider:
        if self._provider is None:
            raise NotSignedInError("no_provider")
        return self._provider


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NotSignedInError("provider_answer") from None
    if not isinstance(said, dict):
        raise NotSignedInError("provider_answer")
    return said
