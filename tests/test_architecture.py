"""Who may import whom (docs/architecture). Read from the source, so that imports inside functions count, too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("archive", "worker", "migrations")


class Import(NamedTuple):
    """`room` imports `name` on `line`; `checking`: only for type checkers."""

    room: str
    name: str
    line: int
    checking: bool


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) for found in imports_of(path))


def imports_of(path: Path) -> Iterator[Import]:
    room = module_of(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checking = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(room, alias.name, node.lineno, id(node) in checking)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = room.split(".") if path.name == "__init__.py" else room.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}"
                known = (ROOT / Path(*name.split("."))).is_dir() or (ROOT / Path(*name.split("."))).with_suffix(
                    ".py"
                ).is_file()
                yield Import(room, name if known else base, node.lineno, id(node) in checking)


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def breaches(
    who: str | tuple[str, ...], may_not: tuple[str, ...], but: tuple[str, ...] = (), names_too: bool = True
) -> list[str]:
    """Imports of `may_not` in rooms of `who`, outside those of `but`; with `names_too` also those for types only."""
    rooms = (who,) if isinstance(who, str) else who
    return [
        f"{found.room}:{found.line} imports {found.name}"
        for found in imports()
        if inside(found.room, *rooms) and not inside(found.room, *but) and inside(found.name, *may_not)
        if names_too or not found.checking
    ]


def test_there_is_something_to_look_at():
    rooms = {found.room for found in imports()}
    assert {"worker.daemon", "worker.poll", "worker.derive", "archive.records"} <= rooms


@pytest.mark.parametrize(
    ("room", "code", "broken"),
    [
        ("archive/reading.py", "import worker.poll\n", "test_the_archive_knows_nothing_of_the_worker"),
        ("archive/x/y.py", "def f():\n    from worker import poll\n", "test_the_archive_knows_nothing_of_the_worker"),
        ("archive/x.py", "import requests\n", "test_the_archive_needs_sqlalchemy_and_the_compressor_only"),
        ("worker/decide.py", "import asyncio\n", "test_pure_rooms_know_no_network_clock_or_database"),
        (
            "worker/extract/x.py",
            "import worker.fetch.client\n",
            "test_pure_rooms_know_no_network_clock_or_database",
        ),
        ("worker/derive.py", "import worker.daemon\n", "test_the_walk_goes_one_way"),
        (
            "worker/frontier.py",
            "from archive import open_writable\n",
            "test_only_the_rooms_that_know_the_order_of_things_write_to_the_archive",
        ),
        (
            "worker/poll.py",
            "import datetime\nx = datetime.datetime.now()\n",
            "test_nobody_reads_the_wall_clock_but_the_daemon_and_the_command",
        ),
        ("migrations/versions/x.py", "from archive import schema\n", "test_migrations_import_nothing_of_ours"),
        ("worker/x.py", "x = 1\n", "test_every_module_says_what_it_is_for"),
        ("worker/x.py", "\n" * 401, "test_no_file_outgrows_its_idea"),
    ],
)
def test_sabotage_turns_it_red(tmp_path, monkeypatch, room, code, broken):
    module = sys.modules[__name__]
    path = tmp_path / room
    path.parent.mkdir(parents=True)
    path.write_text(code)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    imports.cache_clear()
    try:
        with pytest.raises(AssertionError):
            getattr(module, broken)()
    finally:
        imports.cache_clear()


def test_a_forum_platform_that_borrows_from_another_is_seen(tmp_path, monkeypatch):
    path = tmp_path / "worker/extract/forums/phpbb.py"
    path.parent.mkdir(parents=True)
    path.write_text("from . import discuz\nfrom .discuz import posts\n")
    (path.parent / "discuz").mkdir()
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    imports.cache_clear()
    try:
        assert len(breaches("worker.extract.forums.phpbb", ("worker.extract.forums.discuz",))) == 2
    finally:
        imports.cache_clear()


def test_the_archive_knows_nothing_of_the_worker():
    tools = ("worker", "httpx", "selectolax", "apscheduler", "tenacity", "alembic", "structlog", "yaml", "pydantic")
    assert breaches("archive", tools) == []


ALLOWED_IN_ARCHIVE = {"sqlalchemy", "backports", "compression", "numpy", "pyarrow", "psycopg", "brotli", "archive"}
"""pyarrow, brotli: only inside one export and one import, where they are installed; psycopg: only to know its errors"""


def test_the_archive_needs_sqlalchemy_and_the_compressor_only():
    foreign = {
        f"{found.room}:{found.line} imports {found.name}"
        for found in imports()
        if inside(found.room, "archive") and not inside(found.room, "archive.web", "archive.cli")
        if (top := found.name.partition(".")[0]) not in ALLOWED_IN_ARCHIVE and top not in sys.stdlib_module_names
    }
    assert foreign == set()


@pytest.mark.parametrize(
    ("tool", "rooms"),
    [
        ("httpx", ("worker.fetch", "worker.notify")),
        ("selectolax", ("worker.extract",)),
        ("apscheduler", ("worker.daemon", "worker.cadence")),
        ("tenacity", ("worker.fetch.retry",)),
        ("sqlalchemy", ("archive", "migrations", "worker.migrate")),
        ("alembic", ("migrations", "worker.migrate")),
        ("yaml", ("worker.sources",)),
        ("pydantic", ("worker.sources", "worker.readers")),
        ("structlog", ("worker.logs",)),
        ("typer", ("worker.cli",)),
        ("prometheus_client", ("worker.metrics",)),
        ("starlette", ("archive.web",)),
        ("jinja2", ("archive.web.rendering", "worker.notify.templates")),
        ("apprise", ("worker.notify.apprise",)),
        ("smtplib", ("worker.notify.mail",)),
        ("uvicorn", ("archive.web.server",)),
        ("protego", ("worker.fetch.robots",)),
        ("backports", ("archive.zstd", "worker.fetch.unpack")),
        ("compression", ("archive.zstd", "worker.fetch.unpack")),
    ],
)
def test_one_door_per_tool(tool, rooms):
    assert breaches(ROOMS, (tool,), but=rooms, names_too=False) == []


PURE = (
    "worker.decide", "worker.cadence", "worker.decode", "worker.normalise", "worker.fingerprint", "worker.frontier",
    "worker.incidents", "worker.watch", "worker.tally",
    "worker.beside", "worker.contenthash", "worker.judgement", "worker.noticeform",
    "worker.volatile", "worker.topics", "worker.extract",
)  # fmt: skip


def test_pure_rooms_know_no_network_clock_or_database():
    doors = (
        "sqlalchemy",
        "httpx",
        "socket",
        "asyncio",
        "time",
        "urllib.request",
        "worker.fetch.client",
        "worker.daemon",
    )
    files = ("worker.extract.files",)  # runs readers in killable processes
    assert breaches(PURE, doors, but=files) == []


VALUES = (" archive.records", " archive.errors", " archive.urlkey", " archive.prepare")
"""rooms of the archive that open no database: any room of the worker may use them"""


def test_only_the_rooms_that_know_the_order_of_things_write_to_the_archive():
    rooms = (
        "derive",
        "poll",
        "daemon",
        "round",
        "rederive",
        "again",
        "topics",
        "importing",
        "scans",
        "migrate",
        "cli",
        "notify",
        "demo",
    )
    found = breaches("worker", ("archive",), but=tuple(f"worker.{room}" for room in rooms), names_too=False)
    assert [line for line in found if not line.endswith(VALUES)] == []


def test_reading_and_writing_never_import_each_other():
    assert breaches("archive.reading", ("archive.writing",)) == []
    assert breaches("archive.writing", ("archive.reading",)) == []


def test_the_walk_goes_one_way():
    """cli -> daemon -> poll -> derive -> (decide, extract, normalise, decode)."""
    order = ["worker.cli", "worker.daemon", "worker.poll", "worker.derive", "worker.decide"]
    for number, room in enumerate(order):
        assert breaches(room, tuple(order[:number])) == [], room
    assert breaches(("worker.extract", "worker.fetch"), tuple(order)) == []


SHARED_BY_FILES = {"child", "containers", "counting", "engine", "extractor", "layout", "model", "names", "ocr", "said"}
SHARED_BY_FILES |= {"sniff", "xmlguard"}
"""rooms of worker.extract.files that are no format"""


def families() -> dict[str, list[str]]:
    """The packages or modules that must not know each other."""
    from worker.extract import FORUMS

    formats = {path.stem for path in (ROOT / "worker/extract/files").iterdir() if not path.name.startswith("_")}
    return {
        "forum platforms": list(FORUMS.values()),
        "file formats": [f"worker.extract.files.{name}" for name in sorted(formats - SHARED_BY_FILES)],
    }


@pytest.mark.parametrize("family", ["forum platforms", "file formats"])
def test_siblings_never_import_each_other(family):
    siblings = families()[family]
    assert len(siblings) > 3
    crossed = [line for one in siblings for line in breaches(one, tuple(other for other in siblings if other != one))]
    assert crossed == []


def test_notifiers_never_import_each_other_and_read_through_the_archives_reading_door_only():
    ways = ("worker.notify.apprise", "worker.notify.mail", "worker.notify.webhook")
    assert [line for one in ways for line in breaches(one, tuple(other for other in ways if other != one))] == []
    assert breaches("worker.notify", ("archive.writing", "archive.schema", "archive.session", "sqlalchemy")) == []
    assert breaches(ways, ("archive.reading", "worker.notify.runner", "worker.notify.crew")) == []


CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def test_nobody_reads_the_wall_clock_but_the_daemon_and_the_command():
    readers = []
    for room in ("archive", "worker"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = module_of(path)
            if inside(name, "worker.daemon", "worker.cli", "worker.demo", "worker.logs", "archive.cli"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner = ast.unparse(node.func.value).rpartition(".")[2]
                    if (owner, node.func.attr) in CLOCKS:
                        readers.append(f"{name}:{node.lineno} calls {owner}.{node.func.attr}()")
    assert readers == []


def test_migrations_import_nothing_of_ours():
    versions = [
        found
        for found in imports()
        if inside(found.room, "migrations.versions") and inside(found.name, "archive", "worker")
    ]
    assert versions == []


def test_every_module_says_what_it_is_for():
    silent = [
        module_of(path)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_file_outgrows_its_idea():
    long = {
        module_of(path): lines
        for room in ("archive", "worker")
        for path in sorted((ROOT / room).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def modules_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_heavy():
    statement = "from worker.cli.app import run\nsys.argv = ['muniment']\nrun(['--help'])\nrun(['status', '--help'])"
    heavy = {
        "sqlalchemy",
        "pydantic",
        "httpx",
        "selectolax",
        "structlog",
        "apscheduler",
        "numpy",
        "alembic",
        "yaml",
        "rich",
    }
    assert modules_after(statement) & heavy == set()


def test_reading_the_archive_loads_nothing_of_the_worker():
    heavy = {"worker", "httpx", "selectolax", "apscheduler", "tenacity", "alembic", "pydantic", "yaml", "structlog"}
    assert modules_after("import archive") & heavy == set()
