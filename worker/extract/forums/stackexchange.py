"""StackExchange-like question pages: Stack Overflow's own.

Selectors seen in 2023 to 2026: `#question[data-questionid]`, `.answer[data-answerid]`, text `.js-post-body`; the last
signature is the author's, the one before it an editor's. Comments are left out: a page shows only some of them.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from worker.extract.forums.body import squeeze
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.spots import attribute_of
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
    volatile=("noredirect", "lq", "rq", "s", "r", "so_medium", "so_source"),
    root=r"questions(?:/.*)?$",
    walls=(("gone", r"<title>\s*Page not found - |<h1[^>]*>\s*(?:Page not found|This question was removed)"),),
)  # fmt: skip


class StackExchange(Shaped):
    """Reads questions with their answers."""

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A question or answer; a question without a number of its own has the page's."""
        if box.id == "question" and attribute_of(box, shape.pid) is None and (number := self.topic_number(reading)):
            box.attrs["data-questionid"] = number
        return super().post(reading, shape, box, clock)

    def author(self, shape: Shape, box: LexborNode) -> tuple[str | None, str | None]:
        """The owner's signature: marked, or the last one."""
        name, uid = super().author(shape, box)
        if name is None or box.css_first(".post-signature.owner") is not None:
            return name, uid
        signed = box.css(".post-signature .user-details a")
        return (squeeze(signed[-1].text(deep=True)) or name, uid) if signed else (name, uid)


EXTRACTOR = StackExchange(PLATFORM)
