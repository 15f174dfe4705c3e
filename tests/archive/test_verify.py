"""Proof: every damage is found and named, a sound archive raises nothing, and an anchor tells what a new chain
hides."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from archive import Writer, open_archive, open_writable
from archive.anchor import anchor, read_anchor, write_anchor
from archive.compact import compact
from archive.database import writing_engine
from archive.errors import ArchiveError
from archive.records import Facts, Nature, Removal
from archive.schema import metadata
from archive.verify import COVERED, Damage, Progress, Verification, verify
from tests.archive.house import SITE, decided, derived, fetched, later, revision, says, watched
from tests.archive.test_payloads import history

TABLES = [name for name in COVERED if name != "search"]


def filled(writer: Writer, visits: int = 14, natures: bool = True) -> None:
    """Two pages over time: versions, revisits, a removal, a return, soft errors, compacted and fresh payloads."""
    one, two, gone = watched(writer, "one", "two", "gone")
    for visit, body in enumerate(history(1, visits, 60)):
        with writer.begin() as tx:
            capture = tx.record_capture(fetched(one, later(visit), path="one"), body)
            words = (
                f"version {visit // 3} of the notice about the bridge, which stays closed until further notice for "
                "everybody"
            )
            facts = Facts(
                SITE + "one",
                author="交通局",
                published_at=later(-visit),
                edited_at=later(visit),
                extra={"visit": visit},
                closed=True,
            )
            kind: Any = "new" if visit == 0 else "changed"
            if visit % 3 == 0:
                nature = Nature(True, 0.1, None, ("body",)) if visit and natures else None
                said = says(words, fields={"issuer": "交通局"})
                decided(tx, capture, revision("one", said, kind, facts=facts, nature=nature))
            else:
                decided(tx, capture, seen=("one",))
            tx.record_capture(fetched(two, later(visit), path="two"), b"always the same")
    with writer.begin() as tx:
        capture = tx.record_capture(fetched(gone, later(99), outcome="gone", path="gone"), b"404")
        tx.record_derivation(derived(capture, outcome="soft-404"))
        decided(tx, capture, gone=(Removal("one"),))
    compact(writer)
    with writer.begin() as tx:
        for visit, body in enumerate(history(2, 3, 60)):
            tx.record_capture(fetched(two, later(200 + visit), path="two"), body)


def checked(url: str, **more: Any) -> Verification:
    with open_archive(url) as archive:
        return verify(archive, **more)


@contextlib.contextmanager
def tampering(url: str) -> Iterator[Engine]:
    """An engine for someone who edits the database behind the archive's back: nothing stops him."""
    engine = writing_engine(url, foreign_keys=False)
    yield engine
    engine.dispose()


def unguarded(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))


def test_a_sound_archive_raises_nothing(database_url: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer)
    found = checked(database_url)
    assert found.damage == () and found.tables == COVERED and found.checked > 100


def test_an_empty_archive_is_sound(database_url: str) -> None:
    assert checked(database_url).damage == ()


def other(value: Any, chance: random.Random) -> Any:
    """Another value of the same sort."""
    if value is None:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((1, -1, 7))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, bytes | memoryview):
        flipped = bytearray(value)
        if not flipped:
            return b"x"
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    return value + " " if chance.random() < 0.5 or not value else value[:-1] + chr(ord(value[-1]) ^ 1)


CHOICES = {"kind": "moved", "cause": "rederived", "state": "present"}
"""columns with a CHECK: the other value that it allows"""


def test_an_edit_of_any_column_of_any_covered_table_is_found_and_named(database_url: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer)
    chance = random.Random(7)
    missed, tried = [], 0
    with tampering(database_url) as engine:
        for name in TABLES:
            table = metadata.tables[name]
            keys = list(table.primary_key.columns)
            with engine.begin() as connection:
                rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for column in table.columns:
                holding = [row for row in rows if row[column.name] is not None] or rows
                row = chance.choice(holding)
                old = row[column.name]
                if old is None:
                    new: Any = {"INTEGER": 3, "BIGINT": 3, "SMALLINT": 3}.get(
                        str(column.type), b"x" if "BLOB" in str(column.type) or "BYTEA" in str(column.type) else "x"
                    )
                    if column.name in ("missing_since", "base_no", "payload_no", "parent_no", "edited_at"):
                        continue
                else:
                    new = other(old, chance)
                if column.name in CHOICES and name in ("documents", "changes", "versions"):
                    new = CHOICES[column.name]
                if column.unique or new == old:
                    continue
                here = [key == row[key.name] for key in keys]
                with engine.begin() as connection:
                    unguarded(connection)
                    clash = (
                        column.primary_key
                        and connection.execute(
                            select(table).where(*(k == (new if k is column else row[k.name]) for k in keys))
                        ).first()
                    )
                    if clash:
                        new = 10_000 + tried
                    connection.execute(update(table).where(*here).values({column.name: new}))
                tried += 1
                found = checked(database_url).damage
                if not any(damage.table == name for damage in found):
                    missed.append((name, column.name, old, new, found[:2]))
                back = [k == (new if k is column else row[k.name]) for k in keys]
                with engine.begin() as connection:
                    unguarded(connection)
                    connection.execute(update(table).where(*back).values({column.name: old}))
    assert not missed and tried > 70
    assert checked(database_url).damage == ()


@pytest.mark.parametrize("name", TABLES)
def test_a_deleted_an_inserted_and_two_exchanged_rows_are_found_and_named(database_url: str, name: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer, 8)
    table = metadata.tables[name]
    keys = list(table.primary_key.columns)
    with tampering(database_url) as engine:
        with engine.begin() as connection:
            rows = [dict(row) for row in connection.execute(select(table).order_by(*keys)).mappings()]
        row = rows[len(rows) // 2]
        here = [key == row[key.name] for key in keys]

        def act(*statements: Any) -> tuple[Damage, ...]:
            with engine.begin() as connection:
                unguarded(connection)
                for statement in statements:
                    connection.execute(statement)
            return checked(database_url).damage

        said = {damage.table for damage in act(delete(table).where(*here))}
        assert name in said or (name == "links" and said)
        assert act(insert(table).values(row)) == ()
        new = {**row, keys[-1].name: 9_999}
        if name in ("payloads", "contents", "documents"):
            new[{"payloads": "digest", "contents": "content_hash", "documents": "document_id"}[name]] = (
                b"y" * 32 if name == "payloads" else "y"
            )
        inserted = act(insert(table).values(new))
        assert any(damage.table == name for damage in inserted)
        assert act(delete(table).where(*(key == new[key.name] for key in keys))) == ()
        first, last = rows[0], rows[-1]
        if first is last or len(keys) > 1:
            return
        key = keys[0]
        swap = [
            update(table).where(key == first[key.name]).values({key.name: 77_777}),
            update(table).where(key == last[key.name]).values({key.name: first[key.name]}),
            update(table).where(key == 77_777).values({key.name: last[key.name]}),
        ]
        exchanged = act(*swap)
        assert any(damage.table == name for damage in exchanged)


def test_a_damaged_payload_is_named_and_its_neighbours_are_not(sqlite_url: str) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer)
    with tampering(sqlite_url) as engine, engine.begin() as connection:
        number, data = connection.execute(
            text("SELECT payload_no, data FROM payloads WHERE depth = 0 ORDER BY 1 LIMIT 1")
        ).one()
        connection.execute(
            text("UPDATE payloads SET data = :d WHERE payload_no = :n"),
            {"d": data[:20] + b"\xff" + data[21:], "n": number},
        )
    damage = checked(sqlite_url).damage
    assert ("payloads", f"{number}") in {(d.table, d.row) for d in damage}
    assert {d.table for d in damage} == {"payloads"}


def test_a_cut_off_tail_and_a_new_chain_are_told_by_the_anchor(database_url: str, tmp_path: Path) -> None:
    with open_writable(database_url) as writer:
        filled(writer, 5)
    with open_archive(database_url) as archive:
        kept = write_anchor(anchor(archive), b"key")
    assert checked(database_url, anchor=read_anchor(kept, b"key")).damage == ()
    with open_writable(database_url) as writer, writer.begin() as tx:
        page = tx.page_by_url(SITE + "two")
        assert page is not None
        tx.record_capture(fetched(page.page_id, later(500), path="two"), b"more")
    assert checked(database_url, anchor=read_anchor(kept)).damage == ()
    with tampering(database_url) as engine, engine.begin() as connection:
        unguarded(connection)
        last = connection.scalar(text("SELECT max(link_no) FROM links"))
        connection.execute(text("DELETE FROM links WHERE link_no >= :n"), {"n": last - 1})
    assert any("anchored link is missing" in d.what for d in checked(database_url, anchor=read_anchor(kept)).damage)


def test_an_anchor_that_was_edited_is_refused() -> None:
    from archive.anchor import Anchor

    said = write_anchor(Anchor(7, "ab" * 32, 3), b"key")
    assert read_anchor(said, b"key") == Anchor(7, "ab" * 32, 3)
    for forged in (said.replace('"link_no": 7', '"link_no": 8'), said.replace("hmac", "none"), "{}", "[]", "no json"):
        with pytest.raises(ArchiveError):
            read_anchor(forged, b"key")
    with pytest.raises(ArchiveError):
        read_anchor(said, b"another key")


def test_a_stopped_verification_goes_on_where_it_was(database_url: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer)
    states: list[str] = []

    def keep(progress: Progress) -> None:
        states.append(progress.state())

    whole = checked(database_url, tell=keep)
    for state in states:
        again = checked(database_url, state=state)
        assert again.damage == () and again.head == whole.head


def test_damage_is_found_while_others_write(sqlite_url: str) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer, 6)
        (page,) = watched(writer, "two")

        def write_more(progress: Progress) -> None:
            if progress.phase != "search":
                with writer.begin() as tx:
                    tx.record_capture(
                        fetched(page, later(progress.checked), path="two"), f"{progress.checked}".encode()
                    )

        assert checked(sqlite_url, tell=write_more).damage == ()
        assert checked(sqlite_url).damage == ()


@pytest.mark.parametrize(
    ("table", "edit"),
    [
        ("payloads", "UPDATE payloads SET more_bases = '' WHERE more_bases IS NULL"),
        ("payloads", "UPDATE payloads SET more_bases = x'08' WHERE base_no IS NULL"),
        ("payloads", "UPDATE payloads SET more_bases = hex(more_bases) WHERE more_bases IS NOT NULL"),
        ("payloads", "UPDATE payloads SET data = hex(data)"),
        ("documents", "UPDATE documents SET closed = 3 WHERE closed"),
        ("derivations", "UPDATE derivations SET at = at + 0.5"),
        ("links", "UPDATE links SET at = at + 0.5"),
        ("contents", "UPDATE contents SET text = x'' WHERE text = ''"),
        ("captures", "UPDATE captures SET payload_no = x'' WHERE payload_no IS NULL"),
    ],
)
def test_a_value_of_another_kind_that_reads_like_the_stored_one_is_named(
    sqlite_url: str, table: str, edit: str
) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer)
        (page,) = watched(writer, "bare")
        with writer.begin() as tx:
            capture = tx.record_capture(fetched(page, later(300), outcome="error:timeout", path="bare"), None)
            decided(tx, capture, revision("bare", says("", "")))
    assert checked(sqlite_url).damage == ()
    with tampering(sqlite_url) as engine, engine.begin() as connection:
        changed = connection.execute(text(edit)).rowcount
    assert changed and table in {damage.table for damage in checked(sqlite_url).damage}


@pytest.mark.parametrize("number", [0, -3, 1_000])
def test_a_link_inserted_before_or_far_behind_the_others_is_named(database_url: str, number: int) -> None:
    with open_writable(database_url) as writer:
        filled(writer, 3)
    with tampering(database_url) as engine, engine.begin() as connection:
        link = connection.execute(text("SELECT * FROM links ORDER BY link_no LIMIT 1")).mappings().one()
        connection.execute(insert(metadata.tables["links"]), {**_typed(link), "link_no": number})
    assert ("links", f"{number}") in {(damage.table, damage.row) for damage in checked(database_url).damage}


def _typed(link: Any) -> dict[str, Any]:
    return {**link, "at": later(0), "entries": bytes(link["entries"]), "hash": bytes(link["hash"])}


def test_what_the_search_index_says_of_no_content_is_named(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer:
        filled(writer, 3)
    with tampering(postgres_url) as engine, engine.begin() as connection:
        unguarded(connection)
        connection.execute(text("INSERT INTO search SELECT content_no + 900, tokens FROM search"))
    assert {(damage.table, damage.row) for damage in checked(postgres_url).damage} >= {("search", "901")}


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE search_data SET block = x'8F01' WHERE id = 1",
        "DELETE FROM search_data WHERE id = 1",
        "DELETE FROM search_idx",
        "UPDATE search_idx SET pgno = pgno + 2",
        "UPDATE search_idx SET term = x'7a7a7a'",
    ],
)
def test_a_search_index_that_looks_in_the_wrong_place_is_told(sqlite_url: str, edit: str) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer)
    with tampering(sqlite_url) as engine, engine.begin() as connection:
        assert connection.execute(text(edit)).rowcount
    assert {damage.table for damage in checked(sqlite_url).damage} == {"search"}


@pytest.mark.parametrize(
    "edit",
    [
        "payloads SET size = 1.5", "payloads SET size = ''", "payloads SET codec = 'x'", "payloads SET base_no = 'x'",
        "payloads SET base_no = base_no + 0.5", "payloads SET data = 1 << 62", "payloads SET seal = 1 << 62",
        "payloads SET more_bases = 1 << 62", "payloads SET size = CAST(x'fffe' AS TEXT)",
        "derivations SET number = 'x'", "derivations SET number = x'78'",
        "derivations SET capture_no = CAST(x'fffe' AS TEXT)", "versions SET number = CAST(x'fffe' AS TEXT)",
        "versions SET document_no = 'x'", "contents SET fields = '1'", "contents SET fields = 1.5",
        "contents SET attachments = '[1]'", "contents SET title = CAST(x'fffe' AS TEXT)",
        "links SET entries = 1 << 62", "links SET hash = 1 << 62", "links SET note = CAST(x'fffe' AS TEXT)",
    ],
)  # fmt: skip
def test_whatever_a_row_holds_it_is_named_and_nothing_breaks(sqlite_url: str, edit: str) -> None:
    with open_writable(sqlite_url) as writer:
        filled(writer, 8)
    table, _, column = edit.split()[:3]
    keys = ", ".join(key.name for key in metadata.tables[table].primary_key.columns)
    some = f"SELECT {keys} FROM {table} WHERE {column} IS NOT NULL OR {column} IS NULL ORDER BY {keys} LIMIT 1 OFFSET 2"
    with tampering(sqlite_url) as engine, engine.begin() as connection:
        assert connection.execute(text(f"UPDATE {edit} WHERE ({keys}) IN ({some})")).rowcount == 1
    assert table in {damage.table for damage in checked(sqlite_url).damage}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("captures", "payload_no"), ("captures", "media_type_no"), ("captures", "tls_no"),
        ("derivations", "encoding_no"), ("derivations", "evidence_no"), ("documents", "parent_no"),
    ],
)  # fmt: skip
def test_a_number_that_names_nothing_is_not_taken_for_none(database_url: str, table: str, column: str) -> None:
    with open_writable(database_url) as writer:
        filled(writer, 3)
        (page,) = watched(writer, "bare")
        bare = replace(fetched(page, later(300), outcome="error:timeout", path="bare"), media_type=None, tls=None)
        with writer.begin() as tx:
            capture = tx.record_capture(bare, None)
            tx.record_derivation(replace(derived(capture), encoding=None, encoding_evidence=None))
    assert checked(database_url).damage == ()
    with tampering(database_url) as engine, engine.begin() as connection:
        unguarded(connection)
        changed = connection.execute(text(f"UPDATE {table} SET {column} = 77777 WHERE {column} IS NULL")).rowcount
    assert changed and table in {damage.table for damage in checked(database_url).damage}
