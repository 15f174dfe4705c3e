"""Who links to an engine, or writes about it, is not that engine: structure recognises, words and hosts do not."""

from __future__ import annotations

from html import escape

import pytest

import worker.extract as registry
from tests.worker.forums.golden import SERVED_AT, reading
from worker.extract.model import Reading

HOSTS = ("fluxbb/topic", "smf/topic", "mybb/board")
LINKED = (
    '<p>We came here from <a href="https://{name}.example/topic/7">{name}</a>, powered by '
    '<a href="https://www.{name}.example/">{words}</a>. It said: Page not found. No such item. whoa there, pardner! '
    "主题未找到 该贴已被删除 你要查看的页面需要先登录 百度安全验证</p>"
)
ARTICLE = (
    "<!DOCTYPE html><html><head><title>Which software?</title></head><body><article><h1>Which forum software?</h1>"
    "<p>Every thread of our old forum was lost when the shop moved its discussion board to another machine.</p>"
    "{linked}</article></body></html>"
)


def words_of(name: str) -> str:
    """The words by which an engine's pages are looked for, as text."""
    platform = getattr(registry.EXTRACTORS[name], "platform", None)
    return escape(" ".join([name, name.title(), *(platform.signs if platform is not None else ())]))


@pytest.mark.parametrize("name", [name for name in registry.FORUMS if name != "forum"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_page_of_another_engine_with_a_link_to_this_one_is_not_claimed(name: str, host: str) -> None:
    if host.startswith(f"{name}/"):
        return
    page = reading(host)
    page.text = page.text.replace("</body>", LINKED.format(name=name, words=words_of(name)) + "</body>")
    assert registry.EXTRACTORS[name].recognise(page) is None


@pytest.mark.parametrize("name", [name for name in registry.FORUMS if name != "forum"])
def test_an_article_about_an_engine_is_none_of_its_pages(name: str) -> None:
    url = f"https://news.example/2026/{name}-and-others"
    text = ARTICLE.format(linked=LINKED.format(name=name, words=words_of(name)))
    page = Reading(url, url, text, "utf-8", "header", served_at=SERVED_AT)
    assert registry.EXTRACTORS[name].recognise(page) is None
