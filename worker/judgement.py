"""What changed between two states of a document, in words downstream can read, and which states are to be doubted.

`describe` gives `{"name": [old, new]}` for every part that differs: `title`, each field under its own name, `text` (the
lines that changed), `cells` (the table cells that changed, each after its row's head; rows that came or went, whole),
`attachments`, `links`, `images`, `margin` (what only one side has). Beside them stands the nature of the change, no
lists: `order_only` (the same lines in another order), `date_only` (nothing but dates differs), `silent` (the text
changed: True where the page's own date did not, False where it did), `share` (how much of the text changed, 0 to 1).
`nature_of` makes of it what the log keeps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from hashlib import sha256
from operator import eq

from archive.records import Cause, Content, JsonMap, Nature
from worker.contenthash import canonical, field_value, target

EXCERPT = 2000
"""characters of changed lines kept on each side"""
MOST_PAIRS = 250_000
"""lines of one text times lines of the other up to which they are aligned; beyond, they are only counted"""
SHORT = 200
"""a document that says less than so many characters may shrink as it likes"""
FAR_SHORTER = 0.4
"""of what the head says: a capture below is doubted"""
STEADY = 5
"""captures in a row, beside the first, that settle a page which returned often"""
ALIKE = 0.25
"""two doubted captures confirm each other when their lengths differ by at most this share"""

PARTS = {
    "title": "title", "text": "body", "margin": "margin", "cells": "table", "attachments": "attachment",
    "links": "link", "images": "image",
}  # fmt: skip
"""what `describe` names -> part of a document; every other name is a field"""
ORDER = ("title", "body", "table", "field", "attachment", "link", "image", "margin")
"""of the parts of a nature"""

_DATE = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}\s*[:：]\s*\d{2}(?:\s*[:：]\s*\d{2})?(?:\s*[ap]\.?m\.?)?"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?\s+)?\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s*"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\b)?,?\s*(?:\d{4})?|(?:星期|周)[一二三四五六日天]|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"date|time|published|written|updated|modified|signed|_on$|_at$", re.IGNORECASE)
_WORDS = re.compile(r"\w+|[^\w\s]")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def describe(old: Content, new: Content) -> JsonMap:
    """What differs, `{"name": [old, new]}`; empty where nothing that counts does."""
    said: dict[str, object] = {}
    if canonical(old.title) != canonical(new.title):
        said["title"] = [old.title, new.title]
    said.update(_fields(old.fields, new.fields))
    removed, added = lines_between(old.text, new.text)
    if (removed or added) and _says_else(old.text, new.text):
        said["text"] = [_excerpt(removed), _excerpt(added)]
        if cells := _cells(removed, added):
            said["cells"] = cells
    for name in ("attachments", "links", "images"):
        if (were := getattr(old, name)) == (are := getattr(new, name)):
            continue
        before, after = _entries(were), _entries(are)
        if before != after:
            said[name] = [_only(before, after), _only(after, before)]
    before, after = list(map(canonical, old.margin)), list(map(canonical, new.margin))
    if before != after:
        said["margin"] = [_only(before, after), _only(after, before)]
    return said | _findings(old, new, said, removed, added) if said else said


def nature_of(said: JsonMap, cause: Cause = "source") -> Nature | None:
    """What the change log keeps beside the old and new values of a `describe`; None where nothing was compared.

    A change of our own reading (`rederived`) is never silent: the page did nothing.
    """
    if not said:
        return None
    parts = {PARTS.get(name, "field") for name, value in said.items() if isinstance(value, list)}
    silent, share_ = said.get("silent"), said.get("share")
    return Nature(
        silent if isinstance(silent, bool) and cause == "source" else None,
        share_ if isinstance(share_, float) else None,
        "date" if said.get("date_only") else "order" if said.get("order_only") else None,
        tuple(part for part in ORDER if part in parts),
    )


def lines_between(old: str, new: str) -> tuple[list[str], list[str]]:
    """Lines only the old text has, and lines only the new one has, each in its own order."""
    before, after = old.split("\n"), new.split("\n")
    first, last = _shared_ends(before, after)
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    if len(before) * len(after) > MOST_PAIRS:
        return _only(before, after), _only(after, before)
    removed: list[str] = []
    added: list[str] = []
    plain = list(map(canonical, before)), list(map(canonical, after))
    for tag, i, j, k, m in SequenceMatcher(None, *plain, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += before[i:j]
            added += after[k:m]
    return removed, added


def _shared_ends(before: list[str], after: list[str]) -> tuple[int, int]:
    """How many lines both begin with, and how many both end with."""
    first, most = 0, min(len(before), len(after))
    while first < most and before[first] == after[first]:
        first += 1
    last = 0
    while last < most - first and before[-1 - last] == after[-1 - last]:
        last += 1
    return first, last


def _says_else(old: str, new: str) -> bool:
    """Whether two texts differ as they count. Of what they share at both ends only the line beside the difference is
    looked at: what stands between two lines depends on nothing but them (`canonical`)."""
    before, after = old.split("\n"), new.split("\n")
    first, last = _shared_ends(before, after)
    while first and not canonical(before[first - 1]):
        first -= 1
    while last and not canonical(before[-last]):
        last -= 1
    first, last = max(first - 1, 0), max(last - 1, 0)
    was, now = ("\n".join(lines[first : len(lines) - last]) for lines in (before, after))
    return canonical(was) != canonical(now)


def _fields(old: JsonMap, new: JsonMap) -> dict[str, object]:
    names = dict.fromkeys((*old, *new))
    return {
        name: [old.get(name), new.get(name)]
        for name in names
        if (field_value(old.get(name)) or None) != (field_value(new.get(name)) or None)
    }


def _cells(removed: list[str], added: list[str]) -> list[list[str]]:
    """Cells that differ between rows of the same shape, as `row head | cell`; where rows came or went, those rows."""
    if len(removed) != len(added):
        rows = [[line for line in lines if " | " in line] for lines in (removed, added)]
        return rows if any(rows) else []
    before, after = [], []
    for old, new in zip(removed, added, strict=True):
        old_row, new_row = old.split(" | "), new.split(" | ")
        if len(old_row) != len(new_row) or len(old_row) < 2:
            continue
        for at, (was, now) in enumerate(zip(old_row, new_row, strict=True)):
            if canonical(was) != canonical(now):
                before.append(f"{old_row[0]} | {was}" if at else was)
                after.append(f"{new_row[0]} | {now}" if at else now)
    return [before, after] if before else []


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


def _findings(
    old: Content, new: Content, said: JsonMap, removed: list[str], added: list[str]
) -> dict[str, object]:  # fmt: skip
    found: dict[str, object] = {}
    if _only_order(said, removed, added):
        found["order_only"] = True
    elif _only_dates(said, removed, added):
        found["date_only"] = True
    if "text" in said:
        found["share"] = share(old.text, new.text, removed, added)
        dated, now = _own_dates(old), _own_dates(new)
        if "date_only" not in found and (dated or now):
            found["silent"] = dated == now
    return found


def _only_order(said: JsonMap, removed: list[str], added: list[str]) -> bool:
    """Whether both sides hold the same lines and entries: nothing but their order differs."""
    if not set(said) <= {"text", "links", "images", "attachments", "margin", "cells"}:
        return False
    pairs = [said[name] for name in ("links", "images", "attachments", "margin") if name in said]
    return (
        len(removed) == len(added)
        and all(pair == [[], []] for pair in pairs)
        and Counter(map(canonical, removed)) == Counter(map(canonical, added))
    )


def _only_dates(said: JsonMap, removed: list[str], added: list[str]) -> bool:
    """Whether nothing but dates and times differs, in fields that are dates or inside of lines."""
    if {"links", "images", "attachments"} & set(said):
        return False
    for name, pair in said.items():
        if name in ("text", "cells") or _DATED.search(name):
            continue
        if name not in ("title", "margin") or not isinstance(pair, list):
            return False
        sides = [[side] if isinstance(side, str) else side for side in pair]
        if not _same_but_dates(*sides):
            return False
    return _same_but_dates(removed, added)


def _same_but_dates(these: list[str], others: list[str]) -> bool:
    return len(these) == len(others) and all(map(eq, map(_undated, these), map(_undated, others)))


def _undated(line: str) -> str:
    return _DATE.sub("", canonical(line)).strip()


def _own_dates(content: Content) -> dict[str, object]:
    """What the page itself says of when it was written, published or updated."""
    return {name: value for name, value in content.fields.items() if _DATED.search(name) and value}


def share(old: str, new: str, removed: list[str], added: list[str]) -> float:
    """How much of both texts differs, 0 to 1: words (Han: characters) only one side has, by their length."""
    before, after = _measure(removed), _measure(added)
    common = before & after
    differing = sum(len(word) * n for word, n in (before - common).items())
    differing += sum(len(word) * n for word, n in (after - common).items())
    return round(min(1.0, differing / max(len(old) + len(new), 1)), 4)


def _measure(lines: list[str]) -> Counter[str]:
    text = "\n".join(lines)
    if text.isascii():
        return Counter(_WORDS.findall(text))
    return Counter(_HAN.findall(text)) + Counter(_WORDS.findall(_HAN.sub(" ", text)))


def implausible(old: Content, new: Content, suspect: str | None = None) -> str | None:
    """Why a capture is held back until a second one says about the same, or None.

    Far shorter than the head was, as an error text or a shell in its place is, or broken off within a sentence where
    the head goes on, as a half-written page is: such answers usually heal by themselves. `suspect` is the `sketch` of
    the capture held back just before: one that looks the same confirms it.
    """
    before, after = _said(old), _said(new)
    if before < SHORT or agrees(suspect, new):
        return None
    if after < before * FAR_SHORTER:
        return f"says {after} characters where the version before says {before}"
    if _broken_off(old.text, new.text):
        return "breaks off within a sentence where the version before goes on"
    return None


def _broken_off(old: str, new: str) -> bool:
    kept = new.rstrip("\ufffd \n")  # the cut may have gone through a character
    return kept[-1:].isalnum() and old.startswith(kept) and old[len(kept) :][:1].isalnum()


def flapping(returns: int, new: Content, suspect: str | None = None) -> str | None:
    """Why one more return to an earlier state is held back, or None. `returns` counts the document's returns before.

    A first return is taken at once. A page that serves two variants in turn (A/B trials, languages, edge caches)
    would return
    for ever, so the next returns must be seen in as many captures in a row as there were returns, at most `STEADY`.
    """
    wanted, seen = min(returns, STEADY), _steady(suspect, new)
    return (
        f"returned {returns} times before, seen {seen} of {wanted + 1} times in a row"
        if seen <= wanted and returns
        else None
    )


def _steady(suspect: str | None, new: Content) -> int:
    """How many captures in a row said this, the present one included."""
    held, mark, times = (suspect or "").partition("*")
    return int(times) + 1 if mark and times.isdigit() and held == sketch(new) else 1


def held(new: Content, suspect: str | None) -> str:
    """What is kept of a capture held back: its sketch, and how many in a row said so."""
    return f"{sketch(new)}*{_steady(suspect, new)}"


def sketch(content: Content) -> str:
    """What is kept of a capture held back: its title's digest and how much it says, not the words (figures move)."""
    title = sha256(canonical(content.title).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{title}/{_said(content)}"


def agrees(suspect: str | None, content: Content) -> bool:
    """Whether a capture looks like the one held back: the same title, about as long."""
    if not suspect or "/" not in suspect:
        return False
    title, _, said = suspect.partition("*")[0].partition("/")
    own_title, _, own_said = sketch(content).partition("/")
    shorter, longer = sorted((int(said), int(own_said)))
    return title == own_title and longer - shorter <= max(ALIKE * longer, 40)


def _said(content: Content) -> int:
    lines = (line for line in content.margin if not line.startswith(("link: ", "image: ")))
    return len(content.text) + sum(map(len, lines))
