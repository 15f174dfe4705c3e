"""Captures, and the bytes that they brought, with ranges. Bytes of others are handed out so that nothing in them can
run here: as an attachment, and sandboxed for whoever opens it all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from archive.errors import NotFound
from archive.listing import captures_found, page_number
from archive.records import Capture, Derivation
from archive.web.api import shapes
from archive.web.api.answers import part_of
from archive.web.api.asks import PAGED, Asked, Parameter
from archive.web.api.endpoint import BASE, Answer, Endpoint
from archive.web.api.of_changes import whole_number
from archive.web.reader import archive_of

if TYPE_CHECKING:
    from archive import Archive

SANDBOX = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
"""policy of bytes that others wrote: nothing runs, nothing is fetched, nothing is sent"""
ID = {"capture_id": "id of a capture"}
ANY = ("*/*",)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEDIA = re.compile(r"[\w.+-]+/[\w.+-]+(?:\s*;\s*[\w.-]+=(?:[\w.:+-]+|\"[\w .:+-]*\"))*", re.ASCII)


def capture_shape(capture: Capture, read: Derivation | None) -> shapes.Capture:
    """A capture as `capture_log` has it: with the outcome and error of reading it, where that knows more."""
    duration = capture.duration
    return shapes.Capture(
        str(capture.capture_id), str(capture.page_id), capture.source_id, capture.url, capture.final_url,
        capture.fetched_at, capture.status, read.outcome if read else capture.outcome,
        capture.error or (read.error if read else None), capture.payload_digest, capture.payload_bytes,
        capture.media_type, read.encoding if read else None, read.encoding_evidence if read else None, capture.tls,
        None if duration is None else round(duration.total_seconds() * 1000),
    )  # fmt: skip


def listed(archive: Archive, asked: Asked) -> shapes.Captures:
    """A page of captures, newest first."""
    page, url = asked.number("page_id"), asked.text("url")
    with archive.connect() as connection:
        if url is not None:
            page = page_number(connection, url)
        found = captures_found(
            connection, page_id=page, source_id=asked.text("source_id"), before=whole_number(asked), limit=asked.limit()
        )
    return shapes.Captures(tuple(capture_shape(*row) for row in found.rows), asked.next(found.on))


def one(archive: Archive, asked: Asked) -> Answer:
    """One capture."""
    capture = known(archive, asked)
    read = archive.derivation(capture.capture_id)
    payload = None if capture.payload_digest is None else f"{BASE}/captures/{capture.capture_id}/payload"
    return Answer(
        shapes.WholeCapture(
            capture_shape(capture, read), capture.headers,
            None if capture.revisit_of is None else str(capture.revisit_of), read.extractor if read else None,
            read.revision if read else None, payload,
        )
    )  # fmt: skip


def known(archive: Archive, asked: Asked) -> Capture:
    """The capture of the path. Raises NotFound."""
    said = str(asked.text("capture_id"))
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise NotFound(f"no capture {said[:60]!r}; ids of captures stand in /captures and in changes")
    return archive.capture(said)


async def of_capture(request: Request, asked: Asked) -> Response:
    """The bytes that a capture brought."""

    def read() -> Response:
        archive = archive_of(request)
        capture = known(archive, asked)
        if capture.payload_digest is None:
            raise NotFound(f"capture {capture.capture_id} brought no body: {capture.outcome}")
        return _bytes(request, archive, capture.payload_digest, content_type(capture), capture)

    return await run_in_threadpool(read)


async def of_digest(request: Request, asked: Asked) -> Response:
    """The bytes with a digest."""

    def read() -> Response:
        digest = str(asked.text("digest")).lower()
        if not _DIGEST.fullmatch(digest):
            raise NotFound("a digest is the SHA-256 of a payload, 64 hexadecimal digits; /captures shows them")
        return _bytes(request, archive_of(request), digest, "application/octet-stream", None)

    return await run_in_threadpool(read)


def content_type(capture: Capture, read: Derivation | None = None) -> str:
    """The media type as the server said it, where it can stand in a header; with the encoding that reading found, where
    the server named none."""
    said = next((value for name, value in capture.headers if name.lower() == "content-type"), capture.media_type or "")
    said = said.strip()
    if not _MEDIA.fullmatch(said):
        said = capture.media_type if capture.media_type and _MEDIA.fullmatch(capture.media_type) else ""
    if said.startswith("text/") and "charset" not in said.lower() and read is not None and read.encoding:
        said += f"; charset={read.encoding}"
    return said if _MEDIA.fullmatch(said) else "application/octet-stream"


def _bytes(request: Request, archive: Archive, digest: str, media: str, capture: Capture | None) -> Response:
    headers = {
        "content-type": media, "content-security-policy": SANDBOX, "x-content-type-options": "nosniff",
        "content-disposition": f'attachment; filename="{digest[:16]}"',
    }  # fmt: skip
    body = archive.payload(digest)
    return part_of(request, body, tag=digest, headers=headers, modified=capture.fetched_at if capture else None)


ENDPOINTS = (
    Endpoint(
        "/captures", "capture_log", "Attempts to fetch a page, newest first. A page may hold few or none while "
        "there is a `next`.", shapes.Captures, listed,
        (Parameter("source_id", "only for this source"), Parameter("page_id", "only of this page", "integer", least=1),
         Parameter("url", "only of the page at this address, in whatever spelling", longest=4000), *PAGED),
        group="captures",
    ),
    Endpoint(
        "/captures/{capture_id}", "capture", "One capture with its headers.", shapes.WholeCapture, one,
        group="captures", path_says=ID,
    ),
    Endpoint(
        "/captures/{capture_id}/payload", "payload", "The bytes that a capture brought, as they were received; `Range` "
        "is answered.", None, handler=of_capture, media=ANY, group="captures", path_says=ID, statuses=(206, 416),
    ),
    Endpoint(
        "/payloads/{digest}", "payload_by_digest", "The bytes with this SHA-256; `Range` is answered.", None,
        handler=of_digest, media=ANY, group="captures", path_says={"digest": "SHA-256, 64 hexadecimal digits"},
        statuses=(206, 416),
    ),
)  # fmt: skip
