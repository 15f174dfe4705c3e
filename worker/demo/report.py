"""What the demo tells its spectator, who sees Muniment for the first time."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from worker.cli.changes import difference, title_of
from worker.cli.output import cut, screen_width

if TYPE_CHECKING:
    from archive import Archive
    from archive.records import Change

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _CYAN, _END = (f"\033[{code}m" for code in ("1", "2", "31", "32", "33", "36", "0"))
_COLOURS = {"new": _GREEN, "changed": _CYAN, "gone": _YELLOW, "back": _GREEN, "moved": _CYAN}
WORDS = {"new": "new", "changed": "changed", "gone": "gone", "back": "back", "moved": "moved"}


class Report:
    """Tells the demo line by line."""

    def __init__(self, folder: Path, colour: bool, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._colour = colour
        self._tell = tell

    def begins(self, url: str) -> None:
        """What is about to happen."""
        self._tell(self._paint(_BOLD, "Muniment: every version of what a page said"))
        self._tell("")
        self._tell(f"practice site   {url}: a county office and a forum. Counters, clocks,")
        self._tell("                weather, tokens, online lists and advertisements differ in every answer")
        self._tell(f"daemon          {_command()} --config {self._folder}/sources.yaml run")
        self._tell(f"its log         {self._folder}/daemon.log")
        self._tell("")

    def read_once(self, archive: Archive, requests: int) -> None:
        """What the first round found."""
        kinds = Counter(document.kind for document in archive.documents())
        found = ", ".join(f"{count} {_several(kind, count)}" for kind, count in sorted(kinds.items()))
        self._tell(f"Read everything once: {requests} requests; {found}.")

    def quiet(self, archive: Archive, before: int, requests: int, seconds: float) -> None:
        """What came of pages on which only the chrome moved."""
        changes = archive.last_seq() - before
        captures = [capture for capture in archive.captures() if capture.payload_digest]
        payloads = len({capture.payload_digest for capture in captures})
        said = self._paint(_GREEN if not changes else _RED, f"{changes} changes")
        self._tell(
            f"Then {seconds:.0f} seconds in which only clocks, counters and the like moved: {requests} more\n"
            f"answers; of {len(captures)} so far, {payloads} differ in their bytes. Muniment says: {said}."
        )
        self._tell("")

    def happens(self, number: int, says: str) -> None:
        """One scripted change of the site."""
        self._tell(f"{self._paint(_BOLD, f'{number}. On the site:')} {says}")

    def kept(self, archive: Archive, changes: list[Change], seconds: float) -> None:
        """What the archive says of it."""
        if not changes:
            self._tell(self._paint(_RED, "   nothing was seen"))
        for change in changes:
            head = f"   {WORDS[change.kind]} {change.document_kind}"
            version = f", version {change.version}" if change.version > 1 else ""
            head = self._paint(_COLOURS[change.kind], head) + f"{version}, seen after {seconds:.1f} s: "
            plain = f"   {WORDS[change.kind]} {change.document_kind}{version}, seen after {seconds:.1f} s: "
            self._tell(head + cut(title_of(archive, change), max(screen_width() - len(plain), 20)))
            text = difference(archive, change, self._colour)
            if text:
                self._tell(text)
        self._tell("")

    def ends(self, archive: Archive, requests: int, missed: int, false: int) -> None:
        """The sum, and where to look."""
        states = archive.sources()
        documents, versions = sum(state.documents for state in states), sum(state.versions for state in states)
        captures = sum(1 for _ in archive.captures())
        self._tell(self._paint(_BOLD, "What was kept"))
        self._tell(f"   {requests} requests, {captures} captures, {documents} documents, {versions} versions")
        verdict = (
            "every scripted change, and not one made by the chrome"
            if not missed and not false
            else f"{missed} scripted changes missed, {false} changes that nothing on the site explains"
        )
        self._tell("   " + self._paint(_GREEN if not missed and not false else _RED, verdict))
        self._tell("")
        self._commands(archive)

    def gave_up(self, why: str) -> None:
        """The demo could not go on."""
        self._tell(self._paint(_RED, f"The demo stopped: {why}"))
        log = (self._folder / "daemon.log").read_text(encoding="utf-8", errors="replace").splitlines()
        for line in log[-8:]:
            self._tell(f"   | {line}")

    def _commands(self, archive: Archive) -> None:
        edited = next((c for c in archive.changes_after() if c.kind == "changed" and c.document_kind == "notice"), None)
        topic = next(iter(archive.documents(kind="topic")), None)
        self._tell(self._paint(_BOLD, "Look into it"))
        option = f"--config {self._folder}/sources.yaml"
        lines = [("status", "every source, when it was and will be visited"), ("changes --diff", "the log of changes")]
        if edited is not None:
            lines += [
                ("changes --silent", "edits that a page did not own up to"),
                (f"show {edited.document_id} --version 1", "what the notice said first"),
                (f"diff {edited.document_id} 1 2", "and what was changed silently"),
            ]
        if topic is not None:
            lines.append((f"show {topic.document_id}", "a topic with its posts"))
        lines.append(("serve", "all of it in a browser"))
        self._tell(f"   alias m='{_command()} {option}'")
        for command, meaning in lines:
            self._tell(f"   m {command:<40} {self._paint(_DIM, '# ' + meaning)}")

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_END}" if self._colour else text


def _command() -> str:
    """How this command is called from here."""
    if shutil.which("muniment"):
        return "muniment"
    beside = Path(sys.executable).parent / "muniment"
    return os.path.relpath(beside) if beside.exists() else f"{os.path.relpath(sys.executable)} -m worker"


def _several(kind: str, count: int) -> str:
    return kind if count == 1 else f"{kind}s"
