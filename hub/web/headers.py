"""Headers that every page carries: nothing from elsewhere, no scripts at all, nothing kept by browsers or proxies."""

from typing import Final

from flask import Response, current_app, request

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

SANDBOXED: Final = frozenset({"attachments.open_file", "attachments.copy", "printing.choose"})
"""Doors that hand out a file: a browser that shows it all the same gives it no rights."""
_ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def secure(response: Response) -> Response:
    """Set the headers; hand it to `app.after_request`.

    INVARIANT: only static files, which are the same for everybody, may be stored; whatever a view or an error handler
    set is overwritten.
    """
    response.headers.update(_ALWAYS)
    if request.endpoint in SANDBOXED and response.mimetype != "text/html":
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if current_app.config["PREFERRED_URL_SCHEME"] == "https":
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static" or response.status_code not in {200, 304}:
        response.headers["Cache-Control"] = "no-store"
    return response
