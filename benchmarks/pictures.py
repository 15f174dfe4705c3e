"""Pictures of the pages, taken by a real Chromium over an archive: `scripts/pictures` makes those of the docs.

    python -m benchmarks.pictures SOURCES.YAML FOLDER
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from archive import open_archive

SIZE = {"width": 1100, "height": 760}


def main() -> int:
    """Serves the archive, takes the pictures, ends the server."""
    configuration, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    serving = subprocess.Popen(
        [sys.executable, "-m", "worker", "--config", str(configuration), "serve", "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert serving.stdout is not None
        found = re.search(r"http://[\d.:]+", serving.stdout.readline())
        if found is None:
            return 1
        _take(found[0], addresses(configuration.parent / "muniment.db"), folder)
    finally:
        serving.terminate()
        serving.wait(20)
    return 0


def addresses(archive_file: Path) -> dict[str, str]:
    """What is shown: the changes, a notice's two versions compared, a topic, the sources."""
    with open_archive(f"sqlite:///{archive_file.resolve()}") as archive:
        edited = next(c for c in archive.changes_after() if c.kind == "changed" and c.document_kind == "notice")
        topic = next(iter(archive.documents(kind="topic")))
    return {
        "changes": "/changes?kind=changed&kind=gone&kind=back",
        "compare": f"/documents/{edited.document_id}/compare?from=1&to=2",
        "topic": f"/topics/{topic.document_id}",
        "sources": "/sources",
    }


def _take(site: str, wanted: dict[str, str], folder: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, locale="en-US", color_scheme="light").new_page()
        for name, address in wanted.items():
            page.goto(site + address)
            page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    raise SystemExit(main())
