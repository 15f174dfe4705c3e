"""One capture as evidence: what was asked and answered, its body as text, as bytes, and as the page looked."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.records import Capture
from archive.web import links, looked
from archive.web.documents import number_of
from archive.web.guard import POLICY
from archive.web.payload import Read, as_text, binary, file_name, picture
from archive.web.reader import archive_of
from archive.web.rendering import page
from archive.web.shown import plain

LINES = 1_000
"""lines of a body on one page"""
LONGEST_LINE = 5_000
"""characters of one line that are shown"""
FRAMING = f"{POLICY}; frame-src 'self'"
PICTURE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


def capture(request: Request) -> Response:
    """What was asked, what was answered, and what reading it gave."""
    archive, known = archive_of(request), _capture(request)
    made = archive.made_from(known.capture_id)
    return page(
        request, "capture.html", capture=known, reading=archive.derivation(known.capture_id), made=made,
        kind=_kind(request, known),
    )  # fmt: skip


def text(request: Request) -> Response:
    """The body as text, some lines at a time."""
    known = _capture(request)
    body = _body(request, known)
    read = as_text(body, known, archive_of(request).derivation(known.capture_id))
    first = number_of(request.query_params.get("line"), "line") or 1
    lines = [] if read is None else read.text.splitlines()
    shown = [(n, plain(line[:LONGEST_LINE]), len(line) - LONGEST_LINE) for n, line in _some(lines, first)]
    return page(
        request, "capture-text.html", capture=known, read=read, lines=shown, count=len(lines), first=first,
        later=first + LINES if first + LINES <= len(lines) else None, earlier=max(1, first - LINES),
        kind=binary(body, known),
    )  # fmt: skip


def _some(lines: list[str], first: int) -> list[tuple[int, str]]:
    return list(enumerate(lines[first - 1 : first - 1 + LINES], first))


def look(request: Request) -> Response:
    """The page around the frame in which the body is drawn."""
    known = _capture(request)
    answer = page(request, "capture-look.html", capture=known, kind=_kind(request, known))
    answer.headers["content-security-policy"] = FRAMING
    return answer


def view(request: Request) -> Response:
    """The body drawn, in a frame of ours only: by itself a click in it would lead away."""
    known = _capture(request)
    if request.headers.get("sec-fetch-dest", "iframe") != "iframe":
        return RedirectResponse(links.capture(known.capture_id, "look"), 302)
    body = _body(request, known)
    if (media := picture(body, known)) is not None:
        return Response(body, media_type=media, headers={"content-security-policy": PICTURE})
    read: Read | None = as_text(body, known, archive_of(request).derivation(known.capture_id))
    if read is None:
        raise HTTPException(404, "these bytes are no page; take them away as a file")
    drawn = looked.harmless(read.text).encode("utf-8", "replace")
    return Response(drawn, media_type="text/html", headers={"content-security-policy": looked.POLICY})


def bytes_of(request: Request) -> Response:
    """The body as it was received, to take away."""
    known = _capture(request)
    return Response(
        _body(request, known), media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{file_name(known)}"',
            "content-security-policy": "sandbox; default-src 'none'", "etag": f'"{known.payload_digest}"',
        },
    )  # fmt: skip


def _capture(request: Request) -> Capture:
    said = request.path_params["capture_id"]
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise HTTPException(404, f"no capture {said[:40]!r}")
    return archive_of(request).capture(said)


def _body(request: Request, known: Capture) -> bytes:
    """The stored body. Raises HTTPException where none was kept, NotFound where it was taken out."""
    if known.payload_digest is None:
        raise HTTPException(404, f"capture {known.capture_id} kept no body")
    return archive_of(request).payload(known.payload_digest)


def _kind(request: Request, known: Capture) -> str:
    """`none`, `picture`, `file` (no text) or `page`: by what the server said, so that no body is read for a link."""
    if known.payload_digest is None:
        return "none"
    said = (known.media_type or "").lower()
    if said.startswith("image/") and "svg" not in said:
        return "picture"
    return "page" if not said or any(part in said for part in ("html", "xml", "text", "json")) else "file"


ROUTES = [
    Route("/captures/{capture_id}", capture),
    Route("/captures/{capture_id}/text", text),
    Route("/captures/{capture_id}/look", look),
    Route("/captures/{capture_id}/view", view),
    Route("/captures/{capture_id}/bytes", bytes_of),
]
