"""The statements of the daemon's hot path: compiled once for each kind of database, then handed to its driver.

SQLAlchemy looks a statement up in its cache by its whole structure and wraps what comes back, which for a row found by
its key costs ten times what the database does for it. A `Statement` keeps what compiling gave: the text, the order of
its parameters, and how values pass to the driver and back. Errors are SQLAlchemy's own all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Insert, func
from sqlalchemy.dialects.postgresql import insert as upsert_postgres
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
PIECE = 8192
"""items of a list that are asked for at once; Postgres takes 65,535 parameters, SQLite as few as 32,766"""


class Statement:
    """One statement, or what makes it: told whether the database is Postgres where the two differ.

    An INSERT takes the columns that its first row names, and every later row must name them too. `many` is the name of
    a parameter that is a list (`IN`).
    """

    def __init__(
        self,
        said: ClauseElement | Callable[[bool], ClauseElement],
        many: str | None = None,
    ) -> None:
        self._said = said
        self._many = many
        self._compiled: dict[tuple[str, int], _Compiled] = {}

    def run(self, connection: Connection, values: Values) -> None:
        """Runs it once."""
        self._for(connection, values).execute(connection, values)

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Runs it for each of these; does nothing for none."""
        if not rows:
            return
        compiled = self._for(connection, rows[0])
        with _Driver(connection, compiled) as driver:
            driver.cursor.executemany(compiled.text, [compiled.said(row) for row in rows])

    def rows(self, connection: Connection, values: Values) -> list[dict[str, Any]]:
        """All rows, by column."""
        compiled = self._for(connection, values)
        return [compiled.row(found) for found in compiled.execute(connection, values)]

    def rows_of_any(self, connection: Connection, items: Sequence[Any]) -> list[dict[str, Any]]:
        """All rows for a list (`many`, with IN) of any length, by pieces and each in the statement's order."""
        assert self._many is not None
        found: list[dict[str, Any]] = []
        for start in range(0, len(items), PIECE):
            found += self.rows(connection, {self._many: items[start : start + PIECE]})
        return found

    def rows_of_each(self, connection: Connection, rows: Sequence[Values]) -> list[dict[str, Any]]:
        """What an INSERT ... RETURNING gives back for each, in their order; nothing for one that conflicted."""
        if not rows:
            return []
        compiled, found = self._for(connection, rows[0]), []
        if connection.dialect.name != "postgresql":
            for row in rows:
                found += compiled.execute(connection, row)
        else:
            with _Driver(connection, compiled) as driver:
                driver.cursor.executemany(compiled.text, [compiled.said(row) for row in rows], returning=True)
                more = True
                while more:
                    found += driver.cursor.fetchall()
                    more = driver.cursor.nextset()
        return [compiled.row(row) for row in found]

    def row(self, connection: Connection, values: Values) -> dict[str, Any] | None:
        """The first row, or None."""
        compiled = self._for(connection, values)
        found = compiled.execute(connection, values)
        return compiled.row(found[0]) if found else None

    def value(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row; None where there is none."""
        compiled = self._for(connection, values)
        found = compiled.execute(connection, values)
        return compiled.first(found[0]) if found else None

    def column(self, connection: Connection, values: Values) -> list[Any]:
        """The first column of all rows."""
        compiled = self._for(connection, values)
        return [compiled.first(found) for found in compiled.execute(connection, values)]

    def _for(self, connection: Connection, values: Values) -> _Compiled:
        places = 0 if self._many is None else _places(len(values[self._many]))
        key = connection.dialect.name, places
        compiled = self._compiled.get(key)
        if compiled is None:
            said = self._said(key[0] == "postgresql") if callable(self._said) else self._said
            columns = list(values) if isinstance(said, Insert) else None
            compiled = _Compiled(said, connection.dialect, columns, self._many, places)
            self._compiled[key] = compiled
        return compiled


def _places(count: int) -> int:
    """A list has as many places as the next power of two: few texts for lists of every length."""
    return 1 << max(count - 1, 0).bit_length()


class _Compiled:
    """A statement for one kind of database, and for lists up to one length."""

    def __init__(self, said: Any, dialect: Dialect, columns: list[str] | None, many: str | None, places: int) -> None:
        required: set[str] = set()
        if many is not None:  # a list's places are written out, for which every parameter must have some value
            named = said.compile(dialect=dialect).bind_names
            required = {name for bind, name in named.items() if bind.required}
            said = said.params({**dict.fromkeys(required), many: [None] * places})
        options = {"render_postcompile": many is not None}
        compiled: Any = said.compile(dialect=dialect, column_keys=columns, compile_kwargs=options)
        self.text = str(compiled)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._list: tuple[str, list[str]] | None = None
        if many is not None:
            self._list = many, [f"{many}_{place}" for place in range(1, places + 1)]
            binds |= dict.fromkeys(self._list[1], binds.pop(many))
        self._names = tuple(binds)
        given_later = required.union(self._list[1] if self._list is not None else ())
        fixed = {name: bind for name, bind in binds.items() if not bind.required and name not in given_later}
        self._fixed = {name: bind.value for name, bind in fixed.items()}
        into = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
        self._into: dict[str, Process] = {name: process for name, process in into.items() if process is not None}
        self._order: list[tuple[str, Process | None]] | None = None
        if compiled.positional:
            self._order = [(name, into[name]) for name in compiled.positiontup]
        given = said.exported_columns.items() if getattr(said, "exported_columns", None) is not None else ()
        types = [(name, column.type.dialect_impl(dialect)) for name, column in given]
        self._out = [(name, kind.result_processor(dialect, None)) for name, kind in types]
        self._columns = tuple(name for name, _ in self._out)
        self._back = [(at, name, process) for at, (name, process) in enumerate(self._out) if process is not None]

    def said(self, values: Values) -> Any:
        """The parameters as the driver takes them."""
        if self._fixed:
            values = {**self._fixed, **values}
        if self._list is not None:
            name, places = self._list
            items = list(values[name])
            items += items[-1:] * (len(places) - len(items)) if items else [None] * len(places)
            values = {**values, **dict(zip(places, items, strict=True))}
        if self._order is not None:
            return [values[name] if process is None else process(values[name]) for name, process in self._order]
        said = {name: values[name] for name in self._names}
        for name, process in self._into.items():
            said[name] = process(said[name])
        return said

    def execute(self, connection: Connection, values: Values) -> list[tuple[Any, ...]]:
        """Its rows as the driver gives them."""
        with _Driver(connection, self) as driver:
            driver.cursor.execute(self.text, self.said(values))
            return driver.cursor.fetchall() if self._out else []

    def row(self, found: tuple[Any, ...]) -> dict[str, Any]:
        """One row by column."""
        row = dict(zip(self._columns, found, strict=True))
        for at, name, process in self._back:
            row[name] = process(found[at])
        return row

    def first(self, found: tuple[Any, ...]) -> Any:
        """The first column of a row."""
        process = self._out[0][1]
        return found[0] if process is None else process(found[0])


class _Driver:
    """A cursor of the driver, whose errors come out as SQLAlchemy's."""

    __slots__ = ("_compiled", "_connection", "cursor")

    def __init__(self, connection: Connection, compiled: _Compiled) -> None:
        self._connection, self._compiled = connection, compiled
        self.cursor: Any = connection.connection.cursor()

    def __enter__(self) -> _Driver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.cursor.close()
        if error is not None:
            raise_as_known(self._connection, self._compiled.text, error)


def raise_as_known(connection: Connection, text: str, error: BaseException) -> None:
    """Raises a driver's error as the DBAPIError that SQLAlchemy makes of it; returns for any other."""
    driver: Any = connection.dialect.dbapi
    if not isinstance(error, driver.Error):
        return
    lost = connection.dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        text, None, error, driver.Error, connection_invalidated=lost, dialect=connection.dialect
    ) from error


def drive(connection: Connection, text: str) -> None:
    """Hands the driver a command as it is."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text)
    except BaseException as error:
        raise_as_known(connection, text, error)
        raise
    finally:
        cursor.close()


def on_conflict(
    postgres: bool, table: Any, replaced: Sequence[str] = (), of: Sequence[str] = (), filled: Sequence[str] = ()
) -> Any:  # fmt: skip
    """An INSERT that leaves a row that is there as it is; with `replaced`, one of the same `of` takes those columns,
    and those of `filled` where it has none yet."""
    # the two classes spell ON CONFLICT alike
    said: Any = upsert_postgres(table) if postgres else upsert_sqlite(table)
    if not replaced:
        return said.on_conflict_do_nothing()
    values = {name: said.excluded[name] for name in replaced}
    values |= {name: func.coalesce(table.c[name], said.excluded[name]) for name in filled}
    return said.on_conflict_do_update(index_elements=of, set_=values)
