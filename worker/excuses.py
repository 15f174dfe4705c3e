"""What a page says where it says nothing of its own, and how to tell it from a page that speaks of such things.

    excuse_of    a sentence in which the page itself is missing, shut or being worked on: `soft-404`, `blocked`, ...
    is_headed    a page under a headline of its own is content, whatever its sentences speak of

An excuse is a whole clause: "您访问的页面不存在" is one, "如果您访问的页面不存在" and "提示“页面不存在”的链接"
are not. Pure. Asked before an answer is called a wall (`fetch.outcome`) and before a page is called empty words
(`extract.general`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.noticeform import SIGNED, is_titled

_LEAD = (
    r"(?:(?:非常|很|十分|真的)?(?:抱歉|对不起|遗憾)[,，!！。:： ]*"
    r"|(?:error|错误|出错|系统|温馨)?(?:信息|提示|原因)?[:：]\s*"
    r"|(?:we(?:'|’)re |we are )?(?:sorry|oops|unfortunately)[,.!: ]*(?:but )?)*"
)
_THING = r"(?:页面|网页|内容|文章|信息|文档|文件|栏目|资源|帖子|主题|地址|网址|链接)"
_NO_MORE = (
    r"(?:并?不存在|(?:可能)?已(?:经|被)*(?:删除|移除|下线|失效|不存在)|(?:无法|没有?|未能?|没能)找到"
    r"|找不到了?|未找到|走丢了|不见了)"
)
_ABSENT = (
    r"(?:(?:error|http|http status|错误)\s*)?404"
    r"(?=$|\s*[-–—:：|,]|\s*(?:error|not found|page|file|错误|页面|找不到|您|抱歉))",
    rf"(?:(?:您|你)?(?:想要|正在|所|要)?(?:访问|查看|浏览|请求|查找|打开|找)的|该|此)?{_THING}{_NO_MORE}",
    r"not found$",
    r"(?:the |this |that |your )?(?:requested )?(?:page|file|document|url|resource|content|article)\b.{0,40}"
    r"(?:(?:was |is |could |can)?\s*not\s*(?:be )?found|(?:can(?:'|’)t|couldn(?:'|’)t) be found"
    r"|(?:does not|doesn(?:'|’)t) exist|(?:is )?no longer (?:available|exists?))",
    r"(?:we )?(?:can(?:'|’)t|cannot|couldn(?:'|’)t|could not) find (?:that|this|the|what)\b.{0,12}",
)  # fmt: skip
_REFUSED = (
    r"(?:您的|当前|该|本次)?(?:访问|请求|操作)(?:行为)?(?:已)?(?:被拒绝|受限|被限制|被拦截|过于频繁|太频繁)",
    r"(?:拒绝|禁止)访问$",
    r"(?:(?:error )?403\s*[-–—:：]?\s*)?forbidden$",
    r"(?:请)?(?:您)?(?:先)?(?:完成)?(?:下方|以下|下列)?(?:的)?安全验证(?:$|后)",
)
_SHUT = (
    r"(?:系统|程序|服务器|应用程序|数据库|网络)(?:内部|运行)?(?:错误|异常|繁忙|忙|出错)",
    r"(?:(?:http )?(?:status|error)\s*)?(?:500|502|503|504)?\s*[-–—:：]?\s*"
    r"(?:internal server error|internal error|bad gateway|service (?:temporarily )?unavailable)",
    r"(?:.{0,12}?(?:网站|本站|站点|系统|平台|服务器|论坛))?(?:正在|正处于|处于)(?:进行|例行|系统|紧急)*(?:维护|升级|改版|检修)",
    r"(?:.{0,12}?(?:网站|本站|站点|系统|平台|服务器|论坛))(?:维护|升级|改版)+中",
    r"请(?:您)?稍[后候](?:再试|重试|访问)",
)
_EXCUSES = tuple(
    (outcome, re.compile(rf"{_LEAD}(?:{'|'.join(patterns)})", re.IGNORECASE))
    for outcome, patterns in (("soft-404", _ABSENT), ("blocked", _REFUSED), ("maintenance", _SHUT))
)
_MENTION = re.compile(r"\s*(?:的(?!页面|网页)|时|类|等(?!待)|率|问题|情况|原因|导致|造成|怎么|如何|应|须|[”\"’』」》])")
"""what follows where an excuse is spoken of rather than made"""
_CLAUSE = re.compile(r"[。！？!?；;，,\n]+|(?<=[a-z])\.(?:\s|$)", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")
_MOST_BEHIND = (8, 60)
"""characters of a clause behind its excuse: Han, others"""

_ASKS = re.compile(r"怎么|如何|为什么|为何|吗[?？]?$|\b(?:how|why|what|when|where)\b", re.IGNORECASE)
_QUESTIONED = re.compile(r"[?？]\s*[\u3400-\u9fff]{4}")
"""a headline that asks and goes on: 访问过于频繁？限流规则说明"""
_PLACE = re.compile(
    r"(?:政府|网|网站|门户|论坛|平台|中心|局|厅|委|委员会|官网|社区|之家|首页"
    r"|(?:\b(?:council|county|forums?|portal|home ?page|community|website)))$",
    re.IGNORECASE,
)
"""how sites and their columns are called: a heading that is only that is no headline"""
_WALLISH = re.compile(
    r"维护|升级|改版|检修|維護|升級|建设中|关闭|验证|拦截|阻断|防火墙|防护|威胁|攻击|非法|风险|错误|异常|出错|失败|不存在|找不到|未找到|无法|失效|删除|过期"
    r"|拒绝|受限|限制|禁止|频繁|繁忙|登录|登陆|稍[候后]|检测|检查|黑名单|提示|抱歉|对不起|跳转|加载|[45]\d\d"
    r"|error|not found|forbidden|denied|refused|reject|block|maintenance|unavailable|offline|be (?:right )?back"
    r"|moment|wait|captcha|verif|robot|human|sign ?in|log ?in|too many|oops|sorry|suspended|expired|waf|firewall"
    r"|security|loading|redirect",
    re.IGNORECASE,
)
_SHORT_HAN, _SHORT_WORDS = 8, 4
"""of a heading that holds a word of walls and no more than this"""
_JOINTS = re.compile(r"\s*[|_—–·»｜]\s*|\s-\s|-{2,}|(?<=[\u4e00-\u9fff\d])-(?=[\u4e00-\u9fff])")
_PLAIN = re.compile(r"[\s\W_]+")
_SHORTEST, _LONGEST = 4, 300
"""characters of a headline"""


def excuse_of(lines: Iterable[str]) -> str | None:
    """The outcome that one of the lines confesses, or None."""
    for line in lines:
        for clause in _CLAUSE.split(line):
            if (outcome := _excuse(clause.strip())) is not None:
                return outcome
    return None


def _excuse(clause: str) -> str | None:
    for outcome, pattern in _EXCUSES:
        found = pattern.match(clause)
        if found is None or _MENTION.match(clause, found.end()):
            continue
        behind = clause[found.end() :]
        if len(behind) <= _MOST_BEHIND[0 if _HAN.search(behind) else 1]:
            return outcome
    return None


def is_headed(title: str, headings: Iterable[str]) -> bool:
    """Whether a heading on the page repeats its title and is a headline: no site's name and no excuse."""
    title = title[:_LONGEST]
    names = [plain for part in (title, *_JOINTS.split(title)) if len(plain := _plain(part)) >= _SHORTEST]
    return any(
        len(said := _plain(heading)) >= _SHORTEST and any(said in name or name in said for name in names)
        and _is_headline(heading[:_LONGEST].strip())
        for heading in headings
    )  # fmt: skip


def _is_headline(heading: str) -> bool:
    if _PLACE.search(heading):
        return False
    if _QUESTIONED.search(heading):
        return True
    if excuse_of([heading]) is not None:
        return False
    if _ASKS.search(heading) or _WALLISH.search(heading) is None:
        return True
    han = len(_HAN.findall(heading))
    return han > _SHORT_HAN if han else len(heading.split()) > _SHORT_WORDS


def is_notice(title: str, headings: Iterable[str], signed: str) -> bool:
    """Whether a page has the form of a notice: titled as one, headed, or signed and dated at the end of `signed`."""
    headings = list(headings)
    return is_titled((title, *headings)) or SIGNED.search(signed) is not None or is_headed(title, headings)


def _plain(text: str) -> str:
    return _PLAIN.sub("", text).lower()
