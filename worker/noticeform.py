"""The form of an official notice, by which a page is content whatever it speaks of: captchas, missing pages, works on
a system. Asked before an answer is called a wall (`fetch.outcome`) and before a page is called empty words
(`extract.general`)."""

from __future__ import annotations

import re
from collections.abc import Iterable

TITLED = re.compile(
    r"关于.{2,100}(?:通知|公告|公示|通报|通告|函|意见|决定|说明|办法|规定|规则|报告|批复|答复)(?:\s*(?:[|_—–·»-].*)?)?"
)
"""a title or a heading in the form of official documents (GB/T 9704-2012, section 7.3.1)"""
SIGNED = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日$")
"""the last words of a notice: when it was signed (the same, section 7.3.5)"""
LONGEST_SIGNATURE = 60
"""characters of a line that is issuer and date, or date alone"""


def is_titled(lines: Iterable[str]) -> bool:
    """Whether one of a page's titles and headings is a notice's."""
    return any(TITLED.fullmatch(line) for line in lines)


def is_signed(lines: Iterable[str]) -> bool:
    """Whether one of a page's lines signs and dates what stands before it."""
    return any(len(line) <= LONGEST_SIGNATURE and SIGNED.search(line) for line in lines)
