"""Cookies: one jar per source where it wants one kept, one per fetch otherwise (a guest's session often begins with a
redirect).

Jars live in memory; `load` and `save` let the daemon keep them over a restart. The rules of who gets which cookie
are the standard library's (RFC 2965 and Netscape as browsers use them).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.cookiejar import Cookie, DefaultCookiePolicy

import httpx

MOST_COOKIES = 60
"""kept in one jar; a site that sets more loses the oldest"""
LONGEST_COOKIE = 4096
"""bytes of name and value; RFC 6265 section 6.1 asks for at least that"""

Load = Callable[[str], str | None]
Save = Callable[[str, str], None]


class Jars:
    """Every source's cookies."""

    def __init__(self, load: Load | None = None, save: Save | None = None) -> None:
        self._load = load
        self._save = save
        self._jars: dict[str, httpx.Cookies] = {}

    def jar(self, name: str | None) -> httpx.Cookies:
        """The jar of that name; a fresh one for None."""
        if name is None:
            return _empty()
        if name not in self._jars:
            self._jars[name] = jar = _empty()
            for cookie in json.loads(self._load(name) or "[]") if self._load else []:
                jar.jar.set_cookie(_cookie(cookie))
        return self._jars[name]

    def keep(self, name: str | None, jar: httpx.Cookies, response: httpx.Response | None) -> None:
        """Takes what a response sets."""
        if response is None or "set-cookie" not in response.headers:
            return
        jar.extract_cookies(response)
        cookies = list(jar.jar)
        excess = cookies[: max(len(cookies) - MOST_COOKIES, 0)]
        for cookie in [c for c in cookies if len(c.name) + len(c.value or "") > LONGEST_COOKIE] + excess:
            if cookie in list(jar.jar):
                jar.jar.clear(cookie.domain, cookie.path, cookie.name)
        if name is not None and self._save is not None:
            self._save(name, json.dumps([_plain(cookie) for cookie in jar.jar]))


def cookies_for(jar: httpx.Cookies, url: str) -> dict[str, str]:
    """What the jar gives for `url`."""
    if not jar.jar:
        return {}
    request = httpx.Request("GET", url)
    jar.set_cookie_header(request)
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs if name}


def _empty() -> httpx.Cookies:
    jar = httpx.Cookies()
    jar.jar.set_policy(DefaultCookiePolicy(rfc2965=False, netscape=True))
    return jar


def _plain(cookie: Cookie) -> dict[str, object]:
    return {
        "name": cookie.name, "value": cookie.value, "domain": cookie.domain, "path": cookie.path,
        "secure": cookie.secure, "expires": cookie.expires,
    }  # fmt: skip


def _cookie(plain: dict[str, object]) -> Cookie:
    domain, expires = str(plain["domain"]), plain["expires"]
    return Cookie(
        version=0, name=str(plain["name"]), value=str(plain["value"]), port=None, port_specified=False, domain=domain,
        domain_specified=domain.startswith("."), domain_initial_dot=domain.startswith("."), path=str(plain["path"]),
        path_specified=True, secure=bool(plain["secure"]), expires=int(str(expires)) if expires is not None else None,
        discard=expires is None, comment=None, comment_url=None, rest={},
    )  # fmt: skip
