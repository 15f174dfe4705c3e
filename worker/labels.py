"""Encoding labels as the web means them: the table of the HTML standard (WHATWG Encoding, section 4.2 "Names and
labels"), with Python's codec for each. Where the standard's decoder reads more than Python's codec of that name,
the wider codec is named: gb2312 and gbk are read as GB18030, Big5 with its HKSCS extension, Shift_JIS and EUC-KR
as Windows has them.
"""

from __future__ import annotations

_TABLE = """
utf-8: utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig utf8mb4
gb18030: gb18030 gbk gb2312 gb_2312 gb_2312-80 csgb2312 chinese csiso58gb231280 iso-ir-58 x-gbk gb-2312 gb2312-80
    cp936 936 ms936 windows-936 euc-cn
big5hkscs: big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950 big-5
euc_jp: euc-jp cseucpkdfmtjapanese x-euc-jp
iso2022_jp_ext: iso-2022-jp csiso2022jp
cp932: shift_jis shift-jis sjis x-sjis ms_kanji csshiftjis ms932 windows-31j
cp949: euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
cp1252: windows-1252 x-cp1252 cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 iso-ir-100 latin1 l1
    ibm819 cp819 csisolatin1 ascii us-ascii ansi_x3.4-1968
iso8859_2: iso-8859-2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 iso-ir-101 latin2 l2 csisolatin2
iso8859_3: iso-8859-3 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 iso-ir-109 latin3 l3 csisolatin3
iso8859_4: iso-8859-4 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 iso-ir-110 latin4 l4 csisolatin4
iso8859_5: iso-8859-5 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 iso-ir-144 cyrillic csisolatincyrillic
iso8859_6: iso-8859-6 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 iso-ir-127 arabic asmo-708 ecma-114
    csisolatinarabic csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i
iso8859_7: iso-8859-7 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 iso-ir-126 greek greek8 elot_928 ecma-118
    csisolatingreek sun_eu_greek
iso8859_8: iso-8859-8 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 iso-ir-138 hebrew visual csisolatinhebrew
    csiso88598e iso-8859-8-e iso-8859-8-i csiso88598i logical
iso8859_10: iso-8859-10 iso8859-10 iso885910 iso-ir-157 latin6 l6 csisolatin6
iso8859_13: iso-8859-13 iso8859-13 iso885913
iso8859_14: iso-8859-14 iso8859-14 iso885914
iso8859_15: iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 csisolatin9
iso8859_16: iso-8859-16
koi8_r: koi8-r koi8 koi koi8_r cskoi8r
koi8_u: koi8-u koi8-ru
mac_roman: macintosh mac x-mac-roman csmacintosh
mac_cyrillic: x-mac-cyrillic x-mac-ukrainian
cp866: ibm866 866 cp866 csibm866
cp874: windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620
cp1250: windows-1250 cp1250 x-cp1250
cp1251: windows-1251 cp1251 x-cp1251 win-1251
cp1253: windows-1253 cp1253 x-cp1253
cp1254: windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 iso-ir-148 latin5 l5
    csisolatin5
cp1255: windows-1255 cp1255 x-cp1255
cp1256: windows-1256 cp1256 x-cp1256
cp1257: windows-1257 cp1257 x-cp1257
cp1258: windows-1258 cp1258 x-cp1258
utf-16-le: utf-16 utf-16le unicode ucs-2 iso-10646-ucs-2 csunicode unicodefeff
utf-16-be: utf-16be unicodefffe
hz: hz-gb-2312 hz
iso2022_kr: iso-2022-kr csiso2022kr
"""

CODECS: dict[str, str] = {}
"""label in lower case -> Python codec"""

for _line in _TABLE.strip().replace("\n    ", " ").splitlines():
    _codec, _, _labels = _line.partition(": ")
    CODECS.update(dict.fromkeys(_labels.split(), _codec))

ALTERNATIVES = {"big5hkscs": ("cp950",), "euc_jp": ("euc_jis_2004",)}
"""codecs that read what the web calls by the same name and the first one does not know"""

MULTIBYTE = frozenset({"gb18030", "big5hkscs", "euc_jp", "cp932", "cp949"})
"""codecs in which most random bytes are errors: a body that passes says something"""

ACCEPT_ANYTHING = frozenset({"cp1252", "iso8859_15", "mac_roman", "cp1254"})
"""codecs that accept any bytes; servers send these labels by default, so they prove nothing"""

_DETECTED = {"cp949": "cp949", "cp932": "cp932", "big5hkscs": "big5hkscs", "maccyrillic": "mac_cyrillic"}
"""names that the detector uses and pages do not"""


def codec_detected(name: str) -> str | None:
    """Python's codec for an encoding as the detector names it; None for those that no page is in."""
    return _DETECTED.get(name.lower()) or codec_for(name)


def codec_for(label: str | None) -> str | None:
    """Python's codec for a label as pages write it; None for labels nobody knows."""
    return CODECS.get(label.strip().strip("\"'").lower()) if label else None
