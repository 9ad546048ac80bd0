"""Carries the reply to a FHIR message to the address that its sender's administrator registered.

A reply says how far a referral is and nothing else; what it says is looked up when it is sent, so that what became
outdated while an address did not answer is never told, and each state is told once.
INVARIANT: only a registered address is called. What a message says of itself is compared with it, and never called.
INVARIANT: a reply goes to the service that sent the message; another service of the same agency never has it, but where
the agency's administrator registered an address for all that have none of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

import structlog
from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock, stamp
from hub.domain.ids import AgencyId, IdMaker, ReferralId
from hub.domain.referral import Issue, Severity
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.writer import Writer
from hub.services.partner_tasks import GIVEN_UP, NOT_TOLD
from hub.services.quarantine_clock import lead_agency
from hub.services.replies import Replies, Standing, Step
from hub.services.sealed_words import SealedWords
from hub.services.signed_calls import A_ROUND, ATTEMPTS, GOOD, SignedCalls
from hub.services.webhooks import ANY_OTHER, SERVICE
from hub.store.clear import cases, reply_calls, webhooks, work
from hub.store.clear.partner_events import STATE_CHANGED, PartnerEvent
from hub.store.clear.reply_calls import Awaited, Call
from hub.store.clear.webhooks import DEAD, DELIVERED, Webhook
from hub.store.session import Transactions

log = structlog.get_logger("hub.pushed_replies")
TELL_WITHIN: Final = timedelta(hours=4)
"""The desk tells a sender by phone whose system cannot be reached."""
_CLAIMED: Final = "Bundle.entry[0].resource.source.endpoint"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it names itself: its id, the exchange it belongs to, and the endpoint that it claims."""

    id: str
    exchange: str
    endpoint: str


class Composer(Protocol):
    """Writes a reply in the sender's format; handed in by wiring."""

    def reply(self, answers: str, receipt: str, step: str, since: str) -> tuple[str, bytes]:
        """Return the reply's own id and its bytes; the same state gives the same."""
        ...

    def headers(self, target: str, request: str, exchange: str) -> dict[str, str]:
        """Return the headers of one call, to a service (`system|value` or ""), in the exchange that a message began."""
        ...


class PushedReplies:
    """Notes who waits, owes calls and makes them. Built once by wiring."""

    def __init__(
        self,
        replies: tuple[Replies, Composer],
        calls: SignedCalls,
        gate: tuple[Doorkeeper, Writer],
        words: SealedWords,
        clear: Transactions,
        hands: tuple[Clock, IdMaker],
    ) -> None:
        """Take what knows and writes replies, who calls, who raises alarms, what seals ids, and clear rows."""
        self._replies, self._composer = replies
        self._calls, self._words, self._clear = calls, words, clear
        self._doorkeeper, self._writer = gate
        self._clock, self._ids = hands

    def await_reply(self, agency: AgencyId, receipt: Mapping[str, object], sent: Sent) -> list[Issue]:
        """Note that a sender waits for a reply to its message, and return a warning where it claims another endpoint.

        A reply about what is decided already is owed at once. Nothing is noted for an agency without a registration, or
        for a message without a name: a reply answers it by that.
        """
        with self._clear.read() as connection:
            known = self._registered(connection, agency)
        if not known:
            return []
        if sent.id:
            self._await(agency, receipt, sent)
        differs = sent.endpoint and not any(_is_of(one, sent.endpoint) for one in known)
        return [Issue(Severity.WARNING, "reply_endpoint_differs", _CLAIMED)] if differs else []

    def owe(self, connection: Connection, event: PartnerEvent) -> None:
        """Owe a call about each message that news of a receipt concerns, in the transaction that hands the news on."""
        if event.kind == STATE_CHANGED:
            for one in reply_calls.awaited_behind(connection, self._clear.partnership, event.subject):
                self._wake(connection, one, self._clock())

    def run_once(self) -> int:
        """Make each call that is due; an address that just failed is left alone for the rest of the round."""
        with self._clear.read() as connection:
            due = reply_calls.due(connection, self._clear.partnership, self._clock(), A_ROUND)
        failed: set[str] = set()
        for one in due:
            if one.webhook not in failed and not self._try(one):
                failed.add(one.webhook)
        return len(due) - len(failed)

    def _await(self, agency: AgencyId, receipt: Mapping[str, object], sent: Sent) -> None:
        id_, partnership, now = str(receipt["receipt"]), self._clear.partnership, self._clock()
        referral = ReferralId(cast("list[dict[str, str]]", receipt["records"])[0]["referral"])
        sealed = self._words.close(id_, {"message": sent.id, "exchange": sent.exchange, "service": sent.endpoint})
        with self._clear.write() as connection:
            reply_calls.await_reply(connection, partnership, Awaited(id_, agency, referral, sealed, now))
            for one in reply_calls.awaited_about(connection, partnership, referral):
                self._wake(connection, one, now)

    def _registered(self, connection: Connection, agency: AgencyId) -> list[Webhook]:
        return [one for one in webhooks.standing(connection, self._clear.partnership, agency) if one.target]

    def _wake(self, connection: Connection, awaited: Awaited, now: datetime) -> None:
        service = self._words.open(awaited.receipt, awaited.sealed).get("service", "")
        for one in _for(service, self._registered(connection, awaited.agency)):
            reply_calls.wake(connection, self._clear.partnership, one.id, awaited.receipt, now)

    def _try(self, call: Call) -> bool:
        with self._clear.read() as connection:
            webhook = webhooks.find(connection, self._clear.partnership, call.webhook)
            awaited = reply_calls.find(connection, self._clear.partnership, call.receipt)
        standing, now = self._replies.under(call.receipt), self._clock()
        if webhook is None or awaited is None or standing is None or webhook.ended_at is not None:
            return self._settle(replace(call, outcome="ended"), done_at=now)
        if standing.step is Step.WAITING:  # its sender has the receipt; whatever is news later owes a call then
            return self._settle(replace(call, next_at=now), done_at=now)
        if call.told == standing.step.value:
            return self._settle(replace(call, outcome=DELIVERED), done_at=now)
        return self._send(replace(call, attempts=call.attempts + 1), webhook, awaited, standing)

    def _send(self, tried: Call, webhook: Webhook, awaited: Awaited, standing: Standing) -> bool:
        said, now = self._words.open(awaited.receipt, awaited.sealed), self._clock()
        step = standing.step.value
        id_, body = self._composer.reply(said["message"], awaited.receipt, step, stamp(standing.since))
        headers = self._composer.headers(
            _named(webhook, said.get("service", "")), self._ids.new(), said["exchange"] or id_
        )
        status = self._calls.call(webhook, id_, headers, body, now)
        if status in GOOD:
            return self._settle(replace(tried, told=step, outcome=DELIVERED, next_at=now), done_at=now)
        log.warning("reply_failed", webhook=webhook.id, receipt=awaited.receipt, status=status, tries=tried.attempts)
        if tried.attempts < ATTEMPTS:
            self._settle(replace(tried, next_at=now + self._calls.pause(tried.attempts)), done_at=None)
        else:
            self._give_up(webhook, awaited, step, now)
            self._settle(replace(tried, outcome=DEAD, next_at=now), done_at=now)
        return False

    def _give_up(self, webhook: Webhook, awaited: Awaited, step: str, now: datetime) -> None:
        """Enter an alarm; the desk tells the sender by phone, its administrator mends the address."""
        partnership, due = self._clear.partnership, now + TELL_WITHIN
        detail = {"webhook": webhook.id, "receipt": awaited.receipt}
        self._doorkeeper.alarm(Act.WEBHOOK_RECORD, NOT_TOLD, agency=webhook.agency, family="", detail=detail)
        lead, daily = lead_agency(self._writer, now), f"{webhook.id}/{now.date()}"
        with self._clear.write() as connection:
            about = cases.find_referral(connection, partnership, awaited.referral)
            mend = work.Task(self._ids.new(), daily, GIVEN_UP, webhook.agency, None, None, now, due)
            work.add_task(connection, partnership, mend)
            if lead is not None:
                family, source = about.family if about else None, f"reply/{awaited.receipt}/{step}"
                subject = awaited.referral
                tell = work.Task(self._ids.new(), source, NOT_TOLD, lead, family, None, now, due, subject=subject)
                work.add_task(connection, partnership, tell)

    def _settle(self, call: Call, *, done_at: datetime | None) -> bool:
        with self._clear.write() as connection:
            reply_calls.settle(connection, self._clear.partnership, call, done_at=done_at)
        return True


def _for(service: str, known: Sequence[Webhook]) -> list[Webhook]:
    """Return where the replies to a service's messages go: its own registrations, else the agency's for all others."""
    own = [one for one in known if service and _is_of(one, service)]
    return own or [one for one in known if one.target == ANY_OTHER]


def _is_of(one: Webhook, service: str) -> bool:
    return _plain(service) in {_plain(one.url), _plain(one.target)}


def _named(one: Webhook, service: str) -> str:
    """Return the service that a call is for; "" where neither registration nor message names one."""
    if one.target != ANY_OTHER:
        return one.target
    return service if SERVICE.fullmatch(service) else ""


def _plain(name: str) -> str:
    """Return an address or a service's name for comparing: BaRS writes either with http or https."""
    return name.removeprefix("https://").removeprefix("http://").rstrip("/").casefold()
