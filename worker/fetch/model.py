"""What is asked of the network and what comes back: values, never exceptions, for everything a server can do to us."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Politeness:
    """How one host is treated."""

    gap: timedelta | None = None
    """minimum time between two requests; None: proportional to the response time with a floor (the shipped default)"""
    parallel: int = 1
    robots: Literal["obey", "ignore"] = "obey"
    windows: tuple[str, ...] = ()
    """"22:00-06:00" in `zone`: visits only then; empty: always"""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Request:
    """One URL to fetch, with everything that may differ by source."""

    url: str
    user_agent: str
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    proxy: str | None = None
    deadline: timedelta = timedelta(seconds=60)
    """of the whole fetch, redirects and retries of a connection included"""
    max_size: int = 32 * 1024 * 1024
    """of the decoded body, bytes"""
    tls: Literal["verify", "accept-broken", "legacy"] = "verify"
    politeness: Politeness = field(default_factory=Politeness)
    home: str | None = None
    """URL on the server that `headers` and `cookies` are meant for; None: `url`. They are sent to no other one"""
    jar: str | None = None
    """name of the cookie jar kept across polls (the source's id), None: no cookies kept"""
    render: Literal["http", "browser"] = "http"


@dataclass(frozen=True, slots=True)
class Fetched:
    """One exchange, good or bad. `outcome` is the exchange's own (contract section 1); `body` is decoded of its
    Content-Encoding, empty for 304 and for errors, kept as evidence for every answered request."""

    url: str
    final_url: str
    fetched_at: datetime
    outcome: str
    """`ok`, `moved` (permanent redirect to another address), `not-modified`, `gone` (404, 410), `blocked`, `truncated`,
    `robots`, `maintenance`, `error:KIND`"""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, target) of every hop"""
    duration: timedelta = timedelta(0)
    tls: str | None = None
    """`TLSv1.3 sha256:... verified`, `... unverified: reason` or `... verified, legacy: what was old`"""
    error: str | None = None
    """what happened, in words for an operator"""
    transient: bool = False
    """whether trying again soon makes sense"""
    retry_at: datetime | None = None
    """the host asked to be left alone until then (Retry-After), already capped"""
    attempts: int = 1

    @property
    def digest(self) -> str:
        """SHA-256 of the body, hexadecimal: the name under which the archive would keep it."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str | None:
        """First value of a header, by case-insensitive name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)
