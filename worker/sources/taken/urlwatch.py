"""Jobs of urlwatch (urls.yaml) and webchanges (jobs.yaml): YAML documents, one a job; keys as urlwatch 2.29 and
webchanges 3.37 document them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import yaml

from worker.errors import UsageError
from worker.sources.document import Loader
from worker.sources.taken.model import Found, Watch, pairs, words

_PLAIN = {"html2text", "strip", "beautify", "html5lib", "striplines", "strip_each_line"}
"""filters that only tidy text, as our reading does anyway"""
_OPTIONS = {"selector", "exclude", "re", "text"}
"""options of filters that are carried over"""
_KNOWN = {
    "url", "navigate", "name", "kind", "filter", "filters", "headers", "cookies", "http_proxy", "https_proxy", "note",
    "ssl_no_verify", "timeout", "tags", "enabled", "use_browser", "user_visible_url", "max_tries", "ignore_cached",
    "ignore_connection_errors", "ignore_timeout_errors", "ignore_too_many_redirects", "ignore_http_error_codes",
    "method", "index_number", "treat_new_as_changed", "guid",
}  # fmt: skip


def taken(path: Path) -> Found | None:
    """The jobs of a file; None where it holds none. Raises UsageError for what is no YAML, naming the line."""
    if path.suffix not in (".yaml", ".yml"):
        return None
    try:
        documents = [job for job in yaml.load_all(path.read_bytes(), Loader=Loader) if job]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise UsageError(f"{place}: {error.problem}; mend that place or take its job out") from None
    except (yaml.YAMLError, OSError):
        return None
    jobs = [job for document in documents for job in (document if isinstance(document, list) else [document])]
    found = [job for job in jobs if isinstance(job, dict)]
    if not any(key in job for job in found for key in ("url", "navigate", "command")):
        return None
    watched = [job for job in found if job.get("url") or job.get("navigate")]
    left = [f"{_name(job) or job['command']}: a shell command is no page" for job in found if "command" in job]
    left += [f"{str(job)[:60]!r}: names no URL" for job in jobs if not _told(job)]
    return Found(tuple(map(_watch, watched)), tuple(left))


def _told(job: object) -> bool:
    return isinstance(job, dict) and bool(job.get("url") or job.get("navigate") or "command" in job)


def _watch(job: dict[str, object]) -> Watch:
    notes = [f"not carried over: {key}" for key in job if key not in _KNOWN]
    if str(job.get("method") or "GET").upper() != "GET":
        notes.append(f"not carried over: method {job['method']}")
    headers = pairs(job.get("headers"))
    notes += [f"not carried over: header {name}" for name in headers if name.lower() == "user-agent"]
    text, ignore = [], []
    for name, value in _filters(job.get("filter") or job.get("filters")):
        selected, removed = _selected(name, value)
        text += selected
        ignore += removed
        if not selected and not removed and name not in _PLAIN:
            notes.append(f"not carried over: filter {name} {value if value else ''}".rstrip())
        elif isinstance(value, dict):
            notes += [f"not carried over: {option} of filter {name}" for option in value if option not in _OPTIONS]
    timeout = job.get("timeout")
    proxies = words(job.get("https_proxy") or job.get("http_proxy"))
    return Watch(
        str(job.get("url") or job.get("navigate")), _name(job), text=tuple(text), ignore=tuple(ignore),
        headers={name: value for name, value in headers.items() if name.lower() != "user-agent"},
        cookies=pairs(job.get("cookies")), proxy=proxies[0] if proxies else None,
        accept_broken=bool(job.get("ssl_no_verify")),
        browser=bool(job.get("navigate") or job.get("use_browser") or job.get("kind") == "browser"),
        deadline=timedelta(seconds=timeout) if isinstance(timeout, int | float) and timeout >= 1 else None,
        tags=words(job.get("tags")), enabled=job.get("enabled") is not False, notes=tuple(notes),
    )  # fmt: skip


def _name(job: dict[str, object]) -> str:
    return str(job.get("name") or "")


def _filters(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, str):  # its older form: `css:.main,html2text`
        value = [item for item in value.split(",") if item.strip()]
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str):
            name, _, argument = item.strip().partition(":")
            yield name, argument
        elif isinstance(item, dict):
            yield from ((str(name), argument) for name, argument in item.items())


def _selected(name: str, value: object) -> tuple[list[str], list[str]]:
    """(selectors of what is read, selectors and patterns of what is left out) that a filter comes to."""
    options = value if isinstance(value, dict) else {}
    word = str((options.get("selector") or options.get("re") or options.get("text") or "") if options else value or "")
    if name == "css" and word:
        return [word], list(words(options.get("exclude")))
    if name in ("element-by-id", "element-by-class", "element-by-tag") and word:
        return [{"id": "#", "class": ".", "tag": ""}[name.removeprefix("element-by-")] + word], []
    if name in ("grepi", "delete_lines_containing") and word:
        return [], [f"/.*(?:{word if name == 'grepi' or 're' in options else re.escape(word)}).*/"]
    return [], []
