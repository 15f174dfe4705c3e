"""Discuz! pages that are no content: message pages, locked and closed boards, anti-scrape answers, its own error pages.

Seen on X3.4: a message page is `#messagetext` with class alert_error (nothing there), alert_info with an empty
`#messagelogin` (signing in may help, or the board is closed: the words decide), alert_right (a redirect's notice).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from worker.extract.model import Reading

_MESSAGE = re.compile(
    r'<div id="messagetext"[^>]*class="(alert_\w+)[^"]*"[^>]*>\s*(?:<p[^>]*>)?(.*?)</(?:p|div)>|'
    r'<div class="jump_c">\s*<p>(.*?)</p>',
    re.S,
)
_TAGS = re.compile(r"<script.*?</script>|<[^>]+>", re.S)
_GONE = re.compile(
    r"(?:主题|帖子|版块|論壇|版塊|主題|页面|文章|论坛|日志|空间|用户)[^，。]{0,8}不存在|不存在或已被删除|已被删除|已被刪除|被删除或"
    r"|正在被审核|正在被審核|没有找到(?:帖子|主题)|does not exist|has been deleted|not exist"
)
_LOGIN = re.compile(
    r"登录|登錄|登陆|游客|遊客|用户组|用戶組|没有权限|沒有權限|无权|阅读权限|閱讀權限|特定用户"
    r"|only .{0,40}members|log ?in|sign ?in|permission"
)
_CLOSED = re.compile(
    r"维护|維護|升级|升級|关闭|關閉|关站|暂停|暫停|恢复|稍后再|稍後|改版|迁移|搬家|整顿|备案|不能进行此操作或访问"
    r"|maintenance|closed|upgrad",
    re.I,
)
_BLOCKED = re.compile(
    r"IP.{0,12}(?:禁止|限制|被封)|禁止访问|禁止您|刷新过快|速度过快|访问过于频繁|采集|验证码|安全验证|两次.{0,6}间隔"
    r"|banned",
    re.I,
)
_SPECIAL = re.compile(
    r"<title>(?:[^<]*\s-\s)?(频繁刷新限制|页面重载开启|代理连接|頻繁刷新限制|頁面重載開啟|代理連接"
    r"|Database Error|System Error|\d+ \+ \d+(?: [+-] \d+)* = \?)</title>"
)
_DSIGN = re.compile(r"location\s*\.\s*(?:href|assign|replace)|location\[|location\.|=\s*location\b")
_PASSWORD = re.compile(r'<input[^>]+name="pw"')


@dataclass(frozen=True, slots=True)
class Wall:
    """Why a page holds no content."""

    outcome: str
    words: str


def message(text: str) -> Wall | None:
    """The outcome of a message page by its structure and words; None where the page is none."""
    match = _MESSAGE.search(text)
    if match is None:
        return None
    words = " ".join(unescape(_TAGS.sub(" ", match[2] or match[3] or "")).split())
    return Wall(_judged(match[1] or "", words, 'id="messagelogin"' in text), words)


def _judged(kind: str, words: str, asks_login: bool) -> str:
    if _BLOCKED.search(words):
        return "blocked"
    if _GONE.search(words):
        return "gone"
    if _LOGIN.search(words):
        return "login-required"
    if asks_login or kind == "alert_info":
        return "maintenance" if _CLOSED.search(words) or not words else "login-required"
    return "maintenance" if _CLOSED.search(words) else "soft-404"


def bare(reading: Reading) -> Wall | None:
    """What Discuz! answers in place of a page, outside its template: reload pages, sums to solve, script redirects,
    its database and system errors. None for anything else."""
    text = reading.text
    if len(text) > 12_000:
        return None
    if match := _SPECIAL.search(text):
        words = match[1]
        if "Error" in words:
            refused = words == "System Error"
            return Wall("blocked" if refused else "maintenance", f"Discuz! {words}") if "Discuz!" in text else None
        return Wall("blocked", words)
    body = text.strip()
    if body.startswith("<script") and body.endswith("</script>") and body.count("<script") == 1 and _DSIGN.search(body):
        return Wall("blocked", "a script that redirects, in place of the page")
    return None


def password(text: str) -> bool:
    """Whether the page asks for a board's password."""
    return _PASSWORD.search(text) is not None and "postlist" not in text
