"""What a failing poll means and what to do about it: one sentence for each outcome, for logs, commands and pages."""

from __future__ import annotations

from collections.abc import Mapping

ADVICE: Mapping[str, str] = {
    "blocked": "the site refuses this worker: widen politeness.gap, set contact, or write to the site's owner",
    "login-required": "the page wants a login: set cookies or headers of an account that may read it",
    "maintenance": "the site says that it is being maintained: nothing to do unless it lasts for days",
    "empty": "the page answers without any content: open it in a browser; if it needs scripts, set render: browser",
    "truncated": "the answer was cut off: raise max_size or deadline if the page is that large",
    "robots": "robots.txt forbids this page: ask the site's owner, or take the page out of the configuration",
    "error:timeout": "the server does not answer in time: raise deadline, or wait if the site is slow today",
    "error:deadline": "the whole fetch took longer than deadline: raise it if the site is always that slow",
    "error:connect": "no connection to the server: see whether the site is up and this machine has a network",
    "error:tls": "the certificate is not good: tell the site's owner; tls: accept-broken takes it and says so",
    "error:dns": "the name is not known: look for the site's new address and correct url",
    "error:reset": "the server breaks off the connection: widen politeness.gap, or wait",
    "error:redirects": "the page sends in circles: open it in a browser and correct url",
    "error:too-large": "the page is larger than max_size, or takes more than max_memory to read: raise what it names",
    "error:bomb": "the answer unpacks to an absurd size: it is not read; tell the site's owner",
    "error:encoding": "the answer is packed in a way that cannot be undone: tell the site's owner",
    "error:forbidden-address": "the name leads to a private network: list it under network.allow if that is meant",
    "error:scheme": "the page leads to an address that is not http(s): correct url",
    "error:http-4xx": "the server refuses the request: open the page in a browser; correct url, headers or cookies",
    "error:http-5xx": "the server is broken: wait; if it lasts, look whether the page has a new address",
    "error:rate-limited": "the site asks for fewer visits: widen politeness.gap or every",
    "error:parse": "the page could not be read: see `muniment explain URL`, and report it",
    "error:unsupported": "nothing here reads this kind of file: leave it out with follow.deny",
    "error:encrypted": "the file wants a password: leave it out with follow.deny",
    "error:damaged": "the file is damaged: open it in a browser; tell the site's owner",
    "gone": "the page is not there any more: look for its new address and correct url",
    "soft-404": "the page says that it is not there any more: look for its new address and correct url",
}  # fmt: skip
"""outcome -> what it means and what to do"""

UNKNOWN = "see `muniment explain URL` for what comes back"


def advice(outcome: str | None) -> str:
    """What a poll that ended so means, and what to do."""
    return ADVICE.get(outcome or "", UNKNOWN)
