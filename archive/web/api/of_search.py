"""Search: over what documents say now, or over everything they ever said, with when a phrase appeared and vanished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.search.match import Snippet
from archive.web.api import shapes
from archive.web.api.asks import CURSOR, Asked, BadParameters, Parameter, Wrong
from archive.web.api.endpoint import Endpoint

if TYPE_CHECKING:
    from archive import Archive
    from archive.search.find import Results
    from archive.search.spans import Appearances


def search(archive: Archive, asked: Asked) -> shapes.Hits:
    """A page of hits. Raises QueryError."""
    query, place = str(asked.text("q")), asked.place()
    if place is not None and not isinstance(place, str):
        raise BadParameters(Wrong("cursor", "is not one of this list; take the address under `next` as it is"))
    if asked.flag("versions"):
        return _appearances(archive.search_versions(query, asked.limit(), place), asked)
    return _hits(archive.search(query, asked.limit(), place), asked)


def _hits(found: Results, asked: Asked) -> shapes.Hits:
    said = tuple(
        shapes.Hit(
            hit.document_id, hit.kind, hit.source_id, hit.url, hit.version, hit.state, hit.published_at,
            hit.captured_at, hit.score, _pieces(hit.title), _pieces(hit.snippet), (),
        )
        for hit in found.hits
    )  # fmt: skip
    return shapes.Hits(said, asked.next(found.cursor))


def _appearances(found: Appearances, asked: Asked) -> shapes.Hits:
    said = tuple(
        shapes.Hit(
            hit.document_id, hit.kind, hit.source_id, hit.url, None, hit.state, None, None, hit.score,
            _pieces(hit.title), _pieces(hit.snippet),
            tuple(
                shapes.Span(
                    span.first_version, span.appeared_at, span.last_version, span.vanished_version, span.vanished_at,
                    span.how,
                )
                for span in hit.spans
            ),
        )
        for hit in found.found
    )  # fmt: skip
    return shapes.Hits(said, asked.next(found.cursor))


def _pieces(said: Snippet) -> tuple[shapes.Piece, ...]:
    return tuple(shapes.Piece(piece.text, piece.found) for piece in said)


ENDPOINTS = (
    Endpoint(
        "/search", "search", "Documents by what they say, best first.", shapes.Hits, search,
        (
            Parameter(
                "q", 'words and "phrases"; `-word`, `source:`, `kind:`, `state:`, `since:` and the rest as '
                "`muniment search` knows them", needed=True, longest=1000,
            ),
            Parameter("versions", "search everything that was ever said, and say when", "flag"),
            Parameter("limit", "hits of one page, at most", "integer", least=1, most=50, default=20), CURSOR,
        ), group="search",
    ),
)  # fmt: skip
