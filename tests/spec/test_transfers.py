import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select, update

from hub.cli.commands import hub as command
from hub.cli.stage import Builders
from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError, ConflictError, NotFoundError, RejectedMessageError
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, FamilyId
from hub.services import transfer_sealing, transfers
from hub.services.attachments import Asking, Opened
from hub.services.family_page import Stated
from hub.services.setup import NewAgency
from hub.services.signing_files import in_groups
from hub.services.transfer_keys import KeyPair, OwnKeys, PublicKeys
from hub.services.transfer_sealing import BUNDLE, PIECE, Envelope, seal, signed_document
from hub.services.transfers import LIFE, RECEIPT
from hub.settings import Settings
from hub.store.clear import attachments
from hub.store.clear import transfers as rows
from hub.store.clear.tables import referral
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.secrets import open_secret
from hub.wiring import CONFIG, ROOT_KEY, World, build, web_app
from hub.wiring.serving import stage
from tests.factories import AGENCIES, CHEAP, FIXTURES, PASSWORD, SmallWorld, make_world, notice, reopened, texts
from tests.journeys.readers import Reader, lead, plain
from tests.journeys.senders import Sender
from tests.spec.helping import alarms, holds
from tests.spec.test_files_inside_a_message import file, with_files

TITLE = "Letter of the school nurse"
LETTER = b"Maya was tired and hungry on three days.\n" * 4_000
TREATMENT = (FIXTURES / "substance_misuse" / "adult_with_children.json").read_bytes()
NEIGHBOUR = NewAgency("south", "local_authority", "Southshire Children's Services", "Sue Marsh", "01632 960009")
MOVED = Stated("protect_child", "The family moved to Southshire on Monday")


def beside(settings: Settings) -> SmallWorld:
    """Make a partnership that has its neighbour in its register, and an agreement with it about families that move."""
    made = make_world(settings, agencies=(*AGENCIES, NEIGHBOUR))
    text = (made.settings.policies / "agreements" / "efs-2026-04.yaml").read_text()
    text = text.replace("EFS-2026-04", "MOVE-2026-04")
    police = "  from: [police]\n  to: [csc]\n  roles: [social_worker, team_manager]"
    text = text.replace(police, police.replace("to: [csc]", "to: [csc, south]"))
    text = text.replace("  from: [police, mh, sm, da]\n", "  from: [police, mh, sm, da, south]\n")
    party = "  south: {name: Southshire, kind: local_authority, controller: separate, lead: Front door}\n"
    made.ceremony.bring_into_force(text.replace("\ngovernance:", f"{party}\ngovernance:", 1), "move.yaml")
    return made


@pytest.fixture(scope="session")
def made_beside(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Make one of the two once, and close it."""
    os.umask(0o077)
    made = beside(Settings.in_folder(tmp_path_factory.mktemp("beside") / "hub"))
    made.close()
    return made


@pytest.fixture(scope="session")
def made_south(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Make the other one, with keys and agencies of its own; it knows the northern one as `south`, too."""
    os.umask(0o077)
    made = beside(Settings.in_folder(tmp_path_factory.mktemp("south") / "hub"))
    made.close()
    return made


@pytest.fixture
def north(made_beside: SmallWorld, tmp_path: Path) -> Iterator[SmallWorld]:
    """A partnership with a family in an enquiry, where its manager works."""
    small = reopened(made_beside, Settings.in_folder(tmp_path / "north"))
    small.police_notice()
    lead(small)
    small.open()
    yield small
    small.close()


@pytest.fixture
def south(made_south: SmallWorld, tmp_path: Path) -> Iterator[SmallWorld]:
    """The partnership that families move to."""
    small = reopened(made_south, Settings.in_folder(tmp_path / "south"))
    yield small
    small.close()


def pinned(world: SmallWorld, agency: str, keys: PublicKeys) -> AgencyId:
    """Let two officers pin the keys of another partnership; returns it as the register has it."""
    id_, neighbours = world.agencies[agency], world.hub.partners.neighbours
    assert not neighbours.pin(world.accounts["iggy"], id_, keys.line, in_groups(keys.fingerprint))
    assert neighbours.pin(world.accounts["olive"], id_, keys.line, keys.fingerprint.upper())
    return id_


def keys_of(world: SmallWorld) -> PublicKeys:
    return world.hub.partners.transfers.public_keys


def acquainted(north: SmallWorld, south: SmallWorld) -> tuple[AgencyId, AgencyId]:
    """Exchange keys; returns each as the other's register has it."""
    return pinned(north, "south", keys_of(south)), pinned(south, "south", keys_of(north))


def own(world: SmallWorld) -> KeyPair:
    return world.hub.partners.transfers._ours.keys.newest


def opened(world: SmallWorld, bundle: bytes) -> list[bytes]:
    """Return the parts of a bundle that was sealed to this partnership."""
    return Envelope.read(bundle).opened(OwnKeys([own(world)]))


def refusal(world: SmallWorld, agency: AgencyId, bundle: bytes) -> str:
    """Send a bundle that must be refused; returns the name of the refusal. Nothing of it is kept."""
    before = world.hub.front_door.waiting(world.accounts["fran"])
    with pytest.raises(RejectedMessageError) as refused:
        world.hub.partners.transfers.receive(agency, bundle)
    assert world.hub.front_door.waiting(world.accounts["fran"]) == before
    return refused.value.code


def handed(north: SmallWorld, recipient: AgencyId, by: str = "manager") -> bytes:
    transfers, register = north.hub.partners.transfers, north.hub.pages.register()
    return transfers.hand_over(north.accounts[by], north.family, recipient, MOVED, register)


def test_a_family_that_moves_arrives_and_both_logs_show_it(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle = handed(north, there)
    receipt = south.hub.partners.transfers.receive(here, bundle)
    told = said(south, bundle)
    assert north.hub.partners.transfers.acknowledge(north.accounts["manager"], receipt) == told["transfer"]
    south.hub.rounds.run_once()
    fran = south.accounts["fran"]
    [line] = south.hub.front_door.waiting(fran)
    page = south.hub.front_door.page(fran, line.id)
    assert "Grace Adeyemi-Hart" in {person.name for person in page.people}
    assert page.entries
    exported = [read.entry for read in north.entries() if read.entry.operation is Operation.EXPORT]
    assert [entry.recipient for entry in exported] == [there]
    assert exported[0].justification == MOVED.reason
    collected = [read.entry for read in south.entries() if read.entry.operation is Operation.COLLECTION]
    assert [entry.agency for entry in collected] == [here]


def test_a_bundle_that_is_sent_again_is_one_family_and_one_receipt(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle = handed(north, there)
    receipts = {south.hub.partners.transfers.receive(here, bundle) for _ in range(3)}
    assert len(receipts) == 1
    south.hub.rounds.run_once()
    assert len(south.hub.front_door.waiting(south.accounts["fran"])) == 1


def test_nothing_of_the_family_can_be_read_in_the_file(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    bundle = handed(north, there)
    said = json.loads(bundle)
    assert set(said) == {"format", "sender", "recipient", "key", "parts"}
    document = json.loads(opened(south, bundle)[0])["document"]
    for value in (document["reason"], document["transfer"], "Grace", "Adeyemi"):
        assert value.encode() not in bundle
    with pytest.raises(RejectedMessageError, match="another_recipient"):
        opened(north, bundle)


def changes_of(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a bundle changed in every way that a thief or a bad line could; the name of the refusal first."""
    said = json.loads(bundle)
    for place in range(len(said["parts"])):
        for at in (0, len(said["parts"][place]) // 2):
            parts = list(said["parts"])
            parts[place] = parts[place][:at] + ("A" if parts[place][at] != "A" else "B") + parts[place][at + 1 :]
            yield "bundle_changed", json.dumps(said | {"parts": parts}).encode()
    parts = said["parts"]
    yield "bundle_changed", json.dumps(said | {"parts": parts[:-1]}).encode()
    yield "bundle_changed", json.dumps(said | {"parts": [*parts, parts[0]]}).encode()
    yield "bundle_changed", json.dumps(said | {"parts": parts[::-1]}).encode()
    yield "bundle_changed", json.dumps(said | {"parts": []}).encode()
    yield "bundle_changed", json.dumps(said | {"parts": ["!!!"]}).encode()
    yield "bundle_changed", json.dumps(said | {"key": said["key"][:-8] + "AAAAAAA="}).encode()
    yield "another_format", json.dumps(said | {"format": "hub-transfer/1"}).encode()
    yield "another_format", json.dumps(said | {"more": 1}).encode()
    yield "another_format", b"[]"
    yield "malformed_json", bundle[: len(bundle) // 2]
    yield "malformed_json", bundle.replace(b'"format"', b'"format": "x", "format"', 1)
    yield "another_recipient", json.dumps(said | {"recipient": "0" * 64}).encode()
    yield "sender_key_differs", json.dumps(said | {"sender": "0" * 64}).encode()


def every_change_is_refused_by_name(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    with_file(north)
    for name, changed in changes_of(handed(north, there)):
        assert refusal(south, here, changed) == name


def test_whatever_is_changed_is_refused_by_name(north: SmallWorld, south: SmallWorld) -> None:
    every_change_is_refused_by_name(north, south)


def test_parts_that_are_not_bound_to_their_place_are_noticed(
    north: SmallWorld, south: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_sealing, "_nonce", lambda _: bytes(12))
    monkeypatch.setattr(transfer_sealing, "_place", lambda *_: b"")
    monkeypatch.setattr(transfer_sealing, "_info", lambda *_: b"")
    assert not holds(lambda: every_change_is_refused_by_name(north, south))


def a_key_of_somebody_else_signs_nothing(north: SmallWorld, south: SmallWorld) -> None:
    """Somebody who knows every public key seals a bundle of their own to the south, as if the north had."""
    there, here = acquainted(north, south)
    document = json.loads(opened(south, handed(north, there))[0])["document"]
    forger = KeyPair(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
    forged = seal([forger.signed(BUNDLE, document)], keys_of(north), keys_of(south), os.urandom)
    assert refusal(south, here, forged) == "signature_does_not_hold"
    honest = seal([forger.signed(BUNDLE, document)], forger.public, keys_of(south), os.urandom)
    assert refusal(south, here, honest) == "sender_key_differs"


def test_a_key_of_somebody_else_signs_nothing(north: SmallWorld, south: SmallWorld) -> None:
    a_key_of_somebody_else_signs_nothing(north, south)


def test_a_signature_that_nobody_looks_at_is_noticed(
    north: SmallWorld, south: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trusting(_keys: PublicKeys, kind: str, body: bytes) -> dict:
        return signed_document(kind, body)["document"]

    monkeypatch.setattr(transfers, "_verified", trusting)
    assert not holds(lambda: a_key_of_somebody_else_signs_nothing(north, south))


def what_was_for_another_cannot_be_passed_on(north: SmallWorld, south: SmallWorld) -> None:
    """Who received a bundle seals the signed document again, to a third: it was not signed for them."""
    acquainted(north, south)
    third = KeyPair(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
    pair, now = own(north), north.clock()
    document = json.loads((FIXTURES / "transfer_bundle" / "two_people.json").read_bytes())["document"]
    document |= {"sender_key": pair.public.fingerprint, "made_at": now.isoformat(), "files": []}
    document |= {"recipient_key": third.public.fingerprint}
    again = seal([pair.signed(BUNDLE, document)], pair.public, keys_of(south), os.urandom)
    assert refusal(south, south.agencies["south"], again) == "another_recipient"


def test_what_was_for_another_cannot_be_passed_on(north: SmallWorld, south: SmallWorld) -> None:
    what_was_for_another_cannot_be_passed_on(north, south)


def test_a_recipient_who_is_not_compared_is_noticed(
    north: SmallWorld, south: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers.Transfers, "_require_meant", lambda *_: None)
    assert not holds(lambda: what_was_for_another_cannot_be_passed_on(north, south))


def test_an_old_bundle_is_refused_by_name_and_one_from_tomorrow_too(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle = handed(north, there)
    south.clock.now = north.clock.now + LIFE - timedelta(minutes=1)
    assert south.hub.partners.transfers.receive(here, bundle)
    south.clock.now = north.clock.now + LIFE + timedelta(days=1)
    assert refusal(south, here, bundle) == "bundle_too_old"
    north.clock.advance(days=60)
    assert refusal(south, here, handed(north, there)) == "bundle_too_old"


def test_the_same_transfer_with_another_content_is_refused(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle = handed(north, there)
    assert south.hub.partners.transfers.receive(here, bundle)
    document = json.loads(opened(south, bundle)[0])["document"] | {"reason": "Another reason"}
    again = seal([own(north).signed(BUNDLE, document)], keys_of(north), keys_of(south), os.urandom)
    with pytest.raises(ConflictError) as refused:
        south.hub.partners.transfers.receive(here, again)
    assert refused.value.code == "key_used_for_other_content"


def test_a_file_that_is_not_the_one_that_was_signed_is_refused(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    with_file(north)
    signed, *pieces = opened(south, handed(north, there))
    for wrong in ([b"another"], [], [*pieces, b"one more"]):
        bundle = seal([signed, *wrong], keys_of(north), keys_of(south), os.urandom)
        assert refusal(south, here, bundle) == "file_differs"


def with_file(world: SmallWorld, content: bytes = LETTER) -> None:
    """Put a file beside an entry of the police about the family."""
    own = notice(notice_ref=f"SN-files-{len(content)}")
    with_files(world, replace(file(content), title=TITLE), body=own, key=f"files {len(content)}")
    world.hub.rounds.run_once()
    world.accept()
    world.open()


def at_the_door(south: SmallWorld) -> tuple[str, list[Opened]]:
    """Read what came as the front door does: every word, and every file."""
    south.hub.rounds.run_once()
    with south.hub.engines.data.connect() as connection:
        south.family = FamilyId(connection.scalars(select(referral.c.family_id)).one())
    shown = south.view("fran", purpose="front_door")
    lines = [line for lines in south.hub.files.attachments.beside(shown.records).values() for line in lines]
    assert {line.title for line in lines} <= {TITLE}
    asking = Asking(south.accounts["fran"], south.family, Stated("front_door", "a test"))
    return texts(shown), [south.hub.files.attachments.open(asking, line.id) for line in lines]


def a_file_goes_with_its_entry(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    with_file(north)
    bundle = handed(north, there)
    assert len(opened(south, bundle)) == 1 + -(-len(LETTER) // PIECE)
    south.hub.partners.transfers.receive(here, bundle)
    _, (found,) = at_the_door(south)
    assert found.content == LETTER


def test_a_file_goes_with_its_entry_and_is_sealed_there(north: SmallWorld, south: SmallWorld) -> None:
    a_file_goes_with_its_entry(north, south)
    with south.hub.engines.data.connect() as connection:
        chunks = connection.scalars(select(attachments.attachment_chunk.c.body)).all()
    assert chunks
    assert not [chunk for chunk in chunks if LETTER[:40] in chunk]


def test_a_bundle_without_its_files_is_noticed(
    north: SmallWorld, south: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "files_given", lambda *_: ([], [], []))
    assert not holds(lambda: a_file_goes_with_its_entry(north, south))


def left_out(south: SmallWorld, bundle: bytes) -> set[tuple[str, str]]:
    document = json.loads(opened(south, bundle)[0])["document"]
    return {(one["category"], one["reason"]) for one in document["withheld"]}


def test_a_file_that_does_not_go_is_named_with_its_reason(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    with_file(north, b"PK\x03\x04 a document with macros")
    bundle = handed(north, there)
    assert ("attachment", "in_quarantine") in left_out(south, bundle)
    south.hub.partners.transfers.receive(here, bundle)
    words, files = at_the_door(south)
    assert files == []
    assert "Not handed over:\nAttachment, Exampleshire Constabulary: waits for a check." in words
    north.hub.partners.transfers._ours.files._most = 10
    with_file(north)
    assert ("attachment", "too_large") in left_out(south, handed(north, there))


def test_a_file_that_was_moved_or_changed_stays_and_raises_an_alarm(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    with_file(north)
    with north.hub.engines.data.begin() as connection:
        connection.execute(update(attachments.attachment_chunk).values(body=b"0" * 64))
    assert ("attachment", "broken") in left_out(south, handed(north, there))
    assert alarms(north)


@pytest.mark.parametrize("id_", [None, "", " ", 7, {"x": "y"}])
def test_a_signed_bundle_that_names_no_transfer_is_refused_by_name(
    north: SmallWorld, south: SmallWorld, id_: object
) -> None:
    there, here = acquainted(north, south)
    document = said(south, handed(north, there)) | {"transfer": id_}
    nameless = seal([own(north).signed(BUNDLE, document)], keys_of(north), keys_of(south), os.urandom)
    assert refusal(south, here, nameless) == "required"


def test_another_agency_cannot_send_the_bundle_as_its_own(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    with pytest.raises(RejectedMessageError) as refused:
        south.hub.partners.transfers.receive(south.agencies["police"], handed(north, there))
    assert refused.value.code == "sender_key_unknown"


def test_a_receipt_for_another_bundle_is_no_receipt_for_this_one(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    first, second = handed(north, there), handed(north, there)
    receipt = json.loads(south.hub.partners.transfers.receive(here, first))["document"]
    mixed = own(south).signed(RECEIPT, receipt | {"transfer": said(south, second)["transfer"]})
    with pytest.raises(RejectedMessageError) as refused:
        north.hub.partners.transfers.acknowledge(north.accounts["manager"], mixed)
    assert refused.value.code == "another_bundle"


def test_what_its_recipient_may_not_be_given_is_not_in_it(north: SmallWorld, south: SmallWorld) -> None:
    """The drug and alcohol service's report, which the manager sees and no rule gives to the neighbour."""
    there, _ = acquainted(north, south)
    north.send("sm", "adult_with_children_json", TREATMENT)
    north.hub.rounds.run_once()
    north.accept()
    north.open(children=None)
    shown = north.view("manager")
    assert RecordKind.TREATMENT_REPORT in {record.kind for record in shown.records}
    given = said(south, handed(north, there))
    assert {entry["held_by"] for entry in given["entries"]} == {"Exampleshire Constabulary"}
    assert "treatment_report" not in json.dumps(given)


def test_no_address_that_is_kept_safe_and_nothing_that_was_limited_is_in_it(
    north: SmallWorld, south: SmallWorld
) -> None:
    there, _ = acquainted(north, south)
    kept = ("Larch Court", "ZZ99 4AB", "07700 900123")
    whole = said(south, handed(north, there))
    assert not [value for value in kept if value in json.dumps(whole)]
    limited = json.loads(notice())["notices"][0]["grading"] | {"handling": "C", "conditions": "Not to be passed on"}
    north.send("police", "safeguarding_notice", notice(grading=limited, notice_ref="SN-limited"), "limited")
    north.hub.rounds.run_once()
    north.accept()
    assert len(said(south, handed(north, there))["entries"]) == len(whole["entries"])


def test_only_a_manager_who_works_with_the_family_hands_it_over(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    north.allocate("sally")
    for username in ("sally", "fran", "iggy", "rob", "otto"):
        with pytest.raises(AccessRefusedError):
            handed(north, there, username)
    with pytest.raises(NotFoundError):
        handed(north, north.agencies["police"])


def test_a_recipient_that_no_agreement_names_is_given_nothing(north: SmallWorld, south: SmallWorld) -> None:
    acquainted(north, south)
    pinned(north, "da", keys_of(south))
    with pytest.raises(ConflictError) as refused:
        handed(north, north.agencies["da"])
    assert refused.value.code == "nothing_to_hand_over"


def test_a_bundle_comes_in_by_its_own_door_only(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    police, bundle = Sender(south, web_app(south.hub), "police"), handed(north, there)
    assert police.post("/v1/messages/transfer_bundle", bundle).status_code == 404
    refused = police.post("/v1/transfers", bundle)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (400, "sender_key_unknown")


def test_the_other_hub_answers_over_the_api_with_the_same_receipt(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle, sender = handed(north, there), Sender(south, web_app(south.hub), "south")
    answers = [sender.post("/v1/transfers", bundle) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data == south.hub.partners.transfers.receive(here, bundle)


def test_the_pages_make_the_bundle_and_keep_the_receipt(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    manager = Reader(web_app(north.hub), "manager")
    manager.open(north.family)
    path = f"/families/{north.family}/transfer"
    assert NEIGHBOUR.name in manager.words(path)
    answer = manager.send(path, recipient=there, reason="The family moved on Monday")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "attachment" in answer.headers["Content-Disposition"]
    receipt = south.hub.partners.transfers.receive(here, answer.data).decode()
    assert "not their receipt" in plain(manager.send(f"{path}/receipt", receipt=receipt[:-9]))
    assert manager.send(f"{path}/receipt", receipt=receipt).status_code == 302


def test_the_commands_hand_over_receive_and_keep_the_receipt(
    north: SmallWorld, south: SmallWorld, tmp_path: Path
) -> None:
    acquainted(north, south)
    bundle, receipt, number = tmp_path / "b.json", tmp_path / "r.json", north.hub.pages.reference(north.family)
    officer = ("--officer", "manager", "--password", PASSWORD)
    out = typed(north, "out", number, str(bundle), "--to", "south", "--reason", "The family moved", *officer)
    assert out.exit_code == 0, out.output
    assert bundle.stat().st_mode & 0o077 == 0
    assert typed(south, "in", str(bundle), str(receipt), "--agency", "south").exit_code == 0
    assert typed(north, "receipt", str(receipt), *officer).exit_code == 0
    keys = keys_of(south)
    assert all(word in typed(south, "key").output for word in (keys.line, in_groups(keys.fingerprint)))


def typed_by(world: SmallWorld, username: str, *words: str) -> Result:
    return typed(world, *words, "--officer", username, "--password", PASSWORD)


def test_two_officers_who_compared_the_fingerprint_pin_a_key(north: SmallWorld, south: SmallWorld) -> None:
    keys, there = keys_of(south), north.agencies["south"]
    pin = ("trust", "south", keys.line, "--fingerprint", in_groups(keys.fingerprint))
    for wrong in (("trust", "south", "not a key", *pin[3:]), (*pin[:4], "0" * 64), ("trust", "nobody", *pin[2:])):
        assert typed_by(north, "iggy", *wrong).exit_code in {1, 2}
    assert typed_by(north, "manager", *pin).exit_code != 0
    for _ in range(2):
        assert "second officer" in typed_by(north, "iggy", *pin).output
    with pytest.raises(NotFoundError):
        handed(north, there)
    assert "count from now on" in typed_by(north, "olive", *pin).output
    assert handed(north, there)
    entered = [one.entry for one in north.entries() if one.entry.act == "transfer:keys"]
    assert {entry.actor for entry in entered if entry.outcome == "released"} == {
        north.accounts["iggy"],
        north.accounts["olive"],
    }
    assert keys.fingerprint in str([entry.selection for entry in entered])


def another_key_from_one_officer_counts_for_nothing(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    strange = KeyPair(Ed25519PrivateKey.generate(), X25519PrivateKey.generate()).public
    iggy = north.accounts["iggy"]
    for _ in range(2):
        assert not north.hub.partners.neighbours.pin(iggy, there, strange.line, strange.fingerprint)
    with pytest.raises(NotFoundError):
        handed(north, there)


def test_another_key_from_one_officer_counts_for_nothing(north: SmallWorld, south: SmallWorld) -> None:
    another_key_from_one_officer_counts_for_nothing(north, south)


def test_one_officer_who_is_enough_is_noticed(
    north: SmallWorld, south: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = rows.pin

    def alone(*given: object) -> bool:
        pin(*given)
        return pin(*given[:-1], replace(given[-1], by="somebody else"))

    monkeypatch.setattr(rows, "pin", alone)
    assert not holds(lambda: another_key_from_one_officer_counts_for_nothing(north, south))


def again(world: SmallWorld) -> None:
    """Start the process again: it reads its secrets at the start."""
    world.hub.close()
    world.hub = build(world.settings, world=World(world.clock, os.urandom), passwords=CHEAP)


def test_new_keys_sign_from_the_next_start_and_old_ones_still_open(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    under_way, old = handed(north, there), keys_of(south)
    assert typed_by(south, "manager", "rotate").exit_code != 0
    told = typed_by(south, "iggy", "rotate")
    assert told.exit_code == 0, told.output
    again(south)
    new = keys_of(south)
    assert new != old
    assert new.line in told.output
    receipt = south.hub.partners.transfers.receive(here, under_way)
    with pytest.raises(RejectedMessageError, match="signature_does_not_hold"):
        north.hub.partners.transfers.acknowledge(north.accounts["manager"], receipt)
    pinned(north, "south", new)
    assert north.hub.partners.transfers.acknowledge(north.accounts["manager"], receipt)


def test_a_hub_from_before_hands_nothing_over_until_it_makes_keys_of_their_own(
    north: SmallWorld, south: SmallWorld
) -> None:
    there, here = acquainted(north, south)
    bundle, config = handed(north, there), south.settings.folder / CONFIG
    said = json.loads(config.read_text())
    said["secrets"] = {use: kept for use, kept in said["secrets"].items() if not use.startswith("transfer")}
    config.write_text(json.dumps(said))
    again(south)
    assert refusal(south, here, bundle) == "another_recipient"
    refused = typed(south, "key")
    assert refused.exit_code != 0
    assert "hub transfer rotate" in refused.output
    assert typed_by(south, "iggy", "rotate").exit_code == 0
    assert config.stat().st_mode & 0o077 == 0
    again(south)
    pinned(north, "south", keys_of(south))
    assert south.hub.partners.transfers.receive(here, handed(north, there))


def test_no_other_secret_of_the_hub_makes_its_transfer_keys(north: SmallWorld) -> None:
    """Whoever learns the key that signs the log can sign no bundle with it, nor the other way round."""
    kept = json.loads((north.settings.folder / CONFIG).read_text())
    root = LocalFileRoot(north.settings.folder / ROOT_KEY, os.urandom)
    drawn = {use: open_secret(root, kept["partnership"], kept["secrets"], use) for use in kept["secrets"]}
    assert len(set(drawn.values())) == len(drawn)
    signing, opening = own(north).signing.private_bytes_raw(), own(north).opening.private_bytes_raw()
    assert {drawn["transfer_signing.1"], drawn["transfer_opening.1"]} == {signing, opening}


def typed(world: SmallWorld, *words: str) -> Result:
    """Type `hub transfer ...`."""

    def opened(_folder: object) -> object:
        return stage(world.hub)

    made = Builders(None, opened, world.settings.policies, None, world.clock, os.urandom, opened, None, None)
    folder = ("--folder", str(world.settings.folder))
    return CliRunner().invoke(command, ["transfer", *words, *folder], obj=made)


def said(south: SmallWorld, bundle: bytes) -> dict:
    return json.loads(opened(south, bundle)[0])["document"]
