"""The JSON API: what it answers is what the archive and its SQL views say, as its own description says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import text

from archive import Archive, open_archive, open_writable
from archive.export.rows import rfc3339
from archive.web.api.endpoints import ENDPOINTS
from archive.web.api.openapi import description
from tests.archive.house import SITE, later
from tests.archive.shelf import Shelf
from tests.web.showcase import filled
from tests.web.tool import BASE, Ask, as_described, every, operation, tool
from tests.web.visitor import Visit, visitor


@pytest.fixture
def showcase(database_url: str) -> str:
    with open_writable(database_url) as writer:
        filled(writer)
    return database_url


@pytest.fixture
def visit(showcase: str) -> Visit:
    return visitor(showcase)


@pytest.fixture
def ask(visit: Visit) -> Ask:
    return tool(visit)


@pytest.fixture
def archive(showcase: str) -> Iterator[Archive]:
    with open_archive(showcase) as opened:
        yield opened


def view(archive: Archive, name: str, order: str, where: str = "1 = 1") -> list[dict[str, object]]:
    """Rows of a view as the API would say them."""
    with archive.connect() as connection:
        rows = connection.execute(text(f"SELECT * FROM {name} WHERE {where} ORDER BY {order}")).mappings().all()
    return [{key: plain(key, value) for key, value in row.items()} for row in rows]


def plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value.astimezone(UTC))
    lists = ("fields", "links", "images", "attachments", "quotes", "code", "hidden", "nature")
    if name in lists and isinstance(value, str):
        return json.loads(value)
    if name == "closed" and value is not None:
        return bool(value)
    return float(value) if name == "score" else value


@pytest.mark.parametrize(
    ("path", "rows", "name", "order"),
    [
        ("/documents?limit=7", "documents", "current_documents", "document_id"),
        ("/topics?limit=1", "topics", "topics", "topic_id"),
        ("/notices?limit=7", "government_notices", "government_notices", "document_id"),
        ("/captures?limit=50", "captures", "capture_log", "capture_id"),
        ("/pages?limit=50", "page_status", "page_status", "page_id"),
        ("/changes?since=0&limit=50", "changes", "change_log", "seq"),
    ],
)
def test_a_list_walked_page_by_page_is_the_view(
    ask: Ask, archive: Archive, path: str, rows: str, name: str, order: str
) -> None:
    def place(row: dict[str, Any]) -> Any:
        return row[order]

    said = sorted(every(ask, path, rows), key=place)
    assert said == sorted(view(archive, name, order), key=place)
    assert said


def test_versions_and_posts_are_the_views(ask: Ask, archive: Archive) -> None:
    document_id = archive.resolve(SITE + "notice")
    said = list(every(ask, f"/documents/{document_id}/versions?limit=1", "versions"))
    assert said == view(archive, "document_versions", "version", f"document_id = '{document_id}'")
    assert [row["version"] for row in said] == [1, 2, 3]
    topic_id = ask("/topics")["topics"][0]["topic_id"]
    posts = list(every(ask, f"/topics/{topic_id}/posts?limit=2", "posts"))
    assert posts == view(archive, "topic_posts", "floor", f"topic_id = '{topic_id}'")
    assert [post["state"] for post in posts] == ["present", "present", "gone"]


def test_posts_stand_as_they_stood(ask: Ask) -> None:
    topic_id = ask("/topics")["topics"][0]["topic_id"]
    then = ask(f"/topics/{topic_id}/posts?at={rfc3339(later(61))}")
    assert [post["state"] for post in then["posts"]] == ["present"] * 3
    assert "已编辑" not in then["posts"][0]["text"]
    assert then["later"] == rfc3339(later(2000))
    assert "已编辑" in ask(f"/topics/{topic_id}/posts")["posts"][0]["text"]


def test_a_document_says_where_each_field_was_read_and_what_it_said_at_a_time(ask: Ask, archive: Archive) -> None:
    document_id = archive.resolve(SITE + "notice")
    whole = ask(f"/documents/{document_id}")
    assert whole["fields"]["document_number"] == "县办发〔2024〕12号"
    assert ask(f"/documents?url={SITE}notice")["documents"][0]["document_id"] == document_id
    assert ask(f"/documents/{document_id}/at?at={rfc3339(later(1600))}")["version"] == 2
    assert ask(f"/documents/{document_id}/at")["version"] == 3
    assert "no version as early" in ask(f"/documents/{document_id}/at?at=2020-01-01", 404)["detail"]
    assert ask(f"/documents/{document_id}/versions/2")["text"] == archive.version(document_id, 2).content.text
    assert len(ask(f"/documents/{document_id}/changes")["changes"]) == 3


def test_a_difference_has_both_texts_in_it(ask: Ask, archive: Archive) -> None:
    document_id = archive.resolve(SITE + "notice")
    said = ask(f"/documents/{document_id}/diff?old=1&new=2")
    old, new = (
        "\n".join("".join(piece["text"] for piece in line["segments"] if piece["kind"] != other)
                  for line in said["text"] if line[side] is not None)
        for side, other in (("old_number", "added"), ("new_number", "removed"))
    )  # fmt: skip
    assert old == archive.version(document_id, 1).content.text
    assert new == archive.version(document_id, 2).content.text
    assert ask(f"/documents/{document_id}/diff")["fields"] == {"validity": [None, "废止"]}
    assert ask(f"/documents/{document_id}/diff?old=3&new=2", 400)["errors"][0]["parameter"] == "old"


def test_who_says_the_same(ask: Ask, archive: Archive) -> None:
    document_id = archive.resolve(SITE + "copy")
    said = ask(f"/documents/{document_id}/same")["same_content"]
    kept = {key: said[0][key] for key in ("document_id", "other_id", "relation", "score", "found_at")}
    assert [kept] == view(archive, "same_content", "other_id", f"document_id = '{document_id}'")


def test_search_finds_what_is_said_and_when_it_was(ask: Ask, archive: Archive) -> None:
    hits = list(every(ask, "/search?q=公告&limit=1", "hits"))
    assert {hit["document_id"] for hit in hits} == {hit.document_id for hit in archive.search("公告").hits}
    assert any(piece["found"] for piece in hits[0]["title"])
    found = ask("/search?q=\"每户八千元\"&versions=1")["hits"]
    assert [(span["first_version"], span["vanished_version"]) for span in found[0]["spans"]] == [(2, 3)]
    assert ask("/search?q=since:nonsense", 400)["errors"][0]["parameter"] == "q"


def test_filters_of_lists(ask: Ask, archive: Archive) -> None:
    sources = {row["source_id"] for row in every(ask, "/documents?source_id=paper", "documents")}
    kinds = {row["kind"] for row in every(ask, "/documents?kind=topic&kind=article&limit=5", "documents")}
    gone = [row["url"] for row in every(ask, "/documents?state=gone&source_id=county-notices", "documents")]
    newest = ask("/documents?order=newest&limit=2")["documents"]
    assert (sources, kinds, gone) == ({"paper"}, {"topic", "article"}, [SITE + "item1"])
    assert newest[0]["first_seen_at"] >= newest[1]["first_seen_at"]
    oldest = [row["document_id"] for row in every(ask, "/documents?limit=9", "documents")]
    assert oldest == [row["document_id"] for row in every(ask, "/documents?limit=9&order=newest", "documents")][::-1]
    topic_id = ask("/topics")["topics"][0]["topic_id"]
    assert len(list(every(ask, f"/documents?parent_id={topic_id}&limit=2", "documents"))) == 3
    issued = list(every(ask, "/notices?issuer=县人民政府办公室&limit=1", "government_notices"))
    assert {row["issuer"] for row in issued} == {"县人民政府办公室"} and len(issued) == 2


def test_filters_of_changes_are_the_same_in_both_directions(ask: Ask) -> None:
    asked = ("kind=changed", "source=paper&source=town-board", "silent=1", "field=text&type=notice", "word=公告",
             "type=post&kind=gone", "until=2024-03-02", "readings=0")  # fmt: skip
    whole = list(every(ask, "/changes?since=0&limit=200", "changes"))
    for question in asked:
        back = list(every(ask, f"/changes?limit=3&{question}", "changes"))
        forth = list(every(ask, f"/changes?limit=3&since=0&{question}", "changes"))
        assert forth == back[::-1], question
        assert all(change in whole for change in forth)
        assert question == "until=2024-03-02" or forth
    silent = list(every(ask, "/changes?silent=1", "changes"))
    assert silent and all(change["nature"]["silent"] for change in silent)


def test_a_capture_leads_to_its_bytes_and_parts_of_them(visit: Visit, ask: Ask, archive: Archive) -> None:
    capture = ask("/captures?url=" + SITE + "notice")["captures"][-1]
    whole = ask(f"/captures/{capture['capture_id']}")
    body = archive.payload(capture["digest"])
    answer = visit(whole["payload"])
    as_described(whole["payload"], answer)
    assert (answer.content, answer.headers["content-type"]) == (body, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["etag"] == f'"{capture["digest"]}"'
    assert visit(f"{BASE}/payloads/{capture['digest']}").content == body
    for asked, part in (("bytes=0-9", body[:10]), ("bytes=-5", body[-5:]), ("bytes=10-", body[10:]),
                        ("bytes=5-99999", body[5:])):  # fmt: skip
        answer = visit(whole["payload"], headers={"range": asked})
        as_described(whole["payload"], answer)
        assert (answer.status_code, answer.content) == (206, part)
        start = len(body) - 5 if asked == "bytes=-5" else int(asked[6:].partition("-")[0])
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{len(body)}"
    outside = visit(whole["payload"], headers={"range": "bytes=99999-"})
    as_described(whole["payload"], outside)
    assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(body)}")
    for ignored in ("bytes=9-3", "lines=1-2", "bytes=0-1,4-5", "bytes=-"):
        assert visit(whole["payload"], headers={"range": ignored}).status_code == 200
    old = {"range": "bytes=0-1", "if-range": '"another"'}
    assert visit(whole["payload"], headers=old).content == body


def test_what_is_not_there_is_said_with_what_is_near(ask: Ask, archive: Archive) -> None:
    document_id = archive.resolve(SITE + "notice")
    missing = {
        f"/documents/{document_id[:6]}": document_id, "/documents/zzz/versions": None, "/sources/pape": "paper",
        f"/documents/{document_id}/versions/9": None, "/captures/x": None, "/captures/99999": None,
        "/captures/99999/payload": None, f"/payloads/{'0' * 64}": None, "/payloads/no": None, "/changes/0": None,
        "/changes/99999999999999999999": None, "/pages/99999": None, f"/topics/{document_id}": None,
        "/topics/zzz/posts": None, "/documents/%00%F0": None, f"/documents/{document_id}/versions/99999999999": None,
    }  # fmt: skip
    for path, near in missing.items():
        said = ask(path, 404)
        assert (said["status"], said["instance"].startswith(BASE)) == (404, True)
        assert near is None or near in said["near"], path
    assert ask("/documents?source_id=pape", 404)["near"] == ["paper"]


def test_every_bad_parameter_is_named_and_what_to_write(ask: Ask) -> None:
    said = ask("/documents?limit=0&kind=novel&lmit=3&cursor=%2B&state=gone&state=gone", 400)
    assert {each["parameter"] for each in said["errors"]} == {"limit", "kind", "lmit", "cursor", "state"}
    assert "did you mean limit?" in said["detail"] and "notice" in said["detail"]
    for path, name in {
        "/changes?since=yesterday": "since", "/changes?until=2024-13-01": "until", "/changes?wait=5": "wait",
        "/changes?since=1&cursor=MQ": "cursor", "/changes?cursor=WzFd": "cursor", "/changes?since=" + "9" * 19: "since",
        "/search": "q", "/search?q=" + "x" * 2000: "q", "/search?q=a&cursor=MQ": "cursor",
        "/search?q=a&cursor=IngreSI": "q", "/changes?silent=perhaps": "silent", "/changes?limit=x": "limit",
        "/documents?cursor=LTE": "cursor", "/documents?cursor=" + "W1tb" * 120: "cursor",
        "/captures?page_id=0": "page_id",
        "/topics/x/posts?cursor=dHJ1ZQ": "cursor", "/changes?word=" + "%22": "word",
    }.items():  # fmt: skip
        assert name in {each["parameter"] for each in ask(path, 400)["errors"]}, path


def test_methods_and_media_types_that_are_not_served(visit: Visit) -> None:
    posted = visit(BASE + "/documents", method="POST")
    assert (posted.status_code, posted.json()["status"]) == (405, 405)
    assert set(posted.headers["allow"].split(", ")) == {"GET", "HEAD"}
    refused = visit(BASE + "/documents", headers={"accept": "text/csv, application/json;q=0"})
    as_described(BASE + "/documents", refused)
    assert (refused.status_code, refused.json()["available"]) == (406, ["application/json"])
    for fine in ("application/*", "*/*;q=0.1, text/html", "application/json"):
        assert visit(BASE + "/documents", headers={"accept": fine}).status_code == 200
    nowhere = visit(BASE + "/documentz").json()
    assert (nowhere["status"], nowhere["near"][0]) == (404, BASE + "/documents")


def test_an_answer_known_is_not_sent_again(visit: Visit, showcase: str) -> None:
    first = visit(BASE + "/documents?limit=200", headers={"accept-encoding": "identity"})
    tag = first.headers["etag"]
    packed = visit(BASE + "/documents?limit=200", headers={"accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", first.json())
    assert packed.headers["etag"] != tag and not tag.startswith("W/")
    for known in (tag, packed.headers["etag"], f'"x", W/{tag}', "*"):
        again = visit(BASE + "/documents?limit=200", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"") and again.headers["etag"]
    head = visit(BASE + "/documents?limit=200", method="HEAD", headers={"accept-encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["content-length"], head.headers["etag"]) == (str(len(first.content)), tag)
    with open_writable(showcase) as writer:
        Shelf(writer, "later").say("another", "Something new.", at=9000)
    changed = visit(BASE + "/documents?limit=200", headers={"if-none-match": tag})
    assert changed.status_code == 200 and changed.headers["etag"] != tag


def test_a_version_says_since_when_it_is(visit: Visit, archive: Archive) -> None:
    path = f"{BASE}/documents/{archive.resolve(SITE + 'notice')}/versions/1"
    assert visit(path).headers["last-modified"] == "Fri, 01 Mar 2024 08:00:00 GMT"
    assert visit(path, headers={"if-modified-since": "Fri, 01 Mar 2024 08:00:00 GMT"}).status_code == 304
    assert visit(path, headers={"if-modified-since": "Fri, 01 Mar 2024 07:00:00 GMT"}).status_code == 200


def test_a_link_header_leads_on(visit: Visit) -> None:
    answer = visit(BASE + "/documents?limit=1")
    assert answer.headers["link"] == f'<{answer.json()["next"]}>; rel="next"'
    assert "link" not in visit(BASE + "/documents?limit=200").headers


def test_sources_incidents_and_the_whole(ask: Ask, archive: Archive, visit: Visit) -> None:
    sources = ask("/sources")["sources"]
    assert [source["source_id"] for source in sources] == [state.source_id for state in archive.sources()]
    assert ask("/sources/paper") == next(source for source in sources if source["source_id"] == "paper")
    assert ask("/incidents")["incidents"] == []
    stats = ask("/stats")
    assert (stats["documents"], stats["last_seq"]) == (len(view(archive, "current_documents", "document_id")),
                                                       archive.last_seq())  # fmt: skip
    assert ask("/daemon")["state"] is None
    index = ask("")
    described = set(description()["paths"])
    assert set(index["addresses"]) == described
    assert visit(index["openapi"]).json() == json.loads(json.dumps(description()))


def test_the_description_is_openapi() -> None:
    errors = [str(error) for error in OpenAPIV31SpecValidator(json.loads(json.dumps(description()))).iter_errors()]
    assert errors == []
    names = [endpoint.name for endpoint in ENDPOINTS]
    assert len(names) == len(set(names)) > 25


def test_an_answer_that_is_not_as_described_is_seen(visit: Visit) -> None:
    answer = visit(BASE + "/sources")
    answer._content = json.dumps({"sources": [{**answer.json()["sources"][0], "pages": "many"}]}).encode()
    with pytest.raises(AssertionError):
        as_described(BASE + "/sources", answer)
    with pytest.raises(LookupError):
        operation(BASE + "/nowhere")


def test_the_reference_for_people_names_every_address(visit: Visit) -> None:
    page = visit(BASE + "/reference")
    assert page.headers["content-type"].startswith("text/html")
    assert all(path in page.text for path in description()["paths"])
    assert visit("/api").headers["location"] == BASE + "/reference"


def test_a_token_is_asked_for(showcase: str) -> None:
    visit = visitor(showcase, token="secret")
    refused = visit(BASE + "/sources")
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert visit(BASE + "/sources", headers={"authorization": "Bearer secret"}).status_code == 200


def test_an_archive_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    answer = visitor(f"sqlite:///{tmp_path / 'none.db'}")(BASE + "/sources")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "`muniment run` or `muniment poll --all` makes one" in answer.json()["detail"]


