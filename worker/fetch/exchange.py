"""One request and its answer: sent over a guarded connection, read raw, unpacked within its budget. No redirects, no
retries."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpcore
import httpx

from worker.fetch.address import Target
from worker.fetch.dial import Allowance, Line, allowance
from worker.fetch.failure import Failure, failure_of
from worker.fetch.transport import Body
from worker.fetch.unpack import ACCEPT_ENCODING, PIECE, Unpacker

HEAD_BUDGET = 512 * 1024
"""bytes of the wire until the head is complete; the parser below stops at 100 KiB of one head, this stops endless
1xx answers"""
MOST_PARTS = 20_000
"""chunks of a body that may be tiny; each costs more time than its bytes"""
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 30.0
"""without a single byte; the total deadline is another matter and holds against drips"""
REDIRECT_BODY = 16 * 1024
"""bytes read of a redirect's body, so that its connection can be used again"""

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_WHOLE = re.compile(r"bytes 0-(\d{1,18})/(\d{1,18})", re.IGNORECASE)


MakeRoom = Callable[[int], Awaitable[None]]
"""waits until there is room for a body of so many bytes"""


async def _always(size: int) -> None:
    """For bodies that are small by their bounds."""


@dataclass(frozen=True, slots=True)
class Making:
    """How room is made for a body: to grow on while it comes in, and to be in memory when it is whole."""

    to_grow: MakeRoom = _always
    in_memory: MakeRoom = _always


class Stopwatch:
    """A fetch's own time: waits for a host's turn and for room are not counted, everything else is."""

    def __init__(self, deadline: timedelta) -> None:
        self.deadline = deadline.total_seconds()
        self.spent = 0.0
        self._limit: asyncio.Timeout | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(self.deadline - self.spent, 0.0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Counts the block; cancels it at the deadline. Raises Failure `deadline`."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.left) as self._limit:
                yield
        except TimeoutError as error:
            raise Failure("deadline", f"not finished within {self.deadline:g} s") from error
        finally:
            self.spent += time.monotonic() - started

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Inside a `running` block: this is not the server's time."""
        limit, begun = self._limit, time.monotonic()
        until = limit.when() if limit is not None else None
        if limit is None or until is None:
            yield
            return
        limit.reschedule(None)
        try:
            yield
        finally:
            waited = time.monotonic() - begun
            self.spent -= waited
            limit.reschedule(until + waited)

    async def sleep(self, seconds: float) -> None:
        """Sleeps, counted."""
        await asyncio.sleep(seconds)
        self.spent += seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: datetime
    location: str | None = None
    """where a redirect leads, as sent"""
    tls: str | None = None
    cut: str | None = None
    """how the body ended before its end"""
    response: httpx.Response | None = None

    def header(self, name: str) -> str | None:
        """First value of a header, by lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


async def exchange(
    transport: httpx.AsyncBaseTransport,
    target: Target,
    headers: Mapping[str, str],
    *,
    max_size: int,
    now: Callable[[], datetime],
    room: Making = Making(),
    cut: bool = False,
    method: str = "GET",
    content: bytes = b"",
) -> Answer:
    """Asks for `target` once. Raises Failure. With `cut`, a body beyond `max_size` is cut there instead. `room`
    is waited for, and not counted, while the body comes in and when it is whole: the connection is free by then."""
    # httpx makes a Host of its own from the name's Unicode form, and fails where a name that exists has none
    sent = {"Host": urlsplit(target.url).netloc, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING, **headers}
    request = httpx.Request(method, target.url, headers=httpx.Headers(sent, "utf-8"), content=content or None)
    budget = Allowance(HEAD_BUDGET)
    token = allowance.set(budget)
    try:
        return await _exchange(transport, request, budget, max_size, now, room, cut)
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        raise failure from error
    finally:
        allowance.reset(token)


async def _exchange(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, budget: Allowance, max_size: int,
    now: Callable[[], datetime], room: Making, cut: bool,
) -> Answer:  # fmt: skip
    request.extensions["timeout"] = {
        "connect": CONNECT_SECONDS, "read": SILENCE_SECONDS, "write": SILENCE_SECONDS, "pool": SILENCE_SECONDS,
    }  # fmt: skip
    response = await transport.handle_async_request(request)
    response.request = request
    with ExitStack() as ending:
        try:
            line = response.extensions.get("network_stream")
            tls = line.get_extra_info("tls_verdict") if line is not None else None
            received = tuple((_text(name), _text(value)) for name, value in response.headers.raw)
            location = _location(response) if response.status_code in REDIRECTS else None
            answered = now()
            cap = max_size if location is None else REDIRECT_BODY
            unpacker = _unpacker(response, cap, cut or location is not None)
            ending.callback(unpacker.close)
            budget.left = 2 * cap + 2 * HEAD_BUDGET
            ended = await _receive(response, unpacker, room.to_grow)
            if isinstance(response.stream, Body) and response.stream.stray and isinstance(line, Line):
                line.spoil()
        finally:
            await response.aclose()
        if location is not None and ended is not None:
            body, ended = b"", None
        else:
            await room.in_memory(unpacker.size)
            body = unpacker.body
    return Answer(response.status_code, received, body, answered, location, tls, ended, response)


def _unpacker(response: httpx.Response, cap: int, cut: bool) -> Unpacker:
    """For the body of this answer. Raises Failure where it says itself that it is too long."""
    declared = response.headers.get("content-length", "")
    encoding = response.headers.get("content-encoding")
    if not cut and not encoding and declared.isascii() and declared.isdigit() and int(declared[:18]) > cap:
        raise Failure("too-large", f"Content-Length is {declared[:18]}, at most {cap} bytes are taken")
    return Unpacker(encoding, cap, cut)


async def _receive(response: httpx.Response, unpacker: Unpacker, room: MakeRoom) -> str | None:
    """Unpacks the body as it comes in; how it ended early if it did."""
    try:
        parts = 0
        async for data in response.aiter_raw():
            parts += 1
            if parts > MOST_PARTS + unpacker.size // 64:
                raise Failure("parse", f"a body of more than {MOST_PARTS} parts of a few bytes each")
            if parts % 200 == 0:
                await asyncio.sleep(0)
            for _ in unpacker.feed(data):
                if unpacker.size >= PIECE:
                    await asyncio.sleep(0)
            await room(unpacker.size)
            if unpacker.full:
                break
    except (httpcore.RemoteProtocolError, httpcore.ReadError) as error:
        return str(error) or "connection reset within the body"
    if not unpacker.complete and not unpacker.full:
        return f"the {response.headers.get('content-encoding')} stream ends before its end"
    return _in_part(response)


def _in_part(response: httpx.Response) -> str | None:
    """Why an answer is less than the whole that was asked for (RFC 9110 section 15.3.7), or None."""
    if response.status_code != 206:
        return None
    said = response.headers.get("content-range", "")
    whole = _WHOLE.fullmatch(said.strip())
    if whole is not None and int(whole[1]) + 1 == int(whole[2]):
        return None
    return f"status 206, a part ({said[:60] or 'without a range'}) where all was asked for"


def _location(response: httpx.Response) -> str | None:
    """The Location as sent; bytes beyond ASCII percent-encoded as they are, which is what browsers do with them."""
    for name, value in response.headers.raw:
        if name.lower() == b"location":
            return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value)
    return None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
