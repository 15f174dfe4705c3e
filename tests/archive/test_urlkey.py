"""The canonical form of a URL: which spellings are one page, and which are not."""

from __future__ import annotations

import pytest

from archive.urlkey import LONGEST, host_of, urlkey


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.example.org/a", "https://example.org:443/a"),
        ("http://example.org", "http://EXAMPLE.org/#top"),
        ("http://example.org/a?b=1&a=2", "http://example.org/a?a=2&b=1"),
        ("http://example.org/a/../b/./c", "http://example.org/b/c"),
        ("http://example.org/%e7%b4%a2", "http://example.org/索"),
        ("http://example.org/%7Ejoe", "http://example.org/~joe"),
        ("http://example.org/t?sid=0123456789abcdef0123456789abcdef&t=1", "http://example.org/t?t=1"),
        ("http://example.org/t;jsessionid=A1B2?t=1", "http://example.org/t?t=1&PHPSESSID=x"),
        ("http://example.org/t?t=1&utm_source=feed", "http://example.org/t?t=1"),
        ("http://user:secret@example.org/a", "http://example.org/a"),
        ('http://example.org/t?q=a>b"c<d', "http://example.org/t?q=a%3Eb%22c%3cd"),
        ("http://example.org/{a}|b^`c", "http://example.org/%7Ba%7D%7Cb%5E%60c"),
    ],
)
def test_one_page(one: str, other: str) -> None:
    assert urlkey(one) == urlkey(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "http://example.org/A"),
        ("http://example.org/a", "http://example.org/a/"),
        ("http://example.org/a?sid=3", "http://example.org/a?sid=4"),
        ("http://example.org/a%2Fb", "http://example.org/a/b"),
        ("http://example.org/t?q=a%26b", "http://example.org/t?q=a&b"),
        ("http://127.0.0.1:9134/a", "http://127.0.0.1:9135/a"),
        ("http://forum.example.org/", "http://example.org/"),
        ("http://example.org/#!/topic/1", "http://example.org/#!/topic/2"),
    ],
)
def test_two_pages(one: str, other: str) -> None:
    assert urlkey(one) != urlkey(other)


def test_keys_read_from_the_top_level_down() -> None:
    assert urlkey("http://forum.example.gov.cn/thread-1-1-1.html") == "cn,gov,example,forum)/thread-1-1-1.html"
    assert urlkey("http://127.0.0.1:9134/forum.php?mod=a") == "127.0.0.1:9134)/forum.php?mod=a"


def test_a_long_url_has_a_short_key_of_its_own() -> None:
    one, other = (urlkey(f"http://example.org/?q={'x' * 5000}{end}") for end in "ab")
    assert one != other and len(one) == len(other) == LONGEST


@pytest.mark.parametrize("url", ["", "mailto:a@example.org", "http://[::1", "http://example.org:port/", "//"])
def test_what_is_no_url_is_its_own_key(url: str) -> None:
    assert urlkey(url) == url


def test_hosts_carry_a_port_only_where_it_is_not_the_usual_one() -> None:
    assert host_of("http://Example.ORG:80/") == host_of("https://example.org/") == "example.org"
    assert (host_of("http://example.org:8080/"), host_of("http://[::1]:8080/")) == ("example.org:8080", "[::1]:8080")
    assert host_of("http://市政府.example/") == "xn--7st6m03o.example"
