"""Sources written into sources.yaml. Lines are put in, none is written anew: comments, order and style stay.

Where the list of sources ends is told by the marks of the YAML reader; what would come out is read and checked as a
whole before it replaces the file, in one rename.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from worker.errors import ConfigError, Mistake, UsageError
from worker.sources.document import Loader, read_document
from worker.sources.entry import Entry, lines_of

HEAD = """\
# What Muniment watches. `muniment check` finds every mistake, `muniment check --fetch` visits each source once and
# says what it sees, `muniment explain URL` shows one page in full. A running daemon takes over a changed file
# within seconds.

# Who runs this: goes into the User-Agent, so that the owners of the sites can reach you. Put yours here.
# contact: you@example.org

# Where the archive is. Without this key: muniment.db beside this file. Postgres: postgresql+psycopg://user@host/name
# database: sqlite:///muniment.db

# Private networks are refused unless they are listed.
# network: {allow: [10.20.0.0/16]}

# Who is told of changes, by email, webhook or apprise; `muniment notify --test editors` sends a sample.
# notifiers:
#   - id: editors
#     email: {to: [desk@example.org], from: muniment@example.org, server: smtp.example.org}
#     rules: {silent_only: true}   # only texts that changed while the page's own date did not

defaults:
  every: 2h                      # 30m, 2h, 1d; or fixed times: {cron: "*/20 8-18 * * mon-fri", zone: Asia/Shanghai}
  politeness: {parallel: 1, gap: 5s}
  confirm: {polls: 3, for: 6h}   # a removal is said after so many answers in a row, over so long

"""
EXAMPLE = """\
# One entry per place to look. `kind`: page (one document), listing (a list and its items), board (a forum's board or
# front page), topic, feed, sitemap; without it Muniment looks and decides. `muniment add URL` writes one for you:
#
#   - id: county-notices
#     url: https://www.county.example/zwgk/tzgg/
#     kind: listing
#     zone: Asia/Shanghai        # the site's time zone, where its pages do not tell
#     follow: {lists: 3, pages: 500}
#     ignore: ['.visitor-counter', '/\\d+ 次浏览/']
#     tags: [government]
#
#   - id: town-forum
#     url: https://forum.example/forum.php?mod=forumdisplay&fid=2
#     kind: board
#     every: 6h
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What a file names already: ids, and the id of each URL."""

    ids: frozenset[str]
    urls: Mapping[str, str]


def known_in(path: Path) -> Known:
    """The sources a file names, however wrong it is otherwise; none where there is no file. Raises ConfigError."""
    value = read_document(path).value if path.exists() else {}
    listed = value.get("sources") if isinstance(value, dict) else None
    named = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return Known(
        frozenset(str(item.get("id")) for item in named),
        {str(item.get("url")): str(item.get("id")) for item in named},
    )


def started(entries: Sequence[Entry] = ()) -> str:
    """A new file: the manual in its comments, and the entries, if any, else examples."""
    if not entries:
        return HEAD + EXAMPLE + "sources: []\n"
    return HEAD + "sources:\n" + "\n".join(map(lines_of, entries))


def appended(text: str, entries: Sequence[Entry], file: str) -> str:
    """The same text with the entries at the end of its list of sources.

    Raises ConfigError naming the line where that list is written in a way that nothing can be put into.
    """
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"is not YAML: {getattr(error, 'problem', None) or error}"
        raise ConfigError((Mistake(file, mark.line + 1 if mark else None, "", message),)) from None
    rows = text.splitlines(keepends=True)
    if rows and not rows[-1].endswith("\n"):
        rows[-1] += "\n"
    found = _sources_of(root)
    if found is None:
        return "".join([*rows, "\n" if rows else "", "sources:\n", *_blocks(entries, 2)])
    key, node = found
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        end = _last_row(node) + 1
        return "".join([*rows[:end], *_blocks(entries, node.start_mark.column, before=True), *rows[end:]])
    empty = isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null")
    if empty or (isinstance(node, yaml.SequenceNode) and not node.value and node.start_mark.line == node.end_mark.line):
        line = key.start_mark.line
        rows[line] = _emptied(rows[line], node)
        return "".join([*rows[: line + 1], *_blocks(entries, 2), *rows[line + 1 :]])
    message = "is not written as a list with a dash on a line of its own per source; nothing can be put into it"
    raise ConfigError((Mistake(file, node.start_mark.line + 1, "sources", message),))


def write(path: Path, text: str) -> None:
    """Replaces the file in one rename, so that a daemon that looks meanwhile reads the old file or the new one.

    Raises UsageError where it cannot be written.
    """
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        mode = target.stat().st_mode if target.exists() else None
        beside.write_text(text, encoding="utf-8", newline="")
        if mode is not None:
            beside.chmod(mode)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _sources_of(root: yaml.Node | None) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == "sources"), None)


def _last_row(node: yaml.Node) -> int:
    """The row of the node's last word: the marks of a block reach on over blank rows and comments behind it."""
    while isinstance(node, yaml.SequenceNode | yaml.MappingNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    block_text = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return int(node.end_mark.line) - (1 if block_text else 0)


def _blocks(entries: Sequence[Entry], indent: int, before: bool = False) -> list[str]:
    blocks = [lines_of(entry, indent) for entry in entries]
    return [("\n" if before or number else "") + block for number, block in enumerate(blocks)]


def _emptied(row: str, node: yaml.Node) -> str:
    """`sources: []  # words` as `sources:  # words`."""
    start, end = node.start_mark.column, node.end_mark.column
    return row[:start].rstrip() + row[end:] if end > start else row
