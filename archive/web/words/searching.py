"""Strings of the page of search."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Nothing says so": "没有找到",
    "More": "更多",
}
