"""Strings of the reference of the API."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "JSON API": "JSON 接口",
    "Everything these pages show, for tools. Read-only; made from the description that is served.":
        "网页所示的一切，供程序读取。只读；本页由接口描述自动生成。",
    "OpenAPI description": "OpenAPI 描述",
    "Addresses": "地址",
    "Parameters of {path}": "{path} 的参数",
    "Parameter": "参数",
    "Kind of value": "类型",
    "Meaning": "含义",
    "Shapes of answers": "返回结构",
    "Fields of {name}": "{name} 的字段",
    "Field": "字段",
}  # fmt: skip
