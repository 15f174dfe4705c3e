"""What the fields of documents and the parts of a change are called."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Title": "标题", "Text": "正文", "Attachments": "附件", "Links": "链接", "Images": "图片",
    "Beside the text": "正文之外",
    "Document number": "文号", "Index number": "索引号", "Issuer": "发布机构", "Written on": "成文日期",
    "Published on": "发布日期", "Published at": "发布时间", "Subject": "主题分类", "Validity": "有效性",
    "Origin": "来源",
    "Addressee": "主送机关", "Signatory": "落款单位", "Signed on": "落款日期", "Contact": "联系方式", "Author": "作者",
    "Editor": "编辑", "Category": "体裁", "Publicity": "公开方式", "Proposal": "提案", "Closed": "已关闭",
    "Board": "版块",
    "Address": "网址", "Dates": "日期", "Table": "表格", "Fields": "字段",
}  # fmt: skip

LABELS: Mapping[str, str] = {
    "title": "Title", "text": "Text", "attachments": "Attachments", "links": "Links", "images": "Images",
    "margin": "Beside the text", "document_number": "Document number", "index_number": "Index number",
    "issuer": "Issuer", "written_on": "Written on", "published_on": "Published on", "published_at": "Published at",
    "published_time": "Published at", "subject": "Subject", "validity": "Validity", "origin": "Origin",
    "addressee": "Addressee", "signatory": "Signatory", "signed_on": "Signed on", "contact": "Contact",
    "author": "Author", "editor": "Editor", "category": "Category", "publicity": "Publicity", "proposal": "Proposal",
    "closed": "Closed", "board": "Board", "url": "Address", "body": "Text", "attachment": "Attachments",
    "link": "Links", "image": "Images", "table": "Table", "field": "Fields",
}  # fmt: skip
"""names as the archive keeps them -> what people read; other names are the pages' own"""
