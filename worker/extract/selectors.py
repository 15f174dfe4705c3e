"""Whether a CSS selector is one that the parser understands: for configuration, before any page is read."""

from __future__ import annotations


def fault(selector: str) -> str | None:
    """What is wrong with the selector, or None."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p></p>").css(selector)
    except SelectolaxError as error:
        return str(error)
    return None
