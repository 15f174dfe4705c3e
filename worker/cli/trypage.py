"""What the page "Try a page" asks: `muniment explain` in a process of its own, which may be killed, put into words."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.cli.context import Context

if TYPE_CHECKING:
    from archive.web.trying import Field, Read, Tried

LONGEST = 120.0
"""seconds that a try may take"""
LONGEST_TEXT = 4000
LARGEST = 4 * 1024 * 1024
"""bytes of a coloured page that are shown"""


def trier(context: Context) -> Callable[[str], Awaitable[Tried]]:
    """Fetches an address once under the configuration's rules, stores nothing."""

    async def tried(url: str) -> Tried:
        with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
            file = Path(folder) / "coloured.html"
            command = ["explain", url, "--json", "--html", str(file)]
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "worker", "--config", str(context.config), *command,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            try:
                said, told = await asyncio.wait_for(process.communicate(), LONGEST)
            except TimeoutError:
                process.kill()
                await process.wait()
                return _nothing(url, f"not done after {LONGEST:.0f} s")
            finally:
                if process.returncode is None:
                    process.kill()
            coloured = await asyncio.to_thread(_shown, file)
        try:
            findings = json.loads(said)
        except ValueError:
            return _nothing(url, told.decode("utf-8", "replace").strip()[-500:] or "nothing was said")
        return seen(url, findings, coloured, context)

    return tried


def seen(url: str, found: Mapping[str, Any], coloured: str | None, context: Context) -> Tried:
    """The findings of `explain --json` as the page shows them."""
    from archive.web.trying import Tried

    encoding = found.get("encoding") or {}
    kind = found.get("kind")
    return Tried(
        url, str(found.get("final_url") or url), str(found["outcome"]), found.get("status"), found.get("error"),
        encoding.get("encoding"), encoding.get("evidence"), found.get("extractor"), found.get("why"), kind,
        found.get("platform"), tuple(_read(document) for document in found.get("documents") or ()),
        tuple((str(link["kind"]), str(link["url"])) for link in found.get("follows") or ()),
        tuple((str(block["what"]), str(block["text"])) for block in found.get("left_out") or ()),
        lines_for(url, kind, context), coloured,
    )  # fmt: skip


def lines_for(url: str, kind: str | None, context: Context) -> str:
    """The lines of sources.yaml that would watch the address."""
    from worker.errors import ConfigError
    from worker.sources.appending import known_in
    from worker.sources.entry import Entry, id_for, lines_of

    try:
        taken = known_in(context.config).ids
    except ConfigError:
        taken = frozenset()
    known = kind if kind in ("listing", "board", "topic", "feed", "sitemap") else "auto"
    return lines_of(Entry(id_for("", url, taken), url, known))


def _read(document: Mapping[str, Any]) -> Read:
    from archive.web.trying import Read

    facts = document.get("facts") or {}
    evidence = document.get("evidence") or {}
    return Read(
        str(document.get("kind") or "page"), str(document.get("title") or ""),
        str(document.get("text") or "")[:LONGEST_TEXT], str(facts.get("author") or ""),
        str(facts.get("published_at") or ""),
        tuple(_field(name, value, evidence.get(name)) for name, value in (document.get("fields") or {}).items()),
        tuple(
            (str(one.get("name") or one.get("url") or ""), str(one.get("url") or ""))
            for one in document.get("attachments") or ()
        ),
    )  # fmt: skip


def _field(name: str, value: object, where: object) -> Field:
    from archive.web.trying import Field

    place = where.get("from") if isinstance(where, Mapping) else where
    return Field(name, _words(value), _words(place) if place else "")


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "; ".join(map(_words, value))
    return str(value)


def _shown(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8") if file.stat().st_size <= LARGEST else None
    except OSError:
        return None


def _nothing(url: str, error: str) -> Tried:
    from archive.web.trying import Tried

    return Tried(url, url, "error:parse", None, error, None, None, None, None, None, None, (), (), (), "", None)
