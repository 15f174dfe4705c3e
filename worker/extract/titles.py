"""A page's title: what the page itself says it is called, checked against its headings and its <title>."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from worker.extract.dates import moments
from worker.extract.paragraphs import joined
from worker.extract.walk import Walk
from worker.remembered import remembered

_JOINTS = re.compile(r"\s*(?:[-–—_|｜]{1,2}|::|»|›|·|>)\s*")
_SQUEEZE = re.compile(r"[\s\u3000\xa0\u200b\ufeff]+")
_HEADING = re.compile(
    r"(?:^|[\s_\-\"'=])(?:\w*title\w*|\w*biaoti\w*|bt|headline|subject|tit|h1|\w*topic\w*|arti?tit\w*|wzbt)(?=[\s_\-\"']|$)",
    re.I,
)
_NAMES = re.compile(r' (?:class|id)="([^"]*)"').findall
_SPEAKS = re.compile(r"[：:。]|位置").search
_WHEN = re.compile(r"(?:发布|公开|发表|更新)(?:时间|日期)|来\s*源\s*[：:]").search
_WHENCE = re.compile(r"来\s*源|发布(?:时间|日期)|时间\s*[:：]|日期\s*[:：]|作者\s*[:：]").search


@dataclass(frozen=True, slots=True)
class Title:
    """The title, where it was read, and the blocks that print it (start is stop where none does)."""

    text: str
    said: str
    start: int
    stop: int
    others: tuple[tuple[str, str], ...] = ()
    """readings that disagree: (where, what)"""


@remembered
def squeezed(text: str) -> str:
    """Text for comparison: NFKC, no white space."""
    return _SQUEEZE.sub("", unicodedata.normalize("NFKC", text))


def pieces(title: str) -> list[str]:
    """What a <title> may mean: the whole, and every run from its beginning up to a joint, longest first."""
    found = [title.strip()]
    joints = list(_JOINTS.finditer(title))
    found += [title[: joint.start()].strip() for joint in reversed(joints)]
    found += [title[joint.end() :].strip() for joint in joints]
    return [piece for piece in dict.fromkeys(found) if piece]


def headings(walk: Walk) -> list[tuple[int, int, int, str]]:
    """(weight, start, stop, text) of everything that is marked up as a heading: <h1> weighs 5, a class that says title
    3."""
    found, lengths = [], walk.text_length
    for element, tag in enumerate(walk.tag):
        start, stop = walk.start[element], walk.stop[element]
        if not 0 < stop - start <= 4 or walk.hidden[element] or lengths[element] > 300:
            continue
        attrs = walk.attrs[element]
        if tag in ("h1", "h2", "h3", "h4"):
            weight = 6 - int(tag[1])
        elif attrs and _named_title(attrs):
            weight = 3
        else:
            continue
        found.append((weight, start, stop, joined(walk.texts[start:stop])))
    return found


def _above_line(walk: Walk) -> list[tuple[int, int, int, str]]:
    """A headline that nothing marks up: the line above the first one that says when or whence."""
    for block in range(1, len(walk.texts)):
        if not _says_when(walk.texts[block]):
            continue
        text = walk.texts[block - 1]
        if (
            6 <= len(text) <= 120
            and not walk.linked[block - 1]
            and not _describing(text)
            and not _SPEAKS(text)
        ):
            return [(0, block - 1, block, text)]
    return []


def _says_when(text: str) -> bool:
    return len(text) <= 160 and not text.isascii() and _WHEN(text) is not None


def _describing(text: str) -> bool:
    """Whether a line says when or whence: what stands under a headline."""
    return len(text) <= 160 and (
        _WHENCE(text) is not None
        or (len(text) < 60 and bool(moments(text)))
    )


@remembered
def _named_title(attrs: str) -> bool:
    """Whether a class or id says that an element is a title; remembered, for sites repeat theirs."""
    return _HEADING.search(" ".join(_NAMES(attrs))) is not None


def find(walk: Walk, head_title: str, said: Mapping[str, str]) -> Title:
    """The title: a heading that the page's own metadata or its <title> also says; else metadata; else the heaviest
    heading; else what <title> says before its first joint. `said` maps places (`meta ArticleTitle`, `json-ld`, ...) to
    titles."""
    candidates = headings(walk)
    names = [(place, value) for place, value in said.items() if value.strip()]
    squeezed_names = [(place, squeezed(value)) for place, value in names]
    candidates += _above_line(walk)
    whole = squeezed(head_title)
    best: tuple[float, Title] | None = None
    for weight, start, stop, text in candidates:
        key = squeezed(text)
        if len(key) < 2:
            continue
        score, place = float(weight), "heading"
        for said_place, other in squeezed_names:
            if key == other:
                score, place = score + 12, said_place
                break
            if len(other) > 5 and (key.startswith(other.rstrip(".…")) or other.startswith(key)) and len(key) > 5:
                score += 6
        if key in whole:
            score += 6 + min(len(key), 40) / 10 + (2 if whole.startswith(key) else 0)
        elif len(whole) > 5 and whole.rstrip(".…") in key:
            score += 6
        if any(_describing(walk.texts[block]) for block in range(stop, min(stop + 3, len(walk.texts)))):
            score += 7
        score -= 6 * (walk.link_length[walk.owner[start]] > 0.6 * max(walk.text_length[walk.owner[start]], 1))
        if best is None or score > best[0]:
            best = score, Title(text, place, start, stop)
    found = _printed(walk, names, head_title) if best is None or best[0] < 8 else None
    if found and best and best[0] >= 7 and found.said == "<title>" and len(found.text) <= len(best[1].text):
        return best[1]  # <title> is the site's name, which a label table or a signature prints as well
    chosen = found or (best[1] if best and best[0] >= (8 if names or _JOINTS.search(head_title) else 3) else None)
    if chosen is None and best and best[0] >= 5 and not names and len(best[1].text) > 8:
        chosen = best[1]
    if chosen is None:
        text = names[0][1] if names else (pieces(head_title)[1:2] or pieces(head_title) or [""])[0]
        place = names[0][0] if names else "<title>"
        chosen = Title(text.strip(), place, 0, 0)
    others = tuple((place, value) for place, value in names if squeezed(value) != squeezed(chosen.text))
    return Title(chosen.text, chosen.said, chosen.start, chosen.stop, others)


def _printed(walk: Walk, names: list[tuple[str, str]], head_title: str) -> Title | None:
    """A title that no heading marks up: the block (or up to four blocks in a row) that prints what the metadata say,
    or the longest run of <title> that stands on the page as a line of its own."""
    texts = [squeezed(text) for text in walk.texts]
    wanted = [(place, squeezed(value)) for place, value in names]
    wanted += [("<title>", squeezed(piece)) for piece in pieces(head_title) if len(squeezed(piece)) >= 4]
    for place, value in wanted:
        for start, text in enumerate(texts):
            if not text or not value.startswith(text) or walk.hidden[walk.owner[start]]:
                continue
            run, stop = text, start + 1
            while run != value and stop < min(start + 4, len(texts)) and value.startswith(run + texts[stop]):
                run, stop = run + texts[stop], stop + 1
            if run == value and walk.linked[start] < 0.5 * len(walk.texts[start]):
                return Title(joined(walk.texts[start:stop]), place, start, stop)
    return None
