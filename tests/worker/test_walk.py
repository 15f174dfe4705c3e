"""The whole walk over a real server and a real database: what a page's change becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.support.town import Town, board, listing, notice, post, thread
from worker.settings import Confirm, Follow

Watching = Callable[..., Any]
WATER = notice(
    "关于停水检修的通知", "因管网检修，定于一月六日对城东片区停水八小时，请居民提前储水。", number="县水发〔2026〕3号"
)
ROADS = notice("关于道路施工的通告", "建设路因雨污分流改造自一月十日起封闭施工，过往车辆请绕行。")


def test_a_notice_is_one_document_and_its_edit_is_version_2(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page")
    assert here.poll().exit_code == 0
    town.says("/n/1.html", WATER.replace("停水八小时", "停水十二小时"))
    here.poll()
    assert [(kind, version) for kind, _, version in here.changes()] == [("new", 1), ("changed", 2)]
    [(text, version)] = here.ask("SELECT text, version FROM current_documents")
    assert "停水十二小时" in str(text) and version == 2


def test_chrome_that_changes_at_every_request_makes_no_version(town: Town, watch: Watching) -> None:
    here = watch("/n/1.html", kind="page")
    for number in range(5):
        town.says("/n/1.html", WATER.replace("'a1'", f"'b{number}'"))
        here.poll()
    assert len(here.changes()) == 1
    assert here.ask("SELECT count(*) FROM capture_log") == [(5,)]


def test_an_unchanged_page_is_a_revisit_and_costs_no_payload(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page")
    for _ in range(3):
        here.poll()
    assert [outcome for (outcome,) in here.ask("SELECT outcome FROM capture_log ORDER BY fetched_at")] == [
        "ok", "revisit", "revisit",
    ]  # fmt: skip
    assert here.ask("SELECT count(DISTINCT digest) FROM capture_log") == [(1,)]


def test_a_validator_is_sent_back_and_304_is_an_answer(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER, ETag='"v1"')
    here = watch("/n/1.html", kind="page")
    here.poll()
    here.poll()
    assert town.asked[-1][1]["if-none-match"] == '"v1"'
    assert here.ask("SELECT outcome FROM capture_log ORDER BY fetched_at DESC LIMIT 1") == [("not-modified",)]
    [(first, last)] = here.ask("SELECT first_seen_at, last_seen_at FROM current_documents")
    assert first < last


def test_a_listing_finds_its_items_and_polls_them_again(town: Town, watch: Watching) -> None:
    items = [(f"/n/{n}.html", f"关于开展第{n}批惠民工程验收工作的通知") for n in range(1, 8)]
    town.says("/list", listing(*items))
    for n, (path, name) in enumerate(items):
        town.says(
            path,
            notice(name, f"第{n}批惠民工程已经完工，现就验收工作的时间安排和有关要求通知如下，请各乡镇认真组织实施。"),
        )
    here = watch("/list", kind="listing")
    here.poll()
    assert here.ask("SELECT count(*) FROM current_documents WHERE kind IN ('notice', 'article')") == [(7,)]
    town.says("/n/3.html", notice(items[2][1], "验收工作推迟到下月进行，具体时间另行通知，请各乡镇相互转告。"))
    here.poll()
    assert [row[0] for row in here.changes()] == ["new"] * 7 + ["changed"]


def test_a_page_that_answers_404_is_gone_only_when_confirmed_and_may_come_back(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page", confirm=Confirm(2, timedelta(0)))
    here.poll()
    town.removes("/n/1.html")
    assert here.poll().exit_code == 0
    assert [row[0] for row in here.changes()] == ["new"]
    here.poll()
    assert [row[0] for row in here.changes()] == ["new", "gone"]
    assert here.ask("SELECT state FROM current_documents") == [("gone",)]
    assert here.ask("SELECT count(*) FROM document_versions") == [(1,)]


def test_a_failing_page_loses_nothing_and_is_told(town: Town, watch: Watching) -> None:
    town.says("/n/1.html", WATER)
    here = watch("/n/1.html", kind="page")
    here.poll()
    town.answers("/n/1.html", 500, "oops")
    report = here.poll()
    assert report.exit_code == 4 and "http-5xx" in next(iter(report.failed.values()))
    assert here.ask("SELECT state, version FROM current_documents") == [("present", 1)]


def test_the_same_words_at_another_address_share_their_content(town: Town, watch: Watching) -> None:
    town.says(
        "/list",
        listing(
            ("/a.html", "关于停水检修的通知"),
            ("/b.html", "关于停水检修的通知（转发）"),
            ("/c.html", "关于道路施工的通告"),
            ("/d.html", "关于路灯改造的通告"),
        ),
    )
    town.says("/a.html", WATER)
    town.says("/b.html", WATER)
    town.says("/c.html", ROADS)
    town.says("/d.html", notice("关于路灯改造的通告", "城区主干道路灯节能改造工程已经启动，施工期间请注意安全。"))
    here = watch("/list", kind="listing")
    here.poll()
    hashes = [row[0] for row in here.ask("SELECT content_hash FROM current_documents ORDER BY url")]
    assert len(hashes) == 4 and hashes[0] == hashes[1] != hashes[2]


# --- forums ----------------------------------------------------------------------------------------------------------


def stand_forum(town: Town, first: str = "路灯坏了半个月，没人管。", extra: str = "", pages: int = 2) -> None:
    town.says("/forum-2-1.html", board(2, (5, "路灯坏了", 3 + bool(extra)), (6, "菜市场搬哪去了", 0)))
    posts = [
        post(51, "楼主", "老李", "2026-1-2 08:00:01", first),
        post(52, "沙发", "小王", "2026-1-2 09:00:02", "已经打了热线。"),
        post(53, "板凳", "老李", "2026-1-3 10:00:03", "谢谢。"),
        post(54, "地板", "小赵", "2026-1-4 11:00:04", "昨晚亮了。"),
    ]
    if extra:
        posts.append(post(55, "5#", "小孙", "2026-1-5 07:00:05", extra))
    town.says("/thread-5-1-1.html", thread(5, "路灯坏了", *posts[:2], page=1, pages=pages))
    town.says("/thread-5-2-1.html", thread(5, "路灯坏了", *posts[2:], page=2, pages=pages))
    town.says(
        "/thread-6-1-1.html",
        thread(6, "菜市场搬哪去了", post(61, "楼主", "阿婆", "2026-1-4 06:00:00", "求告知新地址。")),
    )


def test_a_topic_is_followed_over_its_pages_and_each_post_is_a_document(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    assert here.poll().exit_code == 0
    assert here.ask("SELECT platform_id, floor, author, text FROM topic_posts ORDER BY platform_id") == [
        ("51", 1, "老李", "路灯坏了半个月，没人管。"), ("52", 2, "小王", "已经打了热线。"), ("53", 3, "老李", "谢谢。"),
        ("54", 4, "小赵", "昨晚亮了。"), ("61", 1, "阿婆", "求告知新地址。"),
    ]  # fmt: skip
    assert here.ask("SELECT title, posts FROM topics ORDER BY platform_id") == [("路灯坏了", 4), ("菜市场搬哪去了", 1)]


def test_an_edited_post_gets_version_2_and_its_neighbour_none(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    here.poll()
    before = len(here.changes())
    stand_forum(town, first="路灯坏了一个月，没人管。")
    here.poll()
    assert here.changes()[before:] == [("changed", "post", 2)]
    assert here.ask("SELECT platform_id FROM topic_posts WHERE version > 1") == [("51",)]


def test_a_reply_adds_one_document_and_no_version_of_anything(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    here.poll()
    before = len(here.changes())
    stand_forum(town, extra="又坏了。")
    here.poll()
    assert here.changes()[before:] == [("new", "post", 1)]


def test_a_deleted_post_is_gone_though_its_neighbours_shift_pages(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    here.poll()
    before = len(here.changes())
    shifted = [
        post(51, "楼主", "老李", "2026-1-2 08:00:01", "路灯坏了半个月，没人管。"),
        post(53, "沙发", "老李", "2026-1-3 10:00:03", "谢谢。"), post(54, "板凳", "小赵", "2026-1-4 11:00:04",
        "昨晚亮了。"),
    ]  # fmt: skip
    town.says("/thread-5-1-1.html", thread(5, "路灯坏了", *shifted[:2], page=1, pages=2))
    town.says("/thread-5-2-1.html", thread(5, "路灯坏了", *shifted[2:], page=2, pages=2))
    here.poll()
    assert here.changes()[before:] == [("gone", "post", 1)]
    assert here.ask("SELECT platform_id, floor FROM topic_posts WHERE state = 'present' AND platform_id > '52' ORDER "
        "BY 1") == [
        ("53", 2), ("54", 3), ("61", 1),
    ]  # fmt: skip


def test_no_post_is_gone_while_a_part_of_its_topic_could_not_be_read(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    here.poll()
    before, second = len(here.changes()), town.pages["/thread-5-2-1.html"].body
    town.says(
        "/thread-5-1-1.html",
        thread(
            5, "路灯坏了", post(51, "楼主", "老李", "2026-1-2 08:00:01", "路灯坏了半个月，没人管。"), page=1, pages=2
        ),
    )
    town.answers("/thread-5-2-1.html", 500)
    here.poll()
    assert here.changes()[before:] == []
    town.says("/thread-5-2-1.html", second)
    here.poll()
    assert here.changes()[before:] == [("gone", "post", 1)]


def test_a_removed_topic_is_one_change_and_its_posts_go_with_it(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    here.poll()
    before = len(here.changes())
    town.removes("/thread-5-1-1.html")
    town.removes("/thread-5-2-1.html")
    here.poll()
    assert here.changes()[before:] == [("gone", "topic", 1)]
    assert here.ask("SELECT count(*) FROM topic_posts WHERE state = 'gone'") == [(4,)]


def test_a_topic_moved_to_another_board_keeps_its_ids(town: Town, watch: Watching) -> None:
    stand_forum(town)
    here = watch("/forum-2-1.html", kind="board")
    here.poll()
    before, ids = len(here.changes()), here.ask("SELECT document_id FROM topic_posts ORDER BY document_id")
    for page in ("/thread-5-1-1.html", "/thread-5-2-1.html"):
        said = town.pages[page].body.decode()
        town.says(
            page,
            said.replace("forum-2-1.html", "forum-9-1.html")
            .replace("镇区", "旧帖")
            .replace("parseInt('2')", "parseInt('9')"),
        )
    here.poll()
    assert here.changes()[before:] == [("moved", "topic", 1)]
    assert here.ask("SELECT document_id FROM topic_posts ORDER BY document_id") == ids


def test_only_so_many_pages_as_configured_are_ever_known(town: Town, watch: Watching) -> None:
    items = [(f"/n/{n}.html", f"关于开展第{n}批惠民工程验收工作的通知") for n in range(1, 10)]
    town.says("/list", listing(*items))
    here = watch("/list", kind="listing", follow=Follow(pages=5))
    here.poll()
    assert here.ask("SELECT count(*) FROM page_status") == [(5,)]


def test_a_capture_far_shorter_than_usual_is_held_back_until_a_second_one_says_so(town: Town, watch: Watching) -> None:
    long = notice(
        "关于停水检修的通知",
        *(f"第{n}条　因管网检修，城东第{n}片区停水八小时，请居民提前储水备用。" for n in range(1, 40)),
    )
    town.says("/n/1.html", long)
    here = watch("/n/1.html", kind="page")
    here.poll()
    town.says("/n/1.html", notice("关于停水检修的通知", "内容加载中，请稍候。"))
    here.poll()
    assert [row[0] for row in here.changes()] == ["new"]
    town.says("/n/1.html", long)
    here.poll()
    assert [row[0] for row in here.changes()] == ["new"]
    town.says("/n/1.html", notice("关于停水检修的通知", "本通知停止执行，请居民相互转告。"))
    here.poll()
    here.poll()
    assert [row[0] for row in here.changes()] == ["new", "changed"]


def test_a_host_that_asked_to_be_left_alone_is_left_alone_by_the_next_round_too(town: Town, watch: Watching) -> None:
    town.answers("/busy", 429, "slow down", Retry_After="3600")
    here = watch("/busy", kind="page")
    assert here.poll().exit_code == 4
    second = here.poll()
    assert (second.exit_code, second.left) == (4, 1)
    assert "left alone" in next(iter(second.failed.values()))
    here.configure(url=town.url + "/other")
    town.says("/other", WATER)
    assert here.poll().left == 2
    assert (town.visits("/busy"), town.visits("/other")) == (1, 0)
