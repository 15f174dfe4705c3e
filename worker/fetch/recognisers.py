"""Pages that are no content, by what they say: data, each with the page it was seen on or the product that writes it.

Precision before recall: a page wrongly called a block is lost for a reader, a block wrongly read is one bad version
that the next poll undoes. So each rule names something no ordinary page holds, or also bounds how little the page
says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Where = Literal["title", "html", "words"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One recogniser. `where` is the title, the markup, or the visible words; `most_words` bounds the visible
    characters."""

    outcome: str
    name: str
    where: Where
    pattern: re.Pattern[str] | tuple[str, ...]
    """a regular expression, or strings that must all be there (much faster on a long page)"""
    seen: str
    most_words: int = 100_000
    statuses: frozenset[int] = frozenset()
    """only with these statuses; empty: any"""


def _t(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


BLOCKS: tuple[Mark, ...] = (
    Mark("blocked", "Cloudflare challenge", "html", ("_cf_chl_opt",), "Cloudflare managed challenge, status 403/503"),
    Mark("blocked", "Cloudflare challenge", "title", _t(r"^(just a moment\.\.\.|please wait\.\.\. \| cloudflare)$"), "Cloudflare", 1500),
    Mark("blocked", "Cloudflare block", "title", _t(r"^(attention required! \| cloudflare|access denied \| .* used cloudflare to restrict access)"), "Cloudflare 1020", 3000),
    Mark("blocked", "Ruishu", "html", ("$_ts",), "瑞数 dynamic script, status 202/412; seen on county and tax offices", 300),
    Mark("blocked", "Jiasule", "html", ("__jsl_clearance",), "加速乐, status 521", 300),
    Mark("blocked", "Jiasule", "html", _t(r"^\s*<script>\s*(?:document\.cookie|var\s+\w+\s*=|!?function|eval|\(function).{0,60}"), "加速乐 521 without a name", 100, frozenset({521})),
    Mark("blocked", "Aliyun WAF script", "html", ("acw_sc__v2",), "阿里云 WAF cookie script, status 200", 300),
    Mark("blocked", "Aliyun WAF script", "html", _t(r"<textarea[^>]*id=\"renderData\""), "阿里云 WAF slider page, status 200/405", 300),
    Mark("blocked", "Aliyun WAF", "words", ("访问被阻断",), "阿里云 WAF, status 405", 1500),
    Mark("blocked", "Aliyun WAF", "words", ("可能对网站造成安全威胁",), "阿里云 WAF, status 405", 1500),
    Mark("blocked", "Tencent captcha", "html", ("turing.captcha",), "腾讯云 TCaptcha.js as the whole page", 200),
    Mark("blocked", "Tencent EdgeOne", "html", ("edgeone", "captcha"), "腾讯云 EdgeOne", 300),
    Mark("blocked", "Huawei WAF", "words", ("HWWAFSESID",), "华为云 WAF, status 418", 800),
    Mark("blocked", "Yunsuo", "html", ("yunsuo_session_verify",), "云锁", 200),
    Mark("blocked", "SafeDog", "title", _t(r"网站防火墙"), "网站安全狗", 1500),
    Mark("blocked", "Chuangyu", "words", _t(r"创宇盾|当前访问(?:疑似|因)黑客攻击"), "知道创宇", 800),
    Mark("blocked", "360 guard", "html", ("wzws-waf-cgi",), "360 网站卫士", 1500),
    Mark("blocked", "WZWS script", "html", ("wzwsquestion",), "奇安信网站卫士 script page, status 200", 300),
    Mark("blocked", "Baidu Yunjiasu", "html", ("yunjiasu", "challenge"), "百度云加速", 1500),
    Mark("blocked", "BaoTa firewall", "words", _t(r"已被网站管理员设置拦截|宝塔(?:网站|服务器)?防火墙"), "宝塔", 1500),
    Mark("blocked", "web application firewall", "title", _t(r"^(?:web应用防火墙|waf|访问拦截|访问被拦截|请求被拦截|拦截提示|安全验证|人机验证|滑动验证|访问验证|访问频繁|频繁刷新限制|页面重载开启|请求过于频繁|安全拦截)\s*[!！]?$"), "several Chinese appliances; Discuz attackevasive", 800),
    Mark("blocked", "firewall notice", "words", _t(r"您的(?:访问|请求|操作)(?:行为)?(?:过于频繁|被(?:防火墙|安全策略|WAF|waf)?(?:拦截|阻断|拒绝))|访问速度过快|(?:当前|您的)\s*ip.{0,30}(?:被(?:封|禁|拦截|加入黑名单|限制))"), "several Chinese appliances", 500),
    Mark("blocked", "Incapsula", "html", ("_Incapsula_Resource",), "Imperva Incapsula", 500),
    Mark("blocked", "Imperva", "title", _t(r"^pardon our interruption"), "Imperva / Distil", 3000),
    Mark("blocked", "Akamai", "html", ("errors.edgesuite.net",), "Akamai Access Denied, status 403", 800),
    Mark("blocked", "Akamai", "words", _t(r"you don't have permission to access .{1,300}reference\s*#"), "Akamai Access Denied", 800),
    Mark("blocked", "Sucuri", "title", _t(r"sucuri website firewall"), "Sucuri CloudProxy, status 403", 5000),
    Mark("blocked", "DDoS-Guard", "title", _t(r"^ddos-guard$"), "DDoS-Guard", 1500),
    Mark("blocked", "DataDome", "html", ("captcha-delivery.com",), "DataDome, status 403", 400),
    Mark("blocked", "PerimeterX", "html", ("px-captcha",), "PerimeterX / HUMAN", 1500),
    Mark("blocked", "AWS WAF", "html", ("awswaf.com", "challenge"), "AWS WAF challenge, status 202/405", 400),
    Mark("blocked", "AWS WAF", "html", ("awsWafCookieDomainList",), "AWS WAF challenge, status 202", 400),
    Mark("blocked", "Anubis", "title", _t(r"^making sure you(?:'|&#39;|’)re not a bot"), "Anubis proof of work", 3000),
    Mark("blocked", "captcha", "title", _t(r"^(?:captcha|robot check|are you (?:a )?(?:human|robot)\??|human verification|security check|verify you are human|请输入验证码|验证码)$"), "captcha pages of several makers", 1500),
    Mark("blocked", "browser check", "words", _t(r"checking (?:if the site connection is secure|your browser before accessing)|enable javascript and cookies to continue|verify(?:ing)? (?:that )?you are (?:a )?human"), "Cloudflare and its imitators", 800),
    Mark("blocked", "arithmetic question", "title", _t(r"^\d+ [+\-*] \d+(?: [+\-*] \d+)* = \?$"), "Discuz attackevasive 8", 400),
    Mark("blocked", "denied", "title", _t(r"^(?:access denied|access to this page has been denied|request rejected|request blocked|forbidden by waf)$"), "F5 ASM, Fortinet and others", 1200),
    Mark("blocked", "F5 ASM", "words", _t(r"the requested url was rejected\. please consult with your administrator"), "F5 BIG-IP ASM, status 200", 800),
)  # fmt: skip

MAINTENANCE: tuple[Mark, ...] = (
    Mark("maintenance", "maintenance title", "title", _t(r"^(?:(?:网站|系统|本站|站点|平台)?(?:正在)?(?:系统)?(?:维护|升级|改版|建设)(?:中|通知|公告|提示)?|(?:网站|系统)(?:升级)?维护(?:中|公告|通知|提示)?|(?:site |scheduled |under |down for )?maintenance(?: mode)?|we(?:'|’)ll be back soon!?|be right back)[.!。！…]*$"), "WordPress maintenance mode; county portals", 600),
    Mark("maintenance", "maintenance notice", "words", _t(r"(?:网站|系统|本站|平台|服务器)(?:正在|处于)?(?:例行)?(?:维护|升级|改版)(?:维护)?(?:中|期间|,|，|。|!|！)|briefly unavailable for scheduled maintenance|(?:down|unavailable|closed) (?:for|due to) (?:scheduled |routine |planned )?maintenance|undergoing (?:scheduled |routine )?maintenance|正在(?:进行)?(?:系统)?(?:维护|升级)"), "WordPress .maintenance, county portals", 400),
)  # fmt: skip
"""on a 5xx these hold whatever the page's length; on a 200 only on pages that say little else"""

_MISSING = (
    r"(?:error |错误 ?|http )?404(?: ?(?:error|错误|页面|错误页面|not found|page|找不到页面|页面不存在|页面未找到|错误提示|提示|file not found|page not found))?"
    r"|(?:404 )?(?:page|file|document|content|object|resource|topic|thread|post) (?:was |is |could |can )?not (?:be )?found"
    r"|not found|(?:the )?page (?:you (?:requested|are looking for) )?(?:does not exist|doesn(?:'|’)t exist|cannot be found|can(?:'|’)t be found|not found|is missing|could not be found|no longer exists)"
    r"|(?:对不起|抱歉|很抱歉|非常抱歉)?[,，!！ ]*(?:您|你)?(?:要|所|正在)?(?:访问|请求|查找|浏览|查看|打开|要找|查询)?的?(?:页面|网页|文章|内容|信息|文件|帖子|主题|页)(?:不存在|未找到|没有找到|找不到了?|无法找到|已(?:被)?删除|已失效|不见了|走丢了|丢失了?|飞走了|没找到)(?:或(?:者)?已(?:被|经)?(?:删除|移除|失效))?了?"
    r"|(?:找不到|未找到|无法找到|没有找到)(?:该|此|您要的|您访问的|相关|指定的?|您要查看的)?(?:页面|网页|内容|信息|文件|该页)"
    r"|無法找到(?:該|此)?(?:網頁|頁面)|頁面不存在|找不到(?:網頁|頁面)|seite nicht gefunden|page (?:non trouvée|introuvable)|página no encontrada|страница не найдена|ページが見つかりません"
)
MISSING = re.compile(rf"(?:{_MISSING})[.!。！~…:：]*", re.IGNORECASE)
"""a title (or one of its parts) or heading that is nothing but this says the page is not there"""
TITLE_PARTS = re.compile(r"\s*(?:[|_—–·»]|\s-\s|-{2,})\s*|(?<=\D)-(?=\D)|(?<=[\u4e00-\u9fff\d])-(?=[\u4e00-\u9fff])")
MOST_WORDS_OF_MISSING = 500
"""visible characters outside links that a soft 404 says at most"""

LOGIN_ADDRESS = re.compile(
    r"/(?:log-?in|sign-?in|logon|sso|passport|cas|oauth2?|authorize|account/login|users/sign_in|wp-login)(?:[/.?;!]|$)"
    r"|[?&](?:mod=logging|action=login|mode=login|act=login)(?:&|$)|/member\.php\?(?:.*&)?mod=logging|/ucp\.php\?mode=login",
    re.IGNORECASE,
)
"""addresses of login pages: Discuz member.php?mod=logging, phpBB ucp.php?mode=login, CAS, WordPress and the usual
paths"""
PASSWORD_FIELD = re.compile(r"<input[^>]{1,400}type\s*=\s*[\"']?password", re.IGNORECASE)
MOST_WORDS_OF_LOGIN = 300
"""visible characters outside links that a page which is only a login form says at most"""

FORUM_GENERATOR = re.compile(
    r"<meta[^>]{1,100}name=[\"']generator[\"'][^>]{1,100}content=[\"'][^\"']*(?:discuz|phpbb|vbulletin|xenforo|phpwind|discourse|nodebb|mybb|smf|flarum|ipb|invision)",
    re.IGNORECASE,
)
"""a forum's own pages are judged by its extractor, which knows them better"""
