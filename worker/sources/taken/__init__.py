"""What others watch, taken over: one file per program, each of which says whether a file is its own and reads it.

    changedetection    url-watches.json, a watch.json, or the back-up they come in
    urlwatch           urls.yaml of urlwatch, jobs.yaml of webchanges
    opentermsarchive   a declaration, or a folder of them
    opml               subscriptions of a feed reader
    urls               a list of URLs, one a line

What cannot be carried over is said in the entry's notes, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from worker.errors import UsageError
from worker.sources.entry import Entry, faultless, id_for
from worker.sources.taken import changedetection, opentermsarchive, opml, urls, urlwatch
from worker.sources.taken.model import Found, Taken
from worker.sources.values import web_address

FORMS: dict[str, Callable[[Path], Found | None]] = {
    "changedetection": changedetection.taken,
    "opentermsarchive": opentermsarchive.taken,
    "opml": opml.taken,
    "urlwatch": urlwatch.taken,
    "urls": urls.taken,
}
"""name of the form -> what of a path is watched, or None where the path is not of that form; tried in this order"""


def take_over(path: Path, form: str | None, ids: frozenset[str], urls_known: frozenset[str]) -> Taken:
    """The entries that a file or folder of another program comes to; ids new to `ids`, URLs new to `urls_known`.

    Raises UsageError where there is nothing at the path, or nothing that any form knows.
    """
    if not path.exists():
        raise UsageError(f"no file or folder {path}; name what another program exported, or a list of addresses")
    for name in [form] if form else FORMS:
        found = FORMS[name](path)
        if found is not None:
            return _numbered(name, found, set(ids), set(urls_known))
    known = form or f"any of {', '.join(FORMS)}"
    raise UsageError(f"{path} is not {known}; name the form with --form, or write a list of URLs, one a line")


def _numbered(form: str, found: Found, ids: set[str], known: set[str]) -> Taken:
    entries: list[Entry] = []
    left = list(found.left)
    for watch in found.watches:
        try:
            web_address(watch.url)
        except ValueError as error:
            left.append(str(error))
            continue
        if watch.url in known:
            left.append(f"{watch.url}: is watched already")
            continue
        known.add(watch.url)
        entry = faultless(watch.entry(id_for(watch.name, watch.url, ids)))
        ids.add(entry.source_id)
        entries.append(entry)
    return Taken(form, tuple(entries), tuple(left))
