"""How text that others wrote, times and durations stand on a page.

Text of a page is isolated (`<bdi>`), so that it cannot turn the writing around it; characters that hide, turn or move
text are shown as marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

Translate = Callable[..., Any]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_HREF = 2000
STACKED = 4
"""combining marks in a row that are shown"""
CLUSTER = 12
"""characters that may be drawn as one sign (vowel signs, joined pictures, jamo): beyond that a line may end"""

_MARKED = re.compile(
    "(?P<hidden>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f])"
    "|[\u0300-\u061b\u061d-\u180d\u180f-\u1cff\u1dc0-\u1dff\u200d\u20d0-\u20ff\ua800-\uabff\ud7b0-\ud7ff\ufe00-\ufe2f"
    f"\U00010000-\U0001ffff]{{{CLUSTER},}}"
)
_JOINING = frozenset(["Mn", "Mc", "Me", "Cf", "Sk"])
_JAMO = "\u1100\u11ff"
_VIRAMA = 9
"""combining class of the signs that take the next letter into the same cluster"""
_STACK = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
                    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")


def signed(author: str | None, floor: int | None) -> str:
    """What a post without words is called, such as `zhang3 #13`; empty where neither is known."""
    return " ".join(filter(None, [(author or "").strip(), f"#{floor}" if floor is not None else ""]))


def plain(text: object) -> Markup:
    """The text escaped, its hidden characters as marks."""
    said = "" if text is None else str(text)
    if said.isascii() and said.isprintable():
        return escape(said)
    said = _STACK.sub(r"\1", said.replace("\r\n", "\n").replace("\r", "\n"))
    pieces: list[Markup] = []
    start = 0
    for match in _MARKED.finditer(said):
        marked = _mark(match[0]) if match.lastgroup == "hidden" else _breakable(match[0])
        pieces += [escape(said[start : match.start()]), marked]
        start = match.end()
    return Markup("").join([*pieces, escape(said[start:])])


def _breakable(run: str) -> Markup:
    """Letters that may be drawn as one sign, with places inside it at which a line may end."""
    pieces, start, joined, glued = [], 0, 0, False
    for place, character in enumerate(run):
        category = unicodedata.category(character)
        alone = category not in _JOINING and not _JAMO[0] <= character <= _JAMO[1]
        joined = 1 if alone and not glued else joined + 1
        glued = category == "Cf" or unicodedata.combining(character) == _VIRAMA
        if joined == CLUSTER:
            pieces.append(escape(run[start : place + 1]))
            start, joined = place + 1, 0
    return Markup("<wbr>").join([*pieces, escape(run[start:])])


def _mark(character: str) -> Markup:
    return Markup('<span class="mark">{}</span>').format(f"U+{ord(character):04X}")


def said(text: object) -> Markup:
    """Text of a page as one isolated run."""
    return Markup("<bdi>{}</bdi>").format(plain(text))


def short(text: object, longest: int) -> str:
    """The text, cut to so many characters."""
    said = "" if text is None else str(text)
    return said if len(said) <= longest else said[: longest - 1] + "…"


def paragraphs(text: str) -> list[Markup]:
    """Text of a page, a paragraph a line; empty lines are left out."""
    return [plain(line) for line in text.splitlines() if line.strip()]


def external(url: object, shown: object = None) -> Markup:
    """A link to the web where the address is one (http, https), else the text alone: no other scheme is ever a link."""
    text = str(url or "")
    name = said(text if shown in (None, "") else shown)
    try:
        web = urlsplit(text).scheme in ("http", "https") and len(text) <= LONGEST_HREF
    except ValueError:
        web = False
    if not web:
        return Markup('<span class="address">{}</span>').format(name)
    return Markup('<a class="address" rel="noopener noreferrer external" href="{}">{}</a>').format(text, name)


def when_of(zone: ZoneInfo, moment: datetime | None, seconds: bool = False, day: bool = True) -> Markup:
    """A time in the configured zone; its exact form is in the element's `datetime`."""
    if moment is None:
        return Markup('<span class="none">–</span>')
    local = moment.astimezone(zone)
    form = ("%Y-%m-%d " if day else "") + ("%H:%M:%S" if seconds else "%H:%M")
    exact = moment.isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, local.strftime(form))


def day_of(t: Translate, language: str, day: date) -> Markup:
    """`Tuesday, 2026-11-24`."""
    name = t(DAYS[day.weekday()])
    between = " " if language == "zh" else ", "
    return Markup('<time datetime="{0}">{0}</time>{1}<span class="weekday">{2}</span>').format(
        day.isoformat(), between, name
    )


_UNITS = ((86400, "{n} day ago|{n} days ago", "in {n} day|in {n} days"), (3600, "{n} h ago", "in {n} h"),
          (60, "{n} min ago", "in {n} min"), (1, "{n} s ago", "in {n} s"))  # fmt: skip


def ago(t: Translate, moment: datetime | None, now: datetime) -> Any:
    """`3 h ago`, `in 5 min`, `now`, `never`."""
    if moment is None:
        return t("never")
    span = now - moment
    seconds = abs(span) // timedelta(seconds=1)
    for size, past, future in _UNITS:
        if seconds >= (2 * size if size == 86400 else size):
            return t(past if span > timedelta(0) else future, n=seconds // size)
    return t("now")


def size(count: int | None) -> str:
    """Bytes in their unit: `12 B`, `3.4 KB`, `1.2 MB`."""
    if count is None:
        return "–"
    amount, unit = float(count), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"


def share_of(part: float) -> str:
    """A share for people: `4 %`, `< 1 %`; never 0 or 100 where it is not."""
    if part < 0.01:
        return "< 1 %"
    return f"{99 if 0.99 < part < 1 else round(part * 100)} %"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "said": said, "plain": plain, "short": short, "paragraphs": paragraphs, "external": external, "size": size,
}  # fmt: skip
