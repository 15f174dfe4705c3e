"""Whether a text is in the script that its encoding is for: the check on a detector that was shown a few words.

Chinese names in GB 2312 read as EUC-KR are Korean syllables and Chinese characters in turn, read as Big5 half of them
are characters hardly anybody writes. Real Korean pages are in hangul, real Japanese ones hold kana. Pure.
"""

from __future__ import annotations

import re

_CYRILLIC, _GREEK, _HEBREW, _ARABIC = "\u0400-\u04ff", "\u0370-\u03ff", "\u0590-\u05ff", "\u0600-\u06ff"
_KANA = "\u3040-\u30ff\uff66-\uff9f"
_SCRIPTS: dict[str, tuple[str, float, float]] = {
    "cp949": ("\u3131-\u318e\uac00-\ud7a3", 0.8, 0.36), "cp932": (_KANA, 0.15, 0.1), "euc_jp": (_KANA, 0.15, 0.1),
    "cp874": ("\u0e00-\u0e7f", 0.8, 0.1), "cp1253": (_GREEK, 0.8, 0.25), "iso8859_7": (_GREEK, 0.8, 0.25),
    "cp1255": (_HEBREW, 0.8, 0.25), "iso8859_8": (_HEBREW, 0.8, 0.25), "cp1256": (_ARABIC, 0.8, 0.25),
    "iso8859_6": (_ARABIC, 0.8, 0.25),
    **dict.fromkeys(("cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866"), (_CYRILLIC, 0.8, 0.25)),
}  # fmt: skip
"""codec -> its script's letters, the share of what is beyond ASCII that they are at least, and the confidence that the
detector has in every sentence of such a language: in Chinese of four or more characters it hardly ever has as much"""
_BIG5_CONFIDENCE = 0.33
_LETTERS = {codec: re.compile(f"[{letters}]") for codec, (letters, *_) in _SCRIPTS.items()}
_BEYOND_ASCII = re.compile("[^\x00-\xbf\u2000-\u206f\u3000-\u303f\uff01-\uff20]")
"""but for punctuation"""
_BIG5_COMMON = range(0xA1, 0xC7)
"""first bytes of Big5's punctuation and its 5,401 common characters"""
_COMMON_SHARE = 0.75


def is_natural(text: str, codec: str, confidence: float) -> bool:
    """Whether `text`, read with `codec`, looks like what people write in it, given the detector's `confidence`; False
    for codecs that nothing is known of."""
    beyond = _BEYOND_ASCII.findall(text)
    if codec == "big5hkscs":
        leads = [encoded[0] for char in beyond if len(encoded := char.encode(codec, "ignore")) == 2]
        common = sum(lead in _BIG5_COMMON for lead in leads)
        return confidence >= _BIG5_CONFIDENCE and bool(beyond) and common >= _COMMON_SHARE * len(beyond)
    if codec not in _SCRIPTS or not beyond:
        return False
    _, share, sure = _SCRIPTS[codec]
    return confidence >= sure and len(_LETTERS[codec].findall(text)) >= share * len(beyond)
