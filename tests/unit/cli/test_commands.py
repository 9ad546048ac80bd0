"""The commands as an operator types them."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hub.wiring.command import builders

HOME = Path(__file__).parents[3]
HUB = Path(sys.executable).parent / "hub"


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    more = ("--folder", str(folder)) if folder else ()
    return subprocess.run([str(HUB), *arguments, *more], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "hub"
    done = run("demo", "--no-serve", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_the_demo_tells_the_whole_story(demo: tuple[Path, str]) -> None:
    told = demo[1]
    for words in (
        "before a section 47 enquiry",
        "takes back his yes",
        "during the section 47 enquiry",
        "on the child protection plan that followed",
        "Not who, where or what happened",
        "recovery worker",
        "The worker allocated to the father",
        "no content",
        "all as they were written",
        "edited in a copy",
    ):
        assert words in told


def test_the_demo_shows_the_childs_words_only_once_an_enquiry_is_recorded(demo: tuple[Path, str]) -> None:
    before, during = demo[1].split("during the section 47 enquiry")
    assert "I put my hands on my ears." not in before
    assert "I put my hands on my ears." in during.split("recovery worker")[0]


def test_the_fathers_worker_reads_nothing_of_where_the_mother_is_or_how_she_feels(
    demo: tuple[Path, str],
) -> None:
    told = demo[1].split("The worker allocated to the father")[1].split("The information governance officer")[0]
    for words in ("Larch Court", "ZZ99 4AB", "medication", "sleep", "held back", "hands on my ears"):
        assert words not in told


def test_a_second_demo_in_the_same_folder_is_refused_with_one_sentence(demo: tuple[Path, str]) -> None:
    done = run("demo", "--no-serve", folder=demo[0])
    assert done.returncode == 2
    assert "already_a_hub" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_never_builds_on_a_demonstration(demo: tuple[Path, str]) -> None:
    done = run("init", "--name", "Real", "--population", "60000", folder=demo[0])
    assert done.returncode == 2


def test_a_demonstration_never_binds_beyond_this_machine(demo: tuple[Path, str]) -> None:
    done = run("serve", "--host", "0.0.0.0", folder=demo[0])  # noqa: S104  the point of the test
    assert done.returncode == 2
    assert "synthetic_beyond_loopback" in done.stderr


def test_a_hub_that_is_served_at_another_port_is_called_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or every partner's assertion names an address that the hub does not know as its own."""
    monkeypatch.delenv("HUB_BASE_URL", raising=False)
    made = builders()
    assert made.rehearse(tmp_path / "hub", "Exampleshire", made.clock, 18765).base_url == "http://127.0.0.1:18765"
    assert made.open_at(tmp_path / "hub", 18766).base_url == "http://127.0.0.1:18766"
    monkeypatch.setenv("HUB_BASE_URL", "https://hub.example")
    assert made.open_at(tmp_path / "hub", 18766).base_url == "https://hub.example"


def test_a_second_demo_at_the_same_port_says_so_before_it_builds_anything(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = str(first.getsockname()[1])
        done = run("demo", "--port", port, folder=tmp_path / "hub")
    assert done.returncode == 2
    assert f"address_taken. 127.0.0.1:{port} Next: " in done.stderr
    assert not (tmp_path / "hub").exists()


def test_an_exported_log_verifies_and_an_edited_one_is_named(demo: tuple[Path, str], tmp_path: Path) -> None:
    assert run("ledger", "export", str(tmp_path / "log"), folder=demo[0]).returncode == 0
    assert run("ledger", "verify", str(tmp_path / "log")).returncode == 0
    entries = tmp_path / "log" / "entries.jsonl"
    lines = entries.read_text().splitlines()
    said = json.loads(lines[3])
    lines[3] = json.dumps(said | {"seq": said["seq"] + 1})
    entries.write_text("\n".join(lines) + "\n")
    done = run("ledger", "verify", str(tmp_path / "log"))
    assert done.returncode == 1
    assert "Entry 3" in done.stdout


def test_a_folder_that_holds_no_log_could_not_be_checked(tmp_path: Path) -> None:
    assert run("ledger", "verify", str(tmp_path)).returncode == 2


def test_the_example_agreement_passes_its_own_worked_cases(demo: tuple[Path, str]) -> None:
    done = run("policy", "check", str(HOME / "policies" / "agreements" / "efs-2026-04.yaml"), folder=demo[0])
    assert done.returncode == 0
    assert "0 fail" in done.stdout


def test_a_real_partnership_is_founded_and_served_only_by_who_may_read_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    assert run("init", "--name", "Real", "--population", "60000", folder=folder).returncode == 0
    assert (folder / "root.key").stat().st_mode & 0o077 == 0
    assert (folder / "hub.json").stat().st_mode & 0o077 == 0
    (folder / "root.key").chmod(0o644)
    done = run("keys", "status", folder=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_import_takes_only_what_its_sender_signed(demo: tuple[Path, str], tmp_path: Path) -> None:
    file = tmp_path / "notices.json"
    file.write_bytes((HOME / "tests/fixtures/safeguarding_notice/one_of_three_is_bad.json").read_bytes())
    named = ("--connector", "safeguarding_notice", "--agency", "police")
    done = run("import", str(file), *named, folder=demo[0])
    assert (done.returncode, "manifest_missing" in done.stderr) == (2, True)
    Path(f"{file}.manifest.json").write_text("{}")
    done = run("import", str(file), *named, folder=demo[0])
    assert (done.returncode, "refused, manifest_unreadable" in done.stdout) == (1, True)
