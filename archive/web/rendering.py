"""Drawing a page: the templates, what they may call, and the reader's language and appearance."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.web import links
from archive.web.readby import readby
from archive.web.reasons import beyond, reason
from archive.web.settings import WebSettings
from archive.web.shown import FILTERS, ago, day_of, share_of, when_of
from archive.web.words import LANGUAGES, NAMES, TAGS, Language, chosen, translated, word
from archive.web.words.fields import LABELS

HERE = Path(__file__).parent
STATIC = HERE / "static"
NAVIGATION = (
    (word("Changes"), "/changes"), (word("Search"), "/search"), (word("Sources"), "/sources"),
    (word("Archive"), "/archive"), (word("Try a page"), "/try"),
)  # fmt: skip
Theme = Literal["auto", "light", "dark"]
THEMES: Mapping[Theme, str] = {"auto": word("as the system"), "light": word("light"), "dark": word("dark")}
YEAR = 365 * 86400


class Renderer:
    """The templates, once per language. Text is always escaped; a name that a template lacks is an error."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self.zone = ZoneInfo(settings.zone)
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def _environment(self, language: Language) -> Environment:
        made = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip
        t = partial(translated, language)
        made.globals |= {
            "t": t, "link": links.link, "static": static, "language": language, "tag": TAGS[language],
            "title": self.settings.title, "zone": self.settings.zone, "document_link": links.document,
            "compare_link": links.compare, "topic_link": links.topic, "source_link": links.source,
            "labels": LABELS, "share": share_of, "capture_link": links.capture,
            "when": partial(when_of, self.zone),
            "day": partial(day_of, t, language),
        }  # fmt: skip
        made.filters |= {**FILTERS, "ago": partial(ago, t), "reason": partial(reason, t, language), "beyond": beyond}
        made.filters["readby"] = partial(readby, t)
        return made

    def draw(self, template: str, language: Language, values: Mapping[str, object]) -> str:
        """The template with these values."""
        return self._environments[language].get_template(template).render(values)


def language_of(request: Request) -> Language:
    """As the address asks, else as chosen before, else as the browser prefers."""
    for said in (request.query_params.get("lang"), request.cookies.get("lang")):
        if said in LANGUAGES:
            return said
    return chosen(request.headers.get("accept-language", ""))


def theme_of(request: Request) -> Theme:
    """As the address asks, else as chosen before, else as the system has it."""
    for said in (request.query_params.get("theme"), request.cookies.get("theme")):
        if said in THEMES:
            return cast(Theme, said)
    return "auto"


def translator(request: Request) -> Callable[..., Any]:
    """`t` for this reader."""
    return partial(translated, language_of(request))


def page(request: Request, template: str, *, status_code: int = 200, **values: object) -> Response:
    """The page drawn for this reader. Templates know besides `values`: `t`, `link`, `here` (this page with other
    parameters), `now`, `path`, and what `archive.web.shown` makes of text and times."""
    web, language, theme = request.app.state.web, language_of(request), theme_of(request)
    shared = {
        "path": request.url.path, "here": partial(links.here, request), "theme": theme,
        "navigation": [entry for entry in NAVIGATION if links.served(request, entry[1])],
        "languages": NAMES, "themes": THEMES, "now": web.now(), "query": request.query_params.get("q", ""),
    }  # fmt: skip
    answer = HTMLResponse(web.renderer.draw(template, language, {**shared, **values}), status_code)
    for name, said in (("lang", language), ("theme", theme)):
        if request.query_params.get(name) == said:
            answer.set_cookie(name, said, max_age=YEAR, samesite="lax", httponly=True)
    answer.headers["content-language"] = TAGS[language]
    answer.headers["vary"] = "Accept-Language, Cookie"
    return answer


@cache
def static(name: str) -> str:
    """Address of a file under static/, another one whenever the file is."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"
