"""The command that shows the archive in a browser: serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.context import Context, context_of
from worker.cli.errors import DONE

if TYPE_CHECKING:
    import socket

    from archive.web.settings import WebSettings


def serve(
    ctx: typer.Context,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Instead of web.listen; default 127.0.0.1:8020.")
    ] = None,
) -> int:
    """Show the archive in a browser: changes, search, documents, sources; and the API.

    Read-only, beside a running daemon or without one. Addresses beyond this machine need a token or a reverse proxy in
    the configuration (web.token, web.proxy). SIGTERM and SIGINT end it with 0.

    \b
    Examples: muniment serve
              muniment serve --listen 127.0.0.1:9000
    """
    show(context_of(ctx), (listen,))
    return DONE


def show(context: Context, addresses: Sequence[str | None]) -> None:
    """Serves the archive's pages until a signal, at the first of the addresses that can be had (None: as configured).
    Raises ConfigError where none can, ArchiveError where there is no archive."""
    from archive.web.server import shown_address
    from worker.errors import ConfigError

    context.archive().close()  # says what is wrong with the archive before an address is taken
    for last, listen in ((place == len(addresses) - 1, listen) for place, listen in enumerate(addresses)):
        settings = web_settings(context, listen)
        try:
            opened = taken(settings, context)
        except ConfigError:
            if last:
                raise
            continue
        print(f"The archive is at {shown_address(opened)} (Ctrl-C ends)", flush=True)
        _until_told(context, settings, opened)
        return


def web_settings(context: Context, listen: str | None, written: Mapping[str, object] | None = None) -> WebSettings:
    """Where the pages are served and to whom, as the configuration and the option say. Raises ConfigError where
    strangers could read them."""
    from dataclasses import replace

    from archive.web.settings import WebSettings, address, refusal
    from worker.errors import ConfigError, Mistake, UsageError
    from worker.sources import web_of

    said: dict[str, Any] = dict(web_of(context.config, context.environ) if written is None else written)
    settings = WebSettings(**said)
    if listen is not None:
        settings = replace(settings, listen=listen)
    try:
        address(settings.listen)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if reason := refusal(settings):
        raise ConfigError((Mistake(context.config.name, None, "web.listen", reason),))
    return settings


def taken(settings: WebSettings, context: Context) -> socket.socket:
    """The address, listened on. Raises ConfigError where it cannot be had."""
    from archive.web.server import listening
    from worker.errors import ConfigError, Mistake

    try:
        return listening(settings)
    except OSError as error:
        reason = f"{settings.listen} cannot be listened on ({error.strerror}); choose another with --listen HOST:PORT"
        raise ConfigError((Mistake(context.config.name, None, "web.listen", reason),)) from error


def _until_told(context: Context, settings: WebSettings, opened: socket.socket) -> None:
    import asyncio
    import signal
    from datetime import UTC, datetime

    from archive.counting import Counting
    from archive.web.app import application
    from archive.web.server import Server
    from archive.web.signals import routes
    from worker.answering import answers
    from worker.cli.trypage import trier

    def now() -> datetime:
        return datetime.now(UTC)

    async def run() -> None:
        signals = routes(answers(now, Counting(context.archive)))
        server = Server(application(context.archive, settings, now, signals, trier(context)))
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, server.stop)
        await server.serve(opened)

    asyncio.run(run())


COMMANDS: dict[str, Callable[..., Any]] = {"serve": serve}
