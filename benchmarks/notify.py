"""10,000 changes while a webhook is down for part of them and the daemon is killed twice: each is told at least once,
and no document's changes out of order.

    python -m benchmarks.notify [--changes 10000] [--postgres]

A real daemon (`muniment run`) tells three receivers on loopback while another process writes the changes: one answers
503 for a while and its daemon is killed (kill -9) twice, one is well all the time, one is never well. Peers have no
such log to fall behind of: what they do not deliver is lost, so there is no ratio to print.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from archive import open_archive
from tests.support.postgres import cluster
from tests.support.receiver import Hook
from tests.support.telling import Office, Outage, all_told, judge, wait_for, write_changes

DOCUMENTS = 500
PATIENCE = 1800.0


def main() -> int:
    """0 where each change was told at least once and in order to the receivers that were well in the end."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--down", type=float, default=20.0, help="seconds for which the receiver is down")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(cluster()) if options.postgres else f"sqlite:///{folder / 'muniment.db'}"
        return trial(folder, url, options.changes, options.down)


def trial(folder: Path, url: str, changes: int, down: float) -> int:
    """Plays it, prints what came of it."""
    outage = Outage()
    with Hook(outage) as flaky, Hook() as steady, Hook(lambda heard: (500, {}, "")) as broken:
        hooks = {"flaky": flaky, "steady": steady, "broken": broken}
        office = Office(folder, url, [{"id": name, "webhook": {"url": hook.url}} for name, hook in hooks.items()])
        office.prepare()
        office.start()
        began = time.monotonic()
        writer = multiprocessing.get_context("spawn").Process(
            target=write_changes, args=(url, changes, DOCUMENTS, 0.01, 50)
        )
        writer.start()
        try:
            wait_for(lambda: len(flaky.taken) > changes // 5, "a fifth is told", PATIENCE)
            office.kill()
            office.start()
            wait_for(lambda: len(flaky.taken) > changes // 3, "a third is told", PATIENCE)
            outage.down.set()
            at = len(flaky.taken)
            time.sleep(down / 2)
            office.kill()
            office.start()
            time.sleep(down / 2)
            outage.down.clear()
            stalled = len(flaky.taken) - at
            steady_then = len(steady.taken)
            caught_up = wait_for(lambda: all_told(flaky, changes), "everything is told", PATIENCE)
            wait_for(lambda: all_told(steady, changes), "and to the other", PATIENCE)
            took = time.monotonic() - began
            memory = office.peak_memory()
        finally:
            office.kill()
            writer.join()
    with open_archive(url) as archive:
        last = archive.last_seq()
        waiting = {lag.consumer.name: lag.waiting for lag in archive.consumers()}
    good = last == changes and waiting["broken"] == changes
    print(f"{'receiver':<10} {'messages':>9} {'missed':>7} {'told twice':>11} {'out of order':>13}")
    for name in ("flaky", "steady"):
        told = judge(hooks[name].taken, changes)
        good = good and not told.missed and not told.out_of_order
        print(f"{name:<10} {told.messages:>9} {len(told.missed):>7} {told.twice:>11} {len(told.out_of_order):>13}")
    print(f"{changes} changes of {DOCUMENTS} documents in {took:.0f} s, {changes / took:.0f} a second to each of two")
    print(f"down for {down:.0f} s: {stalled} taken meanwhile; the other receiver had {steady_then} by then")
    print(f"all told {caught_up:.1f} s after it was up again; daemon killed twice, at most {memory / 2**20:.0f} MB")
    print(f"the one that is never well: {len(broken.heard)} tries, {waiting['broken']} changes waiting for it")
    print("bar: each delivered at least once, in order per document:", "met" if good else "NOT MET")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
