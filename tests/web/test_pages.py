"""Every page in a real Chromium, over an archive with hostile documents in it: nothing runs, nothing asks elsewhere,
nothing is cut off, and everybody can use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import open_archive, open_writable
from tests.web.addresses import ADDRESSES
from tests.web.showcase import filled

browser = pytest.importorskip("tests.web.browser", reason="no playwright here: make setup", exc_type=ImportError)
pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.WHERE_TO_GET_IT)

WIDTHS = (390, 768, 1440)
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def showcase(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The archive that the pages show."""
    path = tmp_path_factory.mktemp("showcase") / "archive.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    with open_writable(url) as writer:
        filled(writer)
    return url


@pytest.fixture(scope="module")
def site(showcase: str) -> Iterator[str]:
    with browser.serving(showcase) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.chromium() as opened:
        yield opened


def addresses(showcase: str, group: str) -> list[str]:
    with open_archive(showcase) as archive:
        found = list(ADDRESSES[group](archive))
    assert found
    return found


@pytest.mark.parametrize("group", ADDRESSES)
def test_nothing_runs_and_nothing_asks_another_host(showcase: str, site: str, chromium: Any, group: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    seen = browser.watched(page, site)
    for address in addresses(showcase, group):
        answer = page.goto(site + address, wait_until="load")
        assert answer.status < 500, address
        for element in page.query_selector_all("details"):
            element.evaluate("element => element.open = true")
        assert page.evaluate(browser.RUNS) == [], address
        assert (seen.foreign, seen.complaints) == ([], []), address
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("group", ADDRESSES)
def test_nothing_is_cut_off_at_any_width(showcase: str, site: str, chromium: Any, group: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme, java_script_enabled=True)
    page = context.new_page()
    for address in addresses(showcase, group):
        page.goto(site + address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(browser.TOO_WIDE) == [], (address, width)
            browser.painted(page, address, width, scheme)
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("group", ADDRESSES)
def test_everybody_can_use_it(showcase: str, site: str, chromium: Any, group: str, scheme: str) -> None:
    """axe-core: no serious or critical finding; every page has one main heading and a title of its own."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    context = chromium.new_context(color_scheme=scheme, viewport={"width": 1024, "height": 900})
    page = context.new_page()
    for address in addresses(showcase, group):
        page.goto(site + address)
        found = [
            f"{finding['id']}: {finding['nodes'][0]['html'][:200]} {finding['nodes'][0]['failureSummary'][:300]}"
            for finding in Axe().run(page).response["violations"]
            if finding["impact"] in ("serious", "critical")
        ]
        assert found == [], address
        assert page.locator("h1").count() == 1, address
    context.close()


@pytest.mark.parametrize("group", ADDRESSES)
def test_the_keyboard_reaches_the_content_first(showcase: str, site: str, chromium: Any, group: str) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    address = addresses(showcase, group)[-1]
    page.goto(site + address)
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    if not page.locator("[autofocus]").count():
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'content'")
    context.close()


def test_a_form_of_ours_is_taken_for_ours(site: str, chromium: Any) -> None:
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    page.goto(site + "/login")
    page.fill("input[name=token]", "not it")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    assert "This is not the token." in page.content()
    context.close()


def test_the_harness_sees_what_it_looks_for(chromium: Any, site: str) -> None:
    """Each check turns red on a page made to break it."""
    context = chromium.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    seen = browser.watched(page, site)
    page.set_content(
        "<img src='http://elsewhere.invalid/x.gif'><script>window.ran=1</script><a href='javascript:1'>x</a>"
        "<b onclick='1'>y</b><p style='width:800px'>wide</p>"
    )
    assert seen.foreign == ["http://elsewhere.invalid/x.gif"]
    assert len(page.evaluate(browser.RUNS)) == 4
    assert page.evaluate(browser.TOO_WIDE) != []
    context.close()
