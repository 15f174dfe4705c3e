"""What scripts of lists write into the page: the next page's address, and the items themselves.

    createPageHTML(13, 0, "index", "html")          TRS: pages from 0; index.html, index_1.html ...
    createPageHTML('page_div', 50, 1, 'list', 'shtml', 1000)      with a box: pages from 1; list.shtml, list_2.shtml ...
    var countPage = 13, currentPage = 2             TRS before there was a function for it
    <datastore><nextgroup>, <record><![CDATA[       Hanweb's jpage: an island of XML

Arguments may be variables that were given their value before.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from worker.extract.sieve import Words

MARKS = Words("reatePage", "countPage", "<nextgroup")
"""one of them stands in every page with such a pager"""
_CALL = re.compile(r"create(?:Page)?(?:HTML|Html|Page)\w{0,20}\(([^()]{3,200})\)")
_CALLS = 8
"""calls of one page that are looked at: one of them is the function's own definition"""
_COUNTED = re.compile(r"\bcountPage\s*=\s*[\"']?(\d{1,6})")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*[\"']?(\d{1,6})")
_FILE = re.compile(r"([\w\-]+?)(?:_\d+)?\.(\w{2,6})")
_NAME = re.compile(r"[\w\-./]+")
_NEXT_GROUP = re.compile(r"<nextgroup>\s*<!\[CDATA\[\s*<a\s[^>]{0,40}?href=[\"']([^\"'<>]{1,600})[\"']")
_WRAPPED = (("<tr", "table"), ("<li", "ul"))
"""what a record begins with -> what must stand around it"""


def next_page(script: str, base: str) -> str | None:
    """The next page's address by the scripts of a page, None where they name none."""
    if match := _NEXT_GROUP.search(script):
        return urljoin(base, str(match[1]).strip())
    for nth, match in enumerate(_CALL.finditer(script)):
        if nth == _CALLS:
            return None
        said = [_value(argument, script) for argument in match[1].split(",")]
        boxed = not said[0].isdigit()
        if (numbers := _numbers(said[boxed:])) is not None:
            return _after(*numbers, from_one=boxed and numbers[1] > 0, base=base)
    count, current = _COUNTED.search(script), _CURRENT.search(script)
    if count is None or current is None:
        return None
    file = _FILE.fullmatch(urlsplit(base).path.rpartition("/")[2] or "index.html")
    return _after(int(count[1]), int(current[1]), file[1], file[2], from_one=False, base=base) if file else None


def _value(argument: str, script: str) -> str:
    """An argument as the call says it; that of a variable as the script gave it."""
    word = argument.strip()
    if word[:1] in ("'", '"') or word.isdigit() or not word.isidentifier():
        return word.strip("'\" ")
    given = re.search(rf"\b{word}\s*=\s*[\"']?([\w\-./]{{1,80}})", script)
    return given[1] if given else ""


def _numbers(said: list[str]) -> tuple[int, int, str, str] | None:
    """(pages, current page, name of the first page, its ending); None where they are none."""
    if len(said) < 4 or not (said[0].isdigit() and said[1].isdigit()):
        return None
    if not (_NAME.fullmatch(said[2]) and said[3].isalnum()):
        return None
    return int(said[0]), int(said[1]), said[2], said[3]


def _after(count: int, current: int, name: str, ending: str, *, from_one: bool, base: str) -> str | None:
    last = count if from_one else count - 1
    return urljoin(base, f"{name}_{current + 1}.{ending}") if current < last else None


def opened(html: str) -> str:
    """The page with the records of its XML islands in their place: a script puts them there for readers with one."""
    head, *islands = html.split("<datastore")
    out = [head]
    for island in islands:
        inside, _, rest = island.partition("</datastore>")
        records = [part.partition("]]>")[0] for part in re.split(r"<record>\s*<!\[CDATA\[", inside)[1:]]
        words = "\n".join(records)
        start = words.lstrip()[:3].lower()
        tag = next((around for begin, around in _WRAPPED if start.startswith(begin)), "div")
        out.append(f"</script><{tag}>{words}</{tag}>{rest}" if records else f"</script>{rest}")
    return "".join(out)
