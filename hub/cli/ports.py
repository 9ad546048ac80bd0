"""Whether an address to serve at is free, asked before anything is built that would be served there."""

import socket

from hub.domain.errors import HubError


def require_free(host: str, port: int) -> None:
    """Return silently when this address can be served at; HubError `address_taken` otherwise."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trying.bind((host, port))
    except OSError:
        raise HubError("address_taken", where=f"{host}:{port}", next_step="stop what runs there, or --port") from None
