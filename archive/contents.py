"""Contents: what documents say, each kept once however many documents say so. `archive.decisions` is the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from archive.records import Content, Prepared
from archive.rows import CONTENT_COLUMNS, content_columns
from archive.schema import contents
from archive.search.index import index_contents
from archive.session import Session
from archive.statement import Statement, on_conflict

_CONTENT_NOS = Statement(
    select(contents.c.content_hash, contents.c.content_no).where(
        contents.c.content_hash.in_(bindparam("wanted", expanding=True))
    ),
    many="wanted",
)
_INSERT_CONTENT = Statement(
    lambda postgres: on_conflict(postgres, contents).returning(contents.c.content_hash, contents.c.content_no)
)


def ensure_contents(session: Session, said: Sequence[Content], prepared: Mapping[str, Prepared]) -> dict[str, int]:
    """Numbers of these contents by hash; stored once however many documents say so."""
    by_hash = {content.content_hash: content for content in said}
    if not by_hash:
        return {}
    hashes = sorted(by_hash)
    numbers = _content_nos(session, hashes)
    missing = [content_columns(by_hash[name]) for name in hashes if name not in numbers]
    if not missing:
        return numbers
    added = {
        row["content_hash"]: row["content_no"] for row in _INSERT_CONTENT.rows_of_each(session.connection, missing)
    }
    stored = {added[row["content_hash"]]: row for row in missing if row["content_hash"] in added}
    for number, row in stored.items():
        session.entry("contents", (number,), [row[name] for name in CONTENT_COLUMNS])
    ready = {added[name]: known.tokens for name, known in prepared.items() if name in added}
    index_contents(session.connection, stored, ready)
    numbers |= added
    if late := [name for name in hashes if name not in numbers]:
        numbers |= _content_nos(session, late)
    return numbers


def _content_nos(session: Session, hashes: Sequence[str]) -> dict[str, int]:
    rows = _CONTENT_NOS.rows(session.connection, {"wanted": hashes})
    return {row["content_hash"]: row["content_no"] for row in rows}
