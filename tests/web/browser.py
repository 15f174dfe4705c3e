"""Real pages in a real Chromium: a server over the showcase, and a browser that notes whatever goes wrong.

`CHROMIUM` is the browser's path; None where there is none. Then tests are skipped with `WHERE_TO_GET_IT`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from archive import open_archive
from archive.web.app import application
from archive.web.server import Server, listening, shown_address
from archive.web.settings import WebSettings
from tests.web.visitor import NOW

CHROMIUM = os.environ.get("MUNIMENT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
WHERE_TO_GET_IT = "no Chromium here: apt-get install chromium, or name one in MUNIMENT_CHROMIUM"
SHOTS = os.environ.get("MUNIMENT_SHOTS")
"""a folder into which every page looked at is also painted"""


@contextlib.contextmanager
def serving(database_url: str, **settings: Any) -> Iterator[str]:
    """The address of pages over this archive, without a slash at the end."""
    told = WebSettings(listen="127.0.0.1:0", **settings)
    opened = listening(told)
    server = Server(application(lambda: open_archive(database_url), told, lambda: NOW))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(opened),))
    thread.start()
    try:
        yield shown_address(opened).rstrip("/")
    finally:
        server.stop()
        thread.join()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Seen:
    """What a page did while it was looked at."""

    foreign: list[str] = field(default_factory=list)
    """requests to other hosts"""
    complaints: list[str] = field(default_factory=list)
    """dialogs, errors of scripts, and what the policy had to stop"""


def watched(page: Page, site: str) -> Seen:
    """Notes what the page does from now on; requests to other hosts are stopped."""
    seen = Seen()
    home = urlsplit(site).netloc

    def asked(route: Any) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in ("http", "https") and parts.netloc != home:
            seen.foreign.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def dialog(shown: Any) -> None:
        seen.complaints.append(f"dialog: {shown.message}")
        shown.dismiss()

    page.route("**/*", asked)
    page.on("dialog", dialog)
    page.on("pageerror", lambda error: seen.complaints.append(f"script: {error}"))
    page.on("console", lambda said: seen.complaints.append(said.text) if _policy(said.text) else None)
    return seen


def _policy(said: str) -> bool:
    return "Content Security Policy" in said or "Refused to" in said


TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth, wide = [];
  if (document.documentElement.scrollWidth > width) wide.push(`page ${document.documentElement.scrollWidth}`);
  const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX) && p !== document.documentElement
        && p !== document.body) return true; return false; };
  for (const e of document.body.querySelectorAll('*')) {
    const box = e.getBoundingClientRect();
    if (box.width && box.height && (box.right > width + 1 || box.left < -1) && !e.closest('.skip') && !scrolls(e))
      wide.push(`${e.tagName}.${e.className} ${Math.round(box.left)}..${Math.round(box.right)}`);
  }
  return wide.slice(0, 5);
}"""
"""elements that stand out of the window, but in a part that scrolls by itself"""

RUNS = """() => {
  const bad = [];
  if (window.ran !== undefined) bad.push('a script ran');
  for (const e of document.querySelectorAll('*')) {
    if (['SCRIPT', 'OBJECT', 'EMBED', 'BASE', 'APPLET'].includes(e.tagName)) bad.push(e.outerHTML.slice(0, 200));
    for (const a of e.attributes) {
      if (a.name.startsWith('on')) bad.push(`${e.tagName} ${a.name}`);
      if (['href', 'src', 'action', 'formaction', 'xlink:href', 'data'].includes(a.name)) {
        const to = new URL(a.value, document.baseURI).protocol;
        if (!['http:', 'https:'].includes(to) && !(a.name === 'src' && a.value.startsWith('data:image/')))
          bad.push(`${e.tagName} ${a.name}=${a.value.slice(0, 100)}`);
      }
    }
  }
  return bad.slice(0, 5);
}"""
"""whatever could run or lead to something that runs"""


def painted(page: Page, address: str, width: int, scheme: str) -> None:
    """A picture into the folder that MUNIMENT_SHOTS names, if any."""
    if SHOTS:
        name = "".join(character if character.isalnum() else "_" for character in address)[:80]
        folder = Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
