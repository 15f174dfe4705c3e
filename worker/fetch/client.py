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
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from worker.decode import decode
from worker.fetch.address import BadAddress
from worker.fetch.asking import Asker, Walk
from worker.fetch.cookies import Jars
from worker.fetch.exchange import Answer
from worker.fetch.failure import Failure, failure_of
from worker.fetch.guard import Guard, Network, Resolver
from worker.fetch.model import Fetched, Politeness, Request
from worker.fetch.outcome import judge
from worker.fetch.politeness import opens_at
from worker.fetch.retry import ATTEMPTS, FIRST_WAIT
from worker.fetch.robots import MAX_SIZE as ROBOTS_SIZE
from worker.fetch.robots import Answer as RobotsAnswer
from worker.fetch.robots import Robots
from worker.fetch.tls import switch

if TYPE_CHECKING:
    from worker.fetch.browser import Browser

ROBOTS_DEADLINE = timedelta(seconds=20)
ROBOTS_REDIRECTS = 5
"""followed to a robots.txt; beyond, it counts as missing (RFC 9309 section 2.3.1.2)"""
MOST_RETURNS = 3
"""visits of one address on the way, where it sets a cookie each time: one to get it, one to show it, one to spare"""
MOST_SLOW = 24
"""hosts that may be slow at the same time before they keep others waiting"""
JUDGED_BYTES = 256 * 1024
"""of a body that are decoded to judge it"""
QUIET = frozenset({"ok", "moved", "not-modified"})
TRANSIENT = frozenset(
    {"truncated", "maintenance", "error:http-5xx", "error:timeout", "error:deadline", "error:rate-limited"}
)
RETRIED_STATUS = frozenset({502, 503, 504})
SAME_FOR_PAGE = frozenset({"connect", "dns", "tls", "forbidden-address"})
"""failures of robots.txt that the page would meet in the same way"""

_log = logging.getLogger("muniment.fetch")


class Fetcher:
    """Fetches; keeps connections, gates, robots.txt and cookies between fetches. A context manager, or `aclose`."""

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
        self._guard = Guard(allow_networks, resolver)
        self._jars = jars or Jars()
        self._asker = Asker(self._guard, self._jars, now, attempts, first_wait, ca_file)
        self._robots = Robots(now)
        self._ignored_robots: set[str] = set()
        self._browser: Browser | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes every connection."""
        if self._browser is not None:
            await self._browser.aclose()
        await self._asker.aclose()
        self._guard.close()

    def allow(self, networks: Sequence[Network]) -> None:
        """Replaces the list of permitted private networks, for every connection made from now on."""
        self._guard.allow = tuple(networks)

    @property
    def held_up(self) -> int:
        """Fetches that wait for room in memory: they ask nothing of anybody meanwhile."""
        return self._asker.room.waiting

    @property
    def idle(self) -> int:
        """Hosts that cost nothing now: their gap has not passed, or their answer drips or does not come. Who waits for
        room (`held_up`) is none of them; of slow ones at most MOST_SLOW, because each may hold a part of a body."""
        gates = self._asker.gates
        return gates.queued + min(max(gates.slow - self.held_up, 0), MOST_SLOW)

    def waits(self, host: str, politeness: Politeness | None = None) -> datetime | None:
        """Until when `host` is to be left alone, by its own Retry-After or the visit windows; None: ask now."""
        times = [self._asker.gates.waits(host), opens_at(politeness, self._now()) if politeness is not None else None]
        return max((when for when in times if when is not None), default=None)

    def waiting(self) -> frozenset[str]:
        """Hosts that asked to be left alone for now."""
        return self._asker.gates.waiting()

    def rest(self, host: str, until: datetime) -> None:
        """Leaves a host alone until then, as it asked an earlier process."""
        self._asker.gates.rest(host, until)

    async def fetch(self, request: Request) -> Fetched:
        """One exchange, good or bad. Never raises for anything that came from outside; only cancelling passes."""
        fetched = await self.exchange(request)
        if request.render != "browser":
            return fetched
        try:
            from worker.fetch.browser import Browser, worth_rendering
        except ImportError:
            why = "`render: browser` needs the extra: pip install 'muniment[browser]', and Chromium"
            return replace(fetched, outcome="error:unsupported", error=why)
        if not worth_rendering(fetched):
            return fetched
        self._browser = self._browser or Browser(self.exchange, self._now)
        return await self._browser.rendered(request, fetched)

    async def exchange(self, request: Request, method: str = "GET", content: bytes = b"") -> Fetched:
        """`fetch` without rendering; with another method, what a page's script asks for."""
        try:
            walk = Walk.start(request, self._jars.jar(request.jar), method, content)
        except BadAddress as error:
            return Fetched(request.url, request.url, self._now(), "error:scheme", error=str(error))
        try:
            return self._judged(walk, await self._follow(walk))
        except Failure as failure:
            return self._failed(walk, failure)
        except Exception as error:
            known = failure_of(error)
            if known is None:
                # what a server sent has confused a library below us: an outcome, and a line for whoever can mend it
                _log.warning("fetch failed in an unforeseen way url=%s", walk.at.url, exc_info=error)
            return self._failed(walk, known or Failure("parse", f"{type(error).__name__}: {error}"))

    async def _follow(self, walk: Walk) -> Answer:
        seen = Counter([walk.at.url])
        while True:
            await self._check_robots(walk)
            answer = await self._asker.ask(walk, lambda answer: self._worth_again(walk, answer))
            if answer.location is None:
                return answer
            await self._asker.bide(walk, answer)
            walk.follow(answer)
            seen[walk.at.url] += 1
            if seen[walk.at.url] > (1 if answer.header("set-cookie") is None else MOST_RETURNS):
                raise Failure("redirects", f"redirects in a loop: {walk.at.url} again")

    def _worth_again(self, walk: Walk, answer: Answer) -> Failure | None:
        if answer.cut is not None:
            return Failure("truncated", answer.cut)
        if answer.status in RETRIED_STATUS and walk.retry_at is None:
            outcome, why = self._judge(walk, answer)
            if outcome == "error:http-5xx":
                return Failure("http-5xx", why)
        return None

    # --- robots.txt --------------------------------------------------------------------------------------------------

    async def _check_robots(self, walk: Walk) -> None:
        at = walk.at
        if walk.request.politeness.robots == "ignore":
            if at.host not in self._ignored_robots:
                self._ignored_robots.add(at.host)
                _log.warning("robots.txt ignored by configuration host=%s", at.host)
            return
        # by another road the same file may be had: a source whose `tls` was changed does not wait for an old failure
        road = (at.origin, walk.request.tls, walk.request.proxy)
        rules = await self._robots.rules(road, lambda: self._ask_robots(f"{at.origin}/robots.txt", walk.request))
        self._asker.gates.crawl_delay(at.host_key, rules.crawl_delay)
        if rules.failed is not None:
            same_for_page = rules.failed.kind in SAME_FOR_PAGE
            why = rules.failed.why if same_for_page else f"robots.txt: {rules.failed.why}"
            raise Failure(rules.failed.kind or "reset", why, transient=rules.failed.transient)
        if not rules.allows(at.url):
            raise Failure(
                "robots", rules.closed or f"robots.txt disallows {at.url}", transient=rules.closed is not None
            )

    async def _ask_robots(self, url: str, page: Request) -> RobotsAnswer:
        """robots.txt through the same guard, gates and budgets; redirects followed (RFC 9309 section 2.3.1.2)."""
        request = replace(
            page, url=url, etag=None, last_modified=None, headers={}, cookies={}, jar=None, home=None,
            max_size=ROBOTS_SIZE, deadline=min(page.deadline, ROBOTS_DEADLINE),
        )  # fmt: skip
        walk = Walk.start(request, self._jars.jar(None))
        try:
            while True:
                answer = await self._asker.ask(walk, lambda answer: None, cut=True)
                if answer.location is None:
                    return RobotsAnswer(answer.status, answer.body)
                if len(walk.redirects) == ROBOTS_REDIRECTS:
                    return RobotsAnswer(404)
                walk.follow(answer)
        except Failure as failure:
            if walk.redirects and failure.kind in ("scheme", "forbidden-address"):
                return RobotsAnswer(404)
            return RobotsAnswer(None, kind=failure.kind, why=failure.why, transient=failure.transient)

    # --- what came of it ---------------------------------------------------------------------------------------------

    def _judge(self, walk: Walk, answer: Answer) -> tuple[str, str]:
        headers = {name.lower(): value for name, value in reversed(answer.headers)}
        media_type = headers.get("content-type", "")
        text = "binary"
        if not answer.body:
            text = ""
        elif _is_text(media_type, answer.body):
            text = decode(answer.body[:JUDGED_BYTES], media_type).text
        return judge(
            answer.status, headers, text, requested=walk.first.url, final=walk.at.url, permanent=walk.permanent
        )

    def _judged(self, walk: Walk, answer: Answer) -> Fetched:
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

    def _failed(self, walk: Walk, failure: Failure) -> Fetched:
        outcome = failure.kind if failure.kind == "robots" else f"error:{failure.kind}"
        hint = switch(walk.request.tls, failure.why) if failure.kind == "tls" else ""
        return Fetched(
            url=walk.request.url, final_url=walk.at.url, fetched_at=self._now(), outcome=outcome, status=walk.status,
            redirects=tuple(walk.redirects), duration=timedelta(seconds=walk.watch.spent), tls=walk.tls,
            error=failure.why + hint, transient=failure.transient or outcome in TRANSIENT, retry_at=walk.retry_at,
            attempts=walk.requests,
        )  # fmt: skip


def _is_text(media_type: str, body: bytes) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    if kind in ("", "application/octet-stream"):
        return body[:512].lstrip()[:1] == b"<"
    return kind.startswith("text/") or kind.endswith(("+xml", "/xml"))
