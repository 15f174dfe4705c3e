"""What went wrong -> a page that says what to do, or for a tool a problem. A bug is also raised on, so that it is
logged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from archive.errors import ArchiveError, Damaged, NotFound, NotYet, SchemaMismatch, Unavailable
from archive.search.query import QueryError
from archive.web.problems import is_tools, problem
from archive.web.words import word

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def is_api(request: Request) -> bool:
    """Whether a tool asks, not a person."""
    return is_tools(request.url.path, request.headers.get("accept", ""))


def failed(request: Request, status: int, said: str, near: tuple[str, ...] = (), advice: str = "") -> Response:
    """The page of an error, or the problem. `said` names what is wrong in English, as the archive does."""
    if is_api(request):
        return problem(request.url.path, status, said, **({"near": list(near)} if near else {}))
    from archive.web.rendering import page

    return page(request, "failure.html", status=status, said=said, near=near, advice=advice, status_code=status)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = failed(request, error.status_code, error.detail)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotFound)
    return failed(request, 404, str(error), error.near)


def _not_yet(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotYet)
    if is_api(request):
        return _not_found(request, error)
    from archive.web.rendering import translator

    text = word("document {name} had no version yet on {when}")
    when = error.when.astimezone(request.app.state.web.renderer.zone)
    told = translator(request)(text, name=error.document_id, when=f"{when:%Y-%m-%d %H:%M}")
    return failed(request, 404, told.unescape())


def _archive(request: Request, error: Exception) -> Response:
    advice = "verify" if isinstance(error, Damaged) else "migrate" if isinstance(error, SchemaMismatch) else ""
    status = 503 if isinstance(error, Unavailable) else 500
    answer = failed(request, status, str(error), advice=advice)
    if isinstance(error, Unavailable):
        answer.headers["retry-after"] = "10"
    return answer


def _question(request: Request, error: Exception) -> Response:
    if isinstance(error, BadQuestion) and not is_api(request):
        from archive.web.rendering import translator

        return failed(request, 400, translator(request)(error.said, **error.values).unescape())
    return failed(request, 400, str(error))


def _bug(request: Request, error: Exception) -> Response:
    return failed(request, 500, f"{type(error).__name__}", advice="bug")


class BadQuestion(Exception):
    """An address asks for something that means nothing (a filter, a cursor, a number). `said` is a string of the
    catalogue that says what to write, `values` what is filled into it."""

    def __init__(self, said: str, **values: object) -> None:
        super().__init__(said.format(**values))
        self.said, self.values = said, values


HANDLERS: Mapping[Any, Handler] = {
    HTTPException: _http, NotFound: _not_found, NotYet: _not_yet, BadQuestion: _question, QueryError: _question,
    ArchiveError: _archive, Exception: _bug,
}  # fmt: skip
