"""The form that asks for the token and leaves a cookie; tools send the token as a header instead."""

from __future__ import annotations

import asyncio
import hmac
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.web.guard import COOKIE, session
from archive.web.rendering import page

LASTS = 30 * 86400
LONGEST_FORM = 8192
PAUSE = 1.0
"""seconds before a wrong token is answered"""


async def form(request: Request) -> Response:
    """The form."""
    wanted = _ours(request.query_params.get("next"))
    return await run_in_threadpool(page, request, "login.html", next=wanted, wrong=False)


async def enter(request: Request) -> Response:
    """The token as the form sends it: the cookie and the page that was wanted, or the form again."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            break
    fields = parse_qs(body[:LONGEST_FORM].decode("utf-8", "replace"))
    given, wanted = fields.get("token", [""])[0].strip(), _ours(fields.get("next", [None])[0])
    token = request.app.state.web.settings.token or ""
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        await asyncio.sleep(PAUSE)
        return await run_in_threadpool(page, request, "login.html", next=wanted, wrong=True, status_code=403)
    answer = RedirectResponse(wanted, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, session(token), max_age=LASTS, httponly=True, samesite="strict", secure=secure)
    return answer


def _ours(path: str | None) -> str:
    """The path, where it is one of ours: never another site's address."""
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/changes"
    return path


ROUTES = [Route("/login", form), Route("/login", enter, methods=["POST"])]
