"""Secrets come from the environment: `${NAME}` inside a value is replaced by the variable of that name.

Only where secrets belong (headers, cookies, proxy, database, web, notifiers), so that patterns may hold a `$`. `$${` is
a plain `${`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from worker.sources.document import Document, KeyPath

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLACES = frozenset({"headers", "cookies", "proxy", "database", "web", "notifiers"})
"""keys under which secrets may stand"""


def with_secrets(document: Document, environ: Mapping[str, str]) -> object:
    """The document's value with every reference replaced; a variable that is not set is noted as a mistake."""
    return replaced(document.value, (), document, environ)


def replaced(value: object, path: KeyPath, document: Document, environ: Mapping[str, str]) -> object:
    """The same for one block of it, which stands at `path`."""
    if isinstance(value, dict):
        return {key: replaced(item, (*path, key), document, environ) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, (*path, number), document, environ) for number, item in enumerate(value)]
    if isinstance(value, str) and "${" in value and PLACES.intersection(path):
        return expanded(value, path, document, environ)
    return value


def expanded(text: str, path: KeyPath, document: Document, environ: Mapping[str, str]) -> str:
    """One text with its references replaced."""

    def found(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "${"
        if not _NAME.fullmatch(name):
            document.add(path, f"${{{name}}} does not name an environment variable; use for example ${{FORUM_COOKIE}}")
        elif name not in environ:
            document.add(path, f"the environment variable {name} is not set")
        return environ.get(name, "")

    return _REFERENCE.sub(found, text)
