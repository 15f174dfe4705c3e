"""PHPWind 6 to 9.

Selectors seen on 7.0, 7.5 and 8: a post's text is `#read_N` (`#read_tpc` for the opening post, whose number is no
number), its box the table around it; the last grey line says when and which floor. Filtered words and jammer text come
as `display:none` spans. The text holds what the forum adds to it: the edit notice (`#alert_N`), headings of quotes,
code and hidden parts (`h6.quote`), files with their counters (`#att_N`, which stand below the text as well). The footer
says the time now, without the year. In 9 `#read_N` is the whole floor (`#read_0` the opening post), with the text in
`.editor_content`; the page says no time of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from selectolax.lexbor import LexborNode

from archive.records import JsonMap
from worker.extract.forums.body import Body, QuoteReader, Walk, plain_file, quote_of, squeeze
from worker.extract.forums.place import site_of, without
from worker.extract.forums.posts import Post
from worker.extract.forums.shape import Platform, Rows, Shape
from worker.extract.forums.shaped import Shaped
from worker.extract.forums.times import Clock, clock_zone, how_known, read_time
from worker.extract.model import Reading

CHINA = timezone(timedelta(hours=8))
_FLOOR = re.compile(r"(\d+)\s*(?:楼|樓|F\b)|\[(\d+)\s*-|B(\d+)F|>\s*(\d+)#")
_FLOOR_WORDS = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
_NOW = re.compile(r"(?:Time now is|现在时间是?|時間|ۋاقىت)\s*[:：]?\s*(\d\d)-(\d\d) (\d\d):(\d\d)")
_DATED = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}(?: \d{1,2}:\d\d(?::\d\d)?)?|[^<>]{0,12}前")
_QUOTED = re.compile(
    r"^(?:引用|引|quote|نەقىل)?\s*(?:第?\d+楼|楼主)?\s*(?P<who>\S{1,40}?)\s*(?:于|在)?\s*"
    r"(?P<when>\d{4}-\d\d?-\d\d? \d\d:\d\d(?::\d\d)?)\s*(?:发表的?|的帖子)?\s*[:：]?",
    re.I,
)

_EDITED = re.compile(r"(\d{4}-\d\d?-\d\d? \d\d?:\d\d(?::\d\d)?)")
_HIDDEN = re.compile(r"隐藏|隱藏|加密|出售|才能|可见|可見|hide", re.I)
"""what heads a part that not everybody may read"""

PLATFORM = Platform(
    name="phpwind",
    signs=("phpwind", "PHPWind", "PHPwind", 'id="read_tpc"'),
    shapes=(
        Shape(
            post='.J_read_floor[id^="read_"]',
            pid=("id", r"^read_(\d+)$"),
            body=".editor_content",
            author=".floor_info .name a",
            time=".floor_top_tips .fl",
            floor=".lou",
            edited=".edit_log",
            attachments=".read_attach_pic li, .read_attach_downattach dd",
            marks={
                "blockquote": "quote", ".quote": "quote", ".code": "code", "pre": "code", ".img_info": "drop file name",
                ".cost": "drop counter", ".time": "drop file date", ".operate": "drop label",
            },
        ),
        Shape(
            post='[id^="read_"]',
            pid=("id", r"^read_(\w+)$"),
            body="",
            author='a[href*="uid"], .readName a, b a',
            uid=r"uid[=-](\d+)",
            marks={
                ".quote": "quote", "blockquote": "quote", ".blockquote": "quote", ".blockquote3": "quote",
                ".code": "code",
                ".tips": "drop notice", ".alert": "drop notice", ".read_editor": "drop edit notice", ".hide": "hidden",
                ".f12": "drop file notice", ".s3": "drop file size", ".pw-code": "code", ".pw-file": "file",
            },
        ),
    ),
    rows=(
        Rows(
            row="tr.tr3, tr.tr2, tbody tr",
            topic='a[id^="a_ajax_"], a.subject_t, a[name="readlink"], h3 a[href*="read"], '
            '.title a.st:not([href*="thread"])',
            replies=".num em, td:nth-of-type(4), .tal",
            last='a[href*="page-e"], a[href*="page=e"]',
            sticky="[class*=headtopic]",
            board='h2 a[href*="thread"], h3 a[href*="thread.php"], h3 a[href*="c=thread"], a.fnamecolor, '
            'th a[href*="thread.php?fid"]',
        ),
    ),
    title="#subject_tpc, #J_post_title, h1[id^=subject_], h1",
    unwanted='#J_post_title > a[href*="type"]',
    tid=r"tid[=-](\d+)|/read[/-](\d+)|/\D*?(\d{2,})(?:_\d+)?\.html$",
    tid_css='form input[name="tid"], #js-tid@value',
    crumbs='#breadcrumbs a[href*="fid"], .bread_crumb > a[href*="thread"], a[href*="thread.php?fid"], '
    'a[href*="thread-htm-fid"]',
    board_id=r"fid[=-](\d+)",
    pager=".pages",
    current="b, strong",
    page=r"[?&-]page[=-](\d+)|_(\d+)\.html$|/read[/-]\d+[/-](\d+)(?:\.html)?$",
    volatile=("fpage", "toread", "verify", "ds", "displayMode", "sid"),
    root=r"[^/]*$",
    zone_default=CHINA,
    walled=".regItem, #main .f14, .cc.prompt, .wrapinfo, .okbox, .prompt_info",
    variants=("uid", "ordertype", "desc"),
    files=r"c=attach&a=download|action=download&aid=",
)  # fmt: skip


class PHPWind(Shaped):
    """Reads PHPWind topics and boards."""

    revision = 3

    def topic_number(self, reading: Reading) -> str | None:
        """The topic's number by the reply form, else by the address."""
        match = re.search(r"\btid\s*=\s*'?(\d+)|read\.php\?tid[=-](\d+)", reading.text)
        return super().topic_number(reading) or (next(filter(None, match.groups()), None) if match else None)

    def site(self, reading: Reading) -> str:
        """host and root folder of the forum."""
        return site_of(reading.url)

    def canonical(self, url: str) -> str:
        """Without what only says where one came from, in both styles of address."""
        return re.sub(r"-(?:fpage|toread|skinco)-\w*", "", without(url, self.platform.volatile))

    def post(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        """A post: its text is given, its author and time stand around it."""
        if shape.body:
            return self._floor_of_nine(reading, shape, box, clock)
        pid = (box.id or "").removeprefix("read_")
        if not (pid.isdigit() or pid == "tpc"):
            return None
        around = _around(box)
        edited = _edited(around, clock)
        _name_parts(around)
        walk = self.walk(reading, shape, clock)
        body = walk.read_post(box)
        for file in around.css('.pw-file, a[href*="action=download&aid="]'):
            hung = walk.read_file(file)
            body.images.extend(image for image in hung.images if image not in body.images)
            body.attachments.extend(one for one in hung.attachments if one not in body.attachments)
        author, uid = self.author(shape, around)
        when, how = self._when(around, box, clock)
        floor = self._floor(around, pid)
        number = f"tpc-{self.topic_number(reading)}" if pid == "tpc" else pid
        return Post(number, body, author, uid, floor, when, edited, _shielded(body), anchor=pid, time=how)

    def _floor_of_nine(self, reading: Reading, shape: Shape, box: LexborNode, clock: Clock) -> Post | None:
        found = super().post(reading, shape, box, clock)
        if found is None:
            return None
        lou = box.css_first(shape.floor)
        floor = 1 if found.pid == "0" else _floor_in(squeeze(lou.text(deep=True))) if lou is not None else None
        pid = f"tpc-{self.topic_number(reading)}" if found.pid == "0" else found.pid
        return replace(found, pid=pid, floor=floor, shielded=_shielded(found.body))

    def _when(self, around: LexborNode, text: LexborNode, clock: Clock) -> tuple[datetime | None, str | None]:
        for node in reversed(around.css(".gray, .tipTop span, .tipad span, .tiptop span, .s6 span, .time, .fl")):
            titled = node.attributes.get("title")
            words = titled if titled and re.match(r"\d{4}-", titled) else squeeze(node.text(deep=True))
            if len(words) < 80 and _DATED.search(words) and "-" in words and (at := read_time(words, clock)):
                return at, how_known(words)
        return None, None

    def _floor(self, around: LexborNode, pid: str) -> int | None:
        if pid == "tpc":
            return 1
        words = squeeze(" ".join(node.text(deep=True) for node in around.css(".tipad, .tipTop, .tiptop, .s2, .s3")))
        return _floor_in(words)

    def clock(self, reading: Reading) -> Clock:
        """The page's clock by its footer, without a year: the Date header's."""
        served = reading.served_at
        match = next(iter([*_NOW.finditer(reading.text)][-1:]), None)
        if match is not None and served is not None:
            month, day, hour, minute = map(int, match.groups())
            for year in (served.year, served.year - 1, served.year + 1):
                try:
                    shown = served.replace(year=year, month=month, day=day, hour=hour, minute=minute, tzinfo=None)
                except ValueError:
                    continue
                if abs(shown.replace(tzinfo=UTC) - served) < timedelta(days=2) and (zone := clock_zone(shown, served)):
                    return Clock(zone, "page clock", served)
        return super().clock(reading)

    def file(self, node: LexborNode, walk: Walk) -> JsonMap | None:
        """The file that a box's link downloads; the pictures of a box without one go to the walk."""
        link = node if node.tag == "a" else node.css_first('a[href*="action=download"]')
        if link is not None:
            return plain_file(link, walk)
        for picture in node.css("img"):
            walk.picture(picture.attributes)
        return None

    def quote_reader(self, clock: Clock) -> QuoteReader:
        """A quote's first line names whom and when."""

        def read(node: LexborNode, walk: Walk) -> JsonMap:
            body = walk.read(node)
            author = at = None
            if body.lines and (match := _QUOTED.match(body.lines[0])):
                author, at = match["who"], read_time(match["when"], clock)
                body.lines[0] = body.lines[0][match.end() :].strip()
                body.lines[:] = [line for line in body.lines if line]
            return quote_of(body, author=author, at=at.isoformat() if at else None)

        return read


EXTRACTOR = PHPWind(PLATFORM)


def _floor_in(words: str) -> int | None:
    for word, number in _FLOOR_WORDS.items():
        if word in words:
            return number
    match = _FLOOR.search(words)
    return int(next(filter(None, match.groups()))) + 1 if match else None


def _around(text: LexborNode) -> LexborNode:
    box, outer = text, text.parent
    while outer is not None and outer.tag not in ("body", "form") and len(outer.css('[id^="read_"]')) == 1:
        box, outer = outer, outer.parent
    return box


def _edited(around: LexborNode, clock: Clock) -> datetime | None:
    """When the edit notice says that a post was edited; the notice is taken out of the post."""
    edited = None
    for notice in around.css('[id^="alert_"]'):
        if match := _EDITED.search(notice.text(deep=True)):
            edited = read_time(match[1], clock)
        notice.decompose()
    return edited


def _name_parts(around: LexborNode) -> None:
    """Gives code, files and hidden parts classes of their own, and takes the headings of quotes and code away."""
    for code in (*around.css('blockquote[id^="code"]'), *map(_table_of, around.css(".blockquote2"))):
        code.attrs["class"] = "pw-code"
    for file in around.css('[id^="att_"]'):
        file.attrs["class"] = "pw-file"
    for hidden in around.css("blockquote.hidden"):
        hidden.attrs["class"] = "hide"
    for copy in around.css("a[onclick*=CopyCode]"):
        copy.decompose()
    for heading in around.css("h6.quote"):
        part: LexborNode | None = heading.next
        while part is not None and part.tag == "-text":
            part = part.next
        if part is not None and part.tag == "blockquote" and part.attributes.get("class") != "pw-code":
            part.attrs["class"] = "hide" if _HIDDEN.search(heading.text(deep=True)) else "quote"
        heading.decompose()
    for label in around.css(".blockquote3 > .quote"):
        if label.next is not None:
            label.decompose()


def _table_of(part: LexborNode) -> LexborNode:
    """The table around a part, as 8 draws one around code; else the part."""
    outer = part.parent
    for _ in range(4):
        if outer is None or outer.tag == "table":
            break
        outer = outer.parent
    return outer if outer is not None and outer.tag == "table" and not outer.css('[id^="read_"]') else part


def _shielded(body: Body) -> str | None:
    words = body.text
    return (
        words
        if len(words) < 60 and re.search(r"(?:该|该帖|用户|内容|此帖).{0,12}(?:屏蔽|已被.{0,6}(?:删除|禁止))", words)
        else None
    )
