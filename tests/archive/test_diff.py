"""The difference of two texts says what a reader would say, and nothing of either text is lost in it."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from archive.diff import TextDiff, diff_contents, diff_texts, hunks, render_content, render_text
from archive.diff.inline import inline, sentences, tokens
from archive.records import Content

LINES = st.lists(
    st.one_of(
        st.text(alphabet="甲乙丙丁。！ ab1.\t", max_size=12),
        st.sampled_from(["关于开展检查的通知。", "现予公布，请执行。附件三份。", "", "We are open. Call 12 3."]),
    ),
    max_size=12,
).map("\n".join)


def kinds(diff: TextDiff) -> list[str]:
    return [line.kind for line in diff.lines]


@given(LINES, LINES)
def test_both_texts_can_be_put_together_from_the_difference(old: str, new: str) -> None:
    diff = diff_texts(old, new)
    assert diff.old_text() == old
    assert diff.new_text() == new
    assert bool(diff) == (old != new)
    assert [line.old_number for line in diff.lines if line.old_number] == list(range(1, old.count("\n") + 2))
    assert [line.new_number for line in diff.lines if line.new_number] == list(range(1, new.count("\n") + 2))


@given(LINES, LINES)
def test_moved_lines_name_each_other(old: str, new: str) -> None:
    diff = diff_texts(old, new)
    away = {(line.old_number, line.other) for line in diff.lines if line.kind == "moved-away"}
    here = {(line.other, line.new_number) for line in diff.lines if line.kind == "moved-here"}
    assert away == here


@given(st.text(alphabet="一二。；a b.1"), st.text(alphabet="一二。；a b.1"))
def test_a_changed_line_is_both_lines(old: str, new: str) -> None:
    pieces = inline(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


@given(st.text())
def test_sentences_and_tokens_lose_nothing(text: str) -> None:
    assert "".join(sentences(text)) == text
    assert "".join(tokens(text)) == text


def test_sentences_end_where_readers_end_them() -> None:
    assert sentences("他说：“好。”随后离开；第二天才回来！") == ["他说：“好。”", "随后离开；", "第二天才回来！"]
    assert sentences("See example.org for 3.5 km. Then go!") == ["See example.org for 3.5 km. ", "Then go!"]


def test_only_the_number_inside_the_sentence_is_marked() -> None:
    old = "本办法自公布之日起施行。补贴标准为每人1200元。由财政局负责解释。"
    diff = diff_texts(old, old.replace("1200", "1500"))
    assert kinds(diff) == ["changed"]
    marked = [(piece.kind, piece.text) for piece in diff.lines[0].segments if piece.kind != "same"]
    assert marked == [("removed", "1200"), ("added", "1500")]


def test_a_paragraph_that_changed_its_place_is_moved_not_removed() -> None:
    a, b, c = "第一条 为了规范管理。", "第二条 适用于本县。", "第三条 由办公室负责。"
    diff = diff_texts("\n".join([a, b, c, "第四条 附则。"]), "\n".join([b, c, a, "第四条 附则。"]))
    assert {line.kind for line in diff.changes} == {"moved-away", "moved-here"}
    assert diff.only_moved()


def test_short_lines_that_repeat_are_not_moved() -> None:
    kept = "一个很长的段落在此。\n另一个很长的段落。"
    diff = diff_texts(f"是\n{kept}\n否", f"否\n{kept}\n是")
    assert not {"moved-away", "moved-here"} & set(kinds(diff))


def test_an_inserted_paragraph_leaves_its_neighbours_alone() -> None:
    old = "一、总体要求。\n二、主要任务。\n三、保障措施。"
    diff = diff_texts(old, old.replace("三、", "新增一段说明。\n三、"))
    assert kinds(diff) == ["same", "same", "added", "same"]


def test_rewritten_lines_are_not_forced_into_pairs() -> None:
    assert kinds(diff_texts("春天的花园里有鸟。", "Budget figures were published")) == ["removed", "added"]


def test_resembling_lines_pair_with_each_other_not_by_position() -> None:
    old = "报名时间：3月1日至3月15日\n联系电话：0577-1234567"
    new = "补充说明\n报名时间：3月1日至3月20日\n联系电话：0577-7654321"
    assert kinds(diff_texts(old, new)) == ["added", "changed", "changed"]


def test_hunks_keep_their_context_and_count_what_they_skip() -> None:
    old = [f"第{n}条 内容若干。" for n in range(40)]
    new = list(old)
    new[10], new[30] = "第10条 改动。", "第30条 改动。"
    found = hunks(diff_texts("\n".join(old), "\n".join(new)), context=1)
    assert [hunk.skipped for hunk in found] == [9, 17]
    assert all(hunk.lines[0].kind == "same" and hunk.lines[-1].kind == "same" for hunk in found)


def test_text_for_people_marks_what_went_and_came() -> None:
    diff = diff_texts("标题\n自3月1日起施行。\n末尾", "标题\n自4月1日起施行。\n末尾\n补充")
    plain = render_text(diff)
    assert "~ 自[-3-]{+4+}月1日起施行。" in plain
    assert "\n+ 补充\n" in plain and "\x1b" not in plain
    assert "\x1b[31m3\x1b[0m" in render_text(diff, colour=True)
    assert render_text(diff_texts("同", "同")) == ""


def test_long_kept_passages_can_be_cut() -> None:
    old = "前" * 400 + "3月1日起" + "后" * 400
    shown = render_text(diff_texts(old, old.replace("3月", "4月")), beside=10)
    assert len(shown) < 90 and "[-3-]{+4+}" in shown and " … " in shown


def test_versions_differ_in_more_than_text() -> None:
    old = Content("h1", "关于放假的通知", "正文。", {"issuer": "办公室", "written_on": "2024-01-02"},
                  attachments=({"url": "http://a/x.pdf", "name": "附件"},))  # fmt: skip
    new = Content("h2", "关于调休的通知", "正文。", {"issuer": "办公室", "written_on": "2024-01-03"},
                  attachments=({"url": "http://a/y.pdf", "name": "附件"},))  # fmt: skip
    diff = diff_contents(old, new)
    assert diff and not diff.text
    assert diff.fields == {"written_on": ("2024-01-02", "2024-01-03")}
    assert diff.attachments == (("附件 <http://a/x.pdf>",), ("附件 <http://a/y.pdf>",))
    shown = render_content(diff)
    assert "title: 关于[-放假-]{+调休+}的通知" in shown and "written_on: 2024-01-02 -> 2024-01-03" in shown
    assert not diff_contents(old, old)


def test_a_book_of_chinese_text_is_compared_while_a_page_loads() -> None:
    paragraph = "各单位应当按照本通知要求，认真组织实施，确保工作落到实处；第{}项任务由牵头单位负责，期限为{}日。"
    old = [paragraph.format(n, n % 30) * 4 for n in range(165)]
    new = list(old)
    for place in (5, 40, 77, 120):
        new[place] = new[place].replace("日。", "天。", 1)
    new.insert(60, "新增加的段落，说明经费来源。")
    texts = "\n".join(old), "\n".join(new)
    assert len(texts[0].encode()) > 90_000
    started = time.process_time()
    diff = diff_texts(*texts)
    assert time.process_time() - started < 0.5, "it takes a few milliseconds on any machine"
    assert len(diff.changes) == 5
