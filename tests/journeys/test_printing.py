"""A copy is for somebody: it holds what its maker and its recipient may both see, and says so in the log first."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from hub.domain.access import Operation
from hub.domain.facts import FactKind, person_chain
from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.gate import view
from hub.gate.opening import Opening
from hub.policy import taking
from hub.policy.circumstances import Circumstances
from hub.services import places, print_copy, printing, safe_contact
from tests.factories import SmallWorld
from tests.journeys.printing_world import (
    CHILDS,
    DANIEL,
    GRACE,
    HERS,
    HIS,
    HOME,
    LOCATING,
    MAYA,
    THEIRS,
    answers_for,
    chose_post,
    copy_for,
    entry,
    everything_in,
    family,
    for_person,
    pdf_of,
    sally,
)
from tests.journeys.readers import Reader, plain
from tests.spec.helping import QUARREL, deposit, holds, named, reference_of, since, write_fact


def squeezed(text: str) -> str:
    return "".join(text.split())


def holds_nothing_locating(world: SmallWorld, app: Flask) -> None:
    """The promise: made by a worker who sees every address, for the father, on page and PDF."""
    reader = sally(world, app)
    seen = reader.words(f"/families/{world.family}")
    assert HOME["address"] in seen
    page = copy_for(reader, world, for_person(world, DANIEL))
    assert page.status_code == 200, plain(page)
    answer = copy_for(reader, world, for_person(world, DANIEL), "pdf")
    everything = squeezed(everything_in(pdf_of(answer), answer.data) + plain(page))
    assert HIS.replace(" ", "") in everything
    for locating in LOCATING:
        assert squeezed(locating) not in everything, locating
    for other in (HERS, CHILDS, THEIRS, QUARREL, GRACE, "quiet room", "He may be followed"):
        assert squeezed(other) not in everything, other


def test_a_print_for_the_father_by_a_worker_who_sees_the_mothers_address_holds_nothing_locating(
    world: SmallWorld, app: Flask
) -> None:
    family(world)
    holds_nothing_locating(world, app)


def test_planted_a_print_that_asks_its_maker_alone_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(taking, "member", lambda person: taking.Taker(person_chain(person), Circumstances.gather))
    assert not holds(lambda: holds_nothing_locating(sqlite_world, sqlite_app))


def the_text_is_stopped(world: SmallWorld, app: Flask, text: str) -> None:
    entry(world, [reference_of(world, DANIEL)], summary=text)
    answer = copy_for(sally(world, app), world, for_person(world, DANIEL))
    assert answer.status_code == 409
    assert "correct the entry" in plain(answer)
    assert squeezed(text) not in squeezed(plain(answer))


@pytest.mark.parametrize(
    "text",
    [
        "He waited outside 14, Willow Court twice",
        "He asked at Larch Lane Academy",
        "He rang +44 7700 900999",
        "He was seen near ex44zz",
        "He called the Harbourside Practice",
    ],
)
def test_a_text_about_him_that_quotes_where_she_is_stops_the_print(
    text: str, sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    the_text_is_stopped(sqlite_world, sqlite_app, text)


def test_planted_a_print_that_reads_no_quotes_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(printing, "quoted", lambda *_: False)
    assert not holds(lambda: the_text_is_stopped(sqlite_world, sqlite_app, "He asked at Larch Lane Academy"))


def test_the_maker_cannot_hand_over_what_the_maker_may_not_see(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    """Rob works with Daniel at another agency: what social care wrote about Daniel is not his to see, or to hand on."""
    family(sqlite_world)
    sqlite_world.allocate("rob", "alleged_perpetrator")
    entry(sqlite_world, [reference_of(sqlite_world, DANIEL)], summary="Seen", parent_view="I was wrong")
    rob = Reader(sqlite_app, "rob")
    seen = rob.open(sqlite_world.family, "support_family")
    page = plain(copy_for(rob, sqlite_world, for_person(sqlite_world, DANIEL)))
    assert "I was wrong" not in seen + page
    assert "I was wrong" in plain(
        copy_for(sally(sqlite_world, sqlite_app), sqlite_world, for_person(sqlite_world, DANIEL))
    )


def test_a_mother_gets_the_plan_for_her_child_only_by_a_recorded_order(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    reader = sally(sqlite_world, sqlite_app)
    before = plain(copy_for(reader, sqlite_world, for_person(sqlite_world, GRACE)))
    assert HERS in before
    assert CHILDS not in before
    answers_for(sqlite_world, GRACE, MAYA)
    after = plain(copy_for(reader, sqlite_world, for_person(sqlite_world, GRACE)))
    assert CHILDS in after
    assert "quiet room" not in after
    answers_for(sqlite_world, DANIEL, MAYA)
    his = plain(copy_for(reader, sqlite_world, for_person(sqlite_world, DANIEL)))
    assert CHILDS not in his


def for_a_worker(world: SmallWorld, app: Flask) -> None:
    world.allocate("pete", "alleged_perpetrator")
    entry(world, [reference_of(world, DANIEL)], summary="Daniel's own plan", concern="Seen by social care only")
    pete = f"worker:{world.accounts['pete']}"
    page = plain(copy_for(sally(world, app), world, pete))
    assert "Daniel's own plan" in page
    assert HIS in page
    for hidden in (HERS, THEIRS, QUARREL, "Seen by social care only", "quiet room", *LOCATING):
        assert hidden not in page, hidden


def test_a_copy_for_another_worker_holds_what_both_may_see(world: SmallWorld, app: Flask) -> None:
    family(world)
    for_a_worker(world, app)


def test_planted_a_copy_that_forgets_the_workers_own_decisions_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(view, "strictest", lambda decisions: next(iter(decisions)))
    assert not holds(lambda: for_a_worker(sqlite_world, sqlite_app))


def test_a_copy_for_an_agency_holds_what_the_agreement_gives_that_agency(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    reader = sally(sqlite_world, sqlite_app)
    police = plain(copy_for(reader, sqlite_world, f"agency:{sqlite_world.agencies['police']}"))
    assert CHILDS in police
    assert "Imran Malik, 01632 960002" in police
    for hidden in (HIS, HERS, THEIRS, "quiet room", *LOCATING):
        assert hidden not in police, hidden
    harbour = plain(copy_for(reader, sqlite_world, f"agency:{sqlite_world.agencies['da']}"))
    assert CHILDS not in harbour
    assert "This is not a statement that nothing is held" in harbour


def the_pdf_is_the_page(world: SmallWorld, app: Flask) -> None:
    entry(world, [reference_of(world, DANIEL)], summary="Line one\nline two " + "and a long account " * 400)
    reader, world.clock.now = sally(world, app), world.clock.now.replace(second=30, microsecond=0)
    page = copy_for(reader, world, for_person(world, DANIEL))
    answer = copy_for(reader, world, for_person(world, DANIEL), "pdf")
    sheet = page.text.split('<div class="hub-copy">')[1].split('<p class="hub-copy__mark">')
    mark = squeezed(plain_text(sheet[1].split("</p>")[0]))
    said = squeezed(plain_text(sheet[0])).replace("Eventsinorderofdate", "")
    pdf = pdf_of(answer)
    texts = [squeezed(sheet.extract_text()) for sheet in pdf.pages]
    assert len(texts) > 1
    assert all(text.count(mark) == 2 for text in texts)
    head = "NumberDateEventDocumentreference"
    text = "".join(text.replace(mark, "").replace(head, "") for text in texts)
    assert text == said.replace(head, "")
    assert pdf.metadata["/Title"] == "Chronology"
    assert not any(word in squeezed(str(pdf.metadata)) for word in ("Daniel", "Sally", "FS-", "Hart"))


def plain_text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def test_the_text_of_the_pdf_is_the_pages_in_court_order_with_a_mark_on_each_sheet(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    the_pdf_is_the_page(sqlite_world, sqlite_app)


def test_planted_a_pdf_with_a_word_more_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    flowing = print_copy._flowing
    monkeypatch.setattr(print_copy, "_flowing", lambda copy: [*flowing(copy), print_copy._cell("Prepared for court")])
    assert not holds(lambda: the_pdf_is_the_page(sqlite_world, sqlite_app))


def entered_before_it_is_opened(world: SmallWorld, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = sally(world, app)
    before, made = world.entries(), []
    real = Opening.__init__

    def opening(self: Opening, parts: object, plan: object, *rest: object) -> None:
        made.append([e.entry for e in since(world, before)])
        real(self, parts, plan, *rest)

    recipient = for_person(world, DANIEL)
    with monkeypatch.context() as patched:
        patched.setattr(Opening, "__init__", opening)
        assert copy_for(reader, world, recipient).status_code == 200
    daniel = person_chain(named(world, DANIEL))
    prints = [e for e in made[-1] if e.operation is Operation.PRINT]
    assert [(e.act, e.recipient, e.outcome) for e in prints] == [("chronology:print", daniel, "released")]
    assert "meeting_outcome" in prints[0].fields
    after = [e.entry for e in since(world, before)]
    handed = [e for e in after if e.operation is Operation.DISCLOSURE]
    assert [(e.act, e.recipient) for e in handed] == [("chronology:print", daniel)]


def test_a_copy_is_in_the_log_with_its_recipient_before_anything_of_it_is_opened(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    entered_before_it_is_opened(sqlite_world, sqlite_app, monkeypatch)


def test_planted_a_copy_entered_as_if_its_maker_only_looked_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(view.View, "receiver", property(lambda asked: asked.account))
    assert not holds(lambda: entered_before_it_is_opened(sqlite_world, sqlite_app, monkeypatch))


def lives(world: SmallWorld, name: str, address: str, *, protected: bool = False) -> None:
    kind = RecordKind.PROTECTED_CONTACT if protected else RecordKind.CONTACT_POINT
    sensitivity = Sensitivity.PROTECTED if protected else Sensitivity.PERSONAL
    deposit(world, "csc", kind, [reference_of(world, name)], {"address": address}, sensitivity)


HIS_HOME = "3 Mill Row, Exampleton, EX1 1AB"


def _shield(world: SmallWorld) -> None:
    daniel = named(world, DANIEL)
    write_fact(world, person_chain(daniel), FactKind.SHIELD, {"person": daniel, "desk": "restricted"})


def _time_passes(world: SmallWorld) -> None:
    world.clock.advance(days=91)


UNSAFE: dict[str, Callable[[SmallWorld], None]] = {
    "stale": _time_passes,
    "shared with the other party": lambda world: lives(world, GRACE, "3 mill row Exampleton EX1 1AB"),
    "one of two": lambda world: lives(world, DANIEL, "9 Other Street"),
    "protected": lambda world: lives(world, DANIEL, "1 Refuge Way", protected=True),
    "shielded": _shield,
}


def stopped(world: SmallWorld, app: Flask, unsafe: Callable[[SmallWorld], None]) -> None:
    unsafe(world)
    answer = copy_for(sally(world, app), world, for_person(world, DANIEL), way="safe_post")
    assert answer.status_code == 409
    page = plain(answer)
    assert "Hand the copy over in person" in page
    assert HIS not in page
    assert "Mill Row" not in page
    refused = [e.entry for e in world.entries() if e.entry.act == "chronology:print" and e.entry.outcome == "refused"]
    assert refused[0].selection == {"code": "not_a_safe_way"}


@pytest.mark.parametrize("why", UNSAFE)
def test_an_address_that_may_not_be_safe_stops_the_act(why: str, sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    posted(sqlite_world, sqlite_app)
    stopped(sqlite_world, sqlite_app, UNSAFE[why])


def posted(world: SmallWorld, app: Flask) -> None:
    family(world)
    lives(world, DANIEL, HIS_HOME)
    chose_post(world, DANIEL)
    page = plain(copy_for(sally(world, app), world, for_person(world, DANIEL), way="safe_post"))
    assert HIS_HOME in page
    assert HIS in page


def test_an_address_nobody_chose_is_never_printed(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    lives(sqlite_world, DANIEL, HIS_HOME)
    stopped(sqlite_world, sqlite_app, lambda _world: None)


@pytest.mark.parametrize(("name", "trusting"), [("GOOD_FOR", timedelta(days=10_000)), ("_of_others", lambda *_: set())])
def test_planted_a_print_that_trusts_an_old_or_shared_address_is_noticed(
    name: str, trusting: object, sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted(sqlite_world, sqlite_app)
    monkeypatch.setattr(safe_contact, name, trusting)
    why = "stale" if name == "GOOD_FOR" else "shared with the other party"
    assert not holds(lambda: stopped(sqlite_world, sqlite_app, UNSAFE[why]))


def test_a_letter_that_the_pdf_lacks_leads_to_the_page(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    entry(sqlite_world, [reference_of(sqlite_world, DANIEL)], summary="He wrote to Si\u00f4n in T\u0177 Gwyn")
    reader, him = sally(sqlite_world, sqlite_app), for_person(sqlite_world, DANIEL)
    answer = copy_for(reader, sqlite_world, him, "pdf")
    assert (answer.status_code, "print it from the browser" in plain(answer)) == (409, True)
    assert "T\u0177 Gwyn" in plain(copy_for(reader, sqlite_world, him))


def test_nobody_is_a_recipient_but_those_the_hub_offers(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    sqlite_world.allocate("rob", "alleged_perpetrator")
    rob = Reader(sqlite_app, "rob")
    rob.open(sqlite_world.family, "support_family")
    page = copy_for(rob, sqlite_world, for_person(sqlite_world, GRACE))
    assert "Choose one of the options listed" in plain(page)
    assert GRACE not in plain(page)
    path = f"/families/{sqlite_world.family}/print"
    assert [Reader(sqlite_app, name).get(path).status_code for name in ("fran", "iggy", "nina")] == [404, 404, 404]


def test_a_detail_too_short_to_tell_is_no_quote() -> None:
    assert list(places._telling("Flat 2")) == []
    assert "ex44zz" in set(places._telling("Somewhere, EX4 4ZZ"))
    assert "7700900222" in set(places._telling("+44 7700 900222"))
