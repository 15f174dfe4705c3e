"""The reader of everything that no platform's reader knows: articles, notices, lists, pages that say nothing.

What a page is decides its shape, unless the source says it: a page that mostly offers dated links is a listing, a page
with text of its own is an article or a notice, the rest is no content.
"""

from __future__ import annotations

import re
from itertools import accumulate

from worker.excuses import excuse_of, is_headed
from worker.extract import article, fields, learned, listing, pagers, parts
from worker.extract.documents import document, file_links, list_document, list_items, list_links
from worker.extract.metas import Head
from worker.extract.model import Extracted, Extraction, NothingFound, Reading
from worker.extract.paragraphs import Paragraph
from worker.extract.titles import pieces
from worker.extract.tree import Tree, parsed
from worker.extract.walk import Walk, clean, walked
from worker.noticeform import is_signed, is_titled

_SCRIPT_LIMIT = 200_000
_NEVER = ["script", "style", "svg", "template", "head", "nav", "footer", "aside", "select", "iframe"]
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.I)
_NAVIGATION = re.compile(r"<(?:nav|footer|aside)\b", re.I)
_ENDS = 40_000
"""characters at the beginning of a page in which a platform names itself"""
_EMBEDDED = re.compile(r"<(?:video|audio|iframe|embed|object)\b", re.I)
_SENTENCE = re.compile("[。！？]").search
_PROSE = 40
"""characters of sentences under a dated title that make a page an article"""
_LITTLE = 200
"""characters"""
_MOST_EXCUSED, _EXCUSES_IN, _ONE_EXCUSE = 600, 400, 40
"""characters of a page that may be an excuse, of its beginning where excuses stand, of one under a headline"""
_A_LINE = 15
"""characters of text that say something wherever they stand"""
_FORUM_URL = re.compile(
    r"thread|topic|/t/|/d/|forum|board|bbs|communit|discuss|viewtopic|tid[=-]|read[-.]|/questions/", re.I
)
_FORUM_MARKS = (
    'id="XF"', 'XenForo', 'data-template=', 'vBulletin', 'vbulletin', 'phpBB', 'phpbb', 'Discuz!', 'discuz', 'PHPWind',
    'phpwind', 'ipsApp', 'ipsLayout', 'ips4', 'invision', 'MyBB', 'mybb', 'smf_', 'FluxBB', 'PunBB', 'id="pun',
    'Discourse', 'NodeBB', 'nodebb', 'stackexchange', 'sstatic',
)  # fmt: skip
"""marks of forum platforms, looked for before their readers are asked"""
_POSTS_ARE_ALL = frozenset(
    ("discuz", "phpwind", "phpbb", "vbulletin", "xenforo", "invision", "mybb", "smf", "fluxbb", "punbb", "discourse",
    "nodebb", "stackexchange")
)  # fmt: skip
"""platforms whose topics are their posts and nothing else; elsewhere comments and link texts count as well"""


class General:
    """Reads any page as one document or one list."""

    name = "article"
    revision = 7

    def recognise(self, reading: Reading) -> str | None:
        """Every HTML page, and what calls itself text."""
        return "no platform's marks: read as an article or a list" if _is_page(reading) else None

    def __call__(self, reading: Reading) -> Extraction:
        """One document, or the links of a list, or `not-content` with an outcome."""
        return read(reading, self.name, self.revision)


def read(reading: Reading, name: str, revision: int) -> Extraction:
    """The page read by its configured kind, or by what it is where that is `auto`."""
    tree = reading.tree
    page = article.read(reading)
    got = fields.read(page)
    found = None
    script = reading.text[:_SCRIPT_LIMIT] if reading.holds(pagers.MARKS) else ""
    # looking for a list costs as much as all the rest: not where the page itself says that it is none
    if reading.kind == "listing" or (reading.kind in ("auto", "page") and not _no_list(page, got)):
        few = reading.kind == "listing" or (reading.kind == "auto" and _says_column(page.head))
        found = listing.read(tree, page.bad, script, few)
    if reading.kind == "listing":
        if found is None:
            if outcome := _not_content(reading, page):
                return Extraction(name, revision, "not-content", outcome, "the body says so")
            raise NothingFound("a listing without items")
        return _list(name, revision, reading, page, found, "configured as a listing")
    listed = found is not None and _mostly_list(reading, page, got, found)
    if reading.kind == "auto" and found is not None and listed:
        return _list(name, revision, reading, page, found, f"{len(found.items)} dated items and little text of its own")
    if outcome := _not_content(reading, page, bool(got.values.get("published_on"))):
        return Extraction(name, revision, "not-content", outcome, "no text of its own", dropped=tuple(page.dropped))
    everything = reading.kind == "page" and sum(map(len, tree.walk.texts)) >= _LITTLE  # its links are what it says
    if not (page.lines or page.shown or page.attachments or everything or _EMBEDDED.search(reading.text)):
        raise NothingFound("a page with a title and a date, and nothing under them")
    # taken as one document, a page is the kind of document that it would be without being told: an item found on a list
    # is read as `auto` first and as `page` ever after
    said = document(reading, page, got, "page" if listed else None)
    whole = Extraction(
        name, revision, "page", why=f"title from {page.title.said}", documents=(said,), links=file_links(page),
        dropped=tuple(page.dropped),
    )  # fmt: skip
    return whole if listed else parts.linked(whole, reading, script)


def _list(
    name: str, revision: int, reading: Reading, page: article.PageText, found: listing.List, why: str
) -> Extraction:
    column = page.head.first("category")
    title = listing.title_of(reading.tree, found, column, page.head.title) or page.title.text
    return Extraction(
        name, revision, "listing", why=why, links=list_links(found), next_page=found.next_page,
        dropped=tuple(page.dropped),
        documents=(list_document(reading, title, found),) if reading.keep_list else (), title=title,
        items=list_items(found),
    )  # fmt: skip


def _is_prose(text: str) -> bool:
    return len(text) > 40 or _SENTENCE(text) is not None


def _free(reading: Reading, paragraphs: list[Paragraph], found: listing.List) -> list[str]:
    """The paragraphs that stand in no item of the list."""
    walk = reading.tree.walk
    inside: set[int] = set()
    for item in found.items:
        inside.update(range(walk.start[item.element], walk.stop[item.element]))
    return [paragraph.text for paragraph in paragraphs if paragraph.start not in inside]


def _no_list(page: article.PageText, got: fields.Fields) -> bool:
    """Whether a page says of itself that it is one document, whatever links it shows."""
    return bool(_says_article(page.head) or got.values.get("document_number") or got.values.get("index_number"))


def _mostly_list(reading: Reading, page: article.PageText, got: fields.Fields, found: listing.List) -> bool:
    """Whether a page is a list rather than a text with links beside it."""
    if page.title.stop and got.values.get("published_on"):
        first = _free(reading, page.paragraphs[:3], found)
        if sum(len(text) for text in first if _SENTENCE(text)) >= _PROSE:
            return False
    words = sum(len(item.title) for item in found.items)
    free = sum(len(text) for text in _free(reading, page.paragraphs, found) if _is_prose(text))
    if found.dated >= 0.6 and len(found.items) >= (2 if found.next_page or _says_column(page.head) else 4):
        return words > 0.5 * free
    return words > 2.5 * free + 100 and len(found.items) >= 6


def _says_column(head: Head) -> bool:
    """Whether the guideline's tags name a column and no article: a list however short (国办发〔2017〕47号, annex 2)."""
    return "columnname" in head.guideline and "articletitle" not in head.guideline


def _says_article(head: Head) -> bool:
    return bool(head.first("title") and "articletitle" in head.guideline and any(
        where == "meta articletitle" for where, _ in head.fields.get("title", ())
    ))  # fmt: skip


def _not_content(reading: Reading, page: article.PageText, dated: bool = False) -> str | None:
    """The outcome of a page that says nothing of its own, None where it says something."""
    text, texts = " ".join(page.lines), reading.tree.walk.texts
    shown = sum(map(len, texts))
    nothing = len(text) < _A_LINE and not page.shown and not page.attachments and not dated
    if shown >= _MOST_EXCUSED and not nothing:
        return None
    headings = (page.title.text,) if page.title.stop else ()
    formed = is_titled((page.head.title, page.title.text)) or is_signed(texts)
    headed = formed or is_headed(page.head.title, headings)
    if shown < _MOST_EXCUSED and not formed:
        said = page.lines[:1] if headed else [*pieces(page.head.title), page.title.text, *_within(texts, _EXCUSES_IN)]
        if (not headed or len(text) <= _ONE_EXCUSE) and (outcome := excuse_of(said)):
            return outcome
    # nothing but links is taken as it stands where the source says so
    if nothing and not (headed and text) and not (reading.kind == "page" and shown >= _LITTLE):
        return "empty"
    return None


def _within(texts: list[str], most: int) -> list[str]:
    """The first texts, together `most` characters."""
    return [text for text, before in zip(texts, accumulate(map(len, texts), initial=0), strict=False) if before < most]


def _is_page(reading: Reading) -> bool:
    kind = reading.media_type
    return kind in ("", "text/html", "application/xhtml+xml", "text/plain") or "html" in reading.text[:2000].lower()


def main_text(reading: Reading) -> str:
    """What a reader would call the page's content, paragraphs by newline: the posts of a forum's topic, each under its
    author's name, else the blocks that the learned reader keeps. Empty for pages without."""
    if (posts := topic_text(reading)) is not None:
        return posts
    walk, title = read_walk(reading.text)
    return "\n".join(walk.texts[block] for block in learned.kept(walk, title))


def _may_be_forum(html: str) -> bool:
    """Whether a page names a forum platform where platforms do: in its head, at the beginning of its body, at its
    end."""
    ends = html[:_ENDS] + html[-_ENDS // 8 :]
    return any(mark in ends for mark in _FORUM_MARKS)


def read_walk(html: str) -> tuple[Walk, str]:
    """A page walked without what is never its content (scripts, navigation, footers: two fifths of all blocks), and its
    <title>. A page that says next to nothing without its navigation is walked with it."""
    parser = parsed(html)
    title = _TITLE.search(html, 0, _ENDS)
    words = clean(title.group(1)) if title else ""
    parser.strip_tags(_NEVER)
    walk = walked(parser.body.html or "" if parser.body is not None else "")
    if sum(map(len, walk.texts)) < _LITTLE and _NAVIGATION.search(html):
        return Tree(html, "").walk, words
    return walk, words


def topic_text(reading: Reading) -> str | None:
    """The posts of a topic that a forum's reader knows, None for every other page."""
    if not (_FORUM_URL.search(reading.url) and _may_be_forum(reading.text)):
        return None
    from worker.extract.recognise import recognise

    try:
        extractor, _ = recognise(reading)
        if extractor.name not in _POSTS_ARE_ALL:
            return None
        said = extractor(reading)
    except NothingFound:
        return None
    return "\n".join(line for document in said.documents for line in _post(document)) or None


def _post(document: Extracted) -> list[str]:
    """Who says what: the post's own words, its code, and what it quotes from outside the topic (a post that is quoted
    stands on the page, or on another of the topic, itself). Nothing of a document that is no post."""
    facts = document.facts
    outside = [str(quote["text"]) for quote in facts.quotes if quote["text"] and "author" not in quote]
    said = [*filter(None, [document.text]), *outside, *facts.code]
    return [*filter(None, [facts.author]), *said] if said else []


EXTRACTOR = General()
