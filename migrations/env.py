"""Alembic's environment: the caller (`worker.migrate`, a test) hands over an open connection, all in one transaction.

SQLite rebuilds altered tables (batch mode), with foreign keys off; otherwise it would delete the children of a rebuilt
parent.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from alembic import context

_spec = importlib.util.spec_from_file_location("muniment_views", Path(__file__).with_name("sql.py"))
assert _spec is not None and _spec.loader is not None
views = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(views)
context.config.attributes["views"] = views

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
