"""What a page's head says of it, brought to the contract's field names: the tags of the national guideline on
government websites (国办发〔2017〕47号, 附件2 网页设计规范), OpenGraph, Dublin Core, GOV.UK's own tags and JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from worker.extract.tree import Tree

_FIELDS = {
    "articletitle": "title",
    "pubdate": "published_on",
    "publishdate": "published_on",
    "contentsource": "origin",
    "columnname": "category",
    "author": "author",
    "og:title": "title",
    "og:release_date": "published_on",
    "article:published_time": "published_on",
    "og:article:published_time": "published_on",
    "article:modified_time": "modified_on",
    "article:author": "author",
    "dc.title": "title",
    "dcterms.title": "title",
    "dc.date": "published_on",
    "dc.date.issued": "published_on",
    "dcterms.issued": "published_on",
    "dcterms.created": "published_on",
    "dcterms.date": "published_on",
    "dcterms.modified": "modified_on",
    "dc.creator": "author",
    "dcterms.creator": "issuer",
    "dc.publisher": "issuer",
    "dcterms.publisher": "issuer",
    "dc.source": "origin",
    "dcterms.identifier": "identifier",
    "citation_title": "title",
    "publish-date": "published_on",
    "publication_date": "published_on",
    "datepublished": "published_on",
    "govuk:first-published-at": "published_on",
    "govuk:public-updated-at": "modified_on",
    "govuk:updated-at": "modified_on",
    "govuk:primary-publishing-organisation": "issuer",
}
"""meta name (lower case) -> field"""
GUIDELINE = frozenset(["sitename", "sitedomain", "siteidcode", "columnname", "columntype", "articletitle", "pubdate",
"contentsource"])
"""tags that only the guideline prescribes: two of them make a government page"""
_ARTICLES = frozenset(
    ["Article", "NewsArticle", "Report", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle",
    "GovernmentService", "WebPage", "TechArticle"]
)


@dataclass(frozen=True, slots=True)
class Head:
    """Fields as the head says them: name -> [(where, value)], in order of trust; and which guideline tags there
    were."""

    fields: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    guideline: frozenset[str] = frozenset()
    title: str = ""
    description: str = ""
    generated: frozenset[str] = frozenset()
    """times that the page itself calls the time it was generated (`others: 页面生成时间 ...`): no date of the
    content"""
    kind: str = ""
    """og:type or the JSON-LD type"""

    def first(self, name: str) -> str | None:
        """The most trusted value of a field, or None."""
        return next((value for _, value in self.fields.get(name, ())), None)


def read(tree: Tree) -> Head:
    """The head of a page; values are as printed, white space collapsed."""
    fields: dict[str, list[tuple[str, str]]] = {}
    seen: set[str] = set()
    generated: set[str] = set()
    site = ""
    description = kind = ""
    for name, content in tree.metas():
        value = " ".join(content.split())
        if name in GUIDELINE:
            seen.add(name)
        if not value:
            continue
        if "生成时间" in value:
            generated.add(value.rpartition("生成时间")[2].strip(" :："))
        if name in ("description", "og:description") and not description:
            description = value
        if name == "og:type":
            kind = value
        if name in ("sitename", "og:site_name"):
            site = site or value
        if (wanted := _FIELDS.get(name)) and not (wanted == "author" and value.startswith(("http", "@"))):
            fields.setdefault(wanted, []).append((f"meta {name}", value))
    for item in json_ld(tree):
        types = item.get("@type")
        kinds = {str(one) for one in (types if isinstance(types, list) else [types])}
        if not kinds & _ARTICLES:
            continue
        kind = kind or str(next(iter(kinds & _ARTICLES)))
        for key, wanted in (("headline", "title"), ("datePublished", "published_on"), ("dateModified", "modified_on")):
            if isinstance(said := item.get(key), str) and said.strip():
                fields.setdefault(wanted, []).append(("json-ld", " ".join(said.split())))
        for key in ("author", "publisher"):
            if words := ", ".join(_names(item.get(key))):
                fields.setdefault(key, []).append(("json-ld", words))
    node = tree.first("head > title") or tree.first("title")
    title = " ".join((node.text() or "").split()) if node is not None else ""
    if site and len(title) > len(site) + 1 and title.endswith(site):
        title = title[: -len(site)].rstrip(" -–—_|｜·>»\u3000") or title
    return Head(fields, frozenset(seen), title, description, frozenset(generated), kind)


def json_ld(tree: Tree) -> Iterator[Mapping[str, object]]:
    """Every object of every JSON-LD script, @graph opened; what does not parse is skipped."""
    for node in tree.css('script[type="application/ld+json"]'):
        text = node.text() or ""
        if len(text) > 1_000_000:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [data]
        while waiting:
            item = waiting.pop(0)
            if isinstance(item, list):
                waiting = item + waiting
            elif isinstance(item, dict):
                yield item
                if isinstance(graph := item.get("@graph"), list):
                    waiting = graph + waiting


def _names(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip() and not name.startswith("http"):
            found.append(name.strip())
    return found
