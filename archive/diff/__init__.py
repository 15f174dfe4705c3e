"""What changed between two texts: by line, then by sentence, and by character only inside a sentence that was replaced.

    diff_texts(old, new) -> TextDiff            every line of both sides, in the order a reader follows
    diff_contents(old, new) -> ContentDiff      title, text, fields, attachments, images and links of two versions
    render_text(diff, colour) -> str            for a terminal or a mail
    hunks(diff, context) -> list[Hunk]          the changed lines and their neighbours, for pages

A web page shows `Line.segments` in one column (inline), or `Line.old_segments` and `Line.new_segments` in two (side by
side).
"""

from archive.diff.contents import ContentDiff, diff_contents, text_of_old_and_new
from archive.diff.lines import diff_texts
from archive.diff.model import Hunk, Line, Segment, TextDiff, hunks
from archive.diff.render import render_content, render_text

__all__ = [
    "ContentDiff", "Hunk", "Line", "Segment", "TextDiff", "diff_contents", "diff_texts", "hunks", "render_content",
    "render_text", "text_of_old_and_new",
]  # fmt: skip
