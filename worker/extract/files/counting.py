"""Numbers of lists as office programs print them."""

from __future__ import annotations

from dataclasses import dataclass

_HAN = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list."""

    shape: str
    """the number's format, as Word names it: decimal, chineseCounting, lowerLetter, bullet ..."""
    text: str
    """`（%1）`: %1 stands for the number of level 1"""
    start: int = 1


def printed(number: int, shape: str) -> str:
    """A number in one of Word's formats (ST_NumberFormat, ISO/IEC 29500-1, 17.18.59); decimal where unknown."""
    if number < 1 or number > 9999:
        return str(number)
    if shape.startswith(
        ("chineseCounting", "taiwaneseCounting", "japaneseCounting", "ideographDigital", "koreanCounting")
    ):
        return chinese(number, _HAN)
    if shape in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return chinese(number, _FORMAL).replace("十", "拾").replace("百", "佰").replace("千", "仟")
    if shape == "ideographTraditional":
        return _STEMS[(number - 1) % 10]
    if shape == "ideographZodiac":
        return _BRANCHES[(number - 1) % 12]
    if shape in ("lowerLetter", "upperLetter"):
        letter = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if shape == "lowerLetter" else letter.upper()
    if shape in ("lowerRoman", "upperRoman"):
        out = ""
        for value, sign in _ROMAN:
            while number >= value:
                out, number = out + sign, number - value
        return out if shape == "lowerRoman" else out.upper()
    if shape.startswith("decimalEnclosedCircle"):
        return chr(0x2460 + number - 1) if number <= 20 else str(number)
    if shape == "decimalFullWidth":
        return str(number).translate({0x30 + digit: 0xFF10 + digit for digit in range(10)})
    return f"{number:02d}" if shape == "decimalZero" else str(number)


def chinese(number: int, digits: str) -> str:
    """A number below 10,000 in Chinese numerals: 12 is 十二, 105 is 一百零五."""
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += (digits[0] if gap and out else "") + digits[digit] + name
            gap = False
        elif out:
            gap = True
    return out.removeprefix(digits[1]) if out.startswith(f"{digits[1]}十") else out
