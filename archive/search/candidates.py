"""Numbers of contents that have all tokens of a query, newest first: the same on both databases.

SQLite     its index of tokens gives numbers in order, and is left as soon as there are enough
Postgres   its index gives all that have the tokens at once, in no order: right for what few say. For what many say, the
           newest contents are looked at one after the other until enough have them. How often the tokens occur among
           the newest `LOOKED_AT` tells which it is: Postgres's own statistics know the thousand most frequent tokens
           only, and for any other it would read every content there is.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from archive.database import on_postgres
from archive.search.narrowing import Condition

LOOKED_AT = 500
"""newest contents that are looked at before a way is chosen"""
DEARER = 1.5
"""how much longer it takes to look at a content than to find it through the index (12 and 8 microseconds, 100,000
documents)"""

_ANY = Condition("TRUE", {})
_NEWEST = (
    "SELECT m.content_no, {condition} AS passes FROM (SELECT content_no FROM "
    "(SELECT content_no, tokens FROM search WHERE content_no < :before ORDER BY content_no DESC LIMIT :looked_at) AS n "
    "WHERE tokens @@ CAST(:wanted AS tsquery)) AS m ORDER BY m.content_no DESC"
)
_POSTGRES = (
    "SELECT m.content_no FROM (SELECT content_no FROM search WHERE tokens @@ CAST(:wanted AS tsquery) "
    "AND content_no < :before) AS m WHERE {condition} ORDER BY m.content_no{order} DESC LIMIT :rows"
)
_SQLITE = (
    "SELECT m.content_no FROM (SELECT rowid AS content_no FROM search WHERE search MATCH :wanted AND rowid < :before) "
    "AS m WHERE {condition} ORDER BY m.content_no DESC LIMIT :rows"
)
_LAST = text("SELECT max(content_no) FROM search")


def candidates(
    connection: Connection, whole: Collection[str], begun: Collection[str], before: int | None, limit: int,
    condition: Condition = _ANY,
) -> list[int]:  # fmt: skip
    """Numbers below `before` of at most `limit` contents that have all the tokens `whole`, and for each of `begun` one
    that begins so; newest first. `condition` is on `m.content_no`."""
    top = 2**62 if before is None else before
    said = {**condition.parameters, "before": top, "rows": limit}
    if not on_postgres(connection):
        wanted = " AND ".join([_quoted(token) for token in sorted(whole)] + [f"{_quoted(t)} *" for t in sorted(begun)])
        return list(connection.scalars(text(_SQLITE.format(condition=condition.sql)), {**said, "wanted": wanted}))
    said["wanted"] = " & ".join([_lexeme(t) for t in sorted(whole)] + [f"{_lexeme(t)}:*" for t in sorted(begun)])
    walked = False
    if not condition.few:
        newest = connection.execute(text(_NEWEST.format(condition=condition.sql)), {**said, "looked_at": LOOKED_AT})
        rows = newest.all()
        passing = [row.content_no for row in rows if row.passes]
        if len(passing) >= limit:
            return passing[:limit]
        last = top if before is not None else connection.scalar(_LAST) or 0
        walked = _is_walked(len(rows), len(passing), limit, last)
    # what is no column of an index cannot be walked along
    order = "" if walked or condition.few else " + 0"
    return list(connection.scalars(text(_POSTGRES.format(condition=condition.sql, order=order)), said))


def _is_walked(matching: int, passing: int, limit: int, contents: int) -> bool:
    """Whether it is shorter to look at one content after the other than to take all from the index, where so many of
    the newest `LOOKED_AT` have the tokens, and so many of these pass."""
    indexed = contents * matching / LOOKED_AT
    walked = min(contents, limit * LOOKED_AT / passing) if passing else contents
    return walked * DEARER < indexed


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
