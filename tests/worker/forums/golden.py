"""Golden forum pages: in the shape of the wild ones, in our own words, beside what they say (`*.expected.json`)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from worker.extract.model import Extraction, Reading
from worker.extract.recognise import recognise

PAGES = Path(__file__).parents[2] / "pages" / "forums"
SERVED_AT = datetime(2026, 11, 21, 2, 0, 0, tzinfo=UTC)
URLS = {
    "discuz/thread": "http://bbs.example/thread-77-1-1.html",
    "discuz/board": "http://bbs.example/forum-12-2.html",
    "discuz/touch": "http://bbs.example/forum.php?mod=viewthread&tid=77&page=2&mobile=2",
    "discuz/touch25": "http://bbs.example/forum.php?mod=viewthread&tid=91&mobile=2",
    "discuz/touch35": "http://bbs.example/forum.php?mod=viewthread&tid=95&mobile=2",
    "discuz/touch35board": "http://bbs.example/forum.php?mod=forumdisplay&fid=12&mobile=2",
    "discuz/mobile": "http://bbs.example/forum.php?mod=viewthread&tid=96&mobile=yes",
    "discuz/archiver": "http://bbs.example/archiver/tid-77.html",
    "fluxbb/punbb12": "http://plot.example/viewtopic.php?id=215",
    "fluxbb/topic": "http://plot.example/viewtopic.php?id=214&p=2",
    "phpbb/topic": "http://board.example/viewtopic.php?t=8",
    "mybb/thread": "http://forum.example/showthread.php?tid=31",
    "mybb/board": "http://forum.example/forumdisplay.php?fid=4",
    "mybb/index": "http://forum.example/index.php",
    "flarum/discussion": "https://club.example/d/31-dry-paths-in-november",
    "flarum/all": "https://club.example/all",
    "discourse/topic": "https://sea.example/t/late-ferry/55.json",
    "xenforo/thread": "https://bench.example/threads/rewinding-a-lamp-motor.88/",
    "vbulletin/thread": "http://house.example/showthread.php?412-Bees-in-the-attic/page2",
    "smf/topic": "https://lake.example/index.php?topic=19.0",
    "phpwind/read": "http://river.example/read.php?tid=640",
    "phpwind/eight": "http://river.example/read.php?tid=655",
    "phpwind/nine": "http://river.example/read.php?tid=712&fid=8",
    "phpwind/nineboard": "http://river.example/thread.php?fid=8",
    "xenforo/bare": "https://bench.example/threads/which-saw-for-green-ash.91/",
    "nodebb/topic": "https://quay.example/topic/31/repainting-the-harbour-sign",
    "nodebb/second": "https://quay.example/topic/31/repainting-the-harbour-sign?page=2",
    "nodebb/persona": "https://quay.example/forum/topic/9/low-tide-walks",
    "nodebb/category": "https://quay.example/category/4/boats",
    "invision/topic": "https://strait.example/topic/88-which-ferry-carries-bicycles/",
    "invision/second": "https://strait.example/topic/88-which-ferry-carries-bicycles/page/2/",
    "invision/five": "https://strait.example/topic/12-salt-on-the-deck/",
    "invision/three": "http://strait.example/index.php?showtopic=40",
    "invision/board": "https://strait.example/forum/5-islands/",
    "vanilla/topic": "https://meadow.example/discussion/61/sharpening-a-scythe",
    "vanilla/second": "https://meadow.example/discussion/61/sharpening-a-scythe/p2",
    "vanilla/board": "https://meadow.example/categories/tools",
    "vanilla/table": "https://meadow.example/discussions",
    "v2ex/topic": "https://v2.example/t/7001",
    "v2ex/second": "https://v2.example/t/7001?p=2",
    "v2ex/node": "https://v2.example/go/garden",
    "tieba/topic": "https://bar.example/p/8800123",
    "tieba/old": "https://bar.example/p/21004?pn=2",
    "tieba/bar": "https://bar.example/f?kw=%E9%9D%92%E6%BA%AA",
    "reddit/old": "https://old.red.example/r/Roofs/comments/1ab2c3/which_moss_survives_a_roof/",
    "reddit/new": "https://www.red.example/r/Roofs/comments/9xy8z7/gutter_in_a_storm/",
    "reddit/list": "https://old.red.example/r/Roofs/",
    "hackernews/item": "https://news.hack.example/item?id=41000",
    "hackernews/list": "https://news.hack.example/news",
    "phpbb2/topic": "http://kiln.example/board/viewtopic.php?t=8",
    "phpbb2/second": "http://kiln.example/board/viewtopic.php?t=8&postdays=0&postorder=asc&start=15",
    "phpbb2/forum": "http://kiln.example/board/viewforum.php?f=3",
    "bbpress/topic": "https://oven.example/forums/topic/bread-that-will-not-rise/",
    "bbpress/second": "https://oven.example/forums/topic/bread-that-will-not-rise/page/2/",
    "bbpress/lead": "https://oven.example/forums/topic/salt-in-the-crust/",
    "bbpress/forum": "https://oven.example/forums/forum/dough/",
    "wpforo/topic": "https://water.example/community/pumps/well-pump-hums/",
    "wpforo/old": "https://water.example/community/winter/frost-valve/",
    "wpforo/forum": "https://water.example/community/pumps/",
    "vbulletin/five": "http://house.example/forum/wiring/610-slow-fuse-in-the-shed",
    "vbulletin/fivetwo": "http://house.example/forum/wiring/610-slow-fuse-in-the-shed/page2",
    "vbulletin/fiveboard": "http://house.example/forum/wiring",
    "vbulletin/three": "http://house.example/showthread.php?t=90",
    "vbulletin/threeboard": "http://house.example/forumdisplay.php?f=6",
    "stackexchange/question": "https://hinges.example/questions/7809/why-does-a-hinge-squeal-only-in-winter",
    "stackexchange/second": (
        "https://hinges.example/questions/7809/why-does-a-hinge-squeal-only-in-winter?page=2&tab=scoredesc"
    ),
    "stackexchange/list": "https://hinges.example/questions",
    "xenforo/one": "https://bench.example/threads/warped-table-top.77/",
    "xenforo/oneboard": "https://bench.example/forums/tables.6/",
    "fluxbb/pun": "http://plot.example/pun/viewtopic.php?id=5",
    "fluxbb/punboard": "http://plot.example/pun/viewforum.php?id=2",
    "fluxbb/board": "http://plot.example/viewforum.php?id=6",
    "discourse/plain": "https://sea.example/t/which-mooring-rope-floats/88",
    "discourse/latest": "https://sea.example/latest",
    "smf/two": "http://lake.example/old/index.php?topic=44.0",
    "smf/board": "http://lake.example/old/index.php?board=3.0",
    "vanilla/closed": "https://meadow.example/discussion/70/nettles",
    "xenforo/second": "https://bench.example/threads/rewinding-a-lamp-motor.88/page-2",
    "xenforo/forum": "https://bench.example/forums/motors.5/",
    "wpforo/answers": "https://water.example/community/tanks/which-sealant-for-a-tank/",
    "vbulletin/fourboard": "http://house.example/forumdisplay.php?6-Houses",
    "unknown/rows": "https://roof.example/forum/topic/412-which-glue-holds-slate",
    "unknown/answers": "https://well.example/topics/7733",
    "unknown/question": "https://garden.example/questions/4001/can-basil-stand-frost",
}


def reading(name: str) -> Reading:
    """The golden page as the walk would hand it to a reader."""
    path = next(path for path in (PAGES / f"{name}.html", PAGES / f"{name}.json") if path.exists())
    url = URLS[name]
    return Reading(url, url, path.read_text(encoding="utf-8"), "utf-8", "header", served_at=SERVED_AT)


def read(page: Reading) -> Extraction:
    """What the reader that knows the page says of it."""
    extractor, _ = recognise(page)
    return extractor(page)


def told(extraction: Extraction) -> dict[str, Any]:
    """The extraction as plain values, in the order of the page; empty ones left out."""
    documents = []
    for document in extraction.documents:
        facts = document.facts
        said = {
            "key": document.key, "kind": document.kind, "title": document.title, "text": document.text.split("\n"),
            "author": facts.author, "author_id": facts.author_id, "floor": facts.floor, "board": facts.board,
            "published_at": facts.published_at and facts.published_at.astimezone(UTC).isoformat(),
            "edited_at": facts.edited_at and facts.edited_at.astimezone(UTC).isoformat(), "closed": facts.closed,
            "platform_id": facts.platform_id, "quotes": list(facts.quotes), "code": list(facts.code),
            "hidden": list(facts.hidden), "images": [image["url"] for image in document.images],
            "links": [link["url"] for link in document.links], "files": [dict(file) for file in document.attachments],
            "fields": dict(document.fields), "parent": document.parent_key,
        }  # fmt: skip
        documents.append({name: value for name, value in said.items() if value not in (None, [], {}, "", [""])})
    links = [
        [link.kind, link.url, link.title, link.activity or "", "sticky" if link.sticky else ""]
        for link in extraction.links
    ]
    part = extraction.part
    value = {
        "extractor": extraction.extractor, "page_kind": extraction.page_kind, "outcome": extraction.outcome,
        "part": [part.topic_key, part.number, part.total, part.asked] if part else None,
        "next_page": extraction.next_page, "documents": documents, "links": links,
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(json.dumps(value, ensure_ascii=False))
    return plain
