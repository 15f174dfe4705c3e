"""Cut and mangled pages never crash or hang a reader: it reads, or says that it found nothing."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.worker.forums.golden import URLS, read, reading
from worker.extract.model import Extraction, NothingFound, Reading


def tried(page: Reading) -> Extraction | None:
    try:
        return read(page)
    except NothingFound:
        return None


@pytest.mark.parametrize("name", URLS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mangled_pages_are_read_or_refused(name: str, data: st.DataObject) -> None:
    page = reading(name)
    text = page.text
    cut = data.draw(st.integers(0, len(text)))
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 400))
    inserted = data.draw(
        st.sampled_from(["", "<div>", "</table>", '"', "<", "&#", "\x00", "<td><tr>", "9" * 40, "<!--"])
    )
    tried(replace(page, text=text[:at][:cut] + inserted + text[at + length :], _tree=None))
    tried(replace(page, text=text[:cut], _tree=None))


@pytest.mark.parametrize("name", ["discuz/thread", "phpbb/topic", "mybb/thread", "xenforo/thread", "unknown/question"])
def test_ten_times_the_page_costs_at_most_twelve_times(name: str) -> None:
    page = reading(name)
    middle = len(page.text) // 2
    filler = "<p>one more line of words in a post that goes on</p>" * 400

    def cost(times: int) -> float:
        text = page.text[:middle] + filler * times + page.text[middle:]
        best = 9e9
        for _ in range(3):
            begun = time.process_time()
            tried(replace(page, text=text, _tree=None))
            best = min(best, time.process_time() - begun)
        return best

    assert cost(40) < 12 * cost(4) + 0.05


def test_deep_nesting_inside_a_post_is_read() -> None:
    page = reading("discuz/thread")
    deep = "<div>" * 3000 + "谁能答复"
    said = tried(replace(page, text=page.text.replace("谁能答复", deep), _tree=None))
    assert said is not None and any("谁能答复" in document.text for document in said.documents)
