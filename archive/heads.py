"""What deciding needs to know of documents: heads, contents, earlier states, posts and parts. `Transaction` is their
door."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from archive.digest import document_id_of
from archive.errors import Damaged
from archive.records import Content, Head, Part
from archive.rows import content_of, facts_of, storable
from archive.schema import LEFT_OUT, documents, pages, parts, sightings, sources, versions
from archive.schema import contents as contents_table
from archive.session import Session
from archive.statement import Statement, on_conflict

_parent = documents.alias("parent")
SEEN_AT = case(
    (
        (pages.c.payload_capture_no == sightings.c.capture_no) & (pages.c.touched_at > sightings.c.last_seen_at),
        pages.c.touched_at,
    ),
    else_=sightings.c.last_seen_at,
)
"""when a document was last seen: by itself, or because its page's unchanged payload was seen again"""
CHECKED_AT = case(
    (pages.c.answered_at > sightings.c.last_checked_at, pages.c.answered_at), else_=sightings.c.last_checked_at
)

STORED = (
    select(
        documents, sources.c.source_id, contents_table.c.content_hash, contents_table.c.title,
        _parent.c.key.label("parent_key"), _parent.c.document_id.label("parent_id"),
        sightings.c.page_no, sightings.c.capture_no.label("seen_capture_no"), SEEN_AT.label("seen_at"),
        CHECKED_AT.label("checked_at"), sightings.c.missing_since, sightings.c.missing_polls,
        sightings.c.missing_counted_at,
    )
    .join(sources, sources.c.source_no == documents.c.source_no)
    .outerjoin(contents_table, contents_table.c.content_no == documents.c.content_no)
    .join(sightings, sightings.c.document_no == documents.c.document_no)
    .outerjoin(pages, pages.c.page_no == sightings.c.page_no)
    .outerjoin(_parent, _parent.c.document_no == documents.c.parent_no)
)  # fmt: skip
_LOCKED = Statement(
    STORED.where(documents.c.document_id.in_(bindparam("wanted", expanding=True)))
    .order_by(documents.c.document_no)
    .with_for_update(of=documents),
    many="wanted",
)
"""SQLite has no locks on rows: there the whole file is locked"""
_CONTENTS = Statement(
    select(contents_table).where(contents_table.c.content_hash.in_(bindparam("wanted", expanding=True))), many="wanted"
)
_EARLIER = Statement(
    select(documents.c.key, contents_table.c.content_hash, func.max(versions.c.number).label("number"))
    .join(versions, versions.c.document_no == documents.c.document_no)
    .join(contents_table, contents_table.c.content_no == versions.c.content_no)
    .where(documents.c.document_id.in_(bindparam("wanted", expanding=True)))
    .group_by(documents.c.key, contents_table.c.content_hash),
    many="wanted",
)
_TOPIC_NO = select(documents.c.document_no).where(documents.c.document_id == bindparam("topic")).scalar_subquery()
_PRESENT_POSTS = (documents.c.parent_no == _TOPIC_NO, documents.c.state == "present")
_MISSING = Statement(STORED.where(*_PRESENT_POSTS, bindparam("before", type_=sightings.c.last_seen_at.type) > SEEN_AT))
_CHILDREN = Statement(select(documents.c.key).where(*_PRESENT_POSTS).order_by(documents.c.document_no))
_ON_PAGE = Statement(
    select(documents.c.key)
    .join(sightings, sightings.c.document_no == documents.c.document_no)
    .where(sightings.c.page_no == bindparam("page"), documents.c.state == "present")
    .order_by(documents.c.document_no)
)
_PARTS = Statement(select(parts).where(parts.c.topic_id == bindparam("topic")).order_by(parts.c.part))
_PART_READ = Statement(
    lambda postgres: on_conflict(
        postgres, parts, ("page_no", "read_at", "capture_no"), ["topic_id", "part"], ["first_read_at"]
    )
)
_SWEPT = Statement(
    update(parts)
    .where(parts.c.topic_id == bindparam("topic"), parts.c.first_read_at.is_not(None))
    .values(first_read_at=None)
)
_PARTS_BEYOND = Statement(
    delete(parts)
    .where(parts.c.topic_id == bindparam("topic"), parts.c.part > bindparam("last"))
    .returning(parts.c.page_no)
)
_PARTS_OF_PAGE = Statement(delete(parts).where(parts.c.page_no == bindparam("page")).returning(parts.c.page_no))
_LEAD_AGAIN = Statement(update(pages).where(pages.c.page_no == bindparam("wanted")).values(activity=LEFT_OUT))


def stored(session: Session, keys: Iterable[str]) -> dict[str, Mapping[Any, Any]]:
    """Rows of `STORED` by key, locked until the transaction ends."""
    ids = {document_id_of(key): key for key in map(storable, keys)}
    if not ids:
        return {}
    rows = {row["document_id"]: row for row in _LOCKED.rows(session.connection, {"wanted": sorted(ids)})}
    for document_id, row in rows.items():
        if row["key"] != ids[document_id]:
            raise Damaged(f"documents {document_id}: its key is not the one its id is made from")
    return {row["key"]: row for row in rows.values()}


def head_of(row: Mapping[Any, Any]) -> Head:
    """A head from a row of `STORED`."""
    return Head(
        key=row["key"], document_id=row["document_id"], kind=row["kind"], number=row["version"],
        content_hash=row["content_hash"], facts=facts_of(row), state=row["state"], capture_id=row["capture_no"],
        captured_at=row["captured_at"], extractor=row["extractor"], extractor_revision=row["extractor_revision"],
        last_seen_at=row["seen_at"], parent_key=row["parent_key"], page_id=row["page_no"],
        missing_since=row["missing_since"], missing_polls=row["missing_polls"],
        missing_counted_at=row["missing_counted_at"],
    )  # fmt: skip


def heads(session: Session, keys: Collection[str]) -> dict[str, Head]:
    """Heads by key, of those that are known; locked, so that what is decided on them still holds when it is written."""
    return {key: head_of(row) for key, row in stored(session, keys).items()}


def contents(connection: Connection, hashes: Collection[str]) -> dict[str, Content]:
    """Contents by hash, of those that are known."""
    if not hashes:
        return {}
    return {
        row["content_hash"]: content_of(row)
        for row in _CONTENTS.rows(connection, {"wanted": sorted(set(hashes))})
    }


def earlier(connection: Connection, keys: Collection[str]) -> dict[str, dict[str, int]]:
    """Which states each document had: key -> content hash -> number of the newest version that said so."""
    found: dict[str, dict[str, int]] = {}
    if keys:
        wanted = sorted({document_id_of(storable(key)) for key in keys})
        for row in _EARLIER.rows(connection, {"wanted": wanted}):
            found.setdefault(row["key"], {})[row["content_hash"]] = row["number"]
    return found


def missing_posts(connection: Connection, topic_key: str, before: datetime) -> tuple[Head, ...]:
    """Present posts of a topic that were last seen before that time."""
    rows = _MISSING.rows(connection, {"topic": document_id_of(topic_key), "before": before})
    return tuple(map(head_of, rows))


def children(connection: Connection, topic_key: str) -> tuple[str, ...]:
    """Keys of a topic's present posts."""
    return tuple(_CHILDREN.column(connection, {"topic": document_id_of(topic_key)}))


def documents_on_page(connection: Connection, page_id: int) -> tuple[str, ...]:
    """Keys of the present documents last seen on this page."""
    return tuple(_ON_PAGE.column(connection, {"page": page_id}))


def topic_parts(connection: Connection, topic_key: str) -> tuple[Part, ...]:
    """The pages of a topic that were read, in order."""
    rows = _PARTS.rows(connection, {"topic": document_id_of(topic_key)})
    return tuple(
        Part(topic_key, row["part"], row["read_at"], row["capture_no"], row["page_no"], row["first_read_at"])
        for row in rows
    )


def record_part(session: Session, part: Part, total: int) -> None:
    """Remembers that a part was read; parts beyond `total` are forgotten: the topic has become shorter. Should it grow
    again, their pages are due, whatever number of replies it has then."""
    topic_id = document_id_of(part.topic_key)
    _PART_READ.run(
        session.connection,
        {
            "topic_id": topic_id, "part": part.part, "page_no": part.page_id, "read_at": part.read_at,
            "capture_no": part.capture_id, "first_read_at": part.read_at,
        },
    )  # fmt: skip
    _forgotten(session, _PARTS_BEYOND.column(session.connection, {"topic": topic_id, "last": max(total, part.part)}))


def end_sweep(session: Session, topic_key: str) -> None:
    """The next reading of each of the topic's parts is the first of a new sweep."""
    _SWEPT.run(session.connection, {"topic": document_id_of(topic_key)})


def forget_part(session: Session, page_id: int) -> None:
    """A page that was a part of a topic is none now: another one answered in its place."""
    _forgotten(session, _PARTS_OF_PAGE.column(session.connection, {"page": page_id}))


def _forgotten(session: Session, page_ids: Iterable[int]) -> None:
    _LEAD_AGAIN.run_each(session.connection, [{"wanted": number} for number in page_ids])
