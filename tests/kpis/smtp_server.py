"""A mail server of our own on the loopback, that takes what it is sent, or refuses it."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client that neither signs in nor encrypts asks for."""

    def handle(self) -> None:
        self._say("220 here")
        recipients: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                self._take(recipients)
            elif verb == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")

    def _take(self, recipients: list[str]) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.server.refusal:
            return self._say(self.server.refusal)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.taken.append((list(recipients), message))
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """taken: (recipients, message) of what came in. refusal: the answer to every message while it is set."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refusal = ""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]
