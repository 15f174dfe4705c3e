"""What the indexes take of a content, worked out apart from the transaction that writes it: pure, for any process."""

from __future__ import annotations

from archive.near import SHORTEST
from archive.near.shingles import bands, least_shingles
from archive.records import Content, Prepared
from archive.rows import content_columns
from archive.search.words import tokens_of


def prepared(content: Content) -> Prepared:
    """The content's tokens and bands, as `record_decision` would work them out."""
    row = content_columns(content)
    text = row["text"]
    return Prepared(
        " ".join(sorted(tokens_of(row))), tuple(bands(least_shingles(text))) if len(text) >= SHORTEST else ()
    )  # fmt: skip
