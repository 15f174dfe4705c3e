"""The command `notify`: how the notifiers fare, a sample sent, one taken up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from worker.cli.context import Context, context_of
from worker.cli.errors import DONE, PAGES_FAILED

if TYPE_CHECKING:
    from archive.records import Consumer, ConsumerLag
    from worker.notify.model import Message, Notifier, Sent
    from worker.settings import Settings

VERDICTS = {
    "sent": "it arrived",
    "later": "it did not arrive; a real message would be sent again",
    "refused": "this message will never do; a real one would be set aside after give_up",
    "stopped": "the receiver wants no more messages; a real one would stop this notifier",
}


def notify(
    ctx: typer.Context,
    listed: Annotated[bool, typer.Option("--list", help="How each notifier fares (what is done without options).")] = (
        False
    ),
    test: Annotated[str | None, typer.Option(metavar="NAME", help="Send one sample and say what happened.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Tell all that is due now, then exit: without a daemon, after `poll`.")
    ] = False,
    resume: Annotated[
        str | None, typer.Option(metavar="NAME", help="Try again now; a stopped notifier is taken up again.")
    ] = None,
    forget: Annotated[
        str | None, typer.Option(metavar="NAME", help="Forget where a notifier was; in the file still, it begins anew.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Who is told of changes, and how that goes.

    The daemon tells by itself whoever `notifiers:` in sources.yaml names.

    \b
    Examples: muniment notify
              muniment notify --test editors
              muniment notify --resume editors
    """
    from worker.errors import UsageError

    if sum((listed, test is not None, send, resume is not None, forget is not None)) > 1:
        raise UsageError("give one of --list, --test, --send, --resume, --forget")
    context = context_of(ctx)
    if test is not None:
        return _test(context, test)
    if resume is not None:
        return _resume(context, resume)
    if forget is not None:
        return _forget(context, forget)
    if send:
        return _send(context)
    return _list(context, as_json)


# --- how they fare -------------------------------------------------------------------------------------------------


def _list(context: Context, as_json: bool) -> int:
    from worker.cli.output import print_json

    settings = context.settings()
    with context.archive() as archive:
        lags = {lag.consumer.name: lag for lag in archive.consumers()}
        newest = archive.last_seq()
    if as_json:
        print_json([_record(name, settings, lags.get(name), newest) for name in _names(settings, lags)])
    elif not (settings.notifiers or lags):
        print("nobody is told; name somebody under notifiers: in sources.yaml (docs/reference/sources.md)")
    else:
        print(_shown(settings, lags, newest))
    return DONE


def _names(settings: Settings, lags: dict[str, ConsumerLag]) -> list[str]:
    return list(dict.fromkeys([*(notifier.name for notifier in settings.notifiers), *lags]))


def _record(name: str, settings: Settings, lag: ConsumerLag | None, newest: int) -> dict[str, Any]:
    from worker.cli.output import plain

    said = plain(lag.consumer) if lag else {"name": name, "seq": None}
    waiting = {"newest_seq": newest, "waiting": lag.waiting if lag else None}
    oldest = lag.oldest_waiting_at if lag else None
    configured = any(notifier.name == name for notifier in settings.notifiers)
    return {**said, **waiting, "oldest_waiting_at": oldest, "configured": configured}


def _shown(settings: Settings, lags: dict[str, ConsumerLag], newest: int) -> str:
    from worker.cli.output import table

    now = datetime.now(UTC)
    kinds = {notifier.name: _kind(notifier) for notifier in settings.notifiers}
    rows: list[tuple[object, ...]] = []
    notes: list[str] = []
    for name in _names(settings, lags):
        lag = lags.get(name)
        kind = kinds.get(name, "not in the file")
        if lag is None:
            rows.append((name, kind, "-", "-", "-", "not begun"))
            continue
        rows.append((name, kind, lag.consumer.seq, lag.waiting, lag.consumer.delivered, _state(lag, now)))
        notes += _notes(lag.consumer, now)
    head = ("notifier", "by", "cursor", "waiting", "sent", "state")
    return "\n".join([table(rows, head), *([""] if notes else []), *notes])


def _kind(notifier: Notifier) -> str:
    kind = {"Mail": "email"}.get(type(notifier.channel).__name__, type(notifier.channel).__name__.lower())
    return f"{kind}, digest" if notifier.digest else kind


def _state(lag: ConsumerLag, now: datetime) -> str:
    from worker.cli.output import ago

    consumer = lag.consumer
    if consumer.stopped or consumer.failures:
        return "stopped" if consumer.stopped else "failing"
    if consumer.next_try_at:
        return f"well, digest {ago(consumer.next_try_at, now)}"
    return f"well, oldest {ago(lag.oldest_waiting_at, now)}" if lag.oldest_waiting_at else "well"


def _notes(consumer: Consumer, now: datetime) -> Iterator[str]:
    """What a person should know of a notifier, below the table."""
    from worker.cli.output import ago, harmless

    name, error = consumer.name, harmless(consumer.last_error or "")
    if consumer.stopped:
        yield f"{name}: stopped: {harmless(consumer.stopped)}; muniment notify --resume {name} takes it up again"
    elif consumer.failures:
        due = consumer.next_try_at is None or consumer.next_try_at <= now
        since, again = ago(consumer.failing_since, now), "now" if due else ago(consumer.next_try_at, now)
        yield f"{name}: failing since {since}, next try {again}: {error}"
    if consumer.set_aside:
        yield f"{name}: {consumer.set_aside} messages set aside, which would never have done"


# --- what is done --------------------------------------------------------------------------------------------------


def _chosen(settings: Settings, name: str) -> Notifier:
    from difflib import get_close_matches

    from worker.errors import UsageError

    names = [notifier.name for notifier in settings.notifiers]
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]}?" if close else f" There are: {', '.join(names) or 'none'}."
        raise UsageError(f"no notifier {name!r} in {settings.file}.{hint}")
    return settings.notifiers[names.index(name)]


def _test(context: Context, name: str) -> int:
    import asyncio

    from worker.cli.output import harmless_lines
    from worker.notify.crew import sender_of
    from worker.notify.templates import sample

    settings = context.settings()
    notifier = _chosen(settings, name)

    async def send(message: Message) -> Sent:
        sender = sender_of(notifier, settings, lambda: datetime.now(UTC))
        try:
            return await sender.send(message)
        finally:
            await sender.rest()

    sent = asyncio.run(send(sample(name)))
    if sent.detail:
        print(harmless_lines(sent.detail), end="\n\n")
    print(f"{name}: {harmless_lines(sent.said)}")
    print(f"{name}: {VERDICTS[sent.verdict]}" + (f" ({sent.kind})" if sent.kind else ""))
    return DONE if sent.verdict == "sent" else PAGES_FAILED


def _resume(context: Context, name: str) -> int:
    from dataclasses import replace

    from archive import open_writable
    from worker.errors import UsageError

    with open_writable(context.database()) as writer, writer.begin() as tx:
        known = tx.consumer(name)
        if known is None:
            raise UsageError(f"no notifier {name!r} has begun yet; `muniment notify` lists them")
        tx.save_consumer(replace(known, stopped=None, next_try_at=None, refused_since=None))
    print(f"{name}: tried again within a few seconds, from change {known.seq + 1} on, where a daemon runs")
    return DONE


def _forget(context: Context, name: str) -> int:
    from archive import open_writable
    from worker.errors import UsageError

    with open_writable(context.database()) as writer, writer.begin() as tx:
        if not tx.forget_consumer(name):
            raise UsageError(f"no notifier {name!r} has begun yet; `muniment notify` lists them")
    print(f"{name}: forgotten")
    return DONE


def _send(context: Context) -> int:
    import asyncio

    from archive import hold_archive
    from worker.migrate import upgrade

    context.start_logs()
    settings = context.settings()
    with hold_archive(settings.database, wait=False):
        upgrade(settings.database)
        lags = asyncio.run(_drained(settings))
    failing = [lag.consumer for lag in lags if lag.consumer.failures or lag.consumer.stopped]
    for lag in lags:
        print(f"{lag.consumer.name}: {lag.consumer.delivered} sent in all, {lag.waiting} waiting")
    return PAGES_FAILED if failing else DONE


async def _drained(settings: Settings) -> list[ConsumerLag]:
    import asyncio

    from archive import Committer, open_archive, open_writable
    from worker.notify.crew import drain

    with open_writable(settings.database) as writer, open_archive(settings.database) as archive:
        committer = Committer(writer)
        try:
            await drain(
                settings, archive, lambda write: asyncio.wrap_future(committer.submit(write)),
                lambda: datetime.now(UTC),
            )  # fmt: skip
            return archive.consumers()
        finally:
            committer.close()


COMMANDS: dict[str, Callable[..., Any]] = {"notify": notify}
