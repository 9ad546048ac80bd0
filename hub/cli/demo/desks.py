"""What else stands on the demonstration's pages: what agencies wish to be told, discussions, decisions, desks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from hub.cli.demo.case import Case
from hub.cli.demo.people import Cast
from hub.cli.stage import Stage
from hub.domain.ids import AccountId, AgencyId
from hub.services.closing import Closed
from hub.services.deciding import REFERRAL, Rated
from hub.services.family_page import Stated
from hub.services.recording import Period
from hub.services.sharing import Answer
from hub.services.strategy import Held
from hub.services.task_lines import Finished

_SHIFT: Final = timedelta(hours=12)
_PROTECTING: Final = Stated("protect_child", "Deciding what the children need this week")
_WHY: Final = "The grandparents ask for the children to stay. Is there anything that speaks against it?"
_HARM: Final = "What is held is about the father alone, a year old, and says nothing of the children."


_NOT_SHARED: Final = Answer(
    share=False, recipient="", more_detrimental=False, detriment=_HARM, reason=_HARM, ground="not_relevant"
)


def rate(stage: Stage, fran: AccountId, referral: str) -> None:
    """Let the front door say how urgent a referral is before it decides."""
    stage.desk.deciding.rate(fran, referral, Rated("amber", REFERRAL, "He did not collect the children on Friday"))


def wish_to_be_told(stage: Stage, cast: Cast) -> None:
    """Let two agencies register where they are told of news, and one worker ask for a word in the morning."""
    for username, address in (("aidan", "safeguarding.desk@police.example"), ("simon", "referrals@riverside.example")):
        stage.partners.webhooks.add(cast.accounts[username], "", address)
    stage.casework.digest.choose(cast.accounts["sally"], "sally.okafor@exampleshire.example")


def close_and_reopen(case: Case) -> None:
    """Let the work with a family have ended once before, and begin again under the same number."""
    manager, closings = case.who("manager"), case.stage.casework.closings
    told = [case.agency("police")]
    ended = Closed("needs_met", "The family manages with the help of an aunt.", told, "yes", case.today())
    closings.close(manager, case.family, ended)
    closings.reopen(manager, case.family, "The aunt moves away, and the mother asks for help again.")


def step_back(case: Case) -> None:
    """Let the manager, who held the reopened family until somebody led it, work on jointly."""
    manager, recording, now = case.who("manager"), case.stage.recording, case.stage.clock()
    for one in case.stage.casework.allocations.allocated(manager, case.family):
        if one.account == manager and one.lead:
            recording.end(manager, case.family, one.id, now)
    recording.allocate(manager, case.family, manager, Period(now), capacity="co_allocated")


def read_what_came(stage: Stage, cast: Cast, leads: Sequence[str]) -> None:
    """Let those who lead a family read the referrals that came to it, all but the newest."""
    for lead in leads:
        account = cast.accounts[lead]
        came = [line for line in stage.tasks.open_for(account) if line.words.startswith("A new referral was placed")]
        for line in came[1:]:
            stage.tasks.finish(account, line.id, Finished("Read."))


def discuss(held: Case, decided: Case) -> None:
    """Record one strategy discussion that was held with everybody, and one that is still to be held."""
    strategy, manager = held.stage.desk.strategy, held.who("manager")
    came = [held.agency(code) for code in ("csc", "police", "mh")]
    words = "A joint visit today, a medical tomorrow at ten, and nobody is told beforehand."
    discussion = strategy.decide(manager, held.family, came, "An injury to a child of two that nobody explains.")
    strategy.hold(manager, discussion, Held(came, words, held.children, [held.mother, held.father]))
    strategy.decide(manager, decided.family, came[:2], "A child was alone in the flat at night, for the second time.")


def ask_holders(case: Case) -> None:
    """Ask two holders why something is not shared: one decides not to, which waits for its review; one has not yet."""
    stage, lead = case.stage, case.who("sam")
    page = stage.pages.page(lead, case.family, _PROTECTING)
    asked = dict(gap.ask for gap in page.gaps if gap.ask is not None)
    for holder, category in asked.items():
        stage.sharing.ask(lead, case.family, _PROTECTING, AgencyId(holder), category, _WHY)
    worker = case.who("rob")
    mine = next(line for line in stage.tasks.open_for(worker) if line.decide)
    stage.sharing.decide(worker, stage.tasks.holder_task(worker, mine.id), _NOT_SHARED)


def restrict(case: Case) -> None:
    """Give the family of somebody who works here to a restricted team, whose manager is on duty at that desk."""
    stage, manager, now = case.stage, case.who("manager"), case.stage.clock()
    stage.casework.rota.put(case.who("max"), manager, "restricted", Period(now, now + _SHIFT))
    stage.conflicts.restrict(manager, case.family, "restricted")


def leave_word(case: Case) -> None:
    """Leave word for the morning; somebody says too early that it is read, and takes it up again."""
    stage, fran = case.stage, case.who("fran")
    stage.casework.duty_notes.leave(case.who("edith"), "Police stay at the flat until eight. The aunt has been rung.")
    note = next(line for line in stage.tasks.open_for(fran) if line.words.startswith("Word was left"))
    stage.tasks.finish(fran, note.id, Finished("Read."))
    stage.tasks.reopen(fran, note.id, "The aunt has not rung back yet.")


def propose(stage: Stage, cast: Cast, agreement: str) -> None:
    """Let a next version of the agreement be proposed and checked: it waits for its signatures."""
    officers = cast.officers()
    text = agreement.replace('version: "1"', 'version: "2"', 1)
    key = stage.signing.propose(officers.by_party[officers.proposer], text, "the next version")
    stage.signing.check(officers.checker, key)


def half_way(case: Case) -> None:
    """Leave a form half filled in, and a sitting open at another desk."""
    sally, place = case.who("sally"), f"/families/{case.family}/entries/new"
    case.stage.drafts.keep(sally, place, {"what_happened": ["Ada was at breakfast club three days running."]})
    case.stage.sessions.sign_in("sally", case.cast.passwords["sally"])
