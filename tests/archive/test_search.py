"""What is searched for is found: the same documents, in the same order, on both databases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from archive import open_archive, open_writable
from archive.digest import document_id_of
from archive.records import Facts
from archive.search.candidates import candidates
from archive.search.index import damage, forget_content, rebuild
from archive.search.match import snippet
from archive.search.query import QueryError, parse
from archive.search.tokens import tokens, wanted
from tests.archive.house import SITE
from tests.archive.shelf import Shelf


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    with open_writable(database_url) as writer:
        yield Shelf(writer, "county", "board")


def found(shelf: Shelf, query: str, limit: int = 20) -> list[str]:
    """Titles of the hits, in order."""
    with open_archive(shelf.writer.url) as archive:
        return ["".join(piece.text for piece in hit.title) for hit in archive.search(query, limit).hits]


def test_a_word_of_two_characters_is_found_inside_a_sentence(shelf: Shelf) -> None:
    shelf.say("a", "为规范食用盐零售行为，现通知如下。", "甲")
    shelf.say("b", "为规范出租汽车经营行为，现通知如下。", "乙")
    assert found(shelf, "零售") == ["甲"]
    assert found(shelf, "出租") == ["乙"]
    assert sorted(found(shelf, "规范")) == ["乙", "甲"]


def test_one_character_is_found_wherever_it_stands(shelf: Shelf) -> None:
    shelf.say("a", "加碘盐。", "末")
    shelf.say("b", "盐和糖", "首")
    shelf.say("c", "糖", "无")
    assert sorted(found(shelf, "盐")) == ["末", "首"]


def test_neighbouring_pairs_are_no_phrase_until_they_stand_together(shelf: Shelf) -> None:
    shelf.say("a", "工业局和业务科开会，谈到业务用盐。", "散")
    shelf.say("b", "工业务必达标。", "连")
    assert found(shelf, "工业务") == ["连"]


def test_a_document_number_is_found_with_any_brackets_and_widths(shelf: Shelf) -> None:
    shelf.say("a", "依据运盐工科发〔2023〕15号文件。", "甲", fields={"document_number": "运盐工科发〔2023〕15号"})
    shelf.say("b", "依据运盐工科发〔2023〕115号文件。", "乙")
    for query in ("运盐工科发〔2023〕15号", "运盐工科发[2023]15号", "运盐工科发（２０２３）１５号", "15号"):
        assert found(shelf, query) == ["甲"], query
    assert found(shelf, "document_number=运盐工科发〔2023〕15号") == ["甲"]


def test_words_are_whole_and_case_does_not_count(shelf: Shelf) -> None:
    shelf.say("a", "The Party congress met.", "party")
    shelf.say("b", "State of the ART in 2015.", "art")
    assert found(shelf, "art") == ["art"]
    assert found(shelf, "15") == []
    assert found(shelf, "par*") == ["party"]
    assert found(shelf, '"the party"') == ["party"]
    assert found(shelf, '"party the"') == []


def test_mixed_scripts_in_one_phrase(shelf: Shelf) -> None:
    shelf.say("a", "网页采用 GB18030 编码，ＣＯＶＩＤ－１９ 防控。", "甲")
    assert found(shelf, "gb18030编码") == ["甲"]
    assert found(shelf, "covid-19") == ["甲"]
    assert found(shelf, "GB2312编码") == []


def test_line_breaks_and_spaces_between_characters_do_not_hide_a_word(shelf: Shelf) -> None:
    shelf.say("a", "通 知 书\n县人民政府", "甲")
    assert found(shelf, "通知书") == ["甲"]
    assert found(shelf, "书县") == []


def test_without_and_several_words(shelf: Shelf) -> None:
    shelf.say("a", "招聘教师公告", "甲")
    shelf.say("b", "招聘医生公告", "乙")
    assert found(shelf, "招聘 -医生") == ["甲"]
    assert found(shelf, "招聘 教师 医生") == []


def test_filters_narrow_what_is_found(shelf: Shelf) -> None:
    published = Facts("http://x/", author="老王", published_at=datetime(2023, 5, 6, tzinfo=UTC))
    shelf.say("a", "停水通知一", "甲", fields={"issuer": "水务局"}, facts=published)
    shelf.say("b", "停水通知二", "乙", kind="post", source="board")
    assert found(shelf, "停水 kind:post") == ["乙"]
    assert found(shelf, "停水 source:county") == ["甲"]
    assert found(shelf, "停水 since:2023-05-06 until:2023-05") == ["甲"]
    assert found(shelf, "停水 until:2023-05-05") == []
    assert found(shelf, "issuer=水务局") == ["甲"]
    assert found(shelf, '停水 issuer="水务 局"') == []
    assert found(shelf, "author:老王") == ["甲"]
    assert sorted(found(shelf, "kind:notice state:present")) == ["甲"]


def test_only_what_a_document_says_now_is_found(shelf: Shelf) -> None:
    shelf.say("a", "补贴标准为每人一千元。", "甲")
    shelf.say("a", "补贴标准为每人八百元。", "甲")
    assert found(shelf, "一千元") == []
    assert found(shelf, "八百元") == ["甲"]


def test_when_a_phrase_appeared_and_when_it_vanished(shelf: Shelf) -> None:
    shelf.say("a", "原文。", "甲", at=1)
    shelf.say("a", "原文。限期整改。", "甲", at=2)
    shelf.say("a", "原文改了。限期整改。", "甲", at=3)
    shelf.say("a", "原文改了。", "甲", at=4)
    shelf.say("a", "又写上限期整改。", "甲", at=5)
    shelf.remove("a", at=6)
    shelf.say("b", "无关。", "乙", at=7)
    with open_archive(shelf.writer.url) as archive:
        (appearance,) = archive.search_versions("限期整改").found
    told = [(s.first_version, s.last_version, s.vanished_version, s.how) for s in appearance.spans]
    assert told == [(2, 3, 4, "changed"), (5, 5, None, "gone")]
    assert [s.appeared_at.minute for s in appearance.spans] == [2, 5]
    assert [s.vanished_at and s.vanished_at.minute for s in appearance.spans] == [4, 6]


def test_a_phrase_that_still_stands_has_not_vanished(shelf: Shelf) -> None:
    shelf.say("a", "长期有效。", "甲")
    with open_archive(shelf.writer.url) as archive:
        (appearance,) = archive.search_versions("长期有效").found
        assert not archive.search_versions("短期有效").found
    assert [(s.vanished_at, s.how) for s in appearance.spans] == [(None, None)]


def test_titles_count_more_and_long_texts_less(shelf: Shelf) -> None:
    shelf.say("a", "燃气" + "其他内容若干。" * 400, "长文")
    shelf.say("b", "说到燃气的短文。", "短文")
    shelf.say("c", "无关内容。", "燃气安全")
    assert found(shelf, "燃气") == ["燃气安全", "短文", "长文"]


def test_equal_hits_are_ordered_by_time(shelf: Shelf) -> None:
    for n in range(5):
        shelf.say(f"p{n}", "同样的话。", f"第{n}篇")
    assert found(shelf, "同样") == [f"第{n}篇" for n in (4, 3, 2, 1, 0)]


def test_the_snippet_shows_where_and_marks_it(shelf: Shelf) -> None:
    shelf.say("a", "前言。" * 100 + "凡违反规定的，处以罚款五百元。" + "结语。" * 100, "甲")
    with open_archive(shelf.writer.url) as archive:
        (hit,) = archive.search("罚款").hits
    assert [piece.text for piece in hit.snippet if piece.found] == ["罚款"]
    shown = "".join(piece.text for piece in hit.snippet)
    assert "处以罚款五百元" in shown and shown.startswith("…") and shown.endswith("…") and len(shown) < 140


def paged(shelf: Shelf, query: str, size: int) -> list[str]:
    """The documents of all pages of hits."""
    seen: list[str] = []
    cursor: str | None = None
    with open_archive(shelf.writer.url) as archive:
        for _ in range(60):
            page = archive.search(query, size, cursor)
            seen += [hit.document_id for hit in page.hits]
            if (cursor := page.cursor) is None:
                return seen
    raise AssertionError(f"no end after {len(seen)} hits")


def test_all_hits_can_be_paged_through_each_once(shelf: Shelf) -> None:
    ids = {shelf.say(f"p{n}", f"公示第{n}批名单。") for n in range(23)}
    assert sorted(paged(shelf, "公示", 7)) == sorted(ids)


def test_paging_goes_on_beyond_the_pool(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.search.find.POOL", 5)
    monkeypatch.setattr("archive.search.find.pool.__defaults__", (5,))
    ids = {shelf.say(f"p{n}", f"公示第{n}批名单。") for n in range(12)}
    assert sorted(paged(shelf, "公示", 3)) == sorted(ids)


@pytest.mark.parametrize("most", [20, 24, 3000])
def test_a_phrase_that_few_of_many_candidates_say_begins_the_index_a_few_times(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("archive.search.find.SCANNED", most)
    monkeypatch.setattr("archive.search.find.pool.__defaults__", (7,))
    say = {shelf.say(f"p{n}", f"第{n}次公示名单。" if n % 19 == 3 else f"第{n}次公示，示名，名单。") for n in range(60)}
    assert len(say) == 60
    begun = []

    def counted(*asked: Any) -> list[int]:
        begun.append(asked)
        return candidates(*asked)

    monkeypatch.setattr("archive.search.find.candidates", counted)
    assert sorted(paged(shelf, '"公示名单"', 20)) == sorted(document_id_of(f"p{n}") for n in (3, 22, 41))
    assert len(begun) <= (3 if most == 3000 else 6)


def test_attachments_and_fields_are_searched_too(shelf: Shelf) -> None:
    shelf.say("a", "见附件。", "甲", attachments=({"url": "http://x/1.pdf", "name": "申请表格.pdf"},))
    shelf.say("b", "见正文。", "乙", fields={"issuer": "交通运输局"})
    assert found(shelf, "申请表格") == ["甲"]
    assert found(shelf, "交通运输局") == ["乙"]


def test_one_content_of_two_documents_is_two_hits(shelf: Shelf) -> None:
    shelf.say("a", "转发同一文件。", "甲")
    shelf.say("b", "转发同一文件。", "甲")
    assert found(shelf, "转发") == ["甲", "甲"]


REPLY = "您提出的关于加强食盐零售管理的提案收悉，现答复如下。" * 6


def test_a_stub_and_its_file_are_one_hit_that_names_both(shelf: Shelf) -> None:
    shelf.say("stub", "请点击附件查看答复全文。", "关于第15号提案的答复", at=1)
    shelf.say("reply.pdf", REPLY, "答复函", kind="file", parent="stub", at=2)
    with open_archive(shelf.writer.url) as archive:
        for query in ("零售管理", "零售管理 kind:notice", "答复"):
            (hit,) = archive.search(query).hits
            assert (hit.document_id, hit.kind, hit.url) == (document_id_of("stub"), "notice", SITE + "stub"), query
            assert "".join(piece.text for piece in hit.title) == "关于第15号提案的答复"
            (place,) = hit.files
            assert (place.document_id, place.title) == (document_id_of("reply.pdf"), "答复函")
        (hit,) = archive.search("零售管理 kind:file").hits
        assert (hit.document_id, hit.files) == (document_id_of("reply.pdf"), ())
        assert archive.search("零售管理 kind:post").hits == ()
        assert [found.kind for found in archive.search_versions("零售管理").found] == ["file"]


def test_a_notice_that_speaks_for_itself_and_its_file_are_two_hits(shelf: Shelf) -> None:
    shelf.say("notice", "食盐零售管理办法全文如下。" * 30, "管理办法", at=1)
    shelf.say("form.pdf", REPLY, "申请表", kind="file", parent="notice", at=2)
    assert sorted(found(shelf, "零售管理")) == ["申请表", "管理办法"]
    assert found(shelf, "零售管理 kind:notice") == ["管理办法"]
    assert found(shelf, "提案收悉 kind:notice") == []


def test_the_index_can_be_made_again_and_damage_is_named(shelf: Shelf) -> None:
    for n in range(4):
        shelf.say(f"p{n}", f"第{n}号公告 text", f"标题{n}")
    with shelf.writer.begin() as tx:
        connection = tx.session.connection
        assert list(damage(connection)) == [(n, None) for n in (1, 2, 3, 4)]
        row = connection.execute(sql("SELECT * FROM contents WHERE content_no = 3")).mappings().one()
        forget_content(connection, 3, row)
        assert list(damage(connection)) == [(1, None), (2, None), (3, "not in the search index"), (4, None)]
        assert rebuild(connection) == 4
        assert list(damage(connection)) == [(n, None) for n in (1, 2, 3, 4)]
    assert found(shelf, "3号公告") == ["标题3"]


def test_a_token_too_many_is_damage(shelf: Shelf) -> None:
    for n in range(3):
        shelf.say(f"p{n}", f"第{n}号公告", f"标题{n}")
    with shelf.writer.begin() as tx:
        connection = tx.session.connection
        if connection.dialect.name == "postgresql":
            more = "UPDATE search SET tokens = tokens || CAST('x' AS tsvector) WHERE content_no = 2"
        else:
            more = "INSERT INTO search(rowid, tokens) VALUES (2, 'x')"
        connection.execute(sql(more))
        assert [number for number, wrong in damage(connection) if wrong] == [2]


def test_a_failed_transaction_leaves_nothing_to_find(shelf: Shelf) -> None:
    with pytest.raises(RuntimeError), shelf.writer.begin() as tx:
        from archive.records import FoundPage
        from tests.archive.house import decided, fetched, later, revision, says

        tx.add_pages([FoundPage("county", "http://county.example.org/z", "page", depth=1)], later(0))
        page = tx.page_by_url("http://county.example.org/z")
        assert page is not None
        decided(tx, tx.record_capture(fetched(page.page_id, later(1)), b"x"), revision("z", says("撤回的公告")))
        raise RuntimeError("the worker dies here")
    assert found(shelf, "撤回") == []


@pytest.mark.parametrize("query", ["", "  ", "。，", "since:tomorrow", "until:2024-13-01"])
def test_a_query_that_means_nothing_says_so(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


@pytest.mark.parametrize("query", ['"', "'; DROP TABLE search; --", "a AND b OR NOT", 'x"y*', "100%", "\\", ":x", "*"])
def test_no_query_breaks_the_database(shelf: Shelf, query: str) -> None:
    shelf.say("a", "100% of a AND b OR NOT x\\y", "odd")
    with contextlib.suppress(QueryError):
        found(shelf, query)
    assert found(shelf, "100") == ["odd"]


TEXTS = st.text(alphabet="盐城市号第的 ab1２5。〔\n", max_size=30)


@given(TEXTS, st.data())
def test_whatever_stands_in_a_text_has_its_tokens_in_the_index(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    term = text[start : data.draw(st.integers(start, len(text)))]
    for said in parse(f'"{term}"').terms if any(wanted(term)) and '"' not in term else ():
        if said.pattern.search(text):
            held = tokens(text)
            assert said.tokens <= held
            assert all(any(token.startswith(begun) for token in held) for begun in said.beginnings)


@given(TEXTS, st.text(alphabet="盐城市号 ab1", min_size=1, max_size=4))
def test_a_snippet_shows_only_what_the_text_says(text: str, term: str) -> None:
    if not any(wanted(term)):
        return
    pieces = snippet(parse(f'"{term}"').terms, text, 1000)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
