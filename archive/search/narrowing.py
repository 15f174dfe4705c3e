"""A query's filters as SQL on contents: which of them a document that passes now says, or ever said.

few documents pass   their contents by number: nothing else has to be looked at
many do              a test of each content that the index of tokens gives, newest first: enough are soon found
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from archive.database import UtcDateTime, on_postgres
from archive.search.query import Query
from archive.search.stubs import PARENT_IS

FEW = 1000
"""documents that are few"""
FEW_CONTENTS = 5000
"""contents that are few"""



class Condition(NamedTuple):
    """SQL, each of its parameters, and whether it names the few contents themselves."""

    sql: str
    parameters: Mapping[str, Any]
    few: bool = False


_SQL = {"source": "s.source_id", "kind": "d.kind", "state": "d.state", "author": "d.author", "board": "d.board"}
_DOCUMENTS = "FROM documents d JOIN sources s ON s.source_no = d.source_no "
_VERSIONS = "FROM versions v JOIN documents d ON d.document_no = v.document_no JOIN sources s USING (source_no) "


def said_now(connection: Connection, query: Query) -> Condition:
    """On `m.content_no`: some document that passes says this content now. With a filter of kind its files do, too:
    `archive.search.stubs.folded` has the last word on them."""
    if (few := _few(connection, query, f"SELECT d.content_no {_DOCUMENTS}", files=True)) is not None:
        return few
    said, parameters, _ = document_filters(connection, query, files=True)
    return Condition(f"EXISTS (SELECT 1 {_DOCUMENTS}WHERE d.content_no = m.content_no{said})", parameters)


def ever_said(connection: Connection, query: Query) -> Condition:
    """On `m.content_no`: some document that passes says this content in one of its versions."""
    if (few := _few(connection, query, f"SELECT v.content_no {_VERSIONS}", files=False)) is not None:
        return few
    said, parameters, _ = document_filters(connection, query)
    return Condition(f"EXISTS (SELECT 1 {_VERSIONS}WHERE v.content_no = m.content_no{said})", parameters)


def document_filters(connection: Connection, query: Query, files: bool = False, indexed: bool = False) -> Condition:
    """SQL on `d` and `s` for the query's filters, each beginning with AND; empty without any. `files`: a document's
    files are of its kind, too. `indexed`: the statement has nothing better to begin with than an index of what is
    filtered. Where it has, SQLite, which keeps no statistics, would rather walk all documents of a source for each
    content; a sign before a column hides its indexes."""
    said = ""
    parameters: dict[str, Any] = {}
    sign = "" if indexed or on_postgres(connection) else "+"
    for number, (name, value) in enumerate(query.filters):
        test = f"{sign}{_SQL[name]} = :filter{number}"
        said += f" AND ({test} OR ({PARENT_IS}:filter{number})))" if files and name == "kind" else f" AND {test}"
        parameters[f"filter{number}"] = value
    for name, compared, when in (("since", ">=", query.since), ("until", "<", query.until)):
        if when is not None:
            said += f" AND COALESCE(d.published_at, d.first_seen_at) {compared} :{name}"
            parameters[name] = UtcDateTime().process_bind_param(when, connection.dialect)
    return Condition(said, parameters)


def _few(connection: Connection, query: Query, contents: str, files: bool) -> Condition | None:
    """The contents themselves, where they are few."""
    said, parameters, _ = document_filters(connection, query, files, indexed=True)
    if not said:
        return None
    where = f"WHERE {said.removeprefix(' AND ')} LIMIT :most"
    passing = connection.execute(text(f"SELECT 1 {_DOCUMENTS}{where}"), {**parameters, "most": FEW + 1}).all()
    if len(passing) > FEW:
        return None
    numbers = list(connection.scalars(text(f"{contents}{where}"), {**parameters, "most": FEW_CONTENTS + 1}))
    if len(numbers) > FEW_CONTENTS:
        return None
    if on_postgres(connection):
        few = {"few": "{" + ",".join(map(str, numbers)) + "}"}
        return Condition("m.content_no = ANY(CAST(:few AS bigint[]))", few, few=True)
    # each would be looked for anew among all that the index of tokens gives, but for the sign
    sign = "+" if query.terms or query.fields else ""
    listed = f"{sign}m.content_no IN (SELECT value FROM json_each(:few))"
    return Condition(listed, {"few": json.dumps(numbers)}, few=True)
