"""Atom feeds (RFC 4287): of every filter of the change log, of every source, of every search.

    /feeds/changes.atom?kind=changed&silent=1       the filter, as the page of changes has it
    /feeds/sources/county.atom                      one source
    /feeds/search.atom?q=...                        versions that say so, as they are made

Ids stay: that of a feed follows from its filter, that of an entry from its change, in whichever feed it stands. The
ETag follows from the changes shown: an unchanged feed costs one query and no difference is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.errors import NotFound
from archive.export.atom import entry, feed, identity, link
from archive.filtering import ChangeFilter
from archive.records import Change, Version
from archive.search.query import QueryError, parse
from archive.web import links
from archive.web.api.answers import answer, is_known, tag_of, unchanged
from archive.web.api.asks import Asked, BadParameters, Parameter, Wrong, asked
from archive.web.api.endpoint import bad_parameters, not_found, zone_of
from archive.web.api.memento import base_of
from archive.web.api.of_changes import FILTERS, SINCE, filter_of
from archive.web.reader import archive_of

if TYPE_CHECKING:
    from archive import Archive

ATOM = "application/atom+xml"
DEFAULT, MOST = 20, 100
LIMIT = Parameter("limit", "entries", "integer", least=1, most=MOST, default=DEFAULT)
READINGS = Parameter(
    "readings", "1: also changes that only a better reading of the same bytes made", "flag", default=False
)
OF_CHANGES = (SINCE, *(each for each in FILTERS if each.name != "readings"), READINGS, LIMIT)
OF_SOURCE = tuple(each for each in OF_CHANGES if each.name not in ("source", "tag"))
OF_SEARCH = (
    Parameter("q", "words and phrases, as search knows them", needed=True),
    *(each for each in OF_CHANGES if each.name != "word"),
)

Wanted = tuple[ChangeFilter, str, str]
"""the filter, the feed's title, and the page that shows the same"""


def autodiscovery(address: str, title: str) -> str:
    """The element that tells a browser of a feed, for the head of a page; values are escaped."""
    from markupsafe import Markup

    return Markup('<link rel="alternate" type="application/atom+xml" title="{}" href="{}">').format(title, address)


def of_changes(archive: Archive, question: Asked, request: Request) -> Wanted:
    """Any filter."""
    wanted, seq = filter_of(question, zone_of(request))
    if seq is not None:
        raise BadParameters(Wrong("since", "is a time or a day in a feed, such as 2026-03-01"))
    said = [f"{name}={value}" for name, value in question.parameters if name != "limit" and value]
    page = links.link("/changes") + (f"?{urlencode(question.parameters)}" if question.parameters else "")
    return wanted, "Changes" + (f": {', '.join(said)}" if said else ""), page


def of_source(archive: Archive, question: Asked, request: Request) -> Wanted:
    """One source. Raises NotFound."""
    from archive.listing import source_number

    source_id = str(question.values["source_id"])
    with archive.connect() as connection:
        source_number(connection, source_id)
    whole = replace(question, values={**question.values, "source": (source_id,), "tag": ()})
    wanted, _, _ = of_changes(archive, whole, request)
    return wanted, f"Changes of {source_id}", links.source(source_id)


def of_search(archive: Archive, question: Asked, request: Request) -> Wanted:
    """One search: its words in the version that a change made; its sources, kinds and days of the change. Raises
    QueryError, BadParameters."""
    query = str(question.text("q"))
    said = parse(query)
    known = {"source": "source", "kind": "type"}
    if others := sorted({name for name, _ in said.filters} - set(known)):
        raise BadParameters(Wrong("q", f"a feed cannot be asked for {', '.join(others)}; leave it out"))
    values: dict[str, object] = {**question.values, "word": query if said.terms or said.fields else None}
    for name, value in said.filters:
        values[known[name]] = (*question.several(known[name]), value)
    wanted, _, _ = of_changes(archive, replace(question, values=values), request)
    wanted = replace(wanted, since=wanted.since or said.since, until=wanted.until or said.until)
    return wanted, f"Search: {query}", links.link("/search", q=query)


def _serving(
    known: Sequence[Parameter], wanted_of: Callable[[Archive, Asked, Request], Wanted]
) -> Callable[[Request], Response]:
    def read(request: Request) -> Response:
        try:
            question = asked(known, request.query_params, request.path_params, request.url.path, zone_of(request))
            archive = archive_of(request)
            return _feed(request, archive, question, *wanted_of(archive, question, request))
        except BadParameters as error:
            return bad_parameters(request, *error.wrong)
        except QueryError as error:
            return bad_parameters(request, Wrong("q" if "q" in request.query_params else "word", str(error)))
        except NotFound as error:
            return not_found(request, error)

    return read


def _feed(
    request: Request, archive: Archive, question: Asked, wanted: ChangeFilter, title: str, page: str
) -> Response:  # fmt: skip
    changes = archive.changes_found(wanted, None, question.limit()).changes
    base, address = base_of(request), request.url.path
    said = sorted((name, value) for name, value in question.parameters if value and name != "limit")
    feed_id = identity("feed", address, urlencode(said))
    tag = tag_of(base, feed_id, title, *(change.seq for change in changes))
    # a change is written once, but its source's clock may be behind that of another: the newest by time
    updated = max((change.at for change in changes), default=None)
    if is_known(request, tag, updated):
        return unchanged(tag, {"vary": "Accept, Accept-Encoding"})
    own = base + address + (f"?{urlencode(question.parameters)}" if question.parameters else "")
    head = link("self", own, ATOM) + link("alternate", base + page, "text/html")
    read = _versions(archive, changes)
    entries = [entry(read, change, link("related", base + _page_of(change), "text/html")) for change in changes]
    body = feed(feed_id, title, updated, entries, head).encode("utf-8", "replace")
    return answer(request, body, ATOM, tag=tag, modified=updated)


def _versions(archive: Archive, changes: Sequence[Change]) -> Callable[[str, int], Version]:
    """All versions that the entries will ask for, read at once."""
    from archive.listing import versions_of

    wanted = {(change.document_id, change.version) for change in changes}
    wanted |= {
        (change.document_id, change.previous_version) for change in changes
        if change.kind == "changed" and change.previous_version is not None
    }  # fmt: skip
    with archive.connect() as connection:
        known = versions_of(connection, wanted)

    def read(document_id: str, number: int) -> Version:
        if (document_id, number) not in known:
            raise NotFound(f"document {document_id} has no version {number}")
        return known[document_id, number]

    return read


def _page_of(change: Change) -> str:
    """Our own page about the change."""
    if change.kind == "changed" and change.previous_version not in (None, change.version):
        return links.compare(change.document_id, change.previous_version or 1, change.version)
    return links.document(change.document_id)


ROUTES = [
    Route("/feeds/changes.atom", _serving(OF_CHANGES, of_changes), name="feed-changes"),
    Route("/feeds/sources/{source_id}.atom", _serving(OF_SOURCE, of_source), name="feed-source"),
    Route("/feeds/search.atom", _serving(OF_SEARCH, of_search), name="feed-search"),
]
