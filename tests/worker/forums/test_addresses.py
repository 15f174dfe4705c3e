"""One address stands for all variants of a page; a topic keeps its key over all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.worker.forums.golden import read, reading
from worker.extract.forums.discuz.addresses import asked, canonical
from worker.extract.forums.place import numbered, site_of

ROOT = "http://bbs.example/"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("thread-9-2-7.html", "thread-9-2-1.html"),
        ("forum.php?mod=viewthread&tid=9&extra=page%3D3&page=2", "forum.php?mod=viewthread&tid=9&page=2"),
        ("forum.php?mod=viewthread&tid=9&page=1&fromuid=4#pid3", "forum.php?mod=viewthread&tid=9"),
        ("thread-9-1-1.html?_dsign=1a2b3c4d", "thread-9-1-1.html"),
        ("t9-2-4", "t9-2-1"),
    ],
)
def test_variants_of_a_discuz_address_become_one(url: str, same: str) -> None:
    assert canonical(ROOT + url) == ROOT + same


@pytest.mark.parametrize(
    "url", ["forum.php?mod=viewthread&tid=9&authorid=3", "forum.php?mod=viewthread&tid=9&ordertype=1"]
)
def test_one_authors_posts_and_reverse_order_are_variants(url: str) -> None:
    wanted = asked(ROOT + url)
    assert wanted is not None and wanted.variant


def test_topic_keeps_its_key_over_address_styles() -> None:
    page = reading("discuz/thread")
    other = "http://bbs.example/forum.php?mod=viewthread&tid=77&extra=page%3D1"
    keys = {read(one).documents[0].key for one in (page, replace(page, url=other, requested_url=other, _tree=None))}
    assert keys == {"discuz|bbs.example|topic|77"}


def test_a_page_number_beyond_the_end_is_not_the_page_asked_for() -> None:
    page = reading("discuz/thread")
    beyond = "http://bbs.example/thread-77-99-1.html"
    part = read(replace(page, url=beyond, requested_url=beyond)).part
    assert part is not None and (part.number, part.asked) == (1, 99)


def test_a_redirect_that_loses_the_number_is_seen() -> None:
    page = reading("discuz/thread")
    part = read(replace(page, requested_url="http://bbs.example/thread-77-3-1.html")).part
    assert part is not None and (part.number, part.asked) == (1, 3)


@pytest.mark.parametrize(
    ("examples", "total", "last"),
    [
        (
            {2: "http://b.example/thread-4-2-1.html", 3: "http://b.example/thread-4-3-1.html"},
            6,
            "http://b.example/thread-4-6-1.html",
        ),
        ({2: "http://b.example/viewtopic.php?t=2&start=15"}, 4, "http://b.example/viewtopic.php?t=2&start=45"),
        ({2: "http://b.example/threads/x.88/page-2"}, 9, "http://b.example/threads/x.88/page-9"),
        ({2: "http://b.example/index.php?topic=2.15"}, 3, "http://b.example/index.php?topic=2.30"),
        ({2: "http://b.example/a.php?tid=22&page=2"}, 3, "http://b.example/a.php?tid=22&page=3"),
    ],
)
def test_pages_the_pager_does_not_show_are_built_from_those_it_shows(
    examples: dict[int, str], total: int, last: str
) -> None:
    assert numbered(examples, total)[total] == last


def test_site_is_host_port_and_folder() -> None:
    assert site_of("HTTP://Bbs.Example:8080/club/thread-1-1-1.html") == "bbs.example:8080/club"
    assert site_of("https://bbs.example:443/index.php") == site_of("http://bbs.example/") == "bbs.example"
