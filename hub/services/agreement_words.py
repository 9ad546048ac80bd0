"""Where a version stands, as lists and pages say it: parties and signatories by name, nobody's account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hub.domain.facts import Fact
from hub.policy.procedure import body_of
from hub.services.agreement_states import Standing, State, listed
from hub.services.register import day_words, moment_words


@dataclass(frozen=True, slots=True)
class Signed:
    """One party's signature, or that it is missing (`when` "")."""

    party: str
    signatory: str
    when: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version as a list shows it; `alarm` is said loudly, "" when all is well."""

    key: str
    title: str
    state: State
    words: str
    dates: str
    signed: tuple[Signed, ...]
    alarm: str

    @property
    def code(self) -> str:
        """The agreement's code: the key before the slash."""
        return self.key.rpartition("/")[0]

    @property
    def number(self) -> str:
        """The version's number: the key behind the slash."""
        return self.key.rpartition("/")[2]


def line_of(standing: Standing, names: Mapping[str, str]) -> VersionLine:
    """Return a version as a list shows it; `names` are the agencies' names by code."""
    state, progress = standing.state, standing.progress
    last = standing.ends - timedelta(microseconds=1) if standing.ends else None
    dates = [day_words(one) for one in (standing.starts, last) if one]
    review = f"; review by {_review(standing)}" if standing.said["review"] else ""
    signed = progress.resumed if progress.suspensions else progress.signed
    return VersionLine(
        standing.key,
        standing.said["title"],
        state,
        _words(standing, names),
        (" to ".join(dates) or "No date of its own") + review,
        tuple(_signed(party, names, signed.get(party)) for party in progress.parties),
        _alarm(standing),
    )


def _words(standing: Standing, names: Mapping[str, str]) -> str:
    """Say what the version waits for, or from when it acts."""
    missing, lacks = listed(names, standing.missing), listed(names, standing.house_lacks)
    proposer = listed(names, [body_of(one)["party"] for one in (standing.progress.proposed,) if one])
    stopped = listed(names, [body_of(one)["party"] for one in standing.progress.suspensions])
    signing = (
        f"Waits for the signature of {missing}"
        if standing.same_documents
        else "The rules it was checked with have changed: propose a later version"
    )
    said = {
        State.PROPOSED: f"Waits to be checked by another person of {proposer}",
        State.SIGNING: signing,
        State.WAITING: f"The house rules lack the signature of {lacks}"
        if lacks
        else "Every party has signed: publish it",
        State.SUSPENDED: f"Stopped by {stopped}. It shows nothing until it is signed again by {missing}",
        State.OTHER_DOCUMENTS: "Vocabulary, routes or house rules changed, or lack a signature: every party signs anew",
        State.COMING: f"In force from {day_words(standing.starts)}" if standing.starts else "",
    }
    return said.get(standing.state, "")


def _review(standing: Standing) -> str:
    day = date.fromisoformat(standing.said["review"])
    return f"{day.day} {day:%B %Y}"


def _alarm(standing: Standing) -> str:
    if standing.state is State.OTHER_DOCUMENTS:
        return "It permits nothing"
    return f"Review overdue since {_review(standing)}" if standing.review_overdue else ""


def _signed(party: str, names: Mapping[str, str], fact: Fact | None) -> Signed:
    name = names.get(party, party)
    return Signed(name, who_signed(fact), moment_words(fact.recorded_at)) if fact else Signed(name, "", "")


def who_signed(fact: Fact) -> str:
    """Return name and office of the signatory, as the roster has them."""
    return f"{body_of(fact)['signatory']}, {body_of(fact)['office']}"


def history_of(standing: Standing, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return (when, words) of each step, oldest first: parties by name, nobody's account."""
    progress = standing.progress
    found: list[tuple[Fact, str]] = []
    for fact, words in ((progress.proposed, "proposed it"), (progress.checked, "checked it, by another person")):
        found += [(fact, words)] if fact else []
    found += [(fact, f"signed it ({who_signed(fact)})") for fact in progress.signed.values()]
    found += [(progress.withdrawn, "withdrew it")] if progress.withdrawn else []
    found += [(fact, "suspended it") for fact in progress.suspensions]
    found += [(fact, f"signed that it resumes ({who_signed(fact)})") for fact in progress.resumed.values()]
    lines = [(fact, f"{listed(names, [body_of(fact)['party']])} {words}") for fact, words in found]
    lines += [(progress.published, "It was published")] if progress.published else []
    return tuple(
        (moment_words(fact.recorded_at), words) for fact, words in sorted(lines, key=lambda one: one[0].recorded_at)
    )
