import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.transfer_bundle import FORMAT
from hub.cli.commands import hub as command
from hub.cli.stage import Builders
from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError, ConflictError, NotFoundError, RejectedMessageError
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId
from hub.services.family_page import Stated
from hub.services.setup import NewAgency
from hub.services.transfers import BUNDLE, RECEIPT, TransferKey
from hub.settings import Settings
from hub.wiring import web_app
from hub.wiring.serving import stage
from tests.factories import AGENCIES, FIXTURES, PASSWORD, SmallWorld, make_world, notice, reopened
from tests.journeys.readers import Reader, lead, plain
from tests.journeys.senders import Sender

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


def acquainted(north: SmallWorld, south: SmallWorld) -> tuple[AgencyId, AgencyId]:
    """Exchange keys; returns each as the other's register has it."""
    there, here = north.agencies["south"], south.agencies["south"]
    north.hub.partners.transfers.trust(there, south.hub.partners.transfers.public_key)
    south.hub.partners.transfers.trust(here, north.hub.partners.transfers.public_key)
    return there, here


def handed(north: SmallWorld, recipient: AgencyId, by: str = "manager") -> bytes:
    transfers, register = north.hub.partners.transfers, north.hub.pages.register()
    return transfers.hand_over(north.accounts[by], north.family, recipient, MOVED, register)


def test_a_family_that_moves_arrives_and_both_logs_show_it(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle = handed(north, there)
    receipt = south.hub.partners.transfers.receive(here, bundle)
    assert north.hub.partners.transfers.acknowledge(north.accounts["manager"], receipt) == said(bundle)["transfer"]
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


def test_a_byte_that_was_changed_and_a_key_of_somebody_else_are_refused(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    bundle = handed(north, there)
    changed = json.loads(bundle)
    changed["document"]["people"][0]["parts"] = ["carer"]
    forged = TransferKey(Ed25519PrivateKey.generate()).signed(BUNDLE, said(bundle))
    receipt_of_it = TransferKey(Ed25519PrivateKey.generate()).signed(RECEIPT, {"transfer": said(bundle)["transfer"]})
    for wrong in (json.dumps(changed).encode(), forged):
        with pytest.raises(RejectedMessageError) as refused:
            south.hub.partners.transfers.receive(here, wrong)
        assert refused.value.code == "signature_does_not_hold"
    with pytest.raises(RejectedMessageError):
        north.hub.partners.transfers.acknowledge(north.accounts["manager"], receipt_of_it)
    assert south.hub.front_door.waiting(south.accounts["fran"]) == []


@pytest.mark.parametrize("id_", [None, "", " ", 7, {"x": "y"}])
def test_a_signed_bundle_that_names_no_transfer_is_refused_by_name(
    north: SmallWorld, south: SmallWorld, id_: object
) -> None:
    there, here = acquainted(north, south)
    nameless = north.hub.partners.transfers._key.signed(BUNDLE, said(handed(north, there)) | {"transfer": id_})
    with pytest.raises(RejectedMessageError) as refused:
        south.hub.partners.transfers.receive(here, nameless)
    assert (refused.value.code, refused.value.where) == ("required", "/document/transfer")
    assert south.hub.front_door.waiting(south.accounts["fran"]) == []


def test_another_agency_cannot_send_the_bundle_as_its_own(north: SmallWorld, south: SmallWorld) -> None:
    there, _ = acquainted(north, south)
    with pytest.raises(RejectedMessageError) as refused:
        south.hub.partners.transfers.receive(south.agencies["police"], handed(north, there))
    assert refused.value.code == "sender_key_unknown"


def test_a_receipt_for_another_bundle_is_no_receipt_for_this_one(north: SmallWorld, south: SmallWorld) -> None:
    there, here = acquainted(north, south)
    first, second = handed(north, there), handed(north, there)
    receipt = json.loads(south.hub.partners.transfers.receive(here, first))["document"]
    key = south.hub.partners.transfers._key
    mixed = key.signed(RECEIPT, receipt | {"transfer": said(second)["transfer"]})
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
    given = said(handed(north, there))
    assert {entry["held_by"] for entry in given["entries"]} == {"Exampleshire Constabulary"}
    assert "treatment_report" not in json.dumps(given)


def test_no_address_that_is_kept_safe_and_nothing_that_was_limited_is_in_it(
    north: SmallWorld, south: SmallWorld
) -> None:
    there, _ = acquainted(north, south)
    kept = ("Larch Court", "ZZ99 4AB", "07700 900123")
    whole = handed(north, there).decode()
    assert not [value for value in kept if value in whole]
    limited = json.loads(notice())["notices"][0]["grading"] | {"handling": "C", "conditions": "Not to be passed on"}
    north.send("police", "safeguarding_notice", notice(grading=limited, notice_ref="SN-limited"), "limited")
    north.hub.rounds.run_once()
    north.accept()
    assert len(said(handed(north, there))["entries"]) == len(json.loads(whole)["document"]["entries"])


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
    north.hub.partners.transfers.trust(north.agencies["da"], south.hub.partners.transfers.public_key)
    with pytest.raises(ConflictError) as refused:
        handed(north, north.agencies["da"])
    assert refused.value.code == "nothing_to_hand_over"


def test_a_bundle_comes_in_by_its_own_door_only(south: SmallWorld) -> None:
    app = web_app(south.hub)
    police = Sender(south, app, "police")
    bundle = (FIXTURES / "transfer_bundle" / "two_people.json").read_bytes()
    assert json.loads(bundle)["format"] == FORMAT
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
    assert south.hub.partners.transfers.public_key in typed(south, "key").output
    assert typed(north, "trust", "south", "not a key").exit_code == 2


def typed(world: SmallWorld, *words: str) -> Result:
    """Type `hub transfer ...`."""

    def opened(_folder: object) -> object:
        return stage(world.hub)

    made = Builders(None, opened, world.settings.policies, None, world.clock, os.urandom, opened, None)
    folder = ("--folder", str(world.settings.folder))
    return CliRunner().invoke(command, ["transfer", *words, *folder], obj=made)


def said(bundle: bytes) -> dict:
    return json.loads(bundle)["document"]
