"""What an element is called: its class, id, itemprop and role, and which telling words stand in them."""

from __future__ import annotations

import re
from functools import lru_cache

WORDS = (
    "nav navbar navigation menu menus megamenu topbar breadcrumb breadcrumbs crumb crumbs submenu mainmenu dropdown",
    "footer foot copyright colophon legal bottom subfooter",
    "sidebar side aside rail widget widgets right left sticky secondary",
    "share sharing social follow twitter facebook sns addtoany sharethis",
    "related recommend recommended recommendation similar popular trending latest also promo teaser teasers featured "
    "upsell recirc next prev previous more cta",
    "comment comments disqus respond reply replies response",
    "cookie cookies consent gdpr modal popup overlay dialog banner alert notice newsletter subscribe subscription "
    "signup login signin register toast",
    "ad ads advert advertisement sponsor sponsored dfp adsbygoogle outbrain taboola",
    "meta byline author date time tag tags category categories posted info timestamp",
    "content article entry post story body main text copy prose markdown richtext description detail details wysiwyg "
    "rte articlebody maincontent postbody",
    "title headline heading hero header masthead logo brand",
    "search filter filters sort facet pagination pager paging toolbar tool tools button buttons btn action actions "
    "control controls",
    "product price cart sku buy card cards tile grid item items list result results collection",
    "message bbcode usertext postbody thread topic forum question answer discussion postcontent cooked",
    "signature user member profile avatar rank badge karma vote score reputation username",
    "hidden visually screen print noprint collapse tab tabs accordion faq toc skip sr",
)
"""words of a class that tell what stands in it, by kind"""

_BIT: dict[str, int] = {}
for _number, _kind in enumerate(WORDS):
    for _word in _kind.split():
        _BIT[_word] = _BIT.get(_word, 0) | 1 << _number
_NAMING = tuple((f' {name}="', len(name) + 3) for name in ("class", "id", "itemprop", "role"))
_split = re.compile(r"[A-Z]?[a-z]+|[A-Z]+").findall
_LONGEST = 512
"""characters of a start tag up to which it is remembered"""


def named(attrs: str) -> tuple[str, int]:
    """The class, id, itemprop and role of a serialised start tag as written, and which words stand in them: bit n for a
    word of `WORDS[n]`."""
    return _named(attrs) if len(attrs) <= _LONGEST else _named.__wrapped__(attrs)


@lru_cache(maxsize=1 << 15)
def _named(attrs: str) -> tuple[str, int]:
    """Remembered, for a site repeats its start tags on every page."""
    name = ""
    if attrs.startswith(' class="') and attrs.count('"') == 2:
        name = attrs[8:-1]
    else:
        for key, skip in _NAMING:
            at = attrs.find(key)
            if at >= 0:
                value = attrs[at + skip : attrs.find('"', at + skip)]
                name = f"{name} {value}" if name else value
    words = 0
    for word in _split(name):
        words |= _BIT.get(word.lower(), 0)
    return name, words
