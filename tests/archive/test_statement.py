"""Statements that go straight to the driver say and raise the same as those that go through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Integer, bindparam, func, insert, literal, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from archive import Writer, open_archive, open_writable
from archive.schema import labels, pages, sources
from archive.statement import PIECE, Statement, on_conflict

WHEN = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
PERCENT = "100 % of 10:30 ?"
ADD = Statement(lambda postgres: on_conflict(postgres, labels).returning(labels.c.label_no, labels.c.label))
NAMED = Statement(select(labels).where(labels.c.label.in_(bindparam("wanted", expanding=True))), many="wanted")


@pytest.fixture
def writer(database_url: str) -> Iterator[Writer]:
    with open_writable(database_url) as opened:
        yield opened


@pytest.fixture
def connection(writer: Writer) -> Iterator[Connection]:
    with writer.engine.begin() as opened:
        yield opened


def added(connection: Connection, *said: str) -> list[str]:
    return [row["label"] for row in ADD.rows_of_each(connection, [{"label": text} for text in said])]


def test_a_row_is_the_one_that_sqlalchemy_reads(connection: Connection) -> None:
    row = {
        "source_id": "county", "url": "u", "kind": "listing", "enabled": True, "tags": "[]", "settings": "",
        "added_at": WHEN,
    }  # fmt: skip
    Statement(insert(sources)).run(connection, row)
    query = select(sources).where(sources.c.source_id == bindparam("wanted"))
    plain = connection.execute(query, {"wanted": "county"}).mappings().one()
    found = Statement(query).row(connection, {"wanted": "county"})
    assert found == dict(plain)
    assert found is not None
    assert (found["added_at"], found["enabled"]) == (WHEN, True)


def test_constants_and_signs_of_the_statement_itself_are_kept(connection: Connection) -> None:
    said = select(literal(PERCENT).label("said"), func.count().label("rows"))
    query = Statement(said.where(labels.c.label != PERCENT))
    added(connection, PERCENT, "another")
    assert query.row(connection, {}) == {"said": PERCENT, "rows": 1}


def test_a_list_longer_than_a_database_takes_parameters_is_asked_for_by_pieces(connection: Connection) -> None:
    texts = [f"label {number}" for number in range(PIECE + 2)]
    added(connection, texts[0], texts[-1])
    many = [*texts, *(f"unknown {number}" for number in range(70_000))]
    assert {row["label"] for row in NAMED.rows_of_any(connection, many)} == {texts[0], texts[-1]}
    assert NAMED.rows_of_any(connection, []) == []


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 8, 70])
def test_a_list_may_have_any_length(connection: Connection, length: int) -> None:
    said = [f"label {number}" for number in range(100)]
    added(connection, *said)
    found = NAMED.rows(connection, {"wanted": said[:length]})
    assert sorted(row["label"] for row in found) == sorted(said[:length])


def test_rows_that_conflict_are_left_out_and_the_others_come_in_order(connection: Connection) -> None:
    assert added(connection, "b") == ["b"]
    assert added(connection, "c", "b", "a") == ["c", "a"]
    assert added(connection, "b") == []


def test_no_rows_are_no_statement(connection: Connection) -> None:
    assert added(connection) == []
    Statement(insert(labels)).run_each(connection, [])
    assert Statement(select(func.count()).select_from(labels)).value(connection, {}) == 0


def test_one_of_nothing_is_none(connection: Connection) -> None:
    query = Statement(select(pages.c.page_no, pages.c.found_at).where(pages.c.page_no == bindparam("wanted")))
    assert query.row(connection, {"wanted": 1}) is None
    assert query.value(connection, {"wanted": 1}) is None
    assert query.column(connection, {"wanted": 1}) == []


def test_what_the_database_refuses_is_raised_as_sqlalchemy_does(writer: Writer) -> None:
    with pytest.raises(IntegrityError) as caught, writer.engine.begin() as connection:
        for _ in range(2):
            Statement(insert(labels)).run(connection, {"label": "twice"})
    assert "unique" in str(caught.value.orig).lower()
    assert isinstance(caught.value, DBAPIError)
    with writer.engine.begin() as connection:
        assert NAMED.rows(connection, {"wanted": ["twice"]}) == []


def test_a_savepoint_undoes_what_failed_in_it_and_nothing_else(writer: Writer) -> None:
    with writer.begin() as tx:
        added(tx.session.connection, "before")
        with pytest.raises(IntegrityError), tx.savepoint():
            added(tx.session.connection, "within")
            Statement(insert(labels)).run(tx.session.connection, {"label": "before"})
        added(tx.session.connection, "after")
    with writer.engine.begin() as connection:
        found = {row["label"] for row in NAMED.rows(connection, {"wanted": ["before", "within", "after"]})}
    assert found == {"before", "after"}


def test_a_connection_that_is_lost_is_said_to_be_and_the_next_one_works(postgres_url: str) -> None:
    with open_writable(postgres_url) as writer:
        mine = Statement(select(func.pg_backend_pid().label("pid")))
        with pytest.raises(DBAPIError) as caught, writer.engine.begin() as connection:
            pid = mine.value(connection, {})
            with writer.engine.connect() as other:
                other.execute(select(func.pg_terminate_backend(pid)))
            mine.value(connection, {})
        assert caught.value.connection_invalidated
        with writer.engine.begin() as connection:
            assert mine.value(connection, {}) != pid


def test_a_statement_with_a_list_takes_its_other_values_each_time(connection: Connection) -> None:
    wish = labels.c.label.in_(bindparam("wanted", expanding=True))
    said = select(labels).where(wish, labels.c.label_no > bindparam("n"))
    query = Statement(said.limit(bindparam("rows", type_=Integer)), many="wanted")
    added(connection, "a", "b", "c")
    wanted = {"wanted": ["a", "b", "c"]}
    assert len(query.rows(connection, {**wanted, "n": 0, "rows": 2})) == 2
    assert len(query.rows(connection, {**wanted, "n": 0, "rows": 3})) == 3
    assert query.rows(connection, {**wanted, "n": 10**9, "rows": 3}) == []
    with pytest.raises(KeyError):
        query.rows(connection, {**wanted, "rows": 3})


def test_a_reader_sees_one_state_whichever_way_it_asks(database_url: str, writer: Writer) -> None:
    with open_archive(database_url) as archive, archive.connect() as reading:
        before = NAMED.rows(reading, {"wanted": ["late"]})
        with writer.engine.begin() as connection:
            added(connection, "late")
        assert NAMED.rows(reading, {"wanted": ["late"]}) == before == []
