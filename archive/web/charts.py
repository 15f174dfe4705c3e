"""Small charts, drawn on the server as SVG without scripts or styles of their own: classes say what a mark means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from archive.health import Mark, Week
from archive.records import CONTENT_OUTCOMES

ANSWERS = frozenset({"gone", "soft-404"})
"""outcomes that are answers, neither content nor failure"""
STEP, HEIGHT = 8, 22
BAR, TALL = 22, 64

Translate = Callable[..., Any]


def manner(outcome: str) -> str:
    """`good`, `answer` or `bad`: how a strip shows an outcome."""
    return "good" if outcome in CONTENT_OUTCOMES else "answer" if outcome in ANSWERS else "bad"


def strip(marks: Sequence[Mark], t: Translate, when: Callable[..., Markup]) -> Markup:
    """The last polls as a row of marks, oldest first: tall is content, low is a failure; each says its outcome."""
    if not marks:
        return Markup('<span class="none">{}</span>').format(t("not polled yet"))
    good = sum(manner(mark.outcome) == "good" for mark in marks)
    said = t("{good} of the last {n} polls brought content", good=good, n=len(marks))
    drawn = [
        Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{} {}</title></rect>').format(
            manner(mark.outcome), STEP * place, *_box(manner(mark.outcome)), t(mark.outcome), _plain(when(mark.at))
        )
        for place, mark in enumerate(marks)
    ]
    return _svg("strip", STEP * len(marks), HEIGHT, said, drawn)


def _box(kind: str) -> tuple[int, int, int]:
    """(top, width, height): height tells it apart for who sees no colour."""
    height = {"good": HEIGHT, "answer": HEIGHT - 8, "bad": HEIGHT - 14}[kind]
    return HEIGHT - height, STEP - 2, height


def weeks(found: Sequence[Week], t: Translate, tall: int = TALL) -> Markup:
    """Changes by week as columns, a colour a kind, oldest first."""
    most = max([week.total for week in found], default=0)
    said = t("changes by week, the newest last: {counts}", counts=", ".join(str(week.total) for week in found))
    drawn: list[Markup] = []
    for place, week in enumerate(found):
        foot = tall - 1
        for kind in ("new", "changed", "moved", "back", "gone"):
            height = round(week.kinds.get(kind, 0) / most * (tall - 4)) if most else 0
            if week.kinds.get(kind, 0):
                height = max(height, 2)
                foot -= height
                words = f"{week.since.isoformat()}: {week.kinds[kind]} {t(kind)}"
                drawn.append(_column(kind, place, foot, height, words))
    return _svg("weeks", BAR * len(found), tall, said, drawn)


def columns(counts: Iterable[tuple[str, float]], said: Any, tall: int = TALL) -> Markup:
    """(name, amount) as columns."""
    rows = list(counts)
    most = max([amount for _, amount in rows], default=0)
    drawn = []
    for place, (name, amount) in enumerate(rows):
        height = max(round(amount / most * (tall - 4)), 2) if amount else 0
        drawn.append(_column("plain", place, tall - 1 - height, height, name))
    return _svg("weeks", BAR * max(len(rows), 1), tall, said, drawn)


def outcomes(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(outcome, manner, count), the commonest first."""
    return [(name, manner(name), count) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _column(kind: str, place: int, top: int, height: int, title: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
        kind, BAR * place + 1, top, BAR - 4, height, title
    )


def _svg(kind: str, width: int, height: int, said: Any, drawn: Sequence[Markup]) -> Markup:
    frame = Markup(
        '<svg class="chart {0}" role="img" aria-label="{1}" viewBox="0 0 {2} {3}" width="{2}" height="{3}">'
        '<line class="base" x1="0" y1="{4}" x2="{2}" y2="{4}"/>'
    ).format(kind, said, width, height, height - 0.5)
    return frame + Markup("").join(drawn) + Markup("</svg>")


def _plain(drawn: Markup) -> str:
    return str(escape(drawn.striptags()))
