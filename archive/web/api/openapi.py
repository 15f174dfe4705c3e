"""The OpenAPI 3.1 description, made from the endpoints and their shapes: what it says is what is served."""

from __future__ import annotations

from functools import cache
from typing import Any

from archive.web.api.answers import JSON
from archive.web.api.asks import Parameter
from archive.web.api.endpoint import BASE, Endpoint
from archive.web.api.endpoints import ENDPOINTS
from archive.web.api.of_archive import CONTRACT
from archive.web.api.schemas import Schema, schema_of
from archive.web.api.shapes import Problem

INTRODUCTION = (
    "Everything that the archive knows, read-only. Ids are opaque text; times are UTC, RFC 3339; names are those of "
    "the SQL views (docs/schema.md). Lists come a page at a time: `next` (also as a Link header) is the address of the "
    "next page. Every answer has an ETag: send it as If-None-Match and hear 304 while nothing changed. Errors are "
    "problems (RFC 9457) that say what to do."
)
WHAT = {
    200: "The answer.", 206: "The part of it that `Range` asks for.", 304: "Nothing changed since the ETag sent.",
    400: "A parameter cannot be understood; `errors` names each.",
    404: "There is no such thing; `near` holds ids alike.",
    406: "`Accept` names nothing that this address answers.", 416: "There is no such part.",
    503: "Not now; `Retry-After` says when to try again.",
}  # fmt: skip


@cache
def description() -> dict[str, Any]:
    """The whole description."""
    shapes: dict[str, Schema] = {}
    schema_of(Problem, shapes)
    paths = {BASE + each.path.replace(":int", ""): {"get": _operation(each, shapes)} for each in ENDPOINTS}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Muniment", "version": str(CONTRACT), "description": INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(each.group for each in ENDPOINTS)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(shapes.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "web.token of the configuration, if set"}
            },
        },
    }


def _operation(endpoint: Endpoint, shapes: dict[str, Schema]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status in (200, 304, 400, 404, 406, *endpoint.statuses):
        answers[str(status)] = {"description": WHAT[status]}
        if status in (200, 206):
            answers[str(status)]["content"] = {
                media: {"schema": schema_of(endpoint.answers, shapes)}
                if media == JSON and endpoint.answers is not None else {}
                for media in endpoint.media
            }  # fmt: skip
        elif status != 304:
            problem = {"schema": schema_of(Problem, shapes)}
            answers[str(status)]["content"] = {"application/problem+json": problem}
    said: dict[str, Any] = {
        "operationId": endpoint.name, "summary": endpoint.says, "tags": [endpoint.group], "responses": answers,
    }  # fmt: skip
    variables = [_variable(name, endpoint) for name in endpoint.variables]
    if parameters := [*variables, *map(_parameter, endpoint.parameters)]:
        said["parameters"] = parameters
    return said


def _variable(name: str, endpoint: Endpoint) -> dict[str, Any]:
    schema = {"type": "integer"} if f"{{{name}:int}}" in endpoint.path else {"type": "string"}
    return {
        "name": name, "in": "path", "required": True, "description": endpoint.path_says[name], "schema": schema,
    }  # fmt: skip


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = _schema(parameter)
    if parameter.many:
        schema = {"type": "array", "items": schema}
    if parameter.default is not None:
        schema["default"] = parameter.default
    said: dict[str, Any] = {
        "name": parameter.name, "in": "query", "description": parameter.says, "required": parameter.needed,
    }  # fmt: skip
    if parameter.many:
        said |= {"style": "form", "explode": True}
    return {**said, "schema": schema}


def _schema(parameter: Parameter) -> Schema:
    if parameter.kind == "integer":
        return {"type": "integer", "minimum": parameter.least, "maximum": parameter.most}
    if parameter.kind == "flag":
        return {"type": "boolean"}
    if parameter.kind == "time":
        return {"type": "string", "examples": ["2026-03-01T08:00:00Z", "2026-03-01"]}
    if parameter.words:
        return {"type": "string", "enum": list(parameter.words)}
    return {"type": "string", "maxLength": parameter.longest}
