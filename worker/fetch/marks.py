"""Blocks, challenges and maintenance pages, by what they say: data, each with the product or page it was seen on.

Precision before recall: a page wrongly called a block is lost for a reader, a block wrongly read is one bad version
that the next poll undoes. So each mark names something no ordinary page holds, or bounds how little the page may say
besides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Where = Literal["title", "html", "words"]
ANY_LENGTH = 10_000_000


@dataclass(frozen=True, slots=True)
class Mark:
    """One recogniser. `where`: the title, the markup or the visible words; `most_words` bounds the visible
    characters."""

    name: str
    where: Where
    pattern: re.Pattern[str] | tuple[str, ...]
    """a regular expression, or strings that must all be there (much faster on a long page)"""
    seen: str
    most_words: int = ANY_LENGTH


def _one_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _only(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(alternatives)})\s*[.!。！…]*$", re.IGNORECASE)


BLOCKS: tuple[Mark, ...] = (
    # --- worldwide
    Mark("Cloudflare challenge", "html", ("_cf_chl_opt",), "Cloudflare managed challenge, 403 and 503"),
    Mark("Cloudflare challenge", "title", _only(r"just a moment", r"请稍候", r"please wait\.\.\. \| cloudflare"),
         "Cloudflare", 1500),
    Mark("Cloudflare block", "title", _one_of(
         r"^attention required! \| cloudflare", r"used cloudflare to restrict access"), "Cloudflare 1020", 3000),
    Mark("Incapsula", "html", ("_Incapsula_Resource",), "Imperva Incapsula, 200 and 403", 500),
    Mark("Imperva", "title", _one_of(r"^pardon our interruption"), "Imperva, formerly Distil", 3000),
    Mark("Akamai", "html", ("errors.edgesuite.net",), "Akamai Access Denied, 403", 800),
    Mark("Akamai", "words", _one_of(r"you don't have permission to access .{1,300}reference\s*#"), "Akamai, 403", 800),
    Mark("Sucuri", "title", _one_of(r"sucuri website firewall"), "Sucuri CloudProxy, 403", 5000),
    Mark("DDoS-Guard", "title", _only(r"ddos-guard"), "DDoS-Guard", 1500),
    Mark("DataDome", "html", ("captcha-delivery.com",), "DataDome, 403", 400),
    Mark("PerimeterX", "html", ("px-captcha",), "PerimeterX, now HUMAN, 403", 1500),
    Mark("AWS WAF", "html", ("awswaf.com", "challenge"), "AWS WAF, 202 and 405", 400),
    Mark("AWS WAF", "html", ("awsWafCookieDomainList",), "AWS WAF, 202", 400),
    Mark("Anubis", "title", _one_of(r"^making sure you(?:'|’)re not a bot"), "Anubis proof of work, 200", 3000),
    Mark("F5 ASM", "words", _one_of(r"the requested url was rejected\. please consult with your administrator"),
         "F5 BIG-IP ASM, 200", 800),
    Mark("refusal", "title", _only(r"access denied", r"access to this page has been denied", r"request rejected",
         r"request blocked", r"forbidden by waf", r"(?:(?:error )?429[ :-]*)?too many requests"),
         "F5, Fortinet, PerimeterX and others", 1200),
    Mark("captcha", "title", _only(
         r"captcha", r"robot check", r"are you (?:a )?(?:human|robot)\??", r"human verification", r"security check",
         r"verify you are human", r"请输入验证码", r"验证码"), "captcha pages of several makers", 1500),
    Mark("browser check", "words", _one_of(
         r"checking (?:if the site connection is secure|your browser before accessing)",
         r"enable javascript and cookies to continue", r"verify(?:ing)? (?:that )?you are (?:a )?human"),
         "Cloudflare and its imitators", 400),
    Mark("Google", "words", _one_of(r"our systems have detected unusual traffic from your computer network"),
         "Google and sites behind it, 429 and 200", 1500),
    # --- mainland China
    Mark("Ruishu", "html", ("$_ts",), "瑞数 dynamic script, 202 and 412; county portals, tax offices", 300),
    Mark("Jiasule", "html", ("__jsl_clearance",), "加速乐 cookie script, 521", 300),
    Mark("Aliyun WAF script", "html", ("acw_sc__v2",), "阿里云 WAF cookie script, 200", 300),
    Mark("Aliyun WAF slider", "html", ('id="renderData"',), "阿里云 WAF slider, 200 and 405", 300),
    Mark("Aliyun WAF", "words", _one_of(r"访问被阻断", r"可能对网站造成安全威胁"), "阿里云 WAF, 405", 1500),
    Mark("Tencent captcha", "html", ("turing.captcha",), "腾讯云 TCaptcha as the whole page", 200),
    Mark("Huawei WAF", "html", ("HWWAFSES", "<script"), "华为云 WAF, 418", 300),
    Mark("SafeLine", "html", ("/.safeline/",), "长亭雷池, 468", 300),
    Mark("Yunsuo", "html", ("yunsuo_session_verify",), "云锁, 200", 200),
    Mark("SafeDog", "title", _only(r"(?:安全狗)?网站防火墙"), "网站安全狗, 200 and 404", 1500),
    Mark("Chuangyu", "words", _one_of(r"创宇盾", r"当前访问(?:疑似|因)黑客攻击"), "知道创宇, 200 and 403", 800),
    Mark("360 guard", "html", ("wzws-waf-cgi",), "360 网站卫士, 200", 1500),
    Mark("360 guard script", "html", ("wzws_cid",), "360 网站卫士 cookie script, 200", 300),
    Mark("WZWS script", "html", ("wzwsquestion",), "奇安信网站卫士 script, 200", 300),
    Mark("Baidu Yunjiasu", "html", ("yunjiasu", "challenge"), "百度云加速, 503", 1500),
    Mark("BaoTa firewall", "words", _one_of(r"已被网站管理员设置拦截", r"宝塔(?:网站|服务器)?防火墙"),
         "宝塔, 200 and 403", 1500),
    Mark("firewall page", "title", _only(
         r"web应用防火墙", r"waf", r"访问拦截", r"访问被拦截", r"请求被拦截", r"拦截提示", r"安全验证", r"人机验证",
         r"滑动验证(?:页面)?", r"访问验证", r"验证码拦截", r"百度安全验证",
         r"访问频繁", r"请求过于频繁", r"安全拦截", r"频繁刷新限制", r"页面重载开启"),
         "several appliances; Discuz attackevasive 1 and 4", 800),
    Mark("firewall notice", "words", _one_of(
         r"您的(?:访问|请求|操作)(?:行为)?(?:过于频繁|被(?:防火墙|安全策略|waf)?(?:拦截|阻断|拒绝))", r"访问速度过快",
         r"请求.{0,4}(?:存在威胁|不合法的?参数|攻击(?:行为|代码)?).{0,3}已被.{0,12}(?:拦截|阻断)",
         r"(?:当前|您的)\s*ip.{0,30}(?:被(?:封|禁|拦截|屏蔽|(?:加|列)入黑名单|限制))"),
         "several appliances, 200 and 403", 500),
    Mark("arithmetic question", "title", _only(r"\d+ [+\-*] \d+(?: [+\-*] \d+)* = \?"), "Discuz attackevasive 8", 400),
)  # fmt: skip

_DOING = r"(?:维护|升级|改版|检修|維護|升級|改版)"
MAINTENANCE: tuple[Mark, ...] = (
    Mark("maintenance title", "title", _only(
         rf"(?:网站|系统|本站|站点|平台)?(?:正在)?(?:系统)?{_DOING}(?:{_DOING})?(?:中|公告|通知|提示)?",
         r"(?:site |scheduled |under |down for )?maintenance(?: mode)?", r"we(?:'|’)ll be back soon", r"be right back",
         r"(?:网站|网页|本站)(?:正在)?建设中", r"(?:网站|本站|站点|论坛)(?:已|暂时|临时)?关闭",
         r"(?:http status|http error|error) 5\d\d(?:\s*[-–—:].{0,40})?", r"(?:应用程序)?(?:运行时|服务器|数据库)错误",
         r"(?:internal |server |runtime |database )+error"),
         "WordPress and Drupal maintenance mode; county portals; Tomcat and ASP.NET errors answered with 200", 600),
    Mark("maintenance notice", "words", _one_of(
         rf"(?:网站|網站|系统|系統|本站|平台|服务器)(?:正在|处于)(?:例行|进行)?(?:系统)?{_DOING}",
         rf"(?:网站|網站|系统|系統|本站|平台){_DOING}(?:{_DOING})?中",
         r"briefly unavailable for scheduled maintenance", r"undergoing (?:scheduled |routine )?maintenance",
         r"\b(?:we|site|website|server|system|service|forum|board|page)\b.{0,40}\b(?:down|unavailable|offline|closed) "
         r"(?:for|due to) (?:scheduled |routine |planned )?maintenance"),
         "WordPress .maintenance; county portals", 200),
)  # fmt: skip
"""on a 5xx these hold as they stand; on a 200 only on pages almost without links"""

NOBODYS: tuple[Mark, ...] = (
    Mark("a server's own first page", "title", _only(
         r"welcome to nginx", r"iis(?: windows server|\d?\.?\d?)?", r"apache2 \w+ default page: it works", r"it works",
         r"(?:http server )?test page(?: for the .{3,40})?", r"welcome to (?:openresty|tengine|caddy)"),
         "nginx, IIS, Apache and their kin after a server was set up anew, 200", 4000),
    Mark("no site under this name", "title", _only(
         r"(?:网站|域名)未备案", r"(?:该|此|您访问的)?域名已(?:经)?(?:过期|到期)", r"domain (?:has )?expired",
         r"(?:该|此)?网站(?:暂时|已)?(?:无法|不能)访问"),
         "hosting companies in mainland China and registrars, 200 and 403", 800),
)  # fmt: skip
"""pages of the machine or of who hosts it, where the site's own should be; on a 200"""
