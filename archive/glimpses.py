"""A first look at the documents of many changes or hits, in one question: what each is called, and how it begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select

from archive.records import Change
from archive.schema import changes, contents, documents, versions

BEGINNING = 280
"""characters of a text that a glimpse shows"""

_parent = documents.alias("parent")
_around = contents.alias("around")
_STATEMENT = (
    select(
        changes.c.seq, contents.c.title, func.substr(contents.c.text, 1, BEGINNING + 1).label("text"),
        documents.c.author, documents.c.floor, documents.c.version.label("head"), documents.c.state,
        versions.c.published_at, _parent.c.document_id.label("parent_id"), _parent.c.kind.label("parent_kind"),
        _around.c.title.label("parent_title"),
    )
    .join(documents, documents.c.document_no == changes.c.document_no)
    .join(
        versions, and_(versions.c.document_no == changes.c.document_no, versions.c.number == changes.c.version)
    )
    .join(contents, contents.c.content_no == versions.c.content_no)
    .outerjoin(_parent, _parent.c.document_no == documents.c.parent_no)
    .outerjoin(_around, _around.c.content_no == _parent.c.content_no)
    .where(changes.c.seq.in_(bindparam("wanted", expanding=True)))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What is seen of a version at first sight."""

    title: str
    beginning: str
    """of the text, on one line; ends with an ellipsis where there is more"""
    author: str | None
    floor: int | None
    published_at: datetime | None
    head: int
    """number of the document's newest version"""
    gone: bool
    """the document is gone now"""
    parent_id: str | None = None
    parent_kind: str | None = None
    parent_title: str | None = None


def glimpses(connection: Connection, wanted: Iterable[Change]) -> dict[int, Glimpse]:
    """A glimpse of each change's version, by the change's number."""
    numbers = [change.seq for change in wanted]
    if not numbers:
        return {}
    return {
        row["seq"]: Glimpse(
            row["title"], _line(row["text"]), row["author"], row["floor"], row["published_at"], row["head"],
            row["state"] == "gone", row["parent_id"], row["parent_kind"], row["parent_title"],
        )
        for row in connection.execute(_STATEMENT, {"wanted": numbers}).mappings()
    }  # fmt: skip


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(text) <= BEGINNING else line[: BEGINNING - 1] + "…"
