"""What each family of the filled partnership is for: a plan, a refusal, a withdrawal, an emergency, a closing, ..."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from hub.cli.demo.case import HELPING, Case
from hub.cli.demo.colleagues import LEADS
from hub.domain.consent import Asking, Capacity, Channel, Interpreter, Method, NotGiven
from hub.domain.entries import LATER, FamilyVisibility
from hub.domain.ids import PersonId, RecordId
from hub.domain.life import LifeEvent
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Part
from hub.services.attachments import Asking as Adding
from hub.services.attachments import NewFile
from hub.services.closing import Closed
from hub.services.consenting import ConsentWord
from hub.services.emergencies import Need
from hub.services.entries import NewEntry, Said
from hub.services.family_page import Stated
from hub.services.lives import NewEvent
from hub.services.new_identities import NewIdentity
from hub.services.recording import Opening, Period
from hub.services.supervision_record import Action, Outcome
from hub.services.workbook import Session

PROTECTING: Final = replace(HELPING, purpose="protect_child")
_A_YEAR: Final = timedelta(days=365)
Entries = Mapping[str, list[RecordId]]
"""User name -> the entries that this worker wrote, the newest first."""


def plan(case: Case, entries: Entries) -> None:
    """A child protection plan that covers an unborn child: supervision, workbook, a file, a challenge, a handover."""
    _open(case, "child_protection_plan", "Conference decision: plan for both children and the expected child.")
    _consent(
        case, case.mother, "given_with_conditions", said="Yes, and not where I live.", categories=("health_summary",)
    )
    _supervise(case, entries)
    _workbook(case)
    sally, stage = case.who("sally"), case.stage
    asking = Adding(sally, case.family, PROTECTING)
    letter = NewFile("Letter from school about Wednesdays", b"Ada is collected on Wednesdays by her father.\n")
    stage.files.attachments.add(asking, entries["sally"][0], letter)
    stage.team.remarks.challenge(
        case.who("lena"),
        case.family,
        HELPING,
        entries["sally"][2],
        "The bedtime account differs from what I saw on Monday.",
    )
    _disagree(case, "sally", entries["sally"][0], case.mother, "I was not late. The bus was, and I rang.")


def kinship(case: Case, entries: Entries) -> None:
    """Children with their grandmother: nobody was asked, because asking would mislead; a handover waits."""
    _consent(case, case.father, "not_sought", reason=NotGiven.DUTY_MAKES_ASKING_MISLEADING)
    manager, works = case.who("manager"), case.stage.casework
    lead = next(one for one in works.allocations.allocated(manager, case.family) if one.lead)
    words = "Zofia starts school in January. Halina asks for the same worker at both houses. Contact is on Sundays."
    works.handovers.offer(manager, case.family, lead.id, case.who("sally"), words)
    _correct(case, "sam", entries["sam"][0])


def translated(case: Case, entries: Entries) -> None:
    """A yes that was explained through an interpreter, and one that has run out."""
    asking = Asking(
        given_by=case.mother,
        method=Method.TRANSLATED,
        interpreter=Interpreter.PROFESSIONAL,
        channel=Channel.IN_PERSON,
    )
    _consent(case, case.mother, "given", asking=asking, said="Explained in Ukrainian; asked two questions, then yes.")
    now = case.stage.clock()
    word = ConsentWord(case.father, "given", agency=case.agency("csc"), until=now - timedelta(days=20))
    case.stage.recording.consent(case.who("sally"), case.family, word, now - _A_YEAR)
    _disagree(case, "sally", entries["sally"][1], case.father, "Nobody asked me before this was written.")


def refused(case: Case, entries: Entries) -> None:
    """A no that its holder has to weigh, and a young person who decides for herself."""
    daughter = case.people[case.household.children[0].name]
    said = "Explained her own words back to me and asked who else would read them."
    event = NewEvent(daughter, LifeEvent.COMPETENT, case.stage.clock(), case.agency("csc"), said)
    case.stage.lives.record(case.who("sam"), case.family, event)
    asking = Asking(given_by=daughter, capacity=Capacity.GILLICK, method=Method.EASY_READ)
    _consent(case, daughter, "refused", asking=asking, said="Not my messages, and not to school.")
    _correct(case, "sam", entries["sam"][1])


def withdrawn(case: Case, _entries: Entries) -> None:
    """A yes that was taken back, and one whose giver cannot decide at present."""
    _consent(case, case.father, "withdrawn", sources=(case.agency("sm"),), said="I have changed my mind.")
    asking = Asking(capacity=Capacity.UNABLE)
    _consent(case, case.mother, "unable", asking=asking, reason=NotGiven.CANNOT_DECIDE)


def enquiry(case: Case, entries: Entries) -> None:
    """A section 47 enquiry, on which two workers for either parent see two different pages."""
    _open(case, "s47_enquiry", "Strategy discussion this morning: an injury that nobody explains.")
    _disagree(case, "sally", entries["sally"][0], case.mother, "It was the door of the cupboard.")


def emergency(case: Case, _entries: Entries) -> None:
    """Opened at night by the emergency duty team; the review waits."""
    need = Need(case.stage.pages.reference(case.family), "Yusuf is alone in the flat", "Police are at the door now", 4)
    edith = case.who("edith")
    case.stage.emergencies.open(edith, need)
    case.stage.pages.page(edith, case.family, Stated("emergency", need.reason))


def shielded(case: Case, _entries: Entries) -> None:
    """A parent who is somebody else from now on: no page leads from the one to the other."""
    child = case.household.father
    new = NewIdentity(
        "Robin Ashgrove", PartialDate(child.born), Part.PARENT, "gender_recognition", "Certificate seen at the desk."
    )
    case.stage.identities.open(case.who("fran"), case.family, case.father, new)


def closed(case: Case, _entries: Entries) -> None:
    """Work that is over."""
    told = [case.agency("sm"), case.agency("police")]
    said = Closed("needs_met", "The plan that the family made holds without us.", told, "yes", case.today())
    case.stage.casework.closings.close(case.who("manager"), case.family, said)


def unowned(_case: Case, _entries: Entries) -> None:
    """Led by nobody: it stands on the manager's page with a clock."""


AFFAIRS: Final[Mapping[str, Callable[[Case, Entries], None]]] = {
    "plan": plan,
    "kinship": kinship,
    "translated": translated,
    "refused": refused,
    "withdrawn": withdrawn,
    "enquiry": enquiry,
    "emergency": emergency,
    "shielded": shielded,
    "unowned": unowned,
    "closed": closed,
}
"""What a family shows -> what is done about it."""


def _open(case: Case, code: str, evidence: str) -> None:
    opening = Opening(code, case.agency("csc"), case.children, [case.mother, case.father], evidence=evidence)
    case.stage.recording.open(case.who("manager"), case.family, opening, Period(case.stage.clock()))


def _consent(  # noqa: PLR0913  a word about sharing has this many sides
    case: Case,
    person: PersonId,
    status: str,
    *,
    said: str = "",
    reason: str = "",
    asking: Asking | None = None,
    categories: tuple[str, ...] = ("*",),
    sources: tuple[str, ...] = ("*",),
) -> None:
    word = ConsentWord(
        person,
        status,
        categories,
        sources,
        reason=reason,
        said=said,
        agency=case.agency("csc"),
        asking=asking or Asking(given_by=person),
    )
    case.stage.recording.consent(case.who(LEADS[case.shows]), case.family, word)


def _disagree(case: Case, by: str, entry: RecordId, person: PersonId, words: str) -> None:
    case.stage.team.remarks.disagree(case.who(by), case.family, PROTECTING, entry, (person, words))


def _correct(case: Case, by: str, entry: RecordId) -> None:
    """Let the family see an entry from a later day on: a correction like any other."""
    account, entries = case.who(by), case.stage.team.entries
    found = entries.entry(account, case.family, HELPING, entry)
    later = FamilyVisibility(LATER, case.today() + timedelta(days=14))
    entries.show_family(
        account, case.family, HELPING, (found.record, later), "After the meeting with the grandparents."
    )


def _supervise(case: Case, entries: Entries) -> None:
    """One group supervision that came to a decision, and one that sits."""
    sally, supervisions = case.who("sally"), case.stage.team.supervisions
    there = [case.who("lena"), case.who("rob"), case.who("nina")]
    sitting = supervisions.begin(sally, case.family, PROTECTING, there)
    new = NewEntry(
        "group_supervision",
        "professional_opinion",
        PartialDate(case.today()),
        [case.mother],
        {"what_happened": Said("Mornings are the hardest; help at seven would do more than a visit at four.")},
    )
    supervisions.say(case.who("lena"), sitting, HELPING, new)
    outcome = Outcome(
        [*case.children, case.mother, case.father],
        "Stay with the plan; one worker at the door in the mornings.",
        "Lower than in the autumn while Wednesdays hold.",
        "If Peter drinks before a handover, the children may be in a car with him.",
        "Ngozi rings before things go wrong.",
        "Nina would review in six weeks, not twelve.",
        (
            Action("Ring the school about breakfast club", case.who("lena"), case.today()),
            Action("Be there at seven on Tuesdays", case.who("lena"), case.today() + timedelta(days=10)),
        ),
        [entries["sally"][0]],
    )
    supervisions.close(sally, sitting, PROTECTING, outcome)
    supervisions.begin(sally, case.family, PROTECTING, there[1:2])


_MONTHS: Final = (
    ("rob", "father", "Kept five of six appointments; rang on two Tuesday nights."),
    ("nina", "mother", "Sleeps through most nights; asked about going back to work."),
    ("vera", "mother", "Speaks of the safety plan as her own; changed the locks."),
    ("lena", "mother", "Mornings need two people. On most of them there are two now."),
)
"""Who else sums up the month: user name, with whom they work, in which words."""


def _workbook(case: Case) -> None:
    workbook, rob, sally, month = case.stage.team.workbook, case.who("rob"), case.who("sally"), case.today()
    last = PartialDate.parse((month.replace(day=1) - timedelta(days=1)).strftime("%Y-%m"))
    summary = Said("A steadier month: Wednesdays held three times out of four.", case.children)
    workbook.summarise(sally, case.family, HELPING, last, summary)
    for username, part, words in _MONTHS:
        workbook.summarise(case.who(username), case.family, HELPING, last, Said(words, [getattr(case, part)]))
    session = Session(
        case.father,
        PartialDate(month - timedelta(days=3)),
        "Drinking before handovers",
        "To bring the children home without having had a drink",
        "I know what it looks like from the back seat.",
        8,
        5,
        "preparation",
        "Ring Rob on Tuesday nights",
        "That Wednesdays are agreed with the team",
        person_knows=True,
    )
    workbook.note_session(rob, case.family, HELPING, session)
    workbook.set_module(rob, case.family, HELPING, case.father, ("1", "completed"))
    workbook.set_module(rob, case.family, HELPING, case.father, ("2", "in_progress"), "Half-way")
    workbook.set_module(sally, case.family, HELPING, case.mother, ("1", "in_progress"))
