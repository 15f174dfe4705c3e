"""The archive as a whole: where to begin, how big it is, how the daemon is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from archive.web.api import shapes
from archive.web.api.asks import Asked
from archive.web.api.endpoint import BASE, Endpoint, said
from archive.web.api.kept import kept
from archive.web.reader import archive_of

if TYPE_CHECKING:
    from archive import Archive

CONTRACT = 1
MINUTE = 60.0


async def index(request: Request, asked: Asked) -> Response:
    """Where to begin."""
    from archive.web.api.endpoints import ENDPOINTS

    def read() -> Response:
        addresses = tuple(BASE + each.path.replace(":int", "") for each in ENDPOINTS)
        return said(
            request,
            shapes.Index(
                request.app.state.web.settings.title, CONTRACT, archive_of(request).last_seq(),
                f"{BASE}/openapi.json", f"{BASE}/reference", addresses,
            ),
        )  # fmt: skip

    return await run_in_threadpool(read)


def _counted(archive: Archive, now: datetime) -> shapes.Stats:
    from archive.stats import stats

    found = stats(archive)
    growth = tuple(
        shapes.Growth(each.source_id, each.week.isoformat(), each.captures, each.payloads, each.payload_bytes)
        for each in found.growth
    )
    return shapes.Stats(
        found.documents, found.versions, found.contents, found.changes, found.captures, found.payloads,
        found.payload_bytes, found.frame_bytes, found.database_bytes, round(found.bytes_per_version, 1),
        archive.last_seq(), now, growth,
    )  # fmt: skip


async def stats(request: Request, asked: Asked) -> Response:
    """How big the archive is."""

    def read() -> Response:
        archive, now = archive_of(request), request.app.state.web.now
        return said(request, kept(archive, "stats", MINUTE, lambda: _counted(archive, now())))

    return await run_in_threadpool(read)


def daemon(archive: Archive, asked: Asked) -> shapes.Daemon:
    """What the daemon last said of itself."""
    beat = archive.heartbeat()
    if beat is None:
        return shapes.Daemon(None, None, None, None, None, None, None, None, None)
    return shapes.Daemon(
        beat.state, beat.beat_at, beat.started_at, beat.reason, beat.ticked_at, beat.polled_at, beat.due,
        beat.due_since, beat.busy,
    )  # fmt: skip


ENDPOINTS = (
    Endpoint("", "index", "Where to begin.", shapes.Index, handler=index),
    Endpoint("/stats", "stats", "How big the archive is and how it grows.", shapes.Stats, handler=stats),
    Endpoint("/daemon", "daemon", "What the daemon last said of itself.", shapes.Daemon, daemon),
)
