"""Rows read back for proof: the digest of each, over exactly what was taken when it was written.

A row that cannot even be read (SQLite keeps any bytes in any column) is damage like any other: then the batch is read
again row by row, and the one that fails is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, LargeBinary, Text, bindparam, case, func, select, text, tuple_

from archive.captures import CAPTURE, DERIVATION, capture_of, capture_values, derivation_values
from archive.chained import document_values, version_values
from archive.database import on_postgres
from archive.digest import row_digest
from archive.errors import Damaged
from archive.history import CHANGE, VERSION
from archive.payloads import payload_values
from archive.rows import CONTENT_COLUMNS, blob
from archive.schema import captures, changes, contents, derivations, documents, links, payloads, sources, versions
from archive.session import change_values
from archive.walk import raise_unless_damage

Key = tuple[int, ...]
CHUNK = 400
"""rows asked for in one query"""


def _payload(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    return payload_values(blob(row["digest"]), row["size"])


def _capture(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    _resolved(row, payload_no="digest", media_type_no="media_type", tls_no="tls")
    plain = {**row, "headers": None}  # the frame itself is proved, so it need not be read here
    return capture_values(capture_of(connection, {**plain, "headers_base_no": None}), row)


def _derivation(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    _resolved(row, encoding_no="encoding", evidence_no="evidence")
    return derivation_values(row)


def _content(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    return [row[name] for name in CONTENT_COLUMNS]


def _version(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    return version_values(row, row["document_id"], row["content_hash"], row["extractor"])


def _change(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    return change_values(row, row["document_id"])


def _document(connection: Connection, row: Mapping[Any, Any]) -> Sequence[object]:
    _resolved(row, parent_no="parent_id")
    return document_values(row, row["source_id"], row["parent_id"], row["content_hash"])


def _resolved(row: Mapping[Any, Any], **said: str) -> None:
    """Raises Damaged for a number that names nothing: what it should name would read as if there was none."""
    for number, name in said.items():
        if row[number] is not None and row[name] is None:
            raise Damaged(f"its {number} names nothing")


_PAYLOAD = select(payloads.c.payload_no, payloads.c.digest, payloads.c.size)
_DERIVATION = DERIVATION.add_columns(derivations.c.encoding_no, derivations.c.evidence_no)
_parent = documents.alias("parent")
_DOCUMENT = (
    select(documents, sources.c.source_id, contents.c.content_hash, _parent.c.document_id.label("parent_id"))
    .outerjoin(sources, sources.c.source_no == documents.c.source_no)
    .outerjoin(contents, contents.c.content_no == documents.c.content_no)
    .outerjoin(_parent, _parent.c.document_no == documents.c.parent_no)
)
_Values = Callable[[Connection, Mapping[Any, Any]], Sequence[object]]
_TABLES: dict[str, tuple[Any, tuple[Any, ...], _Values]] = {
    "payloads": (_PAYLOAD, (payloads.c.payload_no,), _payload),
    "captures": (CAPTURE, (captures.c.capture_no,), _capture),
    "derivations": (_DERIVATION, (derivations.c.capture_no, derivations.c.number), _derivation),
    "contents": (select(contents), (contents.c.content_no,), _content),
    "versions": (VERSION, (versions.c.document_no, versions.c.number), _version),
    "changes": (CHANGE, (changes.c.seq,), _change),
    "documents": (_DOCUMENT, (documents.c.document_no,), _document),
}
_KEYS = {
    "payloads": payloads, "captures": captures, "derivations": derivations, "contents": contents, "versions": versions,
    "changes": changes, "documents": documents,
}  # fmt: skip


def _among(keys: tuple[Any, ...]) -> Any:
    wanted: Any = bindparam("wanted", expanding=True)
    return keys[0].in_(wanted) if len(keys) == 1 else tuple_(*keys).in_(wanted)


_QUERIES = {
    name: (query.where(_among(keys)), [key.name for key in keys], values)
    for name, (query, keys, values) in _TABLES.items()
}


def digests(connection: Connection, table: str, keys: Iterable[Key]) -> dict[Key, bytes | str]:
    """Digest of each of these rows by key; a text where the row cannot be read says why. Missing rows are left out."""
    found: dict[Key, bytes | str] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        try:
            found |= _read(connection, table, chunk)
        except Exception as error:
            raise_unless_damage(error)
            for key in chunk:
                found |= _alone(connection, table, key)
    return found


def _read(connection: Connection, table: str, keys: Sequence[Key]) -> dict[Key, bytes | str]:
    query, names, values = _QUERIES[table]
    asked = [key[0] for key in keys] if len(names) == 1 else list(keys)
    return {
        tuple(row[name] for name in names): row_digest(table, values(connection, row))
        for row in connection.execute(query, {"wanted": asked}).mappings()
    }


def _alone(connection: Connection, table: str, key: Key) -> dict[Key, bytes | str]:
    try:
        return _read(connection, table, [key])
    except Damaged as error:
        return {key: str(error)}
    except Exception as error:
        raise_unless_damage(error)
        return {key: f"cannot be read: {type(error).__name__}"}


_KINDS: dict[type[Any], str] = {Text: "'text'", LargeBinary: "'blob'"}
"""how SQLite calls what a column keeps; all others keep whole numbers"""


def strange_values(connection: Connection, name: str) -> Iterator[tuple[Key, str]]:
    """Key and what is wrong, of rows of a table with a value of a kind that their column does not keep.

    SQLite keeps any value anywhere, and some read like what was stored: an empty blob like an empty text, 3 like true.
    """
    if on_postgres(connection):
        return
    table = links if name == "links" else _KEYS[name]
    keys = [_key(column.name) for column in table.primary_key.columns]
    tests = [_strange(column) for column in table.columns]
    said = f"SELECT {', '.join(keys)}, {', '.join(tests)} FROM {name} WHERE {' OR '.join(tests)}"
    for row in connection.execute(text(said)):
        columns = [column.name for column, test in zip(table.columns, row[len(keys) :], strict=True) if test]
        yield tuple(row[: len(keys)]), f"no value of that kind was stored: {', '.join(columns)}"


def _strange(column: Column[Any]) -> str:
    kind = next((said for base, said in _KINDS.items() if isinstance(column.type, base)), "'integer'")
    allowed = f"{kind}, 'null'" if column.nullable else kind
    test = f"typeof({column.name}) NOT IN ({allowed})"
    return f"({test} OR {column.name} NOT IN (0, 1))" if isinstance(column.type, Boolean) else test


def _key(name: str) -> str:
    """A key as SQL that can be read whatever was put there."""
    return f"CASE typeof({name}) WHEN 'integer' THEN {name} ELSE 'x' || quote(hex({name})) END"


def keys_of(connection: Connection, table: str) -> Iterator[Key]:
    """The keys of all rows of a table, in order, whatever the rows hold; without those that are no numbers."""
    columns = list(_KEYS[table].primary_key.columns)
    numbers: list[Any] = columns
    if len(columns) > 1 and not on_postgres(connection):  # one alone is the row's own number on SQLite
        numbers = [case((func.typeof(column) == "integer", column)) for column in columns]
    for row in connection.execute(select(*numbers).order_by(*columns).execution_options(yield_per=5000)):
        if None not in row:
            yield tuple(row)
