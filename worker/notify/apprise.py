"""Whatever the apprise library reaches: chat, telephones, desktops. An extra: pip install 'muniment[apprise]'.

The library makes its own connections. They are made from one confined thread (`worker.notify.confined`), so that they
reach public addresses and the configured networks only; threads that a service's library starts by itself are not.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from worker.fetch.guard import Guard
from worker.notify import letter
from worker.notify.confined import confined
from worker.notify.model import Apprise, Message, Sent
from worker.notify.templates import BadTemplate, Template
from worker.notify.threads import in_thread

DEADLINE = timedelta(seconds=60)


class AppriseSender:
    """Sends through apprise."""

    wants_contents = True

    def __init__(self, apprise: Apprise, template: str | None, guard: Guard) -> None:
        """Raises BadTemplate."""
        self._allow = guard.allow
        self._urls = apprise.urls
        self._template = Template(template) if template is not None else None

    async def send(self, message: Message) -> Sent:
        """Sends one message once. Apprise says only whether it went out."""
        try:
            body = self._template.render(message) if self._template is not None else letter.plain(message)
        except BadTemplate as error:
            return Sent("refused", f"the template fails: {error}", "template")
        title = letter.subject(message)
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                return await in_thread(lambda: self._notify(title, body))
        except TimeoutError:
            return Sent("later", f"apprise was not done within {DEADLINE.total_seconds():g} s", "deadline")

    async def rest(self) -> None:
        """Apprise keeps nothing open."""

    def _notify(self, title: str, body: str) -> Sent:
        try:
            import apprise
        except ImportError:
            return Sent("later", "apprise is not installed: pip install 'muniment[apprise]'", "unsupported")
        told: list[Any] = []
        for number, url in enumerate(self._urls, 1):
            told.append(apprise.Apprise(asset=_patient(apprise)))
            if not told[-1].add(url):
                why = f"apprise does not know the address number {number}; see its list of services"
                return Sent("later", why, "scheme")
        heard = _Heard(apprise)
        with heard, confined(self._allow) as refused:
            # one by one, without deadlines of its own: else apprise sends from other threads
            good = [one.notify(title=title, body=body) for one in told]
        names = ", ".join(server.url(privacy=True) for one in told for server in one)
        if all(good):
            return Sent("sent", f"sent through {names}", detail=f"{title}\n\n{body}")
        why = "; ".join(filter(None, (*refused, heard.words()))) or f"apprise could not send through {names}"
        return Sent("later", why, "forbidden-address" if refused else "service", detail=f"{title}\n\n{body}")


def _patient(apprise: Any) -> Any:
    try:
        return apprise.AppriseAsset(service_timeout=0)
    except (AttributeError, TypeError):  # releases that knew no deadlines
        return apprise.AppriseAsset()


class _Heard:
    """What apprise says in its log while it sends: its only reason."""

    def __init__(self, apprise: Any) -> None:
        self._capture = apprise.LogCapture(level=apprise.logging.WARNING)
        self._text: Any = None

    def __enter__(self) -> None:
        self._text = self._capture.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._said = self._text.getvalue()
        self._capture.__exit__(*error)

    def words(self) -> str:
        """The warnings on one line."""
        return letter.one_line(self._said)[:500]
