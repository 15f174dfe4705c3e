"""Trains the learned block reader: oblivious boosted trees, in numpy alone.

    python -m benchmarks.train_blocks --data WCXB/dev [--leave-out ids.txt] [--output worker/extract/blocks.npz]
    [--check]

DATA holds `html/ID.html` and `truth/ID.json` (WCXB's layout: `url`, `ground_truth.main_content`). `--check` trains five
times with whole domains left out and prints the word F1 of the pages left out as `main_text` would read them (topics of
known forums by their posts), per page type and for government hosts; nothing else was tuned on. A block is content as
far as its word n-grams stand in the reference.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from worker.extract.blocks import NAMES, features
from worker.extract.general import read_walk, topic_text
from worker.extract.learned import Trees, chosen
from worker.extract.model import Reading

WORD = re.compile(r"\w+")
GOVERNMENT = re.compile(r"(?:^|\.)(?:gov|mil|gov\.\w\w|gob\.\w\w|gouv\.\w\w|gc\.ca|europa\.eu|un\.org|who\.int)$")
"""hosts of governments and of what they founded together"""
TREES, DEPTH, RATE, BINS, L2 = 120, 6, 0.15, 48, 5.0
ROWS, COLUMNS = 0.35, 0.35
"""shares of blocks and of features that one tree sees"""


@dataclass(slots=True)
class Sample:
    """One page: its blocks' features, how much of each is content, their words, and the reference's words."""

    host: str
    domain: str
    kind: str
    rows: NDArray[np.float32]
    content: NDArray[np.float32]
    texts: list[str]
    words: NDArray[np.float64]
    reference: list[str]
    posts: str | None
    """what `main_text` says without looking at blocks, of a forum's topic"""


def samples(data: Path, leave_out: set[str]) -> list[Sample]:
    """The pages of a data set in WCXB's layout."""
    found = []
    for truth in sorted((data / "truth").glob("*.json")):
        said = json.loads(truth.read_text("utf-8"))
        ground = said.get("ground_truth")
        if truth.stem in leave_out or not isinstance(ground, dict):
            continue
        body = (data / "html" / f"{truth.stem}.html").read_bytes()
        url = said.get("url") or ""
        html = body.decode("utf-8", "replace")
        walk, title = read_walk(html)
        posts = topic_text(Reading(url, url, html, "utf-8", "assumed", body=body))
        reference = WORD.findall((ground.get("main_content") or "").lower())
        kind = (said.get("_internal") or {}).get("page_type") or {}
        content, words = _content(walk.texts, reference)
        host = urlsplit(url).hostname or truth.stem
        domain, page_type = (
            ".".join(host.split(".")[-2:]),
            kind.get("primary", "") if isinstance(kind, dict) else str(kind),
        )
        rows = features(walk, title)
        found.append(Sample(host, domain, page_type, rows, content, walk.texts, words, reference, posts))
    return found


def _content(texts: list[str], reference: list[str]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    grams = {size: set(zip(*(reference[i:] for i in range(size)), strict=False)) for size in (1, 2, 3, 4)}
    content, counts = [], []
    for text in texts:
        words = WORD.findall(text.lower())
        size = min(4, len(words))
        mine = list(zip(*(words[i:] for i in range(size)), strict=False)) if size else []
        content.append(sum(gram in grams[size] for gram in mine) / len(mine) if mine else 0.0)
        counts.append(len(words))
    return np.array(content, np.float32), np.array(counts, float)


def weights(sample: Sample) -> NDArray[np.float64]:
    """Blocks count by their words, pages alike."""
    share = np.sqrt(max(len(sample.reference), 50) * max(sample.words.sum(), 50))
    return np.asarray(sample.words / share)


def edges(rows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Up to BINS cut points of every feature, by quantiles."""
    some = rows[np.random.default_rng(0).choice(len(rows), min(len(rows), 100_000), replace=False)]
    found = []
    for column in some.T:
        values = np.unique(column)
        if len(values) <= BINS:
            cuts = (values[:-1] + values[1:]) / 2
        else:
            cuts = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1]))
        found.append(cuts.astype(np.float32))
    return found


def train(
    rows: NDArray[np.float32],
    content: NDArray[np.float32],
    weight: NDArray[np.float64],
    cuts: list[NDArray[np.float32]],
) -> Trees:
    """Boosted oblivious trees by weighted logistic loss."""
    random = np.random.default_rng(0)
    both = zip(cuts, rows.T, strict=True)
    bins = np.stack([np.searchsorted(cut, column, side="left").astype(np.uint8) for cut, column in both])
    rate = (weight * content).sum() / weight.sum()
    base = float(np.log(rate / (1 - rate)))
    score = np.full(len(rows), base)
    columns, thresholds, values = [], [], []
    for _ in range(TREES):
        likely = 1 / (1 + np.exp(-score))
        seen = np.flatnonzero(random.random(len(rows)) < ROWS)
        slope, curve = (weight * (likely - content))[seen], (weight * likely * (1 - likely))[seen]
        offered = random.choice(len(cuts), max(1, int(len(cuts) * COLUMNS)), replace=False)
        mine = {int(feature): bins[feature][seen].astype(np.int64) for feature in offered if len(cuts[feature])}
        leaf = np.zeros(len(seen), np.int64)
        asked: list[tuple[int, int]] = []
        for level in range(DEPTH):
            feature, cut = _best(mine, cuts, leaf, 1 << level, slope, curve)
            asked.append((feature, cut))
            leaf = leaf * 2 + (mine[feature] > cut)
        total, weightiness = np.bincount(leaf, slope, 1 << DEPTH), np.bincount(leaf, curve, 1 << DEPTH)
        value = -RATE * total / (weightiness + L2)
        everywhere = np.zeros(len(rows), np.int64)
        for feature, cut in asked:
            everywhere = everywhere * 2 + (bins[feature] > cut)
        score += value[everywhere]
        columns += [feature for feature, _ in asked]
        thresholds += [cuts[feature][cut] for feature, cut in asked]
        values.append(value)
    return Trees(np.array(columns, np.intp), np.array(thresholds, np.float32), np.array(values, np.float32), base)


def _best(
    mine: dict[int, NDArray[np.int64]], cuts: list[NDArray[np.float32]], leaf: NDArray[np.int64], leaves: int,
    slope: NDArray[np.float64], curve: NDArray[np.float64],
) -> tuple[int, int]:  # fmt: skip
    """The question that, asked in every leaf, gains most."""
    best, chosen_question = -np.inf, (0, 0)
    for feature, values in mine.items():
        width = len(cuts[feature]) + 1
        place = leaf * width + values
        slopes = np.bincount(place, slope, leaves * width).reshape(leaves, width)
        curves = np.bincount(place, curve, leaves * width).reshape(leaves, width)
        left, left_curve = slopes.cumsum(1)[:, :-1], curves.cumsum(1)[:, :-1]
        right, right_curve = slopes.sum(1, keepdims=True) - left, curves.sum(1, keepdims=True) - left_curve
        gains = (left**2 / (left_curve + L2) + right**2 / (right_curve + L2)).sum(0)
        cut = int(gains.argmax())
        if gains[cut] > best:
            best, chosen_question = float(gains[cut]), (feature, cut)
    return chosen_question


def f1(sample: Sample, likely: NDArray[np.float32]) -> float:
    """Word F1 of what would be kept of a page; an empty reference wants an empty answer."""
    kept = [sample.texts[block] for block in chosen(sample.texts, likely)] if len(likely) else []
    said = Counter(WORD.findall((sample.posts or "\n".join(kept)).lower()))
    if not sample.reference or not said:
        return float(not sample.reference and not said)
    right = sum((said & Counter(sample.reference)).values())
    return 2 * right / (said.total() + len(sample.reference))


def fit(pages: list[Sample], cuts: list[NDArray[np.float32]]) -> Trees:
    """The model of these pages."""
    filled = [page for page in pages if len(page.rows)]
    weight = np.concatenate([weights(page) for page in filled])
    rows, content = np.concatenate([page.rows for page in filled]), np.concatenate([page.content for page in filled])
    counted = weight > 0
    weight = weight[counted] / weight[counted].mean()
    return train(rows[counted], content[counted], weight, cuts)


def check(pages: list[Sample], folds: int = 5) -> None:
    """Trains with whole domains left out and prints what the pages left out score."""
    domains = Counter(page.domain for page in pages)
    place: dict[str, int] = {}
    sizes = [0] * folds
    for domain, count in domains.most_common():
        place[domain] = sizes.index(min(sizes))
        sizes[place[domain]] += count
    cuts = edges(np.concatenate([page.rows for page in pages if len(page.rows)]))
    scores: dict[str, list[float]] = defaultdict(list)
    for fold in range(folds):
        model = fit([page for page in pages if place[page.domain] != fold], cuts)
        for page in pages:
            if place[page.domain] == fold:
                score = f1(page, model.probabilities(page.rows) if len(page.rows) else page.content)
                for name in ("all", page.kind, *(["government hosts"] if GOVERNMENT.search(page.host) else [])):
                    scores[name].append(score)
        print(f"fold {fold + 1} of {folds}: {np.mean(scores['all']):.4f} so far", flush=True)
    for kind, values in scores.items():
        print(f"  {kind:18}{len(values):6}{np.mean(values):8.4f}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--leave-out", type=Path)
    parser.add_argument("--output", type=Path, default=Path("worker/extract/blocks.npz"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    pages = samples(options.data, set(options.leave_out.read_text().split()) if options.leave_out else set())
    print(f"{len(pages)} pages, {sum(len(page.texts) for page in pages)} blocks, {len(NAMES)} features", flush=True)
    if options.check:
        check(pages)
        return
    model = fit(pages, edges(np.concatenate([page.rows for page in pages if len(page.rows)])))
    np.savez_compressed(
        options.output, names=np.array(NAMES), columns=model.columns.astype(np.int16), thresholds=model.thresholds,
        values=model.values, base=np.float64(model.base),
    )  # fmt: skip
    print(f"wrote {options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
