"""Trying a page in the browser's way: a form, an answer with what would be read, and the page in colours, inert."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.acceptance.conftest import Muniment


@contextmanager
def served(town: Muniment) -> Iterator[httpx.Client]:
    process = subprocess.Popen(
        [sys.executable, "-m", "worker", "--config", str(town.folder / "sources.yaml"), "serve", "--listen",
         "127.0.0.1:0"],
        cwd=town.folder, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert address is not None
        with httpx.Client(base_url=address[0], timeout=60) as client:
            yield client
    finally:
        process.terminate()
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(20) == 0


def attempt(client: httpx.Client, url: str) -> httpx.Response:
    return client.post("/try", data={"url": url}, headers={"Origin": str(client.base_url)})


def test_a_page_is_shown_as_it_would_be_read_with_the_lines_that_watch_it(on_sqlite: Muniment) -> None:
    on_sqlite.run("migrate")
    notice = f"{on_sqlite.site.url}/zwgk/tzgg/202603/t20260318_1107.html"
    with served(on_sqlite) as client:
        answer = attempt(client, notice)
        assert answer.status_code == 200
        assert "松政办函〔2026〕17号" in answer.text
        assert "二、每户补助标准为" in answer.text
        assert f"    url: {notice}\n" in answer.text
        frame = re.search(r'src="(/try/[^"]+)"', answer.text)
        assert frame is not None
        shown = client.get(frame[1])
        assert shown.headers["content-security-policy"].startswith("sandbox;")
        assert "二、每户补助标准为" in shown.text
        assert "<script" not in shown.text
        board = attempt(client, f"{on_sqlite.site.url}/zwgk/tzgg/")
        assert "    kind: listing\n" in board.text
        assert client.get("/try/none/page").status_code == 404
    assert on_sqlite.run("stats", "--json").stdout.count('"captures": 0') == 1


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "javascript:alert(1)", "http://[::1/", "file:///etc/passwd"])
def test_what_is_no_page_is_refused(on_sqlite: Muniment, url: str) -> None:
    on_sqlite.run("migrate")
    with served(on_sqlite) as client:
        answer = attempt(client, url)
        assert answer.status_code == 400
        assert "This is no address of a page." in answer.text


def test_another_site_cannot_make_us_fetch_and_private_addresses_stay_forbidden(on_sqlite: Muniment) -> None:
    on_sqlite.run("migrate")
    on_sqlite.configure(network={"allow": []})
    with served(on_sqlite) as client:
        foreign = client.post("/try", data={"url": on_sqlite.site.url}, headers={"Origin": "http://evil.example"})
        assert foreign.status_code == 403
        assert "error:forbidden-address" in attempt(client, on_sqlite.site.url + "/").text
