"""What one person has said about one flow, read from their recorded CONSENT facts."""

from collections.abc import Iterable
from typing import Final

from hub.domain.facts import Fact

SCOPE: Final = ("categories", "sources", "recipients", "purposes")
BY_SENDER: Final = "stated_by_sender"
_REFUSING: Final = frozenset({"refused", "withdrawn"})
_AGREEING: Final = frozenset({"given", "given_with_conditions"})


def consent_state(
    facts: Iterable[Fact], *, category: str, source: str, recipient: str, purpose: str
) -> tuple[str, str]:
    """Return (state, fact id) for one flow; `facts` are the standing CONSENT facts of one person.

    The latest word that covers the flow counts, so a withdrawal beats everything earlier in its scope. One
    exception protects a precise refusal: a later, wider agreement does not undo an earlier, narrower refusal.
    Another: neither what a sender's message states (`reason` stated_by_sender) nor a later `not_sought`, `unable` or
    `expired` undoes a no.
    Nothing in scope, or an expired word, is ("not_sought", ""). `["*"]` in a scope list means all of that list.
    A body without a status or a scope list raises KeyError: the caller treats it as a fault.
    """
    asked = dict(zip(SCOPE, (category, source, recipient, purpose), strict=True))
    spoken = [fact for fact in facts if all(_within({asked[key]}, _scope(fact, key)) for key in SCOPE)]
    spoken.sort(key=lambda fact: (fact.valid_from, fact.recorded_at, fact.number))
    standing: Fact | None = None
    for fact in spoken:
        if standing is None or not (_is_wider_than_refusal(fact, standing) or _undoes_nothing(fact, standing)):
            standing = fact
    if standing is None or standing.body["status"] == "expired":
        return "not_sought", ""
    return str(standing.body["status"]), standing.id


def _is_wider_than_refusal(later: Fact, earlier: Fact) -> bool:
    if earlier.body["status"] not in _REFUSING or later.body["status"] in _REFUSING:
        return False
    narrower = all(_within(_scope(earlier, key), _scope(later, key)) for key in SCOPE)
    return narrower and any(_scope(earlier, key) != _scope(later, key) for key in SCOPE)


def _scope(fact: Fact, key: str) -> frozenset[str]:
    return words_of(fact.body[key])


def _undoes_nothing(later: Fact, earlier: Fact) -> bool:
    """A no is undone by a yes that a person recorded: not by a machine's message, and not by not having asked again.

    A competent child's no is not undone by a parent's yes (Gillick [1986] AC 112).
    """
    undoes = earlier.body["status"] in _REFUSING and later.body["status"] not in _REFUSING
    spoken_over = (earlier.body.get("capacity"), later.body.get("capacity")) == ("gillick", "parental_responsibility")
    return undoes and (later.body.get("reason") == BY_SENDER or later.body["status"] not in _AGREEING or spoken_over)


def _within(inner: Iterable[str], outer: frozenset[str]) -> bool:
    return "*" in outer or outer.issuperset(inner)


def text_of(value: object) -> str:
    """Return a value of a fact's body that must be text; TypeError when it is not."""
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def words_of(values: object) -> frozenset[str]:
    """Return a value of a fact's body that must be a list of texts; TypeError when it is not."""
    if not isinstance(values, list | tuple):
        raise TypeError(type(values).__name__)
    return frozenset(text_of(value) for value in values)
