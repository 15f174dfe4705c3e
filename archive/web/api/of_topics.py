"""Topics of forums with their posts, as they stand or as they stood; and notices of authorities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, text

from archive.listing import DocumentFilter, document_ids
from archive.records import Remark, State, Thread
from archive.web.api import shapes
from archive.web.api.asks import PAGED, Asked, BadParameters, Parameter, Wrong
from archive.web.api.encoding import shaped
from archive.web.api.endpoint import Endpoint
from archive.web.api.of_changes import whole_number
from archive.web.api.of_documents import ORDER, SOURCE, STATE

if TYPE_CHECKING:
    from archive import Archive

ID = {"topic_id": "id of a topic: its document_id"}
ROUNDS = 10
"""pages of ids that one question for notices looks at, at most"""
_WANTED: Any = bindparam("wanted", expanding=True)
_TOPICS = text("SELECT * FROM topics WHERE topic_id IN :wanted").bindparams(_WANTED)
_NOTICES = text("SELECT * FROM government_notices WHERE document_id IN :wanted").bindparams(_WANTED)


def topics(archive: Archive, asked: Asked) -> shapes.Topics:
    """A page of topics."""
    wanted = DocumentFilter(asked.text("source_id"), ("topic",), cast("State | None", asked.text("state")))
    with archive.connect() as connection:
        found = document_ids(connection, wanted, whole_number(asked), asked.limit(), asked.text("order") == "newest")
        rows = {row["topic_id"]: row for row in connection.execute(_TOPICS, {"wanted": found.rows or [""]}).mappings()}
    said = tuple(shaped(shapes.Topic, rows[each]) for each in found.rows if each in rows)
    return shapes.Topics(said, asked.next(found.on))


def topic(archive: Archive, asked: Asked) -> shapes.Topic:
    """One topic. Raises NotFound."""
    from archive.errors import NotFound

    wanted = str(asked.text("topic_id"))
    known = archive.document(wanted)
    with archive.connect() as connection:
        row = connection.execute(_TOPICS, {"wanted": [wanted]}).mappings().first()
    if row is None:
        raise NotFound(f"{wanted} is no topic but a {known.kind}; ask for /documents/{wanted}")
    return shaped(shapes.Topic, row)


def posts(archive: Archive, asked: Asked) -> shapes.Posts:
    """A page of a topic's posts."""
    topic_id, page = str(asked.text("topic_id")), whole_number(asked) or 1
    if page > 2**31:
        raise BadParameters(Wrong("cursor", "is not one of this list; take the address under `next` as it is"))
    topic(archive, asked)
    found = archive.thread(topic_id, page, asked.limit(), at=asked.time("at"))
    return shapes.Posts(
        topic_id, found.version.content.title, found.state, tuple(_post(found, remark) for remark in found.remarks),
        found.count, found.gone, found.edited, found.earlier, found.later,
        asked.next(found.page + 1 if found.page < found.pages else None),
    )  # fmt: skip


def _post(thread: Thread, remark: Remark) -> shapes.Post:
    facts, version = remark.facts, remark.version
    return shapes.Post(
        thread.topic.document_id, thread.topic.facts.url, thread.version.content.title, remark.document_id,
        facts.platform, facts.platform_id, facts.floor, facts.author, facts.published_at, facts.edited_at,
        version.content.text, facts.quotes, facts.code, facts.hidden, version.content.images,
        version.content.attachments, version.number, remark.state,
    )  # fmt: skip


def notices(archive: Archive, asked: Asked) -> shapes.Notices:
    """A page of notices, files that are one included."""
    wanted = DocumentFilter(asked.text("source_id"), ("notice", "file"), cast("State | None", asked.text("state")))
    number, issuer, limit = asked.text("document_number"), asked.text("issuer"), asked.limit()
    place, newest = whole_number(asked), asked.text("order") == "newest"
    said: list[shapes.Notice] = []
    with archive.connect() as connection:
        for _ in range(ROUNDS):
            # never more ids than there is room for: the place to go on from is that of an id
            found = document_ids(connection, wanted, place, limit - len(said), newest)
            bound = {"wanted": found.rows or [""]}
            rows = {row["document_id"]: row for row in connection.execute(_NOTICES, bound).mappings()}
            read = [shaped(shapes.Notice, rows[each]) for each in found.rows if each in rows]
            said += [
                notice for notice in read
                if (number is None or notice.document_number == number) and (issuer is None or notice.issuer == issuer)
            ]  # fmt: skip
            place = found.on
            if place is None or len(said) >= limit:
                break
    return shapes.Notices(tuple(said), asked.next(place))


ENDPOINTS = (
    Endpoint(
        "/topics", "topics", "Topics of forums.", shapes.Topics, topics, (SOURCE, STATE, ORDER, *PAGED), group="topics"
    ),
    Endpoint("/topics/{topic_id}", "topic", "One topic.", shapes.Topic, topic, group="topics", path_says=ID),
    Endpoint(
        "/topics/{topic_id}/posts", "topic_posts", "The posts of a topic in their order, as they stand or as they "
        "stood.", shapes.Posts, posts, (Parameter("at", "as they stood at this time", "time"), *PAGED), group="topics",
        path_says=ID,
    ),
    Endpoint(
        "/notices", "government_notices", "Notices of authorities with their fields. A page may hold few or none while "
        "there is a `next`.", shapes.Notices, notices,
        (SOURCE, STATE, Parameter("document_number", "only with exactly this number, such as `国办发〔2017〕47号`"),
         Parameter("issuer", "only of exactly this issuer"), ORDER, *PAGED), group="documents",
    ),
)  # fmt: skip
