"""Pages that need their scripts run: a real Chromium through Playwright, under the same guard and budgets (extra
`browser`).

Chromium would resolve names and dial by itself and so escape the guard. It gets no network: names resolve to
nothing, its proxy is a closed port, and every request it makes is answered from our own client, which vets, counts
and asks robots.txt. The page has the rest of the fetch's deadline; then its context is closed, and if that does not
help, the browser is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, Playwright, Route, WebSocketRoute, async_playwright
from playwright.async_api import Error as PlaywrightError

from worker.fetch.browsermemory import MOST_MIB, keep_bounded
from worker.fetch.model import Fetched, Politeness, Request
from worker.fetch.outcome import judge

MOST_REQUESTS = 150
"""of one page's scripts, styles and data"""
MOST_TOTAL = 4
"""bytes of all its requests together, as a multiple of the page's own `max_size`"""
SETTLE_SECONDS = 3.0
"""after `load`, for data to arrive; earlier when the network falls silent"""
CLOSE_SECONDS = 5.0
PAGES_PER_BROWSER = 50
HEAP_MIB = 256
SKIPPED = frozenset({"image", "media", "font", "texttrack", "eventsource", "manifest"})
"""kinds of resources that say nothing and are not asked for"""
RENDERED = "Muniment-Rendered-By"
"""header added to what was rendered: the body is the document after its scripts, no bytes of the wire"""

_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pings", "--no-first-run",
    "--disable-features=DnsOverHttps,Translate,OptimizationHints,MediaRouter,Prerender2", "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    f"--js-flags=--max-old-space-size={HEAP_MIB}", "--disable-gpu", "--disable-dev-shm-usage",
)  # fmt: skip
_PASSED_ON = frozenset(
    {"accept", "accept-language", "content-type", "referer", "origin", "x-requested-with", "authorization"}
)
_NOT_PASSED_BACK = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
_NOT_OF_THE_RENDERED = _NOT_PASSED_BACK | {"content-type", "etag", "last-modified"}

_log = logging.getLogger("muniment.fetch.browser")


class Exchange(Protocol):
    """Our own client, as the browser's network."""

    async def __call__(self, request: Request, method: str = "GET", content: bytes = b"") -> Fetched:
        """One exchange, good or bad."""


def worth_rendering(fetched: Fetched) -> bool:
    """Whether a browser could make more of this answer: content, a script shell, or a challenge its scripts may
    pass."""
    html = (fetched.header("content-type") or "text/html").partition(";")[0].strip().lower()
    return fetched.outcome in ("ok", "moved", "empty", "blocked") and bool(fetched.body) and html.endswith("html")


@dataclass(slots=True)
class _Visit:
    """One page in the browser, and what it may still ask for."""

    request: Request
    first: Fetched | None
    left: int
    requests: int = 0
    last: Fetched | None = None
    refused: str | None = None
    asking: set[asyncio.Task[Any]] = field(default_factory=set)
    """requests under way, which end with the visit"""

    def crashed(self) -> None:
        """Its process in the browser ended: nearly always because it wanted more memory."""
        self.refused = self.refused or f"the page's process in the browser ended: it may take {MOST_MIB} MiB more"


class Browser:
    """One Chromium, started when first needed, replaced after so many pages. `rendered` never raises for a page."""

    def __init__(self, exchange: Exchange, now: Callable[[], datetime]) -> None:
        self._exchange = exchange
        self._now = now
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._pages = 0
        self._starting = asyncio.Lock()

    async def aclose(self) -> None:
        """Ends the browser."""
        if self._chromium is not None:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(self._chromium.close(), CLOSE_SECONDS)
            self._chromium = None
        if self._playwright is not None:
            await self._playwright.stop()
            self._playwright = None

    async def rendered(self, request: Request, fetched: Fetched) -> Fetched:
        """The page after its scripts have run; an `error:KIND` where that failed."""
        left = request.deadline - fetched.duration
        started = asyncio.get_running_loop().time()
        visit = _Visit(request, fetched, request.max_size * MOST_TOTAL)
        try:
            async with asyncio.timeout(left.total_seconds()):
                chromium = await self._started()
                html, url = await self._visited(chromium, visit, left)
        except TimeoutError:
            return self._failed(visit, fetched, started, "deadline", f"not rendered within {request.deadline}")
        except PlaywrightError as error:
            ended = self._chromium is not None and not self._chromium.is_connected()
            kind = "unsupported" if self._chromium is None else "reset" if ended else "parse"
            return self._failed(visit, fetched, started, kind, f"the browser: {error.message.splitlines()[0]}")
        if len(html) > request.max_size:
            return self._failed(visit, fetched, started, "too-large", f"rendered to more than {request.max_size} bytes")
        return self._answer(visit, fetched, html, url, started)

    async def _started(self) -> Chromium:
        async with self._starting:
            if self._chromium is not None and (self._pages >= PAGES_PER_BROWSER or not self._chromium.is_connected()):
                await self.aclose()
            if self._chromium is None:
                self._playwright = self._playwright or await async_playwright().start()
                own = os.environ.get("MUNIMENT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
                self._chromium = await self._playwright.chromium.launch(
                    executable_path=own, args=list(_ARGUMENTS), chromium_sandbox=os.geteuid() != 0
                )
                self._pages = 0
            self._pages += 1
            return self._chromium

    async def _visited(self, chromium: Chromium, visit: _Visit, left: timedelta) -> tuple[bytes, str]:
        context = await chromium.new_context(
            user_agent=visit.request.user_agent, service_workers="block", accept_downloads=False,
            ignore_https_errors=True, extra_http_headers={},
        )  # fmt: skip
        watch = asyncio.create_task(keep_bounded())
        try:
            await context.route("**/*", lambda route: self._serve(route, visit))
            await context.route_web_socket("**/*", _closed)
            page = await context.new_page()
            page.on("crash", lambda _: visit.crashed())
            await self._load(page, visit, left.total_seconds() * 1000)
            return (await page.content()).encode("utf-8", "replace"), page.url
        finally:
            watch.cancel()
            for task in list(visit.asking):
                task.cancel()
            await self._close(context)

    async def _load(self, page: Page, visit: _Visit, milliseconds: float) -> None:
        assert visit.first is not None
        await page.goto(visit.first.final_url, wait_until="load", timeout=milliseconds)
        with suppress(PlaywrightError):
            await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)

    async def _close(self, context: BrowserContext) -> None:
        """Closes a visit; a page whose script never yields takes the browser with it."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await context.close()
        except (TimeoutError, PlaywrightError):
            _log.warning("browser replaced: a page did not close")
            self._pages = PAGES_PER_BROWSER

    # --- the browser's network ---------------------------------------------------------------------------------------

    async def _serve(self, route: Route, visit: _Visit) -> None:
        task = asyncio.current_task()
        assert task is not None
        visit.asking.add(task)
        task.add_done_callback(visit.asking.discard)
        with suppress(PlaywrightError):
            asked = route.request
            if asked.resource_type in SKIPPED or not asked.url.startswith(("http://", "https://")):
                await route.abort("blockedbyclient")
                return
            main = asked.is_navigation_request() and asked.frame.parent_frame is None
            if main and visit.first is not None and asked.method == "GET" and visit.last is None:
                answer = visit.first
            else:
                answer = await self._fetched(route, visit)
            if main:
                visit.last = answer
            if answer.status is None or (answer.outcome.startswith("error:") and not answer.body):
                await route.abort("failed")
                return
            headers = {name: value for name, value in answer.headers if name.lower() not in _NOT_PASSED_BACK}
            await route.fulfill(status=answer.status, headers=headers, body=answer.body)

    async def _fetched(self, route: Route, visit: _Visit) -> Fetched:
        asked, request = route.request, visit.request
        visit.requests += 1
        if visit.requests > MOST_REQUESTS or visit.left <= 0:
            visit.refused = visit.refused or f"more than {MOST_REQUESTS} requests or {MOST_TOTAL} times max_size"
            return Fetched(asked.url, asked.url, self._now(), "error:too-large", error=visit.refused)
        sent = {name: value for name, value in (await asked.all_headers()).items() if name in _PASSED_ON}
        cookie = (await asked.all_headers()).get("cookie", "")
        own = dict(part.strip().partition("=")[::2] for part in cookie.split(";") if "=" in part)
        answer = await self._exchange(
            replace(
                request, url=asked.url, etag=None, last_modified=None, headers={**sent, **request.headers},
                cookies={**own, **request.cookies}, max_size=min(request.max_size, visit.left), render="http",
                home=request.home or request.url, politeness=Politeness(timedelta(0), 6, request.politeness.robots),
            ),
            asked.method,
            asked.post_data_buffer or b"",
        )  # fmt: skip
        visit.left -= len(answer.body)
        return answer

    # --- what came of it ---------------------------------------------------------------------------------------------

    def _answer(self, visit: _Visit, fetched: Fetched, html: bytes, url: str, started: float) -> Fetched:
        last = visit.last or fetched
        assert self._chromium is not None
        outcome, why = judge(
            last.status or 200, {}, html.decode("utf-8"), requested=fetched.url, final=url,
            permanent=fetched.outcome == "moved",
        )  # fmt: skip
        headers = (
            *((name, value) for name, value in last.headers if name.lower() not in _NOT_OF_THE_RENDERED),
            ("Content-Type", "text/html; charset=utf-8"),
            (RENDERED, f"Chromium/{self._chromium.version}"),
        )
        return replace(
            fetched, final_url=url, outcome=outcome, status=last.status, headers=headers, body=html,
            duration=fetched.duration + _since(started), error=None if outcome in ("ok", "moved") else why,
            transient=False,
        )  # fmt: skip

    def _failed(self, visit: _Visit, fetched: Fetched, started: float, kind: str, why: str) -> Fetched:
        return replace(
            fetched, outcome=f"error:{'too-large' if visit.refused else kind}", error=visit.refused or why,
            transient=not visit.refused and kind in ("deadline", "reset"),
            duration=fetched.duration + _since(started),
        )  # fmt: skip


def _since(started: float) -> timedelta:
    return timedelta(seconds=asyncio.get_running_loop().time() - started)


async def _closed(socket: WebSocketRoute) -> None:
    await socket.close()
