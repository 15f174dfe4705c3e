"""What was: versions, states at a time, topics as they stood, changes and captures; always in order, a page of rows at
a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from archive.captures import CAPTURE, capture_of
from archive.errors import NotFound, NotYet
from archive.lookup import DOCUMENT, document_of
from archive.records import Capture, Change, ChangeKind, Document, Version
from archive.rows import changed_fields, content_of, nature_of
from archive.schema import SILENT, captures, changes, contents, documents, labels, pages, sources, versions
from archive.urlkey import urlkey

PAGE_ROWS = 200

VERSION = (
    select(
        versions, documents.c.document_id, sources.c.source_id, labels.c.label.label("extractor"),
        *(column for column in contents.c if column.name != "content_no"),
    )
    .join(documents, documents.c.document_no == versions.c.document_no)
    .join(sources, sources.c.source_no == documents.c.source_no)
    .join(contents, contents.c.content_no == versions.c.content_no)
    .join(labels, labels.c.label_no == versions.c.extractor_no)
)  # fmt: skip
_OF = VERSION.where(documents.c.document_id == bindparam("wanted"))
_ALL = _OF.where(versions.c.number > bindparam("after")).order_by(versions.c.number).limit(PAGE_ROWS)
_ONE = _OF.where(versions.c.number == bindparam("number"))
_NEWEST = _OF.where(versions.c.number == documents.c.version)
_AT = (
    _OF.where(versions.c.captured_at <= bindparam("at", type_=versions.c.captured_at.type))
    .order_by(versions.c.number.desc())
    .limit(1)
)
CHANGE = (
    select(changes, documents.c.document_id, sources.c.source_id)
    .join(documents, documents.c.document_no == changes.c.document_no)
    .join(sources, sources.c.source_no == documents.c.source_no)
)
_CHANGES = CHANGE.where(changes.c.seq > bindparam("after")).order_by(changes.c.seq).limit(PAGE_ROWS)
_parent = documents.alias("topic")
_POSTS = (
    DOCUMENT.where(
        documents.c.parent_no.in_(select(_parent.c.document_no).where(_parent.c.document_id == bindparam("topic"))),
        documents.c.kind == "post",
    )
)  # fmt: skip
_wanted: Any = bindparam("wanted", expanding=True)
_until = bindparam("at", type_=changes.c.at.type)
_WENT = (
    select(changes.c.document_no, changes.c.kind)
    .where(changes.c.document_no.in_(_wanted), changes.c.kind.in_(("gone", "back", "new")), changes.c.at <= _until)
    .order_by(changes.c.seq)
)
_HEADS = VERSION.where(versions.c.document_no.in_(_wanted), versions.c.number == documents.c.version)
_newest = (
    select(versions.c.document_no, func.max(versions.c.number).label("number"))
    .where(versions.c.document_no.in_(_wanted), versions.c.captured_at <= _until)
    .group_by(versions.c.document_no)
    .subquery("newest")
)
_THEN = VERSION.join(
    _newest, (_newest.c.document_no == versions.c.document_no) & (_newest.c.number == versions.c.number)
)


def version_of(row: Mapping[Any, Any]) -> Version:
    """A version from a row of `VERSION`."""
    return Version(
        row["document_id"], row["number"], row["cause"], row["returns_to"], row["captured_at"], row["capture_no"],
        row["source_id"], row["url"], row["published_at"], content_of(row), row["extractor"], row["extractor_revision"],
    )  # fmt: skip


def change_of(row: Mapping[Any, Any]) -> Change:
    """A change from a row of `CHANGE`."""
    return Change(
        row["seq"], row["at"], row["kind"], row["source_id"], row["document_id"], row["document_kind"], row["title"],
        row["url"], row["version"], row["previous_version"], row["cause"], row["capture_no"],
        changed_fields(row["fields"]), nature_of(row["nature"]),
    )  # fmt: skip


class History:
    """Reads the past; `connect` gives a connection for each page of rows."""

    def __init__(self, connect: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connect = connect

    def versions(self, document_id: str) -> Iterator[Version]:
        """All versions of a document, oldest first."""
        for row in self._paged(_ALL, "number", 0, {"wanted": document_id}):
            yield version_of(row)

    def version(self, document_id: str, number: int | None) -> Version:
        """One version. Raises NotFound."""
        with self._connect() as connection:
            statement = _NEWEST if number is None else _ONE
            row = connection.execute(statement, {"wanted": document_id, "number": number}).mappings().first()
        if row is None:
            raise NotFound(f"document {document_id} has no version {number}")
        return version_of(row)

    def at(self, document_id: str, when: datetime) -> Version:
        """The version in force at a time. Raises NotYet for a time before the first."""
        with self._connect() as connection:
            row = connection.execute(_AT, {"wanted": document_id, "at": when}).mappings().first()
        if row is None:
            raise NotYet(document_id, when)
        return version_of(row)

    def posts(self, topic_id: str, at: datetime | None) -> Iterator[tuple[Document, Version]]:
        """A topic's posts by floor, then time, then number, each with a version."""
        with self._connect() as connection:
            rows = connection.execute(_POSTS, {"topic": topic_id}).mappings().all()
        rows = sorted(
            rows,
            key=lambda row: (
                row["floor"] is None,
                row["floor"] or 0,
                row["published_at"] or row["first_seen_at"],
                row["document_no"],
            ),
        )
        for start in range(0, len(rows), PAGE_ROWS):
            part = rows[start : start + PAGE_ROWS]
            said = self._said([row["document_no"] for row in part], at)
            for row in part:
                if (version := said.get(row["document_no"])) is not None:
                    yield document_of(row), version

    def _said(self, numbers: Sequence[int], at: datetime | None) -> dict[int, Version]:
        """The version of each of these documents, by number: the newest, or the one in force then, where there was one
        and the document was not gone."""
        wanted: dict[str, Any] = {"wanted": numbers}
        gone: set[int] = set()
        with self._connect() as connection:
            if at is not None:
                wanted["at"] = at
                last = {row.document_no: row.kind for row in connection.execute(_WENT, wanted)}
                gone = {number for number, kind in last.items() if kind == "gone"}
            statement = _HEADS if at is None else _THEN
            rows = connection.execute(statement, wanted).mappings().all()
        return {row["document_no"]: version_of(row) for row in rows if row["document_no"] not in gone}

    def changes(
        self, seq: int, limit: int | None, source_id: str | None, document_id: str | None, kind: ChangeKind | None,
        silent: bool,
    ) -> Iterator[Change]:  # fmt: skip
        """Changes after `seq`, oldest first."""
        statement = _CHANGES
        if kind is not None:
            statement = statement.where(changes.c.kind == kind)
        if silent:
            statement = statement.where(SILENT)
        if source_id is not None:
            statement = statement.where(sources.c.source_id == source_id)
        if document_id is not None:
            statement = statement.where(documents.c.document_id == document_id)
        for number, row in enumerate(self._paged(statement, "seq", seq, {}), 1):
            yield change_of(row)
            if number == limit:
                return

    def captures(self, page_id: int | None, url: str | None, source_id: str | None, after: int) -> Iterator[Capture]:
        """Captures in the order they were stored."""
        statement = (
            CAPTURE.where(captures.c.capture_no > bindparam("after")).order_by(captures.c.capture_no).limit(PAGE_ROWS)
        )
        if page_id is not None:
            statement = statement.where(captures.c.page_no == page_id)
        if url is not None:
            statement = statement.where(
                captures.c.page_no.in_(select(pages.c.page_no).where(pages.c.urlkey == urlkey(url)))
            )
        if source_id is not None:
            statement = statement.where(sources.c.source_id == source_id)
        while True:
            with self._connect() as connection:
                rows = connection.execute(statement, {"after": after}).mappings().all()
                found = [capture_of(connection, row) for row in rows]
            yield from found
            if len(rows) < PAGE_ROWS:
                return
            after = rows[-1]["capture_no"]

    def _paged(
        self, statement: Any, column: str, after: int, parameters: Mapping[Any, Any]
    ) -> Iterator[Mapping[Any, Any]]:
        while True:
            with self._connect() as connection:
                rows = connection.execute(statement, {**parameters, "after": after}).mappings().all()
            yield from rows
            if len(rows) < PAGE_ROWS:
                return
            after = rows[-1][column]
