"""The nature of a change: kept with it, shown by the view, proved by the chain; older lines stay proved."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text, update

from archive import open_archive, open_writable
from archive.database import writing_engine
from archive.diff.wording import in_words
from archive.digest import row_digest
from archive.records import Nature
from archive.rows import nature_of, nature_text
from archive.schema import changes
from archive.session import CHANGE_VALUES, change_values
from archive.verify import verify
from tests.archive.house import decided, fetched, later, revision, says, watched
from tests.web.test_api_plans import statements

SILENT = Nature(True, 0.031, None, ("title", "body"))


def edited(url: str) -> None:
    """A notice that is new (no nature) and then edited silently."""
    with open_writable(url) as writer:
        (page,) = watched(writer, "one")
        for minute, words, nature in ((0, "the bridge is open", None), (1, "the bridge is shut", SILENT)):
            with writer.begin() as tx:
                capture = tx.record_capture(fetched(page, later(minute), path="one"), words.encode())
                decided(tx, capture, revision("one", says(words), "changed" if nature else "new", nature=nature))


def test_a_change_keeps_its_nature_and_the_view_shows_it_as_an_object(database_url: str) -> None:
    edited(database_url)
    with open_archive(database_url) as archive:
        assert [change.nature for change in archive.changes_after()] == [None, SILENT]
        with archive.connect() as connection:
            shown = connection.scalars(text("SELECT nature FROM change_log ORDER BY seq")).all()
    assert shown[0] is None
    assert json.loads(shown[1]) == {"silent": True, "share": 0.031, "only": None, "parts": ["title", "body"]}


@pytest.mark.parametrize("nature", [Nature(), SILENT, Nature(False, 1.0, "date", ("field",)), None])
def test_a_nature_is_read_back_as_it_was_written(nature: Nature | None) -> None:
    assert nature_of(nature_text(nature)) == nature


def test_a_line_without_a_nature_has_the_digest_it_had_before_natures_were_kept() -> None:
    row = {name: name for name in CHANGE_VALUES} | {"nature": None}
    before = [
        "id", "seq", "at", "kind", "document_kind", "title", "url", "version", "previous_version", "cause",
        "capture_no", "fields",
    ]  # fmt: skip
    assert change_values(row, "id") == before
    assert row_digest("changes", change_values({**row, "nature": "{}"}, "id")) != row_digest("changes", before)


@pytest.mark.parametrize(
    ("seq", "nature"), [(1, nature_text(SILENT)), (2, None), (2, nature_text(Nature(False, 0.031, None, ("body",))))]
)
def test_a_nature_that_was_added_taken_away_or_changed_is_damage(
    database_url: str, seq: int, nature: str | None
) -> None:  # fmt: skip
    edited(database_url)
    engine = writing_engine(database_url)
    with engine.begin() as connection:
        connection.execute(update(changes).where(changes.c.seq == seq).values(nature=nature))
    engine.dispose()
    with open_archive(database_url) as archive:
        damage = verify(archive).damage
    assert ("changes", str(seq)) in {(found.table, found.row) for found in damage}


@pytest.mark.parametrize(
    ("nature", "words"),
    [
        (None, ""),
        (Nature(), ""),
        (SILENT, "silent edit: title, body; 3 % of the text; its own date stayed"),
        (Nature(False, 0.4, None, ("body", "field")), "body, field; 40 % of the text; its own date changed with it"),
        (Nature(None, 0.001, None, ("body",)), "body; less than 1 % of the text"),
        (Nature(None, 0.999, None, ("body",)), "body; 99 % of the text"),
        (Nature(None, 0.2, "order", ("body",)), "nothing but the order"),
        (Nature(None, None, "date", ("field",)), "nothing but dates"),
        (Nature(None, None, None, ("attachment",)), "attachment"),
    ],
)
def test_a_nature_in_plain_words(nature: Nature | None, words: str) -> None:
    assert in_words(nature) == words


def test_only_one_kind_or_only_silent_edits_are_read_by_their_index(database_url: str) -> None:
    edited(database_url)
    with open_archive(database_url) as archive:
        assert [change.seq for change in archive.changes_after(kind="changed")] == [2]
        assert [change.seq for change in archive.changes_after(1, kind="new")] == []
        assert [change.seq for change in archive.changes_after(silent=True)] == [2]
        assert list(archive.changes_after(silent=True, kind="gone")) == []
        with statements(archive) as sent:
            list(archive.changes_after(kind="gone"))
            list(archive.changes_after(silent=True))
        postgres = archive.engine.dialect.name == "postgresql"
        plans = []
        with archive.connect() as connection:
            if postgres:
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            for statement, values in sent:
                explained = ("EXPLAIN " if postgres else "EXPLAIN QUERY PLAN ") + statement
                plans.append(" ".join(str(row[-1]) for row in connection.exec_driver_sql(explained, values)))
    kind, silent = plans
    assert "ix_changes_kind" in kind
    assert "ix_changes_silent" in silent
