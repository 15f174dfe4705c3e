"""Proof: every damage is found and named, a sound archive raises nothing, and an anchor tells what a new chain
hides."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from archive import open_archive, open_writable
from archive.anchor import anchor, read_anchor, write_anchor
from archive.errors import ArchiveError
from archive.schema import metadata
from archive.verify import COVERED, Damage, Progress
from tests.archive.house import SITE, fetched, later, watched
from tests.archive.tampered import checked, filled, tampering, unguarded

TABLES = [name for name in COVERED if name != "search"]


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
