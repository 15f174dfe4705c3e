"""What an exchange came to, judged from status, headers and words before anybody reads the page. Pure.

    judge         status -> headers -> where redirects led -> what the body says
    body_outcome  the last step alone, on decoded text: `derive` asks it too, for captures of any origin
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from worker.excuses import is_notice
from worker.fetch.marks import BLOCKS, MAINTENANCE, NOBODYS, Mark
from worker.fetch.recognisers import (
    FORUM_GENERATOR,
    LOGIN_ADDRESS,
    MISSING,
    MOST_WORDS_OF_LOGIN,
    MOST_WORDS_OF_MISSING,
    PASSWORD_FIELD,
    TITLE_PARTS,
)

LONGEST_JUDGED = 200_000
"""characters; a page longer than this is no shell, wall or error page"""
MOST_LINKS, MOST_PARAGRAPHS, MOST_BLOCKS = 40, 20, 100
"""<a>, <p> and <div> or <li> of a wall or an error page; a page with more is judged by its title alone"""
SHELL_WORDS, LOADING_WORDS = 80, 12
"""visible characters of a page whose script does everything; of an application that has not begun"""

_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_HEADING = re.compile(r"<h[12]\b[^>]{0,300}>((?:[^<]|<(?!/h[12])){0,500})", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|template|head|svg|title)\b", re.IGNORECASE)
_LINK = re.compile(r"<(a)\b", re.IGNORECASE)
_NOSCRIPT = re.compile(r"<(noscript)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<(!--)")
_TAGS = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"\s+")
_SCRIPTED = re.compile(r"<script|http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)
_GOES_ON = re.compile(
    r"location(?:\.href|\.replace|\.assign|\.reload)?\s*[=(]|\[[\"'](?:href|replace|assign)[\"']\]", re.IGNORECASE
)
_PLAIN_HOP = re.compile(
    r"location(?:\.href)?\s*=\s*[\"']([^\"']{1,2000})[\"']"
    r"|location\.(?:replace|assign)\(\s*[\"']([^\"']{1,2000})[\"']\s*\)",
    re.IGNORECASE,
)
_REFRESH = re.compile(
    r"<meta[^>]{1,100}http-equiv\s*=\s*[\"']?refresh[^>]{1,100}url\s*=\s*[\"']?([^\"'>\s]{1,2000})", re.IGNORECASE
)
_OBSCURE = re.compile(
    r"eval\(|fromCharCode|atob\(|unescape\(|_0x[0-9a-f]{3}|String\[|\.caller\b|\\x[0-9a-f]{2}", re.IGNORECASE
)
_DATA = re.compile(
    r"application/(?:ld\+)?json|__NEXT_DATA__|__NUXT__|data-preloaded|window\.__[A-Z_]+__\s*=|flarum-json-payload",
    re.IGNORECASE,
)
_APP_ROOT = re.compile(
    r"<(?:div|main)[^>]{0,200}id\s*=\s*[\"']?(?:app|root|__next|__nuxt|q-app)\b|<app-root", re.IGNORECASE
)
_HTML = re.compile(r"<(?:!doctype|html|head|body|title|script|meta|div|p|table|h\d)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Page:
    """A page as the recognisers see it; every view is made at most once, and only if asked for."""

    text: str

    @cached_property
    def title(self) -> str:
        found = _TITLE.search(self.text, 0, 30_000)
        return _words(found.group(1))[:300] if found else ""

    @cached_property
    def links(self) -> int:
        return self.text.count("<a ") + self.text.count("<A ")

    @property
    def busy(self) -> bool:
        """Whether there is so much on the page that it is no wall."""
        text = self.text
        return (
            _more_than(MOST_LINKS, text, "<a ")
            or self.links > MOST_LINKS
            or _more_than(MOST_PARAGRAPHS, text, "<p")
            or text.count("<div") + text.count("<li") > MOST_BLOCKS
        )

    @cached_property
    def body(self) -> str:
        return _without(_without(self.text, _COMMENT, "-->"), _UNSEEN, None)

    @cached_property
    def words(self) -> str:
        return _words(_TAGS.sub(" ", self.body))

    @cached_property
    def unlinked(self) -> str:
        return _words(_TAGS.sub(" ", _without(self.body, _LINK, None)))

    @cached_property
    def headings(self) -> list[str]:
        return [_words(_TAGS.sub("", found.group(1))) for found in islice(_HEADING.finditer(self.text), 3)]

    @cached_property
    def is_notice(self) -> bool:
        """Whether the page has the form of a notice, which may well speak of walls and maintenance."""
        return is_notice(self.title, self.headings, self.words)

    def says(self, mark: Mark) -> bool:
        """Whether the mark is on this page."""
        if mark.where == "words" and len(self.words) > mark.most_words:
            return False  # a length asked before an expression is tried: most pages say more than a wall
        seen = self.title if mark.where == "title" else self.text if mark.where == "html" else self.words
        if isinstance(mark.pattern, tuple):
            there = all(piece in seen for piece in mark.pattern)
        else:
            there = mark.pattern.search(seen) is not None
        return there and len(self.words) <= mark.most_words


def judge(
    status: int, headers: Mapping[str, str], text: str, *, requested: str, final: str, permanent: bool
) -> tuple[str, str]:
    """(outcome, why) of an answered exchange. `headers` in lower case; `permanent`: the first redirect was 301 or
    308."""
    if status == 304:
        return "not-modified", "304"
    if headers.get("cf-mitigated", "").lower() == "challenge" or headers.get("x-amzn-waf-action"):
        return "blocked", "challenge, by the response's own header"
    if status in (404, 410):
        return "gone", f"status {status}"
    if status >= 400:
        return _refused(status, text)
    if status >= 300:
        return "error:redirects", f"status {status} without a usable Location"
    if status == 204 or not text.strip("\ufeff \t\r\n\x00"):
        return "empty", "the answer has no body"
    if final != requested and LOGIN_ADDRESS.search(final) and not LOGIN_ADDRESS.search(requested):
        return "login-required", f"redirected to {final}"
    said = body_outcome(text, status)
    if said is not None:
        return said
    if permanent and final != requested:
        return "moved", f"permanent redirect to {final}"
    return "ok", ""


def _refused(status: int, text: str) -> tuple[str, str]:
    page = _Page(text[:LONGEST_JUDGED])
    for mark in BLOCKS:
        if page.says(mark):
            return "blocked", f"{mark.name} (status {status})"
    if status in (412, 521) and "<script" in text[:4000].lower() and len(page.words) <= SHELL_WORDS:
        return "blocked", f"cookie script (status {status})"
    if status >= 500 and any(page.says(mark) for mark in MAINTENANCE):
        return "maintenance", f"status {status}, and the page says maintenance"
    if status in (401, 407):
        return "login-required", f"status {status}"
    if status == 403 and PASSWORD_FIELD.search(page.text) and len(page.unlinked) <= MOST_WORDS_OF_LOGIN:
        return "login-required", "status 403 with a login form"
    if status == 429:
        return "error:rate-limited", "status 429"
    return ("error:http-5xx" if status >= 500 else "error:http-4xx"), f"status {status}"


def body_outcome(text: str, status: int) -> tuple[str, str] | None:
    """(outcome, why) where the words of a page say that it is no content; None where they do not."""
    if len(text) > LONGEST_JUDGED or not _HTML.search(text, 0, 4000):
        return None
    page = _Page(text)
    missing = any(MISSING.fullmatch(part) for part in TITLE_PARTS.split(page.title)) if page.title else False
    if not missing and page.busy:
        return None
    for mark in BLOCKS:
        if page.says(mark) and not (mark.where == "words" and page.is_notice):
            return "blocked", mark.name
    if (shell := _shell(page)) is not None:
        return shell
    if FORUM_GENERATOR.search(text, 0, 8000):
        return None
    for mark in MAINTENANCE:
        if page.says(mark) and page.links <= 5 and not page.is_notice:
            return "maintenance", mark.name
    for mark in NOBODYS:
        if page.says(mark) and page.links <= 5:
            return "empty", mark.name
    missing = missing or any(MISSING.fullmatch(heading) for heading in page.headings)
    if missing and len(page.unlinked) <= MOST_WORDS_OF_MISSING:
        return "soft-404", f"titled {page.title!r} with status {status}"
    form = PASSWORD_FIELD.search(text) is not None and page.links <= 15
    if form and len(page.unlinked) <= MOST_WORDS_OF_LOGIN and not page.is_notice:
        return "login-required", "a login form and nothing else"
    return None


def _shell(page: _Page) -> tuple[str, str] | None:
    """A page that says nothing and lets its script do everything: a challenge, a hop elsewhere, or an application."""
    text = page.text
    if page.links > 3 or len(page.words) > SHELL_WORDS or not _SCRIPTED.search(text):
        return None
    if "document.cookie" in text and _GOES_ON.search(text):
        return "blocked", "a script sets a cookie and loads the page again"
    hop = _PLAIN_HOP.search(text) or _REFRESH.search(text)
    if hop is not None and not _OBSCURE.search(text):
        target = next((group for group in hop.groups() if group), "")
        return "empty", f"a script or a refresh leads on to {target[:200]}"
    if _GOES_ON.search(text) and (_OBSCURE.search(text) or "location.reload" in text):
        return "blocked", "a script in disguise loads another page"
    spoken = _words(_TAGS.sub(" ", _without(page.body, _NOSCRIPT, None)))
    if _APP_ROOT.search(text) and not _DATA.search(text) and len(spoken) <= LOADING_WORDS:
        return "empty", "a script shell; `render: browser` may read it"
    return None


def _without(text: str, opening: re.Pattern[str], closing: str | None) -> str:
    """The text without what stands between an opening and its closing tag. One pass: an opening that is never closed
    costs one look ahead for its kind, so that no page makes this quadratic."""
    lowered, out, at, never = text.lower(), [], 0, set[str]()
    for found in opening.finditer(text):
        name = found.group(1).lower()
        if found.start() < at or name in never:
            continue
        end = lowered.find(closing or f"</{name}", found.end())
        if end < 0:
            never.add(name)
            continue
        out.append(text[at : found.start()])
        at = end if closing is None else end + len(closing)
    out.append(text[at:])
    return " ".join(out)


def _more_than(most: int, text: str, piece: str) -> bool:
    """Whether it stands there more than `most` times; looks no further than that."""
    return len(text.split(piece, most + 1)) > most + 1


def _words(markup: str) -> str:
    return _BLANKS.sub(" ", html.unescape(markup)).strip()
