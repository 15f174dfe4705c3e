"""Header text folded before it is compressed: what no compressor shortens is written in fewer bytes.

Between two answers of a server mostly identifiers and times differ. Sixteen random bytes are 32 digits in a header, and
the `Date` says when the capture was made, which its row says already.

    0 to 0x7F    as it is: the text is ASCII, so every other byte begins one of these
    0x80 + n     n bytes: 2n lower-case hexadecimal digits; 0xA0 + n upper-case
    0xC0, 0xC1   16 bytes: a UUID, lower-case or upper-case
    0xC2         a time (RFC 9110 section 5.6.7) as seconds after the capture, zigzag in varints
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from archive.chain import number_at, varint

_LOWER, _UPPER = 0x80, 0xA0
_LOWER_UUID, _UPPER_UUID, _TIME = 0xC0, 0xC1, 0xC2
_UUID = "{0}{{8}}-{0}{{4}}-{0}{{4}}-{0}{{4}}-{0}{{12}}"
_FOLDABLE = re.compile(
    f"({_UUID.format('[0-9a-f]')})|({_UUID.format('[0-9A-F]')})"
    "|((?:[0-9a-f]{2}){4,31})|((?:[0-9A-F]{2}){4,31})"
    "|((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT)"
)
_FOLDED = re.compile(rb"[\x80-\xff]")


def fold(text: str, at: datetime) -> bytes:
    """The ASCII text in fewer bytes; `at` is when the capture was made."""
    out, done = bytearray(), 0
    for match in _FOLDABLE.finditer(text):
        folded = _folded(match, at)
        if folded is not None:
            out += text[done : match.start()].encode("ascii") + folded
            done = match.end()
    return bytes(out + text[done:].encode("ascii"))


def unfold(folded: bytes, at: datetime) -> str:
    """The text. Raises ValueError where the bytes are none that `fold` made."""
    said, done = [], 0
    while (match := _FOLDED.search(folded, done)) is not None:
        said.append(folded[done : match.start()].decode("ascii"))
        text, done = _unfolded(folded, match.start(), at)
        said.append(text)
    return "".join(said) + folded[done:].decode("ascii")


def _folded(match: re.Match[str], at: datetime) -> bytes | None:
    lower_uuid, _, lower, upper, time = match.groups()
    if lower is not None or upper is not None:
        digits = bytes.fromhex(match[0])
        return bytes([(_LOWER if lower is not None else _UPPER) + len(digits)]) + digits
    if time is None:
        return bytes([_UPPER_UUID if lower_uuid is None else _LOWER_UUID]) + bytes.fromhex(match[0].replace("-", ""))
    try:
        seconds = (parsedate_to_datetime(time) - _second(at)) // timedelta(seconds=1)
        if _time(seconds, at) != time:
            return None
    except (ValueError, OverflowError):
        return None
    return bytes([_TIME]) + varint(seconds * 2 if seconds >= 0 else seconds * -2 - 1)


def _unfolded(folded: bytes, start: int, at: datetime) -> tuple[str, int]:
    """The text of what begins there, and where it ends."""
    code, start = folded[start], start + 1
    if code == _TIME:
        number, end = number_at(folded, start)
        try:
            return _time(number >> 1 if number % 2 == 0 else -(number + 1 >> 1), at), end
        except OverflowError as error:
            raise ValueError(f"{number} is no time") from error
    uuid = code in (_LOWER_UUID, _UPPER_UUID)
    length = 16 if uuid else code & 0x1F
    end = start + length
    if end > len(folded) or code > _UPPER_UUID:
        raise ValueError(f"{folded[start - 1 :][:20]!r} is nothing folded")
    digits = folded[start:end].hex()
    if uuid:
        digits = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return digits.upper() if code in (_UPPER_UUID, *range(_UPPER, _LOWER_UUID)) else digits, end


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _time(seconds: int, at: datetime) -> str:
    return format_datetime(_second(at) + timedelta(seconds=seconds), usegmt=True)
