"""A topic's posts a page at a time, as they stand and as they stood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from archive import Archive, open_archive, open_writable
from archive.digest import document_id_of
from archive.errors import NotFound
from archive.records import Thread
from tests.archive.board import TOPIC, Board
from tests.archive.house import later


@pytest.fixture
def board(database_url: str) -> Iterator[Board]:
    with open_writable(database_url) as writer:
        yield Board(writer)


@pytest.fixture
def archive(database_url: str, board: Board) -> Iterator[Archive]:
    with open_archive(database_url) as archive:
        yield archive


def said(thread: Thread) -> list[tuple[str, str]]:
    return [(remark.version.content.text, remark.state) for remark in thread.remarks]


def test_posts_stand_in_their_order_and_gone_ones_keep_their_place(board: Board, archive: Archive) -> None:
    for number in (1, 2, 3):
        board.post(number, f"post {number}", floor=number)
    board.take_away(2)
    board.post(1, "post 1, edited", "changed", floor=1)
    thread = archive.thread(document_id_of(TOPIC))
    assert said(thread) == [("post 1, edited", "present"), ("post 2", "gone"), ("post 3", "present")]
    assert [version.content.text for version in thread.remarks[0].versions] == ["post 1, edited", "post 1"]
    assert (thread.count, thread.gone, thread.edited, thread.pages) == (3, 1, 1, 1)
    assert [change.kind for change in thread.remarks[1].changes] == ["gone", "new"]


def test_a_thread_as_it_stood_at_any_minute(board: Board, archive: Archive) -> None:
    topic = document_id_of(TOPIC)
    board.post(1, "first", floor=1)  # minute 2
    board.post(2, "second", floor=2)  # 3
    board.post(1, "first, edited", "changed", floor=1)  # 4
    board.take_away(2)  # 5
    assert said(archive.thread(topic, at=later(1.5))) == []
    assert said(archive.thread(topic, at=later(2))) == [("first", "present")]
    assert said(archive.thread(topic, at=later(3))) == [("first", "present"), ("second", "present")]
    assert said(archive.thread(topic, at=later(4))) == [("first, edited", "present"), ("second", "present")]
    assert said(archive.thread(topic, at=later(6))) == said(archive.thread(topic))
    then, now = archive.thread(topic, at=later(3)), archive.thread(topic)
    assert (then.earlier, then.later, then.edited, then.gone) == (later(2), later(4), 0, 0)
    assert (now.earlier, now.later, now.edited, now.gone) == (later(4), None, 1, 1)
    with pytest.raises(NotFound):
        archive.thread(topic, at=later(0))


def test_a_long_thread_is_turned_page_by_page(board: Board, archive: Archive) -> None:
    topic = document_id_of(TOPIC)
    ids = [board.post(number, f"post {number}", floor=number) for number in range(1, 8)]
    pages = [archive.thread(topic, page, 3) for page in (1, 2, 3)]
    assert [remark.document_id for thread in pages for remark in thread.remarks] == ids
    assert {thread.pages for thread in pages} == {3}
    assert archive.thread(topic, 99, 3).page == 3
    assert archive.thread(topic, 1, 3, post_id=ids[4]).page == 2
    with pytest.raises(NotFound):
        archive.thread(topic, post_id="another")


def test_posts_without_a_floor_stand_by_their_time(board: Board, archive: Archive) -> None:
    for number in (3, 1, 2):
        board.post(number, f"post {number}")
    assert [text for text, _ in said(archive.thread(document_id_of(TOPIC)))] == ["post 1", "post 2", "post 3"]


def test_only_the_newest_versions_are_read_and_the_queries_do_not_grow_with_the_posts(
    board: Board, archive: Archive
) -> None:
    topic = document_id_of(TOPIC)
    board.post(1, "said 0", floor=1)
    few = _queries(archive, topic)
    for number in range(1, 12):
        board.post(1, f"said {number}", "changed", floor=1)
    for number in range(2, 12):
        board.post(number, f"post {number}", floor=number)
    assert [version.content.text for version in archive.thread(topic).remarks[0].versions] == [
        f"said {number}" for number in range(11, 5, -1)
    ]
    assert _queries(archive, topic) == few


def _queries(archive: Archive, topic: str) -> int:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(archive.engine, "before_cursor_execute", note)
    try:
        archive.thread(topic)
        archive.thread(topic, at=later(100))
    finally:
        event.remove(archive.engine, "before_cursor_execute", note)
    return len(asked)
