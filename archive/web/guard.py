"""Who is answered, and what every answer says about itself. Stands around the whole application, errors included.

    host      a name we were not told of is refused: a page elsewhere cannot rebind its own name to us
    proxy     with `web.proxy`, only these addresses are answered
    token     with `web.token`, a bearer header or the cookie of the login form
    origin    a form that another site sent is refused
    headers   nothing runs, nothing is fetched from elsewhere, nobody frames us
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.web.problems import is_tools, problem
from archive.web.settings import LOOPBACK_NAMES, WebSettings

COOKIE = "muniment"
OPEN = ("/login", "/healthz", "/readyz")
"""answered without a token, as is /static/"""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "private, no-cache",
}
"""a response that says one of these itself keeps what it says"""
FOR_EVER = "public, max-age=31536000, immutable"
"""of files under /static/ whose address changes with them"""


class Guard:
    """The application behind its guard."""

    def __init__(self, app: ASGIApp, settings: WebSettings, close: Callable[[], None] = lambda: None) -> None:
        self.app = app
        self.settings = settings
        self._leaving = False
        self.close = close
        """gives back what the application holds; the next request takes it anew"""

    def leave(self) -> None:
        """Tells answers that go on for as long as somebody listens to end. May be called from any thread."""
        self._leaving = True

    def is_leaving(self) -> bool:
        """Whether the server stops."""
        return self._leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if kept and message["status"] == 200:
                    headers["cache-control"] = FOR_EVER
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        if _client(scope) in self.settings.proxy and headers.get("x-forwarded-proto") in ("http", "https"):
            scope["scheme"] = headers["x-forwarded-proto"]  # what the reader typed: permalinks and cookies go by it
        kept = scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v=")
        answer = self._refused(scope, headers)
        await (answer or self.app)(scope, receive, sealed)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        path, settings = scope["path"], self.settings
        if settings.proxy and _client(scope) not in settings.proxy:
            return self._answer(path, 403, "only the reverse proxy that web.proxy names is answered here")
        if not known_host(headers.get("host", ""), settings):
            return self._answer(
                path, 421, "this name is not known here; add it to web.hosts in the configuration, or use the address"
            )
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _own_form(headers):
            return self._answer(path, 403, "this form was sent by another site")
        if settings.token and not (path in OPEN or path.startswith("/static/")) and not admitted(headers, settings):
            if is_tools(path, headers.get("accept", "")):
                answer = problem(path, 401, "send the header Authorization: Bearer TOKEN")
                answer.headers["www-authenticate"] = "Bearer"
                return answer
            asked = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"/login?next={quote(asked, safe='')}", 303)
        return None

    def _answer(self, path: str, status: int, said: str) -> Response:
        if path.startswith("/api"):
            return problem(path, status, said)
        return PlainTextResponse(f"muniment: {said}\n", status)


def _client(scope: Scope) -> str:
    return str((scope.get("client") or ("", 0))[0])


def known_host(header: str, settings: WebSettings) -> bool:
    """Whether a Host header names us: a plain address, localhost, the configured address, or one of `web.hosts`."""
    try:
        name = (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in LOOPBACK_NAMES or name == settings.host or name in {host.lower() for host in settings.hosts}:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _own_form(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:  # what a browser says itself; its Origin is `null` where it may not say a referrer
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def admitted(headers: Headers, settings: WebSettings) -> bool:
    """Whether the request carries the token, as a header or as the cookie made from it."""
    token = settings.token or ""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and _same(given.strip(), token):
        return True
    # a browser sends what every port of this name has set: the standard library stops at the first odd value
    return _same(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""), session(token))


def session(token: str) -> str:
    """What the cookie holds: it follows from the token, and the token not from it."""
    return hmac.new(token.encode(), b"muniment pages", hashlib.sha256).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))
