"""Strings of the page of changes."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "new": "新增", "changed": "修改", "back": "恢复", "moved": "迁移",
    "Last 24 hours:": "最近 24 小时：",
    "silent": "暗改",
    "and more": "及更多",
    "nothing": "无",
    "What happened": "变更类型",
    "All": "全部",
    "silent edits": "暗改",
    "Feed": "订阅源",
    "Filter": "筛选",
    "Word or phrase": "词语或短语",
    "Source": "来源",
    "every source": "全部来源",
    "Tag": "标签",
    "every tag": "全部标签",
    "Type": "类型",
    "every type": "全部类型",
    "Changed part": "改动部分",
    "From": "从",
    "Until": "到",
    "also what only our better reading changed": "包括仅因读取改进而产生的差异",
    "Show": "显示",
    "Clear": "清除",
    "version {old} → {new}": "第 {old} 版 → 第 {new} 版",
    "our reading, not the page": "读取方式改进，并非网页改动",
    "gone now": "现已移除",
    "Silent edit": "暗改",
    "the text changed, the page's own date did not": "正文有改动，网页自身日期未变",
    "{share} of the text": "占正文 {share}",
    "nothing but dates": "仅日期不同",
    "nothing but the order": "仅顺序不同",
    "{n} more line|{n} more lines": "另有 {n} 行",
    "Nothing in the part of the log looked at.": "已查看的记录中没有符合条件的变更。",
    "No change fits this filter.": "没有符合筛选条件的变更。",
    "No changes yet. They appear here as soon as the daemon has polled a source.":
        "还没有变更。守护进程访问来源之后，变更会显示在这里。",
    "Looked back to {when}.": "已回看到 {when}。",
    "Newest": "最新",
    "Look further back": "继续回看",
    "Older": "更早",
}  # fmt: skip
