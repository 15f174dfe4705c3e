"""The few words that documents, pages and captures are told apart by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["notice", "article", "topic", "post", "file", "list", "page"]
PageKind = Literal["auto", "page", "listing", "board", "topic", "feed", "sitemap", "file"]
ChangeKind = Literal["new", "changed", "gone", "back", "moved"]
Cause = Literal["source", "rederived"]
State = Literal["present", "gone"]

OUTCOMES = (
    "ok", "revisit", "not-modified", "moved", "gone", "soft-404", "blocked", "login-required", "maintenance", "empty",
    "truncated", "robots",
)  # fmt: skip
"""Outcomes of a capture beside `error:KIND` (contract section 1)."""

CONTENT_OUTCOMES = frozenset({"ok", "moved", "revisit", "not-modified"})
"""Outcomes whose payload may become versions."""

JsonMap = Mapping[str, object]
