"""Who wrote an article, as newspapers print it: `（记者 张三）`, `□ 李四 王五 文/图`, `（赵六）` at the end.

A bracket at the end is a name only where it begins with a surname: offices sign the same way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
) | {"欧阳", "司马", "上官", "诸葛"}
_TWO = r"[一-鿿·]{2,4}"
_LIST = rf"{_TWO}(?:[\s、,，]+(?!报道|摄影|供稿|文图|通讯员|记者){_TWO})"
_LINE = re.compile(
    r"^[（(【\[□■●◎\s]*(?:(?:本报|本网|本刊|新华社|见习|实习|特约|通讯社|全媒体)*(?:记者|通讯员|撰文|撰稿|作者|文)\s*[/／]?\s*[:：]?\s*)?"
    rf"(?P<names>{_LIST}{{0,7}})\s*(?:文\s*[/／、]?\s*(?:图|摄)|摄影报道|报道|撰文|文|整理)?[）)】\]\s]*$"
)
_MARKED = re.compile(r"文\s*[/／、]?\s*图|图\s*[/／、]\s*文|记者|通讯员|作者|撰文|报道")
_REPORTER = re.compile(
    rf"[（(]\s*(?:本报|本网|新华社|见习|实习|特约|全媒体)*(?:记者|通讯员)\s*(?P<names>{_LIST}{{0,5}})"
    r"(?:\s*(?:报道|文/图|摄影.{0,12}|通讯员.{0,20}))?\s*[）)]"
)
_LAST = re.compile(rf"[（(](?P<names>{_LIST}{{0,4}})(?:\s*(?:报道|文/图|摄影报道))?[）)]$")


def author(lines: Sequence[str]) -> tuple[str, str] | None:
    """The names, and how they were printed; None where no line signs."""
    if found := marked([*lines[-3:], *lines[:2]]):
        return found
    for line in [*lines[:2], *lines[-2:]]:
        if match := _REPORTER.search(line):
            return match.group("names").strip(), "byline in the text"
    if lines and (match := _LAST.search(lines[-1].strip())) and names(match.group("names")):
        return match.group("names").strip(), "bracket at the end"
    return None


def marked(lines: Sequence[str]) -> tuple[str, str] | None:
    """The names of the first line that is nothing but a byline and says so (`李四 王五 文/图`), or None."""
    for line in lines:
        text = line.strip()
        if len(text) <= 40 and _MARKED.search(text) and (match := _LINE.match(text)) and names(match.group("names")):
            return match.group("names").strip(), "byline"
    return None


def names(words: str) -> bool:
    """Whether words are names of people: each two to four characters that begin with a surname."""
    parts = [part for part in re.split(r"[\s、,，]+", words.strip()) if part]
    return bool(parts) and all(
        2 <= len(part) <= 4
        and (part[0] in _SURNAMES or part[:2] in _SURNAMES)
        and not part.endswith(("处", "科", "局"))
        for part in parts
    )
