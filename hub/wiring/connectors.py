"""Every connector this hub runs: its own, and those that other packages ship under the entry point `hub.connectors`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final

from connectors.registry import CONNECTORS
from hub.domain.errors import SettingsError
from hub.domain.referral import Connector

GROUP: Final = "hub.connectors"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{2,39}", re.ASCII)


@cache
def all_connectors() -> Mapping[str, Connector]:
    """Return name -> connector, read once per process.

    Raises:
        SettingsError: one cannot be loaded, is incomplete, badly named, or has the name of another: the hub does not
            start with less than what is installed.
    """
    return with_shipped(CONNECTORS, entry_points(group=GROUP))


def with_shipped(own: Mapping[str, Connector], shipped: Iterable[EntryPoint]) -> Mapping[str, Connector]:
    """Return our own connectors and the shipped ones; each may be a class or a ready-made object."""
    found = dict(own)
    for point in shipped:
        connector = _loaded(point)
        if connector.name in found:
            raise SettingsError("connector_named_twice", where=connector.name, next_step=f"uninstall {point.value}")
        found[connector.name] = connector
    return MappingProxyType(found)


def _loaded(point: EntryPoint) -> Connector:
    try:
        loaded = point.load()
        connector: Connector = loaded() if isinstance(loaded, type) else loaded
    except Exception:  # noqa: BLE001  somebody else's program: however it fails, the operator is told which
        raise SettingsError("connector_unreadable", where=point.value, next_step="mend or uninstall it") from None
    if not all(callable(getattr(connector, name, None)) for name in ("parse", "message_key")):
        raise SettingsError("connector_incomplete", where=point.value, next_step="see docs/connectors.md")
    if not isinstance(getattr(connector, "name", None), str) or not _NAME.fullmatch(connector.name):
        raise SettingsError("connector_badly_named", where=point.value, next_step="lower-case letters, digits and _")
    return connector
