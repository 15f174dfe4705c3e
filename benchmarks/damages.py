"""Damage done to an archive behind its back: all of it must be found and named, and a sound archive raise nothing.

    python -m benchmarks.damages [--damages 1000] [--seed 1] [--database sqlite|postgres]

One damage at a time is done to a small archive that has lived (`benchmarks.lived`), `verify` is run, and the damage is
undone: any column of any covered table edited (a bit flipped, a character, another value, none, on SQLite a value of
another type), rows deleted, inserted and exchanged, a payload's bytes flipped in place in the file, the search index,
the tail cut off together with its rows, the whole chain computed anew over edited rows. The last two leave a whole
archive behind, and a link cut off alone looks as if its rows were inserted: they are to be named by `verify --anchor`.
After every fiftieth damage the archive, put right, must raise nothing.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter

from archive import open_archive
from archive.anchor import Anchor, anchor
from archive.verify import Damage, verify
from benchmarks.lived import live
from benchmarks.postgres import postgres
from benchmarks.tampering import KINDS, Done, Tamperer, Unfit

CLEAN = 50
"""damages between two looks at the archive put right"""
ATTEMPTS = 40


def main() -> int:
    """Does so many damages on each database; 1 where one of them was missed, or a sound archive raised something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--damages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    args = parser.parse_args()
    wanted, good = args.database or ["sqlite", "postgres"], True
    if "sqlite" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            good &= _trial("SQLite", f"sqlite:///{folder}/lived.db", args.damages, args.seed)
    if "postgres" in wanted:
        with postgres() as url:
            if url is not None:
                good &= _trial("Postgres", url, args.damages, args.seed)
    return 0 if good else 1


def _trial(name: str, url: str, damages: int, seed: int) -> bool:
    live(url)
    chance = random.Random(seed)
    done, missed, unnamed, alarms = Counter[str](), list[str](), list[str](), 0
    kept = _head(url)
    with Tamperer(url, chance) as tamperer:
        kinds = [kind for kind in KINDS if tamperer.postgres not in kind.not_on]
        for number in range(damages):
            damage = _one(tamperer, kinds[number % len(kinds)].name)
            try:
                found = _found(url, kept if damage.needs_anchor else None)
            except Exception as error:  # verify itself must never fail, whatever is in the rows
                found = ()
                missed.append(f"(verify failed: {error!r})")
            finally:
                tamperer.undo()
            done[damage.kind] += 1
            if not found:
                missed.append(str(damage))
            elif not damage.is_named_by(found):
                unnamed.append(f"{damage}; said was: {found[0]}")
            if number % CLEAN == 0 or number == damages - 1:
                alarms += len(_found(url, kept))
    print(f"{name}: {damages} damages, {len(missed)} missed, {len(unnamed)} found but not named, {alarms} false alarms")
    print("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(done.items())))
    for line in (*missed, *unnamed)[:40]:
        print(f"  NOT FOUND {line}" if line in missed else f"  NOT NAMED {line}", file=sys.stderr)
    return not (missed or unnamed or alarms)


def _head(url: str) -> Anchor:
    with open_archive(url) as archive:
        return anchor(archive)


def _found(url: str, kept: Anchor | None) -> tuple[Damage, ...]:
    """What `verify` finds; the archive is opened anew each time, as its file may be another one."""
    with open_archive(url) as archive:
        return verify(archive, anchor=kept).damage


def _one(tamperer: Tamperer, kind: str) -> Done:
    """A damage of that kind; what the database itself refuses is tried elsewhere."""
    for _ in range(ATTEMPTS):
        try:
            return tamperer.do(kind)
        except Unfit:
            tamperer.undo()
    raise RuntimeError(f"no damage of the kind {kind!r} could be done")


if __name__ == "__main__":
    raise SystemExit(main())
