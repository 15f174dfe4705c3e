"""Plain text: decoded with evidence like a page; a blank line or a line's end parts paragraphs."""

from __future__ import annotations

from worker.decode import decode
from worker.extract.files.model import Block, Broken, FileText

WRAPPED = 60
"""characters: a text whose lines all end near this width was wrapped by hand, its blank lines part the paragraphs"""


def read(body: bytes) -> FileText:
    """What the file says. Raises Broken for what is no text."""
    decoded = decode(body, None)
    if decoded.replacements > 0.05 * max(len(decoded.text), 1) or "\x00" in decoded.text:
        raise Broken("bytes that are no text in any encoding")
    return FileText("text", tuple(Block("paragraph", text) for text in paragraphs(decoded.text)))


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs."""
    lines = [
        " ".join(line.split())
        for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    ]
    said = [line for line in lines if line]
    blank = sum(not line for line in lines)
    longest = max(map(len, said), default=0)
    full = sum(len(line) > 0.75 * longest for line in said)
    if not (WRAPPED <= longest <= 100 and blank > 0 and full > 0.5 * len(said) and text.isascii()):
        return said
    found: list[str] = []
    whole = False
    for line in lines:
        if line and whole:
            found[-1] = f"{found[-1]} {line}"
        elif line:
            found.append(line)
        whole = bool(line)
    return found
