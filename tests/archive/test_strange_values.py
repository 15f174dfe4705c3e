"""Proof of rows whose values are of another kind than what was stored, or name nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from archive import open_writable
from archive.schema import metadata
from tests.archive.house import decided, derived, fetched, later, revision, says, watched
from tests.archive.tampered import checked, filled, tampering, unguarded


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
