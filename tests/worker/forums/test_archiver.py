"""The plain view of a Discuz! forum beside its full one."""

from __future__ import annotations

from tests.worker.forums.golden import SERVED_AT, read, reading
from worker.extract.model import Reading

URL = "http://bbs.example/archiver/tid-77.html"


def archived(*posts: tuple[str, str, str]) -> Reading:
    rows = "".join(f'<p class="author"><strong>{who}</strong>发表于 {when}</p>{said}' for who, when, said in posts)
    html = (
        "<html><head><title>井 - Powered by Discuz! Archiver</title></head><body><h1><a>Well's Archiver</a></h1>"
        f'<div id="content">{rows}</div><div id="end">查看完整版本: <a href="../thread-77-1-1.html">井</a></div>'
        '<div id="footer">Powered by Discuz! X2 Archiver</div></body></html>'
    )
    return Reading(URL, URL, html, "utf-8", "header", served_at=SERVED_AT)


def test_its_topic_is_not_the_full_views_so_that_neither_misses_the_others_posts() -> None:
    plain, full = read(reading("discuz/archiver")), read(reading("discuz/thread"))
    assert plain.documents[0].facts.platform_id == full.documents[0].facts.platform_id == "77"
    assert not {one.key for one in plain.documents} & {one.key for one in full.documents}


def test_two_posts_of_one_author_in_the_same_minute_are_two() -> None:
    found = read(
        archived(("甲", "2012-3-4 10:00", "一"), ("甲", "2012-3-4 10:00", "二"), ("乙", "2012-3-4 10:01", "三"))
    )
    posts = [one for one in found.documents if one.kind == "post"]
    assert [one.text for one in posts] == ["一", "二", "三"]
    assert len({one.key for one in posts}) == 3
