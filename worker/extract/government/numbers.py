"""Document numbers, index numbers and proposal numbers of Chinese administration.

Source: 党政机关公文处理工作条例 (2012) article 9: a document number is agency code, year in 〔〕, serial:
国办发〔2017〕47号.
Sites write the brackets as [], (), 【】 or ［］ and mix digit widths; `normalised` brings them to the prescribed form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "〔［\\[【(（〈<﹝", "〕］\\]】)）〉>﹞"
_NUMBER = re.compile(
    rf"([一-鿿][一-鿿·（）()]{{0,24}}?)\s*[{_OPEN}]\s*((?:19|20)\d{{2}})\s*[{_CLOSE}]\s*(?:第\s*)?(\d{{1,5}})(?:\s*[—－-]\s*\d{{1,5}})?\s*号"
)
_WHOLE = re.compile(
    rf"\s*[（(]?\s*([一-鿿A-Za-z][一-鿿A-Za-z·、（）()\s]{{0,30}}?)\s*[{_OPEN}]\s*((?:19|20)?\d{{2}})\s*[{_CLOSE}]\s*(?:第\s*)?(\d{{1,5}})\s*号\s*[）)]?\s*"
)
_DECREE = re.compile(
    r"\s*(?:中华人民共和国)?[一-鿿]{1,24}?(?:令|公告|通告|通知书)?\s*[（(]?\s*(?:(?:19|20)\d{2}\s*年\s*)?第\s*[一-鿿\d]{1,6}\s*号\s*[）)]?\s*"
)
_NARROW = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
"""full-width digits to their narrow forms"""
_NAMED = re.compile(r"^(?:发文字号|发文文号|文\s*号|文件编号)\s*[:：]?\s*")
_SERIAL = re.compile(rf"(.*?)[{_OPEN}]\s*((?:19|20)\d{{2}})\s*[{_CLOSE}]\s*(?:第\s*)?(\d+)\s*号")


@dataclass(frozen=True, slots=True)
class NumberParts:
    """A document number taken apart: 国办发, 2017, 47."""

    agency: str
    year: int
    serial: int


def normalised(text: str) -> str:
    """A document number in its prescribed form: full-width digits narrow, no white space, year in 〔〕."""
    text = re.sub(r"\s+", "", text.translate(_NARROW))
    return re.sub(rf"[{_OPEN}]((?:19|20)?\d{{2}})[{_CLOSE}]", r"〔\1〕", text)


def parts(text: str) -> NumberParts | None:
    """Agency, year and serial of a normal document number, None for decrees and anything else."""
    match = _SERIAL.fullmatch(normalised(text))
    return NumberParts(match.group(1), int(match.group(2)), int(match.group(3))) if match else None


def whole_number(line: str) -> str | None:
    """The document number a line consists of (brackets around it aside), normalised, or None."""
    if len(line) > 60 or "号" not in line:
        return None
    line = line.translate(_NARROW)
    bare = (
        line.strip().strip("（()）")
        if line.strip().startswith(("（", "(")) and line.strip().endswith(("）", ")"))
        else line.strip()
    )
    bare = _NAMED.sub("", bare)
    if match := _WHOLE.fullmatch(bare):
        agency, year, serial = match.groups()
        return normalised(f"{agency}〔{year}〕{serial}号")
    if _DECREE.fullmatch(bare) and any(word in bare for word in ("令", "公告", "通告")):
        return normalised(bare)
    return None


def number_in(text: str) -> str | None:
    """The first document number inside a text, normalised, or None."""
    match = _NUMBER.search(text)
    return normalised(match.group()) if match else None
