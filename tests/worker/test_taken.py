"""Watches of other programs, taken over: what has a counterpart is carried, what has none is said."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from worker.errors import UsageError
from worker.sources import load
from worker.sources.appending import started
from worker.sources.entry import Entry
from worker.sources.taken import take_over
from worker.sources.taken.model import Taken

CHANGEDETECTION = {
    "settings": {
        "requests": {"time_between_check": {"weeks": None, "days": 1, "hours": None, "minutes": None, "seconds": None}},
        "application": {"tags": {"t-1": {"title": "city"}}},
    },
    "watching": {
        "u-1": {
            "url": "https://a.example/notice", "title": "Notices of A", "tags": ["t-1"], "paused": False,
            "time_between_check": {"hours": 2, "minutes": 30}, "time_between_check_use_default": False,
            "include_filters": ["#main", "xpath://div[1]"], "subtractive_selectors": [".ads", "nav[["],
            "ignore_text": ["visits: 12", "/online \\d+/i"], "headers": {"Accept-Language": "zh"},
            "fetch_backend": "html_webdriver", "trigger_text": ["sold out"], "processor": "text_json_diff",
        },
        "u-2": {"url": "https://b.example/", "paused": True, "processor": "restock_diff", "method": "POST",
                "time_between_check_use_default": True, "time_between_check": {"minutes": 5}},
        "u-3": {"url": "file:///etc/passwd", "title": "no page"},
    },
}  # fmt: skip

URLWATCH = """\
name: Council
url: https://c.example/agenda
filter:
  - css: {selector: main, exclude: .share}
  - html2text
  - grepi: "Last visit"
  - reverse
headers: {X-Token: "${not-a-secret}"}
ssl_no_verify: true
timeout: 90
---
name: Script page
navigate: https://d.example/app
---
command: ls -l
name: a listing
---
url: https://e.example/
filter: element-by-id:content,strip
user_agent_of_its_own: x
"""


def taken(tmp_path: Path, name: str, text: str, form: str | None = None) -> Taken:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return take_over(path, form, frozenset(), frozenset())


def holds(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(started(entries), encoding="utf-8")
    assert [source.url for source in load(path, {}).sources] == [entry.url for entry in entries]


def check_changedetection(found: Taken, tmp_path: Path) -> None:
    assert found.form == "changedetection"
    first, second = found.entries
    assert first.source_id == "notices-of-a"
    assert first.every == timedelta(hours=2, minutes=30)
    assert first.text == "#main"
    assert first.ignore[0] == ".ads"
    assert first.ignore[1:] == (r"/.*visits:\ 12.*/", r"/.*(?:online \d+).*/")
    assert (first.headers, first.render, first.tags) == ({"Accept-Language": "zh"}, "browser", ("city",))
    assert any("xpath://div[1]" in note for note in first.notes)
    assert any("nav[[" in note for note in first.notes)
    assert any("trigger_text" in note for note in first.notes)
    assert (second.enabled, second.every, second.render) == (False, timedelta(days=1), None)
    assert any("restock_diff" in note for note in second.notes)
    assert any("POST" in note for note in second.notes)
    assert len(found.left) == 1
    assert "file:///etc/passwd" in found.left[0]
    holds(found.entries, tmp_path)


def test_changedetection_in_one_file(tmp_path: Path) -> None:
    check_changedetection(taken(tmp_path, "url-watches.json", json.dumps(CHANGEDETECTION)), tmp_path)


def test_changedetection_in_a_back_up(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "backup.zip", "w") as packed:
        packed.writestr("url-watches.json", json.dumps(CHANGEDETECTION))
        packed.writestr("u-1/history.txt", "x")
    check_changedetection(take_over(tmp_path / "backup.zip", None, frozenset(), frozenset()), tmp_path)


def test_changedetection_with_a_file_per_watch(tmp_path: Path) -> None:
    folder = tmp_path / "datastore"
    folder.mkdir()
    (folder / "changedetection.json").write_text(json.dumps({"settings": CHANGEDETECTION["settings"]}))
    for uuid, watch in CHANGEDETECTION["watching"].items():
        (folder / uuid).mkdir()
        (folder / uuid / "watch.json").write_text(json.dumps({**watch, "uuid": uuid}))
    check_changedetection(take_over(folder, None, frozenset(), frozenset()), tmp_path)


def test_changedetection_what_its_settings_and_tags_say_for_all_watches(tmp_path: Path) -> None:
    tag = {"title": "city", "include_filters": [".notice"], "ignore_text": ["seen"], "subtractive_selectors": [".top"]}
    application = {
        "tags": {"t-1": tag}, "fetch_backend": "html_webdriver", "global_ignore_text": ["/now \\d+/"],
        "global_subtractive_selectors": ["footer", "//nav"], "notification_urls": ["mailto://ops@a.example"],
    }  # fmt: skip
    schedule: dict[str, object] = {"enabled": False, "monday": {"enabled": True}}
    watches = {
        "u-1": {
            "url": "https://a.example/", "tags": ["t-1"], "include_filters": ["h1"], "time_schedule_limit": schedule,
        },
        "u-2": {
            "url": "https://b.example/", "fetch_backend": "html_requests", "sort_text_alphabetically": True,
            "time_schedule_limit": {**schedule, "enabled": True},
        },
        "u-3": {"url": "https://c.example/", "fetch_backend": "system"},
    }  # fmt: skip
    told = json.dumps({"settings": {"application": application}, "watching": watches})
    found = taken(tmp_path, "url-watches.json", told)
    tagged, plain, usual = found.entries
    assert [entry.render for entry in found.entries] == ["browser", None, "browser"]
    assert tagged.text == "h1, .notice"
    assert tagged.ignore == (".top", "/.*seen.*/", "footer", r"/.*(?:now \d+).*/")
    assert usual.ignore == ("footer", r"/.*(?:now \d+).*/")
    assert tagged.notes == usual.notes == ("not carried over: filter //nav",)
    assert {note.rpartition("(")[2].rstrip(")") for note in plain.notes[:-1]} == {
        "sort_text_alphabetically", "time_schedule_limit",
    }  # fmt: skip
    assert found.left == ("its notification_urls: who is told stands under notifiers:",)
    holds(found.entries, tmp_path)


def test_urlwatch_and_webchanges(tmp_path: Path) -> None:
    found = taken(tmp_path, "urls.yaml", URLWATCH)
    council, script, plain = found.entries
    assert found.form == "urlwatch"
    assert (council.source_id, council.text, council.tls) == ("council", "main", "accept-broken")
    assert council.ignore == (".share", "/.*(?:Last visit).*/")
    assert council.deadline == timedelta(seconds=90)
    assert council.notes == ("not carried over: filter reverse",)
    assert script.render == "browser"
    assert (plain.text, plain.notes) == ("#content", ("not carried over: user_agent_of_its_own",))
    assert found.left == ("a listing: a shell command is no page",)
    holds(found.entries, tmp_path)


def test_what_of_a_job_has_no_counterpart_is_said(tmp_path: Path) -> None:
    found = taken(
        tmp_path,
        "jobs.yaml",
        """\
url: https://a.example/
kind: browser
encoding: gb18030
headers: {User-Agent: a browser, Accept-Language: zh}
filter:
  - css: {selector: main, exclude: nav, skip: 2}
---
name: nothing to fetch
---
just a text
""",
    )
    (entry,) = found.entries
    assert (entry.render, entry.text, entry.ignore) == ("browser", "main", ("nav",))
    assert entry.headers == {"Accept-Language": "zh"}
    assert entry.notes == (
        "not carried over: encoding", "not carried over: header User-Agent", "not carried over: skip of filter css",
    )  # fmt: skip
    assert found.left == ("\"{'name': 'nothing to fetch'}\": names no URL", "'just a text': names no URL")


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("urls.yaml", "url: https://a.example/\n---\nurl: [\n", r"urls\.yaml:4:1: "),
        ("urls.yaml", "url: https://a.example/\nfilter: !own x\n", r"urls\.yaml:2:9: .*!own"),
        ("feeds.opml", "<opml><body>\n<outline", r"feeds\.opml: .*line 2"),
    ],
)
def test_a_file_that_is_broken_is_said_with_its_line(tmp_path: Path, name: str, text: str, place: str) -> None:
    with pytest.raises(UsageError, match=place):
        taken(tmp_path, name, text)


def test_what_of_a_folder_of_declarations_names_no_page_is_said(tmp_path: Path) -> None:
    (tmp_path / "A.json").write_text('{"terms": {"Terms": {"fetch": "https://a.example/"}, "Imprint": {}}}')
    (tmp_path / "B.json").write_text('{"name": "B", ')
    (tmp_path / "C.json").write_text("[1]")
    (tmp_path / "A.history.json").write_text("{}")
    found = take_over(tmp_path, None, frozenset(), frozenset())
    assert [entry.url for entry in found.entries] == ["https://a.example/"]
    imprint, broken, other, past = found.left
    assert imprint == "A.json: Imprint names no page to fetch" and other == "C.json: is no declaration"
    assert broken.startswith("B.json: is no JSON: ") and past.startswith("A.history.json ")


def test_declarations_of_open_terms_archive(tmp_path: Path) -> None:
    folder = tmp_path / "declarations"
    folder.mkdir()
    (folder / "Shop.json").write_text(json.dumps({"name": "Shop", "terms": {
        "Terms of Service": {"fetch": "https://shop.example/terms",
                             "select": ["main", {"startBefore": "h1", "endBefore": "#x"}],
                             "remove": ".ads", "executeClientScripts": True},
        "Privacy Policy": {"select": "article", "combine": [{"fetch": "https://shop.example/p/1"},
                                                            {"fetch": "https://shop.example/p/2"}]}}}))  # fmt: skip
    (folder / "Shop.history.json").write_text(json.dumps({"Terms of Service": [{"fetch": "https://shop.example/old"}]}))
    found = take_over(folder, None, frozenset(), frozenset())
    terms, one, two = found.entries
    assert found.form == "opentermsarchive"
    assert (terms.source_id, terms.text, terms.ignore, terms.render) == (
        "shop-terms-of-service",
        "main",
        (".ads",),
        "browser",
    )
    assert any("a range of the page" in note for note in terms.notes)
    assert [(entry.url, entry.text) for entry in (one, two)] == [
        ("https://shop.example/p/1", "article"), ("https://shop.example/p/2", "article"),
    ]  # fmt: skip
    assert two.source_id == "shop-privacy-policy-2"
    holds(found.entries, tmp_path)


def test_subscriptions_of_a_feed_reader(tmp_path: Path) -> None:
    found = taken(
        tmp_path,
        "feeds.xml",
        """<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>
        <outline text="News"><outline text="Paper &amp; ink" xmlUrl="https://paper.example/rss"/></outline>
        <outline xmlUrl="https://other.example/atom"/></body></opml>""",
    )
    first, second = found.entries
    assert (first.source_id, first.kind, first.tags) == ("paper-ink", "feed", ("News",))
    assert second.source_id == "other.example-atom"
    holds(found.entries, tmp_path)


def test_what_of_subscriptions_is_no_feed_is_said_and_categories_are_tags(tmp_path: Path) -> None:
    found = taken(
        tmp_path,
        "feeds.opml",
        """<opml version="2.0"><body><outline text="Folder">
        <outline text="A" xmlUrl="https://a.example/rss" category="/Law/Courts,town"/>
        <outline type="link" text="a page" url="https://b.example/"/></outline>
        <outline text="empty"/></body></opml>""",
    )
    assert [(entry.url, entry.tags) for entry in found.entries] == [
        ("https://a.example/rss", ("Folder", "Courts", "town"))
    ]
    assert found.left == (
        "https://b.example/: is no feed, it has no xmlUrl", "empty: is no feed, it has no xmlUrl",
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_list_as_people_keep_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("- https://a.example/\r\n* https://b.example/ 县 # why\r\nhttps://c.example/#part\r\n".encode(encoding))
    found = take_over(path, None, frozenset(), frozenset())
    assert [(entry.url, entry.tags) for entry in found.entries] == [
        ("https://a.example/", ()), ("https://b.example/", ("县",)), ("https://c.example/#part", ()),
    ]  # fmt: skip


def test_a_list_that_is_not_in_utf_8_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("https://a.example/\nhttps://中.example/\n".encode("gb18030"))
    found = take_over(path, None, frozenset(), frozenset())
    assert [entry.url for entry in found.entries] == ["https://a.example/"]
    assert len(found.left) == 1 and "line 2" in found.left[0] and "save the list as UTF-8" in found.left[0]


def test_a_list_of_urls(tmp_path: Path) -> None:
    found = taken(tmp_path, "urls.txt", "# mine\nhttps://a.example/x tag1, tag2\n\nnot a url\nhttps://a.example/x\n")
    assert [(entry.url, entry.tags, entry.kind) for entry in found.entries] == [
        ("https://a.example/x", ("tag1", "tag2"), "auto")
    ]
    assert found.left == ("line 4: 'not a url' does not begin with a URL", "https://a.example/x: is watched already")
    holds(found.entries, tmp_path)


def test_what_is_watched_already_is_left_out_and_ids_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "u.txt"
    path.write_text("https://a.example/\nhttps://b.example/\n")
    found = take_over(path, None, frozenset({"b.example"}), frozenset({"https://a.example/"}))
    assert [entry.source_id for entry in found.entries] == ["b.example-2"]


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "{}"), ("a.json", "[1"), ("a.yaml", "a: 1"), ("a.txt", "nothing\n")]
)
def test_what_nobody_knows_is_said(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(UsageError, match="--form"):
        taken(tmp_path, name, text)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        take_over(tmp_path / "none", None, frozenset(), frozenset())
