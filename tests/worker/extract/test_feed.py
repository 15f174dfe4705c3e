"""Feeds and sitemaps become links with days; hostile XML becomes nothing."""

from __future__ import annotations

import pytest

from worker.extract.feed import EXTRACTOR as FEED
from worker.extract.model import NothingFound, Reading
from worker.extract.sitemap import EXTRACTOR as SITEMAP

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>县政府公告</title><link>http://xian.example/</link>
<item><title>关于停水的通知 &amp; 说明</title><link>/gg/1.html</link>
<pubDate>Tue, 02 Jan 2024 23:30:00 +0800</pubDate></item>
<item><title>No link</title><guid isPermaLink="true">http://xian.example/gg/2.html</guid><pubDate>2024-01-05</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Notices</title><link rel="next" href="?page=2"/>
<entry><title>Road works</title><link rel="edit" href="/edit/7"/><link href="/n/7"/>
<published>2024-03-01T01:00:00+02:00</published>
<updated>2024-03-09T00:00:00Z</updated></entry></feed>"""


def reading(text: str, media_type: str = "text/xml", kind: str = "auto") -> Reading:
    return Reading(
        "http://xian.example/feed", "http://xian.example/feed", text, "utf-8", "test", media_type=media_type, kind=kind
    )


def test_rss_items_become_links_with_absolute_addresses_and_the_days_they_print() -> None:
    said = FEED(reading(RSS))
    assert [(link.url, link.title, link.date) for link in said.links] == [
        ("http://xian.example/gg/1.html", "关于停水的通知 & 说明", "2024-01-02"),
        ("http://xian.example/gg/2.html", "No link", "2024-01-05"),
    ]
    assert said.title == "县政府公告" and said.page_kind == "feed" and not said.documents


def test_atom_takes_the_alternate_link_and_its_update_is_activity() -> None:
    said = FEED(reading(ATOM))
    assert [(link.url, link.kind, link.date) for link in said.links] == [
        ("http://xian.example/n/7", "item", "2024-03-01"),
        ("http://xian.example/feed?page=2", "list", None),
    ]
    assert said.links[0].activity == "2024-03-09T00:00:00Z"


def test_json_feed_is_a_feed() -> None:
    text = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"url": "/a", "title": "A", '
        '"date_published": "2024-05-06"}]}'
    )
    assert FEED.recognise(reading(text, "application/json"))
    assert [(link.url, link.date) for link in FEED(reading(text)).links] == [("http://xian.example/a", "2024-05-06")]


def test_a_page_that_mentions_rss_is_no_feed() -> None:
    assert FEED.recognise(reading("<!DOCTYPE html><html><body>&lt;rss&gt;", "text/html")) is None


def test_entities_of_a_doctype_never_expand() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;</title><link>http://x.example/1</link></item></channel></rss>'
    (link,) = FEED(reading(bomb)).links
    assert "aaaa" not in link.title


def test_cut_xml_is_nothing_found() -> None:
    with pytest.raises(NothingFound):
        FEED(reading(RSS[:200]))


def test_sitemap_index_leads_to_sitemaps_and_a_set_to_pages() -> None:
    index = '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://a.example/s1.xml</loc></sitemap></sitemapindex>'
    urls = "<urlset><url><loc>http://a.example/1</loc><lastmod>2024-02-03T04:05:06Z</lastmod></url><url><loc>javascript:1</loc></url></urlset>"
    assert [(link.url, link.kind) for link in SITEMAP(reading(index)).links] == [("http://a.example/s1.xml", "list")]
    assert [(link.url, link.kind, link.date) for link in SITEMAP(reading(urls)).links] == [
        ("http://a.example/1", "item", "2024-02-03")
    ]


def test_a_plain_list_of_addresses_is_a_sitemap_where_the_source_says_so() -> None:
    text = "http://a.example/1\nhttps://a.example/2\nnot an address\n"
    assert SITEMAP.recognise(reading(text, "text/plain")) is None
    assert SITEMAP.recognise(reading(text, "text/plain", kind="sitemap"))
    assert [link.url for link in SITEMAP(reading(text, kind="sitemap")).links] == [
        "http://a.example/1",
        "https://a.example/2",
    ]
