"""Strings of the page of search."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "both, anywhere in the text": "两词都出现，位置不限",
    "exactly this": "完全一致的短语",
    "words that begin so": "以此开头的词",
    "without this word": "不含此词",
    "a field with this value": "字段等于此值",
    "by whom, and when": "作者与时间",
    "Where to look": "搜索范围",
    "as documents stand now": "文档现在的内容",
    "in every version: when it appeared, when it vanished": "所有版本：何时出现、何时消失",
    "State": "状态",
    "present or gone": "在线或已移除",
    "published {when}": "发布于 {when}",
    "kept {when}": "保存于 {when}",
    "version {n}": "第 {n} 版",
    "said in the file": "见于附件",
    "No document says so now.": "现在没有文档这样写。",
    "Look in every version": "在所有版本中查找",
    "appeared {when}": "{when} 出现",
    "vanished {when}": "{when} 消失",
    "gone with its document {when}": "{when} 随文档一同移除",
    "still there": "至今仍在",
    "No version of any document ever said so.": "没有任何文档的任何版本这样写过。",
    "How to ask": "搜索方法",
    'nothing to search for in {query}: write a word, a "phrase" or a filter such as kind:notice':
        '{query} 中没有可搜索的内容：请写一个词、一个 "短语" 或 kind:notice 这样的筛选条件',
    "more than {most} words; quote what belongs together": "词语超过 {most} 个；请把连在一起的用引号括起来",
    "{value} is no day, month or year; write 2024-03-01, 2024-03 or 2024":
        "{value} 不是日期、月份或年份；请写成 2024-03-01、2024-03 或 2024",
    "{value} is no cursor that a search gave": "{value} 不是搜索给出的游标",
    "Back to the first": "回到第一页",
    "More": "更多",
}  # fmt: skip
