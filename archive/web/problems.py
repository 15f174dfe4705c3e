"""Errors of the API and of the other addresses of tools as RFC 9457 problems."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.responses import Response

TOOLS = ("/feeds/", "/timegate/", "/timemap/", "/memento/", "/metrics")
"""addresses of tools beside /api: answered as tools are, unless a browser asks"""


def is_tools(path: str, accept: str) -> bool:
    """Whether a tool asks for this path with this Accept header, not a person: it is answered with a problem."""
    return path.startswith("/api") or (path.startswith(TOOLS) and "text/html" not in accept)


def problem(path: str, status: int, detail: str, **more: object) -> Response:
    """A problem of type about:blank: the status's own title, `detail` for people, the path as `instance`."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body = json.dumps({**said, "instance": path, **more}, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, media_type="application/problem+json")
