"""What changed between two states of a document, in words downstream can read, and which states are to be doubted.

`describe` names every part that differs as `[old, new]`: `title`, each field under its own name, `text` as the
changed lines,
`attachments`, `links`, `images`, `margin`; beside them flags: `order_only` (the same lines in another order),
`date_only` (nothing but
dates differs), `silent` (the text changed, the page's own date did not) and `share` (how much of the text changed, 0
to 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from hashlib import sha256

from archive.records import Content, JsonMap
from worker.contenthash import canonical, field_value, target
from worker.extract.model import Reading

EXCERPT = 2000
"""characters of changed lines kept on each side"""
SHORT = 200
"""a document that says less than so many characters may shrink as it likes"""
FAR_SHORTER = 0.4
"""of what the head says: a capture below is doubted"""
ALIKE = 0.25
"""two doubted captures confirm each other when their lengths differ by at most this share"""
MOST_PAIRS = 1_000_000
"""lines of one text times lines of the other up to which they are aligned; beyond, they are only counted"""

_DATE = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\s*[:：]\s*\d{2}(?:\s*[:：]\s*\d{2})?"
    r"(?:\s*[ap]\.?m\.?)?|(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s*"
    r"(?:\d{1,2}(?:st|nd|rd|th)?)?,?\s*(?:\d{4})?",
    re.IGNORECASE,
)
_DATED = re.compile(r"date|time|published|written|updated|modified|signed|_on$|_at$", re.IGNORECASE)


def describe(old: Content, new: Content) -> JsonMap:
    """What differs, `{"name": [old, new]}`; empty where nothing that counts does."""
    said: dict[str, object] = {}
    if canonical(old.title) != canonical(new.title):
        said["title"] = [old.title, new.title]
    said.update(_fields(old.fields, new.fields))
    removed, added = lines_between(old.text, new.text)
    text_changed = canonical(old.text) != canonical(new.text)
    if text_changed:
        said["text"] = [_excerpt(removed), _excerpt(added)]
    for name in ("attachments", "links", "images"):
        before, after = _entries(getattr(old, name)), _entries(getattr(new, name))
        if before != after:
            said[name] = [_only(before, after), _only(after, before)]
    if old.margin != new.margin:
        before, after = list(old.margin), list(new.margin)
        if list(map(canonical, before)) != list(map(canonical, after)):
            said["margin"] = [_only(before, after), _only(after, before)]
    if said:
        said.update(_flags(old, new, said, text_changed))
    return said


def lines_between(old: str, new: str) -> tuple[list[str], list[str]]:
    """Lines only the old text has, and lines only the new one has, each in its own order."""
    before, after = old.split("\n"), new.split("\n")
    plain_before, plain_after = list(map(canonical, before)), list(map(canonical, after))
    first = 0
    while first < min(len(before), len(after)) and plain_before[first] == plain_after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and plain_before[-1 - last] == plain_after[-1 - last]:
        last += 1
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    plain_before, plain_after = (
        plain_before[first : len(plain_before) - last],
        plain_after[first : len(plain_after) - last],
    )
    if len(before) * len(after) > MOST_PAIRS:
        return _only(before, after), _only(after, before)
    removed, added = [], []
    matcher = SequenceMatcher(None, plain_before, plain_after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            removed += before[i:j]
            added += after[k:m]
    return removed, added


def _fields(old: JsonMap, new: JsonMap) -> dict[str, object]:
    return {
        name: [old.get(name), new.get(name)]
        for name in (*old, *(name for name in new if name not in old))
        if (field_value(old.get(name)) or None) != (field_value(new.get(name)) or None)
    }


def _entries(entries: Iterable[JsonMap]) -> list[str]:
    """One line for each entry: its words and its target."""
    lines = []
    for entry in entries:
        words = canonical(str(entry.get("name") or ""))
        place = target(str(entry.get("url") or ""))
        lines.append(f"{words} <{place}>" if words else place)
    return list(dict.fromkeys(lines))


def _only(these: list[str], others: list[str]) -> list[str]:
    left = Counter(others)
    only = []
    for line in these:
        if left[line] > 0:
            left[line] -= 1
        else:
            only.append(line)
    return only


def _excerpt(lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _flags(old: Content, new: Content, said: Mapping[str, object], text_changed: bool) -> dict[str, object]:
    flags: dict[str, object] = {}
    if set(said) <= {"text", "links", "images", "attachments", "margin"} and _sorted(old) == _sorted(new):
        flags["order_only"] = True
    elif _without_dates(old) == _without_dates(new):
        flags["date_only"] = True
    if text_changed:
        flags["share"] = round(1 - _likeness(old.text, new.text), 4)
        dates_before, dates_after = _own_dates(old), _own_dates(new)
        if "date_only" not in flags and dates_before and dates_before == dates_after:
            flags["silent"] = True
    return flags


def _sorted(content: Content) -> tuple[list[str], ...]:
    return (
        sorted(map(canonical, content.text.split("\n"))),
        sorted(_entries(content.links)),
        sorted(_entries(content.images)),
        sorted(_entries(content.attachments)),
        sorted(map(canonical, content.margin)),
    )


def _without_dates(content: Content) -> tuple[object, ...]:
    def blank(text: str) -> str:
        return _DATE.sub("", canonical(text))

    return (
        blank(content.title),
        blank(content.text),
        {name: value for name, value in content.fields.items() if not _DATED.search(name) and field_value(value)},
        _entries(content.links),
        _entries(content.images),
        _entries(content.attachments),
        [blank(line) for line in content.margin],
    )


def _own_dates(content: Content) -> dict[str, object]:
    """What the page itself says of when it was written, published or updated."""
    return {name: value for name, value in content.fields.items() if _DATED.search(name) and value}


def _likeness(old: str, new: str) -> float:
    """Share of lines' characters both texts have, 0 to 1, without regard to order."""
    before, after = Counter(canonical(old).split(" ")), Counter(canonical(new).split(" "))
    if len(before) < 20 or len(after) < 20:
        before, after = Counter(canonical(old)), Counter(canonical(new))
    total = sum(len(word) * n for word, n in before.items()) + sum(len(word) * n for word, n in after.items())
    shared = sum(2 * len(word) * n for word, n in (before & after).items())
    return shared / total if total else 1.0


def implausible(old: Content, new: Content, reading: Reading, suspect: str | None = None) -> str | None:
    """Why a capture is held back until a second one says about the same, or None.

    Far shorter than the head was, or an error text in its place: such answers usually heal by themselves. `suspect`
    is the
    `sketch` of the capture held back just before: one that looks the same confirms it.
    """
    before, after = _said(old), _said(new)
    if before < SHORT or after >= before * FAR_SHORTER or agrees(suspect, new):
        return None
    return f"says {after} characters where the version before says {before}"


def sketch(content: Content) -> str:
    """What is kept of a capture held back: its title's digest and how much it says, not the words (numbers move
    daily)."""
    title = sha256(canonical(content.title).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{title}/{_said(content)}"


def agrees(suspect: str | None, content: Content) -> bool:
    """Whether a capture looks like the one held back: the same title, about as long."""
    if not suspect or "/" not in suspect:
        return False
    title, _, said = suspect.partition("/")
    own_title, _, own_said = sketch(content).partition("/")
    shorter, longer = sorted((int(said), int(own_said)))
    return title == own_title and longer - shorter <= max(ALIKE * longer, 40)


def _said(content: Content) -> int:
    return len(content.text) + sum(len(line) for line in content.margin if not line.startswith(("link: ", "image: ")))
