"""A version from proposal to page, from stop to start again, as officers and signatories type it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.commands import hub as command
from hub.cli.stage import Builders
from hub.policy.page import page_digest
from hub.services.policy_files import PolicyFiles
from hub.wiring import World, build, policy_texts
from hub.wiring.serving import stage
from tests.factories import CHEAP, FIXTURES, PASSWORD, SmallWorld, texts
from tests.spec.helping import QUARREL

TRIAL = FIXTURES / "agreements" / "trial.yaml"
KEY = "TRY-2026-12/1"


class Terminal:
    """One terminal: the hub's folder, and key files of signatories."""

    def __init__(self, world: SmallWorld, place: Path) -> None:
        self.world, self.place = world, place
        self.opened: list = []
        for party, key in world.ceremony.keys.items():
            (place / f"{party}.pem").write_bytes(key.pem("a passphrase"))

    def _open(self, _folder: Path) -> object:
        hub = build(
            self.world.settings,
            world=World(self.world.clock, self.world.hub.world.randomness, self._open),
            passwords=CHEAP,
        )
        self.world.others.append(hub)
        return stage(hub)

    def alone(self, *typed: str, answers: str = "") -> Result:
        """Type a command that needs no hub."""
        policies = self.world.settings.policies
        files = lambda: PolicyFiles(policy_texts(policies))  # noqa: E731
        made = Builders(
            None, self._open, policies, files, self.world.clock, self.world.hub.world.randomness, self._open, None, None
        )
        return CliRunner().invoke(command, ["policy", *typed], obj=made, input=answers)

    def by(self, officer: str, *typed: str, answers: str = "") -> Result:
        """Type a command as an officer."""
        more = ("--officer", officer, "--password", PASSWORD, "--folder", str(self.world.settings.folder))
        return self.alone(*typed, *more, answers=answers)

    def key(self, party: str) -> tuple[str, ...]:
        return "--key", str(self.place / f"{party}.pem"), "--passphrase", "a passphrase"

    def digest(self, key: str = KEY) -> str:
        return self.world.hub.agreements.desk.version(self.world.accounts["iggy"], key).digest[:8]


@pytest.fixture
def terminal(sqlite_world: SmallWorld, tmp_path: Path) -> Iterator[Terminal]:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    return Terminal(sqlite_world, tmp_path)


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def proposed(terminal: Terminal) -> None:
    terminal.world.ceremony.propose(TRIAL.read_text(), "trial.yaml")


def test_a_version_goes_its_way_on_the_command_line(terminal: Terminal) -> None:
    world = terminal.world
    told = said(terminal.by("iggy", "propose", str(TRIAL), "--reason", "For the trial"))
    assert "1 worked case holds" in told
    assert "logged views read" in told
    assert f"hub policy approve {KEY}" in told
    assert "is checked" in said(terminal.by("olive", "approve", KEY))
    assert "Waits for the signature of" in said(terminal.by("iggy", "versions"))
    typed = f"{terminal.digest()}\n"
    told = said(terminal.by("iggy", "sign", KEY, *terminal.key("csc"), answers=typed))
    assert "The social worker who works with the family sees police incidents during the trial." in told
    assert "POLICE" not in told.split("You sign")[1].split("Waits for the signature of")[1].split("\n", maxsplit=1)[0]
    assert "Signed by all" in said(terminal.by("igpolice", "sign", KEY, *terminal.key("police"), answers=typed))
    assert QUARREL not in texts(world.view("sally", purpose="support_family"))
    world.clock.advance(days=9)
    assert QUARREL in texts(world.view("sally", purpose="support_family"))


def test_a_signatory_signs_on_a_machine_that_never_saw_the_hub(terminal: Terminal) -> None:
    proposed(terminal)
    request, signature = terminal.place / "request.json", terminal.place / "signature.json"
    said(terminal.by("iggy", "request", KEY, "--out", str(request)))
    offline = ("sign", "--page", str(request), "--out", str(signature), *terminal.key("csc"))
    wrong = terminal.alone(*offline, answers="00000000\n")
    assert wrong.exit_code == 2
    assert "another_digest" in wrong.output
    assert not signature.exists()
    said(terminal.alone(*offline, answers=terminal.digest() + "\n"))
    assert "PRIVATE" not in signature.read_text()
    assert "signature_of_another_party" in terminal.by("igpolice", "hand-in", str(signature)).output
    assert "is good and recorded" in said(terminal.by("iggy", "hand-in", str(signature)))
    assert "already_signed" in terminal.by("iggy", "hand-in", str(signature)).output


def test_a_request_whose_page_is_another_is_not_signed(terminal: Terminal) -> None:
    proposed(terminal)
    request, signature = terminal.place / "request.json", terminal.place / "signature.json"
    said(terminal.by("iggy", "request", KEY, "--out", str(request)))
    found = json.loads(request.read_text())
    for changed in (
        found | {"page": found["page"].replace("during the trial", "for ever")},
        found | {"document": found["document"] | {"sha256": "0" * 64}},
        found | {"document": found["document"] | {"agreement": "EFS-2026-04"}},
        found | {"document": found["document"] | {"more": "1"}},
        found | {"format": "another"},
    ):
        request.write_text(json.dumps(changed))
        done = terminal.alone("sign", "--page", str(request), "--out", str(signature), *terminal.key("csc"))
        assert done.exit_code == 2
        assert not signature.exists()


def test_the_proposer_and_a_stranger_are_refused_with_one_sentence(terminal: Terminal) -> None:
    terminal.world.hub.signing.propose(terminal.world.accounts["iggy"], TRIAL.read_text(), "trial.yaml")
    for officer, code in (("iggy", "four_eyes"), ("igpolice", "not_of_this_party"), ("sally", "role_may_not_record")):
        done = terminal.by(officer, "approve", KEY)
        assert (done.exit_code, code in done.output) == (2, True), done.output
    assert terminal.by("sally", "versions").exit_code == 2


def test_one_party_stops_it_and_all_start_it_again(terminal: Terminal) -> None:
    efs, world = "EFS-2026-04/1", terminal.world
    stop = ("suspend", efs, "--because", "incident", "--reason", "A notice was read out")
    assert terminal.by("igda", *stop, answers="n\n").exit_code == 1
    assert world.hub.signing.progress(efs).suspensions == ()
    assert "is suspended" in said(terminal.by("igda", *stop, answers="y\n"))
    assert "Suspended" in said(terminal.by("iggy", "versions"))
    typed = terminal.digest(efs) + "\n"
    assert "hub policy resume" in terminal.by("iggy", "sign", efs, *terminal.key("csc"), answers=typed).output
    for username, party in (("iggy", "csc"), ("igpolice", "police"), ("igmh", "mh"), ("igsm", "sm")):
        assert "Suspended" in said(terminal.by(username, "resume", efs, *terminal.key(party), answers=typed))
    assert "In force" in said(terminal.by("igda", "resume", efs, *terminal.key("da"), answers=typed))
    assert "not_suspended" in terminal.by("igda", "resume", efs, *terminal.key("da"), answers=typed).output


def test_the_copy_is_a_pdf_and_a_withdrawn_version_is_over(terminal: Terminal) -> None:
    proposed(terminal)
    copy = terminal.place / "copy.pdf"
    said(terminal.by("igpolice", "copy", KEY, "--out", str(copy)))
    assert copy.read_bytes().startswith(b"%PDF")
    said(terminal.by("igpolice", "withdraw", KEY))
    assert (
        "withdrawn" in terminal.by("iggy", "sign", KEY, *terminal.key("csc"), answers=terminal.digest() + "\n").output
    )


def test_a_roster_is_offered_signed_offline_and_handed_in(terminal: Terminal) -> None:
    new, request, signature = (terminal.place / name for name in ("new.pem", "roster.json", "signature.json"))
    made = said(terminal.alone("key", "--out", str(new), answers="long words\nlong words\n"))
    assert new.stat().st_mode & 0o077 == 0
    assert b"ENCRYPTED" in new.read_bytes()
    assert "file_exists" in terminal.alone("key", "--out", str(new), answers="a\na\n").output
    public = next(line for line in made.splitlines() if line.startswith("PUBLIC"))
    said(terminal.by("igda", "roster", "offer", "--signatory", "Nadia Farouk", "Caldicott guardian", public))
    assert "Nadia Farouk" in said(terminal.by("iggy", "roster", "show", "da"))
    said(terminal.by("igda", "roster", "request", "--out", str(request)))
    page = json.loads(request.read_text())
    typed = page_digest(page["page"])[:8] + "\n"
    said(terminal.alone("sign", "--page", str(request), "--out", str(signature), *terminal.key("da"), answers=typed))
    assert "roster da/2 is good" in said(terminal.by("igda", "hand-in", str(signature)))
    assert "Roster 2" in said(terminal.by("iggy", "roster", "show", "da"))


def test_a_new_beginning_is_confirmed_by_two_officers(terminal: Terminal) -> None:
    made = said(terminal.alone("key", "--out", str(terminal.place / "n.pem"), answers="long words\nlong words\n"))
    public = next(line for line in made.splitlines() if line.startswith("PUBLIC"))
    read_out = made.split("to an officer: ")[1].splitlines()[0]
    said(terminal.by("igda", "roster", "offer", "--signatory", "Nadia Farouk", "Caldicott guardian", public))
    assert "another_fingerprint" in terminal.by("iggy", "roster", "confirm", "da", "--fingerprint", "0" * 64).output
    assert "1 more" in said(terminal.by("iggy", "roster", "confirm", "da", "--fingerprint", read_out))
    assert "is in force" in said(terminal.by("igmh", "roster", "confirm", "da", "--fingerprint", read_out))
