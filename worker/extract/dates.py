"""Dates as pages print them: ISO, Chinese with digits or with Chinese numerals, English. Pure; no clock."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

_NUMERALS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "○": 0,
    "零": 0,
    "О": 0,
    "Ｏ": 0,
    "O": 0,
    "0": 0,
    "◯": 0,
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
        "september sep sept", "october oct", "november nov", "december dec"],
        1,
    )
    for name in names.split()
}
_CLOCK = r"(?:\s*[T,，]?\s*(\d{1,2})\s*[:：时]\s*(\d{2})(?:\s*[:：分]\s*(\d{2}))?)?"
_DIGITS = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*([-/.年－—])\s*(\d{1,2})\s*([-/.月－—])\s*(\d{1,2})(?!\d)(?:\s*日)?" + _CLOCK,
)
_CHINESE = re.compile(
    r"([一二][〇○零ОＯO0◯一二三四五六七八九]{3})\s*年\s*([一二三四五六七八九十]{1,3})\s*月\s*([一二三四五六七八九十廿卅]{1,3})\s*日"
)
_ENGLISH = re.compile(
    r"\b(?:(\d{1,2})(?:st|nd|rd|th)?\s+([A-Z][a-z]{2,8})\.?,?|([A-Z][a-z]{2,8})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?)\s+((?:19|20)\d{2})\b"
)
_DAY_OF_VISIT = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[\s,，]*(?:星期|周)[一二三四五六日天]"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+(?:\d{1,2}\s+[a-z]{3,9}|[a-z]{3,9}\s+\d{1,2}),?\s+(?:19|20)\d\d",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Za-z]{3}")
_OFFSET = re.compile(r"^(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})")


class Moment(NamedTuple):
    """A date read from a text: ISO day, time of day where printed, and where in the text it stood."""

    day: str
    time: str | None
    start: int
    end: int


def is_day_of_visit(line: str) -> bool:
    """Whether a line says a day with its weekday and nothing else, as heads of sites say the visitor's."""
    return _DAY_OF_VISIT.fullmatch(line) is not None


def numeral(text: str) -> int:
    """A Chinese numeral up to 99 as a number: 十二 is 12, 廿一 is 21."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        value = 0
        for character in text:
            value = value * 10 + _NUMERALS.get(character, 0)
        return value
    tens, _, ones = text.partition("十")
    return (_NUMERALS.get(tens, 1) if tens else 1) * 10 + (_NUMERALS.get(ones, 0) if ones else 0)


def moments(text: str) -> list[Moment]:
    """Every date in a text, in order of their places. Impossible ones (month 13) are none."""
    in_digits = "20" in text or "19" in text
    if not in_digits and "年" not in text:  # most lines of a page
        return []
    found: list[Moment] = []
    for match in _DIGITS.finditer(text) if in_digits else ():
        year, first, month, second, day, hour, minute, second_ = match.groups()
        if (first == "年") != (second == "月"):
            continue
        clock = None
        if hour is not None and int(hour) < 24 and int(minute) < 60:
            clock = f"{int(hour):02d}:{minute}" + (f":{second_}" if second_ and int(second_) < 60 else "")
        _add(found, int(year), int(month), int(day), clock, match)
    for match in _CHINESE.finditer(text) if "年" in text else ():
        year, month, day = match.groups()
        _add(found, numeral(year), numeral(month), numeral(day), None, match)
    if in_digits and _LETTERS.search(text):
        for match in _ENGLISH.finditer(text):
            day_a, month_a, month_b, day_b, year = match.groups()
            if number := _MONTHS.get((month_a or month_b).lower()):
                _add(found, int(year), number, int(day_a or day_b), None, match)
    return sorted(found, key=lambda moment: moment.start)


def _add(found: list[Moment], year: int, month: int, day: int, clock: str | None, match: re.Match[str]) -> None:
    with suppress(ValueError):
        found.append(Moment(date(year, month, day).isoformat(), clock, match.start(), match.end()))


def moment(text: str | None) -> Moment | None:
    """The first date in a text, or None."""
    return next(iter(moments(text)), None) if text else None


def whole(text: str) -> Moment | None:
    """The date a text consists of (brackets and white space aside), or None where it says anything else."""
    bare = text.strip().strip("（()）[]【】〔〕 　").rstrip("。.")
    found = moments(bare)
    return found[0] if len(found) == 1 and found[0].start == 0 and found[0].end >= len(bare) else None


def stamp(text: str | None) -> tuple[str, str | None, datetime | None] | None:
    """A machine-readable time (`2019-09-09T18:13:22+08:00`, `2019-09-09 18:13`) as (day, time of day, aware datetime or
    None). Falls back to the first date the text holds."""
    found = moment(text)
    if found is None or text is None:
        return None
    aware = None
    if found.time and (offset := _OFFSET.match(text[found.end :])):
        zone = offset.group(1)
        zone = "+00:00" if zone == "Z" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        aware = datetime.fromisoformat(f"{found.day}T{found.time}{zone}")
    return found.day, found.time, aware
