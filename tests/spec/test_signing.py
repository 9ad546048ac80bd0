"""An agreement runs when every party has signed exactly that version, from its day on, until it is stopped or ended.

draft -> proposed -> checked by another person of the same party -> signed by every party -> in force -> superseded or
ended. One party suspends alone and at once; resuming needs them all again; nothing goes back to an older version.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hub.domain.canonical import canonical
from hub.domain.errors import AccessRefusedError, ConflictError, NotFoundError, PolicyError
from hub.domain.facts import AGREEMENTS_CHAIN, FactKind
from hub.gate import rosters as gate_rosters
from hub.policy import procedure
from hub.policy.procedure import Progress, body_of
from hub.services.signing_keys import SigningKey
from hub.wiring import World, build
from tests.factories import CHEAP, SmallWorld
from tests.spec.helping import EARS, alarms, holds, raised, since, write_fact
from tests.spec.signing_steps import EFS, KEY, LATER, TRIAL, check, days, give, propose, shows


def the_whole_way(world: SmallWorld) -> None:
    """Each step in its order, by who may take it and by nobody else; then the days decide."""
    propose(world)
    assert raised(lambda: give(world, "csc")) is ConflictError
    for username in ("iggy", "igpolice", "manager"):
        assert raised(lambda who=username: check(world, who)) is AccessRefusedError, username
    check(world)
    assert raised(lambda: check(world)) is ConflictError
    give(world, "csc")
    assert raised(lambda: give(world, "csc")) is ConflictError
    give(world, "police")
    assert not shows(world)
    days(world, 9)
    assert shows(world)
    world.ceremony.bring_into_force(LATER, "later.yaml")
    days(world, 40)
    assert shows(world)
    days(world, 60)
    assert not shows(world)


def test_a_version_goes_its_whole_way(case: SmallWorld) -> None:
    the_whole_way(case)


def test_a_version_ends_on_its_day(case: SmallWorld) -> None:
    case.ceremony.bring_into_force(TRIAL, "trial.yaml")
    days(case, 380)
    assert shows(case)
    days(case, 30)
    assert not shows(case)


@pytest.mark.parametrize("check_of", ["_require_checked", "_require_signed", "_require_person"])
def test_a_procedure_that_lets_anybody_take_a_step_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch, check_of: str
) -> None:
    monkeypatch.setattr(procedure, check_of, lambda *_: None)
    assert not holds(lambda: the_whole_way(case))


def nothing_while_a_signature_is_missing(world: SmallWorld) -> None:
    propose(world)
    check(world)
    give(world, "csc")
    days(world, 9)
    assert not shows(world)
    with pytest.raises(ConflictError, match="missing_signature"):
        world.hub.signing.publish(KEY)
    assert not shows(world)


def test_a_version_that_lacks_one_signature_permits_nothing(case: SmallWorld) -> None:
    nothing_while_a_signature_is_missing(case)


def test_publishing_without_a_signature_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Progress, "unsigned", ())
    assert not holds(lambda: nothing_while_a_signature_is_missing(case))


def test_a_published_version_that_lacks_a_signature_is_refused_by_the_gate_itself(case: SmallWorld) -> None:
    propose(case)
    check(case)
    give(case, "csc")
    progress = case.hub.signing.progress(KEY)
    body = {name: value for name, value in body_of(progress.proposed).items() if name not in {"step", "party"}}
    given = {name: value for name, value in body_of(progress.signed["csc"]).items() if name != "step"}
    write_fact(case, AGREEMENTS_CHAIN, FactKind.PUBLISHED, {**body, "signatures": [given]})
    assert raised(lambda: shows(case)) is PolicyError


CHANGED = {
    "another page": {"text_sha256": "0" * 64},
    "another canonical form": {"sha256": "0" * 64},
    "another set of documents": {"checked_with": {"vocabulary": "0" * 64}},
    "another party": {"party": "police"},
    "another version": {"version": "2"},
    "other parties": {"parties": ["csc"]},
    "a suspension that it would end": {"resumes": ["somebody's"]},
}


def only_this_very_version(world: SmallWorld, what: str) -> None:
    propose(world)
    check(world)
    progress = world.hub.signing.progress(KEY)
    said = {name: body_of(progress.proposed)[name] for name in gate_rosters._SIGNED} | {"party": "csc", "resumes": []}
    assert canonical(said) == world.hub.signing.to_sign(world.accounts["iggy"], KEY)
    with pytest.raises(PolicyError):
        give(world, "csc", message=canonical(said | CHANGED[what]))
    assert not world.hub.signing.progress(KEY).signed
    give(world, "csc", message=canonical(said))


@pytest.mark.parametrize("what", CHANGED)
def test_a_signature_over_anything_else_is_refused(case: SmallWorld, what: str) -> None:
    only_this_very_version(case, what)


def test_a_hub_that_takes_any_signature_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_rosters, "require_signature", lambda *_: None)
    assert not holds(lambda: only_this_very_version(case, "another page"))


def test_a_signature_by_a_key_outside_the_partys_roster_is_refused(case: SmallWorld) -> None:
    propose(case)
    check(case)
    assert raised(lambda: give(case, "csc", by="police")) is PolicyError
    stranger, account = SigningKey.make(case.hub.world.randomness), case.accounts["iggy"]
    signature = stranger.sign(case.hub.signing.to_sign(account, KEY))
    attempt = lambda: case.hub.signing.sign(account, KEY, stranger.key_id, signature, "browser")  # noqa: E731
    assert raised(attempt) is PolicyError


def test_what_was_signed_with_other_documents_permits_nothing_and_is_not_signed_further(
    case: SmallWorld, tmp_path: Path
) -> None:
    propose(case)
    check(case)
    policies = tmp_path / "policies"
    shutil.copytree(case.settings.policies, policies)
    with (policies / "vocabulary.yaml").open("a") as vocabulary:
        vocabulary.write("# one more remark\n")
    case.open()
    assert shows(case, EARS, "protect_child")
    changed = build(
        replace(case.settings, policies=policies), world=World(case.clock, case.hub.world.randomness), passwords=CHEAP
    )
    case.others.append(changed)
    before, case.hub = case.entries(), changed
    assert raised(lambda: give(case, "csc")) is ConflictError
    assert not shows(case, EARS, "protect_child")
    assert "signed_with_other_documents" in str([one.entry.detail for one in since(case, before)])
    assert alarms(case)


def a_withdrawn_proposal_is_over(world: SmallWorld) -> None:
    propose(world)
    check(world)
    give(world, "csc")
    assert raised(lambda: world.hub.signing.withdraw(world.accounts["igmh"], KEY)) is AccessRefusedError
    world.hub.signing.withdraw(world.accounts["igpolice"], KEY)
    assert raised(lambda: give(world, "police")) is ConflictError
    assert raised(lambda: propose(world)) is ConflictError
    days(world, 9)
    assert not shows(world)
    with pytest.raises(ConflictError):
        world.hub.signing.publish(KEY)


def test_any_party_withdraws_a_proposal_and_then_it_is_over(case: SmallWorld) -> None:
    a_withdrawn_proposal_is_over(case)


def test_a_withdrawal_that_is_forgotten_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    of = Progress.of
    monkeypatch.setattr(Progress, "of", lambda key, facts: replace(of(key, facts), withdrawn=None))
    assert not holds(lambda: a_withdrawn_proposal_is_over(case))


def test_what_is_in_force_is_suspended_and_not_withdrawn(case: SmallWorld) -> None:
    withdraw = lambda: case.hub.signing.withdraw(case.accounts["iggy"], EFS)  # noqa: E731
    assert raised(withdraw) is ConflictError


def never_back_to_an_older_version(world: SmallWorld) -> None:
    propose(world)
    check(world)
    give(world, "csc")
    world.ceremony.bring_into_force(LATER, "later.yaml")
    assert raised(lambda: give(world, "police")) is ConflictError
    assert world.hub.signing.progress(KEY).published is None
    days(world, 9)
    assert not shows(world)


def test_nothing_goes_back_to_an_older_version(case: SmallWorld) -> None:
    never_back_to_an_older_version(case)


def test_going_back_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedure, "_require_later", lambda *_: None)
    assert not holds(lambda: never_back_to_an_older_version(case))


def test_an_older_version_published_behind_the_hubs_back_refuses_everything(case: SmallWorld) -> None:
    published = case.hub.signing.progress(EFS).published.body
    write_fact(case, AGREEMENTS_CHAIN, FactKind.PUBLISHED, published)
    assert raised(lambda: shows(case)) is PolicyError


def test_a_version_that_leaves_days_without_an_agreement_is_refused(case: SmallWorld) -> None:
    case.ceremony.bring_into_force(TRIAL, "trial.yaml")
    gap = LATER.replace('from: "2027-02-01", until: "2027-12-31"', 'from: "2028-02-01", until: "2028-12-31"')
    gap = gap.replace("2027-02-0", "2028-02-0").replace('review: "2027-06-01"', 'review: "2028-06-01"')
    with pytest.raises(PolicyError, match="gap"):
        propose(case, gap)


def test_a_version_nobody_proposed_is_not_there(case: SmallWorld) -> None:
    assert raised(lambda: check(case)) is NotFoundError
    assert raised(lambda: case.hub.signing.to_sign(case.accounts["iggy"], KEY)) is NotFoundError
