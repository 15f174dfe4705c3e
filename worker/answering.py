"""What operators' tools ask: /healthz, /readyz, /metrics; and the daemon's own small port for it.

The port is served from threads of the standard library: it answers also when the daemon's loop hangs, which is when
somebody wants to know. `serve` and `run --web` hang the same answers into their pages.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import AF_INET6
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.errors import ArchiveError
from archive.records import Heartbeat
from worker import logs
from worker.watch import Readiness, lateness, ready

if TYPE_CHECKING:
    from archive.counting import Counting, Numbers
    from worker.tally import Tally


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a GET."""

    status: int
    media_type: str
    body: bytes


Answers = Mapping[str, Callable[[], Answer]]
"""path -> what answers it"""


def answers(
    now: Callable[[], datetime], counting: Counting, live: Callable[[], Heartbeat] | None = None,
    tally: Tally | None = None,
) -> Answers:  # fmt: skip
    """The answers of a daemon, which knows how it is (`live`) and counts (`tally`), or of a process beside it, which
    reads the archive."""

    def numbers() -> Numbers | None:
        try:
            return counting.numbers()
        except ArchiveError:
            return None

    def beat() -> tuple[Heartbeat | None, str | None]:
        if live is not None:
            return live(), None
        try:
            return counting.numbers().heartbeat, None
        except ArchiveError as error:
            return None, f"the archive does not answer: {error}"

    def readiness() -> Answer:
        said, broken = beat()
        return readiness_answer(said, ready(said, now()) if broken is None else Readiness(False, (broken,)), now())

    def metrics() -> Answer:
        from worker.metrics import CONTENT_TYPE, rendered

        said = numbers()
        current = live() if live is not None else said.heartbeat if said is not None else None
        return Answer(200, CONTENT_TYPE, rendered(now(), tally, current, said))

    return {"/healthz": lambda: as_json(200, {"alive": True}), "/readyz": readiness, "/metrics": metrics}


def readiness_answer(beat: Heartbeat | None, judged: Readiness, now: datetime) -> Answer:
    """200 where polling truly happens, else 503; both say why."""
    said: dict[str, object] = {"ready": judged.ready, "reasons": list(judged.reasons)}
    if beat is not None:
        said |= {
            "state": beat.state, "heard_at": _moment(beat.beat_at), "last_tick_at": _moment(beat.ticked_at),
            "last_poll_at": _moment(beat.polled_at), "due_pages": beat.due, "busy_hosts": beat.busy,
            "lateness_seconds": round(lateness(beat, now).total_seconds(), 1), "disk_free_bytes": beat.disk_free,
            "disk_floor_bytes": beat.disk_floor, "memory_bytes": beat.memory, "host": beat.host, "pid": beat.pid,
        }  # fmt: skip
    return as_json(200 if judged.ready else 503, said)


def as_json(status: int, value: object) -> Answer:
    """A value as JSON, for programs and for people who ask with curl."""
    return Answer(status, "application/json", (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value is not None else None


class Port:
    """A port on which answers are served, from threads. Raises OSError where it cannot be had."""

    def __init__(self, host: str, port: int, said: Answers, names: Sequence[str] = ()) -> None:
        class Handler(_Handler):
            answers = said
            known = frozenset(name.lower() for name in names)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            address_family = AF_INET6 if ":" in host else ThreadingHTTPServer.address_family

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Somebody hung up: nothing to say."""

        self._server = Server((host, port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="signals", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port taken."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    answers: Answers
    known: frozenset[str]
    protocol_version = "HTTP/1.0"
    server_version, sys_version = "Muniment", ""
    timeout = 10

    def do_GET(self) -> None:
        """Answers, whatever goes wrong inside."""
        answering = self.answers.get(self.path.partition("?")[0])
        if not self._meant():
            ask = b"ask for 127.0.0.1, [::1], localhost or a name in metrics.hosts\n"
            said = Answer(421, "text/plain; charset=utf-8", ask)
        elif answering is None:
            said = Answer(404, "text/plain; charset=utf-8", f"here are {', '.join(self.answers)}\n".encode())
        else:
            try:
                said = answering()
            except Exception as error:
                said = as_json(500, {"error": repr(error)})
        self.send_response(said.status)
        self.send_header("Content-Type", said.media_type)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(said.body)

    do_HEAD = do_GET

    def _meant(self) -> bool:
        """False where a page elsewhere has pointed a name of its own at this machine's loopback. Where other machines
        reach the port they may call it what they like."""
        own, *_ = self.connection.getsockname()
        try:
            name = urlsplit(f"//{self.headers.get('Host', own)}").hostname or ""
            return not _is_loopback(own) or name in self.known or _is_loopback(name)
        except ValueError:
            return False

    def log_message(self, format: str, *args: object) -> None:
        """A scrape every few seconds is no news."""


def _is_loopback(name: str) -> bool:
    """Whether a Host header's name is this machine's own. Raises ValueError for other names."""
    return name == "localhost" or ip_address(name).is_loopback


def answer_on(listen: str, said: Answers, names: Sequence[str] = ()) -> Callable[[], None]:
    """Serves these answers on HOST:PORT; what ends that. An address that cannot be had is said, and no reason not to
    poll. `names` are those under which a proxy on this machine passes questions on."""
    host, _, number = listen.rpartition(":")
    log = logs.get("signals")
    try:
        port = Port(host.strip("[]"), int(number), said, names)
    except OSError as error:
        log.error("no signals", listen=listen, reason=f"{error.strerror}; choose another metrics.listen")
        return lambda: None
    log.info("signals", address=f"http://{host}:{port.port}/metrics")
    return port.close
