"""Builds referring through the hub's own forms."""

from collections.abc import Callable
from pathlib import Path

from connectors.forms import connectors_for
from hub.domain.clock import Clock, Randomness
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Writer
from hub.services.family_page import FamilyPages
from hub.services.form_files import load_forms
from hub.services.intake import Intake
from hub.services.referring import Referring
from hub.store.session import Transactions


def referring(
    policies: Path,
    intake: Intake,
    pages: FamilyPages,
    gate: tuple[Writer, Doorkeeper],
    clear: Transactions,
    hands: tuple[Clock, Randomness, Callable[[bytes], str]],
) -> Referring:
    """Read the partnership's forms and return what takes them in; PolicyError names file, line and column."""
    forms = load_forms(policies / "forms")
    return Referring(forms, connectors_for(forms.values()), intake, pages, gate, clear, hands)
