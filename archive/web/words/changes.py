"""Strings of the page of changes."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "new": "新增", "changed": "修改", "back": "恢复", "moved": "迁移",
    "No changes yet": "还没有变更",
    "Older changes": "更早的变更",
    "version {n}": "第 {n} 版",
}  # fmt: skip
