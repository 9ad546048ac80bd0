"""What people who deal with agreements read: every version and where it stands, one version as it is signed, its copy.

Everything shown of a version is rendered from its parsed text as it was proposed; the report of what it would change
was made when it was proposed and stays with it. No record is opened here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, NotFoundError, PolicyError
from hub.domain.ids import AccountId
from hub.gate.policybook import PolicyBook
from hub.policy.agreement import load_agreement
from hub.policy.page import Line, page_digest
from hub.policy.procedure import body_of
from hub.services.agreement_states import Standing, superseded_at
from hub.services.agreement_words import VersionLine, history_of, line_of
from hub.services.publishing import Draft, rendered
from hub.services.register import Register
from hub.services.replaying import Replaying, Trial
from hub.services.rosters import SignatoryRosters
from hub.services.signing import Reader, Signing
from hub.services.signing_copy import signing_copy
from hub.services.signing_files import ROSTER, SignatureFile, SigningRequest
from hub.store.clear.agreements import StoredVersion

_LONGEST_REPORT = 300


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version: the line of the list, the page that is signed, its digests, what was said and who may do what."""

    line: VersionLine
    house_rules: bool
    lines: tuple[Line, ...]
    digest: str
    sha256: str
    report: tuple[str, ...]
    history: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a text is before it is proposed: its worked cases hold, and what it would change."""

    draft: Draft
    cases: int
    trial: Trial | None

    @property
    def cases_words(self) -> str:
        """Say how many worked cases hold."""
        return cases_words(self.cases)


class SigningDesk:
    """Shows agreements to those who deal with them. Built once by wiring."""

    def __init__(
        self,
        steps: tuple[Signing, SignatoryRosters],
        replaying: Replaying,
        policy: PolicyBook,
        register: Callable[[], Register],
        clock: Clock,
    ) -> None:
        """Take the steps, the replay of drafts, and the names of agencies."""
        self._signing, self._rosters = steps
        self._replaying, self._policy = replaying, policy
        self._register, self._clock = register, clock
        self._lines = lru_cache(maxsize=32)(self._rendered)  # text and page of a version never change

    def versions(self, account: AccountId) -> tuple[VersionLine, ...]:
        """Return every version that was ever proposed, the newest first; AccessRefusedError for who has no business."""
        self._signing.reader(account)
        names = self._names()
        return tuple(line_of(self._standing(key), names) for key in self._signing.proposed_keys())

    def version(self, account: AccountId, key: str) -> VersionPage:
        """Return one version, as it is signed; NotFoundError when nobody proposed it."""
        who, names = self._signing.reader(account), self._names()
        standing, row = self._standing(key), self._signing.stored(key)
        return VersionPage(
            line_of(standing, names),
            standing.said["kind"] == "house_rules",
            self._lines(row),
            page_digest(row.page),
            standing.said["sha256"],
            tuple(standing.said.get("report", ())),
            history_of(standing, names),
            standing.steps(account, who.party, who.role),
        )

    def reader(self, account: AccountId) -> Reader:
        """Return who this is; AccessRefusedError for everybody whose business agreements are not."""
        return self._signing.reader(account)

    def house_rules_unsigned(self) -> bool:
        """Say whether the house rules the hub runs with are not in force yet: until then nothing is permitted."""
        published = self._signing.progress(self._policy.foundations.house_rules.key).published
        return published is None or body_of(published)["checked_with"] != self._policy.texts.digests()

    def house_rules(self) -> str:
        """Return the text of the house rules that the hub runs with."""
        return self._policy.texts.house_rules

    def copy(self, account: AccountId, key: str) -> bytes:
        """Return the PDF: the same lines as the page, with the page's digest at the foot of every sheet."""
        self._signing.reader(account)
        row = self._signing.stored(key)
        return signing_copy(self._lines(row), row.page)

    def request(self, account: AccountId, key: str) -> SigningRequest:
        """Return what a signatory of this reader's party signs now, with the page: as a file for any machine."""
        if self._signing.reader(account).party not in self._signing.progress(key).parties:
            raise NotFoundError(where=key)
        return SigningRequest.of_version(self._signing.stored(key).page, self._signing.to_sign(account, key))

    def hand_in(self, account: AccountId, given: SignatureFile, method: str) -> None:
        """Hand in a signature over a version or a roster, made anywhere; PolicyError when it is not good for it now."""
        if given.party != self._signing.reader(account).party:
            raise PolicyError("signature_of_another_party", where=given.what, next_step=f"for {given.party}'s officer")
        if given.what.startswith(ROSTER):
            self._rosters.submit(account, given.key_id, given.raw)
        else:
            self._signing.sign(account, given.what, given.key_id, given.raw, method)

    def roster_request(self, account: AccountId) -> SigningRequest:
        """Return the roster of this reader's agency that waits for a signature of the one before it."""
        party = self._signing.reader(account).party
        waiting = self._rosters.waiting(party)
        if waiting is None:
            raise ConflictError("nothing_to_confirm", where=party, next_step="offer a roster first")
        return SigningRequest.of_roster(waiting.body)

    def try_out(self, account: AccountId, text: str, source: str, reason: str) -> Tried:
        """Run the worked cases of a text and say what it would change; `reason` stands in the access log."""
        self._signing.reader(account)
        draft = self._signing.draft(text, source)
        if draft.kind == "house_rules":
            return Tried(draft, 0, None)
        base = self._policy.foundations
        cases = len(load_agreement(text, source, base.vocabulary, base.gateways).worked_cases)
        return Tried(draft, cases, self._replaying.try_draft(account, text, reason))

    def propose(self, account: AccountId, text: str, source: str, reason: str) -> str:
        """Propose a version with the report of what it would change attached; returns its key."""
        return self._signing.propose(account, text, source, report_of(self.try_out(account, text, source, reason)))

    def _standing(self, key: str) -> Standing:
        progress, facts = self._signing.progress(key), self._signing.facts()
        if progress.proposed is None:
            raise NotFoundError(where=key)
        said = body_of(progress.proposed)
        lacks = self._signing.house_lacks(progress.parties, key)
        same = said["checked_with"] == self._policy.texts.digests()
        return Standing(key, progress, said, lacks, same, superseded_at(said, facts), self._clock())

    def _rendered(self, row: StoredVersion) -> tuple[Line, ...]:
        """Return the page's lines, rendered anew; as plain lines when today's words would render it differently."""
        try:
            shown = rendered(row.text, row.key, self._policy.foundations)
        except PolicyError:
            return _plain(row.page)
        return shown.lines if shown.text == row.page else _plain(row.page)

    def _names(self) -> Mapping[str, str]:
        return {agency.code: agency.name for agency in self._register().agencies.values()}


def report_of(tried: Tried) -> tuple[str, ...]:
    """Return what goes with the proposal: changes, what they mean, and totals of the log; no line about any person.

    What the log would have shown by role stays with the officer who tried it: other parties see the totals.
    """
    if tried.trial is None:
        return ()
    trial = tried.trial
    lines = [cases_words(tried.cases), *(f"{line.where} {line.words}".strip() for line in trial.changes)]
    lines += [*trial.effects, trial.replayed, *trial.not_met]
    cut = len(lines) - _LONGEST_REPORT
    return tuple(lines[:_LONGEST_REPORT]) + ((f"and {cut:,} lines more",) if cut > 0 else ())


def cases_words(count: int) -> str:
    """Say that the worked cases hold."""
    return "1 worked case holds." if count == 1 else f"{count} worked cases hold."


def _plain(page: str) -> tuple[Line, ...]:
    title, *rows = page.removesuffix("\n").split("\n")
    return (Line("title", title), *(Line("row", row) for row in rows))


@dataclass(frozen=True, slots=True)
class SigningServices:
    """What pages and commands about agreements work with."""

    desk: SigningDesk
    steps: Signing
    rosters: SignatoryRosters
