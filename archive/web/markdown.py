"""Text as it was read, from the Markdown that extractors keep, as HTML that is made here and nowhere else.

Blocks: headings, lists, tables, quotes, code, rules, paragraphs. Inline: strong, emphasis, code, links, the names of
pictures. Everything that others wrote passes through `plain`; a link is one only where its scheme is http or https; a
picture is never fetched. Time grows with the text, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from archive.web.shown import external, plain

DEEPEST = 6
"""quotes in quotes, lists in lists"""
HEADINGS = 2
"""a heading of the text is so many levels lower on the page: its title is the page's"""
WIDEST = 60
"""cells of a row; more stand in the last one"""

_HEADING = re.compile(r"(#{1,6}) +(.*)")
_ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)]) +(.*)")
_RULE = re.compile(r" {0,3}(?:-{3,}|\*{3,}|_{3,}) *")
_DIVIDER = re.compile(r"\|(?: *:?-+:? *\|)+ *")
_CELL = re.compile(r"(?<!\\)\|")
# every alternative is bounded, so that text made to be slow is not
_INLINE = re.compile(
    r"\\([\\`*_\[\]<>|#+.!()-])"
    r"|`([^`\n]{1,500})`"
    r"|(!?)\[((?:[^\[\]\\\n]|\\.){0,500})\]\(([^\s()<>]{0,2000})\)"
    r"|\*\*(?=\S)((?:[^*\n]|\*(?!\*)){1,200}?)(?<=\S)\*\*"
    r"|\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*(?!\*)"
    r"|(<br>)"
)


def drawn(text: str, depth: int = 0) -> Markup:
    """The text as HTML blocks."""
    return Markup("\n").join(_blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), depth))


def _blocks(lines: Sequence[str], depth: int) -> Iterator[Markup]:
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
        elif line.startswith("```"):
            end = next((n for n in range(place + 1, len(lines)) if lines[n].startswith("```")), len(lines))
            yield Markup('<pre tabindex="0"><code>{}</code></pre>').format(plain("\n".join(lines[place + 1 : end])))
            place = end + 1
        elif line.startswith("> ") or line == ">":
            end = _run(lines, place, lambda one: one.startswith(">"))
            yield _quote([one[1:].removeprefix(" ") for one in lines[place:end]], depth)
            place = end
        elif line.startswith("|"):
            end = _run(lines, place, lambda one: one.startswith("|"))
            yield _table(lines[place:end])
            place = end
        elif match := _HEADING.fullmatch(line):
            level = min(6, len(match[1]) + HEADINGS)
            yield Markup("<h{0}>{1}</h{0}>").format(level, inline(match[2]))
            place += 1
        elif _RULE.fullmatch(line):
            yield Markup("<hr>")
            place += 1
        elif _ITEM.fullmatch(line):
            end = _run(lines, place, lambda one: _ITEM.fullmatch(one) is not None)
            yield _list([match for one in lines[place:end] if (match := _ITEM.fullmatch(one))])
            place = end
        else:
            yield Markup("<p>{}</p>").format(inline(line))
            place += 1


def _run(lines: Sequence[str], start: int, belongs: Callable[[str], bool]) -> int:
    end = start
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return end


def _quote(lines: Sequence[str], depth: int) -> Markup:
    if depth >= DEEPEST:
        inner = Markup("<br>").join(inline(line.lstrip("> ")) for line in lines)
    else:
        inner = Markup("\n").join(_blocks(lines, depth + 1))
    return Markup("<blockquote>{}</blockquote>").format(inner)


def _table(lines: Sequence[str]) -> Markup:
    rows = [_cells(line) for line in lines if not _DIVIDER.fullmatch(line)]
    headed = len(lines) > 1 and _DIVIDER.fullmatch(lines[1]) is not None and any(rows[0] if rows else ())
    out = []
    for number, row in enumerate(rows):
        tag = Markup('<th scope="col">{}</th>') if headed and number == 0 else Markup("<td>{}</td>")
        out.append(Markup("<tr>{}</tr>").format(Markup("").join(tag.format(inline(cell)) for cell in row)))
    head, body = (out[:1], out[1:]) if headed else ([], out)
    top = Markup("<thead>{}</thead>").format(Markup("").join(head)) if head else Markup("")
    return Markup('<div class="scroll" tabindex="0"><table class="read">{}<tbody>{}</tbody></table></div>').format(
        top, Markup("").join(body)
    )


def _cells(line: str) -> list[str]:
    inside = line.strip().removeprefix("|")
    if inside.endswith("|") and not inside.endswith("\\|"):
        inside = inside[:-1]
    return [cell.strip() for cell in _CELL.split(inside, WIDEST)]


def _list(items: Sequence[re.Match[str]]) -> Markup:
    """Nested lists from items and their indents."""
    out: list[Markup] = []
    open_lists: list[tuple[int, str]] = []
    for item in items:
        indent, tag = len(item[1]), "ul" if item[2] in "-*+" else "ol"
        while open_lists and indent < open_lists[-1][0]:
            out.append(Markup("</li></{}>").format(open_lists.pop()[1]))
        if open_lists and indent == open_lists[-1][0] and tag != open_lists[-1][1]:
            out.append(Markup("</li></{}>").format(open_lists.pop()[1]))
        if not open_lists or (indent > open_lists[-1][0] and len(open_lists) < DEEPEST):
            open_lists.append((indent, tag))
            out.append(Markup("<{}><li>").format(tag))
        else:
            out.append(Markup("</li><li>"))
        out.append(inline(item[3]))
    out += [Markup("</li></{}>").format(tag) for _, tag in reversed(open_lists)]
    return Markup("").join(out)


def inline(text: str, nested: bool = False) -> Markup:
    """One line with its emphasis, code and links."""
    out: list[Markup] = []
    waiting: list[str] = []
    start = 0
    for match in _INLINE.finditer(text):
        waiting.append(text[start : match.start()])
        start = match.end()
        if match[1] is not None:
            waiting.append(match[1])
            continue
        out += [plain("".join(waiting)), _piece(match, nested)]
        waiting.clear()
    out.append(plain("".join([*waiting, text[start:]])))
    return Markup("").join(out)


def _piece(match: re.Match[str], nested: bool) -> Markup:
    _, code, picture, words, target, strong, soft, _ = match.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(plain(code))
    if words is not None:
        return _link(words, target or "", bool(picture))
    if strong is None and soft is None:
        return Markup("<br>")
    said = strong if strong is not None else soft
    inner = plain(unescaped(said)) if nested else inline(said, True)
    return Markup("<strong>{}</strong>" if strong is not None else "<em>{}</em>").format(inner)


def _link(words: str, target: str, picture: bool) -> Markup:
    name = unescaped(words).strip()
    if picture:
        return Markup('<span class="picture">{}</span>').format(external(target, name or target))
    return external(target, name or target)


def unescaped(text: str) -> str:
    """Without the backslashes that Markdown needs."""
    return re.sub(r"\\([\\`*_\[\]<>|#+.!()-])", r"\1", text)
