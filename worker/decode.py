"""Bytes to text, with the evidence: BOM > HTTP header > meta > strict UTF-8 > detector, every claim checked. Pure.

A label is a claim, not a fact. The first claim that decodes without a loss wins, unless it cannot be wrong: a one-byte
encoding accepts anything, so it yields to UTF-8 that validates, and to a many-byte claim that validates. Where every claim
loses something, the one that loses least wins. A character cut in half at the end of a body counts for nobody.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import chardet

from worker.labels import MULTIBYTE, WESTERN, codec_for

PRESCAN = 4096
"""bytes searched for a declaration; the HTML standard asks for 1024, templates put scripts before it"""
SAMPLE = 64 * 1024
"""bytes of tag-stripped text handed to the detector"""
DENSE = 0.3
"""share of non-ASCII bytes beyond which text is in no Latin language"""

_META = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_CSS = re.compile(rb"^@charset \"([a-zA-Z0-9_:.-]{2,40})\";")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]+)", re.IGNORECASE)
_HIDDEN = re.compile(rb"<(script|style)\b", re.IGNORECASE)
_TAGS = re.compile(rb"<[^<>]*>")
_ASCII_RUN = re.compile(rb"[\x00-\x7f]+")
_LONG_UTF8 = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2,3}")
_SHORT_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TAIL = 3
"""bytes that a cut character can leave at the end"""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text. `encoding` is Python's name of the codec used."""

    text: str
    encoding: str
    evidence: str
    """what decided: `bom`, `header`, `meta`, `xml`, `utf-8`, `detector`, `fallback`, and which claims were overruled"""
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
    """The text of a body. `content_type` is the header's value. Never raises: what cannot be read is U+FFFD, counted."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            text, lost = _read(body[len(mark) :], codec)
            return Decoded(text, codec, "bom", codec, lost)
    claims = _claims(body, content_type)
    declared = claims[0].label if claims else None
    if not claims and body.isascii():
        return Decoded(body.decode("ascii"), "utf-8", "utf-8", None, 0)
    chosen, lost_claims = _first_that_holds(body, claims)
    if chosen is None:
        return _best(body, claims, declared)
    claim, text = chosen
    overruled = f", not {lost_claims[0].evidence} {lost_claims[0].label}" if lost_claims else ""
    return Decoded(text, claim.codec, claim.evidence + overruled, declared, text.count("\ufffd") if overruled else 0)


def _claims(body: bytes, content_type: str | None) -> list[_Claim]:
    found: list[_Claim] = []
    header = _HEADER.search(content_type or "")
    if header and (codec := codec_for(header.group(1))):
        found.append(_Claim("header", codec, header.group(1)))
    head = body[:PRESCAN]
    for pattern, evidence in ((_META, "meta"), (_XML, "xml"), (_CSS, "css")):
        match = pattern.search(head)
        if match:
            label = match.group(1).decode("ascii")
            codec = codec_for(label)
            if codec is not None:
                # a page that could be searched for ASCII is not in UTF-16, whatever it says (HTML standard, prescan)
                found.append(_Claim(evidence, "utf-8" if codec.startswith("utf-16") else codec, label))
    return found


def _first_that_holds(body: bytes, claims: list[_Claim]) -> tuple[tuple[_Claim, str] | None, list[_Claim]]:
    """The first claim without a loss that nothing contradicts, with its text; and the claims overruled on the way."""
    overruled: list[_Claim] = []
    utf8 = _strict(body, "utf-8")
    multibyte_utf8 = utf8 is not None and len(utf8) < len(body)
    for at, claim in enumerate(claims):
        if claim.codec == "utf-8":
            if utf8 is not None:
                return (claim, utf8), overruled
        elif multibyte_utf8 and _is_utf8_by_nature(body, claim.codec):
            pass
        elif claim.codec in MULTIBYTE or claim.codec.startswith(("utf-16", "iso2022", "hz")):
            text = _strict(body, claim.codec)
            if text is not None:
                return (claim, text), overruled
        else:
            text = _one_byte(body, claim, claims[at + 1 :])
            if text is not None:
                return (claim, text), overruled
        overruled.append(claim)
    if utf8 is not None:
        return (_Claim("utf-8", "utf-8", "utf-8"), utf8), overruled
    return None, overruled


def _one_byte(body: bytes, claim: _Claim, later: list[_Claim]) -> str | None:
    """The text by a one-byte label, unless a later many-byte claim validates or no such language looks like this."""
    if any(other.codec in MULTIBYTE and _strict(body, other.codec) is not None for other in later):
        return None
    if claim.codec in WESTERN and _density(body) > DENSE:
        return None
    return _strict(body, claim.codec)


def _best(body: bytes, claims: list[_Claim], declared: str | None) -> Decoded:
    """No claim holds: the detector's guess, checked, beside every claim; least lost wins, claims before guesses."""
    guesses = [_Claim("detector", codec, codec) for codec in _detected(body)]
    candidates: list[tuple[int, int, _Claim, str]] = []
    for rank, claim in enumerate([*guesses, *claims] if not claims else [*claims, *guesses]):
        if claim.codec in WESTERN and claim.evidence != "detector" and _density(body) > DENSE:
            continue
        text, lost = _read(body, claim.codec)
        candidates.append((lost, rank, claim, text))
        if lost == 0 and claim.evidence == "detector":
            break
    if not candidates:
        text, lost = _read(body, "utf-8")
        return Decoded(text, "utf-8", "fallback", declared, lost)
    lost, _, claim, text = min(candidates, key=lambda candidate: candidate[:2])
    overruled = f", not {claims[0].evidence} {claims[0].label}" if claims and claim is not claims[0] else ""
    return Decoded(text, claim.codec, claim.evidence + overruled, declared, lost)


def _detected(body: bytes) -> list[str]:
    """Codecs the detector thinks of, best first, then what Chinese pages are when nobody says."""
    sample = _tag_stripped(body)[:SAMPLE]
    found: list[str] = []
    for guess in chardet.detect_all(sample)[:4]:
        codec = codec_for(str(guess.get("encoding") or ""))
        if codec and codec not in found:
            found.append(codec)
    if _density(body) > DENSE and (not found or found[0] not in MULTIBYTE):
        found.insert(0, "gb18030")
    elif "gb18030" not in found:
        found.append("gb18030")
    return [*found, "cp1252"] if "cp1252" not in found else found


def _is_utf8_by_nature(body: bytes, codec: str) -> bool:
    """Whether text that validates as UTF-8 is UTF-8 although labelled `codec`. For a one-byte label, always: real text in
    it hardly ever validates. For a many-byte label, where most of its sequences have three bytes or more: pairs of such an
    encoding that happen to validate look like sequences of two."""
    if codec not in MULTIBYTE:
        return True
    return len(_LONG_UTF8.findall(body)) > len(_SHORT_UTF8.findall(body))


def _density(body: bytes) -> float:
    """Share of non-ASCII bytes in the text outside tags and scripts."""
    text = _tag_stripped(body)[:SAMPLE]
    return len(_ASCII_RUN.sub(b"", text)) / max(len(text.replace(b" ", b"").replace(b"\n", b"")), 1)


def _tag_stripped(body: bytes) -> bytes:
    out, at, lowered = [], 0, body.lower()
    for match in _HIDDEN.finditer(body):
        if match.start() < at:
            continue
        end = lowered.find(b"</" + match.group(1).lower(), match.end())
        if end < 0:
            break
        out.append(body[at : match.start()])
        at = end
        if sum(map(len, out)) > 4 * SAMPLE:
            break
    out.append(body[at:])
    return _TAGS.sub(b" ", b" ".join(out))


def _strict(body: bytes, codec: str) -> str | None:
    """The text if `codec` reads it without a loss, a character cut in half at the end aside."""
    try:
        return str(body, codec)
    except UnicodeDecodeError as error:
        if error.start < len(body) - _TAIL:
            return None
        try:
            return str(body[: error.start], codec) if codecs.getincrementaldecoder(codec)().decode(body[error.start :]) == "" else None
        except UnicodeDecodeError:
            return None


def _read(body: bytes, codec: str) -> tuple[str, int]:
    """The text with U+FFFD for what cannot be read, and how much that was (a cut tail aside)."""
    text = _strict(body, codec)
    if text is not None:
        return text, 0
    decoder = codecs.getincrementaldecoder(codec)("replace")
    text = decoder.decode(body)
    return text, text.count("\ufffd")
