"""What a walk over an archive has found so far, and how it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from archive.database import is_full, is_transient
from archive.errors import NoRoom, Unavailable
from archive.reading import Archive
from archive.seen import Seen

MOST_DAMAGE = 10_000
"""damages named before the walk gives up: the rest is known to be no better"""


@dataclass(frozen=True, slots=True)
class Damage:
    """One row that is not what was stored."""

    table: str
    row: str
    """its key, as the table's columns hold it"""
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the walk is; `state()` is what to keep to go on later."""

    phase: str
    checked: int
    damage: int
    state: Callable[[], str]


@dataclass(slots=True)
class Walk:
    """One walk."""

    archive: Archive
    seen: Seen
    tell: Callable[[Progress], None]
    damage: list[Damage] = field(default_factory=list)

    def found(self, table: str, row: object, what: str) -> None:
        """Names a damaged row. Raises Enough after very many."""
        key = ",".join(map(str, row)) if isinstance(row, tuple) else f"{row}"
        self.damage.append(Damage(table, key, what))
        if len(self.damage) >= MOST_DAMAGE:
            raise Enough

    def say(self, phase: str) -> None:
        """Tells how far the walk is."""
        self.tell(Progress(phase, self.seen.checked, len(self.damage), self.seen.dump))


class Enough(Exception):
    """So much is damaged that the walk need not go on."""


def raise_unless_damage(error: Exception) -> None:
    """Raises `error` again where it says nothing of what is stored: the database did not answer, or had no room to."""
    if isinstance(error, Enough | Unavailable | NoRoom):
        raise error
    if isinstance(error, DBAPIError) and (is_transient(error) or is_full(error)):
        raise error
