"""Who a post is, on forums of unknown make: the same one at each visit, and no other one's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from worker.extract.forums.unknown import EXTRACTOR
from worker.extract.model import Reading

TOPIC = "https://roof.example/forum/topic/412-slate"
MICRODATA = 'itemscope itemtype="https://schema.org/Comment"'
BOX = 'class="post-item"'
Said = tuple[str, str, str]
"""author, time, words"""


def topic(
    posts: Sequence[Said], make: str, page: int = 1, around: str = "<div>", hour: int = 8, exact: bool = True
) -> Reading:  # fmt: skip
    """A page of a topic whose posts are boxes of this make, inside one element."""
    rows = "".join(
        f'<div {make}><a rel="author" href="/user/{author}">{author}</a> '
        + (f'<time datetime="{when}">{when}</time>' if exact else f'<span class="date">{when}</span>')
        + f'<div class="post-content">{words}, and enough of them to be a post.</div></div>'
        for author, when, words in posts
    )
    url = TOPIC if page == 1 else f"{TOPIC}?page={page}"
    html = (
        "<html><head><title>Which glue holds slate</title></head><body><h1>Which glue holds slate</h1>"
        f'<p class="pagination"><a href="{TOPIC}">1</a> <strong>{page}</strong></p>{around}{rows}</div></body></html>'
    )
    now = datetime(2026, 11, 21, hour, 7, tzinfo=UTC)
    return Reading(url, url, html, "utf-8", "header", served_at=now, kind="topic")


def posts_of(reading: Reading) -> dict[str, str]:
    """Words of each post by its key."""
    return {one.key: one.text for one in EXTRACTOR(reading).documents if one.kind == "post"}


SEVEN = [(f"mason{n % 3}", f"2026-01-0{n}T10:00:00Z", f"Words of post {n}") for n in range(1, 8)]


@pytest.mark.parametrize("make", [MICRODATA, BOX])
def test_posts_of_two_pages_are_different_posts(make: str) -> None:
    first, second = posts_of(topic(SEVEN[:4], make)), posts_of(topic(SEVEN[4:], make, page=2))
    assert len(first) == 4 and len(second) == 3
    assert not first.keys() & second.keys()


@pytest.mark.parametrize("make", [MICRODATA, BOX])
def test_a_removed_post_makes_no_other_of_its_neighbours(make: str) -> None:
    whole, without = posts_of(topic(SEVEN, make)), posts_of(topic([*SEVEN[:2], *SEVEN[3:]], make))
    assert len(whole) == 7 and len(without) == 6
    assert without.items() < whole.items()


@pytest.mark.parametrize("make", [MICRODATA, BOX])
@pytest.mark.parametrize("around", ['<div id="topic-412">', '<div id="comment-412">'])
def test_the_number_of_what_holds_all_posts_is_none_of_theirs(make: str, around: str) -> None:
    assert len(posts_of(topic(SEVEN[:4], make, around=around))) == 4


@pytest.mark.parametrize("make", [MICRODATA, BOX])
def test_a_time_that_counts_back_from_now_says_nothing_of_who_a_post_is(make: str) -> None:
    early = [
        ("ann", "2 hours ago", "First words"),
        ("bob", "2 hours ago", "Second words"),
        ("ann", "1 hour ago", "Third"),
    ]
    late = [
        ("ann", "5 hours ago", "First words"),
        ("bob", "5 hours ago", "Second words"),
        ("ann", "4 hours ago", "Third"),
    ]
    before, after = posts_of(topic(early, make, exact=False)), posts_of(topic(late, make, hour=12, exact=False))
    assert len(before) == 3
    assert before == after
    assert not before.keys() & posts_of(topic(late, make, page=2, exact=False)).keys()


def test_a_wrapper_around_one_box_gives_it_its_number() -> None:
    wrapped = f'<div id="post-7"><div {BOX}>'
    reading = topic(SEVEN[:2], BOX)
    html = reading.text.replace(f"<div {BOX}>", wrapped, 1).replace("</div></div><div", "</div></div></div><div", 1)
    page = Reading(TOPIC, TOPIC, html, "utf-8", "header", served_at=reading.served_at, kind="topic")
    assert next(iter(posts_of(page))).endswith("|412|7")


@pytest.mark.parametrize("make", [MICRODATA, BOX])
def test_an_answer_that_links_to_a_post_does_not_take_its_place(make: str) -> None:
    linking = (SEVEN[1][0], SEVEN[1][1], 'As <a href="#p12">above</a>: more words')
    reading = topic([SEVEN[0], linking, *SEVEN[2:4]], make)
    html = reading.text.replace(f"<div {make}>", f'<div {make} id="p12">', 1)
    page = Reading(TOPIC, TOPIC, html, "utf-8", "header", served_at=reading.served_at, kind="topic")
    found = posts_of(page)
    assert len(found) == 4
    assert next(words for key, words in found.items() if key.endswith("|412|12")).startswith("Words of post 1")


BARS = {
    "in a box": '<div class="actions"><a href="/reply">Reply</a> <a>Report</a> <button>Like</button> {count}</div>',
    "as links": '<br><a href="/r?token={count}">回复</a> | <a href="/j">举报</a> | <a href="/z">赞({count})</a>',
    "as a list": '<ul><li><a href="#">点赞 {count}</a></li><li><a href="#">引用</a></li></ul>',
}


def barred(bar: str, count: int, words: tuple[str, ...] = ("The slate came loose.", "顶")) -> str:
    rows = "".join(
        f'<div class="post-item" id="post-{n}"><a rel="author" href="/user/ada">ada</a> '
        f'<time datetime="2026-01-0{n}T10:00:00Z">2026-01-0{n}</time><div class="post-content"><p>{said}</p>'
        f"{bar.format(count=count)}</div></div>"
        for n, said in enumerate(words, 1)
    )
    return f"<html><head><title>Loose slate</title></head><body><h1>Loose slate</h1>{rows}</body></html>"


@pytest.mark.parametrize("bar", BARS.values(), ids=BARS)
def test_what_a_reader_may_do_with_a_post_is_none_of_its_words(bar: str) -> None:
    def said(count: int) -> list[tuple[str, object]]:
        reading = Reading(TOPIC, TOPIC, barred(bar, count), "utf-8", "header", kind="topic")
        return [(one.text, one.links) for one in EXTRACTOR(reading).documents if one.kind == "post"]

    assert said(3) == said(41) == [("The slate came loose.", ()), ("顶", ())]


def test_an_authors_own_link_and_short_words_stay() -> None:
    page = barred("", 0, ("See <a href='/report.pdf'>the report</a>, then share it.", "支持", "Reply"))
    reading = Reading(TOPIC, TOPIC, page, "utf-8", "header", kind="topic")
    said = [(one.text, len(one.links)) for one in EXTRACTOR(reading).documents if one.kind == "post"]
    assert said == [("See the report, then share it.", 1), ("支持", 0), ("Reply", 0)]


def test_words_beside_a_header_with_author_and_time_are_the_post() -> None:
    rows = "".join(
        f'<article class="post" id="post_{n}"><div class="in"><header><a class="user-name" href="/members/{n}">ada</a> '
        f'<time datetime="2026-01-0{n}T10:00:00Z">1</time></header><p>Words {n}</p><p>{"and many more " * 9}</p>'
        f"<footer>{n} likes</footer></div></article>"
        for n in (1, 2, 3)
    )
    html = f"<html><head><title>Loose slate</title></head><body><h1>Loose slate</h1>{rows}</body></html>"
    reading = Reading(TOPIC, TOPIC, html, "utf-8", "header", kind="topic")
    assert list(posts_of(reading).values()) == [f"Words {n}\n{'and many more ' * 9}".strip() for n in (1, 2, 3)]


def numbered(posts: Sequence[Said], first: int, page: int = 1) -> dict[str, str]:
    """Words by key, where the boxes are numbered one after the other from `first`."""
    rows = "".join(
        f'<div class="reply" id="reply-{first + at}"><a rel="author" href="/user/{author}">{author}</a> '
        f'<time datetime="{when}">{when}</time> <a href="#reply-{first + at}">#{first + at}</a>'
        f'<div class="post-content">{words}, and enough of them to be a post.</div></div>'
        for at, (author, when, words) in enumerate(posts)
    )
    return posts_of(topic([], BOX, page, around=f"<div>{rows}"))


@pytest.mark.parametrize(("first", "page"), [(1, 1), (0, 1), (2, 1), (1, 2), (11, 2), (21, 3), (20, 3)])
def test_numbers_that_only_count_make_no_other_post_of_the_one_below_a_removed_one(first: int, page: int) -> None:
    whole, without = numbered(SEVEN, first, page), numbered([*SEVEN[:2], *SEVEN[3:]], first, page)
    assert len(whole) == 7 and len(without) == 6
    assert without.items() < whole.items()


@pytest.mark.parametrize(("posts", "first", "page"), [(2, 1, 1), (1, 21, 2)])
def test_few_posts_stay_themselves_when_another_comes(posts: int, first: int, page: int) -> None:
    few, more = numbered(SEVEN[:posts], first, page), numbered(SEVEN[: posts + 1], first, page)
    assert len(few) == posts and few.items() < more.items()


def test_numbers_of_the_whole_forum_tell_its_posts_although_they_follow_each_other() -> None:
    assert [key.rpartition("|")[2] for key in numbered(SEVEN[:3], 5210)] == ["5210", "5211", "5212"]


def test_the_floor_is_the_one_shown_beside_the_text() -> None:
    boxes = "".join(
        f'<div class="post-item"><b class="author">mason</b><i class="date">2026-01-0{n} 10:00</i>'
        f'<em class="floor">{floor}</em>'
        f'<div class="post-content">As <a class="floor" href="#9">#9</a> says, and more than that.</div></div>'
        for n, floor in enumerate(("楼主", "沙发", "3楼", "#4", "5F", "Report"), 1)
    )
    found = EXTRACTOR(topic([], BOX, around=f"<div>{boxes}")).documents
    assert [one.facts.floor for one in found if one.kind == "post"] == [1, 2, 3, 4, 5, None]
