"""StackExchange-like question pages: Stack Overflow's own.

Selectors seen in 2023 to 2026: `#question[data-questionid]`, `.answer[data-answerid]`, text `.js-post-body`; the last
signature is the author's, the one before it an editor's. Comments are left out: a page shows only some of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from selectolax.lexbor import LexborNode

from worker.extract.forums.assemble import Pages
from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import attribute_of, first_of, time_of
from worker.extract.forums.times import Clock
from worker.extract.model import Reading

PLATFORM = Platform(
    name="stackexchange",
    signs=("StackExchange", "js-post-body", "sstatic.net"),
    shapes=(
        Shape(
            post="#question[data-questionid], .answer[data-answerid], #question, .answer[id^=answer-]",
            pid=("data-answerid|data-questionid|id", r"(\d+)"),
            body=".js-post-body, .s-prose, .post-text",
            author=".post-signature.owner .user-details a, .owner .user-details a, .post-signature .user-details a, "
            ".user-details [itemprop=name]",
            uid=r"/users/(\d+)",
            time=".owner .relativetime, .user-action-time .relativetime, time[itemprop=dateCreated]",
            edited=".user-action-time a[href*='/revisions'] .relativetime",
            marks={"blockquote": "quote", "pre": "code", ".post-notice": "drop notice", ".snippet": "keep"},
        ),
    ),
    rows=(
        Rows(
            row=".s-post-summary[data-post-id], .question-summary",
            topic=".s-post-summary--content-title a, a.question-hyperlink",
            replies=".s-post-summary--stats-item.has-answers .s-post-summary--stats-item-number, .status strong",
            last=".s-user-card--time .relativetime, .user-action-time .relativetime",
            pages=".s-pagination",
        ),
    ),
    title="#question-header h1 a, #question-header h1, h1",
    tid=r"/questions/(\d+)",
    pager=".s-pagination",
    current=".is-selected",
    page=r"[?&](?:page|answerpage|tab=\w+&page)=(\d+)",
    volatile=("noredirect", "lq", "rq", "s", "r", "so_medium", "so_source", "answertab"),
    root=r"questions(?:/.*)?$",
    walls=(("gone", r"<title>\s*Page not found - |<h1[^>]*>\s*(?:Page not found|This question was removed)"),),
)  # fmt: skip


_STATE = re.compile(r"\s*\[(?:closed|duplicate|on hold|migrated)\]$")


class StackExchange(Shaped):
    """Reads questions with their answers."""

    revision = 2

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A question or answer; a question without a number of its own has the page's."""
        if box.id == "question" and attribute_of(box, shape.pid) is None and (number := self.topic_number(reading)):
            box.attrs["data-questionid"] = number
        found = super().post(reading, shape, box, clock)
        signed = box.css(".post-signature .user-action-time")
        if found is None or not signed:
            return found
        when, how = time_of(signed[-1].css_first(".relativetime"), clock)  # an editor signs before the author
        return replace(found, published_at=when, time=how) if when is not None else found

    def arranged(self, reading: Reading, posts: list[Post], pages: Pages) -> Iterable[Post]:
        """Every page of answers shows the question above them: it is page 1's."""
        number = self.topic_number(reading)
        return posts if pages.number == 1 else [post for post in posts if post.pid != number]

    def title(self, reading: Reading) -> str:
        """The question's title without what became of it."""
        return _STATE.sub("", super().title(reading))

    def closed(self, reading: Reading) -> bool | None:
        """The heading says so."""
        heading = reading.tree.first("#question-header h1")
        return _STATE.search(squeeze(heading.text(deep=True))) is not None if heading is not None else None

    def canonical(self, url: str) -> str:
        """Page 1 has no number."""
        return re.sub(r"\?page=1(?:&tab=\w+)?$|&page=1$", "", super().canonical(url))

    def author(self, shape: Shape, box: LexborNode) -> tuple[str | None, str | None]:
        """Who signed last: an editor signs before the author."""
        signed = box.css(".post-signature .user-details")
        said = first_of(signed[-1], "a[href*='/users/'], [itemprop=name]") if signed else None
        if said is None:
            return super().author(shape, box)
        number = re.search(shape.uid, said.attributes.get("href") or "")
        name = squeeze(said.attributes.get("content") or said.text(deep=True))
        return name or None, number[1] if number else None


EXTRACTOR = StackExchange(PLATFORM)
