"""Bytes to text, with the evidence: BOM > HTTP header > meta > strict UTF-8 > detector, every claim checked. Pure.

A label is a claim, not a fact. The first claim that decodes without a loss wins, unless it cannot be wrong: a
one-byte encoding accepts anything, so it yields to UTF-8 that validates and to a many-byte claim that validates.
Where every claim loses something, the one that loses least wins. A character cut in half at the end of a body counts
for nobody.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from worker.labels import ACCEPT_ANYTHING, ALTERNATIVES, MULTIBYTE, codec_detected, codec_for
from worker.scripts import is_natural

PRESCAN = 4096
"""bytes searched for a declaration; the HTML standard asks for 1024, templates put scripts before it"""
SAMPLE = 16 * 1024
"""bytes of tag-stripped text handed to the detector"""
DENSE = 0.3
"""share of non-ASCII bytes beyond which text is in no language of the Latin alphabet"""
TAIL = 3
"""bytes that a cut character can leave at the end"""

HARDLY, NEAR = 0.1, 0.75
"""confidence of the detector below which it guesses; share of the best confidence at which a guess is as good"""

UTF8_EVIDENCE = 20
"""well-formed sequences for each broken one that leave no doubt of UTF-8: bytes of another encoding form next to
none"""

_ALPHABETS = tuple(
    frozenset({0xC2, *alphabet})
    for alphabet in (range(0xC3, 0xCB), range(0xCE, 0xD0), range(0xD0, 0xD5), range(0xD5, 0xD8))
)
"""first bytes of UTF-8's pairs by alphabet: Latin, Greek, Cyrillic, Armenian and Hebrew; no text here is in two of them
beyond ASCII"""

_META = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_CSS = re.compile(rb"^@charset \"([a-zA-Z0-9_:.-]{2,40})\";")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]+)", re.IGNORECASE)
_HIDDEN = re.compile(rb"<(script|style)\b", re.IGNORECASE)
_TAGS = re.compile(rb"<[^<>]*>")
_ASCII = bytes(range(128))
_LONG_UTF8 = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2,3}")
_SHORT_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text. `encoding` is Python's name of the codec used."""

    text: str
    encoding: str
    evidence: str
    """what decided: `bom`, `header`, `meta`, `xml`, `css`, `utf-8`, `detector`, `nulls`, `fallback`, and which claim
    was overruled"""
    declared: str | None
    """the label that was claimed first, as written"""
    replacements: int
    """characters that could not be read"""


@dataclass(frozen=True, slots=True)
class _Claim:
    evidence: str
    codec: str
    label: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a body. `content_type` is the header's value. Never raises: what cannot be read is U+FFFD,
    counted."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            text, lost = _read(body[len(mark) :], codec)
            return Decoded(text, codec, "bom", codec, lost)
    return _Body(body, _claims(body, content_type)).decoded()


def _claims(body: bytes, content_type: str | None) -> list[_Claim]:
    found: list[_Claim] = []
    header = _HEADER.search(content_type or "")
    if header and (codec := codec_for(header.group(1))):
        found.append(_Claim("header", codec, header.group(1)))
    head = body[:PRESCAN]
    for pattern, evidence in ((_META, "meta"), (_XML, "xml"), (_CSS, "css")):
        match = pattern.search(head)
        if match is not None and (codec := codec_for(match.group(1).decode("ascii"))) is not None:
            # bytes that could be searched for ASCII are not in UTF-16, whatever they say (HTML standard, prescan)
            codec = "utf-8" if codec.startswith("utf-16") else codec
            found.append(_Claim(evidence, codec, match.group(1).decode("ascii")))
    return found


class _Body:
    """A body without a BOM and what it claims; every view of it is made at most once, and only if asked for."""

    def __init__(self, body: bytes, claims: list[_Claim]) -> None:
        self.body = body
        self.claims = claims

    def decoded(self) -> Decoded:
        """The text by the first claim that holds; where none does, by what loses least."""
        declared = self.claims[0].label if self.claims else None
        overruled: list[_Claim] = []
        for at, claim in enumerate(self.claims):
            text = self._held(claim, self.claims[at + 1 :])
            if text is not None:
                return Decoded(text, claim.codec, claim.evidence + _not(overruled), declared, 0)
            overruled.append(claim)
        if (codec := _by_nulls(self.body)) is not None:
            text, lost = _read(self.body, codec)
            return Decoded(text, codec, "nulls" + _not(overruled), declared, lost)
        if self.utf8 is not None:
            return Decoded(self.utf8, "utf-8", "utf-8" + _not(overruled), declared, 0)
        return self._least_lost(declared)

    def _held(self, claim: _Claim, later: list[_Claim]) -> str | None:
        """The text by this claim, unless it loses something or a better one contradicts it."""
        if claim.codec == "utf-8":
            return self.utf8
        if self.utf8 is not None and len(self.utf8) < len(self.body) and self._utf8_by_nature(claim.codec):
            return None
        if claim.codec in ACCEPT_ANYTHING:
            if any(other.codec in MULTIBYTE and _strict(self.body, other.codec) is not None for other in later):
                return None
            if self.density > DENSE:
                return None
        return _strict(self.body, claim.codec)

    def _utf8_by_nature(self, codec: str) -> bool:
        """Whether a body that validates as UTF-8 is UTF-8 although labelled `codec`. With a one-byte label, always:
        text in one hardly ever validates. With a many-byte label, where most sequences have three bytes or more:
        pairs of such an encoding that happen to validate look like sequences of two."""
        if codec not in MULTIBYTE:
            return True
        return _count(_LONG_UTF8, self.body) > _count(_SHORT_UTF8, self.body)

    def _least_lost(self, declared: str | None) -> Decoded:
        """No claim holds: every claim, UTF-8 and the detector's guesses beside each other."""
        tried: dict[str, _Claim] = {claim.codec: claim for claim in reversed(self.claims)}
        tried = dict(reversed(tried.items()))
        if self.utf8_sequences > UTF8_EVIDENCE and not self.is_common_chinese:
            tried.setdefault("utf-8", _Claim("utf-8", "utf-8", "utf-8"))
        for codec in self._guesses():
            tried.setdefault(codec, _Claim("detector", codec, codec))
        tried.setdefault("utf-8", _Claim("fallback", "utf-8", "utf-8"))
        best: tuple[float, _Claim, str, int] | None = None
        for claim in tried.values():
            text, lost = _read(self.body, claim.codec)
            weight = float(lost)
            if claim.codec == "utf-8":
                weight = lost if lost * UTF8_EVIDENCE > self.utf8_sequences else 0
            elif claim.codec not in MULTIBYTE and claim.codec != self.surely:
                weight += self._one_byte_weight
            if best is None or weight < best[0]:
                best = (weight, claim, text, lost)
            if weight == 0:
                break
        assert best is not None
        _, claim, text, lost = best
        overruled = [] if not self.claims or claim is self.claims[0] else self.claims[:1]
        return Decoded(text, claim.codec, claim.evidence + _not(overruled), declared, lost)

    @cached_property
    def detected(self) -> list[tuple[str, float]]:
        """What the detector thinks of: codecs of the web and its confidence in each, best first."""
        import chardet  # a page whose claims hold never waits for it

        found: dict[str, float] = {}
        for guess in chardet.detect_all(self.sample):
            codec = codec_detected(str(guess.get("encoding") or ""))
            if codec is not None:
                found.setdefault(codec, float(guess.get("confidence") or 0.0))
        return list(found.items())[:4]

    @cached_property
    def surely(self) -> str | None:
        """The codec of another script that the detector thinks of first, if the text is in it by the look of it."""
        if not self.detected or self.density <= DENSE:
            return None
        codec, confidence = self.detected[0]
        return codec if is_natural(_read(self.sample, codec)[0], codec, confidence) else None

    def _guesses(self) -> list[str]:
        """Codecs worth a try, best first; GB18030 is what unlabelled pages here mostly are."""
        found = [codec for codec, _ in self.detected]
        if self.density > DENSE:
            first = [self.surely or "gb18030"]
        else:
            best = self.detected[0][1] if self.detected else 0.0
            as_good = any(codec == "cp1252" and confidence >= best * NEAR for codec, confidence in self.detected)
            first = ["cp1252"] if as_good or best < HARDLY else []
        return [*first, *found, "gb18030", "cp1252"]

    @property
    def _one_byte_weight(self) -> float:
        """What choosing an encoding that cannot lose costs, in lost characters: where most high bytes form good UTF-8
        sequences, a few broken ones do not make the page anything else."""
        return self.utf8_sequences / 2 if self.density <= DENSE else float("inf")

    @cached_property
    def utf8_sequences(self) -> int:
        """How many well-formed UTF-8 sequences the body has."""
        return _count(_LONG_UTF8, self.body) + _count(_SHORT_UTF8, self.body)

    @cached_property
    def utf8(self) -> str | None:
        """The text, if it is UTF-8 without a loss, and not by chance."""
        text = _strict(self.body, "utf-8")
        return None if text is not None and len(text) < len(self.body) and self.is_common_chinese else text

    @cached_property
    def is_common_chinese(self) -> bool:
        """Whether bytes that validate as UTF-8 are a few words of GB 2312 instead (as the word for `notice` is): only
        pairs, every one a common character there, and as UTF-8 letters of several alphabets."""
        if _LONG_UTF8.search(self.body) is not None:
            return False
        pairs = b"".join(found[0] for found in islice(_SHORT_UTF8.finditer(self.body), SAMPLE))
        leads = set(pairs[::2])
        if any(leads <= alphabet for alphabet in _ALPHABETS):
            return False
        return not any(lead > 0xD7 or trail < 0xA1 for lead, trail in zip(pairs[::2], pairs[1::2], strict=True))

    @cached_property
    def sample(self) -> bytes:
        """The beginning of what a reader sees."""
        return _tag_stripped(self.body)[:SAMPLE]

    @cached_property
    def density(self) -> float:
        """Share of non-ASCII bytes in the sample, blanks aside."""
        high = len(self.sample.translate(None, _ASCII))
        return high / max(len(self.sample.translate(None, b" \t\r\n")), 1)


def _count(pattern: re.Pattern[bytes], body: bytes) -> int:
    """How often it stands there; a list of millions of matches would be larger than the body."""
    return sum(1 for _ in pattern.finditer(body))


def _not(overruled: list[_Claim]) -> str:
    return f", not {overruled[0].evidence} {overruled[0].label}" if overruled else ""


def _by_nulls(body: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of what is mostly ASCII is zero."""
    head = body[:512]
    if head.count(0) * 3 < len(head) or len(head) < 8:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _tag_stripped(body: bytes) -> bytes:
    out: list[bytes] = []
    at, size, lowered = 0, 0, body.lower()
    for match in _HIDDEN.finditer(body):
        if match.start() < at:
            continue
        end = lowered.find(b"</" + match.group(1).lower(), match.end())
        if end < 0 or size > 16 * SAMPLE:
            break
        out.append(body[at : match.start()])
        size += match.start() - at
        at = end
    out.append(body[at : at + 16 * SAMPLE])
    return _TAGS.sub(b" ", b" ".join(out))


def _web(error: UnicodeError) -> tuple[str, int]:
    """Bytes that the web's decoders read and Python's do not: 0x80 is the euro sign in GBK (WHATWG Encoding, section
    10.2), and bytes that Windows code pages leave open are control characters (section 9)."""
    if isinstance(error, UnicodeDecodeError):
        byte = error.object[error.start]
        if error.encoding == "gb18030" and byte == 0x80:
            return "€", error.start + 1
        if error.encoding == "charmap" and 0x80 <= byte < 0xA0:
            return chr(byte), error.start + 1
    raise error


codecs.register_error("muniment.web", _web)


def _strict(body: bytes, codec: str) -> str | None:
    """The text if `codec` (or what belongs to it) reads it without a loss, a character cut in half at the end aside."""
    for name in (codec, *ALTERNATIVES.get(codec, ())):
        try:
            return str(body, name, "muniment.web")
        except UnicodeDecodeError as error:
            if error.start >= len(body) - TAIL and _is_begun(body[error.start :], name):
                return str(body[: error.start], name, "muniment.web")
    return None


def _is_begun(tail: bytes, codec: str) -> bool:
    """Whether these last bytes are the beginning of a character."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(tail) == ""
    except UnicodeDecodeError:
        return False


def _read(body: bytes, codec: str) -> tuple[str, int]:
    """The text with U+FFFD for what cannot be read, and how much that was (a cut tail aside)."""
    text = _strict(body, codec)
    if text is not None:
        return text, 0
    text = codecs.getincrementaldecoder(codec)("replace").decode(body)
    return text, text.count("\ufffd")
