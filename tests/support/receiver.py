"""Receivers on loopback, for notifiers to tell: a webhook's, and a mail server's."""

from __future__ import annotations

import contextlib
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One POST."""

    headers: dict[str, str]
    """by lower-case name"""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def seqs(self) -> list[int]:
        return [change["seq"] for change in self.json["changes"]]


Answers = Callable[[Heard], "tuple[int, dict[str, str], str]"]


class Hook:
    """A webhook's receiver. `answer` decides what each POST is answered; what was answered with 2xx is `taken`."""

    def __init__(self, answer: Answers = lambda heard: (204, {}, "")) -> None:
        self.answer = answer
        self.heard: list[Heard] = []
        self.taken: list[Heard] = []
        self.lock = threading.Lock()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed in the middle of it
                    self.close_connection = True
                    return
                one = Heard({name.lower(): value for name, value in self.headers.items()}, body)
                status, headers, said = hook.answer(one)
                with hook.lock:
                    hook.heard.append(one)
                    if status < 300:
                        hook.taken.append(one)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(said.encode())))
                self.end_headers()
                if status != 204:
                    self.wfile.write(said.encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Keeps no log."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A sender that was killed is no error of ours."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Hook:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Postbox:
    """What a mail server took, and how it answers."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)
    data_answer: str = "250 taken"
    port: int = 0


@contextmanager
def mail_server(context: ssl.SSLContext | None = None) -> Iterator[Postbox]:
    """An SMTP server; with a TLS context it offers STARTTLS and takes letters only after it."""
    box = Postbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            box.connections += 1
            self.secure = False
            self.to: list[str] = []
            self.say("220 postbox")
            while line := self.rfile.readline():
                if not self.command(line.decode().rstrip("\r\n")):
                    return

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()
            self.request.close()

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")
            self.wfile.flush()

        def command(self, line: str) -> bool:
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                tls = "250-STARTTLS\r\n" if context is not None and not self.secure else ""
                self.say(f"250-postbox\r\n{tls}250 AUTH PLAIN")
            elif word == "STARTTLS" and context is not None:
                self.say("220 go on")
                self.request = context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
                self.secure = True
            elif word == "AUTH":
                box.logins.append(line)
                self.say("235 welcome")
            elif word == "MAIL":
                self.to = []
                self.say("250 ok" if self.secure or context is None else "530 STARTTLS first")
            elif word == "RCPT":
                self.to.append(line)
                self.say("250 ok")
            elif word == "DATA":
                self.say("354 go on")
                self.letter()
            elif word == "QUIT":
                self.say("221 bye")
                return False
            else:
                self.say("250 ok")
            return True

        def letter(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if box.data_answer.startswith("250"):
                said = message_from_bytes(b"".join(lines).replace(b"\r\n", b"\n"), policy=policy.default)
                assert isinstance(said, EmailMessage)
                box.letters.append(said)
                box.recipients.append(self.to)
                box.encrypted.append(self.secure)
            self.say(box.data_answer)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not trust us hangs up."""

    with Server(("127.0.0.1", 0), Session) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield box
        server.shutdown()
