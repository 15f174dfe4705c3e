"""Someone who edits the database behind the archive's back, one damage at a time, each undone: `benchmarks.damages`."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, LargeBinary, Text, text
from sqlalchemy.exc import DBAPIError

from archive import proof
from archive.chain import GENESIS, TABLES, Entry, link_hash, pack, unpack
from archive.database import EPOCH, UtcDateTime, on_postgres, sqlite_path, writing_engine
from archive.schema import links, metadata
from archive.verify import Damage

COVERED = (*TABLES, "links")
"""tables with rows to tamper with; the search index is kept otherwise on each database"""
OF_SEARCH = {False: ("search_data", "search_idx"), True: ("search",)}
"""on Postgres, and not"""
Row = dict[str, Any]
STRANGE: tuple[Any, ...] = (1.5, -1, 2**62, -(2**63), 9e99, "x", "", "1", b"", b"x", None)
"""what a bit that flips in a row's head may make of any value"""


class Unfit(Exception):
    """This damage cannot be done here: the database refused it, or it changes nothing."""


@dataclass(frozen=True, slots=True)
class Done:
    """One damage that was done."""

    kind: str
    table: str
    keys: tuple[str, ...]
    """of the rows it touched, as `verify` names them; none: any row of the table will do"""
    what: str
    needs_anchor: bool = False

    def is_named_by(self, found: Sequence[Damage]) -> bool:
        """Whether one of these damages is this one."""
        named = {self.table, "file"} if self.table == "search" else {self.table}
        return any(one.table in named and (not self.keys or one.row in self.keys) for one in found)

    def __str__(self) -> str:
        return f"{self.kind}: {self.table} {' '.join(self.keys)}: {self.what}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of damage; `not_on`: whether it cannot be done on Postgres, or not on SQLite."""

    name: str
    not_on: tuple[bool, ...] = ()


KINDS = (
    *(Kind("edit"),) * 10, *(Kind("delete"),) * 3, *(Kind("insert"),) * 3, *(Kind("exchange"),) * 3,
    *(Kind("type", (True,)),) * 3, Kind("in place", (True,)), Kind("search"), Kind("tail"), Kind("anew"),
)  # fmt: skip
"""as often as they are done"""


class Tamperer:
    """Does one damage at a time and undoes it. On SQLite the file itself is put back; on Postgres the rows are."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self.url, self.chance = url, chance
        self.engine = writing_engine(url, foreign_keys=False)
        self.postgres = on_postgres(self.engine)
        self.path = sqlite_path(url)
        self._kept = Kept(self.engine, self.path)
        self._file: bytes | None = None
        """what the file is to be when the transaction has ended"""
        self._columns = {name: [column.name for column in metadata.tables[name].columns] for name in COVERED}
        self._keys = {name: [key.name for key in metadata.tables[name].primary_key.columns] for name in COVERED}

    def __enter__(self) -> Tamperer:
        return self

    def __exit__(self, *raised: object) -> None:
        self.undo()
        self.engine.dispose()

    def undo(self) -> None:
        """Puts the archive right."""
        self._kept.put_back()

    def do(self, kind: str) -> Done:
        """One damage of that kind. Raises Unfit."""
        act: Callable[[Connection], Done] = getattr(self, "_" + kind.replace(" ", "_"))
        try:
            with self.engine.begin() as connection:
                if self.postgres:
                    connection.execute(text("SET LOCAL session_replication_role = replica"))
                done = act(connection)
            if self._file is not None:
                self._kept.overwrite(self._file)
            return done
        except (DBAPIError, OverflowError) as error:
            raise Unfit from error
        finally:
            self._file = None

    # --- the kinds -------------------------------------------------------------------------------------------------

    def _edit(self, connection: Connection) -> Done:
        table, row = self._some_row(connection)
        name = self.chance.choice(self._columns[table])
        new = _other(row[name], metadata.tables[table].columns[name], self.chance, self.postgres)
        return self._set(connection, "edit", table, row, name, new)

    def _type(self, connection: Connection) -> Done:
        """SQLite keeps any value in any column."""
        table, row = self._some_row(connection)
        name = self.chance.choice(self._columns[table])
        old = row[name]
        alike = (
            old + 0.5 if isinstance(old, int) else old.encode() if isinstance(old, str)
            else old.hex() if isinstance(old, bytes) else b""
        )  # fmt: skip
        new = alike if self.chance.random() < 0.5 else self.chance.choice([one for one in STRANGE if one != old])
        return self._set(connection, "type", table, row, name, new)

    def _set(self, connection: Connection, kind: str, table: str, row: Row, name: str, new: Any) -> Done:
        here = " AND ".join(f"{key} = :key_{key}" for key in self._keys[table])
        keys = {f"key_{key}": row[key] for key in self._keys[table]}
        connection.execute(text(f"UPDATE {table} SET {name} = :new WHERE {here}"), {"new": new, **keys})
        after = {**row, name: new}
        held = connection.execute(
            text(f"SELECT {name} FROM {table} WHERE {here}"), {f"key_{k}": after[k] for k in self._keys[table]}
        ).scalar()
        if held == row[name] and type(held) is type(row[name]):
            raise Unfit
        named = (self._key(table, row), self._key(table, after))
        return Done(kind, table, named, f"{name} was {_short(row[name])}, is {_short(new)}")

    def _delete(self, connection: Connection) -> Done:
        table, row = self._some_row(connection)
        here = " AND ".join(f"{key} = :{key}" for key in self._keys[table])
        connection.execute(text(f"DELETE FROM {table} WHERE {here}"), {key: row[key] for key in self._keys[table]})
        last = table == "links" and not connection.execute(
            text("SELECT 1 FROM links WHERE link_no > :n"), {"n": row["link_no"]}
        ).all()  # fmt: skip
        return Done("delete", "links", (), "the last one", needs_anchor=True) if last else Done(
            "delete", table, (self._key(table, row),), "deleted"
        )  # fmt: skip

    def _insert(self, connection: Connection) -> Done:
        table, row = self._some_row(connection)
        new = dict(row)
        key = self._keys[table][-1]
        new[key] = self.chance.choice((-3, 0, row[key] + 1, row[key] + 1000, 70_000 + row[key]))
        for column in ("digest", "content_hash", "document_id"):
            if column in self._columns[table]:
                new[column] = self.chance.randbytes(32) if column == "digest" else f"{self.chance.getrandbits(90):x}"
        self._put(connection, table, new)
        return Done("insert", table, (self._key(table, new),), "inserted")

    def _exchange(self, connection: Connection) -> Done:
        table, one = self._some_row(connection)
        other = self.chance.choice(self._rows(connection, table))
        whole = self.chance.random() < 0.5
        keys = self._keys[table]
        moving = [name for name in self._columns[table] if name not in keys] if whole else [self._moved(table)]
        if any(one[name] is None and other[name] is None for name in moving if not whole):
            raise Unfit
        if all(one[key] == other[key] for key in keys) or all(one[name] == other[name] for name in moving):
            raise Unfit
        for row in (one, other):
            here = " AND ".join(f"{key} = :{key}" for key in keys)
            connection.execute(text(f"DELETE FROM {table} WHERE {here}"), {key: row[key] for key in keys})
        self._put(connection, table, {**one, **{name: other[name] for name in moving}})
        self._put(connection, table, {**other, **{name: one[name] for name in moving}})
        named = (self._key(table, one), self._key(table, other))
        return Done("exchange", table, named, "the whole rows" if whole else f"their {moving[0]}")

    def _moved(self, table: str) -> str:
        return self.chance.choice([name for name in self._columns[table] if name not in self._keys[table]])

    def _in_place(self, connection: Connection) -> Done:
        """A bit of a payload in the file itself, where no statement passes."""
        assert self.path is not None
        row = self.chance.choice([row for row in self._rows(connection, "payloads") if row["data"]])
        held, file = row["data"][:60], bytearray(self.path.read_bytes())
        at = file.find(held)
        if at < 0:
            raise Unfit
        bit = self.chance.randrange(8 * len(held))
        file[at + bit // 8] ^= 1 << bit % 8
        self._file = bytes(file)
        return Done("in place", "payloads", (f"{row['payload_no']}",), f"bit {bit} of its bytes")

    def _search(self, connection: Connection) -> Done:
        if self.postgres:
            number = self.chance.choice(connection.execute(text("SELECT content_no FROM search")).scalars().all())
            what = self.chance.choice((
                "DELETE FROM search WHERE content_no = :n",
                "UPDATE search SET tokens = ts_delete(tokens, (tsvector_to_array(tokens))[1]) WHERE content_no = :n",
                "UPDATE search SET tokens = tokens || array_to_tsvector(ARRAY['another']) WHERE content_no = :n",
                "UPDATE search SET tokens = setweight(tokens || 'a:1'::tsvector, 'A') WHERE content_no = :n",
                "INSERT INTO search SELECT :n + 900, tokens FROM search WHERE content_no = :n",
            ))  # fmt: skip
            connection.execute(text(what), {"n": number})
            return Done("search", "search", (), what.replace(":n", f"{number}"))
        table = self.chance.choice(OF_SEARCH[False])
        rows = [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]
        row = self.chance.choice(rows)
        if table == "search_idx" or self.chance.random() < 0.2:
            keys = ("segid", "term") if table == "search_idx" else ("id",)
            here = " AND ".join(f"{key} = :{key}" for key in keys)
            connection.execute(text(f"DELETE FROM {table} WHERE {here}"), row)
            return Done("search", "search", (), f"a row of {table} deleted: {_short(row)}")
        block = bytearray(row["block"])
        bit = self.chance.randrange(8 * len(block))
        block[bit // 8] ^= 1 << bit % 8
        connection.execute(text("UPDATE search_data SET block = :b WHERE id = :i"), {"b": bytes(block), "i": row["id"]})
        return Done("search", "search", (), f"bit {bit} of search_data {row['id']}")

    def _tail(self, connection: Connection) -> Done:
        """The last commits, cut off with every row they added."""
        rows = self._rows(connection, "links")
        cut = self.chance.randrange(1, 6)
        for row in rows[-cut:]:
            for entry in unpack(row["entries"]):
                assert entry.operation == "add" and entry.table in ("captures", "payloads")
                key = self._keys[entry.table][0]
                connection.execute(text(f"DELETE FROM {entry.table} WHERE {key} = :n"), {"n": entry.key[0]})
            connection.execute(text("DELETE FROM links WHERE link_no = :n"), {"n": row["link_no"]})
        return Done("tail", "links", (f"{rows[-1]['link_no']}",), f"{cut} links", needs_anchor=True)

    def _anew(self, connection: Connection) -> Done:
        """A row edited, and every link from there on computed as if it had always said so."""
        said = self.chance.choice(("title", "text"))
        number = self.chance.choice(connection.execute(text("SELECT seq FROM changes")).scalars().all())
        connection.execute(
            text("UPDATE changes SET title = title || ' forged', fields = :f WHERE seq = :n"), {"f": said, "n": number}
        )
        before = GENESIS
        for link in connection.execute(links.select().order_by(links.c.link_no)).mappings().all():
            entries = [_again(connection, entry) for entry in unpack(bytes(link["entries"]))]
            packed = pack(entries)
            whole = [entry.digest for entry in entries if entry.operation == "add"]
            before = link_hash(before, link["link_no"], link["at"], link["last_seq"], link["note"], packed, whole)
            connection.execute(
                links.update().where(links.c.link_no == link["link_no"]).values(entries=packed, hash=before)
            )
        return Done("anew", "links", (), f"changes {number} forged, the chain computed anew", needs_anchor=True)

    # --- rows ------------------------------------------------------------------------------------------------------

    def _some_row(self, connection: Connection) -> tuple[str, Row]:
        table = self.chance.choice(COVERED)
        return table, self.chance.choice(self._rows(connection, table))

    def _rows(self, connection: Connection, table: str) -> list[Row]:
        said = text(f"SELECT * FROM {table} ORDER BY {', '.join(self._keys[table])}")
        return [dict(row) for row in connection.execute(said).mappings()]

    def _put(self, connection: Connection, table: str, row: Row) -> None:
        names = ", ".join(row)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in row)})"), row)

    def _key(self, table: str, row: Row) -> str:
        return ",".join(f"{row[key]}" for key in self._keys[table])


class Kept:
    """The archive as it was: its file on SQLite, its rows on Postgres."""

    def __init__(self, engine: Any, path: Path | None) -> None:
        self._engine, self._path = engine, path
        self._rows: dict[str, list[Row]] = {}
        if path is not None:
            with engine.connect() as connection:
                connection.rollback()
            self._checkpoint()
            shutil.copyfile(path, path.with_name("kept"))
            return
        with engine.connect() as connection:
            for table in (*COVERED, "search"):
                rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
                self._rows[table] = [dict(row) for row in rows]

    def put_back(self) -> None:
        """Everything as it was."""
        if self._path is not None:
            self.overwrite(self._path.with_name("kept").read_bytes())
            return
        with self._engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table, rows in self._rows.items():
                connection.execute(text(f"DELETE FROM {table}"))
                said = [f"CAST(:{name} AS tsvector)" if name == "tokens" else f":{name}" for name in rows[0]]
                connection.execute(
                    text(f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({', '.join(said)})"), rows
                )

    def overwrite(self, file: bytes) -> None:
        """Another file in place of the archive's; nobody may be reading."""
        assert self._path is not None
        self._engine.dispose()
        for end in ("-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        self._path.write_bytes(file)

    def _checkpoint(self) -> None:
        raw = self._engine.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        raw.close()


def _again(connection: Connection, entry: Entry) -> Entry:
    """An entry as it would be made of the row that is there now."""
    if entry.operation != "add":
        return entry
    digest = proof.digests(connection, entry.table, [entry.key])[entry.key]
    assert isinstance(digest, bytes)
    return Entry(entry.table, entry.operation, entry.key, digest)


def _other(value: Any, column: Any, chance: random.Random, postgres: bool) -> Any:
    """Another value that the column may hold."""
    if value is None:
        return _something(column.type, chance, postgres)
    if column.nullable and chance.random() < 0.15:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(8) if chance.random() < 0.7 else value + chance.choice((-1, 1, 1000))
    if isinstance(value, bytes):
        return _flipped(value, chance)
    if isinstance(value, str):
        return _respelt(value, chance)
    return value + chance.choice((-1, 1)) * value.resolution


def _something(kind: Any, chance: random.Random, postgres: bool) -> Any:
    """A value where there was none."""
    if isinstance(kind, LargeBinary):
        return chance.choice((b"", b"x"))
    if isinstance(kind, Text):
        return chance.choice(("", "x", "{}"))
    if isinstance(kind, Boolean):
        return chance.choice((True, False))
    if isinstance(kind, UtcDateTime) and postgres:
        return EPOCH
    return chance.choice((0, 1, 3))


def _flipped(value: bytes, chance: random.Random) -> bytes:
    said = bytearray(value or b"x")
    said[chance.randrange(len(said))] ^= 1 << chance.randrange(8)
    return bytes(said)


def _respelt(value: str, chance: random.Random) -> str:
    at = chance.randrange(len(value) + 1)
    put_in, left_out = chance.choice((" ", "x", "\u0301", "的")), chance.choice((0, 1))
    return value[:at] + put_in + value[at + left_out :] if chance.random() < 0.7 else value[:at] + value[at + 1 :]


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) < 60 else said[:57] + "..."
