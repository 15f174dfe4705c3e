"""Everything that reads pages. The registry is written by hand: names in the order in which they are asked.

Files come first (they are no text), then forums (their marks are the surest), government pages, feeds, and last the
reader of everything else.
A reader's module is imported when the first page is read, so that `import worker.extract` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.extract.model import Extractor

    EXTRACTORS: dict[str, Extractor]

FORUMS: dict[str, str] = {
    "discuz": "worker.extract.forums.discuz",
    "phpbb": "worker.extract.forums.phpbb",
    "phpwind": "worker.extract.forums.phpwind",
    "xenforo": "worker.extract.forums.xenforo",
    "vbulletin": "worker.extract.forums.vbulletin",
    "invision": "worker.extract.forums.invision",
    "mybb": "worker.extract.forums.mybb",
    "smf": "worker.extract.forums.smf",
    "fluxbb": "worker.extract.forums.fluxbb",
    "flarum": "worker.extract.forums.flarum",
    "discourse": "worker.extract.forums.discourse",
    "nodebb": "worker.extract.forums.nodebb",
    "vanilla": "worker.extract.forums.vanilla",
    "bbpress": "worker.extract.forums.bbpress",
    "stackexchange": "worker.extract.forums.stackexchange",
    "tieba": "worker.extract.forums.tieba",
    "v2ex": "worker.extract.forums.v2ex",
    "wpforo": "worker.extract.forums.wpforo",
    "reddit": "worker.extract.forums.reddit",
    "hackernews": "worker.extract.forums.hackernews",
    "phpbb2": "worker.extract.forums.phpbb2",
    "forum": "worker.extract.forums.unknown",
}
"""name -> module of the forum platforms; the module's `EXTRACTOR` is the reader"""

FILES: dict[str, str] = {"file": "worker.extract.files"}
"""the reader of files: asked first, for bytes that are no text are the surest mark of all"""

OTHERS: dict[str, str] = {
    "sitemap": "worker.extract.sitemap",
    "feed": "worker.extract.feed",
    "government": "worker.extract.government.page",
    "article": "worker.extract.general",
}
"""name -> module of government pages, feeds and the general reader, asked in this order after the forums"""


def __getattr__(name: str) -> dict[str, Extractor]:
    """`EXTRACTORS`: name -> extractor in the order of asking, built when first used."""
    if name != "EXTRACTORS":
        raise AttributeError(name)
    built: dict[str, Extractor] = {
        key: import_module(path).EXTRACTOR for key, path in (FILES | FORUMS | OTHERS).items()
    }
    globals()["EXTRACTORS"] = built
    return built
