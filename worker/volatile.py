"""What changes by itself on pages, as data: by kind of noise, never by host, each with a page it was seen on.

Two lists: parts of URLs, and lines of text. Nothing is learned from a page's past: on statistics pages the numbers that
change every day are the content, so only what names itself (a label, a parameter's name, a form of value) is taken out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noise:
    """One kind of noise: the expression that finds it, and where it was seen."""

    kind: str
    pattern: re.Pattern[str]
    seen_on: str
    longest: int = 400
    """characters of a line up to which it is looked for: in prose the same words are content"""
    hints: tuple[str, ...] = ()
    """one of these stands, in lower case, in every line that holds this noise; the expression is tried on no other
    line"""
    beside: re.Pattern[str] | None = None
    """what must stand in the same line: elsewhere the same words may be what the page says"""


SESSION_PARAMETERS = frozenset(
    ["phpsessid", "jsessionid", "aspsessionid", "sessionid", "session_id", "sid", "session", "formhash", "csrf",
    "csrftoken", "csrf_token", "_csrf", "_token", "authenticity_token", "nonce", "_wpnonce", "form_build_id",
    "form_token", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "fbclid", "gclid",
    "yclid", "msclkid", "mc_cid", "mc_eid", "_ga", "_gl", "igshid", "spm", "cachebuster", "cachebust", "nocache",
    "no_cache", "_dc", "itok", "randomid", "hash_id", "returnurl", "return_url", "redirect_uri", "continue",
    "destination", "extra", "mobile_redirect", "previous_page", "requestid", "request_id", "trace", "trk", "trackingid"]
)
"""Query parameters that name a visitor, a form or a visit. Seen on Discuz (formhash, sid, extra), Drupal (itok),
phpBB (sid)."""

NUMBERED = frozenset(["sid", "session", "session_id", "sessionid", "trace", "continue"])
"""of these, the ones that other sites use for things they number: a short number there is kept (`session=2023`)"""

CLOCK_PARAMETERS = frozenset(
    ["_", "t", "ts", "time", "timestamp", "r", "rnd", "rand", "random", "v", "ver", "version", "rev", "cb", "cache",
    "dt", "date_ts", "nd", "s", "token"]
)
"""Query parameters that bust caches, but only with a value that looks like a clock, a random fraction or a digest
(phpBB's `t=5` is a topic)."""

CLOCK_VALUE = re.compile(r"^(?:\d{10}(?:\d{3})?(?:\.\d+)?|0?\.\d{4,}|[0-9a-f]{16,64}|\d{14}|)$", re.IGNORECASE)

ASSET_PATH = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|ico|css|js|woff2?)$", re.IGNORECASE)

URL_NOISE: tuple[Noise, ...] = (
    Noise(
        "session in the path",
        re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE),
        "Java servlet sites",
    ),
    Noise(
        "epoch in the path",
        re.compile(r"(?<=/)1[3-9]\d{11}/(?=.*\.(?:png|jpe?g|gif|webp)$)", re.IGNORECASE),
        "Google Sites",
    ),
    Noise("session in the path", re.compile(r"/\([SFAX]\([0-9a-z]{20,}\)\)", re.IGNORECASE), "ASP.NET without cookies"),
)


HINTS: dict[str, tuple[str, ...]] = {
    "view counter": (
        "view",
        "hit",
        "read",
        "visit",
        "浏览",
        "点击",
        "阅读",
        "访问",
        "查看",
        "点阅",
        "人气",
        "您是",
        "你是",
    ),
    "social counter": ("like", "share", "tweet", "follow", "点赞", "转发", "分享", "收藏"),
    "page clock": (":", "：", "today", "it is", "time", "今", "现在", "当前时间", "北京时间"),
    "time of the response": ("process", "generat", "render", "creat", "load", "execut", "gmt"),
    "queries": ("quer", "次查询", "time", "memory", "gzip"),
    "online list": ("online", "在线", "user", "member", "guest", "最高记录"),
    "board counter": ("今日", "昨日", "会员", "帖子", "主题", "total", "newest"),
    "weather": ("天气", "气温", "℃", "°"),
    "relative time": ("前", "刚刚", "昨天", "今天", "ago", "yesterday", "today"),
    "e-mail obfuscation": ("[email",),
    "placeholder": (
        "load",
        "wait",
        "charge",
        "geladen",
        "carga",
        "carreg",
        "caric",
        "加载",
        "载入",
        "稍候",
        "ład",
        "読",
        "로딩",
    ),
}
"""kind of noise -> what every line with it holds some of: a cheap look before an expression is tried"""


def _part(kind: str, pattern: str, seen_on: str, longest: int = 400, beside: str | None = None) -> Noise:
    around = re.compile(beside) if beside is not None else None
    return Noise(kind, re.compile(pattern, re.IGNORECASE), seen_on, longest, HINTS[kind], around)


def _whole(kind: str, pattern: str, seen_on: str) -> Noise:
    return Noise(kind, re.compile(rf"^\W*(?:{pattern})\W*$", re.IGNORECASE), seen_on, 240, HINTS[kind])


_NUMBER = r"\d[\d,.]*(?:[kKmM]\b|万|千)?"
_CLOCK = r"\d{1,2}\s*[:：时]\s*\d{2}(?:\s*[:：分]\s*\d{2}\s*秒?)?(?:\s*[ap]\.?m\.?)?"
_DAY = r"(?:(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b)"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = (
    r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|(?:\d{{1,2}}\.?\s+)?{_MONTH},?\s+(?:\d{{1,2}}\b,?\s*)?(?:\d{{4}})?)"
)
_MOMENT = rf"(?:{_DAY}[\s,，]*)?(?:{_DATE})?[\s,，]*(?:{_DAY})?[\s,，]*(?:{_CLOCK})?[\s,，]*(?:{_DAY})?"

PART_NOISE: tuple[Noise, ...] = (
    _part(
        "view counter",
        rf"(?:浏览|点击|阅读|访问|查看|点阅)(?:次数|量|数|人次|总量|总数)\s*[:：]?\s*[(（\[【]?\s*(?:{_NUMBER})?\s*[)）\]】]?\s*(?:次|人次)?",
        "county notices: 浏览次数：1,204",
    ),
    _part(
        "view counter",
        rf"(?:浏览|点击|阅读|访问|人气)率?\s*[:：]\s*(?:{_NUMBER})?\s*(?:次|人次)?(?=$|[\s|｜)）\]】,，;；·])",
        "lines under titles: 来源：县政府办 日期：2024-06-25 点击：4782",
        longest=160,
        beside=r"(?:来源|作者|编辑|发布|发表|更新|日期|时间)[^\n]{0,4}[:：]|(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}",
    ),
    _part(
        "time of the response",
        r"(?:processed|generated|rendered)\s+in\s+\d[\d.]*\s*(?:s\b|sec(?:ond)?s?(?:\(s\))?|ms)[^\n]{0,60}",
        "Discuz footer: Processed in 0.031 second(s), 6 queries",
    ),
    _part(
        "view counter",
        rf"(?:您|你)是(?:本站)?(?:的)?第?\s*{_NUMBER}\s*[位个名](?:访问者|访客|来访者|浏览者)",
        "footers of county sites: 您是第 1,204 位访客 | 版权所有 ...",
    ),
    _part("time of the response", rf"GMT\s*[+-]\d+(?:\.\d+)?\s*,\s*{_DATE}\s*{_CLOCK}", "Discuz footer"),
    _part(
        "page clock",
        rf"(?:今天是|现在是|现在时间|当前时间|北京时间|今日日期)\s*[:：]?\s*{_MOMENT}",
        "head of county sites",
    ),
    _part(
        "relative time",
        r"(?:\d+|半)\s*(?:秒|分钟|小时|天|周|个?月|年)[之以]?前|(?:昨天|前天|今天)\s*\d{1,2}:\d{2}|刚刚发?布?$"
        r"|\b(?:\d+|an?|one)\s+(?:second|minute|min|hour|day|week|month|year)s?\s+ago\b|\b(?:yesterday|today)\s+at\s+\d{1,2}:\d{2}(?:\s*[ap]m)?",
        "boards and news lists: 3 天前",
        longest=80,
    ),
    _part("e-mail obfuscation", r"\[email\s*protected\]", "pages behind Cloudflare"),
)
"""Taken out wherever they stand in a line: the label leaves no doubt."""

PLACEHOLDER = _whole(
    "placeholder",
    r"loading|please\s+wait|loading[\s.…,]+please\s+wait|chargement(?:\s+en\s+cours)?|wird\s+geladen|cargando"
    r"|carregando|caricamento(?:\s+in\s+corso)?"
    r"|加载中|正在加载|载入中|请稍候|数据加载中|ładowanie|読み込み中|로딩\s*중",
    "pages built by scripts",
)
WHOLE_NOISE: tuple[Noise, ...] = (
    _whole(
        "view counter",
        rf"(?:page\s*views?|views?|hits?|times\s+read|reads?|visitor\s*(?:count(?:er)?|number)|人气|点击|阅读|浏览)"
        rf"\s*[:：(（]\s*{_NUMBER}(?:\s*(?:次|人次|times))?",
        "news portals: Views: 1,204",
    ),
    _whole(
        "view counter",
        rf"{_NUMBER}\s*(?:page\s*views?|views|hits|次?(?:浏览|阅读|点击)|人(?:已)?(?:浏览|阅读))",
        "news portals",
    ),
    _whole(
        "view counter",
        rf"(?:您|你)是(?:本站)?(?:的)?第?\s*{_NUMBER}\s*[位个名](?:访问者|访客|来访者|浏览者)?|you\s+are\s+visitor\s*(?:number|no\.?|#)?\s*{_NUMBER}",
        "footers of county sites",
    ),
    _whole(
        "view counter",
        rf"(?:(?:今日|昨日|当月|本月|累计|总)\s*(?:访问|浏览|点击)(?:量|数|次数|人次)?\s*[:：]?\s*{_NUMBER}\s*(?:次|人次)?[\s|,，]*)+",
        "footers of county sites",
    ),
    _whole(
        "social counter",
        rf"(?:likes?|shares?|tweets?|followers?|点赞|转发|分享|收藏)(?:数|量)?\s*[:：(（]\s*{_NUMBER}|{_NUMBER}\s*(?:likes?|shares?|tweets?|followers?)",
        "news sites with counted share buttons",
    ),
    _whole(
        "page clock",
        rf"{_MOMENT}\s*\d{{1,2}}:\d{{2}}:\d{{2}}(?:\s*[ap]m)?(?:\s*(?:gmt|utc|[ce]s?[sd]t|p[sd]t))?(?:[\s,，]*{_DAY})?",
        "heads of county sites: 2019-03-01 12:30:45 星期五",
    ),
    _whole(
        "page clock",
        rf"(?:(?:server|current|local)\s*time|time\s+now|(?:the\s+)?time\s+is\s+now|it\s+is\s+(?:currently|now)|today\s+is|今天|现在)"
        rf"\s*(?:is)?\s*[:：,，]?\s*{_MOMENT}",
        "phpBB: It is currently Mon Mar 02, 2020 7:04 pm",
    ),
    _whole(
        "time of the response",
        r"(?:page\s+)?(?:processed|generated|rendered|created|loaded|executed|execution\s*time"
        r"|load\s*time)\s*(?:in|at|on|time)?\s*[:：]?"
        r"\s*\d[^\n]{0,60}",
        "phpBB and portal footers",
    ),
    _whole(
        "queries",
        rf"{_NUMBER}\s*(?:queries|次查询)[^\n]{{0,40}}|(?:time|memory\s*usage|gzip)\s*[:：]\s*[^\n]{{0,60}}",
        "phpBB, SMF footers",
    ),
    _whole(
        "online list",
        rf"(?:当前|目前|现在)?(?:在线(?:人数|会员|用户)|online(?:\s+(?:now|users?|members?))?)\s*[:：–-]\s*{_NUMBER}[^\n]{{0,120}}"
        rf"|(?:当前|目前|现在)?(?:共有|共)?\s*{_NUMBER}\s*(?:人|名|位)(?:会员|用户|访客)?在线[^\n]{{0,120}}|最高记录是[^\n]{{0,60}}",
        "boards: 在线会员 - 12 人在线",
    ),
    _whole(
        "online list",
        r"(?:users?|members?|guests?)\s+(?:browsing|viewing|online|reading)\b[^\n]{0,200}"
        rf"|(?:in\s+total\s+)?there\s+(?:are|is)\s+(?:currently\s+)?{_NUMBER}\s+(?:users?|members?|guests?)[^\n]{{0,160}}"
        rf"|{_NUMBER}\s*(?:users?|members?|guests?)[^\n]{{0,40}}(?:browsing|viewing|online|reading)[^\n]{{0,120}}|most\s+users\s+ever\s+online[^\n]*",
        "phpBB: Users browsing this forum",
    ),
    _whole(
        "board counter",
        rf"(?:(?:今日|昨日|会员|帖子|主题|欢迎新会员|total\s+(?:posts|topics|members))\s*[:：]?\s*{_NUMBER}[\s|,，•·]*){{2,}}[^\n]{{0,60}}"
        r"|(?:欢迎新会员|our\s+newest\s+member)\s*[:：]?\s*\S{1,40}",
        "board index: 今日: 12 昨日: 40 会员: 312",
    ),
    _whole(
        "weather",
        r"(?:[一-鿿]{2,6}\s*)?(?:今日|今天|明天)?(?:天气|气温)\s*[:：]?[^\n]{0,30}(?:℃|°c?)[^\n]{0,20}"
        r"|(?:[一-鿿]{2,6}\s+)?(?:晴|多云|阴|小雨|中雨|大雨|雷阵雨|阵雨|小雪|中雪)\s*-?\d{1,2}\s*(?:℃|°c)"
        r"|(?:晴|多云|阴|小雨|中雨|大雨|雷阵雨|阵雨|小雪|中雪)[^\n]{0,8}-?\d{1,2}\s*(?:℃|°c?)?\s*[~～/-]\s*-?\d{1,2}\s*(?:℃|°c?)"
        r"|(?:sunny|cloudy|clear|rain|snow|overcast|partly\s+cloudy)[\s,]*-?\d{1,3}\s*°\s*[cf]?|-?\d{1,3}\s*°\s*[cf]",
        "head of county sites",
    ),
    PLACEHOLDER,
)
"""Taken out only where nothing else stands in the line: a statistics page counts visits, views and patients too."""

WHOLE_BY_HINTS: tuple[tuple[tuple[str, ...], tuple[re.Pattern[str], ...]], ...] = tuple(
    (hints, tuple(noise.pattern for noise in WHOLE_NOISE if noise.hints == hints))
    for hints in dict.fromkeys(noise.hints for noise in WHOLE_NOISE)
)
"""the same expressions, those together that the same words announce"""

FURNITURE_ROLES = frozenset(["navigation", "contentinfo", "search", "menu", "menubar", "banner"])
FURNITURE_WORDS = frozenset(
    [
        *(
            "nav",
            "navbar",
            "navigation",
            "navi",
            "menu",
            "mainmenu",
            "submenu",
            "topmenu",
            "sidemenu",
            "breadcrumb",
            "breadcrumbs",
        ),
        *(
            "crumb",
            "crumbs",
            "footer",
            "cookie",
            "cookies",
            "consent",
            "gdpr",
            "skip",
            "login",
            "pagination",
            "pager",
            "copyright",
        ),
        *("advert", "adverts", "advertisement", "friendlink", "dqwz", "pgs"),
    ]
)
"""Words of ids and classes that name furniture. `navMain` and `footerBox` are cut into words before the search."""
AD_SLOTS = frozenset(
    ["a_h", "a_mu", "a_f", "a_t", "a_cb", "a_fl", "a_fr", "a_p", "a_pt", "a_pr", "a_pb", "adsbygoogle", "gg"]
)
"""Classes of slots that rotate advertisements. Seen on Discuz X3.4 (`a_h` head, `a_mu` under the menu, `a_f` foot)."""
HINTING_WORDS = frozenset(
    [
        *(
            "ads",
            "ad",
            "banner",
            "follow",
            "foot",
            "ft",
            "hd",
            "lang",
            "language",
            "languages",
            "location",
            "online",
            "position",
        ),
        *("search", "share", "sharing", "sitemap", "social", "sponsor", "toolbar", "topbar", "translate", "weather"),
    ]
)
"""Words that name furniture and content alike (a `banner` may say how many cases there are): they count only where
most of what stands inside is links."""

SOCIAL_HOSTS = re.compile(
    r"(?:^|\.)(?:facebook\.com|fb\.com|twitter\.com|x\.com|instagram\.com|linkedin\.com|youtube\.com"
    r"|pinterest\.com|t\.me|weibo\.com|"
    r"wa\.me|api\.whatsapp\.com|addthis\.com|addtoany\.com|sharethis\.com|jiathis\.com|bshare\.cn|nextdoor\.com)$",
    re.IGNORECASE,
)
SEARCH_PATHS = re.compile(
    r"/(?:search|so|query)[^/?]*/?\?(?:[^#]*&)?(?:q|s|wd|kw|key|word|words|keyword|keywords|searchword|query|term)=",
    re.IGNORECASE,
)
"""Addresses that ask a search for words: the words that a head offers are those that were asked for most today."""
ACCOUNT_PATHS = re.compile(r"/(?:log|sign)[-_]?(?:in|out)(?:\.\w{2,5})?(?:$|\?)", re.IGNORECASE)
"""Addresses where a visitor comes and goes. Seen on portals whose login link has a token of its own in each answer."""
SHARE_PATHS = re.compile(r"(?:sharer?(?:\.php)?|/share\b|intent/tweet|shareArticle|mailto:|pin/create)", re.IGNORECASE)

FILE_PATH = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|ofd|wps|et|odt|ods|csv|zip|rar|7z|txt|rtf|xml|json)(?:$|[?#])", re.IGNORECASE
)
IMAGE_NOISE = re.compile(
    r"/(?:banners?|ads?|adv|adverts?|advertisements?|rotators?)/|/(?:spacer|blank|pixel|1x1|transparent"
    r"|loading|none|lazyload)\.(?:gif|png)"
    r"|/(?:captcha|seccode|verifycode|counter|count)\b",
    re.IGNORECASE,
)
"""Addresses of images that rotate, fill space or count. Seen on county sites (rotated banners) and Discuz (spacers)."""

CONSENT = re.compile(r"cookie|consent|javascript|browser|navigateur|浏览器", re.IGNORECASE)
"""Words of lines that speak of the visit, not of the subject."""

SIZE_PARAMETERS = frozenset(["w", "h", "width", "height", "q", "quality", "fit", "crop", "auto", "dpr", "format", "fm"])
"""Query parameters of images that say how large a copy is wanted."""
