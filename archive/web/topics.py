"""A topic with its posts, as it stands or as it stood: edits and removals in their places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from archive.records import Change, Remark, Version
from archive.web import links
from archive.web.comparing import Row, edited
from archive.web.documents import Text, number_of, text_of
from archive.web.failures import BadQuestion
from archive.web.reader import archive_of
from archive.web.rendering import page
from archive.web.times import local, moment
from archive.web.words import word

ROWS = 20
"""posts on a page"""
LONGEST = 20_000
"""characters of one post that are shown in the thread"""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a post said before: `version` until `until`, and the paragraphs that became others."""

    version: Version
    until: datetime
    rows: tuple[Row, ...]
    text: Text
    reread: bool
    """the page did not change, only our reading of it"""


@dataclass(frozen=True, slots=True)
class Post:
    """One post as the page shows it."""

    remark: Remark
    text: Text
    gone: Change | None
    """the removal, where the post is gone"""
    edits: tuple[Edit, ...]
    """newest first"""
    more: int
    """versions older than those in `edits`"""


def topic(request: Request) -> Response:
    """The thread; `?at=` as it stood then, `?page=`, `?post=` the page of that post."""
    archive, params = archive_of(request), request.query_params
    zone = request.app.state.web.renderer.zone
    topic_id = request.path_params["topic_id"]
    known = archive.document(topic_id)
    if known.kind == "post" and known.parent_id is not None:
        return RedirectResponse(links.topic(known.parent_id, known.document_id), 302)
    if known.kind != "topic":
        return RedirectResponse(links.document(known.document_id), 302)
    when = moment(params.get("at"), zone)
    number = number_of(params.get("page"), "page") or 1
    thread = archive.thread(topic_id, number, ROWS, at=when, post_id=params.get("post") or None)
    if params.get("page") and number > thread.pages:
        raise BadQuestion(word("this topic has {most} pages; write page={most} or less"), most=thread.pages)
    return page(
        request, "topic.html", document=known, thread=thread, posts=[post_of(remark) for remark in thread.remarks],
        when_then=when, at=local(when, zone), pages=pages_around(thread.page, thread.pages),
    )  # fmt: skip


def post_of(remark: Remark) -> Post:
    """A post with its edits made ready."""
    said = remark.versions
    gone = next((change for change in remark.changes if change.kind == "gone"), None)
    edits = tuple(
        Edit(
            before, after.captured_at, edited(before.content.text[:LONGEST], after.content.text[:LONGEST]),
            text_of(before.content, longest=LONGEST), after.cause == "rederived",
        )
        for after, before in pairwise(said)
    )  # fmt: skip
    return Post(
        remark, text_of(said[0].content, longest=LONGEST), gone if remark.state == "gone" else None, edits,
        said[-1].number - 1,
    )  # fmt: skip


def pages_around(page_number: int, pages: int) -> list[int | None]:
    """The numbers to turn to: first, last and the neighbours; None stands for those between."""
    wanted = sorted({1, pages, *range(max(1, page_number - 2), min(pages, page_number + 2) + 1)})
    found: list[int | None] = []
    for number in wanted:
        if found and found[-1] is not None and number > found[-1] + 1:
            found.append(None)
        found.append(number)
    return found


ROUTES = [Route("/topics/{topic_id}", topic)]
