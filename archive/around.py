"""Around one document: its timeline a page at a time, its family, and the documents that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from archive.history import CHANGE, change_of
from archive.records import Document, Family, Likeness, Mention, Timeline, VersionLine
from archive.rows import storable
from archive.schema import changes, contents, documents, labels, pages, reprints, sightings, sources, versions
from archive.urlkey import urlkey

EXCERPT = 120
"""characters of a text that stand for a document without a title"""
MOST_CHANGES = 100
"""lines of the change log beside one page of a timeline"""
LONG_ENOUGH = 60
"""characters from which on two texts that are the same are duplicates (docs/schema.md, same_content)"""

MENTION = (
    select(
        documents.c.document_id, documents.c.kind, contents.c.title,
        func.substr(contents.c.text, 1, EXCERPT).label("excerpt"), documents.c.url, sources.c.source_id,
        documents.c.version, documents.c.state, documents.c.author, documents.c.floor,
    )
    .select_from(documents)
    .join(contents, contents.c.content_no == documents.c.content_no)
    .join(sources, sources.c.source_no == documents.c.source_no)
)  # fmt: skip
_LINES = (
    select(
        versions.c.number, versions.c.cause, versions.c.returns_to, versions.c.captured_at, versions.c.capture_no,
        versions.c.published_at, contents.c.title, contents.c.content_hash, labels.c.label.label("extractor"),
        versions.c.extractor_revision,
    )
    .join(documents, documents.c.document_no == versions.c.document_no)
    .join(contents, contents.c.content_no == versions.c.content_no)
    .join(labels, labels.c.label_no == versions.c.extractor_no)
    .where(documents.c.document_id == bindparam("wanted"), versions.c.number < bindparam("before"))
    .order_by(versions.c.number.desc())
    .limit(bindparam("rows"))
)  # fmt: skip
_BETWEEN = (
    CHANGE.where(
        documents.c.document_id == bindparam("wanted"),
        changes.c.version >= bindparam("first"),
        changes.c.version < bindparam("before"),
    )
    .order_by(changes.c.seq.desc())
    .limit(MOST_CHANGES)
)
_KNOWN = select(documents.c.document_no, documents.c.content_no, documents.c.parent_no, documents.c.kind).where(
    documents.c.document_id == bindparam("wanted")
)
_BY_NUMBER = MENTION.where(documents.c.document_no == bindparam("wanted"))
_CHILDREN = (
    MENTION.where(documents.c.parent_no == bindparam("wanted"))
    .order_by(documents.c.document_no)
    .limit(bindparam("rows"))
)
_COUNT = select(func.count()).where(documents.c.parent_no == bindparam("wanted"))
_FOUND_ON = (
    select(pages.c.found_on)
    .join(sightings, sightings.c.page_no == pages.c.page_no)
    .where(sightings.c.document_no == bindparam("wanted"))
)
_ON_PAGE = (
    MENTION.join(sightings, sightings.c.document_no == documents.c.document_no)
    .where(sightings.c.page_no == bindparam("page"), documents.c.kind != "post")
    .order_by(documents.c.document_no)
    .limit(1)
)
_AT_URLS = MENTION.where(
    documents.c.url.in_(bindparam("wanted", expanding=True)), documents.c.kind != "post"
).limit(bindparam("rows"))  # fmt: skip
_AT_KEYS = (
    MENTION.add_columns(pages.c.urlkey)
    .join(sightings, sightings.c.document_no == documents.c.document_no)
    .join(pages, pages.c.page_no == sightings.c.page_no)
    .where(pages.c.urlkey.in_(bindparam("wanted", expanding=True)), documents.c.kind != "post")
    .limit(bindparam("rows"))
)
_CONTENT: Any = bindparam("content")
_OTHER = documents.c.document_no != bindparam("number")
_DUPLICATES = (
    MENTION.add_columns(documents.c.captured_at.label("found_at"))
    .where(documents.c.content_no == _CONTENT, _OTHER, func.length(contents.c.text) >= LONG_ENOUGH)
    .limit(bindparam("rows"))
)
_REPRINTS = [
    MENTION.add_columns(reprints.c.score, reprints.c.found_at)
    .join(reprints, there == documents.c.content_no)
    .where(here == _CONTENT, _OTHER)
    .order_by(reprints.c.score.desc())
    .limit(bindparam("rows"))
    for here, there in (
        (reprints.c.content_no, reprints.c.other_no),
        (reprints.c.other_no, reprints.c.content_no),
    )
]

_MADE = (
    MENTION.add_columns(versions.c.number)
    .join(versions, versions.c.document_no == documents.c.document_no)
    .where(versions.c.capture_no == bindparam("wanted"))
    .order_by(versions.c.document_no)
    .limit(bindparam("rows"))
)


def mention_of(row: Mapping[Any, Any]) -> Mention:
    """A mention from a row of `MENTION`."""
    return Mention(
        row["document_id"], row["kind"], row["title"], row["excerpt"], row["url"], row["source_id"], row["version"],
        row["state"], row["author"], row["floor"],
    )  # fmt: skip


def timeline(connection: Connection, document_id: str, before: int, rows: int) -> Timeline:
    """The newest `rows` versions below number `before`, and the changes of that time."""
    wanted = {"wanted": document_id, "before": before, "rows": rows + 1}
    found = connection.execute(_LINES, wanted).mappings().all()
    lines = tuple(
        VersionLine(
            row["number"], row["cause"], row["returns_to"], row["captured_at"], row["capture_no"], row["published_at"],
            row["title"], row["content_hash"], row["extractor"], row["extractor_revision"],
        )
        for row in found[:rows]
    )  # fmt: skip
    if not lines:
        return Timeline((), ())
    between = {"wanted": document_id, "before": before, "first": lines[-1].number}
    said = tuple(change_of(row) for row in connection.execute(_BETWEEN, between).mappings())
    return Timeline(lines, said, lines[-1].number if len(found) > rows else None)


def family(connection: Connection, document: Document, urls: Sequence[str], rows: int) -> Family:
    """Parent (of a file without one: the document on the page that led to it), the first `rows` children, and the
    documents that the files at `urls` became."""
    known = connection.execute(_KNOWN, {"wanted": document.document_id}).mappings().first()
    if known is None:
        return Family(None, (), 0, {})
    number, parent = {"wanted": known["document_no"]}, None
    if known["parent_no"] is not None:
        parent = connection.execute(_BY_NUMBER, {"wanted": known["parent_no"]}).mappings().first()
    elif known["kind"] == "file" and (page := connection.scalar(_FOUND_ON, number)) is not None:
        parent = connection.execute(_ON_PAGE, {"page": page}).mappings().first()
    children = connection.execute(_CHILDREN, {**number, "rows": rows}).mappings().all()
    count = len(children) if len(children) < rows else connection.scalar(_COUNT, number) or 0
    return Family(
        None if parent is None else mention_of(parent), tuple(map(mention_of, children)), count,
        files_at(connection, urls, rows),
    )  # fmt: skip


def files_at(connection: Connection, urls: Sequence[str], rows: int) -> dict[str, Mention]:
    """The documents at these addresses, by address; of the first `rows` only."""
    keys = {url: storable(urlkey(url)) for url in dict.fromkeys(urls[:rows])}
    if not keys:
        return {}
    wanted = {"wanted": [storable(url) for url in keys], "rows": 4 * rows}
    at = {row["url"]: mention_of(row) for row in connection.execute(_AT_URLS, wanted).mappings()}
    found = {url: at[storable(url)] for url in keys if storable(url) in at}
    if left := {url: key for url, key in keys.items() if url not in found}:
        wanted = {"wanted": sorted(set(left.values())), "rows": 4 * rows}
        by_key = {row["urlkey"]: mention_of(row) for row in connection.execute(_AT_KEYS, wanted).mappings()}
        found |= {url: by_key[key] for url, key in left.items() if key in by_key}
    return found


def likenesses(connection: Connection, document_id: str, rows: int) -> list[Likeness]:
    """Up to `rows` documents that say the same or nearly the same, most similar first."""
    known = connection.execute(_KNOWN, {"wanted": document_id}).mappings().first()
    if known is None or known["content_no"] is None:
        return []
    wanted = {"content": known["content_no"], "number": known["document_no"], "rows": rows}
    found = [
        Likeness(mention_of(row), "duplicate", 1.0, row["found_at"])
        for row in connection.execute(_DUPLICATES, wanted).mappings()
    ]
    for statement in _REPRINTS:
        found += [
            Likeness(mention_of(row), "reprint", float(row["score"]), row["found_at"])
            for row in connection.execute(statement, wanted).mappings()
        ]
    return sorted(found, key=lambda like: (-like.score, like.mention.document_id))[:rows]


def made_from(connection: Connection, capture_id: int, rows: int) -> list[tuple[Mention, int]]:
    """The first `rows` documents of which a version was read from this capture, each with its number."""
    found = connection.execute(_MADE, {"wanted": capture_id, "rows": rows}).mappings()
    return [(mention_of(row), row["number"]) for row in found]
