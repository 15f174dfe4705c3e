"""Which field got which value, from where, and who disagrees. One order of trust for all pages:

    label table -> head of the page (guideline, Dublin Core, JSON-LD) -> describing line -> the text itself

The first that says something is taken; every other reading that says something else is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from worker.extract import bylines
from worker.extract.article import PageText
from worker.extract.chrome import chrome
from worker.extract.dates import moment, moments, stamp
from worker.extract.government import letter as letters
from worker.extract.government.labels import STRONG, split
from worker.extract.government.numbers import normalised, number_in, whole_number

DATES = ("published_on", "written_on", "signed_on", "effective_on", "expires_on")
_SOURCE = re.compile(
    r"[一-鿿A-Za-z0-9·（）()\-]{2,16}(?:报|网|社|台|局|厅|委|办|刊|杂志|日报|晚报|时报|在线|发布|频道|观察|新闻|报道|客户端|中心|公众号)"
)
_TITLE_ORGAN = re.compile(r"([一-鿿（）()·\s\-—]{3,60}?)(?:关于|转发|印发|公布|发布|对(?=.{2,30}(?:建议|提案)))")
_TOOLS = re.compile(
    r"(?:分享|打印|字体|字号|浏览|收藏|点击|阅读|我要纠错)(?:到|至|次数|量|本页)?\s*[:：]?.*$|(?:\s+T\|?)+$"
)


@dataclass(slots=True)
class Fields:
    """The fields of a page, with their evidence: {"field": {"from": ..., "others": [[from, value], ...]}}."""

    values: dict[str, object] = field(default_factory=dict)
    evidence: dict[str, object] = field(default_factory=dict)
    published_at: datetime | None = None
    letter: letters.Letter = field(default_factory=letters.Letter)

    def put(self, name: str, value: object, where: str) -> None:
        """Take a value, or keep it as a reading that disagrees."""
        if value in (None, "", [], {}):
            return
        if name not in self.values:
            self.values[name] = value
            self.evidence[name] = {"from": where}
        elif self.values[name] != value:
            entry = self.evidence[name]
            if isinstance(entry, dict):
                others = entry.setdefault("others", [])
                if [where, value] not in others:
                    others.append([where, value])


def read(page: PageText) -> Fields:
    """All fields a page states, by the order of trust above."""
    fields = Fields()
    for pair in page.labelled:
        if pair.name in STRONG:
            _label(fields, pair.name, pair.label, pair.value)
    for pair in page.labelled:
        if pair.name is not None and pair.name not in STRONG and pair.name != "title":
            _label(fields, pair.name, pair.label, pair.value)
    _unlabelled(fields, page)
    _head(fields, page)
    _from_text(fields, page)
    if not fields.values.get("author"):
        _byline(fields, page)
    return fields


def _label(fields: Fields, name: str, label: str, value: str) -> None:
    where = f"label {label}"
    text = value.strip(" \u3000\xa0;；,，|")
    if not text or text in ("无", "-", "--", "/", "暂无", "null", "〔〕 号", "〔〕号", "[]号", "〔〕"):
        return
    if name in DATES:
        _date(fields, name, text, where)
        return
    if name == "document_number":
        text = whole_number(text) or (text if text.isascii() else normalised(text) if re.search(r"\d", text) else "")
    elif name == "contact":
        return
    elif name == "modified_on":
        text = moment_of.day if (moment_of := moment(text)) else ""
    elif name in ("origin", "author", "editor"):
        found = moment(text)
        if found is not None:
            if name == "origin" and "published_on" not in fields.values:
                _date(fields, "published_on", text[found.start :], where)
            text = text[: found.start].strip(" \u3000\xa0|[（(-")
        text = re.split(r"\s*[|｜;；]\s*|\s*【|\s{3,}", text)[0].strip()
        text = _TOOLS.sub("", text).strip()
        if len(text) > 60:
            return
    if text:
        fields.put(name, text, where)


def _date(fields: Fields, name: str, text: str, where: str) -> None:
    found = stamp(text)
    if found is None:
        return
    day, clock, aware = found
    fields.put(name, day, where)
    if name == "published_on" and fields.values[name] == day:
        if clock and clock not in ("00:00", "00:00:00"):
            fields.put("published_time", clock, where)
        if aware is not None and fields.published_at is None:
            fields.published_at = aware


def _head(fields: Fields, page: PageText) -> None:
    for name in ("published_on", "modified_on", "origin", "author", "issuer", "category"):
        for where, value in page.head.fields.get(name, ()):
            if name in ("published_on", "modified_on"):
                if name == "published_on":
                    generated = value in page.head.generated
                    _date(
                        fields,
                        name,
                        value[:10] if generated else value,
                        where + (" (page generated)" if generated else ""),
                    )
                elif (found := stamp(value)) is not None:
                    fields.put(name, found[0], where)
            elif name == "category":
                fields.put(name, value.split("_")[0], where)
            elif name != "author" or _is_name(value, page):
                fields.put(name, value, where)


def _is_name(value: str, page: PageText) -> bool:
    """Whether a meta author names an author: no number, no address, not the site itself."""
    if re.search(r"\d{3,}|@|https?:|admin|管理员|(?:报|网|社|频道|客户端)$", value, re.I):
        return False
    return value not in page.head.title.split("_")[-1]


_CLOCK = re.compile(
    r"当前(?:时间|日期)|(?:现在|此刻)(?:时间|是)|北京时间|今[天日](?:日期|是)|\b(?:today is|current time|it is now)\b",
    re.I,
)
"""words before a moment that is the visitor's, not the document's"""


def _unlabelled(fields: Fields, page: PageText) -> None:
    """A date, and a source beside it, that stand near the title without a label."""
    for place, (_, text) in enumerate(page.describing):
        if len(text) > 120 or not (found := moments(text)) or chrome(text) or _CLOCK.search(text[: found[0].start]):
            continue
        if "published_on" in fields.values and fields.values["published_on"] != found[0].day:
            continue
        _date(fields, "published_on", text[found[0].start :], "line under the title")
        if split(text, 0):
            return
        beside = [text[: found[0].start], text[found[0].end :]]
        after = [line for _, line in page.describing[place + 1 : place + 3]]
        for words in (part.strip(" \u3000\xa0|·-—/") for part in [*beside, *after]):
            if "origin" not in fields.values and _SOURCE.fullmatch(words) and not chrome(words):
                fields.put("origin", words, "beside the date under the title")
            elif "author" not in fields.values and len(words) >= 2 and words in beside[0] and bylines.names(words):
                fields.put("author", words, "beside the date under the title")
        return


def _from_text(fields: Fields, page: PageText) -> None:
    if not any("\u4e00" <= character <= "\u9fff" for character in page.title.text + "".join(page.lines[:3])):
        return  # the order of an official letter is the Chinese standard's
    fields.letter = letter = letters.read(page.lines, page.title.text)
    order: Callable[[str], object] = letter.fields.get
    where = {
        name: f"paragraph {place + 1}" if place >= 0 else "title and text" for name, place in letter.places.items()
    }
    for name in ("document_number", "addressee", "signatory", "signed_on", "contact", "publicity", "proposal"):
        if order(name):
            fields.put(name, order(name), where[name])
    if (match := _TITLE_ORGAN.match(page.title.text)) and letters.organ(match.group(1)) and order("signatory"):
        fields.put("issuer", match.group(1), "title")
    elif order("document_number") and "令第" in str(order("document_number")):
        fields.put("issuer", str(order("document_number")).partition("令第")[0], "number of the decree")
    if order("issuer"):
        fields.put("issuer", order("issuer"), "red header, " + where["issuer"])
    if order("signatory") and letters.organ(str(order("signatory"))) and not letters.person(str(order("signatory"))):
        fields.put("issuer", order("signatory"), "signature, " + where["signatory"])
    if order("signed_on"):
        fields.put("written_on", order("signed_on"), "date under the signature, " + where["signed_on"])
    if (
        "document_number" not in fields.values
        and (number := number_in(page.title.text))
        and page.title.text.rstrip("）) ").endswith("号")
    ):
        fields.put("document_number", number, "title")


def _byline(fields: Fields, page: PageText) -> None:
    if fields.values.get("addressee") or fields.values.get("signatory"):
        return
    under = [text for block, text in page.describing if block >= page.title.stop > 0]  # newspapers print it there
    if found := bylines.marked(under) or bylines.author(page.lines):
        fields.put("author", *found)
