"""Finding documents by what they say: now, or in any version, with when that appeared and when it vanished."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.search.query import QueryError
from archive.web import filters, links
from archive.web.reader import archive_of
from archive.web.rendering import page
from archive.web.words import word

ROWS = 20
LONGEST = 1000
"""characters of a query"""
STATES = ("present", "gone")
PARTS = ("source", "kind", "state", "since", "until")
"""filters of the form, which are words of the query language, too"""
EXAMPLES = (
    ("危房改造 补助", word("both, anywhere in the text")), ('"停止供应"', word("exactly this")),
    ("permit*", word("words that begin so")), ("通知 -招聘", word("without this word")),
    ("issuer=县财政局", word("a field with this value")), ("author:Nora since:2026-01", word("by whom, and when")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    words: str
    """as typed"""
    parts: dict[str, str]
    versions: bool
    cursor: str | None

    @property
    def query(self) -> str:
        """Words and parts in the query language."""
        said = [f'{name}:"{value}"' for name, value in self.parts.items()]
        return " ".join([self.words, *said]).strip()

    def __bool__(self) -> bool:
        return bool(self.query)


def asked(parameters: QueryParams) -> Asked:
    """The question of an address: `?q=words&source=ID&kind=notice&state=gone&since=2026-01&versions=1`."""
    given = {name: parameters.get(name, "").strip().replace('"', "")[: filters.LONGEST] for name in PARTS}
    words = parameters.get("q", "").strip()[:LONGEST]
    parts = {name: value for name, value in given.items() if value}
    return Asked(words, parts, parameters.get("versions", "") not in ("", "0"), parameters.get("cursor") or None)


def search(request: Request) -> Response:
    """The page. A question that means nothing is shown again with what is wrong with it."""
    archive, question = archive_of(request), asked(request.query_params)
    results = appearances = wrong = None
    if question:
        try:
            if question.versions:
                appearances = archive.search_versions(question.query, ROWS, question.cursor)
            else:
                results = archive.search(question.query, ROWS, question.cursor)
        except QueryError as error:
            wrong = str(error)
    feed = links.link(links.SEARCH_FEED, q=question.query) if links.served(request, links.SEARCH_FEED) else None
    return page(
        request, "search.html", question=question, results=results, appearances=appearances, wrong=wrong,
        sources=list(archive.source_tags()), types=filters.DOCUMENT_KINDS, states=STATES, examples=EXAMPLES,
        feed=feed, status_code=400 if wrong else 200,
    )  # fmt: skip


ROUTES = [Route("/search", search)]
