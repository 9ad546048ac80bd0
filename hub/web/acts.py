"""The page on which one thing is done: what it is about, the form, and what happened before."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from hub.services.task_lines import EventLine
from hub.web.forms import HubForm


@dataclass(frozen=True, slots=True)
class ActPage:
    """What the template `act.html` prints; `send` "" leaves the form out, `history` None leaves the list out."""

    title: str
    back: str
    send: str
    caption: str = ""
    intro: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    history: Sequence[EventLine] | None = None

    @property
    def rows(self) -> list[dict[str, object]]:
        """Return the facts as the page's macro wants them."""
        return [{"key": {"text": name}, "value": {"text": value}} for name, value in self.facts]


def show(act: ActPage, form: HubForm) -> str:
    """Render the page."""
    return render_template("act.html", act=act, form=form)
