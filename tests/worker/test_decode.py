"""Bytes to text: every claim checked, nothing lost that could be read, and always said why."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.decode import decode
from worker.labels import CODECS, codec_for

CHINESE = "关于公布第三批名单的通知，现将有关事项公布如下。"
RARE = "㐀㙟䶵𠮷𪚥𫝀龦鿍㸃镕喆"
"""characters of GB18030 that GB2312 lacks, most of them GBK as well"""


def page(text: str, meta: str = "", title: str = "") -> str:
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{declared}<title>{title}</title></head><body><p>{text}</p></body></html>"


SITUATIONS: dict[str, tuple[str | None, str]] = {
    "header gb2312": ("text/html; charset=gb2312", ""),
    "header GBK": ("text/html;charset=GBK", ""),
    "meta gb2312": ("text/html", "gb2312"),
    "meta gbk": (None, "gbk"),
    "not at all": ("text/html", ""),
    "header utf-8, meta gb2312": ("text/html; charset=utf-8", "gb2312"),
    "header iso-8859-1, meta gbk": ("text/html; charset=ISO-8859-1", "gbk"),
    "header iso-8859-1": ("text/html; charset=ISO-8859-1", ""),
    "meta utf-8": (None, "utf-8"),
}


def assigned(codec: str) -> list[str]:
    """Every character of the encoding that Unicode has assigned, controls aside."""
    found = []
    for number in range(0xA0, 0x110000):
        letter = chr(number)
        if 0xD800 <= number < 0xE000 or unicodedata.category(letter) in ("Cn", "Co", "Cc"):
            continue
        try:
            letter.encode(codec)
        except UnicodeEncodeError:
            continue
        found.append(letter)
    return found


@pytest.mark.parametrize("codec", ["gbk", "gb18030"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_assigned_character_survives_whatever_the_label_says(codec: str, situation: str) -> None:
    content_type, meta = SITUATIONS[situation]
    letters = assigned(codec)
    assert len(letters) > (20_000 if codec == "gbk" else 100_000)
    for at in range(0, len(letters), 500):
        text = page(CHINESE + "".join(letters[at : at + 500]), meta)
        got = decode(text.encode(codec), content_type)
        assert got.text == text, (situation, letters[at], got.encoding, got.evidence)
        assert got.replacements == 0


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("letter", RARE)
def test_one_rare_name_in_a_short_notice_survives(letter: str, situation: str) -> None:
    content_type, meta = SITUATIONS[situation]
    text = page(f"任命张{letter}为局长。", meta, "任免通知")
    assert decode(text.encode("gb18030"), content_type).text == text


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "evidence", "declared"),
    [
        (b"\xef\xbb\xbf<p>\xe9\x80\x9a", "text/html; charset=gbk", "utf-8", "bom", "utf-8"),
        ("\ufeff<p>通知".encode("utf-16-le"), None, "utf-16-le", "bom", "utf-16-le"),
        (page(CHINESE).encode(), "text/html; charset=UTF-8", "utf-8", "header", "UTF-8"),
        (page(CHINESE, "utf-8").encode(), "text/html", "utf-8", "meta", "utf-8"),
        (page(CHINESE).encode(), None, "utf-8", "utf-8", None),
        (page(CHINESE, "gb2312").encode(), None, "utf-8", "utf-8, not meta gb2312", "gb2312"),
        (page(CHINESE, "gbk").encode("gbk"), "text/html; charset=utf-8", "gb18030", "meta, not header utf-8", "utf-8"),
        (page("café", "iso-8859-1").encode("latin-1"), None, "cp1252", "meta", "iso-8859-1"),
        (page("café à la crème", "iso-8859-1").encode(), None, "utf-8", "utf-8, not meta iso-8859-1", "iso-8859-1"),
        (b"price: \x80 15, a control: \x81 <meta charset=latin1>", None, "cp1252", "meta", "latin1"),
        (f'<?xml version="1.0" encoding="GBK"?><rss>{CHINESE}'.encode("gbk"), None, "gb18030", "xml", "GBK"),
        ("<p>公告<p>plain ascii goes on</p>".encode("utf-16-be"), None, "utf-16-be", "nulls", None),
        (page("開啟 香港 㗎", "big5").encode("big5hkscs"), None, "big5hkscs", "meta", "big5"),
        (page("東京都のお知らせ①", "shift_jis").encode("cp932"), None, "cp932", "meta", "shift_jis"),
        (page("똠방각하 공지", "euc-kr").encode("cp949"), None, "cp949", "meta", "euc-kr"),
        (page("Объявление", "windows-1251").encode("cp1251"), None, "cp1251", "meta", "windows-1251"),
        (page(CHINESE).encode("gbk"), "text/html; charset=nonsense", "gb18030", "detector", None),
        (page("plain").encode(), "text/html; charset=us-ascii", "cp1252", "header", "us-ascii"),
        (b"", "text/html; charset=gbk", "gb18030", "header", "gbk"),
        (b"", None, "utf-8", "utf-8", None),
    ],
)  # fmt: skip
def test_what_decides(
    body: bytes, content_type: str | None, encoding: str, evidence: str, declared: str | None
) -> None:
    got = decode(body, content_type)
    assert (got.encoding, got.evidence, got.declared, got.replacements) == (encoding, evidence, declared, 0)
    assert "\ufffd" not in got.text


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5hkscs", "cp932", "cp949"])
def test_a_character_cut_in_half_at_the_end_is_no_contradiction(codec: str) -> None:
    letter = {"cp932": "知", "cp949": "공", "big5hkscs": "知"}.get(codec, "𠮷")
    body = page("公告", codec.replace("hkscs", "").replace("cp932", "shift_jis").replace("cp949", "euc-kr")).encode(
        codec
    )
    whole = body + letter.encode(codec)
    for cut in range(1, len(letter.encode(codec))):
        got = decode(whole[:-cut], None)
        assert (got.encoding, got.replacements) == (codec, 0)
        assert got.text == body.decode(codec)


OTHER_SCRIPTS = {
    "cp1251": "Администрация города сообщает о ремонте дороги", "koi8_r": "Администрация города сообщает о ремонте",
    "iso8859_5": "Администрация города сообщает о ремонте", "cp949": "똠방각하 펲시 공지사항입니다 안내",
    "cp932": "①㈱髙﨑市役所のお知らせについて", "euc_jp": "市役所からのお知らせ、道路工事について",
    "big5hkscs": "香港特別行政區政府公告，關於啟用新系統的通知，㗎喺嘅咁",
    "cp1253": "Ο δήμος ανακοινώνει έργα στους δρόμους",
    "cp1255": "העירייה מודיעה על עבודות בכביש", "cp1256": "تعلن البلدية عن أعمال في الطريق",
    "cp874": "เทศบาลประกาศปิดถนนเพื่อซ่อมแซมในวันพุธนี้",
    "cp1250": "Město oznamuje opravu silnice, příští středu bude uzavřena",
    "cp1252": "Café – “naïve” résumé costs 5 € today",
}  # fmt: skip


@pytest.mark.parametrize("content_type", [None, "text/html; charset=utf-8"])
@pytest.mark.parametrize("times", [1, 6])
@pytest.mark.parametrize("codec", OTHER_SCRIPTS)
def test_a_sentence_without_a_true_label_is_read_by_its_script(
    codec: str, times: int, content_type: str | None
) -> None:
    text = page(OTHER_SCRIPTS[codec] * times, title=OTHER_SCRIPTS[codec])
    assert decode(text.encode(codec), content_type).text == text


@pytest.mark.parametrize(
    "words",
    ["公开和办理情况", "双同志为先锋", "局领导 李 江 李光明 李国强 戴安 李才 彭 明 胡卫 王 羽",
     "侨乡侨务 侨社动态", "体 力促回乡", "立场鲜明、熟知法规", "云南 | 陕西 |", "双拥城”，唱好“",
     "停水通知", "停水通知" * 30, "学院 省"],
)  # fmt: skip
def test_a_few_words_of_chinese_are_not_taken_for_another_script(words: str) -> None:
    assert words in decode(page(words, title=words).encode("gb18030"), None).text


def test_letters_of_one_alphabet_stay_utf_8() -> None:
    for words in ("Übergröße", "Новости", "Ειδήσεις", "עברית", "العربية", "ñandú"):
        assert decode(page(words, title=words).encode(), None).text == page(words, title=words)


def test_one_broken_byte_does_not_make_a_utf_8_page_anything_else() -> None:
    for text, meta in (
        (CHINESE * 20, "utf-8"),
        ("déjà vu à l'été " * 20, "utf-8"),
        (CHINESE * 20, ""),
        ("Grüße " * 50, ""),
    ):
        body = page(text, meta).encode()
        middle = body.index(b"<p>") + 3
        got = decode(body[:middle] + b"\xe9" + body[middle:], None)
        assert (got.encoding, got.replacements) == ("utf-8", 1)


def test_one_broken_byte_does_not_make_a_gbk_page_anything_else() -> None:
    body = page(CHINESE * 20, "gbk").encode("gbk")
    got = decode(body.replace(b"</p>", b"\xff</p>"), None)
    assert (got.encoding, got.replacements) == ("gb18030", 1)


def test_the_euro_sign_of_windows_936() -> None:
    got = decode(page("价格 ", "gbk").encode("gbk").replace(b"</p>", b"\x80</p>"), None)
    assert "价格 €" in got.text
    assert got.replacements == 0


def test_text_labelled_gbk_that_happens_to_validate_as_utf_8_stays_gbk() -> None:
    candidate = b"<meta charset=gbk><p>" + b"\xc4\xa3\xc4\xbf\xd0\xb1" + b"</p>"
    candidate.decode("utf-8")
    assert decode(candidate, None).encoding == "gb18030"


def test_nuls_do_not_confuse_anything() -> None:
    body = page("通知\x00\x00公告", "gbk").encode("gbk")
    assert decode(body, None).text == page("通知\x00\x00公告", "gbk")


def test_a_utf_16_label_inside_an_ascii_page_means_utf_8() -> None:
    assert decode(page(CHINESE, "utf-16").encode(), None).encoding == "utf-8"


def test_a_declaration_far_down_is_not_looked_for() -> None:
    body = (f"<html><!--{'x' * 5000}-->" + page(CHINESE, "big5")).encode("gbk")
    assert decode(body, None).declared is None


def test_every_label_names_a_codec_that_exists() -> None:
    assert len(CODECS) > 200
    for codec in set(CODECS.values()):
        "a".encode(codec)
    assert codec_for(" 'GB2312' ") == codec_for("gbk") == "gb18030"
    assert codec_for("Latin1") == "cp1252"
    assert codec_for("no-such-thing") is None
    assert codec_for(None) is None


@given(st.binary(max_size=400), st.sampled_from([None, "text/html; charset=gbk", "charset=utf-16", "x; charset=big5"]))
def test_no_bytes_are_refused(body: bytes, content_type: str | None) -> None:
    got = decode(body, content_type)
    assert got.replacements <= len(body)


@pytest.mark.parametrize(
    "hostile",
    [b"<script" * 200_000, b"<meta " * 200_000, b"<" * 1_500_000, b"\xc3" * 1_500_000, b"<meta charset=" * 100_000],
)
def test_no_bytes_make_decoding_slow(hostile: bytes) -> None:
    started = time.perf_counter()
    decode(hostile, None)
    assert time.perf_counter() - started < 2


def test_a_valid_page_costs_a_fraction_of_a_millisecond() -> None:
    body = page(CHINESE * 800, "gb2312").encode("gbk")
    decode(body, "text/html")
    started = time.perf_counter()
    for _ in range(20):
        decode(body, "text/html")
    assert (time.perf_counter() - started) / 20 < 0.005
