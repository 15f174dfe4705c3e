"""Server-sent events (WHATWG HTML, section 9.2): changes as they come, for as long as the client listens.

    id: 4711            number of the change: sent back as Last-Event-ID, the stream goes on after it
    event: change
    data: {...}

A comment every quarter of a minute keeps the way open. Where a filter passes changes over, an `id` alone tells the
client how far it is, so that nothing is looked at twice. The log has no gaps: nothing is missed, nothing comes twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archive.errors import ArchiveError
from archive.web.api.asks import BadParameters, Wrong
from archive.web.api.encoding import encoded
from archive.web.api.shapes import Change
from archive.web.api.watcher import watcher_of
from archive.web.problems import problem
from archive.web.reader import archive_of

EVENTS = "text/event-stream"
HEARTBEAT = 15.0
"""seconds after which a silent stream says that it is alive"""
RETRY_MS = 3000
MOST = 200
"""streams at the same time"""

Read = Callable[[int], tuple[Sequence[Change], int]]


def resumed_at(request: Request, since: int | None) -> int | None:
    """The number after which a stream begins: what the client says it has seen, else `since`. None: what is new from
    now on. Raises BadParameters."""
    seen = request.headers.get("last-event-id", "").strip()
    if not seen:
        return since
    if not (seen.isascii() and seen.isdigit() and len(seen) <= 18):
        raise BadParameters(Wrong("Last-Event-ID", f"{seen[:30]!r} is no id of an event of this stream"))
    return int(seen)


async def events(request: Request, start: int | None, read: Read) -> Response:
    """The stream of what `read` gives after a number: changes, and how far the log was looked at."""
    state = request.app.state
    streams = getattr(state, "streams", 0)
    if streams >= MOST:
        refused = problem(request.url.path, 503, f"{streams} streams are open, and that is all there can be; try again")
        refused.headers["retry-after"] = "10"
        return refused
    if start is None:
        start = await run_in_threadpool(lambda: archive_of(request).last_seq())
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_counted(request, start, read), media_type=EVENTS, headers=headers)


async def _counted(request: Request, start: int, read: Read) -> AsyncIterator[bytes]:
    state = request.app.state
    state.streams = getattr(state, "streams", 0) + 1
    try:
        yield f"retry: {RETRY_MS}\nid: {start}\n\n".encode()
        async for piece in _following(request, start, read):
            yield piece
    finally:
        state.streams -= 1


async def _following(request: Request, seq: int, read: Read) -> AsyncIterator[bytes]:
    watcher = watcher_of(request)
    loop = asyncio.get_running_loop()
    while not watcher.leaving:
        try:
            found, looked_to = await run_in_threadpool(read, seq)
        except ArchiveError as error:
            if not error.transient:
                raise
            found, looked_to = (), seq  # the client hears that it is not forgotten, and waits on
            await asyncio.sleep(1)
        if found:
            yield b"".join(map(_event, found))
        if looked_to > (found[-1].seq if found else seq):
            yield f"id: {looked_to}\n\n".encode()
        seq = looked_to
        if not await watcher.wait(seq, loop.time() + HEARTBEAT) and not watcher.leaving:
            yield b": here\n\n"


def _event(change: Change) -> bytes:
    return b"id: %d\nevent: change\ndata: %s\n\n" % (change.seq, encoded(change))
