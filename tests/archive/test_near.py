"""Nearly the same text elsewhere is found when it arrives; another notice of the same kind is not called the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import text as sql

from archive import open_archive, open_writable
from archive.near.bands import rebuild
from archive.near.judge import Text, reprint
from archive.near.shingles import AT_ONCE, MOST, bands, least_shingles, resemblance, shingles
from archive.statement import _Driver
from tests.archive.house import decided, fetched, later, revision, says, watched
from tests.archive.shelf import Shelf

NOTICE = (
    "各乡镇人民政府，县直有关单位：\n为做好今年汛期地质灾害防治工作，保障人民群众生命财产安全，现就有关事项通知如下。\n"
    "一、加强隐患排查。各单位要在5月15日前完成全面排查，建立台账，落实责任人。\n"
    "二、健全预警机制。县气象局、自然资源局要加强会商，及时发布预警信息，确保信息到村到户。\n"
    "三、强化应急值守。严格执行24小时值班制度，出现险情立即报告，并组织群众转移避险。\n"
    "四、严肃工作纪律。对工作不力造成严重后果的，依法依规追究责任。\n联系电话：0577-86543210。"
)


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    with open_writable(database_url) as writer:
        yield Shelf(writer)


def related(shelf: Shelf, document_id: str) -> dict[str, str]:
    """Other documents and how they are related."""
    with open_archive(shelf.writer.url) as archive:
        return {same.other_id: same.relation for same in archive.same_content(document_id)}


def judged(old: str, new: str, old_title: str = "通知", new_title: str = "通知", **fields: str) -> float | None:
    return reprint(
        Text(old_title, old, {}, shingles(old)), Text(new_title, new, dict(fields), shingles(new))
    )  # fmt: skip


def test_the_same_text_at_another_address_is_a_duplicate(shelf: Shelf) -> None:
    a, b = shelf.say("a", NOTICE), shelf.say("b", NOTICE)
    assert related(shelf, a) == {b: "duplicate"}
    assert related(shelf, b) == {a: "duplicate"}


def test_a_reprint_with_a_source_line_and_an_editor_is_found_from_both_sides(shelf: Shelf) -> None:
    a = shelf.say("a", NOTICE)
    b = shelf.say("b", "来源：县政府网站。\n" + NOTICE.replace("为做好", "为切实做好") + "\n（责任编辑：小李）")
    assert related(shelf, a) == {b: "reprint"}
    assert related(shelf, b) == {a: "reprint"}
    with open_archive(shelf.writer.url) as archive:
        (same,) = archive.same_content(a)
    assert 0.7 < same.score < 1


def test_two_yearly_notices_that_differ_in_one_date_are_not_the_same(shelf: Shelf) -> None:
    a = shelf.say("a", NOTICE)
    shelf.say("b", NOTICE.replace("5月15日", "5月20日"))
    assert related(shelf, a) == {}


def test_several_documents_of_one_page_are_compared_with_each_other(shelf: Shelf) -> None:
    from archive.digest import document_id_of
    from tests.archive.house import decided, fetched, later, revision, watched
    from tests.archive.shelf import contains

    (page,) = watched(shelf.writer, "topic")
    with shelf.writer.begin() as tx:
        capture = tx.record_capture(fetched(page, later(1)), b"topic")
        posts = (
            revision("p1", contains(NOTICE), kind="post"),
            revision("p2", contains(NOTICE + "转发了。"), kind="post"),
        )
        decided(tx, capture, *posts)
    assert related(shelf, document_id_of("p1")) == {document_id_of("p2"): "reprint"}


def test_an_own_earlier_version_is_no_reprint_and_leaves_the_index(shelf: Shelf) -> None:
    a = shelf.say("a", NOTICE)
    for n in range(3):
        shelf.say("a", NOTICE + f"\n补充说明{'一二三'[n]}：请按时报送。")
    assert related(shelf, a) == {}
    with shelf.writer.begin() as tx:
        assert tx.session.connection.scalar(sql("SELECT count(DISTINCT content_no) FROM bands")) == 1
        assert tx.session.connection.scalar(sql("SELECT count(*) FROM reprints")) == 0


def test_a_text_that_two_documents_say_stays_in_the_index_when_one_changes(shelf: Shelf) -> None:
    a, b = shelf.say("a", NOTICE), shelf.say("b", NOTICE)
    another = "这份通知已经失效，请以新的通知为准。" + "详情请见县政府网站上发布的公告以及附件内容，特此说明。" * 2
    shelf.say("a", another)
    c = shelf.say("c", NOTICE + "\n转载。")
    assert related(shelf, c) == {b: "reprint"}
    assert related(shelf, a) == {}


def test_short_texts_are_neither(shelf: Shelf) -> None:
    a = shelf.say("a", "支持楼主，说得好。", kind="post")
    shelf.say("b", "支持楼主，说得好。", kind="post")
    assert related(shelf, a) == {}


def test_the_relation_can_be_made_anew_and_keeps_when_it_was_found(shelf: Shelf) -> None:
    a, b = shelf.say("a", NOTICE), shelf.say("b", NOTICE + "\n（转载）")
    with open_archive(shelf.writer.url) as archive, archive.connect() as connection:
        before = connection.execute(sql("SELECT * FROM reprints")).all()
    with shelf.writer.begin() as tx:
        assert rebuild(tx.session.connection) == 2
    assert related(shelf, a) == {b: "reprint"}
    with open_archive(shelf.writer.url) as archive, archive.connect() as connection:
        assert connection.execute(sql("SELECT * FROM reprints")).all() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("24小时", "12小时"),
        ("0577-86543210", "0577-86543211"),
        ("5月15日", "5月15日（星期三）前、6月1日"),
        ("四、严肃工作纪律。", "四、严肃工作纪律。以第三届会议精神为准绳，全面落实。"),
    ],
)
def test_what_differs_decides(old: str, new: str) -> None:
    changed = NOTICE.replace(old, new)
    inserted = old in new and old.endswith("。")
    assert (judged(NOTICE, changed) is not None) == inserted


def test_the_same_date_written_otherwise_is_the_same() -> None:
    old = NOTICE + "\n本通知自2024年3月1日起施行。"
    assert judged(old, old.replace("2024年3月1日", "2024年03月01日"))
    assert judged(old, old.replace("2024年3月1日", "二〇二四年三月一日"))
    assert judged(old, old.replace("2024年3月1日", "二〇二四年三月十一日")) is None


def test_titles_and_document_numbers_must_not_disagree() -> None:
    assert judged(NOTICE, NOTICE + "注。", "2023年防汛通知", "2024年防汛通知") is None
    assert judged(NOTICE, NOTICE + "注。", "2024年防汛通知", "转发：2024年防汛通知")
    old = Text("通知", NOTICE, {"document_number": "县府〔2023〕5号"}, shingles(NOTICE))
    assert reprint(old, Text("通知", NOTICE, {"document_number": "县府〔2024〕5号"}, shingles(NOTICE))) is None
    assert reprint(old, Text("通知", NOTICE, {"document_number": "县府[2023]5号"}, shingles(NOTICE)))


def test_two_decisions_that_concern_different_names_are_not_the_same() -> None:
    decision = (
        "关于{0}申请办理许可证的批复。\n{0}：你单位提交的申请材料收悉。经审查，申请材料齐全，符合法定形式，根据有关法律法规的规定，"
        "同意向{0}颁发许可证。\n请你单位严格遵守有关规定，依法开展经营活动，接受监督检查，如有违反将依法处理，直至吊销许可证。"
    )
    old, new = decision.format("东风商贸公司"), decision.format("长江食品公司")
    assert resemblance(shingles(old), shingles(new)) > 0.5
    assert judged(old, new) is None


def test_a_few_words_corrected_are_still_a_reprint() -> None:
    assert judged(NOTICE, NOTICE.replace("落实责任人", "明确责任人员").replace("立即报告", "及时上报"))


def test_an_excerpt_is_a_reprint_and_a_quotation_is_not() -> None:
    lines = NOTICE.split("\n")
    assert judged(NOTICE, "\n".join(lines[:5]))
    assert (
        judged(NOTICE, lines[2] + "这一条我来解读一下：" + "其实还有许多别的事情要考虑，比如各地情况不同。" * 10)
        is None
    )


def test_punctuation_case_and_width_of_spaces_do_not_count() -> None:
    assert resemblance(shingles("The Office, is OPEN today."), shingles("the office is open　today")) == 1.0


def test_texts_with_a_twentieth_of_their_characters_edited_share_bands() -> None:
    chance = random.Random(7)
    for _ in range(60):
        text = "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(800))
        edited = "".join(chr(0x4E00 + chance.randrange(3000)) if chance.random() < 0.05 else c for c in text)
        assert len(set(bands(shingles(text))) & set(bands(shingles(edited)))) >= 2


def test_texts_that_have_nothing_in_common_share_no_band() -> None:
    chance = random.Random(8)
    words = [f"word{n}" for n in range(5000)]
    said = [bands(shingles(" ".join(chance.choices(words, k=300)))) for _ in range(40)]
    shared = sum(bool(set(a) & set(b)) for n, a in enumerate(said) for b in said[:n])
    assert shared <= 2


@pytest.mark.parametrize("text", ["", "。，！", "a", "\ud800", "😀😀😀"])
def test_odd_texts_break_nothing(text: str) -> None:
    assert bands(shingles(text)) == sorted(set(bands(shingles(text))))


def test_more_documents_of_one_capture_are_no_more_round_trips_to_postgres(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    enter = _Driver.__enter__

    def speak(driver: _Driver) -> _Driver:
        spoken.append(driver._compiled.text)
        return enter(driver)

    monkeypatch.setattr(_Driver, "__enter__", speak)
    counts = []
    with open_writable(postgres_url) as writer:
        (page,) = watched(writer, "topic")
        for documents in (2, 40):
            for edition in (1, 2):
                spoken.clear()
                with writer.begin() as tx:
                    capture = tx.record_capture(fetched(page, later(documents * 2 + edition), path="topic"), b"")
                    said = [says(f"{NOTICE}{documents} {edition} {number}") for number in range(documents)]
                    decided(tx, capture, *(revision(f"{documents}-{n}", each) for n, each in enumerate(said)))
            counts.append(len(spoken))
    assert counts[0] == counts[1] > 0


def test_the_least_pieces_of_a_long_text_are_the_same_looked_at_in_parts() -> None:
    chance = random.Random(7)
    words = ["县政府", "notice ", "，", "2026年", "the council met ", "\n", "停水", "x"]
    for size in (0, 3, 8, 9, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, AT_ONCE + 8, 3 * AT_ONCE + 5):
        text = "".join(chance.choices(words, k=size))[:size]
        assert least_shingles(text).tolist() == shingles(text)[:MOST].tolist()
    sparse = "，" * AT_ONCE + "县政府" + "，" * AT_ONCE + "abc"
    assert least_shingles(sparse).tolist() == shingles(sparse).tolist()
