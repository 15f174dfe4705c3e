"""What an official text says of itself: number, addressee, signature, contact, class and proposal, read from its
paragraphs.

The order is prescribed (党政机关公文格式 GB/T 9704-2012): red header, number, title, addressee, body, list of annexes,
signature,
date, notes in brackets; annexes may follow with signatures of their own, so the first complete signature counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.extract.dates import moments, whole
from worker.extract.government.numbers import whole_number

_ORGAN = re.compile(
    r"[一-鿿（）()·、\s\-—]{2,60}(?:局|厅|部|委|办|府|院|会|所|处|室|科|站|社|校|馆|台|队|团|署|司|行|组|中心|公司|集团|大学|网站|小组|管委会|政府|机构|基地|总站|学会|协会|联盟|指挥部|党委|支部)(?:[（(][^）)]{1,12}[）)])?"
)
_PERSON_TITLE = re.compile(
    r"(?:总理|主席|省长|市长|县长|区长|州长|部长|局长|厅长|院长|检察长|主任|委员长|国家主席|行长|署长)\s*[一-鿿·]\s*[一-鿿·]{1,5}(?:\s*[一-鿿])?"
)
_ADDRESSED = re.compile(
    r"^(?!所在|活动|参加|举办|主办|根据|按照|依据|为了|为做好|经|现|鉴于|自)(?!.*(?:决定|公布|公示|如下|以下|下列|通知|公告|编者按|提要|内容|要求|情况|为|是|注|附件|来源|作者|记者|时间|地点|问|答)[：:]$)(?:各|全|尊敬|"
    r"[一-鿿].{0,80}?(?:委员|代表|主席|同志|先生|女士|政府|部门|单位|局|厅|委|办|公司|院|处|室|校|中心|部|会|企业|机构|组|队|所|行|社|党组|领导|省长|市长|书记|区|县|市|省|站|团|集团|群众|朋友|市民|网友|纳税人|考生|家长|你们|您|府|台|馆|员))"
)
_CONTACT = re.compile(
    r"(?:联\s*系\s*(?:人|电\s*话|方\s*式|单\s*位|科\s*室|邮\s*箱|地\s*址)|(?:咨询|监督|服务|办公|举报|投诉|受理|值班|报名|技术|业务)[一-鿿]{0,4}电话|电\s*话|手\s*机|传\s*真|邮\s*箱|负\s*责\s*人|承\s*办\s*人|经\s*办\s*人|承办单位|电子邮箱|E-?mail)[^：:。]{0,12}[：:]",
    re.I,
)
_CONTACT_HEADING = re.compile(r"联系(?:方式|人|电话)|咨询(?:电话|方式)|联系人及")
_CONTACT_RUN = re.compile(
    r"(?:联系人|联系电话|咨询电话|联系方式|监督电话|举报电话)[^：:。]{0,8}[：:][^。]{2,120}?\d{6,}[^。；]{0,60}"
)
_DIGITS = re.compile(r"\d{3,4}[-—－ ]?\d{6,8}|\d{7,11}|[\w.\-]+@[\w.\-]+")
_CLASS = re.compile(
    r"[（(\[【]?\s*([ABCDＡＢＣＤ])\s*类?\s*[）)\]】]?|(?:办理)?(?:类别|类型|结果|答复类别)\s*[：:]\s*([ABCDＡＢＣＤ])\s*类?"
)
_SESSION = (
    r"((?:第?[一二三四五六七八九十]+届)?(?:全国|[一-鿿]{0,8}?[省市县区州盟旗])?(?:政协|人大|人民代表大会)(?:第?[一二三"
    r"四五六七八九十]+届)?(?:全国|[一-鿿]{0,6}?委员会)?(?:委员会)?第?[一二三四五六七八九十]+次(?:会议|全会))"
)
_PROPOSAL = re.compile(_SESSION + r"[期间（(）)一-鿿、,，《》“”]{0,14}?(?:第\s*)?([A-Za-z]{0,6}[-－]?\d{1,8})\s*号")
_PROPOSED = re.compile(
    r"(?:您|你|您们|你们|贵单位|[一-鿿]{2,12}委员|[一-鿿]{2,12}代表)?(?:等\d*[一-鿿]*)?(?:在[^《“\"]{0,40})?提出的\s*(?:关于)?\s*[《“\"「]([^》”\"」]{4,120})[》”\"」]"
)
_STOP = re.compile(r"[。；？！]")


@dataclass(frozen=True, slots=True)
class Letter:
    """Fields the text itself says, with the number of the paragraph each was read in (`places`)."""

    fields: dict[str, object] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)


def organ(line: str) -> bool:
    """Whether a line is the name of an authority (or of several, or an office and the name of its holder)."""
    line = line.strip()
    if not 2 < len(line) <= 70 or _STOP.search(line) or line.endswith(("：", ":", "，", "、")):
        return False
    return _ORGAN.fullmatch(line) is not None or _PERSON_TITLE.fullmatch(line) is not None


def person(line: str) -> bool:
    """Whether a line is an office and its holder: 总理 温家宝."""
    return _PERSON_TITLE.fullmatch(line.strip()) is not None


def read(lines: Sequence[str], title: str = "") -> Letter:
    """All that the paragraphs of an official text say of it. Absent where they say nothing."""
    letter = Letter()
    body = _first_sentence(lines)
    for place, line in enumerate(lines[: body + 6]):
        if number := whole_number(line):
            _set(letter, "document_number", number, place)
            break
    _addressee(letter, lines, body)
    _signature(letter, lines)
    _red_header(letter, lines, body)
    _contact(letter, lines)
    _proposal(letter, lines, title)
    return letter


def _set(letter: Letter, name: str, value: object, place: int) -> None:
    if value and name not in letter.fields:
        letter.fields[name] = value
        letter.places[name] = place


def _first_sentence(lines: Sequence[str]) -> int:
    """The first paragraph that is prose."""
    return next((place for place, line in enumerate(lines) if len(line) > 30 and _STOP.search(line)), len(lines))


def _addressee(letter: Letter, lines: Sequence[str], body: int) -> None:
    for place, line in enumerate(lines[: min(body + 3, 14)]):
        text = line.strip()
        if text.endswith(("：", ":")) and 2 < len(text) <= 240 and not _STOP.search(text[:-1].replace("；", "")):
            if not re.match(r"[（(]?[一二三四五六七八九十\d]+[、.．）)]", text) and _ADDRESSED.match(text):
                _set(letter, "addressee", text[:-1].strip(), place)
                return
        elif len(text) > 60 and _STOP.search(text):
            return


def _signature(letter: Letter, lines: Sequence[str]) -> None:
    """The first line that is a date (or an authority and a date) with an authority above it; a lone date counts
    last."""
    lone: tuple[str, int] | None = None
    for place, line in enumerate(lines):
        text = line.strip()
        if len(text) > 90:
            continue
        date = whole(text)
        if date is None:
            found = moments(text)
            name = text[: found[0].start].strip(" 　：:") if len(found) == 1 else ""
            if name and found[0].end >= len(text.rstrip("。 ")) and organ(name):
                _set(letter, "signatory", name, place)
                _set(letter, "signed_on", found[0].day, place)
                return
            continue
        above: list[str] = []
        step = place - 1
        while step >= 0 and len(above) < 12 and organ(lines[step]):
            above.append(lines[step].strip())
            step -= 1
        if above:
            _set(letter, "signatory", " ".join(reversed(above)), place - 1)
            _set(letter, "signed_on", date.day, place)
            return
        if lone is None:
            lone = date.day, place
    if lone is not None:
        _set(letter, "signed_on", lone[0], lone[1])


def _red_header(letter: Letter, lines: Sequence[str], body: int) -> None:
    """The name of the issuing authority in the first lines, with or without 文件."""
    for place, line in enumerate(lines[: min(body, 4)]):
        text = line.strip()
        name = text.removesuffix("文件").strip()
        if letter.places.get("signatory") == place:
            return
        if organ(name) and "关于" not in name and (text.endswith("文件") or place < letter.places.get("addressee", 0)):
            _set(letter, "issuer", name, place)
            return


def _contact(letter: Letter, lines: Sequence[str]) -> None:
    found: list[str] = []
    first = -1
    section = False
    for place, line in enumerate(lines):
        text = line.strip("（()） 。")
        if len(text) <= 24 and _CONTACT_HEADING.search(text) and not _DIGITS.search(text):
            section = True
        elif len(text) <= 160 and _DIGITS.search(text) and (section or _CONTACT.search(text)):
            run = _CONTACT_RUN.search(text) if "。" in text[:-1] else None
            found.append(run.group().strip("（()） 。") if run else text)
            first = place if first < 0 else first
        elif len(text) <= 60 and _name_line(text):
            found.append(text)
        elif len(text) > 60:
            section = False
            if ("联系" in line or "电话" in line) and (match := _CONTACT_RUN.search(line)):
                found.append(match.group().strip("（()） 。"))
                first = place if first < 0 else first
    if any(_DIGITS.search(text) for text in found):
        _set(letter, "contact", " ".join(found), first)


def _name_line(text: str) -> bool:
    return (
        re.fullmatch(
            r"(?:联\s*系\s*(?:人|单\s*位|科\s*室)|负\s*责\s*人|承\s*办\s*人|经\s*办\s*人|承办单位)\s*[：:]\s*\S.{0,40}",
            text,
        )
        is not None
    )


def _proposal(letter: Letter, lines: Sequence[str], title: str) -> None:
    said: dict[str, str] = {}
    for line in (title, *lines[:12]):
        if "session" in said or "号" not in line or ("政" not in line and "人" not in line):
            continue
        if match := _PROPOSAL.search(re.sub(r"\s+", "", line)):
            said["session"], said["number"] = _trimmed(match.group(1)), match.group(2)
    if not said:
        return
    for line in lines[:12]:
        if match := _PROPOSED.search(line):
            said["title"] = match.group(1)
            break
    if (addressee := letter.fields.get("addressee")) and re.search(
        r"委员|代表|主席|民[盟建进革]|农工|九三|致公|台盟|工商联|界", str(addressee)
    ):
        said["proposer"] = str(addressee)
    for line in lines[:8]:
        if len(line) <= 12 and (match := _CLASS.fullmatch(line.strip())):
            letter_of_class = (match.group(1) or match.group(2)).translate({0xFF21 + i: 0x41 + i for i in range(4)})
            said["class"] = f"{letter_of_class}类"
            break
    _set(letter, "proposal", said, -1)


def _trimmed(session: str) -> str:
    return re.sub(r"^.*?(?:关于|对|答复|回复)(?=.*届)", "", session)
