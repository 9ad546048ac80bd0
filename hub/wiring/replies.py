"""Builds what looks up a sender's message by its own key."""

import hmac

from hub.domain.clock import Clock
from hub.policy.working_days import Calendar
from hub.services.replies import Replies
from hub.store.session import Transactions


def build_replies(clear: Transactions, clock: Clock, calendar: Calendar, key: bytes) -> Replies:
    """Return the look-up; `key` is the one under which intake keeps idempotency keys."""
    return Replies(clear, clock, calendar, lambda data: hmac.digest(key, data, "sha256").hex())
