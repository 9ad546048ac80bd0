"""The post: hands letters to one mail server, over TLS unless that server is on this machine."""

import smtplib
import ssl
from email.message import EmailMessage

from hub.domain.errors import PostUnavailableError
from hub.services.digest import Letter
from hub.settings import Smtp

_PATIENCE = 10.0
"""Seconds to wait for the server: the other work of the worker waits as long."""


class SmtpPost:
    """Sends through one server. Built once by wiring."""

    def __init__(self, server: Smtp) -> None:
        """Take the server's address, the sender, and how to sign in there."""
        self._server = server

    def send(self, letter: Letter) -> None:
        """Hand one letter to the server; the error says only that it was not taken."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, letter.to, letter.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        try:
            with smtplib.SMTP(self._server.host, self._server.port, timeout=_PATIENCE) as server:
                if self._server.tls:
                    server.starttls(context=ssl.create_default_context())
                if self._server.user:
                    server.login(self._server.user, self._server.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException):
            raise PostUnavailableError from None
