"""Time travel in the terms of RFC 7089."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.memento import (
    Addresses,
    Memento,
    accept_datetime,
    http_date,
    memento_headers,
    negotiated,
    timegate_headers,
    timemap,
)

START = datetime(2024, 3, 1, 8, tzinfo=UTC)
THREE = [Memento(number, START + timedelta(days=number - 1)) for number in (1, 2, 3)]
ADDRESSES = Addresses("http://a/", "http://m/gate", "http://m/map", lambda number: f"http://m/{number}")


@pytest.mark.parametrize(("days", "number"), [(-9, 1), (0, 1), (0.5, 1), (1, 2), (1.9, 2), (2, 3), (99, 3)])
def test_the_version_in_force_answers(days: float, number: int) -> None:
    found = negotiated(THREE, START + timedelta(days=days))
    assert found is not None and found.number == number


def test_without_a_time_the_newest_answers_and_nothing_where_there_is_none() -> None:
    assert negotiated(THREE, None) == THREE[-1]
    assert negotiated([], START) is None


def test_a_memento_says_when_it_is_from_and_who_stands_around_it() -> None:
    headers = memento_headers(THREE, 2, ADDRESSES)
    assert headers["Memento-Datetime"] == "Sat, 02 Mar 2024 08:00:00 GMT"
    links = headers["Link"].split(", <")
    assert links[0] == '<http://a/>; rel="original"'
    assert 'http://m/1>; rel="first prev memento"; datetime="Fri, 01 Mar 2024 08:00:00 GMT"' in links
    assert 'http://m/2>; rel="memento"; datetime="Sat, 02 Mar 2024 08:00:00 GMT"' in links
    assert 'http://m/3>; rel="next last memento"; datetime="Sun, 03 Mar 2024 08:00:00 GMT"' in links


def test_a_single_memento_is_first_and_last() -> None:
    assert 'rel="first last memento"' in memento_headers(THREE[:1], 1, ADDRESSES)["Link"]


def test_the_timegate_redirects_and_varies() -> None:
    headers = timegate_headers(THREE, 3, ADDRESSES)
    assert (headers["Location"], headers["Vary"]) == ("http://m/3", "accept-datetime")
    assert "Memento-Datetime" not in headers


def test_the_timemap_lists_all_between_its_ends() -> None:
    lines = timemap(THREE, ADDRESSES).split(",\n")
    assert len(lines) == 6
    assert 'rel="self"; type="application/link-format"; from="Fri, 01 Mar 2024' in lines[2]
    assert [line.count("memento") for line in lines[3:]] == [1, 1, 1]
    assert timemap([], ADDRESSES).count("rel=") == 3


@pytest.mark.parametrize("value", ["", "yesterday", "2024-03-01", "Fri, 99 Mar 2024 08:00:00 GMT"])
def test_what_is_no_time_is_none(value: str) -> None:
    assert accept_datetime(value) is None


def test_times_go_there_and_back() -> None:
    assert accept_datetime(http_date(START)) == START
    assert accept_datetime("Fri, 01 Mar 2024 09:00:00 +0100") == START
