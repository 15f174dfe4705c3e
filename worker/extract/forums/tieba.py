"""Baidu Tieba, the classic pages.

Selectors seen in 2014 to 2022: a floor is `.l_post` whose `data-field` is JSON (author, post number, floor, and on
older pages the date); its text `.d_post_content`; the tail says floor and time. China's time. A bar writes its list as
a comment inside `code.pagelet_html`, for a script to show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, timezone

from selectolax.lexbor import LexborNode

from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock, read_time
from worker.extract.model import Extraction, Reading

PLATFORM = Platform(
    name="tieba",
    signs=("d_post_content", "j_thread_list", "tieba.baidu", "贴吧404", "百度安全验证"),
    shapes=(
        Shape(
            post=".l_post[data-field]",
            pid=("data-field", r'"post_id":"?(\d+)'),
            body=".d_post_content",
            author=".p_author_name, .d_name a",
            uid=r"(?!)",
            time=".tail-info:last-of-type, .p_tail",
            marks={
                ".BDE_Smiley": "drop smiley", ".replace_div": "keep", ".replace_tip": "drop label",
                ".d_sign_split": "drop signature",
            },
        ),
    ),
    rows=(
        Rows(
            row=".j_thread_list",
            topic="a.j_th_tit",
            replies=".threadlist_rep_num",
            last=".threadlist_reply_date, .is_show_create_time",
            sticky=".icon-top, .thread_top",
            pages="#frs_list_pager",
        ),
    ),
    title=".core_title_txt, h3.core_title_txt, h1",
    tid=r"/p/(\d+)",
    crumbs=".card_title_fname, a.card_title_fname",
    board_id=r"kw=([^&]+)",
    pager=".l_posts_num .l_pager, .l_pager, .pb_list_pager",
    current=".tP, .pagination-current",
    page=r"[?&]pn=(\d+)",
    volatile=("fid", "red_tag", "share", "fr", "see_lz", "lp", "tbpicau"),
    root=r"(?:p/.*|f)$",
    zone_default=timezone(timedelta(hours=8)),
    walls=(
        (
            "gone",
            r'<title>\s*贴吧404|class="page404|<h\d[^>]*>[^<]{0,20}(?:该贴已被删除|贴子可能已被删除|您访问的贴子被隐藏)',
        ),
        ("blocked", r"<title>\s*百度安全验证"),
    ),
    variants=("see_lz",),
)  # fmt: skip


_PAGELET = re.compile(r"(<code\b[^>]{0,300}\bpagelet_html\b[^>]{0,300}>)\s{0,20}<!--")
_PAGELET_END = re.compile(r"-->(\s{0,20}</code>)")


class Tieba(Shaped):
    """Reads Tieba threads and bars."""

    revision = 2

    def recognise(self, reading: Reading) -> str | None:
        """As any platform, what waits for a script included."""
        return super().recognise(_opened(reading)) if reading.holds(self._signs) else None

    def __call__(self, reading: Reading) -> Extraction:
        """What the page says, what waits for a script included."""
        return super().__call__(_opened(reading))

    def canonical(self, url: str) -> str:
        """Page 1 has no number."""
        return re.sub(r"[?&]pn=[01]$", "", super().canonical(url))

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A floor; its data says author, floor and on older pages the date."""
        found = super().post(reading, shape, box, clock)
        if found is None:
            return None
        try:
            data = json.loads(box.attributes.get("data-field") or "{}")
        except ValueError:
            return found
        author, content = (data.get(key) if isinstance(data, Mapping) else None for key in ("author", "content"))
        author, content = (item if isinstance(item, Mapping) else {} for item in (author, content))
        number, words = (
            content.get("post_no"),
            " ".join(node.text(deep=True) for node in box.css(".tail-info, .p_tail li")),
        )
        return replace(
            found,
            author=found.author or str(author.get("user_name") or author.get("user_nickname") or "") or None,
            author_id=str(author.get("user_id")) if author.get("user_id") else None,
            floor=number if isinstance(number, int) else None,
            published_at=read_time(str(content.get("date") or ""), clock) or read_time(words, clock),
        )


def _opened(reading: Reading) -> Reading:
    """The page with its commented lists laid open."""
    if "pagelet_html" not in reading.text:
        return reading
    text = _PAGELET_END.sub(r"\1", _PAGELET.sub(r"\1", reading.text))
    return replace(reading, text=text, _tree=None, _low=None, _sieve=None)


EXTRACTOR = Tieba(PLATFORM)
