from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.records import Facts, Page
from worker.extract.model import Extracted, Extraction, FoundLink, TopicPart
from worker.frontier import admit, belongs
from worker.settings import Files, Follow, Source

HERE = "http://forum.example/"


def source(kind: str = "board", **follow: object) -> Source:
    return Source("forum", HERE, kind=kind, follow=Follow(**follow))  # type: ignore[arg-type]


def page(kind: str = "board", entry: bool = True, depth: int = 0, list_page: bool = False) -> Page:
    return Page(
        1, "forum", HERE, "example,forum)/", "forum.example", kind, depth, entry, list_page,  # type: ignore[arg-type]
        datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def says(page_kind: str, *links: FoundLink, part: TopicPart | None = None, replies: int | None = None) -> Extraction:
    topic = Extracted("t", "topic", Facts(HERE, extra={"replies": replies}), "", "")
    documents = (topic,) if replies is not None else ()
    return Extraction("x", 1, page_kind, links=links, part=part, documents=documents)


def link(kind: str, path: str, **more: object) -> FoundLink:
    return FoundLink(HERE + path, kind, **more)  # type: ignore[arg-type]


def test_a_board_leads_to_boards_list_pages_and_topics() -> None:
    found = admit(
        source(), page(), says("board", link("board", "b2"), link("list", "p2", part=2), link("topic", "t1")), lists=1
    )  # fmt: skip
    assert [(item.kind, item.depth, item.list_page) for item in found] == [
        ("board", 1, False), ("board", 0, True), ("topic", 1, False),
    ]  # fmt: skip


def test_a_topic_leads_to_its_own_parts_only() -> None:
    found = admit(
        source(), page("topic", entry=False, depth=1),
        says("topic", link("part", "t1-2", part=2), link("topic", "t9"), link("board", "b")), lists=1,
    )  # fmt: skip
    assert [item.url for item in found] == [HERE + "t1-2"]
    assert found[0].depth == 1


def test_another_host_is_followed_only_where_allowed() -> None:
    away = FoundLink("http://elsewhere.example/t1", "topic")
    assert admit(source(), page(), says("board", away), lists=1) == ()
    assert len(admit(source(allow=("elsewhere",)), page(), says("board", away), lists=1)) == 1


def test_deny_wins_over_allow() -> None:
    both = source(allow=("t1",), deny=("secret",))
    assert belongs(both, HERE + "t1")
    assert not belongs(both, HERE + "t1?secret=1")


def test_www_is_the_same_host() -> None:
    assert belongs(source(), "http://www.forum.example/x")


@pytest.mark.parametrize(("number", "admitted"), [(5, 1), (6, 0)])
def test_list_pages_are_followed_as_far_as_configured(number: int, admitted: int) -> None:
    found = admit(source(lists=5), page(), says("board", link("list", "p", part=number)), lists=1)
    assert len(found) == admitted


def test_list_pages_without_numbers_are_counted() -> None:
    assert admit(source(lists=5), page(), says("board", link("list", "p")), lists=5) == ()


def test_depth_is_bounded_and_pagination_costs_none() -> None:
    deep = page("listing", entry=False, depth=2, list_page=True)
    found = admit(
        source("listing", depth=2), deep, says("listing", link("item", "i"), link("list", "l", part=2)), lists=1
    )
    assert [item.url for item in found] == [HERE + "l"]


def test_an_item_that_looks_like_a_list_opens_no_walk_of_its_own() -> None:
    item = page("page", entry=False, depth=1)
    assert admit(source("listing"), item, says("listing", link("item", "other")), lists=1) == ()


def test_a_source_of_kind_page_follows_nothing() -> None:
    assert admit(source("page"), page("page"), says("listing", link("item", "i"), link("list", "l")), lists=1) == ()


def test_files_are_followed_only_where_asked() -> None:
    said = says("page", link("file", "a.pdf"))
    assert admit(source("listing"), page("page", entry=False, depth=1), said, lists=1) == ()
    wanted = source("listing", files=Files())
    assert [f.kind for f in admit(wanted, page("page", entry=False, depth=1), said, lists=1)] == ["file"]


def test_only_a_topics_first_page_makes_its_other_parts_due() -> None:
    part = link("part", "t-2", part=2)
    first = says("topic", part, part=TopicPart("t", 1, 2), replies=12)
    second = says("topic", part, part=TopicPart("t", 2, 2), replies=13)
    topic = page("topic", entry=False, depth=1)
    assert admit(source(), topic, first, lists=1)[0].activity == "12"
    assert admit(source(), topic, second, lists=1)[0].activity is None
