"""Hands events to the agencies they are for: signed calls, tried again with back-off, else an e-mail and a task.

Format: Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,...`), thin events.
INVARIANT: what is owed is in the database before it is tried: a process that dies tries again, under the same id.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock, stamp
from hub.domain.errors import PostUnavailableError
from hub.domain.ids import AgencyId, IdMaker
from hub.gate.doorkeeper import Doorkeeper
from hub.services.digest import Letter, Post
from hub.services.partner_tasks import GIVEN_UP
from hub.services.pushed_replies import PushedReplies
from hub.services.signed_calls import A_ROUND, ATTEMPTS, GOOD, LONGEST_PAUSE, SignedCalls
from hub.store.clear import door, partner_events, work
from hub.store.clear import webhooks as rows
from hub.store.clear.partner_events import PartnerEvent
from hub.store.clear.webhooks import DEAD, DELIVERED, MAILED, NO_EMAIL, Delivery, Webhook
from hub.store.session import Transactions

log = structlog.get_logger("hub.deliveries")
LOOK_WITHIN: Final = timedelta(days=1)
SUBJECT: Final = "Something changed at the safeguarding hub"
_ABOUT: Final = {partner_events.REQUEST_RECEIVED: "request", partner_events.SCHOOL_NOTICE: "school_notice"}


class Deliveries:
    """Carries events out. Built by wiring for the worker."""

    def __init__(
        self,
        calls: SignedCalls,
        replies: PushedReplies,
        post: Post | None,
        doorkeeper: Doorkeeper,
        base_url: str,
        clear: Transactions,
        hands: tuple[Clock, IdMaker],
    ) -> None:
        """Take who calls, what owes replies, the post (None without a mail server), who raises alarms, clear rows."""
        self._calls, self._replies, self._post, self._doorkeeper = calls, replies, post, doorkeeper
        self._base_url, self._clear = base_url, clear
        self._clock, self._ids = hands

    def run_once(self) -> int:
        """Owe each new event to its agency's registrations, then try what is due; returns how much was done."""
        return self._owe() + self._try_due()

    def _owe(self) -> int:
        now, partnership = self._clock(), self._clear.partnership
        with self._clear.read() as connection:
            new = partner_events.waiting(connection, partnership, now)
        for event in new:
            with self._clear.write() as connection:
                if _overtaken(connection, partnership, event):
                    partner_events.handed_on(connection, partnership, event.id, now)
                    continue
                for webhook in rows.standing(connection, partnership, event.agency):
                    if not webhook.target and webhook.added_at <= event.not_before:
                        rows.owe(connection, partnership, Delivery(webhook.id, event.id, 0, now))
                self._replies.owe(connection, event)
                partner_events.handed_on(connection, partnership, event.id, now)
        return len(new)

    def _try_due(self) -> int:
        """Try each due call once; an address that just failed is left alone for the rest of the round."""
        with self._clear.read() as connection:
            by_email = self._post is not None
            due = rows.due(connection, self._clear.partnership, self._clock(), A_ROUND, by_email=by_email)
        failed: set[str] = set()
        for one in due:
            if one.webhook not in failed and not self._try(one):
                failed.add(one.webhook)
        return len(due) - len(failed)

    def _try(self, delivery: Delivery) -> bool:
        partnership = self._clear.partnership
        with self._clear.read() as connection:
            webhook = rows.find(connection, partnership, delivery.webhook)
            event = partner_events.find(connection, partnership, delivery.event)
        if webhook is None or event is None or webhook.ended_at is not None:
            return True
        tried = replace(delivery, attempts=delivery.attempts + 1)
        if not webhook.url:
            return self._fall_back(webhook, event, tried)
        now = self._clock()
        body = json.dumps(thin(event), sort_keys=True).encode()
        status = self._calls.call(webhook, event.id, {"Content-Type": "application/json"}, body, now)
        if status in GOOD:
            self._settle(replace(tried, outcome=DELIVERED, next_at=now), done_at=now)
            return True
        if tried.attempts >= ATTEMPTS:
            return self._fall_back(webhook, event, tried)
        log.warning("webhook_failed", webhook=webhook.id, call=event.id, status=status, attempts=tried.attempts)
        self._settle(replace(tried, next_at=now + self._calls.pause(tried.attempts)), done_at=None)
        return False

    def _fall_back(self, webhook: Webhook, event: PartnerEvent, tried: Delivery) -> bool:
        """Tell by e-mail where there is an address, with the reference only; else give up, loudly.

        Where no e-mail is set up the letter waits until it is; that calls failed is said nevertheless.
        """
        now = self._clock()
        if webhook.email and self._post is None:
            if webhook.url:
                self._give_up(webhook, event, now)
            attempts = tried.attempts if webhook.url else 0
            self._settle(replace(tried, attempts=attempts, outcome=NO_EMAIL, next_at=now), done_at=None)
            return not webhook.url
        if webhook.email and self._post is not None:
            try:
                self._post.send(Letter(webhook.email, SUBJECT, self._letter(event)))
            except PostUnavailableError:
                if tried.attempts < ATTEMPTS * 2:
                    self._settle(replace(tried, next_at=now + LONGEST_PAUSE), done_at=None)
                    return False
            else:
                self._settle(replace(tried, outcome=MAILED, next_at=now), done_at=now)
                return True
        self._give_up(webhook, event, now)
        self._settle(replace(tried, outcome=DEAD, next_at=now), done_at=now)
        return False

    def _give_up(self, webhook: Webhook, event: PartnerEvent, now: datetime) -> None:
        """Enter an alarm, and leave a task for the agency's administrator: one a day for each registration."""
        detail = {"webhook": webhook.id, "event": event.id}
        self._doorkeeper.alarm(Act.WEBHOOK_RECORD, GIVEN_UP, agency=webhook.agency, family="", detail=detail)
        source = f"{webhook.id}/{now.date()}"
        task = work.Task(
            self._ids.new(), source, GIVEN_UP, AgencyId(webhook.agency), None, None, now, now + LOOK_WITHIN
        )
        with self._clear.write() as connection:
            work.add_task(connection, self._clear.partnership, task)

    def _settle(self, delivery: Delivery, *, done_at: datetime | None) -> None:
        with self._clear.write() as connection:
            rows.settle(connection, self._clear.partnership, delivery, done_at=done_at)

    def _letter(self, event: PartnerEvent) -> str:
        return (
            f"There is news about what your agency sent, was sent or was asked. Reference: {event.subject}\n\n"
            f"Sign in to read it: {self._base_url}/\n\nThis message holds nothing else.\n"
        )


def _overtaken(connection: Connection, partnership: str, event: PartnerEvent) -> bool:
    """Say whether a placing was to be told at this instant, and is not any more: its message was withdrawn since."""
    if event.kind != partner_events.STATE_CHANGED or event.not_before <= event.at:
        return False
    found = door.outcomes(connection, partnership, [event.detail.get(partner_events.OF, "")])
    return [one.told_at for one in found if one.withdrawn_at is None] != [event.not_before]


def thin(event: PartnerEvent) -> dict[str, object]:
    """Return what a call says: the kind, when it may be told, and which receipt, request or notice to ask about."""
    name = _ABOUT.get(event.kind, "receipt")
    return {"type": event.kind, "id": event.id, "timestamp": stamp(event.not_before), "data": {name: event.subject}}
