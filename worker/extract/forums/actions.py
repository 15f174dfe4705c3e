"""What a forum of unknown make lets a reader do with a post (`Reply | Report | Like (3)`): no words of its author's,
and its counters move. Seen inside the box of the post's words, before or behind them, on a line or as a list."""

from __future__ import annotations

import re

from worker.extract.forums.body import Body, squeeze

_WORDS = (
    r"reply|multi-?quote|quote|report(?: (?:post|abuse|spam))?|share|edit|delete|flag|dislikes?|like[sd]?|up ?votes?"
    r"|down ?votes?|thanks?|permalink|bookmark|save|follow|back to top|top|回复|回覆|回應|引用|举报|檢舉|分享|编辑|編輯"
    r"|删除|刪除|点赞|點讚|赞|讚|踩|顶|支持|反对|反對|收藏|评论|評論|打赏|投诉|只看(?:该作者|楼主|他)|返回顶部"
    r"|使用道具|复制链接"
)
_BETWEEN = r"[\s|·•/、丨\-–—]*"
_COUNT = r"\s*[（(\[]?\s*\d[\d,.]{0,9}\s?[kKwW万]?\s*[）)\]]?"
_LINE = re.compile(rf"{_BETWEEN}(?:(?:{_WORDS})(?:{_COUNT})?{_BETWEEN})+", re.I)
_WORD = re.compile(_WORDS, re.I)
_LONGEST = 120
"""characters of such a line"""


def without_actions(body: Body) -> Body:
    """The body without such lines at its ends and without their links. One word alone is an author's (`顶`), and
    so is what would leave nothing of the post."""
    start, stop = 0, len(body.lines)
    least = 0 if body.images or body.quotes or body.code or body.attachments else 1
    while stop - least > 0 and _is_action(body.lines[stop - 1]):
        stop -= 1
    while start < stop - least and _is_action(body.lines[start]):
        start += 1
    start = start if _told(body.lines[:start]) else 0
    stop = stop if _told(body.lines[stop:]) else len(body.lines)
    words = " ".join(body.lines[:start] + body.lines[stop:])
    if words:
        body.lines = body.lines[start:stop]
        said = [(link, squeeze(str(link.get("text") or ""))) for link in body.links]
        body.links = [link for link, text in said if not (text in words and _is_action(text))]
    return body


def _is_action(line: str) -> bool:
    return len(line) <= _LONGEST and _LINE.fullmatch(line) is not None


def _told(lines: list[str]) -> bool:
    """Whether lines are a bar of actions: two of them, or one that is counted."""
    words = " ".join(lines)
    return len(_WORD.findall(words)) > 1 or (bool(words) and any(map(str.isdigit, words)))
