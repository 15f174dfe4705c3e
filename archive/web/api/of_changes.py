"""The change log: read forwards from a number (waiting for the next change, if wanted), or backwards with filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from archive.errors import NotFound
from archive.filtering import ChangeFilter
from archive.records import Change as Kept
from archive.records import ChangeKind, Kind
from archive.web.api import shapes
from archive.web.api.answers import accepts
from archive.web.api.asks import CURSOR, LIMIT, Asked, BadParameters, Parameter, Wrong, moment
from archive.web.api.endpoint import Endpoint, said, zone_of
from archive.web.api.stream import EVENTS, events, resumed_at
from archive.web.api.watcher import watcher_of
from archive.web.problems import problem
from archive.web.reader import archive_of

if TYPE_CHECKING:
    from archive import Archive
    from archive.following import Followed

LONGEST_WAIT = 60
FILTERS = (
    Parameter("source", "only of these sources", many=True),
    Parameter("tag", "only of sources with one of these tags", many=True),
    Parameter("kind", "only these kinds of change", words=get_args(ChangeKind), many=True),
    Parameter("type", "only of these kinds of document", words=get_args(Kind), many=True),
    Parameter("field", "only changes of this field, such as `text`, `title`, `attachments` or `published_on`"),
    Parameter("word", "words and phrases, as search knows them, in the version that the change made"),
    Parameter("silent", "only texts that changed while the page's own date did not", "flag"),
    Parameter("until", "only changes before this time; a day is meant to its end", "time", ends=True),
    Parameter("readings", "0: without changes that only a better reading of the same bytes made", "flag", default=True),
)
"""as the page of changes has them"""
SINCE = Parameter(
    "since", "a number: changes after that one, oldest first. A time or day: changes from then on, newest first"
)
WAIT = Parameter(
    "wait", "seconds to wait for a change where there is none after `since`", "integer", most=LONGEST_WAIT, default=0
)


def change_shape(change: Kept) -> shapes.Change:
    """A change as the API says it."""
    return shapes.Change(
        change.seq, change.at, change.kind, change.source_id, change.document_id, change.document_kind, change.title,
        change.url, change.version, change.previous_version, change.cause,
        None if change.capture_id is None else str(change.capture_id), change.fields, change.nature,
    )  # fmt: skip


def filter_of(asked: Asked, zone: ZoneInfo) -> tuple[ChangeFilter, int | None]:
    """The filter, and the number that `since` gives, if it is one. Raises BadParameters."""
    since, seq, start = asked.text("since"), None, None
    if since is not None and since.isascii() and since.isdigit():
        if len(since) > 18:
            raise BadParameters(Wrong("since", f"{since[:30]} is no number of a change"))
        seq = int(since)
    elif since is not None:
        try:
            start = moment(since, zone)
        except ValueError as error:
            raise BadParameters(Wrong("since", f"{error}; or the number of a change")) from None
    return ChangeFilter(
        asked.several("source"), asked.several("tag"), cast("tuple[ChangeKind, ...]", asked.several("kind")),
        cast("tuple[Kind, ...]", asked.several("type")), asked.text("field") or "", asked.text("word") or "",
        asked.flag("silent"), start, asked.time("until"), asked.flag("readings"),
    ), seq  # fmt: skip


def after(archive: Archive, wanted: ChangeFilter, seq: int, limit: int) -> Followed:
    """Changes after that number that fit, in one stretch of the log."""
    from archive.following import followed

    with archive.connect() as connection:
        return followed(connection, wanted, seq, limit)


def forwards(archive: Archive, asked: Asked, wanted: ChangeFilter, seq: int) -> shapes.Changes:
    """A page of the log, oldest first."""
    found = after(archive, wanted, seq, asked.limit())
    following = None
    if found.looked_to < found.newest:
        kept = [(name, value) for name, value in asked.parameters if name not in ("since", "wait")]
        following = f"{asked.address}?{urlencode([*kept, ('since', found.looked_to)])}"
    return shapes.Changes(tuple(map(change_shape, found.changes)), found.looked_to, None, following)


def _forwards(request: Request, asked: Asked, wanted: ChangeFilter, seq: int) -> shapes.Changes:
    return forwards(archive_of(request), asked, wanted, seq)


def backwards(archive: Archive, asked: Asked, wanted: ChangeFilter) -> shapes.Changes:
    """A page of the log, newest first."""
    before = whole_number(asked)
    newest = archive.last_seq()
    found = archive.changes_found(wanted, before, asked.limit())
    return shapes.Changes(
        tuple(map(change_shape, found.changes)), newest, found.looked_back_to, asked.next(found.older)
    )


def whole_number(asked: Asked) -> int | None:
    """The number that the cursor holds. Raises BadParameters for one of another list."""
    place = asked.place()
    if place is not None and (not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < 2**62):
        raise BadParameters(Wrong("cursor", "is not one of this list; take the address under `next` as it is"))
    return place


async def changes(request: Request, asked: Asked) -> Response:
    """The page; with `wait` as soon as there is something on it."""
    wanted, seq = filter_of(asked, zone_of(request))
    if accepts(request, "application/json", EVENTS) == EVENTS:
        return await stream(request, asked)
    wait = asked.number("wait") or 0
    if seq is None:
        if wait:
            raise BadParameters(Wrong("wait", "goes with `since`, the number of the last change you know"))
        return await run_in_threadpool(lambda: said(request, backwards(archive_of(request), asked, wanted)))
    if asked.place() is not None:
        raise BadParameters(Wrong("cursor", "goes without a number in `since`: the last number leads on by itself"))
    watcher = watcher_of(request)
    if wait and watcher.full:
        refused = problem(request.url.path, 503, "as many wait for changes as can; ask again later, or without `wait`")
        refused.headers["retry-after"] = "10"
        return refused
    async with watcher.deadline(wait) as waiting:
        while True:
            found = await run_in_threadpool(_forwards, request, asked, wanted, seq)
            if found.changes or found.next or not await waiting.beyond(found.last_seq):
                return await run_in_threadpool(said, request, found)
            seq = found.last_seq


async def stream(request: Request, asked: Asked) -> Response:
    """Changes as they come, as server-sent events."""
    wanted, seq = filter_of(asked, zone_of(request))
    start = resumed_at(request, seq)

    def read(number: int) -> tuple[list[shapes.Change], int]:
        found = after(archive_of(request), wanted, number, 100)
        return [change_shape(change) for change in found.changes], found.looked_to

    return await events(request, start, read)


def one(archive: Archive, asked: Asked) -> shapes.Change:
    """One change."""
    seq = int(asked.values["seq"])
    found = next(archive.changes_after(seq - 1, 1), None) if 0 < seq < 2**62 else None
    if found is None or found.seq != seq:
        raise NotFound(f"no change {seq}; the newest is {archive.last_seq()}")
    return change_shape(found)


ENDPOINTS = (
    Endpoint(
        "/changes", "changes", "The change log: from a number on, or newest first; waits with `wait`, streams for "
        "`Accept: text/event-stream`.", shapes.Changes, handler=changes, media=("application/json", EVENTS),
        parameters=(SINCE, WAIT, *FILTERS, LIMIT, CURSOR), group="changes", statuses=(503,),
    ),
    Endpoint(
        "/changes/stream", "stream", "Changes as they come, as server-sent events: `id` is the number of the change, "
        "and `Last-Event-ID` (or `since`) goes on after it.", None, handler=stream, media=(EVENTS,),
        parameters=(SINCE, *FILTERS), group="changes", statuses=(503,),
    ),
    Endpoint(
        "/changes/{seq:int}", "change", "One change.", shapes.Change, one, group="changes",
        path_says={"seq": "number of the change"},
    ),
)  # fmt: skip
