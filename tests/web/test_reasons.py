"""What the daemon writes down of an incident is said in the reader's language; what others said stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from archive import open_writable
from archive.errors import NoRoom, Unavailable
from archive.records import Incident, SourceHealth, SourceRow
from archive.records.remedies import ADVICE
from archive.web.reasons import beyond, reason
from archive.web.words import LANGUAGES, translated
from tests.web.visitor import visitor
from worker.disk import Floor, Guard
from worker.fetch.outcome import judge as judge_answer
from worker.incidents import UNWATCHED, judge, judge_disk, judge_notifiers

NOW = datetime(2024, 3, 4, tzinfo=UTC)
ENGLISH = re.compile(r"[A-Za-z]+(?:,? [A-Za-z]+){2}")
"""three words on end: a key of the configuration and what it is set to are two"""
COMMAND = re.compile(r"muniment (?:explain URL|notify --resume \w+)")


def chinese(text: str) -> str:
    return re.sub(r"<[^>]*>", "", str(reason(partial(translated, "zh"), "zh", text)))


def health(**values: Any) -> SourceHealth:
    known: dict[str, Any] = {
        "source_id": "county", "enabled": True, "url": "http://county.example/", "host": "county.example",
        "failures": 0, "outcome": None, "error": None, "gone": False, "pages": 40, "failing": 0,
        "failing_outcome": None,
    }  # fmt: skip
    return SourceHealth(**{**known, **values})


def of_sources() -> Iterator[Incident]:
    for outcome in (*ADVICE, "error:unheard-of"):
        for bad in (
            health(failures=3, outcome=outcome), health(failures=3, outcome=outcome, gone=True),
            health(failing=30, failing_outcome=outcome),
        ):  # fmt: skip
            opened = judge(bad, (), NOW)
            yield from opened
            yield from judge(health(failing=2), opened, NOW)
            yield from judge(health(), opened, NOW)
            yield from judge(health(enabled=False), opened, NOW)
    yield from judge(health(failures=1, outcome="blocked"), judge(health(failures=3, outcome="gone"), (), NOW), NOW)


def of_the_daemon(path: Path) -> Iterator[Incident]:
    for floor in (Floor(size=10**18), Floor(share=1.0)):
        guard = Guard(path, floor)
        guard.look()
        yield from judge_disk(guard.reason, (), NOW)
    opened = judge_disk("the disk is full: 3 KB free at /var/lib; make room; it goes on by itself", (), NOW)
    yield from (*opened, *judge_disk(None, opened, NOW))
    stopped = judge_notifiers({"boss": "410", "desk": "404"}, (), NOW)
    yield from (*stopped, *judge_notifiers({}, stopped, NOW))


def test_all_that_we_write_down_is_said_in_chinese(tmp_path: Path) -> None:
    incidents = [*of_sources(), *of_the_daemon(tmp_path / "muniment.db")]
    assert len(incidents) > 100 and any(UNWATCHED in incident.reason for incident in incidents)
    for incident in incidents:
        drawn = chinese(incident.reason)
        assert not ENGLISH.search(COMMAND.sub("", drawn)), drawn


@pytest.mark.parametrize("where", [None, Path("/srv/muniment.db")])
def test_a_write_without_room_keeps_what_the_database_said(where: Path | None) -> None:
    guard = Guard(where, Floor())
    guard.refused(NoRoom("No space left on device"), 0.0)
    assert chinese(guard.reason or "").startswith("No space left on device。请在")


def test_a_database_that_is_away_is_said_too() -> None:
    guard = Guard(None, Floor())
    guard.refused(Unavailable("the server closed the connection\n\tunexpectedly"), 0.0)
    assert chinese(guard.reason or "").startswith("the server closed the connection unexpectedly。请查看数据库")


def test_what_a_server_said_stays_as_it_is_and_is_escaped() -> None:
    (incident,) = judge(health(failures=3, outcome="error:dns", error="<b>no (such) name</b>"), (), NOW)
    drawn = str(reason(partial(translated, "zh"), "zh", incident.reason))
    assert "入口页面连续失败 3 次" in drawn and "&lt;b&gt;no (such) name&lt;/b&gt;" in drawn
    assert "<bdi>the entry page failed 3 times" in str(reason(partial(translated, "en"), "en", incident.reason))


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (404, {}, "", "HTTP 404"),
        (302, {}, "", "HTTP 302，但没有可用的 Location"),
        (200, {}, "", "应答没有正文"),
        (200, {"cf-mitigated": "challenge"}, "", "应答头表明这是验证页"),
        (403, {}, "<form><input type='password'></form>", "HTTP 403，附有登录表单"),
        (200, {}, "<html><body><form><input type='password'></form></body></html>", "只有登录表单"),
        (200, {}, "<html><title>404 not found</title>Sorry</html>", "标题为 &#39;404 not found&#39;，状态为 HTTP 200"),
        (503, {}, "<html><title>Down for maintenance</title></html>", "HTTP 503，页面称正在维护"),
    ],
)  # fmt: skip
def test_why_an_answer_is_no_content_is_said_in_chinese(
    status: int, headers: dict[str, str], body: str, said: str
) -> None:
    here = "http://county.example/"
    _, why = judge_answer(status, headers, body, requested=here, final=here, permanent=False)
    assert chinese(why) == said


def test_where_an_answer_led_is_said_in_chinese_and_escaped() -> None:
    asked, led = "http://county.example/", "http://county.example/login?<b>"
    _, why = judge_answer(200, {}, "words", requested=asked, final=led, permanent=True)
    assert chinese(why) == "跳转到 http://county.example/login?&lt;b&gt;"


def test_an_error_that_only_repeats_the_status_is_left_out() -> None:
    assert [beyond("status 404", 404), beyond(None, 404), beyond("status 404", 500)] == ["", "", "status 404"]


REFUSALS = (
    "/search?q=%22", "/search?q=" + "+".join(f"w{number}" for number in range(40)), "/search?q=since:yesterday",
    "/search?q=a&cursor=x", "/try/gone/page", "/no/such/page", "/changes?before=x",
)  # fmt: skip


@pytest.mark.parametrize("path", REFUSALS)
def test_what_cannot_be_asked_is_said_in_chinese(sqlite_url: str, path: str) -> None:
    answer = visitor(sqlite_url)(path, headers={"accept-language": "zh"})
    assert answer.status_code in (400, 404)
    (main,) = re.findall(r"(?s)<main.*</main>", answer.text)
    shown = re.sub(r"<[^>]*>|kind:notice|\bw\d+\b", " ", main)
    assert not ENGLISH.search(shown), shown


def test_an_archive_that_cannot_be_read_says_so_in_chinese(tmp_path: Path) -> None:
    answer = visitor(f"sqlite:///{tmp_path / 'none.db'}")("/changes?lang=zh")
    assert answer.status_code == 500 and "处没有档案库；<code>muniment run</code>" in answer.text
    for said in (
        "the archive's schema 0011 is older than this Muniment (0012); run `muniment migrate`",
        "the archive's schema 0099 is newer than this Muniment (0012); install the newer one",
        "the database holds no archive yet; `muniment migrate` makes one",
        "capture 7 kept no body",
        "these bytes are no page; take them away as a file",
        "10.0.0.1: private; if it is meant, write network: {allow: [10.0.0.1]} into the configuration",
    ):
        assert not ENGLISH.search(COMMAND.sub("", chinese(said))), said


def test_commands_are_drawn_as_code_and_what_others_said_stays_text() -> None:
    told = "<b>; see `muniment explain URL` for what comes back"
    for language in LANGUAGES:
        drawn = str(reason(partial(translated, language), language, told))
        assert "&lt;b&gt;" in drawn and "<code>muniment explain URL</code>" in drawn
    unverified = "Not verified yet. `muniment verify` reads everything back."
    assert "<code>muniment verify</code>" in translated("en", unverified)


def test_nothing_is_said_of_nothing() -> None:
    assert reason(partial(translated, "zh"), "zh", None) == "" == reason(partial(translated, "en"), "en", None)


@pytest.mark.parametrize(
    ("path", "said", "near"),
    [
        ("/nothing/here", "未找到", ""),
        ("/documents/kzo7", "没有文档", ""),
        ("/sources/pape", "没有来源", 'href="/sources/paper"'),
        ("/pages/99999", "没有页面", ""),
        ("/captures/99999", "没有捕获", ""),
    ],
)
def test_a_refusal_speaks_the_readers_language_and_leads_to_what_was_meant(
    sqlite_url: str, path: str, said: str, near: str
) -> None:
    with open_writable(sqlite_url) as writer, writer.begin() as tx:
        rows = [SourceRow(name, f"http://{name}.example/", "listing", True) for name in ("a", "b", "paper")]
        tx.sync_sources(rows, NOW)
    answer = visitor(sqlite_url)(path + "?lang=zh")
    assert answer.status_code == 404 and said in answer.text and near in answer.text
    assert not ENGLISH.search(re.sub(r"(?s)<(style|head).*?</\1>|<[^>]*>", " ", answer.text))
