"""What the front door's work is made of, handed to pages as one."""

from dataclasses import dataclass

from hub.policy.signals import SignalRules
from hub.services.answering import Answering
from hub.services.deciding import Deciding
from hub.services.feedback import Feedback
from hub.services.redirections import Redirections
from hub.services.requests import Requests
from hub.services.strategy import Strategy


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """The services of this area, built once by wiring."""

    deciding: Deciding
    redirections: Redirections
    feedback: Feedback
    requests: Requests
    answering: Answering
    strategy: Strategy
    signals: SignalRules
