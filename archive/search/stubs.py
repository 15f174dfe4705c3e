"""A notice that only says "see the file" and the file that says it are one hit: the notice, with the file named.

A parent whose own text is at most STUB characters, and shorter than half of the file's, offers the file and says
nothing else. Seen on offices' pages of policy documents and of replies to proposals: a heading, a date, a link to a
PDF.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from archive.schema import contents, documents, sources

STUB = 200
"""characters of a page's text beyond which it speaks for itself"""

PARENT_IS = "d.kind = 'file' AND EXISTS (SELECT 1 FROM documents p WHERE p.document_no = d.parent_no AND p.kind = "
"""SQL on `d`: a file whose parent is of a kind; the kind and a parenthesis follow"""

_f, _p, _s = documents.alias("f"), documents.alias("p"), sources.alias("s")
_fc, _pc = contents.alias("fc"), contents.alias("pc")
_PARENTS = (
    select(
        _f.c.document_id.label("file_id"), func.length(_fc.c.text).label("file_length"),
        func.length(_pc.c.text).label("length"), _pc.c.title,
        _p.c.document_id, _p.c.kind, _s.c.source_id, _p.c.url, _p.c.version, _p.c.state, _p.c.published_at,
        _p.c.captured_at,
    )
    .join(_fc, _fc.c.content_no == _f.c.content_no)
    .join(_p, _p.c.document_no == _f.c.parent_no)
    .join(_pc, _pc.c.content_no == _p.c.content_no)
    .join(_s, _s.c.source_no == _p.c.source_no)
    .where(_f.c.document_id.in_(bindparam("files", expanding=True)))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit's words stand besides, or instead of, its own page."""

    document_id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Found:
    """A hit to show: the document's head, the head whose content is shown, and the files it is said in."""

    head: Mapping[Any, Any]
    shown: Mapping[Any, Any]
    files: tuple[Mapping[Any, Any], ...] = ()
    title: str | None = None
    """of the document, where its own content is not among what was found"""


def folded(connection: Connection, heads: Sequence[Mapping[Any, Any]], kinds: frozenset[str]) -> list[Found]:
    """The heads in their order, files of stubs under their notices. `kinds` are the kinds asked for, if any: files that
    were only looked at for a stub's sake are left out, and files asked for are left as they are."""
    files = [head["document_id"] for head in heads if head["kind"] == "file"]
    if not files or "file" in kinds:
        return [Found(head, head) for head in heads]
    parents = {row["file_id"]: row for row in connection.execute(_PARENTS, {"files": files}).mappings() if _stub(row)}
    own = {head["document_id"]: head for head in heads}
    found: dict[str, Found] = {}
    for head in heads:
        parent = parents.get(head["document_id"]) if head["kind"] == "file" else None
        if parent is None:
            if head["kind"] != "file" or not kinds:
                found.setdefault(head["document_id"], Found(head, head))
            continue
        name = parent["document_id"]
        before = found.get(name) or Found(own.get(name, parent), head, title=None if name in own else parent["title"])
        found[name] = Found(before.head, before.shown, (*before.files, head), before.title)
    return list(found.values())


def _stub(row: Mapping[Any, Any]) -> bool:
    return bool(row["length"] <= STUB and row["length"] * 2 < row["file_length"])
