"""The filled partnership of the demonstration: everything that a day's work meets is there, and nobody is real."""

from collections import Counter
from datetime import date

from nhs_number import is_valid

from hub.cli.demo.case import HELPING
from hub.cli.demo.households import Household, households, nhs_number
from hub.cli.demo.partnership import SEED
from hub.domain.facts import FactKind
from hub.domain.fields import SHAPES, RecordKind
from hub.services.withdrawn import Asked
from hub.store.clear import cases
from hub.wiring import verified, web_app
from tests.journeys.readers import Reader
from tests.spec.helping import select
from tests.unit.cli.filled import Filled

DAY = date(2026, 11, 23)
EVENTS = {kind.value for kind, shape in SHAPES.items() if shape.in_chronology}
RECORDED = {"given", "given_with_conditions", "refused", "withdrawn", "not_sought", "unable"}
"""Every state but `expired`, which no one records: a yes runs out by its date."""


def test_there_are_twelve_families_and_about_six_hundred_events_of_five_agencies(whole: Filled) -> None:
    with whole.hub.clear.read() as connection:
        placed = cases.accepted_families(connection, whole.hub.clear.partnership)
    assert len(placed) == 12
    kinds = Counter(dict(select(whole, "data", "SELECT kind, count(*) FROM outline GROUP BY kind")))
    assert 550 <= sum(count for kind, count in kinds.items() if kind in EVENTS) <= 700
    owners = select(whole, "data", "SELECT DISTINCT owner_agency FROM outline")
    schools = {"primary", "college"}
    assert {owner for (owner,) in owners} == {
        id_ for code, id_ in whole.story.cast.agencies.items() if code not in schools
    }


def test_consent_stands_in_every_state(whole: Filled) -> None:
    said = whole.of(FactKind.CONSENT)
    assert {str(fact.body["status"]) for fact in said} == RECORDED
    now = whole.hub.world.clock()
    assert any(fact.valid_until is not None and fact.valid_until < now for fact in said)


def test_the_states_of_affairs_that_a_team_meets_are_there(whole: Filled) -> None:
    parts = {part for fact in whole.of(FactKind.MEMBERSHIP) for part in fact.body["parts"]}
    assert {"unborn_child", "carer", "victim", "alleged_perpetrator"} <= parts
    opened = {str(fact.body["opening"]) for fact in whole.of(FactKind.OPENING)}
    assert {"child_protection_plan", "s47_enquiry", "emergency"} <= opened
    assert whole.of(FactKind.HANDOVER)
    father = whole.partnership.cases["shielded"].father
    assert whole.hub.finder.shielded({father}) == {father}
    assert whole.hub.emergencies.standing(whole.who("edith"))


def test_referrals_wait_three_unread_one_with_a_candidate_one_for_the_protected_desk_too(whole: Filled) -> None:
    fran, door = whole.who("fran"), whole.hub.front_door
    waiting = door.waiting(fran)
    assert sorted(line.state_words for line in waiting) == [*["Quarantined"] * 3, *["Received"] * 7]
    shown = [[one.id for one in door.page(fran, line.id).candidates] for line in waiting]
    assert [whole.partnership.cases["emergency"].family] in shown
    assert len(whole.hub.joining.protected.waiting(fran)) == 1


def test_a_form_and_a_word_from_the_public_wait_and_tell_of_each_other(whole: Filled) -> None:
    fran = whole.who("fran")
    waiting = {line.kind_words: line.id for line in whole.hub.front_door.waiting(fran)}
    form, word = waiting["MARAC form"], waiting["Public form"]
    assert "Isla Verrall" in str(whole.hub.front_door.page(fran, form).people)
    assert dict(whole.hub.referring.who_told(fran, form))["Name"] == "DC Wanda Eames"
    assert "Karl Dacre" in str(whole.hub.referring.who_told(fran, word))
    sides = whole.hub.front_door.page(fran, word).sides
    assert [one.referral for one in sides.others] == [form]
    receipts = whole.hub.desk.feedback.receipts(whole.story.cast.agencies["police"])
    assert form in {record["referral"] for one in receipts for record in one["records"]}


def test_one_referral_went_back_and_one_was_passed_on(whole: Filled) -> None:
    fran, desk = whole.who("fran"), whole.hub.desk
    assert sorted(line.state_words for line in whole.hub.front_door.closed_here(fran)) == ["Redirected", "Returned"]
    assert [line.receiver_words for line in desk.redirections.waiting(fran)] == ["Early help"]
    told = desk.feedback.receipts(whole.story.cast.agencies["sm"])
    assert {record["state"] for one in told for record in one["records"]} >= {"returned", "redirected"}


def test_requests_are_answered_in_every_way_one_waits_and_of_one_the_silence_is_told(whole: Filled) -> None:
    sally, asked = whole.who("sally"), whole.hub.desk.requests
    enquiry, helped = (asked.lines(sally, whole.partnership.cases[one].family) for one in ("enquiry", "translated"))
    assert [(line.answer, line.overdue) for line in enquiry] == [("", False), ("shared", False), ("", True)]
    assert asked.page(sally, enquiry[1].id).entries
    assert {line.answer for line in helped} == {"nothing_held", "not_shared", "speak_to_us"}
    told = [line.words for line in whole.hub.tasks.open_for(whole.who("manager"))]
    assert "A request for information was not answered in time: speak with the agency" in told


def test_of_each_kind_of_message_one_is_repaired_and_one_waits(whole: Filled) -> None:
    of_each_kind = ["hl7v2", "safeguarding_notice", "safeguarding_notice_xml"]
    for state in ("quarantined", "released"):
        found = select(whole, "data", "SELECT connector FROM referral WHERE state = ? ORDER BY connector", state)
        assert [connector for (connector,) in found] == of_each_kind


def test_one_message_is_withdrawn_from_a_family_and_one_that_waited(whole: Filled) -> None:
    lines = whole.hub.withdrawals.page(whole.who("fran"), Asked()).lines
    assert all(line.why for line in lines)
    assert sorted(bool(line.task) for line in lines) == [False, True]


def test_an_amendment_names_somebody_who_may_be_known_from_another_family(whole: Filled) -> None:
    waiting = whole.hub.joining.newcomers.waiting(whole.who("fran"))
    (line,) = [one for one in waiting if one.agency == "Exampleshire Constabulary"]
    page = whole.hub.joining.newcomers.page(whole.who("manager"), line.referral)
    families = {side.family for one in page.compared.people for side in one.sides}
    assert families == {whole.partnership.cases["enquiry"].family}


def test_a_family_came_from_the_partnership_next_door_and_one_moved_there(whole: Filled) -> None:
    fran = whole.who("fran")
    (line,) = [one for one in whole.hub.front_door.waiting(fran) if one.kind_words == "Transfer bundle"]
    page = whole.hub.front_door.page(fran, line.id)
    assert "Eira Pryce" in str(page.people)
    assert "Eira met me at the gate" in str(page.entries)
    assert "has not been at school" not in str(page.entries)
    handed = select(whole, "data", "SELECT family_id FROM transfer WHERE receipted_at IS NOT NULL")
    assert handed == [(whole.partnership.cases["enquiry"].family,)]
    known = whole.hub.partners.transfers.recipients(whole.hub.pages.register())
    assert list(known.values()) == ["Southshire Children's Services"]


def test_the_college_was_not_told_and_then_read_it(whole: Filled) -> None:
    (line,) = whole.hub.encompass.notices.lines(whole.who("cora"))
    assert line.read_words
    alarms = [alarm for (alarm,) in select(whole, "data", "SELECT alarm FROM school_notice WHERE alarm <> ''")]
    assert "not_told" in alarms


def test_the_family_on_a_plan_has_what_a_worker_writes(whole: Filled) -> None:
    case = whole.partnership.cases["plan"]
    page = whole.hub.pages.page(whole.who("sally"), case.family, HELPING)
    assert page.lead is not None
    assert [one.words for one in page.openings] == ["Child protection plan"]
    kinds = dict(
        select(whole, "data", "SELECT kind, count(*) FROM outline WHERE family_id = ? GROUP BY kind", case.family)
    )
    for kind in ("remark", "group_supervision", "mi_session", "programme_module", "attachment", "health_report"):
        assert kinds[RecordKind(kind).value] >= 1


PAGES = {
    "manager": ("/", "/tasks", "/queue", "/rota", "/closed"),
    "sally": ("/", "/tasks", "{plan}", "{plan}/workbook", "{plan}/supervision", "{plan}/genogram", "{plan}/consent"),
    "sam": ("/", "{refused}", "{withdrawn}"),
    "fran": ("/front-door",),
    "edith": ("/duty", "/tasks"),
    "rob": ("/", "/tasks", "{plan}"),
    "vera": ("{enquiry}",),
    "pete": ("{enquiry}",),
    "iggy": ("/log", "/queue"),
    "pcdesk": ("/receipts",),
    "anna": ("/staff",),
    "alma": ("/staff",),
}
EMPTY = 'class="hub-empty"'
MAY_LACK = {"/queue": 1, "{plan}/workbook": 9, "{refused}": 1, "{withdrawn}": 1, "{enquiry}": 1}
"""How many lists of a page hold nothing, as is right: nothing is late, no decision stands or is this reader's."""


def test_every_page_where_a_day_begins_has_something_on_it(whole: Filled) -> None:
    app = web_app(whole.hub)
    families = {shows: f"/families/{case.family}" for shows, case in whole.partnership.cases.items()}
    empty = []
    for username, paths in PAGES.items():
        reader = Reader(app)
        reader.sign_in(username, whole.story.cast.passwords[username])
        for path in paths:
            if path.startswith("{"):
                reader.open(path.format(**families).split("/")[2])
            answer = reader.get(path.format(**families))
            assert answer.status_code == 200, (username, path)
            if answer.text.count(EMPTY) > MAY_LACK.get(path, 0):
                empty.append((username, path))
    assert empty == []


def test_the_log_of_the_filled_partnership_verifies(whole: Filled) -> None:
    assert verified(whole.hub)[0]


def test_one_day_and_one_seed_make_the_same_people_whose_numbers_are_for_tests_only() -> None:
    made: tuple[Household, ...] = households(DAY, SEED)
    assert made == households(DAY, SEED)
    assert made != households(DAY, "another seed")
    numbers = [one.nhs for home in made for one in home.people if one.part != "unborn_child"]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("9") and is_valid(number) for number in numbers)


def test_nine_digits_without_a_check_digit_are_no_number() -> None:
    assert nhs_number(900_000_000) == "9000000009"
    assert "" in {nhs_number(place) for place in range(900_000_000, 900_000_100)}
