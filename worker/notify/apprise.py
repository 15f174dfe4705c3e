"""Whatever the apprise library reaches: chat, telephones, desktops. An extra: pip install 'muniment[apprise]'.

The library makes its own connections: they are not guarded. Its addresses come from the configuration only.
"""

from __future__ import annotations

from typing import Any

from worker.notify import letter
from worker.notify.model import Apprise, Message, Sent
from worker.notify.templates import BadTemplate, Template
from worker.notify.threads import in_thread


class AppriseSender:
    """Sends through apprise."""

    wants_contents = True

    def __init__(self, apprise: Apprise, template: str | None) -> None:
        """Raises BadTemplate."""
        self._urls = apprise.urls
        self._template = Template(template) if template is not None else None

    async def send(self, message: Message) -> Sent:
        """Sends one message once. Apprise says only whether it went out."""
        try:
            body = self._template.render(message) if self._template is not None else letter.plain(message)
        except BadTemplate as error:
            return Sent("refused", f"the template fails: {error}")
        title = letter.subject(message)
        return await in_thread(lambda: self._notify(title, body))

    async def rest(self) -> None:
        """Apprise keeps nothing open."""

    def _notify(self, title: str, body: str) -> Sent:
        try:
            import apprise
        except ImportError:
            return Sent("later", "apprise is not installed: pip install 'muniment[apprise]'")
        told: Any = apprise.Apprise()
        for number, url in enumerate(self._urls, 1):
            if not told.add(url):
                return Sent("later", f"apprise does not know the address number {number}; see its list of services")
        heard = _Heard(apprise)
        with heard:
            good = told.notify(title=title, body=body)
        names = ", ".join(server.url(privacy=True) for server in told)
        if good:
            return Sent("sent", f"sent through {names}", detail=f"{title}\n\n{body}")
        return Sent("later", heard.words() or f"apprise could not send through {names}", detail=f"{title}\n\n{body}")


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
