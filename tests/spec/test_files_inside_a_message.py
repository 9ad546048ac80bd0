"""A file inside a message is beside its entry for whoever sees all of that entry; a refused one is kept, not lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from connectors.registry import CONNECTORS
from hub.domain.errors import ConflictError, HubError, NotFoundError
from hub.domain.file_kinds import clean_file
from hub.domain.ids import RecordId
from hub.domain.referral import AttachmentDraft, Limits, Outcome
from hub.services import message_files
from hub.services.attachments import Asking, Opened
from hub.services.family_page import Stated
from hub.services.intake import Message
from hub.store.clear import attachments
from hub.store.clear.tables import task
from tests.factories import SmallWorld, notice, texts
from tests.files import jpeg, pdf
from tests.spec.helping import QUARREL, holds

TITLE = "The broken door"
STATED = Stated("protect_child", "a test")


def with_files(world: SmallWorld, *files: AttachmentDraft, body: bytes | None = None, key: str = "files") -> dict:
    """Send the notice with files, as a connector hands them over."""
    body = body or notice(notice_ref="SN-files")
    (parsed,) = CONNECTORS["safeguarding_notice"].parse(body, Limits())
    assert parsed.outcome is Outcome.ACCEPTED
    parsed = replace(parsed, draft=replace(parsed.draft, attachments=files))
    message = Message(world.agencies["police"], "safeguarding_notice", key, body, "application/json", [parsed])
    return world.hub.intake.receive(message)["records"][0]


def file(content: bytes, entry: int = 1) -> AttachmentDraft:
    return AttachmentDraft(entry, TITLE, "image/jpeg", content, "/notices/0/attachments/0")


def placed(world: SmallWorld, content: bytes, entry: int = 1) -> dict:
    """Send it, place it, and let everybody who may see the notice see it."""
    outcome = with_files(world, file(content, entry))
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    world.open()
    return outcome


def the_file(world: SmallWorld) -> attachments.Attachment:
    with world.hub.engines.data.connect() as connection:
        (row,) = connection.execute(select(attachments.attachment))
        return attachments.headings(connection, world.hub.partnership.id, [row.id])[0][0]


def opened(world: SmallWorld, username: str = "sally") -> Opened:
    asking = Asking(world.accounts[username], world.family, STATED)
    return world.hub.files.attachments.open(asking, RecordId(the_file(world).id))


def codes(outcome: dict) -> set[str]:
    return {issue["code"] for issue in outcome["issues"]} - {"tick_count_differs", "protected_value_shared"}


def test_a_photograph_in_a_notice_is_beside_its_entry_without_its_place(world: SmallWorld) -> None:
    outcome = placed(world, jpeg())
    assert codes(outcome) == set()
    assert opened(world).content == clean_file(jpeg()).content


def test_whoever_does_not_see_the_entry_does_not_find_the_file(sqlite_world: SmallWorld) -> None:
    placed(sqlite_world, jpeg(), entry=0)
    sqlite_world.allocate("pete", "alleged_perpetrator")
    for username in ("pete", "sally"):  # the first entry names who told the police: hardly anybody sees all of it
        with pytest.raises(NotFoundError):
            opened(sqlite_world, username)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 a document with macros", "file_not_allowed"),
        (pdf(b"<< /OpenAction << /S /JavaScript >> >>"), "file_can_act"),
        (jpeg()[:40], "file_broken"),
    ],
)
def test_a_refused_file_is_kept_sealed_with_a_clock_and_its_referral_comes_in(
    sqlite_world: SmallWorld, content: bytes, code: str
) -> None:
    outcome = placed(sqlite_world, content)
    assert (outcome["outcome"], codes(outcome)) == ("accepted", {code})
    assert QUARREL in texts(sqlite_world.view("sally"))
    stays_shut(sqlite_world)
    with sqlite_world.hub.engines.data.connect() as connection:
        (owed,) = connection.execute(select(task).where(task.c.kind == "check_stopped_file"))
    assert owed.due_at > owed.created_at


def stays_shut(world: SmallWorld) -> None:
    asking = Asking(world.accounts["sally"], world.family, STATED)
    assert not world.hub.files.attachments.check(asking, RecordId(the_file(world).id))
    with pytest.raises(ConflictError):
        opened(world)


def test_a_refused_file_that_a_second_look_releases_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_files, "REFUSED", "forgotten")
    placed(sqlite_world, b"PK\x03\x04 a document with macros")
    assert not holds(lambda: stays_shut(sqlite_world))


def stopped(_content: bytes) -> str:
    return "found"


def broken(_content: bytes) -> str:
    raise OSError


@pytest.mark.parametrize("scanner", [stopped, broken])
def test_what_the_scanner_stops_waits_until_a_second_look(
    sqlite_world: SmallWorld, scanner: Callable[[bytes], str]
) -> None:
    sqlite_world.hub.intake._files._scanner = scanner
    assert codes(placed(sqlite_world, jpeg())) == {"file_stopped"}
    with pytest.raises(ConflictError):
        opened(sqlite_world)
    asking = Asking(sqlite_world.accounts["sally"], sqlite_world.family, STATED)
    assert sqlite_world.hub.files.attachments.check(asking, RecordId(the_file(sqlite_world).id))
    assert opened(sqlite_world).content == clean_file(jpeg()).content


def test_a_file_that_is_too_large_is_kept_and_told_of(sqlite_world: SmallWorld) -> None:
    sqlite_world.hub.intake._files._most = 10
    assert codes(placed(sqlite_world, jpeg())) == {"file_too_large"}


def test_an_amendment_without_the_file_takes_it_from_view(sqlite_world: SmallWorld) -> None:
    placed(sqlite_world, jpeg())
    body = notice(notice_ref="SN-files", action="amend", notice_version=2)
    with_files(sqlite_world, body=body, key="amended")
    with pytest.raises(NotFoundError):
        opened(sqlite_world)


def test_a_crash_in_the_middle_leaves_nothing_half_done(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise HubError("power_cut")

    with monkeypatch.context() as patched:
        patched.setattr(message_files.attachments, "add", dies)
        with pytest.raises(HubError):
            with_files(sqlite_world, file(jpeg()))
    assert codes(placed(sqlite_world, jpeg())) == set()
    assert opened(sqlite_world).content == clean_file(jpeg()).content
