"""/healthz, /readyz and /metrics among the pages: what answers them is given by whoever serves the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Answer(Protocol):
    """One answer to a GET."""

    @property
    def status(self) -> int: ...
    @property
    def media_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...


def routes(answers: Mapping[str, Callable[[], Answer]]) -> list[Route]:
    """A route for each path; what answers is run in a thread, where it may read the archive."""
    return [Route(path, _endpoint(answering), methods=["GET"]) for path, answering in answers.items()]


def _endpoint(answering: Callable[[], Answer]) -> Callable[[Request], Response]:
    def endpoint(_: Request) -> Response:
        said = answering()
        headers = {"cache-control": "no-store"}
        return Response(said.body, said.status, headers, said.media_type)

    return endpoint
