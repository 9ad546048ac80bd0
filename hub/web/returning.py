"""Where somebody wanted to go before they were asked who they are: kept as one of our own routes, never as an address.

The path lies in the browser's signed form cookie. It is believed only as far as it matches a page of ours that can be
opened and stands behind a door; the address to go to is built again from the route's name.
"""

from typing import Final

from flask import current_app, request, session, url_for
from werkzeug.exceptions import HTTPException

_KEY: Final = "next"
_LONGEST: Final = 300


def remember() -> None:
    """Remember the page that was asked for, so that the way leads there after proving who one is."""
    session[_KEY] = request.path[:_LONGEST]


def target() -> str:
    """Return the address of the remembered page, once; home when there is none."""
    return _address(session.pop(_KEY, "")) or url_for("main.home")


def remembered() -> str:
    """Return the remembered path, to carry it over a cleared form cookie."""
    return str(session.get(_KEY, ""))


def carry(path: str) -> None:
    """Remember a path again."""
    if path:
        session[_KEY] = path


def _address(path: object) -> str:
    if not isinstance(path, str):
        return ""
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return ""
    doors, unlocked = current_app.extensions["hub_doors"], current_app.extensions["hub_open"]
    return url_for(endpoint, **values) if endpoint in doors and endpoint not in unlocked else ""
