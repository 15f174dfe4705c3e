"""The part of a page's content hash that main text misses: what else stands on the page and still says something.

    blocks of the page, in order    - furniture, by its names and its structure
                                    - lines the document already says
                                    - volatile parts (`worker.volatile`)
    targets of links, images        - furniture, sharing, the document's own
    = margin                          lines, `link: target`, `image: target`

Main text alone must not decide: tables, boxed notices, list entries, replaced files and chart images stand outside
it. Whole-page
text alone must not either: menus, footers and counters move by themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from worker import beside, volatile
from worker.contenthash import canonical, target, targets
from worker.extract.model import Extracted, Extraction, Reading
from worker.extract.resolve import resolved
from worker.extract.walk import Walk, attribute
from worker.forumpage import as_one
from worker.normalise import WHOLE_PAGES, fold, quiet_line
from worker.remembered import remembered

MOSTLY = 0.75
"""a block is furniture by its hints when at least this share of its text is links"""
FURNITURE_TEXT = 400
"""a block that is named furniture without doubt is it when it holds fewer characters than this outside links"""
MENU_WORDS = 28
"""a link of a menu says at most so many characters (Han count twice)"""
MENU_RUN = 4
"""so many short links in a row, and nothing else, are a menu"""
LONG_LINE = 24
"""characters from which a line is also looked for inside the document's paragraphs, where a reader joined it to
others"""
MOST_SEARCHES = 300
"""lines looked for so; a page with more of them is not searched further (time must stay linear)"""
STRIP = 4
"""times as wide as high: mastheads and advertisements (760x120, 728x90, 1000x200); charts are at most three times"""
ONE_THING = frozenset({"notice", "article"})
"""kinds of documents whose page says one thing"""
CORE_TEXT = 200
"""characters a main part must hold to be taken for one"""
SHELL_TEXT = 150
"""a page that says it is loading and less than so many characters beside is a shell"""
FURNITURE_TAGS = frozenset({"nav", "footer", "menu", "header"})
NEVER_FURNITURE = frozenset({"body", "html", "main", "article", "h1", "table", "tbody", "tr", "form"})
SAYING = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "dt", "figcaption", "caption", "blockquote", "pre"})
"""elements that make even a short link part of what a page says"""

SOURCES = ("data-original", "data-lazy-src", "data-src", "zoomfile", "file", "src")
"""where an image's real address stands, before its placeholder's"""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMES = re.compile(r' (?:id|class)="([^"]*)"')
_WORDS = re.compile(r"[a-z]+")
_NOT_CONTENT = re.compile(
    "|".join(paths.pattern for paths in (volatile.SHARE_PATHS, volatile.SEARCH_PATHS, volatile.ACCOUNT_PATHS)),
    re.IGNORECASE,
).search
_ROLE = re.compile(r' role="([^"]*)"')


def judged(reading: Reading, extraction: Extraction) -> Extraction:
    """The extraction with the margin of its page attached to the document that speaks for the whole page; with outcome
    `empty` where the page is a loading shell."""
    if reading.media_type not in ("text/html", "application/xhtml+xml"):
        return extraction
    if len(extraction.documents) != 1 or (document := extraction.documents[0]).kind not in WHOLE_PAGES:
        return extraction
    if reading.kind == "page" and (one := as_one(reading, document)) is not None:
        return replace(extraction, documents=(one,))
    if shell := shell_of(reading, document):
        return replace(extraction, page_kind="not-content", outcome="empty", why=shell, documents=())
    return replace(extraction, documents=(replace(document, margin=margin_of(reading, document)),))


def shell_of(reading: Reading, document: Extracted) -> str | None:
    """Why a page is only the shell of one whose scripts have not run yet, or None."""
    if len(document.text) > 20 * SHELL_TEXT:
        return None
    texts = [fold(text) for text in reading.tree.walk.texts]
    if not any(volatile.PLACEHOLDER.pattern.match(text) for text in texts if len(text) < 60):
        return None
    said = document.text.split("\n")
    beside = sum(len(line) for line in said if line != document.title and not volatile.CONSENT.search(line))
    return "says that it is loading, and nothing else" if beside < SHELL_TEXT and not document.attachments else None


def margin_of(reading: Reading, document: Extracted) -> tuple[str, ...]:
    """Meaningful lines, link targets and images of the page that the document itself does not say, in page order."""
    walk = reading.tree.walk
    core = core_of(walk)
    kept = meaningful(walk, core)
    if document.kind in ONE_THING:
        beside.leave_out(walk, kept, core, document.text)
    lines = _beyond(_lines(walk, kept), document)
    if document.kind in ONE_THING:
        lines = beside.of_its_own(lines, document.fields)
    own = {*targets(document.links), *targets(document.attachments), *targets(document.images)}
    links = dict.fromkeys(link for link in _links(reading, kept, core) if link not in own)
    head = _head(walk, document) if document.kind in ONE_THING else -1
    images = dict.fromkeys(image for image in _images(reading, kept, core, head) if image not in own)
    return (*lines, *(f"link: {link}" for link in links), *(f"image: {image}" for image in images))


def meaningful(walk: Walk, core: range) -> list[bool]:
    """For each block of the page whether it may count: False for furniture. One more for what stands after the last."""
    kept = [True] * (len(walk.texts) + 1)
    for element, (tag, attrs) in enumerate(zip(walk.tag, walk.attrs, strict=True)):
        if (tag in FURNITURE_TAGS or attrs) and (share := names_furniture(attrs, tag)) is not None:
            start, stop = walk.start[element], walk.stop[element]
            if start in core and tag not in FURNITURE_TAGS:
                share = MOSTLY
            if (tag == "header" and start in core) or not _is_furniture(walk, element, share):
                continue
            for block in range(start, stop):
                kept[block] = False
    _drop_menus(walk, kept, core)
    return kept


def core_of(walk: Walk) -> range:
    """Blocks of the part a page itself calls its main one; empty where it names none or next to nothing stands in
    it."""
    for element, (tag, attrs) in enumerate(zip(walk.tag, walk.attrs, strict=True)):
        if (tag == "main" or ' role="main"' in attrs) and walk.text_length[element] >= CORE_TEXT:
            return range(walk.start[element], walk.stop[element])
    return range(0)


def names_furniture(attrs: str, tag: str) -> float | None:
    """How much of an element's text must be links for it to be furniture, by its name, role, id and classes: 0 where
    the
    name leaves no doubt, None where it names nothing."""
    if tag in FURNITURE_TAGS:
        return MOSTLY if tag == "header" else 0.0
    return None if tag in NEVER_FURNITURE else _called_furniture(attrs)


@remembered
def _called_furniture(attrs: str) -> float | None:
    role = _ROLE.search(attrs)
    if role and role.group(1).lower() in volatile.FURNITURE_ROLES:
        return 0.0
    hinted = None
    for names in _NAMES.findall(attrs):
        for name in names.split():
            if name in volatile.AD_SLOTS:
                return 0.0
            words = _WORDS.findall(_HUMP.sub("-", name).lower())
            if not volatile.FURNITURE_WORDS.isdisjoint(words):
                return 0.0
            if len(words) <= 3 and not volatile.HINTING_WORDS.isdisjoint(words):
                hinted = MOSTLY
    return hinted


def _is_furniture(walk: Walk, element: int, share: float) -> bool:
    said, linked = walk.text_length[element], walk.link_length[element]
    return linked >= (share or MOSTLY) * said if share or said - linked >= FURNITURE_TEXT else True


def _drop_menus(walk: Walk, kept: list[bool], core: range) -> None:
    """Runs of short links with nothing between them are menus, whatever they are called; not in the main part."""
    run: list[int] = []
    for block, text in enumerate((*walk.texts, "")):
        if block < len(walk.texts) and kept[block] and block not in core:
            tag = walk.tag[walk.owner[block]]
            if tag == "button":
                kept[block] = False
                continue
            if walk.linked[block] >= len(text) - 2 and tag not in SAYING and _short(text):
                run.append(block)
                continue
        if len(run) >= MENU_RUN:
            for member in run:
                kept[member] = False
        run.clear()


@remembered
def _short(text: str) -> bool:
    if len(text) > MENU_WORDS or any(map(str.isdigit, text)):
        return False
    return len(text) + sum(char >= "\u2e80" for char in text) <= MENU_WORDS


def _lines(walk: Walk, kept: list[bool]) -> list[str]:
    return [line for text, counts in zip(walk.texts, kept, strict=False) if counts and (line := quiet_line(text))]


def _beyond(lines: list[str], document: Extracted) -> list[str]:
    """The lines that the document does not say: each line of it answers for one line of the page."""
    said = Counter(map(canonical, f"{document.title}\n{document.text}".replace("|", "\n").split("\n")))
    said.update(canonical(str(value)) for value in document.fields.values() if isinstance(value, str))
    whole = ""
    beyond, searched = [], 0
    for line in lines:
        plain = canonical(line)
        if said[plain] > 0:
            said[plain] -= 1
            continue
        if len(plain) >= LONG_LINE:
            searched += 1
            whole = whole or canonical(document.text)
            if searched <= MOST_SEARCHES and plain in whole:
                continue
        beyond.append(line)
    return beyond


def _links(reading: Reading, kept: list[bool], core: range) -> Iterable[str]:
    own, base = target(reading.url), reading.tree.base
    for anchor in reading.tree.walk.anchors:
        if not kept[min(anchor.start, len(kept) - 1)] or not (href := anchor.href):
            continue
        worded = anchor.text or anchor.stop > anchor.start + 1 or anchor.start in core
        link = place(href, base)
        if link and link != own and (worded or volatile.FILE_PATH.search(link)) and not shares(link):
            yield link


@remembered
def place(href: str, base: str) -> str:
    """Where a link or image of a page points, as it counts; empty for what is no place on the web."""
    if href.startswith(("#", "javascript:", "data:", "mailto:", "tel:")):
        return ""
    try:
        url = resolved(base, href.strip())
    except ValueError:
        return ""
    return target(url) if url[:7].lower().startswith(("http://", "https:/")) else ""


@remembered
def shares(link: str) -> bool:
    """Whether a target is a place to share, follow, search or sign in, not something the page points to."""
    host = urlsplit(f"//{link}").hostname or ""
    return bool(volatile.SOCIAL_HOSTS.search(host) or _NOT_CONTENT(link))


def _head(walk: Walk, document: Extracted) -> int:
    """The block of a document's title: what stands above it is the site's head; -1 where the page does not say it."""
    title = canonical(document.title)
    return next((block for block, text in enumerate(walk.texts) if canonical(text) == title), -1) if title else -1


def _is_strip(attrs: str) -> bool:
    """Whether an image is declared as flat as mastheads and advertisements are."""
    width, height = (attribute(attrs, name) or "" for name in ("width", "height"))
    return width.isdecimal() and height.isdecimal() and int(width) >= STRIP * max(int(height), 1)


def _images(reading: Reading, kept: list[bool], core: range, head: int) -> Iterable[str]:
    """Images that say something, but for those above the block `head`."""
    walk, base = reading.tree.walk, reading.tree.base
    bare = {(anchor.element, anchor.start) for anchor in walk.anchors if not anchor.text}
    for image in walk.images:
        block = min(image.block, len(kept) - 1)
        outside = block not in core
        if not kept[block] or (outside and (block <= head or (image.element, image.block) in bare)):
            continue
        if outside and _is_strip(image.attrs):
            continue
        source = next((value for name in SOURCES if (value := attribute(image.attrs, name))), None)
        if source and not volatile.IMAGE_NOISE.search(source) and (url := place(source, base)):
            yield url
