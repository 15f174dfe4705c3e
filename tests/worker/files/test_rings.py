"""Seals that lost their red on the scanner: found by their ring, and taken out of the print."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("cv2")

import cv2
import numpy as np

from worker.extract.files.rings import Ring, rings_of, without_rings

DPI = 200


def page(print_: int = 20) -> Any:
    """A page of lines that look like print: short strokes at even distances."""
    picture = np.full((2339, 1654, 3), 245, "uint8")
    for row in range(300, 2000, 60):
        for column in range(220, 1420, 34):
            cv2.rectangle(picture, (column, row), (column + 24, row + 3), (print_,) * 3, -1)
            cv2.rectangle(picture, (column + 10, row), (column + 13, row + 26), (print_,) * 3, -1)
    return picture


def sealed(ink: int, print_: int = 20) -> Any:
    """The page with a seal stamped over its print; where both are, the darker one is seen."""
    stamp = np.full((2339, 1654, 3), 255, "uint8")
    cv2.circle(stamp, (1100, 1500), 160, (ink,) * 3, 9)
    cv2.circle(stamp, (1100, 1500), 45, (ink,) * 3, -1)
    return np.minimum(page(print_), stamp)


@pytest.mark.parametrize("ink", [20, 105])
def test_a_ring_is_found_over_print_to_the_pixel_and_its_ink_compared_with_the_print(ink: int) -> None:
    (ring,) = rings_of(sealed(ink), DPI)
    assert abs(ring.x - 1100) <= 2
    assert abs(ring.y - 1500) <= 2
    assert abs((ring.inner + ring.outer) / 2 - 160) <= 2
    assert ring.pale == (ink == 105)


def test_print_tables_and_small_circles_are_no_seals() -> None:
    picture = page()
    cv2.circle(picture, (1100, 1500), 40, (20, 20, 20), 6)
    for place in range(6):
        cv2.line(picture, (220, 700 + 60 * place), (1420, 700 + 60 * place), (20, 20, 20), 3)
        cv2.line(picture, (220 + 240 * place, 700), (220 + 240 * place, 1000), (20, 20, 20), 3)
    cv2.ellipse(picture, (600, 1600), (160, 160), 0, 20, 200, (20, 20, 20), 9)
    assert rings_of(picture, DPI) == []


def test_all_of_a_pale_seal_goes_and_the_print_under_it_stays() -> None:
    picture = sealed(105)
    clean = without_rings(picture, rings_of(picture, DPI))
    assert (clean[page() < 100] < 100).all()
    assert (clean[page() > 200] > 200).all()


def test_of_a_seal_as_dark_as_print_the_ring_goes_and_what_is_inside_stays() -> None:
    picture = sealed(20)
    clean = without_rings(picture, rings_of(picture, DPI))
    assert (clean[1340, 1095:1105] == 255).all()
    assert (clean[1500, 1090:1110] == 20).all()


@pytest.mark.parametrize(
    ("box", "bends"),
    [((1040, 1360, 1160, 1420), True), ((960, 1470, 1010, 1520), True), ((950, 1480, 1250, 1520), False),
     ((1040, 1360, 1400, 1420), False), ((100, 100, 200, 120), False)],
    ids=["above", "at the side", "through the middle", "a line that goes on", "elsewhere"],
)  # fmt: skip
def test_words_that_run_along_the_ring_are_the_seals_own(box: tuple[float, float, float, float], bends: bool) -> None:
    assert Ring(1100, 1500, 155, 165).bends(box) == bends
