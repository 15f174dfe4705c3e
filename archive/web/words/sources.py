"""Strings of the pages of sources: conditions, charts, and what to do about each outcome."""

from __future__ import annotations

from collections.abc import Mapping

from archive.records.remedies import ADVICE, UNKNOWN


def advice_for(outcome: str) -> str | None:
    """What to do about an outcome, as a string of the catalogue; None where nothing needs doing."""
    return ADVICE.get(outcome)


CHINESE: Mapping[str, str] = {
    ADVICE["blocked"]: "网站返回了验证页或拒绝页。请降低轮询频率（every、politeness.gap），"
        "或请网站管理员放行；已保存的内容不受影响。",
    ADVICE["login-required"]: "页面要求登录。请在 sources.yaml 里给出 cookies，或去掉这个页面。",
    ADVICE["maintenance"]: "网站称正在维护。无需处理，会自动再次访问。",
    ADVICE["empty"]: "回答里没有正文。如果页面由脚本生成，可试 render: browser。",
    ADVICE["truncated"]: "回答中途断开，会自动再次访问；若一直如此，是服务器或代理截断了它。",
    ADVICE["robots"]: "网站的 robots.txt 不允许访问此页，因此不抓取；请询问网站管理员。",
    ADVICE["soft-404"]: "页面自称已不存在；请查找新网址并更正 url。",
    ADVICE["error:timeout"]: "未在规定时间内应答。如果网站只是慢，请调大 deadline。",
    ADVICE["error:deadline"]: "应答超过了 deadline 允许的时间。",
    ADVICE["error:connect"]: "连不上服务器。网址还对吗？",
    ADVICE["error:tls"]: "证书无效。tls: accept-broken 可以接受它，每次捕获都会注明。",
    ADVICE["error:dns"]: "域名无法解析。网址还对吗？",
    ADVICE["error:reset"]: "连接被切断，会自动再次访问。",
    ADVICE["error:redirects"]: "网址循环跳转。请在浏览器里打开，改用最终的网址。",
    ADVICE["error:too-large"]: "内容超过 max_size，或读取所需内存超过 max_memory。",
    ADVICE["error:bomb"]: "内容解压后超过 max_size。",
    ADVICE["error:parse"]: "页面已保存，但读不出来。`muniment explain` 会说明原因；可用 read: 指明各部分。",
    ADVICE["error:forbidden-address"]: "域名指向内网；在 sources.yaml 的 network.allow 里列出即可放行。",
    ADVICE["error:http-4xx"]: "服务器拒绝了请求。",
    ADVICE["error:http-5xx"]: "服务器自身出错，会自动再次访问。",
    ADVICE["error:rate-limited"]: "网站要求暂停访问，已照办；若一直如此，请降低轮询频率。",
    ADVICE["error:unsupported"]: "这种文件读不了；字节已保存。",
    ADVICE["error:encrypted"]: "文件需要密码；字节已保存。",
    ADVICE["error:encoding"]: "应答的压缩方式无法解开；请告知网站管理员。",
    ADVICE["error:scheme"]: "页面指向非 http(s) 网址；请更正 url。",
    ADVICE["gone"]: "页面已不存在；请查找新网址并更正 url。",
    ADVICE["error:damaged"]: "文件已损坏；字节已保存。",
    UNKNOWN: "`muniment explain URL` 会显示网站返回了什么",
    "the entry page is gone ({why}); ": "入口页面已不存在（{why}）。",
    "the entry page failed {n} times in a row ({why}); ": "入口页面连续失败 {n} 次（{why}）。",
    "{failing} of {pages} pages fail, most with {outcome}; ": "{pages} 个页面中有 {failing} 个失败，多为“{outcome}”。",
    ". Over: ": " 已恢复：",
    "the entry page answers again": "入口页面恢复应答",
    "{count} of its pages fail": "失败的页面还有 {count} 个",
    "there is room again": "磁盘又有空间了",
    "no notifier is stopped": "没有停止的通知",
    "the source is no longer watched": "不再关注此来源",
    "notifier {name} stopped ({why}): {command}": "通知 {name} 已停止（{why}），恢复请用 {command}",
    "the disk is nearly full: {free} free at {where}, the floor is {least}; make room (`muniment compact`, "
    "`retention`) or lower disk.floor; polling goes on by itself":
        "磁盘将满：{where} 剩余 {free}，下限为 {least}。请腾出空间（`muniment compact`、`retention`）"
        "或调低 disk.floor；轮询会自动恢复",
    "the disk is full: {free} free at {where}; make room; it goes on by itself":
        "磁盘已满：{where} 剩余 {free}。请腾出空间，会自动恢复",
    "; make room on the disk of the database server; polling goes on by itself":
        "。请在数据库服务器的磁盘上腾出空间，轮询会自动恢复",
    "; make room on the disk at {where}; polling goes on by itself": "。请在 {where} 所在磁盘腾出空间，轮询会自动恢复",
    "; see to the database; polling goes on by itself when it answers again":
        "。请查看数据库，数据库恢复应答后轮询会自动恢复",
    "not polled yet": "尚未轮询",
    "{good} of the last {n} polls brought content": "最近 {n} 次轮询有 {good} 次取到内容",
    "changes by week, the newest last: {counts}": "每周变更数（最后为本周）：{counts}",
    "well": "正常", "failing": "出错", "late": "逾期", "resting": "停用", "not yet polled": "待轮询",
    "No sources yet. `muniment add URL` puts one into sources.yaml.":
        "还没有来源。`muniment add URL` 会写入 sources.yaml。",
    "Source": "来源", "Condition": "状况",
    "Documents": "文档", "Next poll": "下次轮询", "Kind": "类型", "Address": "网址", "Tags": "标签",
    "Answers in": "应答时间", "Last poll": "上次轮询", "Pages": "页面", "Host": "主机",
    "The daemon gave its last sign of life {when}. Is it running?": "守护进程最后一次报到是{when}。它在运行吗？",
    "The daemon was stopped {when}.": "守护进程已于{when}停止。",
    "The daemon is paused: {reason}": "守护进程已暂停：{reason}",
    "since {when}": "自 {when} 起",
    "over since {when}": "已于 {when} 恢复",
    "Earlier incidents": "以往事件", "What to do": "怎么办",
    "Outcomes of the last polls": "最近轮询的结果",
    "Changes by week": "每周变更",
    "Its changes": "它的变更",
    "All pages": "全部页面", "Failing pages": "出错的页面",
    "No page fails.": "没有出错的页面。", "No pages.": "没有页面。",
    "More": "更多", "Outcome": "结果", "Failures": "连续失败",
    "Captures of a page": "一个页面的捕获记录",
    "Captures": "捕获",
    "Earlier captures": "更早的捕获", "Newest captures": "最新的捕获",
    "text": "文本", "as it looked": "当时的样子",
    "the exchange alone: {outcome}": "仅就传输而言：{outcome}",
    "led to": "跳转到",
    "Each line is one attempt to fetch this page, with what came of it.": "每行是一次抓取尝试及其结果。",
    "Next poll {when}": "下次轮询{when}", "due {when}": "应于{when}",
    "in all": "全部", "No source here.": "这里没有来源。", "Back": "返回",
    "no source is ever {value}; one of {known}": "没有 {value} 这种状况；可用：{known}",
    "{n} ms": "{n} 毫秒",
    "Daemon": "守护进程",
}  # fmt: skip
