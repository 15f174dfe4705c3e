"""Errors of the API as RFC 9457 problems."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.responses import Response


def problem(path: str, status: int, detail: str, **more: object) -> Response:
    """A problem of type about:blank: the status's own title, `detail` for people, the path as `instance`."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body = json.dumps({**said, "instance": path, **more}, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, media_type="application/problem+json")
