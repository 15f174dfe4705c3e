"""Documents as they are now: by id, by the beginning of an id, by URL, by filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from archive.errors import NotFound
from archive.heads import CHECKED_AT, SEEN_AT
from archive.records import Document, SameContent
from archive.rows import content_of, facts_of, storable
from archive.schema import contents, documents, pages, sightings, sources
from archive.urlkey import urlkey

PAGE_ROWS = 200
NEAR = 5
"""similar ids that a wrong one is answered with"""

_parent = documents.alias("parent")
DOCUMENT = (
    select(
        documents, sources.c.source_id, _parent.c.document_id.label("parent_id"), contents.c.content_hash,
        contents.c.title,
        contents.c.text, contents.c.fields, contents.c.links, contents.c.images, contents.c.attachments,
        contents.c.margin,
        contents.c.markdown, contents.c.evidence, SEEN_AT.label("seen_at"), CHECKED_AT.label("checked_at"),
    )
    .join(sources, sources.c.source_no == documents.c.source_no)
    .join(contents, contents.c.content_no == documents.c.content_no)
    .join(sightings, sightings.c.document_no == documents.c.document_no)
    .outerjoin(pages, pages.c.page_no == sightings.c.page_no)
    .outerjoin(_parent, _parent.c.document_no == documents.c.parent_no)
)  # fmt: skip
_BY_ID = DOCUMENT.where(documents.c.document_id == bindparam("wanted"))
_EXISTS = select(documents.c.document_no).where(documents.c.document_id == bindparam("wanted"))
_PREFIX = (
    select(documents.c.document_id)
    .where(documents.c.document_id >= bindparam("first"), documents.c.document_id < bindparam("end"))
    .order_by(documents.c.document_id)
    .limit(NEAR)
)
_BY_URL = select(documents.c.document_id, documents.c.kind).where(documents.c.url == bindparam("wanted"))
_BY_PAGE = (
    select(documents.c.document_id, documents.c.kind)
    .join(sightings, sightings.c.document_no == documents.c.document_no)
    .join(pages, pages.c.page_no == sightings.c.page_no)
    .where(pages.c.urlkey == bindparam("wanted"))
)
_SAME = text(
    "SELECT document_id, other_id, relation, score, found_at FROM same_content "
    "WHERE document_id = :wanted ORDER BY score DESC, other_id"
)
_FIRST = ("topic", "notice", "article", "page", "file", "list", "post")
"""which of several documents on one page its URL means"""


def document_of(row: Mapping[Any, Any]) -> Document:
    """A document from a row of `DOCUMENT`."""
    return Document(
        row["document_id"], row["key"], row["kind"], row["source_id"], row["parent_id"], facts_of(row), content_of(row),
        row["version"], row["state"], row["first_seen_at"], row["seen_at"], row["checked_at"],
    )  # fmt: skip


def document(connection: Connection, document_id: str) -> Document:
    """The document of that id. Raises NotFound."""
    row = connection.execute(_BY_ID, {"wanted": storable(document_id)}).mappings().first()
    if row is None:
        raise NotFound(f"no document {document_id!r}", near(connection, document_id))
    return document_of(row)


def exists(connection: Connection, document_id: str) -> bool:
    """Whether there is a document of that id."""
    return connection.scalar(_EXISTS, {"wanted": storable(document_id)}) is not None


def resolve(connection: Connection, reference: str) -> str:
    """The id that an id, its beginning, or a URL means. Raises NotFound for none, or several."""
    if "/" in reference:
        found = _by_url(connection, reference)
        if found is None:
            raise NotFound(f"no document at {reference}")
        return found
    lowered = reference.lower()
    ids = _starting(connection, lowered) if lowered else []
    if lowered in ids or len(ids) == 1:
        return lowered if lowered in ids else ids[0]
    if ids:
        raise NotFound(f"{reference!r} begins several ids; write more of it", tuple(ids))
    raise NotFound(f"no document {reference!r}", near(connection, lowered))


def _by_url(connection: Connection, url: str) -> str | None:
    rows = connection.execute(_BY_URL, {"wanted": storable(url)}).all()
    rows = rows or connection.execute(_BY_PAGE, {"wanted": storable(urlkey(url))}).all()
    best = min(rows, key=lambda row: (_FIRST.index(row.kind), row.document_id), default=None)
    return None if best is None else str(best.document_id)


def _starting(connection: Connection, beginning: str) -> list[str]:
    first = storable(beginning)
    return list(connection.scalars(_PREFIX, {"first": first, "end": first + "\x7f"}))


def near(connection: Connection, document_id: str) -> tuple[str, ...]:
    """Ids that begin like this one."""
    for length in (12, 8, 5, 3, 2, 1):
        if (beginning := document_id[:length].lower()) and (found := _starting(connection, beginning)):
            return tuple(found)
    return ()


def documents_by_filter(
    source_id: str | None, kind: str | None, state: str | None, parent_id: str | None, page_id: int | None
) -> Any:
    """The statement for documents that fit every filter given, after one number."""
    statement = (
        DOCUMENT.where(documents.c.document_no > bindparam("after")).order_by(documents.c.document_no).limit(PAGE_ROWS)
    )
    if source_id is not None:
        statement = statement.where(sources.c.source_id == source_id)
    if kind is not None:
        statement = statement.where(documents.c.kind == kind)
    if state is not None:
        statement = statement.where(documents.c.state == state)
    if parent_id is not None:
        statement = statement.where(_parent.c.document_id == parent_id)
    if page_id is not None:
        statement = statement.where(sightings.c.page_no == page_id)
    return statement


def documents_found(
    connect: Callable[[], AbstractContextManager[Connection]], source_id: str | None, kind: str | None,
    state: str | None,
    parent_id: str | None, page_id: int | None,
) -> Iterator[Document]:  # fmt: skip
    """Documents in the order they were found."""
    statement = documents_by_filter(source_id, kind, state, parent_id, page_id)
    after = 0
    while True:
        with connect() as connection:
            rows = connection.execute(statement, {"after": after}).mappings().all()
        for row in rows:
            yield document_of(row)
        if len(rows) < PAGE_ROWS:
            return
        after = rows[-1]["document_no"]


def same_content(connection: Connection, document_id: str) -> list[SameContent]:
    """Documents that say the same or nearly the same. Raises NotFound."""
    if not exists(connection, document_id):
        raise NotFound(f"no document {document_id!r}", near(connection, document_id))
    return [
        SameContent(row.document_id, row.other_id, row.relation, float(row.score))
        for row in connection.execute(_SAME, {"wanted": document_id})
    ]
