"""Strings of the frame around every page, and of errors."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Skip to the content": "跳到正文",
    "Main": "主导航",
    "Changes": "变更",
    "Search": "搜索",
    "Sources": "来源",
    "Archive": "档案库",
    "Try a page": "试读网页",
    "Language": "语言",
    "Appearance": "外观",
    "as the system": "跟随系统",
    "light": "浅色",
    "dark": "深色",
    "Times: {zone}": "时间：{zone}",
    "Read-only. What is shown was kept as it was received.": "只读页面。所示内容均按收到时原样保存。",
    "Search the archive": "搜索档案库",
    "now": "刚刚",
    "never": "从未",
    "{n} s ago": "{n} 秒前",
    "{n} min ago": "{n} 分钟前",
    "{n} h ago": "{n} 小时前",
    "{n} day ago|{n} days ago": "{n} 天前",
    "in {n} s": "{n} 秒后",
    "in {n} min": "{n} 分钟后",
    "in {n} h": "{n} 小时后",
    "in {n} day|in {n} days": "{n} 天后",
    "No such page": "没有这个页面",
    "Nothing is kept at this address.": "这个地址下没有保存任何内容。",
    "Near ids": "相近的编号", "Not Found": "未找到",
    "no document {name}": "没有文档 {name}", "no source {name}": "没有来源 {name}", "no page {name}": "没有页面 {name}",
    "no capture {name}": "没有捕获 {name}",
    "document {name} has no version {number}": "文档 {name} 没有第 {number} 版",
    "document {name} had no version yet on {when}": "文档 {name} 在 {when} 时还没有版本",
    "This address asks for something that means nothing": "这个地址的内容无法理解",
    "The archive did not answer": "档案库没有响应",
    "Try again in a moment. If this stays, ask whoever runs this archive whether its database is up.":
        "请稍后重试。若一直如此，请询问管理员数据库是否在运行。",
    "Something went wrong": "出错了",
    "Back to the changes": "回到变更页",
    "This is a bug. The log of the process that serves these pages has the details.":
        "这是程序错误，详情见提供页面的进程日志。",
    "Something stored is damaged. `muniment verify` names all that is; restore it from a back-up.":
        "有存储内容已损坏。`muniment verify` 会列出全部损坏项，请从备份恢复。",
    "The archive was made by another version of Muniment. `muniment migrate` brings it up to date.":
        "档案库由另一个版本的 Muniment 建立。请运行 `muniment migrate` 升级。",
    "Not allowed": "不允许", "Method Not Allowed": "不支持这种请求方法",
    "no archive at {path}; `muniment run` or `muniment poll --all` makes one":
        "{path} 处没有档案库；`muniment run` 或 `muniment poll --all` 会建立",
    "the database holds no archive yet; `muniment migrate` makes one":
        "数据库里还没有档案库；`muniment migrate` 会建立",
    "the archive's schema {found} is older than this Muniment ({known}); run `muniment migrate`":
        "档案库的结构 {found} 比本程序（{known}）旧；请运行 `muniment migrate`",
    "the archive's schema {found} is newer than this Muniment ({known}); install the newer one":
        "档案库的结构 {found} 比本程序（{known}）新；请安装新版",
    "{value} is no number of a change": "{value} 不是变更编号",
    "{value} is no number to go on from": "{value} 不是可以继续的编号",
    "{value} is no number from 1 on; write {name}=2": "{value} 不是从 1 开始的数字；请写成 {name}=2",
    "{value} is no view; write view=inline or view=side": "没有 {value} 这种视图；请写成 view=inline 或 view=side",
    "{value} is no time; write at=2024-03-01 or at=2024-03-01T08:30:00Z":
        "{value} 不是时间；请写成 at=2024-03-01 或 at=2024-03-01T08:30:00Z",
    "{value} is beyond the calendar; write a time such as 2024-03-01T08:30:00Z":
        "{value} 超出日历范围；请写成 2024-03-01T08:30:00Z 这样的时间",
    "this topic has {most} pages; write page={most} or less": "本主题共 {most} 页；请写 page={most} 或更小的页码",
    "{value} is none of {known}": "{value} 不在以下各项之中：{known}",
    "{value} is no day and no time; write 2026-03-01 or 2026-03-01T08:00Z":
        "{value} 不是日期或时间；请写成 2026-03-01 或 2026-03-01T08:00Z",
    "Sign in": "登录",
    "Token": "令牌",
    "This is not the token.": "令牌不正确。",
    "The token stands in the configuration of this archive (web.token).":
        "令牌写在本档案库的配置里（web.token）。",
    "Monday": "星期一", "Tuesday": "星期二", "Wednesday": "星期三", "Thursday": "星期四", "Friday": "星期五",
    "Saturday": "星期六", "Sunday": "星期日",
    "notice": "公告", "article": "文章", "topic": "主题", "post": "帖子", "file": "文件", "list": "列表",
    "page": "网页",
    "present": "在线", "gone": "已移除",
}  # fmt: skip

SAID_BY_NUMBER = frozenset(said for said in CHINESE if "{n}" in said or said.endswith("day"))
"""durations and days of the week, chosen by a number"""
