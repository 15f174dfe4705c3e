"""The shared vocabulary of disclosure tables: which printed label means which field, and how label and value are
paired.

The labels come from the national rules on proactive disclosure (政府信息公开条例, 政府网站发展指引 国办发〔2017〕47号)
and
from the tables of ministries, provinces and counties: `索 引 号`, `发 文 字 号`, `公 开 日 期` are written with spaces,
full-width spaces, with or without a colon, the value in the next cell, in the same cell, or in a list item.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.remembered import remembered

FIELDS: dict[str, tuple[str, ...]] = {
    "index_number": ("索引号", "信息索引号", "索取号", "信息索引", "索引编号", "信息索取号"),
    "document_number": ("发文字号", "文号", "文件编号", "公文文号", "文件号", "发文文号", "文件字号", "发布文号",
    "发文号", "政策文号", "公文字号"),
    "issuer": (
        "发文机关", "发布机构", "发文单位", "责任部门", "发布单位", "制发机关", "制定机关", "公开主体", "信息公开机构",
        "发布机关",
        "公开部门", "信息提供单位", "生成机构", "制作单位", "发布部门", "公开责任部门", "公开单位", "公开机构",
        "发文部门", "发文机构", "制发单位", "颁布单位",
        "公开机关", "公布机关", "制文机关", "信息发布机构", "制作机关",
    ),
    "written_on": ("成文日期", "发文日期", "生成日期", "成文时间", "发文时间", "签发日期", "制发日期", "生成时间",
    "印发日期", "印发时间", "信息生成日期"),
    "published_on": (
        "发布日期", "公开日期", "发布时间", "公布日期", "公开时间", "颁布日期", "上传日期", "发表时间", "发表日期",
        "更新时间", "更新日期", "添加时间",
        "录入时间", "信息发布日期", "发稿时间", "日期", "时间", "公布时间", "上传时间", "创建时间", "刊发日期",
        "发布于",
    ),
    "subject": ("主题分类", "体裁分类", "主题类别", "所属主题", "公文主题", "信息主题", "主题"),
    "validity": ("有效性", "效力状态", "时效性", "是否有效", "有效状态", "文件状态", "效力", "文件时效", "时效状态",
    "时效", "信息有效性"),
    "origin": ("来源", "信息来源", "文章来源", "稿件来源", "稿源", "本文来源", "供稿", "供稿单位", "原文来源",
    "消息来源", "内容来源", "新闻来源", "资料来源", "出处", "发布来源", "来源单位"),
    "publicity": ("公开方式", "公开范围", "公开属性", "公开类别", "公开类型", "公开形式"),
    "category": (
        "组配分类", "信息类别", "公文种类", "信息分类", "分类", "服务对象分类", "文种", "所属栏目", "栏目", "信息种类",
        "文件类型", "公文种别", "所属类别",
        "类别", "公开目录", "目录分类", "栏目名称", "公文类型",
    ),
    "author": ("作者", "撰稿", "撰稿人", "供稿人", "发布人", "文", "记者", "作者姓名", "本文作者", "原作者"),
    "editor": ("责任编辑", "编辑", "责编", "网络编辑", "本文编辑", "值班编辑", "录入人", "信息员"),
    "title": ("标题", "信息名称", "名称", "文件名称", "公文名称", "信息标题", "文件标题"),
    "keywords": ("主题词", "关键词", "关键字", "主题词语"),
    "effective_on": ("实施日期", "生效日期", "施行日期", "生效时间", "实施时间", "执行日期", "有效期起"),
    "expires_on": ("失效日期", "废止日期", "有效期", "失效时间", "有效期限", "废止时间", "终止日期", "有效期止",
    "有效期至"),
    "signatory": ("签发人", "签署人"),
    "openness_no": ("公开程序", "公开时限", "公开依据"),
}  # fmt: skip
"""field -> labels, the most exact first; what is not in the contract (keywords, dates of validity) is kept as well"""

NOISE_LABELS = ["浏览次数", "点击数", "点击次数", "阅读次数", "浏览量", "点击", "浏览", "阅读", "访问量", "阅读量",
"访问次数", "字体", "字号", "字体大小", "打印", "分享", "分享到", "分享至", "收藏", "审核", "审核人", "初审", "复审",
"终审", "点击率", "人气", "保护视力色", "视力保护色", "背景色", "收藏本页", "依据", "载体类型", "记录形式", "存放位置",
"语种", "内容概述", "概述", "信息格式", "备注", "附件", "摘要", "核稿", "校对", "二审", "三审", "一审", "监制",
"设置字体", "关键字词", "浏览人次", "阅览次数", "次数", "查看", "下载", "评论", "推荐", "责任人", "朗读", "扫码",
"扫一扫", "二维码", "标签", "版面", "版次", "通讯员", "摄影", "图", "信息标识", "标识", "编号", "信息编号", "公开依据",
"公开流程", "通讯地址"]
"""labels that carry nothing we keep, but end another label's value"""

_BY_LABEL = {label: name for name, labels in FIELDS.items() for label in labels}
KNOWN = _BY_LABEL.keys() | set(NOISE_LABELS)
_LONG = sorted(KNOWN, key=len, reverse=True)


def _spaced(label: str) -> str:
    return r"[\s\u3000\xa0]*".join(map(re.escape, label))


_LABEL = re.compile(r"(" + "|".join(map(_spaced, _LONG)) + r")[\s\u3000\xa0]*[】\]]?[\s\u3000\xa0]*[:：]")
_HEAD = re.compile("(" + "|".join(_spaced(label) for label in _LONG if len(label) > 1) + ")")
_HEAD_FIRST = frozenset(label[0] for label in _LONG)
_SPEAKS = re.compile(r"[。！？；：]|:(?!\d)|(?<!\d):")
"""what stands in sentences and behind labels: no value, which may be a time of day"""
_HEAD_LINE = 120
"""characters of a line that may be a label and its value without a colon between them"""
_BARE = re.compile(r"[\s\u3000\xa0:：\[\]【】]+")
_GLUED = frozenset(
    ["来源", "信息来源", "文章来源", "作者", "浏览次数", "点击数", "点击", "阅读", "发布时间", "发布日期", "时间",
    "日期", "责任编辑", "编辑", "责编", "字体", "字号", "分享", "打印", "浏览", "点击量", "阅读次数", "审核", "供稿"]
)
"""labels that may follow another pair's value without a gap (adjacent boxes of one line)"""
_UNMISTAKABLE = 3
"""characters from which a label is no end of a value"""
_TABLE = 3
"""labels of a disclosure table that make a line one, whatever it begins with"""
_LINE = 2_000
"""characters of a line in which labels are looked for"""
_OPEN = frozenset(["主动", "依申请", "不予"])
STRONG = frozenset(["index_number", "document_number", "issuer", "written_on", "subject", "validity", "publicity"])
"""fields that only a disclosure table prints with a label"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One label and what stood beside it: the field it means (None for noise), the value as printed, and where."""

    name: str | None
    label: str
    value: str
    block: int


def bare(text: str) -> str:
    """A label without its spaces, colon and brackets."""
    return _BARE.sub("", unicodedata.normalize("NFKC", text))


def field_of(label: str) -> str | None:
    """The field a printed label means, None where it is none of ours."""
    return _BY_LABEL.get(bare(label))


def is_label(text: str) -> bool:
    """Whether a piece of text is nothing but a known label (colon or not)."""
    return len(text) <= 16 and not text.isascii() and _known(text)


@remembered
def _known(text: str) -> bool:
    return bare(text) in KNOWN


def headed(text: str) -> tuple[str, str] | None:
    """The known label that a line begins with and the value right behind it, without a colon between them
    (成文日期2024年6月3日); None for other lines. A guess for one line: a list whose every line does so is a table."""
    return _begins(text) if text[:1] in _HEAD_FIRST and len(text) <= _HEAD_LINE else None


@remembered
def _begins(text: str) -> tuple[str, str] | None:
    match = _HEAD.match(text)
    if match is None or _SPEAKS.search(text):
        return None
    return bare(match.group()), text[match.end() :].strip()


def split(text: str, block: int) -> list[Labelled]:
    """All `label：value` pairs of one line; a value ends at the next known label. Text before the first label is
    nobody's."""
    if len(text) > _LINE or text.isascii() or (":" not in text and "：" not in text):
        return []
    found: list[re.Match[str]] = []
    said = list(_LABEL.finditer(text))
    table = len({name for match in said if (name := _BY_LABEL.get(bare(match.group(1)))) in STRONG}) >= _TABLE
    for match in said:
        glued = match.start() > 0 and "\u4e00" <= text[match.start() - 1] <= "\u9fff"
        if not glued or (found and _may_follow(match.group(1), bare(found[0].group(1)), table)):
            found.append(match)
    pairs = []
    for match, following in zip(found, [*found[1:], None], strict=False):
        label = bare(match.group(1))
        value = text[match.end() : following.start() if following else len(text)]
        if following and value in _OPEN and text.startswith("公开", following.start()):
            value += "公开"  # 主动公开依 据：is no label 公开依据
        pairs.append(Labelled(_BY_LABEL.get(label), label, value.strip(" \t\u3000\xa0|｜,，;；[]【】/·"), block))
    return pairs


def is_table(text: str) -> bool:
    """Whether a line is a disclosure table whose boxes are printed side by side."""
    if text.count("：") + text.count(":") < _TABLE:
        return False
    return len({pair.name for pair in split(text, 0)} & STRONG) >= _TABLE


def _may_follow(printed: str, first: str, table: bool) -> bool:
    """Whether a label may stand right behind a value, without a gap: short ones of a line that describes, and in a line
    of a disclosure table (its boxes are printed side by side) all but short words that end sentences too."""
    label = bare(printed)
    if label in _GLUED:
        return True
    if not table and _BY_LABEL.get(first) not in STRONG:
        return False
    return _BY_LABEL.get(label) in STRONG or len(printed) >= _UNMISTAKABLE


def pairs_of(cells: Iterable[tuple[int, str, int]]) -> Iterator[Labelled]:
    """Pairs from a run of cells (block, text, box around it) in reading order: `label` `value`, `label：` `value`,
    `label：value`, or several
    pairs in one cell. A label followed by another label (or by the end of its box) has an empty value; a label printed
    twice is one."""
    waiting: tuple[int, str] | None = None
    around = -1
    for block, text, box in cells:
        last, around = around, box
        if waiting is not None and (block > waiting[0] + 1 or box != last):  # something else stands between: no value
            yield Labelled(field_of(waiting[1]), bare(waiting[1]), "", waiting[0])
            waiting = None
        if is_label(text):
            if waiting is not None and bare(waiting[1]) != bare(text):
                yield Labelled(field_of(waiting[1]), bare(waiting[1]), "", waiting[0])
            waiting = block, text
            continue
        inside = split(text, block)
        if waiting is not None:
            label = bare(waiting[1])
            if inside and _starts_with_label(text):
                if bare(inside[0].label) != label:
                    yield Labelled(_BY_LABEL.get(label), label, "", waiting[0])
            else:
                yield Labelled(_BY_LABEL.get(label), label, text.lstrip(":： ").strip(), waiting[0])
                waiting = None
                continue
            waiting = None
        for position, pair in enumerate(inside):
            if position == len(inside) - 1 and not pair.value:
                waiting = block, pair.label
            else:
                yield pair
    if waiting is not None:
        yield Labelled(field_of(waiting[1]), bare(waiting[1]), "", waiting[0])


def _starts_with_label(text: str) -> bool:
    match = _LABEL.match(text.lstrip(" \u3000\xa0[【(（"))
    return match is not None
