"""sources.yaml: read, checked as a whole, and handed on as `worker.settings`.

    file --document--> values with lines --secrets--> --check--> keys that hold --build--> Settings

`load` tells all mistakes at once. `database_of` finds only the database, without checking anything else, so that
reading commands stay quick and work while the file is being edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from worker.errors import ConfigError

if TYPE_CHECKING:
    from worker.settings import Settings
    from worker.sources.document import Document

DEFAULT_DATABASE = "sqlite:///muniment.db"


def load(path: Path, environ: Mapping[str, str], database: str | None = None) -> Settings:
    """The whole configuration; `database` is the option given on the command line, if any.

    Raises ConfigError with every mistake, in file order.
    """
    from worker.sources.build import settings_of
    from worker.sources.check import checked
    from worker.sources.document import read_document
    from worker.sources.secrets import with_secrets

    document = read_document(path)
    keys = checked(with_secrets(document, environ), document)
    settings = settings_of(keys, document, str(path), beside(path, _first(database, environ, keys.top.database)))
    if document.mistakes:
        raise _config_error(document)
    return settings


def database_of(path: Path, environ: Mapping[str, str], option: str | None = None) -> str:
    """The database's URL: option, else MUNIMENT_DATABASE, else the file's key, else muniment.db beside the file.

    Raises ConfigError where the file is needed and cannot be read; a missing file means the default.
    """
    written = None
    if not option and not environ.get("MUNIMENT_DATABASE") and path.exists():
        from worker.sources.document import read_document
        from worker.sources.secrets import expanded

        document = read_document(path)
        found = document.value.get("database") if isinstance(document.value, dict) else None
        document.mistakes.clear()
        written = expanded(found, ("database",), document, environ) if isinstance(found, str) else None
        if document.mistakes:
            raise _config_error(document)
    return beside(path, _first(option, environ, written))


def web_of(path: Path, environ: Mapping[str, str]) -> Mapping[str, object]:
    """What the file says of the pages; nothing else of it is looked at. A missing file says nothing.

    Raises ConfigError with every mistake of the block.
    """
    if not path.exists():
        return {}
    from worker.sources.document import read_document

    document = read_document(path)
    block = document.value.get("web") if isinstance(document.value, dict) else None
    if block is None:
        return {}
    from worker.sources.check import checked_web
    from worker.sources.secrets import replaced

    document.mistakes.clear()
    keys = checked_web(replaced(block, ("web",), document, environ), document)
    if document.mistakes:
        raise _config_error(document)
    return keys


def beside(path: Path, database: str) -> str:
    """The same database; a relative SQLite file is meant beside the configuration, wherever the command is run."""
    prefix = "sqlite:///"
    name = database.removeprefix(prefix)
    if not database.startswith(prefix) or name.startswith("/") or name in ("", ":memory:"):
        return database
    return f"{prefix}{path.resolve().parent / name}"


def _first(option: str | None, environ: Mapping[str, str], written: str | None) -> str:
    return option or environ.get("MUNIMENT_DATABASE") or written or DEFAULT_DATABASE


def _config_error(document: Document) -> ConfigError:
    return ConfigError(tuple(sorted(document.mistakes, key=lambda mistake: mistake.line or 0)))
