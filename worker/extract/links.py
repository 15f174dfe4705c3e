"""Links and images of a text: what is an attachment, what is a content link, which images say something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from worker.extract.walk import Anchor, Image, Walk, attribute, clean
from worker.remembered import remembered

if TYPE_CHECKING:
    from worker.extract.tree import Tree

FILE_TYPES = ["pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "csv", "ppt", "pptx", "dps", "rtf", "txt", "zip", "rar",
"7z", "gz", "tar", "ofd", "ceb", "jpg", "jpeg", "png", "gif", "tif", "tiff", "mp3", "mp4", "avi", "xml", "odt", "ods",
"odp"]
"""endings of names that are files, not pages"""
_IMAGES = frozenset(["jpg", "jpeg", "png", "gif", "tif", "tiff"])
_SCRIPT = re.compile(
    r"(?:download|down|attach|file|upload|getfile|showfile|fileview|openfile|affix)\w*\.(?:jsp|do|aspx?|php|action|ashx|htm)|/(?:down(?:load|file)?|attachments?|getfile|file/download)(?:/|\?|$)|[?&](?:fileid|attachid|attachment_?id|fileName|filename|afid)=",
    re.I,
)
_NAMED = re.compile(
    r"^\s*(?:附件|附表|附图|附)\s*[\d一二三四五六七八九十]*\s*[:：.、．]?|\.(?:pdf|docx?|wps|xlsx?|et|pptx?|zip|rar|ofd|rtf)\s*(?:[（(][^）)]*[)）])?\s*$",
    re.I,
)
_FILE_NAME = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|zip|rar|ofd|rtf)\s*$", re.I)
_PAGE = re.compile(r"\.s?html?$|/$", re.I)
_CLASSED = re.compile(r' class="[^"]*(?:attach|annex|fujian)', re.I)
_NUMBERED = re.compile(r"\s*(?:\d{1,2}\s*[.、．)）]|附)")
_ANNOUNCED = re.compile(r"\s*[（(]?附\s*件?\s*\d*\s*[:：]?")
_WRITTEN = re.compile(
    r"document\.write(?:ln)?\(\s*['\"][^\n]{0,300}?<a\s[^>\n]{0,200}?href=\\?[\"']([^\"'\\\n]{1,300})\\?[\"']"
    r"[^>\n]{0,100}>([^\n]{1,300}?)</a>",
    re.I,
)
_WRITTEN_LENGTH, _WRITTEN_MOST = 1200, 60
"""characters of one call that are looked at; calls of one page that are looked at"""
_DECORATION = re.compile(
    r"(?:^|[/_\-.])(?:icon|ico|logo|spacer|blank|pixel|dot|arrow|btn|button|loading|share|print|qr|qrcode|ewm|weixin|wechat|bg|line|fileicon|icon_\w+|save|sendmail|close|dot\w*|zoom\w*|sina|weibo)s?\d*[^/]*\.(?:gif|png|jpe?g|svg|webp)(?:\?|$)|/(?:icons?|fileTypeImages|images/fileType)/",
    re.I,
)


@remembered
def suffix(url: str) -> str | None:
    """The file type a URL names (`pdf`), in its path or in a file name of its query; None for pages."""
    parts = urlsplit(url)
    for name in (unquote(parts.path), *(value for _, value in parse_qsl(parts.query))):
        ending = name.rpartition(".")[2].lower()
        if ending in FILE_TYPES and "." in name:
            return ending
    return None


@remembered
def _download(url: str) -> bool:
    """Whether an address is one of a script that hands out files."""
    return _SCRIPT.search(url) is not None


def attachment(tree: Tree, walk: Walk, anchor: Anchor) -> dict[str, str] | None:
    """The attachment a link offers ({"url", "name"}), None where it leads to a page. A dead link (`javascript:;`) that
    is named like a file keeps its name without a url."""
    href = anchor.href
    name = walk.words_of(anchor) or (attribute(anchor.attrs, "title") or "").strip()
    url = tree.absolute(href)
    if url is None:
        if (
            href is not None
            and len(name) > 4
            and (_NAMED.search(name) or _CLASSED.search(anchor.attrs) or _listed(walk, anchor))
        ):
            return {"name": _tidy(name)}
        return None
    ending = suffix(url)
    by_ending = ending is not None and (ending not in _IMAGES or _NAMED.search(name) is not None)
    if by_ending or _download(url) or _offered(walk, anchor, name, url):
        if not name:
            name = unquote(urlsplit(url).path.rpartition("/")[2])
        return {"url": url, "name": _tidy(name)} | ({"type": ending} if ending else {})
    return None


def _offered(walk: Walk, anchor: Anchor, name: str, url: str) -> bool:
    """Whether a link whose address says nothing is named like a file, or leads to a script behind the word 附件."""
    named = "." in name[-6:] and _FILE_NAME.search(name) is not None
    behind = "?" in url and anchor.start < len(walk.texts) and walk.texts[anchor.start].startswith("附件")
    return (named or behind) and _PAGE.search(urlsplit(url).path) is None


def _listed(walk: Walk, anchor: Anchor) -> bool:
    """Whether a link stands in a list of annexes: its line begins with a number (or 附件) and such a list was
    announced."""
    first = min(anchor.start, len(walk.texts) - 1)
    if first < 0 or not _NUMBERED.match(walk.texts[first]):
        return False
    return any(_ANNOUNCED.match(walk.texts[block]) for block in range(first, max(first - 14, -1), -1))


def written_by_script(tree: Tree, html: str) -> list[dict[str, str]]:
    """Attachments that a script of the page writes (`document.write('<a href="./P02.pdf">...')`, TRS)."""
    found = []
    at = -1
    for _ in range(_WRITTEN_MOST):
        at = html.find("document.write", at + 1)
        if at < 0:
            break
        match = _WRITTEN.match(html[at : at + _WRITTEN_LENGTH])
        if match is None:
            continue
        url = tree.absolute(match.group(1).replace("\\/", "/"))
        name = clean(re.sub(r"<[^>]*>", "", match.group(2)))
        if url and name and suffix(url) and suffix(url) not in _IMAGES:
            found.append({"url": url, "name": name, "type": suffix(url) or ""})
    return found


def _tidy(name: str) -> str:
    return name.strip(" \u3000\xa0")


def content_link(tree: Tree, walk: Walk, anchor: Anchor) -> dict[str, str] | None:
    """A link of the text to another page, None for links within the page and dead ones."""
    href = anchor.href
    if not href or href.startswith("#"):
        return None
    url = tree.absolute(href)
    words = walk.words_of(anchor)
    return {"url": url, "text": words} if url and (words or suffix(url)) else None


def content_image(tree: Tree, image: Image) -> dict[str, str] | None:
    """A content image ({"url", "alt"}), None for icons and spacers. Lazy loaders keep the real address beside src."""
    for name in ("data-original", "data-src", "data-lazy-src", "original", "file", "oldsrc", "src"):
        value = attribute(image.attrs, name)
        if value and not value.startswith("data:") and (url := tree.absolute(value)):
            if _decorates(url) or _small(image.attrs):
                return None
            return {"url": url, "alt": clean(attribute(image.attrs, "alt") or "")}
    return None


@remembered
def _decorates(url: str) -> bool:
    """Whether an address is that of an icon, a line or a button."""
    return _DECORATION.search(urlsplit(url).path) is not None


def _small(attrs: str) -> bool:
    sizes = [attribute(attrs, name) for name in ("width", "height")]
    numbers = [int(match.group()) for size in sizes if size and "%" not in size and (match := re.match(r"\d+", size))]
    return bool(numbers) and max(numbers) <= 32
