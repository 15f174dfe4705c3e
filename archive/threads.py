"""A topic's posts a page at a time, as they stand or as they stood: few queries, however many posts there are.

    how many posts there are -> the numbers of one page in the thread's order -> their facts, versions and changes

Posts that are gone keep their place: a reader sees that something was there, and what it said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from archive.errors import NotFound
from archive.heads import SEEN_AT
from archive.history import CHANGE, VERSION, change_of, version_of
from archive.lookup import document
from archive.records import Change, Remark, State, Thread, Version
from archive.rows import facts_of
from archive.schema import changes, documents, pages, sightings, sources, versions

DEPTH = 6
"""newest versions of a post that are shown in place; its own page has them all"""
EVENTS = 12
"""newest changes of a post that are looked at"""

_topic = documents.alias("topic")
_TOPIC_NO = select(_topic.c.document_no).where(_topic.c.document_id == bindparam("topic")).scalar_subquery()
_IN_TOPIC = (documents.c.parent_no == _TOPIC_NO, documents.c.kind == "post")
_AT = bindparam("at", type_=documents.c.first_seen_at.type)
_ORDER = (
    select(documents.c.document_no, documents.c.document_id, documents.c.state)
    .where(*_IN_TOPIC)
    .order_by(
        case((documents.c.floor.is_(None), 1), else_=0),
        documents.c.floor,
        func.coalesce(documents.c.published_at, documents.c.first_seen_at),
        documents.c.document_no,
    )
)
_ORDER_THEN = _ORDER.where(documents.c.first_seen_at <= _AT)
_COUNTED = select(func.count().label("posts"), func.count(case((documents.c.state == "gone", 1))).label("gone")).where(
    *_IN_TOPIC
)
_COUNTED_THEN = _COUNTED.where(documents.c.first_seen_at <= _AT)
_POSTS = (
    select(documents, sources.c.source_id, SEEN_AT.label("seen_at"))
    .join(sources, sources.c.source_no == documents.c.source_no)
    .join(sightings, sightings.c.document_no == documents.c.document_no)
    .outerjoin(pages, pages.c.page_no == sightings.c.page_no)
    .where(documents.c.document_no.in_(bindparam("wanted", expanding=True)))
)
_rank = func.row_number().over(partition_by=versions.c.document_no, order_by=versions.c.number.desc())
_turn = func.row_number().over(partition_by=changes.c.document_no, order_by=changes.c.seq.desc())


def _newest(then: bool) -> tuple[Any, Any]:
    """Statements for the newest versions and changes of some documents; with `then` those known at a time."""
    known = select(versions.c.document_no, versions.c.number, _rank.label("place"))
    said = select(changes.c.seq, _turn.label("place"))
    wanted: Any = bindparam("wanted", expanding=True)
    known, said = known.where(versions.c.document_no.in_(wanted)), said.where(changes.c.document_no.in_(wanted))
    if then:
        known, said = known.where(versions.c.captured_at <= _AT), said.where(changes.c.at <= _AT)
    ranked, turned = known.subquery("ranked"), said.subquery("turned")
    return (
        VERSION.join(
            ranked,
            (ranked.c.document_no == versions.c.document_no)
            & (ranked.c.number == versions.c.number)
            & (ranked.c.place <= DEPTH),
        ).order_by(versions.c.document_no, versions.c.number.desc()),
        CHANGE.join(turned, (turned.c.seq == changes.c.seq) & (turned.c.place <= EVENTS)).order_by(
            changes.c.seq.desc()
        ),
    )


_NOW, _THEN = _newest(False), _newest(True)
_OF_THREAD = (documents.c.parent_no == _TOPIC_NO) | (documents.c.document_no == _TOPIC_NO)
_TIMES = (  # read once: asked for in the log's order Postgres would walk all of it to find the thread's last two
    select(changes.c.at)
    .join(documents, documents.c.document_no == changes.c.document_no)
    .where(_OF_THREAD)
    .cte("times")
)
_BEFORE_LAST = select(func.max(_TIMES.c.at)).where(_TIMES.c.at < select(func.max(_TIMES.c.at)).scalar_subquery())
_AROUND = select(
    func.max(case((changes.c.at < _AT, changes.c.at))).label("earlier"),
    func.min(case((changes.c.at > _AT, changes.c.at))).label("later"),
).select_from(changes.join(documents, documents.c.document_no == changes.c.document_no)).where(_OF_THREAD)  # fmt: skip
_WENT = (
    select(changes.c.document_no, changes.c.kind)
    .join(documents, documents.c.document_no == changes.c.document_no)
    .where(_OF_THREAD, changes.c.kind.in_(("gone", "back")), changes.c.at <= _AT)
    .order_by(changes.c.seq)
)
_EDIT = select(versions.c.number).where(
    versions.c.document_no == documents.c.document_no, versions.c.number > 1, versions.c.cause == "source"
)
_COUNT = select(func.count()).select_from(documents).where(*_IN_TOPIC, documents.c.version > 1)
_EDITED = _COUNT.where(_EDIT.exists())
_EDITED_THEN = _COUNT.where(_EDIT.where(versions.c.captured_at <= _AT).exists())


def thread(
    connection: Connection, topic_id: str, version: Version, page: int, rows: int, at: datetime | None,
    post_id: str | None,
) -> Thread:  # fmt: skip
    """Page `page` (from 1; the nearest there is) of `rows` posts, or the page on which the post `post_id` stands.
    `version` is the topic's own at that time. Raises NotFound."""
    wanted: dict[str, Any] = {"topic": topic_id} if at is None else {"topic": topic_id, "at": at}
    topic = document(connection, topic_id)
    counted = connection.execute(_COUNTED if at is None else _COUNTED_THEN, wanted).one()
    order = _ORDER if at is None else _ORDER_THEN
    pages_all = max(1, -(-counted.posts // rows))
    if post_id is not None:
        there = enumerate(connection.execute(order, wanted))
        place = next((number for number, row in there if row.document_id == post_id), None)
        if place is None:
            raise NotFound(f"topic {topic_id} had no post {post_id}")
        page = place // rows + 1
    page = min(max(page, 1), pages_all)
    on_page = connection.execute(order.limit(rows).offset((page - 1) * rows), wanted).all()
    shown = [row.document_no for row in on_page]
    gone = {row.document_no for row in on_page if row.state == "gone"} if at is None else _gone(connection, wanted)
    gone_in_all = counted.gone if at is None else len(gone - {None})
    earlier, later = _around(connection, wanted)
    topic_gone = topic.state == "gone" if at is None else None in gone
    return Thread(
        topic, version, "gone" if topic_gone else "present", _remarks(connection, shown, gone, at), page, pages_all,
        counted.posts, gone_in_all,
        connection.scalar(_EDITED if at is None else _EDITED_THEN, wanted) or 0, earlier, later,
    )  # fmt: skip


def _gone(connection: Connection, wanted: Mapping[str, Any]) -> set[Any]:
    """Numbers of the posts that were gone then; None stands for the topic itself."""
    topic_no = connection.scalar(select(_TOPIC_NO), wanted)
    state: dict[int | None, str] = {
        None if row.document_no == topic_no else row.document_no: row.kind for row in connection.execute(_WENT, wanted)
    }
    return {number for number, kind in state.items() if kind == "gone"}


def _around(connection: Connection, wanted: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    if "at" not in wanted:
        return connection.scalar(_BEFORE_LAST, wanted), None
    row = connection.execute(_AROUND, wanted).one()
    return row.earlier, row.later


def _remarks(
    connection: Connection, numbers: Sequence[int], gone: set[Any], at: datetime | None
) -> tuple[Remark, ...]:  # fmt: skip
    if not numbers:
        return ()
    wanted: dict[str, Any] = {"wanted": list(numbers)} if at is None else {"wanted": list(numbers), "at": at}
    statement_of_versions, statement_of_changes = _NOW if at is None else _THEN
    said: dict[str, list[Version]] = defaultdict(list)
    for row in connection.execute(statement_of_versions, wanted).mappings():
        said[row["document_id"]].append(version_of(row))
    happened: dict[str, list[Change]] = defaultdict(list)
    for row in connection.execute(statement_of_changes, wanted).mappings():
        happened[row["document_id"]].append(change_of(row))
    by_number = {row["document_no"]: row for row in connection.execute(_POSTS, {"wanted": list(numbers)}).mappings()}
    return tuple(
        _remark(by_number[number], "gone" if number in gone else "present", said, happened)
        for number in numbers
        if number in by_number and said.get(by_number[number]["document_id"])
    )


def _remark(
    row: Mapping[Any, Any], state: State, said: Mapping[str, list[Version]], happened: Mapping[str, list[Change]]
) -> Remark:
    document_id = row["document_id"]
    return Remark(
        document_id, row["source_id"], facts_of(row), state, tuple(said[document_id]),
        tuple(happened.get(document_id, ())), row["first_seen_at"], row["seen_at"],
    )  # fmt: skip
