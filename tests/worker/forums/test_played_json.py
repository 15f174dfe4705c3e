"""Topics that are JSON, played: what moves in it by itself makes no version, each deed exactly its own change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.worker.forums.golden import PAGES
from tests.worker.forums.playing import Memory

Json = dict[str, Any]
_OPENING = '<script id="flarum-json-payload" type="application/json">'


class Flarum:
    """A discussion: the JSON in its page. Post 204 is edited, 207 and its event 202 come and go."""

    media_type, name, edited, gone = "text/html", "flarum/discussion", "204", "207"

    def __init__(self) -> None:
        page = (PAGES / f"{self.name}.html").read_text(encoding="utf-8")
        self.head, _, rest = page.partition(_OPENING)
        self.said: Json = json.loads(rest.partition("</script>")[0])

    def page(self) -> str:
        return f"{self.head}{_OPENING}{json.dumps(self.said)}</script></body></html>"

    def post(self, number: str) -> Json:
        item: Json = next(i for i in self.said["apiDocument"]["included"] if (i["type"], i["id"]) == ("posts", number))
        return item

    def moves(self) -> None:
        """Tokens, likes, mentions, avatars, an event, another release of the scripts."""
        self.head = self.head.replace("?v=1a2b", "?v=9f9f")
        self.said["session"]["csrfToken"] = "zzzz"
        self.said["apiDocument"]["data"]["attributes"] |= {"participantCount": 9, "lastReadPostNumber": 3}
        for item in self.said["apiDocument"]["included"]:
            item["attributes"] |= (
                {"likesCount": 4, "mentionedByCount": 2} if item["type"] == "posts" else {"avatarUrl": "/a.png?1"}
            )
        self.said["apiDocument"]["included"].reverse()

    def edits(self) -> None:
        said = self.post(self.edited)["attributes"]
        said["contentHtml"] = said["contentHtml"].replace("past the mill", "past the weir")
        said["editedAt"] = "2026-11-20T12:00:00+00:00"

    def removes(self) -> None:
        document = self.said["apiDocument"]
        document["included"].remove(self.post(self.gone))
        posts = document["data"]["relationships"]["posts"]
        posts["data"] = [post for post in posts["data"] if post["id"] != self.gone]


class Discourse:
    """A topic's own JSON. Post 903 is edited and taken down."""

    media_type, name, edited, gone = "application/json", "discourse/topic", "903", "903"

    def __init__(self) -> None:
        self.said: Json = json.loads((PAGES / f"{self.name}.json").read_text(encoding="utf-8"))

    def page(self) -> str:
        return json.dumps(self.said)

    def post(self, number: str) -> Json:
        post: Json = next(post for post in self.said["post_stream"]["posts"] if str(post["id"]) == number)
        return post

    def moves(self) -> None:
        """Views, reads, scores, titles of users, suggested topics."""
        self.said |= {"views": 77, "like_count": 3, "timeline_lookup": [[1, 30]], "suggested_topics": [{"id": 4}]}
        for post in self.said["post_stream"]["posts"]:
            post |= {"reads": 12, "score": 2.4, "trust_level": 2, "avatar_template": "/b/{size}.png", "quote_count": 1}

    def edits(self) -> None:
        post = self.post(self.edited)
        post["cooked"] = post["cooked"].replace("Fog on the bar", "Snow on the bar")
        post |= {"version": 2, "updated_at": "2026-10-05T08:00:00.000Z"}

    def removes(self) -> None:
        stream = self.said["post_stream"]
        stream["posts"].remove(self.post(self.gone))
        stream["stream"].remove(int(self.gone))


@pytest.mark.parametrize("engine", [Flarum, Discourse])
def test_what_moves_by_itself_is_no_version(engine: Callable[[], Flarum | Discourse]) -> None:
    topic = engine()
    memory = Memory(topic.name, topic.media_type)
    assert memory.take(topic.page())
    topic.moves()
    assert memory.take(topic.page()) == []


@pytest.mark.parametrize("engine", [Flarum, Discourse])
def test_each_deed_is_found_in_the_right_post_and_nowhere_else(engine: Callable[[], Flarum | Discourse]) -> None:
    topic, later = engine(), engine()
    memory = Memory(topic.name, topic.media_type)
    later.removes()
    assert memory.take(later.page())
    assert memory.take(topic.page()) == [("new", topic.gone)]
    topic.moves()
    topic.edits()
    assert memory.take(topic.page()) == [("changed", topic.edited)]
    topic.removes()
    assert memory.take(topic.page()) == [("gone", topic.gone)]
