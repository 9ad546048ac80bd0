"""The people of the front door: they decide and mend, and know themselves what they did."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from hub.services.comparing import Comparing, comparing
from hub.services.deciding import Closing, Rated
from tests.simulators.partner.dialects import NOT_A_DATE

if TYPE_CHECKING:
    from tests.simulators.partnership import Partnership

READ = "2026-11-17"
"""The day that the sender meant, as it says when it is rung up."""
OUTCOMES = ("accepted", "accepted", "returned", "no_further_action")


class Desks:
    """What people did: referral -> its outcome, family -> the referral closed about it, records that were mended."""

    def __init__(self, town: "Partnership") -> None:
        self._town = town
        self.decided: dict[str, str] = {}
        self.closed: dict[str, str] = {}
        self.repaired: set[str] = set()

    def decide(self) -> None:
        """Let the front door decide what has waited longest: as a new family, one that is known, or without one."""
        world = self._town.world
        waiting = world.hub.front_door.waiting(world.accounts["fran"])
        received = (one for one in waiting if one.state_words == "Received")
        line = next((one for one in received if self._compared(one.id)), None)
        if line is not None:
            outcome = OUTCOMES[self._town.dice.below(len(OUTCOMES))]
            self._town.at_a_desk(lambda: self._decide(line.id, outcome))
            self.decided[line.id] = outcome

    def _compared(self, referral: str) -> bool:
        world = self._town.world
        return comparing(world.hub.clear, referral, world.clock()) is Comparing.DONE

    def _decide(self, referral: str, outcome: str) -> None:
        hub, fran = self._town.world.hub, self._town.world.accounts["fran"]
        page = hub.front_door.page(fran, referral)
        if outcome == "accepted":
            family = page.candidates[0].id if page.candidates else None
            hub.front_door.decide(fran, referral, family)
            if family in self.closed:  # what was closed about the same people is taken up with it
                self.decided[self.closed[family]] = outcome
            return
        self.closed[page.family] = referral
        if not page.rating_words:
            hub.desk.deciding.rate(fran, referral, Rated("green", "contact", "Nobody is hurt"))
        ground = "no_need" if outcome == "no_further_action" else "no_consent_no_safeguarding"
        hub.desk.deciding.close(fran, referral, Closing(outcome, "Read and weighed", ground, history_read=True))

    def repair(self) -> None:
        """Mend the oldest record whose day nobody could read; what is no matter of a value is left to wait."""
        desk, fran = self._town.world.hub.partners.quarantined, self._town.world.accounts["fran"]
        for line in desk.waiting(fran):
            page = desk.page(fran, line.id)
            flaws = [flaw for flaw in page.flaws if flaw.stops]
            if flaws and all(flaw.fixable and flaw.value == NOT_A_DATE for flaw in flaws):
                day = dict.fromkeys((flaw.place for flaw in flaws), READ)
                if self._town.at_a_desk(partial(self._repair, line.id, day)) is not None:
                    raise AssertionError("what was mended is still wrong")
                self.repaired.add(line.id)
                return

    def _repair(self, referral: str, day: Mapping[str, str]) -> object:
        """Mend it; what other rows say of the same, and is asked for next, is mended in the same way."""
        desk, fran = self._town.world.hub.partners.quarantined, self._town.world.accounts["fran"]
        left = desk.repair(fran, referral, day)
        if left is None:
            return None
        return desk.repair(fran, referral, {**day, **dict.fromkeys((flaw.place for flaw in left.flaws), READ)})
