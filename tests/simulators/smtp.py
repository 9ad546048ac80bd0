"""A mail server on this machine that keeps what it is handed: plain SMTP (RFC 5321), no TLS."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default


@dataclass
class Mailbox:
    """The letters handed in; while `refuses`, none is taken."""

    port: int = 0
    letters: list[Message] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuses: bool = False


class _Conversation(socketserver.StreamRequestHandler):
    mailbox: Mailbox

    def handle(self) -> None:
        self._say("220 simulator")
        while line := self.rfile.readline():
            word = line.strip().upper()[:4]
            if word == b"DATA" and not self.mailbox.refuses:
                self._say("354 go on")
                self._take()
            elif word == b"QUIT":
                self._say("221 goodbye")
                return
            elif self.mailbox.refuses and word == b"MAIL":
                self._say("451 try again later")
            else:
                self._say("250 simulator")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.mailbox.raw.append(b"".join(lines))
        self.mailbox.letters.append(message_from_bytes(self.mailbox.raw[-1], policy=default))
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve on a free port of this machine until the test is over."""
    mailbox = Mailbox()
    handler = type("Conversation", (_Conversation,), {"mailbox": mailbox})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
