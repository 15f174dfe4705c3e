"""Documents, their versions, what differs between two of them, and who says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from sqlalchemy import bindparam, text

from archive.diff import ContentDiff, diff_contents
from archive.diff.model import Segment
from archive.errors import NotFound
from archive.listing import DocumentFilter, document_ids
from archive.records import Kind, State
from archive.web.api import shapes
from archive.web.api.asks import LIMIT, PAGED, Asked, BadParameters, Parameter, Wrong
from archive.web.api.encoding import shaped
from archive.web.api.endpoint import Answer, Endpoint
from archive.web.api.of_changes import change_shape, whole_number

if TYPE_CHECKING:
    from archive import Archive

ID = {"document_id": "id of a document"}
SOURCE = Parameter("source_id", "only of this source")
KIND = Parameter("kind", "only of this kind", words=get_args(Kind), many=True)
STATE = Parameter("state", "only in this state", words=get_args(State))
ORDER = Parameter(
    "order", "`oldest` (found first) or `newest` first", words=("oldest", "newest"), default="oldest"
)
_BY_IDS = text("SELECT * FROM current_documents WHERE document_id IN :wanted").bindparams(
    bindparam("wanted", expanding=True)
)
_VERSIONS = text(
    "SELECT * FROM document_versions WHERE document_id = :wanted AND version > :after ORDER BY version LIMIT :rows"
)


def listed(archive: Archive, asked: Asked) -> shapes.Documents:
    """A page of documents."""
    wanted = DocumentFilter(
        asked.text("source_id"), cast("tuple[Kind, ...]", asked.several("kind")),
        cast("State | None", asked.text("state")), asked.text("parent_id"),
    )  # fmt: skip
    with archive.connect() as connection:
        url = asked.text("url")
        if url is not None:
            ids, on = _at(archive, url), None
        else:
            newest = asked.text("order") == "newest"
            found = document_ids(connection, wanted, whole_number(asked), asked.limit(), newest)
            ids, on = found.rows, found.on
        rows = {row["document_id"]: row for row in connection.execute(_BY_IDS, {"wanted": ids or [""]}).mappings()}
    return shapes.Documents(tuple(shaped(shapes.Document, rows[each]) for each in ids if each in rows), asked.next(on))


def _at(archive: Archive, url: str) -> tuple[str, ...]:
    try:
        return (archive.resolve(url),) if "/" in url else ()
    except NotFound:
        return ()


def document(archive: Archive, asked: Asked) -> Answer:
    """One document."""
    known = archive.document(str(asked.text("document_id")))
    content, facts = known.content, known.facts
    return Answer(
        shapes.WholeDocument(
            known.document_id, known.parent_id, known.source_id, known.kind, facts.url, content.title, content.text,
            known.version, content.content_hash, facts.published_at, known.first_seen_at, known.last_seen_at,
            known.last_checked_at, known.state, content.fields, content.evidence, content.links, content.images,
            content.attachments, content.margin, content.markdown, facts.author, facts.edited_at, facts.floor,
            facts.platform, facts.platform_id, facts.board, facts.closed,
        )
    )  # fmt: skip


def version_shape(version: Any) -> shapes.Version:
    """A version as the API says it."""
    content = version.content
    return shapes.Version(
        version.document_id, version.number, version.source_id, version.url, version.captured_at, version.cause,
        version.returns_to, content.content_hash, content.title, content.text, content.fields, content.links,
        content.images, content.attachments, version.published_at, str(version.capture_id), version.extractor,
        version.extractor_revision,
    )  # fmt: skip


def versions(archive: Archive, asked: Asked) -> shapes.Versions:
    """A page of versions, oldest first."""
    document_id, after, limit = known_id(archive, asked), whole_number(asked) or 0, asked.limit()
    with archive.connect() as connection:
        wanted = {"wanted": document_id, "after": after, "rows": limit + 1}
        rows = connection.execute(_VERSIONS, wanted).mappings().all()
    on = rows[limit - 1]["version"] if len(rows) > limit else None
    return shapes.Versions(tuple(shaped(shapes.Version, row) for row in rows[:limit]), asked.next(on))


def known_id(archive: Archive, asked: Asked) -> str:
    """The document's id, if there is such a document. Raises NotFound."""
    from archive import lookup

    wanted = str(asked.text("document_id"))
    with archive.connect() as connection:
        if not lookup.exists(connection, wanted):
            raise NotFound(f"no document {wanted!r}", lookup.near(connection, wanted))
    return wanted


def version(archive: Archive, asked: Asked) -> Answer:
    """One version, by number."""
    number = int(asked.values["number"])
    if not 0 < number < 2**31:
        raise NotFound(f"there is no version {number}; versions are numbered from 1")
    found = archive.version(str(asked.text("document_id")), number)
    return Answer(version_shape(found), found.captured_at)


def version_at(archive: Archive, asked: Asked) -> Answer:
    """The version in force at a time, the newest without one."""
    document_id, at = str(asked.text("document_id")), asked.time("at")
    found = archive.version(document_id) if at is None else archive.at(document_id, at)
    # no Last-Modified: a better reading of the same capture is another version of the same time
    return Answer(version_shape(found))


def difference(archive: Archive, asked: Asked) -> shapes.Difference:
    """What differs between two versions."""
    document_id, old, new = str(asked.text("document_id")), asked.number("old"), asked.number("new")
    newer = archive.version(document_id, new)
    old = max(1, newer.number - 1) if old is None else old
    if old > newer.number:
        raise BadParameters(Wrong("old", f"version {old} is not older than version {newer.number}"))
    older = archive.version(document_id, old)
    return _difference(document_id, older.number, newer.number, diff_contents(older.content, newer.content))


def _difference(document_id: str, old: int, new: int, found: ContentDiff) -> shapes.Difference:
    return shapes.Difference(
        document_id, old, new, bool(found), None if found.title is None else _segments(found.title),
        tuple(
            shapes.Line(line.kind, _segments(line.segments), line.old_number, line.new_number, line.other)
            for line in found.text.lines
        ),
        found.fields, found.attachments, found.images, found.links, found.margin,
    )  # fmt: skip


def _segments(said: tuple[Segment, ...]) -> tuple[shapes.Segment, ...]:
    return tuple(shapes.Segment(segment.kind, segment.text) for segment in said)


def same(archive: Archive, asked: Asked) -> shapes.SameContent:
    """Who says the same."""
    document_id = known_id(archive, asked)
    return shapes.SameContent(
        tuple(
            shapes.Same(
                document_id, like.mention.document_id, like.relation, like.score, like.found_at, like.mention.title,
                like.mention.url, like.mention.source_id,
            )
            for like in archive.likenesses(document_id, asked.limit())
        )
    )  # fmt: skip


def changes(archive: Archive, asked: Asked) -> shapes.Changes:
    """What the change log says of one document, oldest first."""
    document_id, limit = known_id(archive, asked), asked.limit()
    found = list(archive.changes_after(whole_number(asked) or 0, limit + 1, document_id=document_id))
    on = found[limit - 1].seq if len(found) > limit else None
    return shapes.Changes(
        tuple(map(change_shape, found[:limit])), found[:limit][-1].seq if found else 0, None, asked.next(on)
    )


def _endpoint(path: str, name: str, says: str, shape: type, read: Any, *parameters: Parameter, **more: Any) -> Endpoint:
    return Endpoint(path, name, says, shape, read, parameters, group="documents", **more)


ENDPOINTS = (
    _endpoint(
        "/documents", "documents", "Documents as they are now.", shapes.Documents, listed, SOURCE, KIND, STATE,
        Parameter("parent_id", "only what belongs to this document: the posts of a topic, the files of a notice"),
        Parameter("url", "only the document at this address, in whatever spelling", longest=4000), ORDER, *PAGED,
    ),
    _endpoint(
        "/documents/{document_id}", "document", "One document as it is now.", shapes.WholeDocument, document,
        path_says=ID,
    ),
    _endpoint(
        "/documents/{document_id}/versions", "versions", "Every state a document ever had, oldest first.",
        shapes.Versions, versions, *PAGED, path_says=ID,
    ),
    _endpoint(
        "/documents/{document_id}/versions/{number:int}", "version", "One version.", shapes.Version, version,
        path_says={**ID, "number": "number of a version, from 1"},
    ),
    _endpoint(
        "/documents/{document_id}/at", "version_at", "What a document said at a time.", shapes.Version, version_at,
        Parameter("at", "the time; without it, now", "time"), path_says=ID,
    ),
    _endpoint(
        "/documents/{document_id}/diff", "diff", "What differs between two versions, by line, sentence and character.",
        shapes.Difference, difference,
        Parameter("old", "number of the older version; the one before `new` where it is not given", "integer",
                  least=1, most=2**31 - 1),
        Parameter("new", "number of the newer version; the newest where it is not given", "integer", least=1,
                  most=2**31 - 1),
        path_says=ID,
    ),
    _endpoint(
        "/documents/{document_id}/changes", "document_changes", "What the change log says of a document, oldest first.",
        shapes.Changes, changes, *PAGED, path_says=ID,
    ),
    _endpoint(
        "/documents/{document_id}/same", "same_content", "Duplicates and reprints of a document, most similar first.",
        shapes.SameContent, same, LIMIT, path_says=ID,
    ),
)  # fmt: skip
