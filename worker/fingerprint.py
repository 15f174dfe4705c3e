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
from functools import lru_cache
from urllib.parse import urlsplit

from worker import volatile
from worker.contenthash import canonical, target, targets
from worker.extract.model import Extracted, Extraction, Reading
from worker.extract.walk import Walk, attribute
from worker.normalise import WHOLE_PAGES, fold, quiet

FURNITURE_LINKED = 0.5
"""a block named as furniture is furniture when at least this share of its text is links, or"""
FURNITURE_TEXT = 400
"""when it holds fewer characters than this outside links"""
MENU_WORDS = 28
"""a link of a menu says at most so many characters (Han count twice)"""
MENU_RUN = 4
"""so many short links in a row, and nothing else, are a menu"""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMES = re.compile(r' (?:id|class)="([^"]*)"')
_ROLE = re.compile(r' role="([^"]*)"')
_PARTS = re.compile(r"\s*[|\n]\s*")


def judged(reading: Reading, extraction: Extraction) -> Extraction:
    """The extraction with the margin of its page attached to the document that speaks for the whole page."""
    if reading.media_type not in ("text/html", "application/xhtml+xml"):
        return extraction
    whole = [document for document in extraction.documents if document.kind in WHOLE_PAGES]
    if len(whole) != 1 or len(extraction.documents) != 1:
        return extraction
    return replace(extraction, documents=(replace(whole[0], margin=margin_of(reading, whole[0])),))


def margin_of(reading: Reading, document: Extracted) -> tuple[str, ...]:
    """Meaningful lines, link targets and images of the page that the document itself does not say, in page order."""
    walk = reading.tree.walk
    kept = meaningful(walk)
    lines = _beyond(_lines(walk, kept), document)
    own = {*targets(document.links), *targets(document.attachments), *targets(document.images)}
    links = dict.fromkeys(link for link in _links(reading, walk, kept) if link not in own)
    images = dict.fromkeys(image for image in _images(reading, walk, kept) if image not in own)
    return (*lines, *(f"link: {link}" for link in links), *(f"image: {image}" for image in images))


def meaningful(walk: Walk) -> list[bool]:
    """For each block of the page whether it may count: False for furniture."""
    kept = [True] * (len(walk.texts) + 1)
    for element, (tag, attrs) in enumerate(zip(walk.tag, walk.attrs, strict=True)):
        if names_furniture(tag, attrs) and _is_furniture(walk, element):
            for block in range(walk.start[element], walk.stop[element]):
                kept[block] = False
    _drop_menus(walk, kept)
    return kept


@lru_cache(maxsize=16384)
def names_furniture(tag: str, attrs: str) -> bool:
    """Whether an element's own name, role, id or class says that it is furniture."""
    if tag in ("body", "html", "main", "article", "h1", "table", "tbody", "form"):
        return False
    if tag in volatile.FURNITURE_TAGS:
        return True
    role = _ROLE.search(attrs)
    if role and role.group(1).lower() in volatile.FURNITURE_ROLES:
        return True
    return any(volatile.FURNITURE_WORDS.search(_HUMP.sub("-", names)) for names in _NAMES.findall(attrs))


def _is_furniture(walk: Walk, element: int) -> bool:
    said, linked = walk.text_length[element], walk.link_length[element]
    return said - linked < FURNITURE_TEXT or linked >= FURNITURE_LINKED * said


def _drop_menus(walk: Walk, kept: list[bool]) -> None:
    """Runs of short links with nothing between them are menus, whatever they are called."""
    run: list[int] = []
    for block, text in enumerate(walk.texts):
        if kept[block] and walk.linked[block] >= len(text) - 2 and _short(text):
            run.append(block)
            continue
        if len(run) >= MENU_RUN:
            for member in run:
                kept[member] = False
        run.clear()
    if len(run) >= MENU_RUN:
        for member in run:
            kept[member] = False


def _short(text: str) -> bool:
    return (
        len(text) <= MENU_WORDS
        and len(text) + sum(char >= "\u2e80" for char in text) <= MENU_WORDS
        and not any(map(str.isdigit, text))
    )


def _lines(walk: Walk, kept: list[bool]) -> list[str]:
    return [line for block, text in enumerate(walk.texts) if kept[block] and (line := quiet(fold(text)))]


def _beyond(lines: list[str], document: Extracted) -> list[str]:
    """The lines that the document does not say: each line of it answers for one line of the page."""
    said = Counter(map(canonical, _PARTS.split(f"{document.title}\n{document.text}")))
    said.update(canonical(str(value)) for value in document.fields.values() if isinstance(value, str))
    whole = canonical(document.text)
    beyond = []
    for line in lines:
        plain = canonical(line)
        if said[plain] > 0:
            said[plain] -= 1
        elif len(plain) < 24 or plain not in whole:
            beyond.append(line)
    return beyond


def _links(reading: Reading, walk: Walk, kept: list[bool]) -> Iterable[str]:
    own = target(reading.url)
    for anchor in walk.anchors:
        if kept[min(anchor.start, len(kept) - 1)] and (href := reading.tree.absolute(anchor.href)):
            link = target(href)
            if link != own and not _shares(link):
                yield link


@lru_cache(maxsize=16384)
def _shares(link: str) -> bool:
    """Whether a target is a place to share or follow, not something the page points to."""
    host = urlsplit(f"//{link}").hostname or ""
    return bool(volatile.SOCIAL_HOSTS.search(host) or volatile.SHARE_PATHS.search(link))


def _images(reading: Reading, walk: Walk, kept: list[bool]) -> Iterable[str]:
    for image in walk.images:
        if not kept[min(image.block, len(kept) - 1)]:
            continue
        source = next(
            (value for name in ("data-original", "data-src", "src") if (value := attribute(image.attrs, name))), None
        )
        if source and (url := reading.tree.absolute(source)):
            yield target(url)
