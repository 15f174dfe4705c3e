"""The network's only door. One `Request` in, one `Fetched` out, whatever a server, a network or an address do to us.

    for every address on the way (at most 10 requests in all):
        robots.txt      asked once per origin through this same walk, obeyed
        turn            the host's gate: gap, parallelism, Retry-After of the whole host
        exchange        guarded dial, TLS verdict, head and body within their budgets
        again           where the cause is transient, a few times, further apart
    judge               the outcome, from status, headers and words

The deadline is the fetch's own: waiting for a host's turn does not count, everything else does.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx

from worker.decode import decode
from worker.fetch.address import BadAddress, Target, target
from worker.fetch.cookies import Jars
from worker.fetch.exchange import Answer, Stopwatch, exchange
from worker.fetch.failure import Failure, failure_of
from worker.fetch.guard import Guard, Network, NoSuchHost, Resolver
from worker.fetch.model import Fetched, Politeness, Request
from worker.fetch.outcome import judge
from worker.fetch.politeness import Gates, opens_at
from worker.fetch.retry import ATTEMPTS, FIRST_WAIT, retried
from worker.fetch.robots import MAX_SIZE as ROBOTS_SIZE
from worker.fetch.robots import Answer as RobotsAnswer
from worker.fetch.robots import Robots
from worker.fetch.transport import GuardedTransport

MAX_REQUESTS = 10
"""of one fetch, redirects and retries together; robots.txt apart"""
ROBOTS_DEADLINE = timedelta(seconds=20)
JUDGED_BYTES = 256 * 1024
"""of a body that are decoded to judge it"""
QUIET = frozenset({"ok", "moved", "not-modified"})
TRANSIENT = frozenset(
    {"truncated", "maintenance", "error:http-5xx", "error:timeout", "error:deadline", "error:rate-limited"}
)
RETRIED_STATUS = frozenset({502, 503, 504})

_log = logging.getLogger("muniment.fetch")


class Provisional(Failure):
    """An answer worth asking for again; kept, in case nothing better comes."""

    def __init__(self, kind: str, why: str, answer: Answer) -> None:
        super().__init__(kind, why, transient=True)
        self.answer = answer


@dataclass(slots=True)
class _Walk:
    """One fetch under way."""

    request: Request
    first: Target
    watch: Stopwatch
    cookies: httpx.Cookies
    at: Target
    redirects: list[tuple[int, str]] = field(default_factory=list)
    requests: int = 0
    attempts: int = 0
    retry_at: datetime | None = None
    tls: str | None = None
    status: int | None = None

    @property
    def permanent(self) -> bool:
        """Whether the address asked for answered that it moved for good."""
        return bool(self.redirects) and self.redirects[0][0] in (301, 308)


class Fetcher:
    """Fetches; keeps connections, gates, robots.txt and cookies between fetches. Use as a context manager, or
    `aclose`."""

    def __init__(
        self,
        allow_networks: Sequence[Network],
        now: Callable[[], datetime],
        jars: Jars | None = None,
        resolver: Resolver | None = None,
        ca_file: str | None = None,
        attempts: int = ATTEMPTS,
        first_wait: timedelta = FIRST_WAIT,
    ) -> None:
        self._now = now
        self._resolver = resolver
        self._ca_file = ca_file
        self._attempts = attempts
        self._first_wait = first_wait
        self._guard = Guard(allow_networks, resolver)
        self._gates = Gates(now)
        self._robots = Robots(now)
        self._jars = jars or Jars()
        self._transports: dict[tuple[str, str | None], httpx.AsyncBaseTransport] = {}
        self._ignored_robots: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes every connection."""
        for transport in self._transports.values():
            await transport.aclose()
        self._transports.clear()
        self._guard.close()

    def allow(self, networks: Sequence[Network]) -> None:
        """Replaces the list of permitted private networks, for every connection made from now on."""
        self._guard.allow = tuple(networks)

    def waits(self, host: str, politeness: Politeness | None = None) -> datetime | None:
        """Until when `host` is to be left alone, by its own Retry-After or the visit windows; None: ask now."""
        now = self._now()
        times = [self._gates.waits(host), opens_at(politeness, now) if politeness is not None else None]
        return max((when for when in times if when is not None), default=None)

    def waiting(self) -> frozenset[str]:
        """Hosts that asked to be left alone for now."""
        return self._gates.waiting()

    def rest(self, host: str, until: datetime) -> None:
        """Leaves a host alone until then, as it asked an earlier process."""
        self._gates.rest(host, until)

    async def fetch(self, request: Request) -> Fetched:
        """One exchange, good or bad. Never raises for anything that came from outside; only cancelling passes."""
        watch = Stopwatch(request.deadline)
        try:
            first = target(request.url)
        except BadAddress as error:
            return Fetched(request.url, request.url, self._now(), "error:scheme", error=str(error))
        walk = _Walk(request, first, watch, self._jars.jar(request.jar), first)
        try:
            return self._judged(walk, await self._follow(walk))
        except Failure as failure:
            return self._failed(walk, failure)
        except Exception as error:
            # what a server sent has confused a library below us: an outcome, and a line for whoever can mend it
            _log.exception("fetch failed in an unforeseen way url=%s", walk.at.url)
            return self._failed(walk, failure_of(error) or Failure("parse", f"{type(error).__name__}: {error}"))

    # --- the walk ----------------------------------------------------------------------------------------------------

    async def _follow(self, walk: _Walk) -> Answer:
        seen = {walk.at.url}
        while True:
            await self._check_robots(walk)
            answer = await self._again(walk)
            walk.tls, walk.status = answer.tls, answer.status
            fresh_cookie = answer.header("set-cookie") is not None
            if answer.response is not None:
                self._jars.keep(walk.request.jar, walk.cookies, answer.response)
            if answer.location is None:
                return answer
            walk.at = _next(walk, answer)
            if walk.at.url in seen and not fresh_cookie:
                raise Failure("redirects", f"redirects in a loop: {walk.at.url} for the second time")
            seen.add(walk.at.url)

    async def _again(self, walk: _Walk) -> Answer:
        async def attempt() -> Answer:
            if walk.requests >= MAX_REQUESTS:
                raise Failure("redirects", f"more than {MAX_REQUESTS} requests for one page")
            walk.requests += 1
            walk.attempts += 1
            return await self._ask(walk)

        walk.attempts = 0
        try:
            return await retried(attempt, lambda: walk.watch.left, walk.watch.sleep, self._attempts, self._first_wait)
        except Provisional as kept:
            return kept.answer

    async def _ask(self, walk: _Walk) -> Answer:
        host, request = walk.at.host_key, walk.request
        async with self._turn(walk):
            transport = await self._transport(request, walk.at)
            headers = self._headers(walk)
            answer = await exchange(transport, walk.at, headers, max_size=request.max_size, now=self._now)
        wanted = self._gates.answered(host, answer.status, answer.header("retry-after"), answer.header("date"))
        walk.retry_at = wanted or walk.retry_at
        if answer.cut is not None:
            raise Provisional("truncated", answer.cut, answer)
        if answer.status in RETRIED_STATUS and wanted is None:
            outcome, why = self._judge(walk, answer)
            if outcome == "error:http-5xx":
                raise Provisional("http-5xx", why, answer)
        return answer

    @asynccontextmanager
    async def _turn(self, walk: _Walk) -> AsyncIterator[None]:
        """The host's turn, and within it the fetch's own time."""
        host, politeness = walk.at.host_key, walk.request.politeness
        self._raise_if_resting(host, politeness)
        async with self._gates.turn(host, politeness), walk.watch.running():
            self._raise_if_resting(host, politeness)
            yield

    def _raise_if_resting(self, host: str, politeness: Politeness) -> None:
        until = self.waits(host, politeness)
        if until is not None:
            raise Failure("rate-limited", f"{host} is left alone until {until:%Y-%m-%dT%H:%M:%SZ}")

    async def _check_robots(self, walk: _Walk) -> None:
        if walk.request.politeness.robots == "ignore":
            if walk.at.host not in self._ignored_robots:
                self._ignored_robots.add(walk.at.host)
                _log.warning("robots.txt ignored by configuration host=%s", walk.at.host)
            return
        at = walk.at
        rules = await self._robots.rules(at.origin, lambda url: self._ask_robots(url, walk.request))
        self._gates.crawl_delay(at.host_key, rules.crawl_delay)
        if rules.failed is not None:
            raise Failure(rules.failed.kind or "reset", f"robots.txt: {rules.failed.why}", transient=True)
        if not rules.allows(at.url):
            raise Failure("robots", rules.closed or f"robots.txt disallows {at.url}")

    async def _ask_robots(self, url: str, page: Request) -> RobotsAnswer:
        """robots.txt through the same guard, gates and budgets; redirects followed (RFC 9309 section 2.3.1.2)."""
        request = Request(
            url, page.user_agent, proxy=page.proxy, tls=page.tls, politeness=page.politeness, max_size=ROBOTS_SIZE,
            deadline=min(page.deadline, ROBOTS_DEADLINE),
        )  # fmt: skip
        first = target(url)
        walk = _Walk(request, first, Stopwatch(request.deadline), self._jars.jar(None), first)
        try:
            while True:
                answer = await self._again_cut(walk)
                if answer.location is None:
                    return RobotsAnswer(answer.status, answer.body)
                if walk.requests >= MAX_REQUESTS // 2 + 1:
                    return RobotsAnswer(404)
                walk.at = _next(walk, answer)
        except Failure as failure:
            if walk.redirects:
                return RobotsAnswer(404)
            return RobotsAnswer(None, kind=failure.kind, why=failure.why)

    async def _again_cut(self, walk: _Walk) -> Answer:
        async def attempt() -> Answer:
            walk.requests += 1
            async with self._turn(walk):
                answer = await exchange(
                    await self._transport(walk.request, walk.at), walk.at, self._headers(walk), max_size=ROBOTS_SIZE,
                    now=self._now, cut=True,
                )  # fmt: skip
            self._gates.answered(walk.at.host_key, answer.status, answer.header("retry-after"), answer.header("date"))
            return answer

        return await retried(attempt, lambda: walk.watch.left, walk.watch.sleep, self._attempts, self._first_wait)

    # --- what is sent ------------------------------------------------------------------------------------------------

    def _headers(self, walk: _Walk) -> dict[str, str]:
        request = walk.request
        headers = {"User-Agent": request.user_agent}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        at_home = walk.at.host == (request.home or walk.first.host)
        downgraded = walk.first.scheme == "https" and walk.at.scheme == "http"
        cookies = _cookie_header(walk.cookies, walk.at.url)
        if at_home and not downgraded:
            headers.update(request.headers)
            cookies.update(request.cookies)
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return headers

    async def _transport(self, request: Request, at: Target) -> httpx.AsyncBaseTransport:
        if request.proxy is not None:
            await self._vet_for_proxy(request.proxy, at)
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

    # --- what came of it ---------------------------------------------------------------------------------------------

    def _judge(self, walk: _Walk, answer: Answer) -> tuple[str, str]:
        headers = {name.lower(): value for name, value in reversed(answer.headers)}
        media_type = headers.get("content-type", "")
        text = decode(answer.body[:JUDGED_BYTES], media_type).text if _is_text(media_type, answer.body) else "binary"
        if not answer.body:
            text = ""
        return judge(
            answer.status, headers, text, requested=walk.first.url, final=walk.at.url, permanent=walk.permanent
        )

    def _judged(self, walk: _Walk, answer: Answer) -> Fetched:
        outcome, why = self._judge(walk, answer)
        if outcome == "not-modified" and not (walk.request.etag or walk.request.last_modified):
            outcome, why = "empty", "304 to a request without conditions"
        if answer.cut is not None and outcome in ("ok", "moved", "empty"):
            outcome, why = "truncated", answer.cut
        return Fetched(
            url=walk.request.url, final_url=walk.at.url, fetched_at=answer.at, outcome=outcome, status=answer.status,
            headers=answer.headers, body=answer.body if answer.status != 304 else b"", redirects=tuple(walk.redirects),
            duration=timedelta(seconds=walk.watch.spent), tls=answer.tls, error=None if outcome in QUIET else why,
            transient=outcome in TRANSIENT, retry_at=walk.retry_at, attempts=walk.requests,
        )  # fmt: skip

    def _failed(self, walk: _Walk, failure: Failure) -> Fetched:
        outcome = failure.kind if failure.kind == "robots" else f"error:{failure.kind}"
        return Fetched(
            url=walk.request.url, final_url=walk.at.url, fetched_at=self._now(), outcome=outcome, status=walk.status,
            redirects=tuple(walk.redirects), duration=timedelta(seconds=walk.watch.spent), tls=walk.tls,
            error=failure.why, transient=failure.transient or outcome in TRANSIENT, retry_at=walk.retry_at,
            attempts=walk.requests,
        )  # fmt: skip


def _next(walk: _Walk, answer: Answer) -> Target:
    """Where a redirect leads. Raises Failure `scheme` for addresses that are not fetched."""
    location = answer.location or ""
    try:
        found = target(location, walk.at.url)
    except BadAddress as error:
        walk.redirects.append((answer.status, location[:2000]))
        raise Failure("scheme", f"redirected to {location[:200]!r}: {error}") from error
    walk.redirects.append((answer.status, found.url))
    return found


def _cookie_header(jar: httpx.Cookies, url: str) -> dict[str, str]:
    """What the jar gives for `url`."""
    if not jar.jar:
        return {}
    request = httpx.Request("GET", url)
    jar.set_cookie_header(request)
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs if name}


def _is_text(media_type: str, body: bytes) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    if kind in ("", "application/octet-stream"):
        return body[:512].lstrip()[:1] == b"<"
    return kind.startswith("text/") or kind.endswith(("+xml", "/xml"))
