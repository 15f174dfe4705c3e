"""The table of bands and what is asked of it: on Postgres one round trip for all contents of a transaction, on SQLite
one statement for each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, Connection, Integer, bindparam, column, delete, exists, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from archive.database import on_postgres
from archive.near import BANDS
from archive.schema import bands, contents, documents
from archive.statement import Statement, on_conflict

PER_BAND = 32
"""contents of one band that are considered, the newest; a template used ten thousand times stays cheap"""

_NEWEST = f"ORDER BY content_no DESC LIMIT {PER_BAND}"
_SHARING_SQLITE = Statement(
    text(
        " UNION ALL ".join(
            f"SELECT * FROM (SELECT content_no FROM bands WHERE band = :b{n} {_NEWEST})" for n in range(BANDS)
        )
    ).columns(bands.c.content_no)
)
_PAIRS = bindparam("bands", type_=ARRAY(Integer)), bindparam("numbers", type_=ARRAY(BigInteger))
_SHARING_POSTGRES = Statement(
    text(
        "SELECT wanted.number, found.content_no FROM unnest(:bands, :numbers) AS wanted(band, number) "
        f"CROSS JOIN LATERAL (SELECT content_no FROM bands WHERE band = wanted.band {_NEWEST}) AS found"
    )
    .bindparams(*_PAIRS)
    .columns(column("number", BigInteger), bands.c.content_no)
)
_ADD_SQLITE = Statement(lambda postgres: on_conflict(postgres, bands))
_ADD_POSTGRES = Statement(
    text(
        "INSERT INTO bands (band, content_no) SELECT * FROM unnest(:bands, :numbers) ON CONFLICT DO NOTHING"
    ).bindparams(*_PAIRS)
)
_DROP_SQLITE = Statement(
    delete(bands).where(bands.c.band == bindparam("band"), bands.c.content_no == bindparam("content_no"))
)
_DROP_POSTGRES = Statement(
    text(
        "DELETE FROM bands USING unnest(:bands, :numbers) AS old(band, number) "
        "WHERE bands.band = old.band AND bands.content_no = old.number"
    ).bindparams(*_PAIRS)
)
_UNUSED = Statement(
    select(contents.c.content_no, contents.c.text).where(
        contents.c.content_no.in_(bindparam("wanted", expanding=True)),
        ~exists().where(documents.c.content_no == contents.c.content_no),
    ),
    many="wanted",
)
_SAID_BY_OTHERS = (
    "SELECT said.value AS content_no FROM {} AS said(value) WHERE EXISTS (SELECT 1 FROM documents d "
    "WHERE d.content_no = said.value AND d.document_no NOT IN (SELECT value FROM {} AS moved(value)))"
)
_ELSEWHERE_SQLITE = Statement(
    text(_SAID_BY_OTHERS.replace("(value)", "").format("json_each(:wanted)", "json_each(:moved)")).columns(
        contents.c.content_no
    )
)
_ELSEWHERE_POSTGRES = Statement(
    text(_SAID_BY_OTHERS.format("unnest(:wanted)", "unnest(:moved)"))
    .bindparams(bindparam("wanted", type_=ARRAY(BigInteger)), bindparam("moved", type_=ARRAY(BigInteger)))
    .columns(contents.c.content_no)
)


def sharing(connection: Connection, digests: Mapping[int, Sequence[int]]) -> dict[int, Counter[int]]:
    """For each content its numbers of others in the index, with how many bands they share; `digests` by content."""
    found: dict[int, Counter[int]] = {number: Counter() for number in digests}
    if on_postgres(connection):
        if pairs := [(band, number) for number, said in digests.items() for band in said]:
            for row in _SHARING_POSTGRES.rows(connection, _apart(pairs)):
                found[row["number"]][row["content_no"]] += 1
        return found
    for number, said in digests.items():
        # the statement always has 32 places; a number twice would count twice
        places = {f"b{n}": said[n] if n < len(said) else None for n in range(BANDS)}
        found[number].update(_SHARING_SQLITE.column(connection, places))
    return found


def add(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Puts in these bands and contents, unless they are there; in one order for all writers, or two of them wait for
    each other."""
    if not (rows := sorted(pairs)):
        return
    if on_postgres(connection):
        _ADD_POSTGRES.run(connection, _apart(rows))
    else:
        _ADD_SQLITE.run_each(connection, _named(rows))


def drop(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Takes out these bands and contents."""
    if not (rows := sorted(pairs)):
        return
    if on_postgres(connection):
        _DROP_POSTGRES.run(connection, _apart(rows))
    else:
        _DROP_SQLITE.run_each(connection, _named(rows))


def unused(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Texts of those of these contents that are no document's newest any more."""
    rows = _UNUSED.rows_of_any(connection, sorted(numbers))
    return {row["content_no"]: row["text"] for row in rows}


def newest_elsewhere(connection: Connection, numbers: Collection[int], moved: Collection[int]) -> set[int]:
    """Those of these contents that are the newest of a document that was not moved now."""
    wanted, mine = sorted(numbers), sorted(moved)
    if on_postgres(connection):
        return set(_ELSEWHERE_POSTGRES.column(connection, {"wanted": wanted, "moved": mine}))
    return set(_ELSEWHERE_SQLITE.column(connection, {"wanted": json.dumps(wanted), "moved": json.dumps(mine)}))


def _apart(pairs: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    return {"bands": [band for band, _ in pairs], "numbers": [number for _, number in pairs]}


def _named(pairs: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"band": band, "content_no": number} for band, number in pairs]
