"""OpenDocument and PPTX files made by hand: the parts a reader needs, and nothing else."""

from __future__ import annotations

from tests.support.office import zipped

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{prefix}="{_OASIS}:{name}:1.0"'
    for prefix, name in {
        "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing",
        "presentation": "presentation", "fo": "xsl-fo-compatible",
    }.items()
)  # fmt: skip


def opendocument(kind: str, body: str, styles: str = "", automatic: str = "", master: str = "") -> bytes:
    """A file of that kind (`text`, `presentation`, `spreadsheet`)."""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": f"<m:manifest xmlns:m='{_OASIS}:manifest:1.0'/>",
            "styles.xml": f"<office:document-styles {_SPACES}><office:styles>{styles}</office:styles>"
            f"<office:master-styles>{master}</office:master-styles></office:document-styles>",
            "content.xml": f"<office:document-content {_SPACES}><office:automatic-styles>{automatic}"
            f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
        }
    )


def pptx(*slides: str) -> bytes:
    """Slides of these shapes, shown in reverse of the order in which their parts are named."""
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    spaces = (
        "xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main' "
        "xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main' "
        "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
    )
    names = [f"slides/slide{len(slides) - place}.xml" for place in range(len(slides))]
    return zipped(
        {
            "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
            "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>"
            + "".join(f"<p:sldId id='{256 + place}' r:id='r{place}'/>" for place in range(len(slides)))
            + "</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": f"<Relationships xmlns='{relations}'>"
            + "".join(f"<Relationship Id='r{place}' Target='{name}'/>" for place, name in enumerate(names))
            + "</Relationships>",
            **{
                f"ppt/{name}": (slide if slide.startswith("<p:sld") else f"<p:sld>{slide}</p:sld>").replace(
                    "<p:sld", f"<p:sld {spaces}", 1
                )
                for name, slide in zip(names, slides, strict=True)
            },
        }
    )


def shape(*lines: str, placeholder: str = "") -> str:
    """A box of these paragraphs."""
    kind = f"<p:nvPr><p:ph type='{placeholder}'/></p:nvPr>" if placeholder else ""
    said = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return f"<p:sp><p:nvSpPr>{kind}</p:nvSpPr><p:txBody>{said}</p:txBody></p:sp>"
