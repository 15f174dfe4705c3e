"""What `search` prints: hits with snippets, or when documents said so and when they stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.cli.output import as_json_text, cut, harmless, local, screen_width

if TYPE_CHECKING:
    from archive.search.find import Results
    from archive.search.match import Snippet
    from archive.search.spans import Appearances

_FOUND, _END = "\x1b[1;33m", "\x1b[0m"


def hits_shown(results: Results, as_json: bool, colour: bool) -> str:
    """Documents that say so now, best first."""
    if as_json:
        return as_json_text(results)
    if not results.hits:
        return "nothing found; --versions searches what was said before, too"
    lines: list[str] = []
    for hit in results.hits:
        gone = "" if hit.state == "present" else f"  {hit.state}"
        lines.append(
            f"{hit.kind} {hit.document_id}  {local(hit.published_at or hit.captured_at)}{gone}  {hit.source_id}"
        )
        lines += _body(hit.title, hit.snippet, hit.url, colour)
        lines += [cut(f"  in file {place.document_id}  {harmless(place.title)}", screen_width()) for place in hit.files]
    return "\n".join([*lines, *_more(results.cursor)])


def appearances_shown(appearances: Appearances, as_json: bool, colour: bool) -> str:
    """Documents of which some version says so, and when it did."""
    if as_json:
        return as_json_text(appearances)
    if not appearances.found:
        return "nothing found, in no version"
    lines: list[str] = []
    for found in appearances.found:
        lines.append(f"{found.kind} {found.document_id}  {found.source_id}")
        lines += _body(found.title, found.snippet, found.url, colour)
        for span in found.spans:
            said = f"  from version {span.first_version} ({local(span.appeared_at)})"
            if span.vanished_at is not None:
                last = f"until {'it was gone' if span.how == 'gone' else f'version {span.vanished_version}'}"
                said += f" {last} ({local(span.vanished_at)})"
            lines.append(said)
    return "\n".join([*lines, *_more(appearances.cursor)])


def _body(title: Snippet, snippet: Snippet, url: str, colour: bool) -> list[str]:
    room = screen_width() - 2
    shown = [_marked(title, colour, room), _marked(snippet, colour, room * 2)]
    return [f"  {line}" for line in [*shown, cut(url, room)] if line]


def _marked(pieces: Snippet, colour: bool, room: int) -> str:
    whole = "".join(harmless(piece.text) for piece in pieces)
    if not colour:
        return cut(whole, room)
    return "".join(f"{_FOUND}{harmless(piece.text)}{_END}" if piece.found else harmless(piece.text) for piece in pieces)


def _more(cursor: str | None) -> list[str]:
    return [f"more: --cursor {cursor}"] if cursor else []
