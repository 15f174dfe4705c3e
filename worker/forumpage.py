"""A forum's page that a source wants as one document (`kind: page`): what people wrote on it, without what the forum
adds.

Counters, ranks, online lists and signatures of forums carry no label that every platform shares, so the platform's own
reader says which words are posts (or a board's topics); the page's document then says these, and has no margin.
"""

from __future__ import annotations

from dataclasses import replace

import worker.extract as registry
from worker.extract.model import Extracted, Extraction, NothingFound, Reading
from worker.extract.sieve import Words
from worker.normalise import fold, normalise

HEAD, FOOT = 12_000, 6_000
"""bytes of a page's two ends, where platforms name themselves (generator, scripts' variables, copyright)"""
MARKS: dict[str, tuple[bytes, ...]] = {
    "discuz": (b"iscuz",),
    "phpbb": (b"hpBB", b"phpbb"),
    "phpwind": (b"hpwind", b"HPWind"),
    "xenforo": (b"enForo",),
    "vbulletin": (b"ulletin",),
    "invision": (b"ipsLayout", b"ipb_"),
    "mybb": (b"MyBB",),
    "smf": (b"smf_",),
    "fluxbb": (b"FluxBB", b"PunBB", b'="pun"'),
    "flarum": (b"larum",),
    "discourse": (b"iscourse",),
    "nodebb": (b"odeBB", b"nodebb"),
}
"""what the source of a platform's pages always holds somewhere; without it the platform's reader is not even asked"""
_WORDS = {name: Words(*(mark.decode() for mark in marks)) for name, marks in MARKS.items()}


def as_one(reading: Reading, document: Extracted) -> Extracted | None:
    """The page's document as the words of its posts or the topics of its board; None where it is no forum's page."""
    ends = reading.body[:HEAD] + reading.body[-FOOT:]
    for name, marks in MARKS.items():
        if name in registry.FORUMS and reading.holds(_WORDS[name]) and any(mark in ends for mark in marks):
            extractor = registry.EXTRACTORS[name]
            if extractor.recognise(reading) is None:
                continue
            try:
                said = extractor(reading)
            except NothingFound:
                continue
            if (one := _joined(normalise(said), document, _name(reading))) is not None:
                return one
    return None


def _name(reading: Reading) -> str:
    """The page's own <title>: a board's heading often holds counters."""
    node = reading.tree.first("title")
    return fold(node.text()).replace("\n", " ") if node is not None else ""


def _joined(said: Extraction, document: Extracted, name: str) -> Extracted | None:
    posts = [post for post in said.documents if post.kind == "post"]
    topics = [link for link in said.links if link.kind in ("topic", "board") and link.title]
    if said.outcome != "ok" or not (posts or topics):
        return None
    if not posts:
        lines = dict.fromkeys(link.title for link in topics)
        return replace(
            document, title=name or document.title, text="\n".join(lines), fields={}, links=(), images=(),
            attachments=(), markdown=None,
        )  # fmt: skip
    title = next((topic.title for topic in said.documents if topic.kind == "topic"), document.title)
    return replace(
        document,
        title=title or document.title,
        text="\n".join(line for post in posts for line in (post.facts.author or "", post.text) if line),
        fields={},
        links=tuple(link for post in posts for link in post.links),
        images=tuple(image for post in posts for image in post.images),
        attachments=tuple(attachment for post in posts for attachment in post.attachments),
        markdown=None,
    )
