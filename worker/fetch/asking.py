"""One address of a fetch, asked until it answers: the host's turn, the guarded line, retries where the cause is
transient.

    Walk     one fetch under way: where it stands, what it spent, what it met
    Asker    asks for the address a walk stands at

"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from worker.fetch.address import BadAddress, Target, target
from worker.fetch.cookies import Jars, cookies_for
from worker.fetch.exchange import Answer, Making, Stopwatch, exchange
from worker.fetch.failure import Failure
from worker.fetch.guard import Guard, NoSuchHost
from worker.fetch.model import Request
from worker.fetch.politeness import Gates, opens_at, retry_at
from worker.fetch.retry import retried
from worker.fetch.room import Room, hold
from worker.fetch.transport import GuardedTransport

MAX_REQUESTS = 10
"""of one fetch, redirects and retries together; robots.txt apart"""
LONGEST_BIDE = 5.0
"""seconds that a redirect may ask us to wait within one fetch"""
MOST_BIDING = 1000


class Provisional(Failure):
    """An answer worth asking for again; kept, in case nothing better comes."""

    def __init__(self, kind: str, why: str, answer: Answer) -> None:
        super().__init__(kind, why, transient=True)
        self.answer = answer


@dataclass(slots=True)
class Walk:
    """One fetch under way."""

    request: Request
    first: Target
    home: Target
    """where the source's own headers and cookies belong"""
    at: Target
    cookies: httpx.Cookies
    watch: Stopwatch
    redirects: list[tuple[int, str]] = field(default_factory=list)
    requests: int = 0
    retry_at: datetime | None = None
    tls: str | None = None
    status: int | None = None
    method: str = "GET"
    content: bytes = b""
    """of a request that a page's script makes (`worker.fetch.browser`); polls are GET"""

    @classmethod
    def start(cls, request: Request, cookies: httpx.Cookies, method: str = "GET", content: bytes = b"") -> Walk:
        """A walk from the request's address. Raises BadAddress."""
        first = target(request.url)
        home = target(request.home) if request.home is not None else first
        return cls(request, first, home, first, cookies, Stopwatch(request.deadline), method=method, content=content)

    @property
    def permanent(self) -> bool:
        """Whether the address asked for answered that it moved for good."""
        return bool(self.redirects) and self.redirects[0][0] in (301, 308)

    def follow(self, answer: Answer) -> None:
        """Goes where a redirect leads. Raises Failure `scheme` where that is no address we fetch."""
        location = answer.location or ""
        if answer.status not in (307, 308):
            self.method, self.content = "GET", b""
        try:
            self.at = target(location, self.at.url)
        except BadAddress as error:
            self.redirects.append((answer.status, location[:2000]))
            raise Failure("scheme", f"redirected to {location[:200]!r}: {error}") from error
        self.redirects.append((answer.status, self.at.url))

    def headers(self) -> dict[str, str]:
        """What is sent to the address the walk stands at. The source's own headers and cookies stay at home."""
        request = self.request
        headers = {"User-Agent": request.user_agent}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        cookies = cookies_for(self.cookies, self.at.url)
        downgraded = self.first.scheme == "https" and self.at.scheme == "http"
        if _at_home(self.home, self.at) and not downgraded:
            headers.update(request.headers)
            cookies.update(request.cookies)
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return headers


def _at_home(home: Target, at: Target) -> bool:
    """Whether `at` is the same server as `home`: its host, with or without www., and its port; from plain http also up
    to https, never down."""
    upgraded = (home.scheme, home.port, at.scheme, at.port) == ("http", 80, "https", 443)
    same = (home.scheme, home.port) == (at.scheme, at.port)
    return (same or upgraded) and _bare(home.host) == _bare(at.host)


def _bare(host: str) -> str:
    return host.lower().rstrip(".").removeprefix("www.")


class Asker:
    """Asks; keeps connections and gates between fetches."""

    def __init__(
        self, guard: Guard, jars: Jars, now: Callable[[], datetime], attempts: int, first_wait: timedelta,
        ca_file: str | None,
    ) -> None:  # fmt: skip
        self.gates = Gates(now)
        self._guard = guard
        self._jars = jars
        self._now = now
        self._attempts = attempts
        self._first_wait = first_wait
        self._ca_file = ca_file
        self.room = Room()
        self._transports: dict[tuple[str, str | None], GuardedTransport] = {}
        self._biding: dict[str, datetime] = {}
        """address that redirects -> when it may be followed; forgotten at a restart, which costs one wait more"""

    async def aclose(self) -> None:
        """Closes every connection."""
        for transport in self._transports.values():
            await transport.aclose()
        self._transports.clear()

    async def ask(
        self, walk: Walk, worth_again: Callable[[Answer], Failure | None], *, cut: bool = False
    ) -> Answer:
        """The answer of the address the walk stands at. Raises Failure. `worth_again` says of an answer why to ask
        again; the last such answer is given when nothing better came. With `cut`, a long body is cut instead of
        refused."""

        async def attempt() -> Answer:
            if walk.requests >= MAX_REQUESTS:
                raise Failure("redirects", f"more than {MAX_REQUESTS} requests for one page")
            walk.requests += 1
            answer = await self._once(walk, cut)
            again = worth_again(answer)
            if again is not None:
                raise Provisional(again.kind, again.why, answer)
            return answer

        try:
            answer = await retried(attempt, lambda: walk.watch.left, walk.watch.sleep, self._attempts, self._first_wait)
        except Provisional as kept:
            answer = kept.answer
        walk.tls, walk.status = answer.tls, answer.status
        self._jars.keep(walk.request.jar, walk.cookies, answer.response)
        return answer

    async def bide(self, walk: Walk, answer: Answer) -> None:
        """Waits before a redirect is followed as long as its Retry-After asks (RFC 9110 section 10.2.3). Raises
        Failure `rate-limited` where that is long: the host rests, and the redirect is followed when we are back."""
        until = retry_at(answer.header("retry-after"), answer.header("date"), self._now())
        asked = self._biding.pop(walk.at.url, None)
        if until is None or (asked is not None and asked <= self._now()):
            return
        seconds = (until - self._now()).total_seconds()
        if seconds <= min(walk.watch.left, LONGEST_BIDE):
            await walk.watch.sleep(seconds)
            return
        until = asked or until
        self._biding[walk.at.url] = until
        if len(self._biding) > MOST_BIDING:
            del self._biding[next(iter(self._biding))]
        self.gates.rest(walk.at.host_key, until)
        self._raise_if_resting(walk, walk.at.host_key)

    async def _once(self, walk: Walk, cut: bool) -> Answer:
        transport = await self._transport(walk)
        host = walk.at.host_key
        async with self._turn(walk, host):
            answer = await self._exchanged(walk, transport, cut)
        wanted = self.gates.answered(host, answer.status, answer.header("retry-after"), answer.header("date"))
        walk.retry_at = wanted or walk.retry_at
        return answer

    async def _exchanged(self, walk: Walk, transport: GuardedTransport, cut: bool) -> Answer:
        with hold() as held, self.room.coming() as coming:

            async def grow(size: int) -> None:
                if not coming.fits(size):
                    with walk.watch.paused():
                        await coming.grow()

            async def come_in(size: int) -> None:
                if not held.fits(size):
                    with walk.watch.paused():
                        await held.take(self.room, size)

            return await exchange(
                transport, walk.at, walk.headers(), max_size=walk.request.max_size, now=self._now, cut=cut,
                method=walk.method, content=walk.content, room=Making(grow, come_in),
            )  # fmt: skip

    @asynccontextmanager
    async def _turn(self, walk: Walk, host: str) -> AsyncIterator[None]:
        """The host's turn, and within it the fetch's own time."""
        politeness = walk.request.politeness
        self._raise_if_resting(walk, host)
        async with self.gates.turn(host, politeness), walk.watch.running():
            self._raise_if_resting(walk, host)
            yield

    def _raise_if_resting(self, walk: Walk, host: str) -> None:
        until = self.gates.waits(host)
        if until is not None:
            walk.retry_at = until
            raise Failure("rate-limited", f"{host} asked to be left alone until {until:%Y-%m-%dT%H:%M:%SZ}")
        opens = opens_at(walk.request.politeness, self._now())
        if opens is not None:
            walk.retry_at = opens
            raise Failure("rate-limited", f"no visit to {host} before {opens:%Y-%m-%dT%H:%M:%SZ}, by its visit windows")

    async def _transport(self, walk: Walk) -> GuardedTransport:
        request = walk.request
        if request.proxy is not None:
            await self._vet_for_proxy(request.proxy, walk.at)
        key = (request.tls, request.proxy)
        if key not in self._transports:
            self._transports[key] = GuardedTransport(self._guard, request.tls, request.proxy, self._ca_file)
        return self._transports[key]

    async def _vet_for_proxy(self, proxy: str, at: Target) -> None:
        """A proxy resolves names itself, so what it dials cannot be vetted; what we can see of the target is."""
        if not proxy.startswith(("http://", "https://")):
            raise Failure("unsupported", "proxies are spoken to in HTTP only")
        try:
            await self._guard.vetted(at.host, at.port)
        except NoSuchHost:
            return
