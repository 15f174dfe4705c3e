"""Names of OpenDocument's elements and attributes as the parser spells them."""

from __future__ import annotations

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
TEXT = f"{{{_OASIS}:text:1.0}}"
TABLE = f"{{{_OASIS}:table:1.0}}"
STYLE = f"{{{_OASIS}:style:1.0}}"
OFFICE = f"{{{_OASIS}:office:1.0}}"
DRAW = f"{{{_OASIS}:drawing:1.0}}"
FO = f"{{{_OASIS}:xsl-fo-compatible:1.0}}"
PRESENTATION = f"{{{_OASIS}:presentation:1.0}}"
