"""A tool that asks the API, and takes no answer that is not as its description says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from archive.web.api.openapi import description

BASE = "/api/v1"
Ask = Callable[..., Any]


@cache
def _validator(reference: str) -> Draft202012Validator:
    schema = {"$ref": reference, "components": description()["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def operation(path: str) -> dict[str, Any]:
    """What the description says of an address."""
    path = path.partition("?")[0]
    known = description()["paths"]
    if path in known:
        return dict(known[path]["get"])
    for pattern, item in known.items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)), path):
            return dict(item["get"])
    raise LookupError(f"{path} is not described")


def as_described(path: str, answer: httpx.Response) -> None:
    """Raises AssertionError where status, media type or body are not what the description says."""
    said = operation(path)["responses"].get(str(answer.status_code))
    assert said is not None, f"{path} is not described to answer {answer.status_code}: {answer.text[:500]}"
    if not answer.content:
        return
    media = answer.headers["content-type"].partition(";")[0]
    content = said["content"].get(media, said["content"].get("*/*"))
    assert content is not None, f"{path} is not described to answer {media}"
    if reference := content.get("schema", {}).get("$ref"):
        found = _validator(reference).iter_errors(answer.json())
        errors = [f"{error.json_path}: {error.message[:200]}" for error in found]
        assert errors == [], path


def tool(visit: Callable[..., httpx.Response]) -> Ask:
    """`ask(path, status=200)`: the JSON, once it has been held against the description."""

    def ask(path: str, status: int = 200, **more: Any) -> Any:
        whole = path if path.startswith("/") and path.startswith(BASE) else BASE + path
        answer = visit(whole, **more)
        as_described(whole, answer)
        assert answer.status_code == status, answer.text[:1000]
        return answer.json()

    return ask


def every(ask: Ask, path: str, rows: str) -> Iterator[dict[str, Any]]:
    """All rows of a list, page by page."""
    following: str | None = path
    pages = 0
    while following is not None:
        answer = ask(following)
        yield from answer[rows]
        following = answer["next"]
        pages += 1
        assert pages < 1000
