"""The command `serve`: as a process, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.cli.app import run
from worker.migrate import upgrade
from worker.sources import load, web_of

TOKEN = "0123456789abcdef0123"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    upgrade(f"sqlite:///{tmp_path / 'muniment.db'}")
    yield tmp_path


def configured(folder: Path, web: str) -> str:
    path = folder / "sources.yaml"
    path.write_text(f"sources: []\nweb: {web}\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_serves_and_ends_when_told(folder: Path, sign: signal.Signals) -> None:
    command = [sys.executable, "-m", "worker", "--config", str(folder / "none.yaml")]
    command += ["--database", f"sqlite:///{folder / 'muniment.db'}", "serve", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address is not None
        with urllib.request.urlopen(address[0], timeout=30) as answer:
            assert b"<h1>Changes</h1>" in answer.read()
        process.send_signal(sign)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, said) == (0, "")


@pytest.mark.parametrize(
    ("web", "listen", "advice"),
    [
        ("{listen: '0.0.0.0:0'}", None, "web.token"),
        ("{}", "0.0.0.0:0", "web.token"),
        ("{listen: here}", None, "is no address to listen on"),
        ("{listen: '127.0.0.1:0', tokne: x}", None, "unknown key"),
        ("{token: short}", None, "is too weak"),
        ("{token: '${NOT_SET_ANYWHERE}'}", None, "NOT_SET_ANYWHERE is not set"),
        ("{proxy: proxy.example.org}", None, "is not an address"),
        ("{hosts: ['http://x/']}", None, "is not a host's name"),
        ("{zone: Mars/Base}", None, "is not a time zone"),
    ],
)
def test_what_would_let_strangers_in_or_means_nothing_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], web: str, listen: str | None, advice: str
) -> None:
    words = ["--config", configured(folder, web), "serve", *(["--listen", listen] if listen else [])]
    assert run(words) == 3
    assert advice in capsys.readouterr().err


def test_an_address_that_is_taken_is_said_to_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as held:
        listen = f"127.0.0.1:{held.getsockname()[1]}"
        assert run(["--config", configured(folder, "{}"), "serve", "--listen", listen]) == 3
    assert "choose another with --listen" in capsys.readouterr().err


def test_without_an_archive_nothing_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--config", str(tmp_path / "none.yaml"), "serve", "--listen", "127.0.0.1:0"]) == 1
    assert "`muniment run` or `muniment poll --all` makes one" in capsys.readouterr().err


def test_the_block_is_read_alone_and_as_part_of_the_whole(folder: Path) -> None:
    path = folder / "sources.yaml"
    path.write_text(
        "sources: [{id: a, url: 'http://a.example/', headers: {X: '${OF_ANOTHER_KEY}'}}]\n"
        "web: {token: '${WEB_TOKEN}', hosts: Papers.Example.org, proxy: [10.0.0.2], zone: Asia/Shanghai}\n"
    )
    environ = {"WEB_TOKEN": TOKEN, "OF_ANOTHER_KEY": "x"}
    expected = {"token": TOKEN, "hosts": ("papers.example.org",), "proxy": ("10.0.0.2",), "zone": "Asia/Shanghai"}
    assert web_of(path, {"WEB_TOKEN": TOKEN}) == expected
    assert load(path, environ).web == expected
    assert web_of(folder / "none.yaml", os.environ) == {}
