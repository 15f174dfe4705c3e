"""Strings of the page about the archive itself."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "bytes kept by week, the newest last": "每周新存字节数（最后为本周）",
    "Counted {when}.": "统计于{when}。",
    "What it holds": "所存内容",
    "Versions": "版本", "Distinct texts": "不同文本", "Logged changes": "变更记录", "Payloads kept": "原始内容",
    "As received": "接收时大小", "As kept": "存储大小", "Whole database": "整个数据库",
    "Bytes per version": "每版本字节数",
    "Growth": "增长", "Bytes kept": "所占字节", "New payloads": "新内容",
    "Proof": "证明", "Head of the hash chain": "哈希链头", "link {number}": "第 {number} 环",
    "Nothing is kept yet.": "尚无内容。",
    "Last verified": "上次核验",
    "Not verified yet. `muniment verify` reads everything back.": "尚未核验。`muniment verify` 会把全部内容读出核对。",
    "{n} row checked, nothing damaged|{n} rows checked, nothing damaged": "核对 {n} 行，无损坏",
    "{n} row damaged|{n} rows damaged": "{n} 行损坏",
    "compared with an anchor kept elsewhere": "已与另存的锚点比对",
    "`muniment anchor` writes the head to be kept elsewhere.": "`muniment anchor` 可把链头写出，另行保管。",
    "Incidents": "事件", "No incidents.": "没有事件。", "open": "未恢复",
    "The daemon polls.": "守护进程正在轮询。",
    "last sign of life {when}": "最后报到：{when}",
    "{n} page due|{n} pages due": "{n} 个页面到期",
    "{size} free": "剩余 {size}",
    "{size} of memory": "内存 {size}",
}  # fmt: skip
