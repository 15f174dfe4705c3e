"""Finding documents by what they say: now (`search`), or at any time (`search_versions`).

    search(connection, query, limit, cursor) -> Results               hits ranked, with marked snippets
    search_versions(connection, query, limit, cursor) -> Appearances  when a phrase appeared, when it vanished
    index_content(connection, content_no, row)                        called where a content is stored
    rebuild(connection, progress)                                     the index made anew

The query language stands in `archive.search.query`. `Archive.search` and `Archive.search_versions` are the doors for
readers.
"""

from archive.search.find import Hit, Results, search
from archive.search.index import damage, forget_content, index_content, rebuild
from archive.search.match import Piece, Snippet
from archive.search.query import Query, QueryError, parse
from archive.search.spans import Appearance, Appearances, Span, search_versions
from archive.search.stubs import Place

__all__ = [
    "Appearance", "Appearances", "Hit", "Piece", "Place", "Query", "QueryError", "Results", "Snippet", "Span", "damage",
    "forget_content", "index_content", "parse", "rebuild", "search", "search_versions",
]  # fmt: skip
