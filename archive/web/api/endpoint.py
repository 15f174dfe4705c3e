"""One address of the API, said once: its path, its parameters, what it answers and how that is read. Routes and OpenAPI
are made from it.

    Endpoint("/documents/{document_id}", "document", "A document as it is now.", WholeDocument, read)

`read(archive, asked)` is a plain function that may block: it runs in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.errors import NotFound
from archive.search.query import QueryError
from archive.web.api.answers import JSON, NoSuchPart, accepts, answer, linked
from archive.web.api.asks import Asked, BadParameters, Parameter, Wrong, asked
from archive.web.api.encoding import encoded, plain
from archive.web.problems import problem
from archive.web.reader import archive_of

if TYPE_CHECKING:
    from archive import Archive

BASE = "/api/v1"
_VARIABLE = re.compile(r"\{(\w+)(?::\w+)?\}")
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A value and what HTTP says of it. Without `tag` the ETag follows from the body."""

    value: object
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API."""

    path: str
    name: str
    """operationId"""
    says: str
    answers: type | None
    """shape of the JSON; None: other bytes, of `media`"""
    read: Callable[[Archive, Asked], object] | None = None
    """gives the shape, an `Answer`, or raises NotFound; None: `handler` does everything"""
    parameters: tuple[Parameter, ...] = ()
    handler: Callable[[Request, Asked], Awaitable[Response]] | None = None
    media: tuple[str, ...] = (JSON,)
    group: str = "archive"
    path_says: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = ()
    """beside 200, 304, 400, 404 and 406"""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names that stand in the path."""
        return tuple(_VARIABLE.findall(self.path))

    def route(self) -> Route:
        """As Starlette wants it."""

        async def respond(request: Request) -> Response:
            return await guarded(request, self)

        return Route(BASE + self.path, respond, name=f"api-{self.name}", methods=["GET"])


async def guarded(request: Request, endpoint: Endpoint) -> Response:
    """The answer of an endpoint, or the problem that its question is."""
    if accepts(request, *endpoint.media) is None:
        said = f"this address answers {' or '.join(endpoint.media)}; leave out the header Accept, or name one of these"
        return problem(request.url.path, 406, said, available=list(endpoint.media))
    try:
        question = asked(
            endpoint.parameters, request.query_params, request.path_params, request.url.path, zone_of(request)
        )
        if endpoint.handler is not None:
            return await endpoint.handler(request, question)
        assert endpoint.read is not None
        return await run_in_threadpool(_read, request, endpoint.read, question)
    except BadParameters as error:
        return bad_parameters(request, *error.wrong)
    except QueryError as error:
        name = "q" if "q" in request.query_params else "word"
        return bad_parameters(request, Wrong(name, str(error)))
    except NotFound as error:
        return not_found(request, error)
    except NoSuchPart as error:
        refused = problem(request.url.path, 416, str(error))
        refused.headers["content-range"] = f"bytes */{error.size}"
        return refused


def not_found(request: Request, error: NotFound) -> Response:
    """404, with ids that look like the one asked for."""
    near = list(error.near)
    detail = f"{error}; near it: {', '.join(near)}" if near else str(error)
    return problem(request.url.path, 404, detail, **({"near": near} if near else {}))


def bad_parameters(request: Request, *wrong: Wrong) -> Response:
    """400, naming every parameter that cannot be understood."""
    detail = "; ".join(f"{each.parameter}: {each.detail}" for each in wrong)
    return problem(request.url.path, 400, detail, errors=[plain(each) for each in wrong])


def zone_of(request: Request) -> ZoneInfo:
    """The time zone whose days are meant by a date alone."""
    return ZoneInfo(request.app.state.web.settings.zone)


def _read(request: Request, read: Callable[[Any, Asked], object], question: Asked) -> Response:
    return said(request, read(archive_of(request), question))


def said(request: Request, value: object) -> Response:
    """A shape, or an `Answer`, as JSON."""
    found = value if isinstance(value, Answer) else Answer(value)
    following = getattr(found.value, "next", None)
    headers = linked([(following, "next")]) if following else {}
    return answer(request, encoded(found.value), JSON, modified=found.modified, headers=headers)
