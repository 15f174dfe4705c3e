"""Links are resolved as `urllib.parse.urljoin` resolves them, whatever they look like."""

from __future__ import annotations

import random
from urllib.parse import urljoin

from worker.extract.resolve import resolved

BASES = (
    "http://www.a.example/b/c/d.html?x=1", "https://a.example", "https://a.example/", "http://a.example:8080/b/",
    "http://a.example?x", "http://a.example#f", "HTTP://A.example/b", "http://user@a.example/b", "http://[::1]/b",
    "file:///etc/x", "", "//a.example/b",
)  # fmt: skip
LINKS = (
    "/a/b.html", "/a/b.html?id=3&p=1", "/", "//b.example/x", "/a/../b", "/a/./b", "/.", "/..", "/./a", "/.a", "/a/.b",
    "/a//b", "/a?", "/a?x?y", "/a#f", "/a;p", "/a;", "http://a.example", "https://b.example/x?y=/../z",
    "http://b.example/",
    "http://b.example?x=1", "http://a.example/b/../c", "http:///x", "http:/x", "HTTP://b.example/x", "x.html", "../x",
    "?page=2", "#top", "", " /a ", "/a b", "/a\tb", "/附件/1.pdf", "/a%20b", "/a:b", "javascript:void(0)",
    "mailto:a@b.example",
    "http://b.example:99/x", "http://b.example:/x", "/a/b?next=http://c.example/d",
)  # fmt: skip


def test_plain_and_odd_links_of_plain_and_odd_pages() -> None:
    for base in BASES:
        for link in LINKS:
            assert resolved(base, link) == urljoin(base, link), (base, link)


def test_links_made_of_whatever_may_stand_in_one() -> None:
    dice = random.Random(11)
    parts = ["/", ".", "..", "?", "a", "b1", "=", "&", ";", "#", ":", "http://", "x.example", "%20"]
    for _ in range(20_000):
        link = "".join(
            dice.choices(parts, k=6)
        )
        base = dice.choice(BASES)
        try:
            said = urljoin(base, link)
        except ValueError:
            continue
        assert resolved(base, link) == said, (base, link)
