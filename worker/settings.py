"""The configuration as the rest of the worker knows it: plain frozen values. `worker.sources` reads the file into
these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from archive.records import PageKind
from worker.disk import Floor
from worker.fetch.model import Politeness
from worker.notify.model import Notifier


@dataclass(frozen=True, slots=True)
class Every:
    """How often: an interval, or a cron expression in a time zone. Exactly one of the two is set."""

    interval: timedelta | None = None
    cron: str | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Files:
    """Which attachments are followed."""

    types: tuple[str, ...] = ()
    max_size: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Follow:
    """Which links belong to a source. Empty `allow` means the same host (contract section 2)."""

    css: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    """regular expressions searched in the absolute URL"""
    deny: tuple[str, ...] = ()
    lists: int = 20
    pages: int = 10_000
    depth: int = 3
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """How a removal is confirmed: so many answers in a row, over at least so long."""

    polls: int = 3
    over: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of sources.yaml with the defaults worked in."""

    source_id: str
    url: str
    kind: PageKind = "auto"
    every: Every = field(default_factory=lambda: Every(interval=timedelta(hours=1)))
    follow: Follow = field(default_factory=Follow)
    read: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    keep_cookies: bool = False
    proxy: str | None = None
    tls: Literal["verify", "accept-broken", "legacy"] = "verify"
    render: Literal["http", "browser"] = "http"
    tags: tuple[str, ...] = ()
    enabled: bool = True
    keep_list: bool = False
    zone: str | None = None
    """the site's time zone, where the page's own clock does not tell"""
    politeness: Politeness = field(default_factory=Politeness)
    deadline: timedelta = timedelta(seconds=60)
    max_size: int = 32 * 1024 * 1024
    max_memory: int = 192 * 1024 * 1024
    """that reading one page may take"""
    confirm: Confirm = field(default_factory=Confirm)
    full_every: int = 24
    """a full fetch at least every so many conditional ones (servers that answer 304 for ever)"""
    date_only: Literal["version", "ignore"] = "version"
    order_only: Literal["version", "ignore"] = "version"


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration."""

    file: str
    contact: str | None
    database: str
    sources: tuple[Source, ...]
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hosts: int = 8
    """hosts polled in parallel"""
    user_agent: str = "Muniment/0.1"
    web: Mapping[str, object] = field(default_factory=dict)
    """what was written of the pages, by the names of `archive.web.settings.WebSettings`"""
    notifiers: tuple[Notifier, ...] = ()
    metrics_listen: str | None = None
    metrics_hosts: tuple[str, ...] = ()
    """HOST:PORT of the daemon's own small port; None: it has none"""
    floor: Floor = field(default_factory=Floor)
    """room that must be left on the archive's disk"""
    watchdog: timedelta = timedelta(minutes=5)
    """a daemon in which nothing moves for longer ends itself"""

    def source(self, source_id: str) -> Source | None:
        """The source of that id, or None."""
        return next((source for source in self.sources if source.source_id == source_id), None)
