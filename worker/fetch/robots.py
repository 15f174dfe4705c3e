"""robots.txt by RFC 9309: fetched once per origin through the same client, guard and budgets, cached, obeyed by product
token.

4xx: no rules (section 2.3.1.3). 5xx or no answer: everything is disallowed (2.3.1.4), unless an older copy is known,
which then goes on to hold. A cached copy lasts at most a day (2.4); a failure is asked again sooner.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

PRODUCT = "Muniment"
MAX_SIZE = 500 * 1024
"""bytes read of a robots.txt; RFC 9309 section 2.5 asks for at least 500 kibibytes"""
LIFETIME = timedelta(hours=24)
AFTER_FAILURES = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""when a robots.txt that could not be had is asked for again: after the first, second ... failure in a row"""

_GROUP = re.compile(
    r"(?:\A|(?<=[\r\n]))([ \t]*user-agent[ \t]*:[ \t]*)(\*(?=[ \t]*(?:[#\r\n]|\Z))|[a-z_-]*)[^\r\n]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking for a robots.txt brought: a status, or a failure's kind and words."""

    status: int | None
    body: bytes = b""
    kind: str | None = None
    why: str = ""
    transient: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """One origin's rules, until `expires`."""

    parsed: Protego | None
    """None: everything is open"""
    expires: datetime
    closed: str | None = None
    """why everything is disallowed"""
    failed: Answer | None = None
    """the exchange failed below HTTP: the page would fail in the same way, and its outcome should say so"""
    failures: int = 0
    """in a row, until now"""

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests that the site asks us for."""
        delay = self.parsed.crawl_delay(PRODUCT) if self.parsed is not None else None
        return float(delay) if delay is not None else None

    def allows(self, url: str) -> bool:
        """Whether the rules let our product token ask for `url`."""
        return self.closed is None and (self.parsed is None or bool(self.parsed.can_fetch(url, PRODUCT)))


@dataclass(slots=True)
class _Slot:
    rules: Rules | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """All robots.txt known, by origin and the way it is asked."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._slots: dict[Hashable, _Slot] = {}

    async def rules(self, road: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Rules:
        """The rules of an origin on this road to it, fetched by `ask` where they are not known or too old; one fetch at
        a time."""
        slot = self._slots.setdefault(road, _Slot())
        if slot.rules is not None and slot.rules.expires > self._now():
            return slot.rules
        async with slot.lock:
            if slot.rules is None or slot.rules.expires <= self._now():
                answer = await ask()
                slot.rules = self._read(answer, slot.rules)
                if len(self._slots) > 5000:
                    self._forget_expired()
            return slot.rules

    def _read(self, answer: Answer, old: Rules | None) -> Rules:
        status = answer.status
        if status is not None and status < 500:
            parsed = parse(answer.body) if 200 <= status < 300 else None
            return Rules(parsed, self._now() + LIFETIME)
        failures = old.failures + 1 if old is not None else 1
        # one bad answer among good ones shuts a site for a moment, not for as long as a broken one stays shut
        expires = self._now() + AFTER_FAILURES[min(failures, len(AFTER_FAILURES)) - 1]
        if old is not None and old.closed is None:
            return Rules(old.parsed, expires, failures=failures)
        if status is None:
            return Rules(None, expires, closed=f"robots.txt: {answer.why}", failed=answer, failures=failures)
        closed = f"robots.txt answers {status}, so everything is disallowed (RFC 9309)"
        return Rules(None, expires, closed=closed, failures=failures)

    def _forget_expired(self) -> None:
        now = self._now()
        for origin in [o for o, s in self._slots.items() if s.rules is not None and s.rules.expires <= now]:
            if not self._slots[origin].lock.locked():
                del self._slots[origin]


def parse(body: bytes) -> Protego:
    """The rules in a robots.txt: UTF-8, a byte order mark and rubbish tolerated, the first MAX_SIZE bytes."""
    text = body[:MAX_SIZE].decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")
    return Protego.parse(_GROUP.sub(_addressed, text))


def _addressed(line: re.Match[str]) -> str:
    """The first line of a group, by its product token alone (RFC 9309 section 2.2.1): the parser matches beginnings of
    our name too, and does not match our name with a version behind it."""
    token = line[2].lower()
    if token in (PRODUCT.lower(), "*"):
        return line[1] + token
    return f"{line[1]}not-us-{token}"
