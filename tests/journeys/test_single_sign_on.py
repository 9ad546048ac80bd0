"""Single sign-on against a local provider over real HTTP: who is linked comes in, nobody else, and never twice."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from hub.domain.errors import InvalidRequestError, NotSignedInError, SettingsError
from hub.identity import single_sign_on
from hub.settings import Provider
from hub.wiring import World, build, web_app
from tests.factories import CHEAP, PASSWORD, SmallWorld
from tests.journeys.authenticators import set_up
from tests.journeys.readers import Reader, plain
from tests.simulators.oidc_provider import OidcProvider, running, visit


@dataclass
class Linked:
    """A hub with a provider, at which Sally stands, linked by her agency's administrator."""

    world: SmallWorld
    provider: OidcProvider
    app: Flask

    def come_in(self, reader: Reader | None = None) -> Reader:
        """Go the whole way: to the provider and back."""
        reader = reader or Reader(self.app)
        self.answer = reader.get(visit(reader.get("/sign-in/provider").headers["Location"]))
        return reader


@pytest.fixture
def linked(sqlite_world: SmallWorld) -> Iterator[Linked]:
    with running(sqlite_world.clock) as provider:
        settings = replace(sqlite_world.settings, single_sign_on=provider.settings())
        hub = build(settings, world=World(sqlite_world.clock, os.urandom), passwords=CHEAP)
        world = replace(sqlite_world, hub=hub, settings=settings)
        world.staff("anna", "csc", "agency_admin")
        sally = world.accounts["sally"]
        hub.entry.appointments.link(world.accounts["anna"], sally, provider.address, "subject-of-sally")
        yield Linked(world, provider, web_app(hub))
        hub.close()


def is_in(reader: Reader) -> bool:
    return reader.get("/account").status_code == 200


def test_who_is_linked_comes_in_and_lands_on_the_family_the_case_system_named(linked: Linked) -> None:
    linked.world.police_notice()
    linked.world.allocate("sally", lead=True)
    sally, path = Reader(linked.app), f"/families/{linked.world.family}"
    assert sally.get(path).headers["Location"] == "/sign-in"
    assert "Sign in with Test sign-on" in sally.words("/sign-in")
    linked.come_in(sally)
    assert linked.answer.headers["Location"] == path
    assert "Sally" in sally.words("/account")
    assert linked.provider.asked["code_challenge_method"] == "S256"
    assert linked.provider.asked["scope"] == "openid"


def test_who_is_not_linked_does_not_come_in(linked: Linked) -> None:
    linked.provider.subject = "somebody-else"
    somebody = linked.come_in()
    assert linked.answer.headers["Location"] == "/sign-in"
    assert not is_in(somebody)
    assert "Single sign-on did not let you in" in somebody.words("/sign-in")


def test_who_was_stopped_does_not_come_in(linked: Linked) -> None:
    linked.world.hub.entry.appointments.stop(linked.world.accounts["anna"], linked.world.accounts["sally"])
    assert not is_in(linked.come_in())


def test_a_provider_that_took_a_password_only_leaves_the_second_factor_to_the_hub(linked: Linked) -> None:
    held, _ = set_up(linked.world, Reader(linked.app, "sally"))
    linked.world.clock.advance(minutes=1)
    linked.provider.claims = {"amr": ["pwd"]}
    sally = linked.come_in()
    assert linked.answer.headers["Location"] == "/sign-in/code"
    assert not is_in(sally)
    assert sally.send("/sign-in/code", code=held.code()).status_code == 302
    assert is_in(sally)


def test_what_came_back_is_good_once_and_for_this_browser_only(linked: Linked) -> None:
    sally = Reader(linked.app)
    back = visit(sally.get("/sign-in/provider").headers["Location"])
    assert not is_in_after(Reader(linked.app), back)
    assert not is_in_after(sally, back.replace("state=", "state=x"))
    again = Reader(linked.app)
    back = visit(again.get("/sign-in/provider").headers["Location"])
    assert is_in_after(again, back)
    again.http.post("/sign-out", data={"csrf_token": again.token("/account")})
    assert not is_in_after(again, back)


def is_in_after(reader: Reader, path: str) -> bool:
    reader.get(path)
    return is_in(reader)


def test_an_attempt_is_over_after_ten_minutes(linked: Linked) -> None:
    sally = Reader(linked.app)
    back = visit(sally.get("/sign-in/provider").headers["Location"])
    linked.world.clock.advance(minutes=11)
    assert not is_in_after(sally, back)


def test_a_code_that_was_stolen_is_worth_nothing_without_the_verifier(linked: Linked) -> None:
    sally, thief = Reader(linked.app), Reader(linked.app)
    stolen = visit(sally.get("/sign-in/provider").headers["Location"]).split("code=")[1].split("&")[0]
    own = visit(thief.get("/sign-in/provider").headers["Location"])
    state = own.split("state=")[1].split("&")[0]
    assert not is_in_after(thief, f"/sign-in/returned?state={state}&code={stolen}")


def odd(**claims: object) -> Callable[[OidcProvider], None]:
    return lambda provider: provider.claims.update(claims)


def another_key(provider: OidcProvider) -> None:
    provider.signing = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def shared_secret(provider: OidcProvider) -> None:
    provider.algorithm, provider.signing = "HS256", b"k" * 32


def unsigned(provider: OidcProvider) -> None:
    provider.algorithm, provider.signing = "none", ""


def another_algorithm(provider: OidcProvider) -> None:
    provider.algorithm = "RS512"


def unknown_kid(provider: OidcProvider) -> None:
    provider.header = {"kid": "k2"}


def critical(provider: OidcProvider) -> None:
    provider.header = {"crit": ["exp"]}


ODD = {
    "for another client": odd(aud="another"),
    "for us and another": odd(aud=["hub-client", "another"]),
    "for an authorised party that is another": odd(azp="another"),
    "by another issuer": odd(iss="https://evil.example.org"),
    "with another nonce": odd(nonce="another"),
    "without a nonce": odd(nonce=None),
    "without a subject": odd(sub=None),
    "with an empty subject": odd(sub=""),
    "long over": odd(exp=1_700_000_000),
    "from the future": odd(iat=1_900_000_000, exp=1_900_000_300),
    "good for a year": odd(exp=1_795_000_000),
    "without an end": odd(exp=None),
    "with a time that is none": odd(iat=True),
    "signed with another key": another_key,
    "signed with a shared secret": shared_secret,
    "not signed": unsigned,
    "signed with an algorithm that is not ours": another_algorithm,
    "with a key id that is not published": unknown_kid,
    "with a header that must be understood": critical,
}


@pytest.mark.parametrize("plant", ODD.values(), ids=ODD)
def test_a_token_that_is_not_exactly_as_asked_for_lets_nobody_in(
    linked: Linked, plant: Callable[[OidcProvider], None]
) -> None:
    plant(linked.provider)
    assert not is_in(linked.come_in())
    assert linked.answer.headers["Location"] == "/sign-in"


def test_a_hub_that_did_not_look_at_the_nonce_is_noticed(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = single_sign_on._identity
    monkeypatch.setattr(
        single_sign_on,
        "_identity",
        lambda claims, provider, _nonce, now: identity(claims, provider, claims["nonce"], now),
    )
    linked.provider.claims = {"nonce": "another"}
    assert is_in(linked.come_in())


def test_a_provider_that_does_not_answer_lets_nobody_in(linked: Linked) -> None:
    sally = Reader(linked.app)
    back = visit(sally.get("/sign-in/provider").headers["Location"])
    linked.provider.keys = lambda: None
    assert not is_in_after(sally, back)


def test_what_is_kept_in_the_browser_does_not_show_the_verifier(linked: Linked) -> None:
    sally = Reader(linked.app)
    sally.get("/sign-in/provider")
    with sally.http.session_transaction() as session:
        kept = bytes.fromhex(session["attempt"])
    assert b"verifier" not in kept
    with pytest.raises(NotSignedInError, match="attempt_unknown"):
        linked.world.hub.entry.single_sign_on.finish("00" * 60, "state", "code")


def test_it_is_proved_again_there_before_what_is_dangerous(linked: Linked) -> None:
    sally = linked.come_in()
    linked.world.clock.advance(minutes=6)
    assert sally.get("/emergency").headers["Location"] == "/confirm"
    assert "Show it at Test sign-on" in sally.words("/confirm")
    old = int((linked.world.clock.now - timedelta(minutes=5)).timestamp())
    linked.provider.claims = {"auth_time": old}
    way = sally.get("/confirm/provider").headers["Location"]
    assert {"prompt=login", "max_age=0"} <= set(way.split("&"))
    assert sally.get(visit(way)).headers["Location"] == "/confirm"
    linked.provider.claims = {}
    linked.provider.subject = "somebody-else"
    assert sally.get(visit(sally.get("/confirm/provider").headers["Location"])).headers["Location"] == "/confirm"
    linked.provider.subject = "subject-of-sally"
    assert sally.get(visit(sally.get("/confirm/provider").headers["Location"])).headers["Location"] == "/emergency"
    assert sally.get("/emergency").status_code == 200


def test_only_the_administrator_links_and_a_subject_is_one_persons(linked: Linked) -> None:
    anna, page = Reader(linked.app, "anna"), f"/staff/{linked.world.accounts['fran']}"
    taken = anna.send(page, deed="link", subject="subject-of-sally")
    assert "linked to somebody else" in plain(taken)
    assert anna.send(page, deed="link", subject="subject-of-fran").status_code == 302
    linked.provider.subject = "subject-of-fran"
    assert is_in(linked.come_in())
    assert anna.send(page, deed="link", subject="").status_code == 302
    assert not is_in(linked.come_in())
    with pytest.raises(InvalidRequestError, match="subject_taken"):
        linked.world.hub.entry.appointments.link(
            linked.world.accounts["anna"], linked.world.accounts["fran"], linked.provider.address, "subject-of-sally"
        )


def test_the_settings_are_whole_or_absent(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s\n")
    names = ("ISSUER", "AUTHORIZE_URL", "TOKEN_URL", "JWKS_URL")
    said = {f"HUB_OIDC_{name}": "https://id.example.org/x" for name in names}
    said |= {"HUB_OIDC_NAME": "Us", "HUB_OIDC_CLIENT_ID": "hub", "HUB_OIDC_SECRET_FILE": str(secret)}
    assert Provider.from_environment({}) is None
    assert Provider.from_environment(said).client_secret == "s"
    assert "client_secret" not in repr(Provider.from_environment(said))
    for name in said:
        with pytest.raises(SettingsError):
            Provider.from_environment(said | {name: ""})
    with pytest.raises(SettingsError, match="single_sign_on_insecure"):
        Provider.from_environment(said | {"HUB_OIDC_TOKEN_URL": "http://id.example.org/x"})


def test_passwords_still_work_beside_it(linked: Linked) -> None:
    assert linked.world.hub.sessions.sign_in("sally", PASSWORD)
