"""Strings of the page that tries an address."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Address of a page": "网页地址",
    "Try it": "试读",
    "Fetches the page once, politely, and shows what would be read. Nothing is stored.":
        "礼貌地抓取一次，显示会读出什么。不保存任何内容。",
    "This server shows the archive only; it fetches nothing. `muniment explain` does the same in a terminal.":
        "此服务只展示档案库，不抓取网页。终端里的 `muniment explain` 作用相同。",
    "This is no address of a page.": "这不是网页地址。",
    "Others are trying pages. Wait a moment, then try again.": "有人正在试读，请稍候再试。",
    "Lines for sources.yaml": "写入 sources.yaml 的几行",
    "`muniment add` writes them by itself.": "`muniment add` 会自动写入。",
    "What was seen": "所见",
    "Read as": "读作", "Encoding": "编码", "Led to": "跳转到", "Read by": "读取器",
    "{n} document|{n} documents": "{n} 个文档",
    "{n} link would be followed|{n} links would be followed": "会跟随 {n} 个链接",
    "{n} block left out|{n} blocks left out": "去掉了 {n} 块",
    "The page, coloured": "着色后的网页",
    "Green was kept as text, yellow as a field, blue as the title; red was left out.":
        "绿色为正文，黄色为字段，蓝色为标题；红色被去掉。",
    "and {n} more": "另有 {n} 个",
    "{what}; if it is meant, write {line} into the configuration": "{what}；若确需访问，请在配置中写入 {line}",
    "this try is over; try the page again": "这次试读的结果已不再保存；请重新试读",
    "no text of its own": "没有自身文本",
    # why it was read so
    "{n} entry|{n} entries": "{n} 个条目", "{n} address|{n} addresses": "{n} 个地址",
    "posts of a thread of {forum}": "{forum} 帖子中的各楼", "the list of a board": "版块列表",
    "posts of a thread of {forum} for telephones": "{forum} 手机版帖子中的各楼",
    "a board of {forum}": "{forum} 的版块", "the front page of {forum}": "{forum} 的首页",
    "title from {place}": "标题取自 {place}",
    "{n} dated items and little text of its own": "{n} 个带日期的条目，自身文本很少",
    "configured as a list": "配置为栏目", "a frame around a file": "只是文件外的框架页",
    "a file of type {type}, read in {ms} ms": "{type} 文件，{ms} 毫秒读完",
}  # fmt: skip
