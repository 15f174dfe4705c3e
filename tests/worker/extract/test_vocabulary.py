"""Dates, document numbers, labels and letters of administration, as they are written."""

from __future__ import annotations

import pytest

from worker.extract import bylines
from worker.extract.dates import moment, stamp, whole
from worker.extract.government.labels import pairs_of, split
from worker.extract.government.letter import organ, read
from worker.extract.government.numbers import normalised, parts, whole_number


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("2019-04-05", "2019-04-05", None), ("发布于2019年4月5日 09:30", "2019-04-05", "09:30"),
        ("2019年06月15日08:18 来源", "2019-06-15", "08:18"), ("2019/4/5 9:03:07", "2019-04-05", "09:03:07"),
        ("二〇〇四年八月十二日", "2004-08-12", None), ("二○一九年十一月二十一日", "2019-11-21", None),
        ("一九九六年廿五月三日", None, None), ("2019.13.01", None, None), ("12 May 2020", "2020-05-12", None),
        ("Published May 2nd, 2020", "2020-05-02", None), ("第2020-1234号", None, None),
    ],
)  # fmt: skip
def test_dates_are_read_as_they_are_printed(text: str, day: str | None, time: str | None) -> None:
    found = moment(text)
    assert (found.day, found.time) == (day, time) if found else day is None


def test_a_line_is_a_date_only_when_it_says_nothing_else() -> None:
    assert whole("（2023年3月6日）") and not whole("2023年3月6日起施行") and not whole("自2023年3月6日")


def test_a_stamp_with_an_offset_is_a_moment() -> None:
    found = stamp("2019-09-09T18:13:22+08:00")
    assert found and found[2] and found[2].isoformat() == "2019-09-09T18:13:22+08:00"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("国办发〔2017〕47号", "国办发〔2017〕47号"), ("法释[2005]15号", "法释〔2005〕15号"),
        ("（青政办发【２０２３】１２号）", "青政办发〔2023〕12号"),
        ("中华人民共和国国务院令第577号", "中华人民共和国国务院令第577号"), ("发文字号中华人民共和国国务院令第711号",
        "中华人民共和国国务院令第711号"),
        ("根据国办发〔2017〕47号文件要求", None), ("第十二条 第3号令", None), ("门牌5号", None),
    ],
)  # fmt: skip
def test_a_document_number_is_a_line_of_its_own_in_the_prescribed_form(line: str, number: str | None) -> None:
    assert whole_number(line) == number


def test_a_number_comes_apart_into_agency_year_and_serial() -> None:
    found = parts(normalised("云教函〔2019〕第 41 号"))
    assert found and (found.agency, found.year, found.serial) == ("云教函", 2019, 41)
    assert parts("中华人民共和国国务院令第577号") is None


def test_labels_end_each_others_values_and_tools_belong_to_nobody() -> None:
    pairs = split("来源：县林业局 时间：2020-01-03 13:41 浏览次数：88 【字体：大 中 小】", 0)
    assert [(pair.name, pair.value) for pair in pairs if pair.name] == [
        ("origin", "县林业局"),
        ("published_on", "2020-01-03 13:41"),
    ]
    glued = split("时间：2024-06-20来源：县政府办作者：张三", 0)
    assert [(pair.name, pair.value) for pair in glued] == [
        ("published_on", "2024-06-20"),
        ("origin", "县政府办"),
        ("author", "张三"),
    ]
    assert split("本次活动时间：另行通知", 0) == []


def test_an_empty_cell_gives_no_value_and_never_the_next_label() -> None:
    cells = ["索 引 号：", "A1/2023-1", "发文字号：", "发布机构：", "县政府办", "有效性"]
    pairs = list(pairs_of((block, text, 0) for block, text in enumerate(cells)))
    assert {pair.name: pair.value for pair in pairs} == {
        "index_number": "A1/2023-1", "document_number": "", "issuer": "县政府办", "validity": "",
    }  # fmt: skip


def test_a_value_is_never_taken_from_another_table() -> None:
    pairs = list(pairs_of([(0, "有效性", 1), (1, "关于停水的通知", 2)]))
    assert [(pair.name, pair.value) for pair in pairs] == [("validity", "")]


@pytest.mark.parametrize(
    "line", ["青阳市人民政府办公室", "县教育局 县财政局", "总理 李某某", "东湖区住房和城乡建设局（代章）"]
)
def test_authorities_are_told_by_their_names(line: str) -> None:
    assert organ(line)


@pytest.mark.parametrize(
    "line", ["各镇人民政府：", "请各单位遵照执行。", "办公室主任王某负责本项工作的组织协调、督促检查", "一、总体要求"]
)
def test_sentences_and_addressees_are_no_authorities(line: str) -> None:
    assert not organ(line)


def test_the_first_complete_signature_counts_for_annexes_have_their_own() -> None:
    lines = [
        "各乡镇：",
        "现将方案印发给你们，请认真组织实施，确保完成年度任务。",
        "县政府办公室",
        "2021年5月6日",
        "实施方案",
        "为做好工作，特制定本方案，请各单位结合实际抓好落实。",
        "县农业局",
        "2021年4月1日",
    ]
    fields = read(lines).fields
    assert (fields["addressee"], fields["signatory"], fields["signed_on"]) == ("各乡镇", "县政府办公室", "2021-05-06")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("张小满 李冬 文/图", "张小满 李冬"),
        ("（记者 王强 通讯员 赵敏）", "王强"),
        ("县里修好了路。（何田）", "何田"),
        ("投资增长较快。（投资处）", None),
        ("（完）", None),
    ],
)
def test_bylines_name_people_and_not_offices(line: str, names: str | None) -> None:
    found = bylines.author(["第一段文字。", line])
    assert (found[0] if found else None) == names
