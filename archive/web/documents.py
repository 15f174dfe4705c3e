"""One document: what it says, its fields and files, every version it had, and two of them compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from archive.records import Content, Document, Version
from archive.web import links
from archive.web.citing import cited
from archive.web.comparing import compared
from archive.web.failures import BadQuestion
from archive.web.fields import fields_of
from archive.web.markdown import drawn
from archive.web.reader import archive_of
from archive.web.rendering import page
from archive.web.shown import paragraphs, signed
from archive.web.timeline import entries
from archive.web.times import local, moment
from archive.web.words import word

if TYPE_CHECKING:
    from archive import Archive

LONGEST = 150_000
"""characters of a text that are shown on a page; the rest is a click away"""
LATEST = 30
"""versions of a timeline's page"""
CHOICES = 100
"""versions up to which they are chosen from a list with their times"""
MOST_LIKE = 20
"""documents that say the same"""
MOST_ENTRIES = 200
"""attachments, pictures or links that are listed"""
VIEWS = ("inline", "side")


@dataclass(frozen=True, slots=True)
class Text:
    """A content's text as it is shown."""

    html: Markup
    cut: bool
    shaped: bool
    """whether headings, lists and tables are drawn (there is a plain form, too)"""


def text_of(content: Content, *, plain: bool = False, longest: int = LONGEST) -> Text:
    """The text in its shape where that is known, else a paragraph a line."""
    if content.markdown and not plain:
        return Text(drawn(content.markdown[:longest]), len(content.markdown) > longest, True)
    lines = paragraphs(content.text[:longest])
    said = Markup("\n").join(Markup("<p>{}</p>").format(line) for line in lines)
    return Text(said, len(content.text) > longest, bool(content.markdown))


def document(request: Request) -> Response:
    """A document in its newest version, in that of `?version=`, or in the one in force at `?at=`."""
    archive, params = archive_of(request), request.query_params
    zone = request.app.state.web.renderer.zone
    known = archive.document(request.path_params["document_id"])
    when = moment(params.get("at"), zone)
    if when is not None:
        version = archive.at(known.document_id, when)
    else:
        version = archive.version(known.document_id, number_of(params.get("version"), "version"))
    capture = archive.capture(version.capture_id)
    timeline = archive.timeline(known.document_id, number_of(params.get("before"), "before"), LATEST)
    urls = [str(entry.get("url") or "") for entry in version.content.attachments[:MOST_ENTRIES]]
    likenesses = archive.likenesses(known.document_id, MOST_LIKE + 1)
    permalink = str(request.base_url).rstrip("/") + links.document(known.document_id, version.number)
    plain = params.get("form") == "plain"
    return page(
        request, "document.html", document=known, version=version, capture=capture,
        reading=archive.derivation(version.capture_id), fields=fields_of(version.content),
        text=text_of(version.content, plain=plain), entries=entries(timeline), older=timeline.older,
        until=_until(archive, known, version), family=archive.family(known, urls), likenesses=likenesses[:MOST_LIKE],
        more_like=len(likenesses) > MOST_LIKE, citation=cited(known, version, capture, permalink),
        at=local(when, zone), plain_form=plain, most=MOST_ENTRIES, name=name_of(known, version),
    )  # fmt: skip


def text(request: Request) -> Response:
    """What a version says as plain text, for tools and for texts too long for a page."""
    archive = archive_of(request)
    document_id = archive.document(request.path_params["document_id"]).document_id
    version = archive.version(document_id, number_of(request.query_params.get("version"), "version"))
    said = f"{version.content.title}\n\n{version.content.text}\n"
    return PlainTextResponse(said.encode("utf-8", "replace"), headers={"content-disposition": "inline"})


def compare(request: Request) -> Response:
    """Two versions compared; without `?from=` and `?to=` the newest one and the one before it."""
    archive, params = archive_of(request), request.query_params
    known = archive.document(request.path_params["document_id"])
    newer = number_of(params.get("to"), "to") or known.version
    older = number_of(params.get("from"), "from") or max(1, newer - 1)
    old, new = archive.version(known.document_id, older), archive.version(known.document_id, newer)
    view = params.get("view", "inline")
    if view not in VIEWS:
        raise BadQuestion(word("{value} is no view; write view=inline or view=side"), value=view[:40])
    lines = archive.timeline(known.document_id, None, CHOICES).versions if known.version <= CHOICES else ()
    found = compared(old.content, new.content, whole=params.get("whole") == "1", side=view == "side")
    between = archive.timeline(known.document_id, max(older, newer) + 1, 1)
    return page(
        request, "compare.html", document=known, old=old, new=new, view=view, whole=params.get("whole") == "1",
        lines=lines, found=found, entry=entries(between)[-1:], name=name_of(known, new), most=MOST_ENTRIES,
    )  # fmt: skip


def name_of(document: Document, version: Version) -> str:
    """What a document is called: its title, else the beginning of its text, else who wrote it, else its address."""
    first = next((line for line in version.content.text.split("\n", 20) if line.strip()), "")
    facts = document.facts
    return version.content.title.strip() or first[:80] or signed(facts.author, facts.floor) or facts.url


def number_of(said: str | None, name: str) -> int | None:
    """A number in an address; None for none. Raises BadQuestion."""
    if said is None or not said.strip():
        return None
    if said.isascii() and said.isdigit() and 0 < len(said) < 10 and int(said) > 0:
        return int(said)
    raise BadQuestion(word("{value} is no number from 1 on; write {name}=2"), value=said[:40], name=name)


def _until(archive: Archive, document: Document, version: Version) -> datetime | None:
    """When a version ceased to be the newest."""
    if version.number >= document.version:
        return None
    after = archive.timeline(document.document_id, version.number + 2, 1).versions
    return after[0].captured_at if after else None


ROUTES = [
    Route("/documents/{document_id}", document),
    Route("/documents/{document_id}/text", text),
    Route("/documents/{document_id}/compare", compare),
]
