"""Markup made to be slow is parsed in no time, and says what it said."""

from __future__ import annotations

import time

import pytest

from worker.extract.tree import MOST_ATTRIBUTES, Tree

FLOOD = "<div " + " ".join(f"a{number}=1" for number in range(200_000)) + "><p>after the flood</p></div>"


@pytest.mark.parametrize(
    ("html", "says"),
    [
        (FLOOD, "after the flood"),
        ("<p>before</p>" + "<a " * 300_000 + "<p>lost</p>", "before"),
        ("<div>" * 200_000 + "<p>at the bottom</p>", "at the bottom"),
        ("<p>nulls\x00\x00</p>" + "\x00" * 500_000, "nulls"),
        ("<p>in sight</p>" + "<!--" * 200_000, "in sight"),
    ],
    ids=["attributes", "open tags", "depth", "nulls", "comments"],
)
def test_markup_made_to_be_slow_is_parsed_in_no_time(html: str, says: str) -> None:
    started = time.perf_counter()
    body = Tree(html, "http://x.example/").parser.body
    assert time.perf_counter() - started < 3
    assert body is not None
    assert says in body.text()


def test_only_a_tag_with_hundreds_of_attributes_loses_some() -> None:
    kept = Tree(FLOOD, "http://x.example/").first("div")
    assert kept is not None
    assert len(kept.attributes) == MOST_ATTRIBUTES - 1
    picture = f'<p>x</p><img alt="a long one" src="data:image/png;base64,{"A" * 50_000}">'
    image = Tree(picture, "http://x.example/").first("img")
    assert image is not None
    assert len(image.attributes["src"] or "") > 50_000
    essay = "<p>" + "一段很长的话 and words " * 5_000 + "</p>"
    paragraph = Tree(essay, "http://x.example/").first("p")
    assert paragraph is not None
    assert paragraph.text().strip() == essay[3:-4].strip()
