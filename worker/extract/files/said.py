"""From a file's blocks to what its document says: title, text, fields, Markdown. The vocabulary is that of official
pages.

Layout decides before words do: what is printed in red at the top is the issuer, what is centred and large the title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from worker.extract.dates import moment, whole
from worker.extract.files.layout.lines import joined
from worker.extract.files.model import Block, FileText
from worker.extract.government import letter as letters
from worker.extract.government.numbers import whole_number

_CLASS = re.compile(r"[（(\[【]?\s*[A-DＡ-Ｄ]\s*类?\s*[）)\]】]?")
_LABELLED_CLASS = re.compile(
    r"(?:(?:办理|答复)(?:结果|类别|类型|情况|意见)?|类\s*[别型])\s*[:：]\s*[A-DＡ-Ｄ]\s*类?"
)  # fmt: skip
_KIND = re.compile(
    r"(?:答复|复函|函|通知|意见|报告|决定|决议|公告|通告|通报|公报|批复|请示|方案|办法|规定|细则|规划|纪要|议案|提案|建议)(?:[（(].{1,12}[）)])?$"
)
"""what a title ends with (GB/T 9704-2012, kinds of documents, and what is issued with them)"""
_COPIED = re.compile(r"\s*(?:抄\s*送|抄\s*报|主\s*送)\s*(?:单\s*位|机\s*关)?\s*[:：]\s*(.+)", re.DOTALL)
_PRINTED = re.compile(r"(.{2,40}?)\s*((?:\d{4}|[一二][〇○零一二三四五六七八九]{3})\s*年.{2,12}日)\s*印\s*发?")
_SPACED_HAN = re.compile(r"(?<=[\u3400-\u9fff〇])[ \u3000]+(?=[\u3400-\u9fff〇])")
_SPREAD_HAN = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?: [\u3400-\u9fff])+(?![\u3400-\u9fff])")
"""`联 系 人`: letters set apart to fill a width"""
_USELESS = re.compile(
    r"(?:microsoft word|幻灯片|untitled|无标题|未命名|document\d*|新建|工作簿|book\d|[\w\-]+\.(?:docx?|xlsx?|pdf|wps|"
    r"et|dot))",
    re.IGNORECASE,
)
_SHEETS = ("xlsx", "xls", "ods")
_NO_LAYOUT = (*_SHEETS, "csv", "zip")
TITLE_WITHIN = 14
"""blocks from the beginning among which the title stands"""
IMPRINT_WITHIN = 3
"""blocks from the end among which a ruled imprint (版记) stands"""
MAX_TITLE = 160


@dataclass(slots=True)
class Said:
    """What goes into the document."""

    title: str
    text: str
    fields: dict[str, object] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """field -> where it was read"""
    markdown: str | None = None


def said(file: FileText, name: str = "") -> Said:
    """What the file says; `name` is the file's own, for the title of a file that has none."""
    blocks = [block for block in file.blocks if block.text.strip()]
    blocks = _titles_joined(blocks)
    title_at, title, where = _title(blocks, file, name)
    rest = [block for place, block in enumerate(blocks) if place != title_at]
    result = Said(
        title, "\n".join(_flat(block) for block in rest), places={"title": where}, markdown=_markdown(file.type, blocks)
    )
    lines = [block.text for block in rest if block.kind in ("paragraph", "heading")]
    if any("\u3400" <= character <= "\u9fff" for character in title + "".join(lines[:6])):
        _official(result, rest, lines)
    if file.outline:
        result.fields["outline"] = list(file.outline)
    return result


def _titles_joined(blocks: list[Block]) -> list[Block]:
    """A title typed as several centred paragraphs is one; so is one printed no larger than the text, where its words
    say that it goes on."""
    found: list[Block] = []
    for place, block in enumerate(blocks):
        last = found[-1] if found else None
        if (
            last is not None and place < TITLE_WITHIN and block.kind == last.kind and block.level == last.level
            and block.role == last.role == "centre" and len(last.text) + len(block.text) < 120
            and (_goes_on(last, block) if block.box else block.kind == "heading" and not _is_header(last))
        ):  # fmt: skip
            found[-1] = replace(last, text=joined(last.text, block.text))
        else:
            found.append(block)
    return found


def _goes_on(last: Block, block: Block) -> bool:
    """Whether two printed lines are one title: 关于 ... without a kind of document, and a line that ends with one."""
    return (
        last.page == block.page
        and last.size == block.size
        and last.text.startswith("关于")
        and _KIND.search(last.text) is None
        and _KIND.search(block.text) is not None
    )


def _flat(block: Block) -> str:
    return block.text if block.kind == "table" else block.text.replace("\n", " ")


def _title(blocks: list[Block], file: FileText, name: str) -> tuple[int, str, str]:
    """(number of the block, title, where it was read); number -1 where the title is no block."""
    if file.type in _SHEETS:
        for place, block in enumerate(blocks[:4]):
            if block.role == "title":
                return place, block.text, "lone first cell"
    if file.type not in (*_NO_LAYOUT, "text"):
        first = next((block.page for block in blocks), 1)
        best: tuple[tuple[bool, bool, float, int, bool], int] | None = None
        for place, block in enumerate(blocks[:TITLE_WITHIN]):
            if block.page > first + 1 or _is_prose(block):
                break
            if _is_header(block) or block.kind == "table" or not _may_be_title(block.text):
                continue
            named = not letters.organ(_closed(block.text))  # a letterhead without its colour is larger than the title
            apart = block.kind == "heading" or block.role == "centre"
            weight = (named, block.kind == "heading", round(block.size), -block.level, block.role == "centre")
            if apart and (best is None or weight > best[0]):
                best = (weight, place)
        if best is not None:
            return best[1], _closed(blocks[best[1]].text), f"page {blocks[best[1]].page}: set apart as the title"
    held = file.info.get("Title", "").strip()
    if held and not _USELESS.search(held):
        return -1, held[:MAX_TITLE], "document information"
    for place, block in enumerate(blocks[:3] if file.type not in _NO_LAYOUT else []):
        if block.kind != "table" and not _is_header(block) and len(block.text) <= 60 and _may_be_title(block.text):
            return place, _closed(block.text), "first line"
    return -1, re.sub(r"\.\w{1,5}$", "", name)[:MAX_TITLE], "name of the file"


def _is_header(block: Block) -> bool:
    """Whether a block is the letter's head: printed in red, or an authority's name with 文件 behind it."""
    text = _closed(block.text)
    if block.role == "red-header" and re.search(r"[\u3400-\u9fff]{3}", text) and len(text) < 80:
        return True
    return text.endswith("文件") and len(text) < 40 and letters.organ(text.removesuffix("文件"))


def _is_prose(block: Block) -> bool:
    return block.kind == "paragraph" and ((len(block.text) > 60 and "。" in block.text) or len(block.text) > 150)


def _may_be_title(text: str) -> bool:
    text = text.strip()
    if not 4 <= len(text) <= MAX_TITLE or whole(text) or whole_number(text):
        return False
    if _CLASS.fullmatch(text) or _LABELLED_CLASS.fullmatch(text):
        return False
    return not text.endswith(("：", ":", "。", "；", ";", "，", ",")) and not re.fullmatch(
        r"[\d\W_]+|附\s*件\s*[\d一二三四五六七八九十]*\s*[:：]?", text
    )


def _closed(text: str) -> str:
    """A title without the spaces its letters were set apart by."""
    return _SPACED_HAN.sub("", text.replace("\n", " ")).strip()


def _official(result: Said, blocks: list[Block], lines: list[str]) -> None:
    """Fields of an official letter or notice (GB/T 9704-2012), where the text has them."""
    words = [_SPREAD_HAN.sub(lambda match: match.group().replace(" ", ""), line) for line in lines]
    found = letters.read(words, result.title)
    for name, value in found.fields.items():
        place = found.places.get(name, -1)
        _put(result, name, value, f"paragraph {place + 1}" if place >= 0 else "title and text")
    red = [_closed(block.text).strip("★*· ") for block in blocks[:TITLE_WITHIN] if _is_header(block)]
    issuers = [
        text.removesuffix("文件").strip()
        for text in red
        if re.search(r"[\u3400-\u9fff]{4}", text) and not whole_number(text)
    ]
    if issuers:
        result.fields["issuer"], result.places["issuer"] = " ".join(dict.fromkeys(issuers)), "red header"
    elif "issuer" not in result.fields and letters.organ(str(found.fields.get("signatory", ""))):
        _put(result, "issuer", found.fields["signatory"], "signature")
    _put(result, "written_on", found.fields.get("signed_on"), "date under the signature")
    if "proposal" in result.fields:
        _proposal_class(result, words)
    imprint = [" ".join(row) for block in blocks[-IMPRINT_WITHIN:] if block.kind == "table" for row in block.rows]
    for where, line in [(f"paragraph {place + 1}", line) for place, line in enumerate(words) if place] + [
        ("table at the end", line) for line in imprint
    ]:
        _imprint(result, line, where)


def _imprint(result: Said, line: str, where: str) -> None:
    """What a line says of who gets a copy, and who printed the letter when."""
    if (match := _COPIED.match(line)) and not line.startswith("主"):
        _put(result, "copied_to", re.sub(r"\s+", " ", match.group(1)).strip(" 。"), where)
    elif len(line) < 80 and (match := _PRINTED.fullmatch(line.strip("。 "))) and (day := moment(match.group(2))):
        _put(result, "printed_by", match.group(1).strip(), where)
        _put(result, "printed_on", day.day, where)


def _proposal_class(result: Said, words: list[str]) -> None:
    proposal = result.fields["proposal"]
    if not isinstance(proposal, dict) or "class" in proposal:
        return
    for line in words[:10]:
        if len(line) <= 8 and (match := _CLASS.fullmatch(line.strip())):
            letter = re.sub(r"[^A-DＡ-Ｄ]", "", match.group()).translate(
                {0xFF21 + step: 0x41 + step for step in range(4)}
            )
            result.fields["proposal"] = {**proposal, "class": f"{letter}类"}
            return


def _put(result: Said, name: str, value: object, where: str) -> None:
    if value and name not in result.fields:
        result.fields[name] = value
        result.places[name] = where


def _markdown(kind: str, blocks: list[Block]) -> str | None:
    """The text with headings and tables as Markdown, where it has any."""
    if not any(block.kind in ("heading", "table") for block in blocks):
        return None
    out: list[str] = []
    for block in blocks:
        if block.kind == "heading":
            out.append(f"{'#' * max(1, min(block.level, 6))} {block.text}")
        elif block.kind == "table" and block.rows:
            width = max(map(len, block.rows))
            rows = [
                [cell.replace("|", "\\|").replace("\n", "<br>") for cell in row] + [""] * (width - len(row))
                for row in block.rows
            ]
            table = ["| " + " | ".join(row) + " |" for row in rows]
            out.append("\n".join([table[0], "|" + " --- |" * width, *table[1:]]))
        else:
            out.append(block.text)
    return "\n\n".join(out)
