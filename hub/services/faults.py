"""The operator's log of defects. INVARIANT: kind and place only: the words of an error may hold values."""

import secrets
from typing import Final

import structlog

from hub.domain.errors import HubError

_LOG: Final = structlog.get_logger("hub.faults")


def note(error: Exception) -> str:
    """Log a defect under a reference made for it and return that."""
    reference, trace = secrets.token_hex(8), error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    code = error.code if isinstance(error, HubError) else ""
    _LOG.error("unexpected", reference=reference, kind=type(error).__name__, code=code, place=place)
    return reference
