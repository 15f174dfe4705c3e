"""Who is answered, and what every answer says about itself."""

from __future__ import annotations

import pytest

from archive.web.guard import COOKIE, POLICY, session
from archive.web.settings import WebSettings, address, refusal
from tests.web.visitor import visitor

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize("path", ["/", "/changes", "/no/such/page", "/static/muniment.css", "/documents/nothing"])
def test_every_answer_forbids_scripts_frames_and_other_hosts(sqlite_url: str, path: str) -> None:
    answer = visitor(sqlite_url)(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert "script-src" not in POLICY and "unsafe" not in POLICY and "default-src 'none'" in POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8020", "localhost:8020", "[::1]:8020", "10.1.2.3", "papers.example.org"])
def test_our_own_names_are_answered(sqlite_url: str, host: str) -> None:
    assert visitor(sqlite_url, hosts=("papers.example.org",))("/changes", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8020", "", "a@b"])
def test_a_page_elsewhere_cannot_rebind_its_name_to_us(sqlite_url: str, host: str) -> None:
    answer = visitor(sqlite_url)("/changes", headers={"Host": host})
    assert (answer.status_code, "web.hosts" in answer.text) == (421, True)
    assert visitor(sqlite_url)("/api/x", headers={"Host": host}).headers["content-type"] == "application/problem+json"


def test_without_the_token_a_person_is_asked_and_a_tool_is_told(sqlite_url: str) -> None:
    visit = visitor(sqlite_url, token=TOKEN)
    asked = visit("/changes?kind=gone")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=%2Fchanges%3Fkind%3Dgone")
    told = visit("/api/v1/changes")
    assert (told.status_code, told.headers["www-authenticate"], told.json()["status"]) == (401, "Bearer", 401)
    for tool in ("/feeds/changes.atom", "/timemap/link/http://example.org/", "/metrics"):
        assert visit(tool).status_code == 401, tool
        assert visit(tool, headers={"Accept": "text/html,*/*;q=0.8"}).status_code == 303, tool
    assert visit("/changes", headers={"Authorization": "Bearer another-token-of-tests"}).status_code == 303
    assert visit("/changes", headers={"Cookie": "muniment=" + TOKEN}).status_code == 303
    assert visit("/changes", headers=BEARER).status_code == 200
    assert visit("/static/muniment.css").status_code == 200


def test_the_form_leaves_a_cookie_that_only_this_site_gets(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.web.login.PAUSE", 0)
    visit = visitor(sqlite_url, token=TOKEN)
    assert 'name="token"' in visit("/login?next=/search").text
    wrong = visit("/login", "POST", data={"token": "guessed", "next": "/search"})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
    entered = visit("/login", "POST", data={"token": TOKEN, "next": "/search?q=a"})
    cookie = entered.headers["set-cookie"]
    assert (entered.status_code, entered.headers["location"]) == (303, "/search?q=a")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert visit("/changes", headers={"Cookie": f"muniment={session(TOKEN)}"}).status_code == 200


def test_the_cookie_is_found_among_odd_ones_of_other_ports(sqlite_url: str) -> None:
    visit = visitor(sqlite_url, token=TOKEN)
    own = f"{COOKIE}={session(TOKEN)}"
    for cookies in (f'state={{"a": 1}}; {own}', f"odd; =; a b=c; {own}", f"{own}; x=[1,2]"):
        assert visit("/login-is-not-asked", headers={"Cookie": cookies}).status_code == 404, cookies
    assert visit("/changes", headers={"Cookie": f"{COOKIE}=; x=1"}).status_code == 303


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "data:x", "/a\r\nb"])
def test_the_form_leads_nowhere_else(sqlite_url: str, wanted: str) -> None:
    entered = visitor(sqlite_url, token=TOKEN)("/login", "POST", data={"token": TOKEN, "next": wanted})
    assert entered.headers["location"] == "/changes"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_a_form_of_another_site_is_refused(sqlite_url: str, headers: dict[str, str]) -> None:
    answer = visitor(sqlite_url, token=TOKEN)("/login", "POST", data={"token": TOKEN}, headers=headers)
    assert answer.status_code == 403


def test_behind_a_named_proxy_nobody_else_is_answered(sqlite_url: str) -> None:
    assert visitor(sqlite_url, proxy=("10.0.0.2",), client="10.0.0.2")("/changes").status_code == 200
    assert visitor(sqlite_url, proxy=("10.0.0.2",), client="10.0.0.3")("/changes").status_code == 403


def test_links_are_https_where_the_named_proxy_says_so_and_nobody_else(sqlite_url: str) -> None:
    told = {"X-Forwarded-Proto": "https"}
    behind, open_to_all = visitor(sqlite_url, proxy=("10.0.0.2",), client="10.0.0.2"), visitor(sqlite_url)
    assert 'href="https://127.0.0.1:8020/feeds' in behind("/feeds/changes.atom", headers=told).text
    assert 'href="http://127.0.0.1:8020/feeds' in behind("/feeds/changes.atom").text
    odd = behind("/feeds/changes.atom", headers={"X-Forwarded-Proto": "javascript"}).text
    assert 'href="http://127.0.0.1:8020/feeds' in odd
    assert 'href="http://127.0.0.1:8020/feeds' in open_to_all("/feeds/changes.atom", headers=told).text


def test_an_address_that_strangers_reach_wants_a_token_or_a_proxy() -> None:
    assert "web.token" in (refusal(WebSettings("0.0.0.0:8020")) or "")
    assert refusal(WebSettings("papers.example.org:80")) is not None
    assert refusal(WebSettings("0.0.0.0:1", token=TOKEN)) is None
    assert refusal(WebSettings("[::]:1", proxy=("10.0.0.2",))) is None
    assert refusal(WebSettings("[::1]:1")) is None


def test_addresses_are_read_as_people_write_them() -> None:
    assert address("127.0.0.1:80") == ("127.0.0.1", 80)
    assert address("[::1]:8020") == ("::1", 8020)
    assert address(":8020") == ("0.0.0.0", 8020)
    assert address("8020") == ("127.0.0.1", 8020)
    for wrong in ("localhost", "127.0.0.1:http", "::1:8020", "127.0.0.1:99999"):
        with pytest.raises(ValueError, match=r"write|bracket"):
            address(wrong)
