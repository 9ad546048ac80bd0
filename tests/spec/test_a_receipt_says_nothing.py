"""A receipt is the same, in bytes and in work, whether or not anybody in it is already known."""

import json
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import event

from hub.services.intake import Intake
from tests.factories import FIXTURES, SmallWorld
from tests.spec.conftest import copied
from tests.spec.helping import holds, since, treatment

STRANGERS = (
    (b"Daniel", b"Matthias"),
    (b"Hart", b"Oakenfold"),
    (b"1988-11-02", b"1979-01-09"),
    (b"9000000017", b"9000000025"),
    (b"Maya", b"Ines"),
    (b"Theo", b"Karl"),
)


def unknown_people(body: bytes) -> bytes:
    for known, other in STRANGERS:
        body = body.replace(known, other)
    return body


def receive(made: SmallWorld, folder: Path, *, known: bool) -> tuple[bytes, Counter[str], int]:
    """Receive a referral about Daniel and the children, who are known or, everywhere renamed, are not.

    Returns the receipt's bytes, what was asked of the databases, and how many entries the log got.
    """
    world = copied(made, folder, "receipts")
    if not known:
        unlike(world)
    world.hub.world.randomness.reseed("from here")
    world.clock.now = made.clock.now.replace(hour=15, minute=0)
    asked: Counter[str] = Counter()
    engines = world.hub.engines
    for engine in (engines.data, engines.gate, engines.ledger, engines.keys):
        event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.update([statement]))
    before = world.entries()
    asked.clear()
    receipt = world.send("sm", "adult_with_children_json", treatment(referral_ref="RS-0999"), key="fresh")
    work = Counter(asked)
    entries = len(since(world, before))
    world.close()
    return json.dumps(receipt).encode(), work, entries


def unlike(world: SmallWorld) -> None:
    """Forget that anybody was ever indexed: the next referral is about people the hub has never met."""
    with world.hub.engines.gate.begin() as connection:
        connection.exec_driver_sql("DELETE FROM blind_index")


def the_receipt_says_nothing(made: SmallWorld, folder: Path) -> None:
    assert receive(made, folder / "known", known=True) == receive(made, folder / "unknown", known=False)


def test_a_receipt_is_the_same_whether_or_not_somebody_is_known(made_once: SmallWorld, tmp_path: Path) -> None:
    the_receipt_says_nothing(made_once, tmp_path)


def test_an_intake_that_matches_before_it_answers_is_noticed(
    made_once: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive_ = Intake.receive

    def curious(intake: Intake, message: object) -> dict[str, object]:
        with intake._writer._parts.rows.read() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM blind_index").scalar()
        return receive_(intake, message) | ({"known": True} if count else {})

    monkeypatch.setattr(Intake, "receive", curious)
    assert not holds(lambda: the_receipt_says_nothing(made_once, tmp_path))


def test_people_never_met_get_a_receipt_of_the_same_shape(case: SmallWorld) -> None:
    """Other names, other numbers: the receipts differ in nothing but the ids drawn and the instant."""
    body = (FIXTURES / "substance_misuse" / "adult_with_children.json").read_bytes()
    assert unknown_people(body) != body
    shapes = []
    for sent in (body.replace(b"RS-0042", b"RS-0100"), unknown_people(body).replace(b"RS-0042", b"RS-0101")):
        receipt = case.send("sm", "adult_with_children_json", sent)
        drawn = [receipt["receipt"], receipt["received_at"], *(record["referral"] for record in receipt["records"])]
        shape = json.dumps(receipt)
        for word in drawn:
            shape = shape.replace(word, "-")
        shapes.append(shape)
    assert shapes[0] == shapes[1]
