"""Imports every reader: what a process that reads pages does once, before its first page."""

from __future__ import annotations

from worker.extract import EXTRACTORS

__all__ = ["EXTRACTORS"]
