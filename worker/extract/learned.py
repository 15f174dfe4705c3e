"""Which blocks of any page are its content: oblivious boosted trees over `worker.extract.blocks`, evaluated with numpy.

The model is a data file (`blocks.npz`) written by `benchmarks/train_blocks.py`; no machine-learning library is needed
to read. Every tree asks the same question of all blocks at each of its levels, so that a page's answers are one
comparison of
a matrix and one lookup. What is kept is the set of blocks that makes the expected F-measure of the page's words
largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from worker.extract.blocks import NAMES, features
from worker.extract.walk import Walk

MODEL = "blocks.npz"
_REPEATED = 5
"""words: a block this long that stood on the page before is a repetition (a quote, a mobile copy), not content again"""


@dataclass(frozen=True, slots=True)
class Trees:
    """The model: for every tree and level a column and a threshold, for every tree a value per leaf."""

    columns: NDArray[np.intp]
    thresholds: NDArray[np.float32]
    values: NDArray[np.float32]
    base: float

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """How likely each row is content."""
        count, size = self.values.shape
        levels = self.thresholds.size // count
        answers = (rows.T[self.columns] > self.thresholds[:, None]).view(np.uint8).reshape(count, levels, len(rows))
        leaves = answers[:, 0]
        for level in range(1, levels):
            leaves = np.left_shift(leaves, 1, dtype=np.uint8) | answers[:, level]
        score = self.base + self.values.ravel().take(leaves + np.arange(0, count * size, size)[:, None]).sum(axis=0)
        return np.asarray(1 / (1 + np.exp(-score)), np.float32)


@cache
def trees() -> Trees:
    """The shipped model, read once. Raises ValueError where it was trained on other features than this code
    computes."""
    with files("worker.extract").joinpath(MODEL).open("rb") as stream, np.load(stream, allow_pickle=False) as data:
        if tuple(data["names"]) != tuple(NAMES):
            raise ValueError(f"{MODEL} was trained on other features; run benchmarks/train_blocks.py")
        return Trees(data["columns"].astype(np.intp), data["thresholds"], data["values"], float(data["base"]))


def kept(walk: Walk, title: str, model: Trees | None = None) -> list[int]:
    """The numbers of the blocks that are the page's content, in order."""
    if not walk.texts:
        return []
    return chosen(walk.texts, (model or trees()).probabilities(features(walk, title)))


def chosen(texts: list[str], likely: NDArray[np.float32]) -> list[int]:
    """The blocks whose keeping makes the expected F1 of the page's words largest; repetitions are left out."""
    words = np.fromiter([text.count(" ") + 1 if text.isascii() else _words(text) for text in texts], float, len(texts))
    if len(set(texts)) < len(texts):
        seen: set[str] = set()
        for block in np.flatnonzero(words >= _REPEATED).tolist():
            if texts[block] in seen:
                likely[block] = 0
            seen.add(texts[block])
    order = np.argsort(-likely, kind="stable")
    right = np.cumsum((likely * words)[order])
    f1 = 2 * right / (np.cumsum(words[order]) + right[-1] + 1e-9)
    least = likely[order[int(np.argmax(f1))]]
    return np.flatnonzero(likely >= max(least, 1e-6)).tolist()


def _words(text: str) -> int:
    """Words of a text that may have no spaces: two Chinese characters (three bytes each in UTF-8) count as one."""
    return text.count(" ") + 1 + (len(text.encode("utf-8", "replace")) - len(text)) // 4
