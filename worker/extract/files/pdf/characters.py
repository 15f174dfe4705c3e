"""What a code of a PDF's text layer says.

A font draws several codes with one glyph, and a producer that writes down what its glyphs mean goes the other way round
and takes any of them (wkhtmltopdf and older Chromium the lowest): a radical for the character that looks like it. Which
codes share a glyph was read from Noto Serif CJK, Noto Sans CJK and so Source Han (2.003).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from worker.extract.files.layout.quality import TRADITIONAL

DOOR = 0x2F3E
"""the radical that is 户 in a simplified font and 戶 in a traditional one"""
_SAME_GLYPH = str.maketrans(
    "⺁⺂⺃⺅⺉⺎⺏⺐⺒⺓⺔⺕⺖⺘⺙⺛⺞⺠⺡⺣⺦⺨⺩⺫⺭⺯⺰⺱⺲⺹⺺⺾⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻎⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲⻳㬵",
    "厂乛乚亻刂兀尣尢巳幺彑彐忄扌攵旡歺民氵灬丬犭王罒礻糹纟罓罒耂肀艹虎衤覀西见角讠贝车辶辶钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐齿竜龙龜亀龟胶",
)
"""CJK Radicals Supplement, which NFKC leaves, and the one character beyond the radicals that texts are full of"""


@lru_cache(maxsize=20_000)
def text_of_code(code: int) -> str:
    """The character; one space for every white space, U+FFFD for half a surrogate pair."""
    if code in (2, 0xFFFE, 0xAD):  # PDFium's mark of a hyphen at a line's end
        return "-"
    if code == DOOR:
        return "户"
    if 0x2F00 <= code < 0x2FE0 or 0xF900 <= code < 0xFB07:
        return unicodedata.normalize("NFKC", chr(code))
    if 0x2E80 <= code < 0x2F00 or code == 0x3B35:
        return chr(code).translate(_SAME_GLYPH)
    return " " if code in (0xA0, 9, 0x3000) else chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"


def settled(codes: list[int]) -> list[int]:
    """The codes of one page, the one whose meaning depends on the others replaced."""
    if DOOR in codes and _is_traditional(codes):
        return [ord("戶") if code == DOOR else code for code in codes]
    return codes


def _is_traditional(codes: Iterable[int]) -> bool:
    return any(chr(code) in TRADITIONAL for code in set(codes) if code < 0xD800)
