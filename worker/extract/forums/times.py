"""Times as forums print them, made aware: absolute ones in the page's zone, relative ones against the response's clock.

The zone of a page comes from the surest sign it has: a label (`GMT+8`, `UTC+08:00`), the page's own clock against the
Date header, the zone its source or language says; only then a default, and the evidence says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from worker.extract.forums.timewords import (
    AGO,
    AMOUNTS,
    BEFORE_TIME,
    DAYS_BACK,
    MONTHS,
    UNITS,
    UNSURE,
    WEEKDAYS,
    WHOLE_WEEKDAYS,
)

MAX_WORDS = 2000
"""characters among which a time is looked for"""

_LABEL = re.compile(r"\b(?:GMT|UTC)\s*(?:([+-−–])\s*(\d{1,2})(?:(?::(\d\d))|(\.\d+)|(?:\s*hours?))?)?", re.I)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a page's times are read with."""

    zone: tzinfo
    how: str
    """why this zone: `label GMT+8`, `page clock`, `source`, `assumed`"""
    now: datetime | None = None
    """when the page was served (aware): relative times count back from here"""
    day_first: bool = False
    """whether 03/04/2026 is the third of April"""


UTC_CLOCK = Clock(UTC, "said by the page")
"""for machine times that carry their zone"""


def label_zone(text: str) -> timezone | None:
    """The zone of a label such as `GMT+8`, `UTC-03:30`, `GMT +5.5`, `UTC`; None where there is no label."""
    match = _LABEL.search(text)
    if match is None:
        return None
    sign, hours, minutes, fraction = match.groups()
    if hours is None:
        return UTC
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0)) + timedelta(hours=float(fraction or 0))
    if offset > timedelta(hours=14):
        return None
    return timezone(-offset if sign in "-−–" else offset)


def clock_zone(shown: datetime, served: datetime | None) -> timezone | None:
    """The offset between a clock without zone on the page and the Date header, to the quarter hour; None if absurd."""
    if served is None:
        return None
    quarter = timedelta(minutes=15)
    offset = round((shown.replace(tzinfo=UTC) - served) / quarter) * quarter
    return timezone(offset) if timedelta(hours=-12) <= offset <= timedelta(hours=14) else None


_WITHIN = {
    f"relative, within {name}": UNITS[unit]
    for name, unit in (
        ("an hour", "hour"), ("a day", "day"), ("a week", "week"), ("a month", "month"), ("a year", "year")
    )
}
"""how a time was known that counts back so -> how far it may be off"""

_TIME = (
    rf"(?:[T,\s|·•@–—()（）-]|&nbsp;|{BEFORE_TIME}|(?:星期|[周週])[一二三四五六日天]|[月火水木金土日월화수목금토일](?=[)）])){{0,24}}?"
    r"(?P<ap0>上午|下午|凌晨|中午|晚上|午前|午後|오전|오후)?\s*(?P<h>\d{1,2})[:.时時点點](?P<mi>\d{2})分?(?:[:.](?P<s>\d{2}))?(?:\.\d+)?\s*(?P<ap>[ap]\.?m\.?\b|上午|下午)?\s*(?P<z>Z\b|[+-]\d{2}:?\d{2})?"
)
_MON = r"(?P<mon>[^\W\d_]{3,12}|[一二三四五六七八九十]月)\.?,?"
_DAY_WORD = rf"[今昨前]天|(?<!\w)(?:{'|'.join(name for name in DAYS_BACK if name < '一')})(?!\w)"
_UNIT_EN = r"seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[smhdwy]|mo"


def _dated(pattern: str, *, timed: bool = False) -> re.Pattern[str]:
    return re.compile(f"{pattern}(?:{_TIME}){'' if timed else '?'}", re.I)


_YMD = _dated(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*[-/.年년]\s*(?P<mo>\d{1,2})\s*[-/.月월]\s*(?P<d>\d{1,2})(?!\d)[日일]?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MDY = _dated(r"(?<!\d)(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>(?:19|20)?\d\d)(?!\d)")
_CJK_MDY = _dated(r"(?<!\d)(?P<mo>\d{1,2})月\s*(?P<d>\d{1,2})日?,?\s*(?P<y>(?:19|20)\d\d)(?!\d)年?")
_WORD_MDY = _dated(rf"(?<!\w){_MON}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)(?!\d)")
_WORD_MDYY = _dated(rf"(?<!\w){_MON}\s+(?P<d>\d{{1,2}}),\s+'?(?P<y>\d\d)(?=,)")
_WORD_DMY = _dated(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s*[-–]?\s*(?:de\s+)?{_MON}\s*[-–]?\s*(?:de\s+)?'?"
    r"(?P<y>(?:19|20)?\d\d)(?!\d|:)"
)
_WORD_MD = _dated(rf"(?<!\w){_MON}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)")
_MD = _dated(r"(?<![\d-])(?P<mo>\d{1,2})(?:[-/]|月\s*)(?P<d>\d{1,2})(?!\d)日?")
_DAY = _dated(rf"(?P<day>{_DAY_WORD})")
_WEEKDAY = _dated(rf"(?<!\w)(?P<wd>{'|'.join(WHOLE_WEEKDAYS)})(?!\w)", timed=True)
_WEEKDAY_CJK = _dated(r"(?:星期|[周週])(?P<wd>[一二三四五六日天])", timed=True)
_AGO = re.compile(
    r"(?:(?P<n0>\d+)\s*(?P<u0>[个個]?小[时時]|天|分[钟鐘]?|[个個]?月|年)\s*)?"
    r"(?P<n>\d+|(?<![一二三四五六七八九十])[半一二两兩三四五六七八九十几幾])\s*\+?\s*"
    r"(?P<u>秒[钟鐘]?|分[钟鐘]?|[个個]?小[时時]|時間|天|日|周|週間?|[个個]?星期|[个個かヶ]?月|年)\s*[之以]?前"
)
_AGO_OTHERS = tuple(re.compile(pattern, re.I) for pattern in AGO)
_OTHERS = re.compile("vor |il y a|hace |há | fa|назад|temu|geleden", re.I)
"""one of them stands in every text that counts back in one of those ways"""
_AGO_EN = re.compile(
    rf"(?:(?<!\w)(?P<n0>\d{{1,4}})\s*(?P<u0>{_UNIT_EN})\b\.?,?\s*(?:and\s+)?)?"
    rf"(?<!\w)(?P<n>\d+|an?|one|few)\s*(?P<u>{_UNIT_EN})\.?\s+ago", re.I,
)  # fmt: skip
_JUST = re.compile(r"[刚剛][刚剛才]|just now|moments? ago|a few seconds ago|less than a minute ago", re.I)
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?(?:\.\d+)?\s*")


def read_time(text: str | None, clock: Clock) -> datetime | None:
    """The first time the text says, aware and without microseconds; None where it says none or an impossible one.

    A relative time needs `clock.now`. A date without a time of day is midnight in the clock's zone.
    """
    if not text:
        return None
    text = text[:MAX_WORDS]
    for pattern, build in _READERS_OF_ALL if _OTHERS.search(text) else _READERS:
        for match in pattern.finditer(text):
            try:
                built = build(match, clock)
            except (ValueError, OverflowError):
                continue
            if built is not None:
                return built
    return None


def is_relative(text: str) -> bool:
    """Whether the words count back from now (`3 minutes ago`, 昨天 10:30)."""
    text = text[:MAX_WORDS]
    if _YEAR.search(text) is not None:
        return False
    return any(one.search(text) for one in _COUNTING) or (
        _OTHERS.search(text) is not None and any(one.search(text) for one in _AGO_OTHERS)
    )


def how_known(text: str) -> str:
    """How `read_time` knows the time that words say: `absolute`; `relative` (昨天 10:30, 5 minutes ago); `relative,
    within ...` where they only count whole hours, days, weeks, months or years back."""
    if not is_relative(text):
        return "absolute"
    text = text[:MAX_WORDS]
    match = next((found for pattern in _AGOS if (found := pattern.search(text))), None)
    if match is not None and _DAY.search(text) is None:
        step = _step(match["u"])
        return next((how for how, within in _WITHIN.items() if step == within), "relative")
    return "relative"


def counts_back(how: str | None) -> bool:
    """Whether a time was known from now: another page says it otherwise, for the same moment."""
    return how is not None and how.startswith("relative")


def roughness(how: str | None) -> timedelta | None:
    """How far the true time may be from one that was known so; None where it is as exact as the page's clock."""
    return _WITHIN.get(how) if how is not None else None


def _at(match: re.Match[str], clock: Clock, year: int, month: int, day: int) -> datetime:
    groups = match.groupdict()
    hour = int(groups.get("h") or 0)
    marker = (groups.get("ap") or groups.get("ap0") or "").lower().replace(".", "")
    if marker in ("pm", "下午", "晚上", "午後", "오후") and hour < 12:
        hour += 12
    elif marker in ("am", "凌晨", "午前", "오전") and hour == 12:
        hour = 0
    zone: tzinfo = clock.zone
    if shown := groups.get("z"):
        zone = UTC if shown == "Z" else _offset(shown)
    return datetime(year, month, day, hour, int(groups.get("mi") or 0), int(groups.get("s") or 0), tzinfo=zone)


@lru_cache(maxsize=64)
def _offset(shown: str) -> timezone:
    digits = shown[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if shown[0] == "-" else offset)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _ymd(match: re.Match[str], clock: Clock) -> datetime:
    return _at(match, clock, int(match["y"]), int(match["mo"]), int(match["d"]))


def _mdy(match: re.Match[str], clock: Clock) -> datetime:
    first, second = int(match["a"]), int(match["b"])
    day_first = first > 12 or (second <= 12 and (clock.day_first or "." in match[0][:4]))
    month, day = (second, first) if day_first else (first, second)
    return _at(match, clock, _year(match["y"]), month, day)


def _word(match: re.Match[str], clock: Clock) -> datetime | None:
    month = MONTHS.get(match["mon"].lower())
    return _at(match, clock, _year(match["y"]), month, int(match["d"])) if month else None


def _this_year(match: re.Match[str], clock: Clock, month: int, day: int) -> datetime | None:
    if clock.now is None:
        return None
    now = clock.now.astimezone(clock.zone)
    built = _at(match, clock, now.year, month, day)
    return built if built <= now + timedelta(days=1) else built.replace(year=now.year - 1)


def _word_md(match: re.Match[str], clock: Clock) -> datetime | None:
    name = match["mon"].lower()
    month = MONTHS.get(name) if name not in UNSURE else None
    return _this_year(match, clock, month, int(match["d"])) if month else None


def _md(match: re.Match[str], clock: Clock) -> datetime | None:
    return _this_year(match, clock, int(match["mo"]), int(match["d"]))


def _day(match: re.Match[str], clock: Clock) -> datetime | None:
    if clock.now is None:
        return None
    then = clock.now.astimezone(clock.zone) - timedelta(days=DAYS_BACK.get(match["day"].lower(), 0))
    return _at(match, clock, then.year, then.month, then.day)


def _weekday(match: re.Match[str], clock: Clock) -> datetime | None:
    if clock.now is None:
        return None
    now = clock.now.astimezone(clock.zone)
    then = now - timedelta(days=(now.weekday() - WEEKDAYS[match["wd"].lower()]) % 7)
    built = _at(match, clock, then.year, then.month, then.day)
    return built if built <= now else built - timedelta(days=7)


def _ago(match: re.Match[str], clock: Clock) -> datetime | None:
    if clock.now is None:
        return None
    said, back = match.groupdict(), timedelta()
    for number, unit in ((said.get("n0"), said.get("u0")), (said["n"], said["u"])):
        if number and unit:
            step = _step(unit)
            if step is None:
                return None
            back += step * (AMOUNTS.get(number.lower()) or float(number))
    return (clock.now - back).astimezone(clock.zone).replace(microsecond=0)


def _step(unit: str) -> timedelta | None:
    return UNITS.get(unit.lower()) or UNITS.get(unit.lower().removesuffix("s"))


def _just(match: re.Match[str], clock: Clock) -> datetime | None:
    return clock.now.astimezone(clock.zone).replace(microsecond=0) if clock.now else None


def _epoch(match: re.Match[str], clock: Clock) -> datetime:
    return datetime.fromtimestamp(int(match[1]), UTC)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Clock], datetime | None]], ...] = (
    (_YMD, _ymd), (_CJK_MDY, _ymd), (_WORD_MDY, _word), (_WORD_MDYY, _word), (_WORD_DMY, _word), (_MDY, _mdy), (_DAY,
    _day),
    (_JUST, _just), (_AGO, _ago), (_AGO_EN, _ago), (_WEEKDAY, _weekday), (_WORD_MD, _word_md), (_MD, _md),
    (_WEEKDAY_CJK, _weekday),
)  # fmt: skip
_READERS_OF_ALL = (*_READERS, *((pattern, _ago) for pattern in _AGO_OTHERS))
_AGOS = (_AGO, _AGO_EN, *_AGO_OTHERS)
_COUNTING = (_AGO, _AGO_EN, _JUST, _DAY, _WEEKDAY)


def read_stamp(text: str | None, clock: Clock) -> datetime | None:
    """A machine's time: ISO 8601 (`datetime` attributes) or seconds since 1970 (`data-time`); else as `read_time`."""
    if not text:
        return None
    if match := _EPOCH.fullmatch(text):
        return _epoch(match, clock)
    try:
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        return read_time(text, clock)
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=clock.zone)).replace(microsecond=0)
