"""A small town on the network: a real HTTP server on loopback whose pages a test changes in sentences.

town.says("/notice/1", notice("Water", "The pipes are new."))
town.removes("/notice/1")
town.answers("/notice/1", 503)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Town:
    """Pages by path; unknown paths answer 404."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        """(path, request headers) of every request but those for robots.txt"""

    def says(self, path: str, body: str | bytes, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else body.encode()
        kind = {"Content-Type": "text/html; charset=utf-8"}
        self.pages[path] = Answer(raw, 200, kind | {name.replace("_", "-"): value for name, value in headers.items()})

    def answers(self, path: str, status: int, body: str = "", **headers: str) -> None:
        self.pages[path] = Answer(
            body.encode(), status, {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def removes(self, path: str) -> None:
        self.pages.pop(path, None)

    def visits(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


@contextmanager
def standing() -> Iterator[Town]:
    """A town that answers until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != "/robots.txt":
                town.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = town.pages.get(self.path, Answer(b"<h1>404 Not Found</h1>", 404, {"Content-Type": "text/html"}))
            tag = answer.headers.get("ETag")
            unchanged = tag is not None and self.headers.get("If-None-Match") == tag
            self.send_response(304 if unchanged else answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not unchanged:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    town = Town(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield town
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- pages in the town's own words
# -------------------------------------------------------------------------------------


def notice(title: str, *paragraphs: str, number: str = "", token: str = "a1") -> str:
    """A county notice with its chrome; `token` is chrome that changes at every request."""
    label = f"<table class='xxgk'><tr><td>发文字号：</td><td>{number}</td></tr></table>" if number else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>{title}-县人民政府</title><meta name='ArticleTitle' content='{title}'></head><body>"
        f"<div class='nav'><a href='/'>首页</a><a href='/list'>政务公开</a></div>{label}<h1>{title}</h1>"
        f"<div class='article-content' id='zoom'>{body}</div>"
        f"<div class='footer'>版权所有 <script>var t='{token}'</script></div></body></html>"
    )


def listing(*items: tuple[str, str], title: str = "通知公告") -> str:
    """A list of notices: (path, title)."""
    rows = "".join(
        f"<li><a href='{path}' title='{name}'>{name}</a><span>2026-01-0{n % 9 + 1}</span></li>"
        for n, (path, name) in enumerate(items)
    )
    return (
        f"<html><head><title>{title}-县人民政府</title></head><body><div class='nav'><a href='/'>首页</a></div>"
        f"<h2>{title}</h2><ul class='list'>{rows}</ul></body></html>"
    )


def post(pid: int, floor: str, author: str, when: str, text: str) -> str:
    """One post in the shape of Discuz! X3."""
    return (
        f'<div id="post_{pid}"><table id="pid{pid}" class="plhin" summary="pid{pid}"><tr><td class="pls">'
        '<div class="pi">'
        f'<div class="authi"><a href="space-uid-{pid}.html" class="xw1">{author}</a></div></div></td><td class="plc">'
        f'<div class="pi"><strong><a href="#" id="postnum{pid}">{floor}</a></strong><div class="pti">'
        '<div class="authi">'
        f'<em id="authorposton{pid}">发表于 {when}</em></div></div></div><div class="pct"><div class="pcb">'
        '<div class="t_fsz">'
        f'<table><tr><td class="t_f" id="postmessage_{pid}">{text}</td></tr></table></div></div></div></td></tr>'
        "</table></div>"
    )


def thread(
    tid: int, title: str, *posts: str, page: int = 1, pages: int = 1, fid: int = 2, formhash: str = "ab12"
) -> str:
    """A Discuz! X3 thread page with the chrome that changes at every request."""
    pager = ""
    if pages > 1:
        numbers = "".join(
            f"<strong>{n}</strong>" if n == page else f'<a href="thread-{tid}-{n}-1.html">{n}</a>'
            for n in range(1, pages + 1)
        )
        label = f'<label><span title="共 {pages} 页"> / {pages} 页</span></label>'
        pager = f'<div class="pgs mbm cl"><div class="pg">{numbers}{label}</div></div>'
    return (
        f"<html><head><title>{title} - 镇区 - 论坛 - Powered by Discuz!</title>"
        '<meta name="generator" content="Discuz! X3.4" />'
        f'</head><body id="nv_forum" class="pg_viewthread"><input type="hidden" name="formhash" value="{formhash}" />'
        f"<script>var fid = parseInt('{fid}'), tid = parseInt('{tid}');</script>"
        '<div id="pt" class="bm cl"><div class="z"><a href="./" class="nvhm">论坛</a><em>&rsaquo;</em>'
        f'<a href="forum-{fid}-1.html">镇区</a>'
        f'<em>&rsaquo;</em><a href="thread-{tid}-1-1.html">{title}</a></div></div>'
        f'<div id="ct">{pager}<div id="postlist" class="pl bm">'
        f'<h1 class="ts"><span id="thread_subject">{title}</span></h1>{"".join(posts)}</div></div>'
        f'<div id="ft">GMT+8, 2026-1-5 10:00, Processed in 0.0{len(formhash)}1 second(s)</div></body></html>'
    )


def board(fid: int, *topics: tuple[int, str, int], online: int = 7) -> str:
    """A Discuz! X3 board: (tid, title, replies)."""
    rows = "".join(
        f'<tbody id="normalthread_{tid}"><tr><td class="icn"></td><th class="common">'
        f'<a href="thread-{tid}-1-1.html" class="s xst">{title}</a></th>'
        '<td class="by"><cite><a href="space-uid-1.html">某人</a></cite><em><span>2026-1-4</span></em></td>'
        f'<td class="num"><a href="thread-{tid}-1-1.html" class="xi2">{replies}</a><em>{online}</em></td>'
        '<td class="by"><cite><a href="space-username-x.html">某人</a></cite><em>'
        f'<a href="forum.php?mod=redirect&amp;tid={tid}&amp;goto=lastpost">2026-1-4 1{replies % 10}:00</a></em>'
        "</td></tr></tbody>"
        for tid, title, replies in topics
    )
    return (
        "<html><head><title>镇区 - 论坛 - Powered by Discuz!</title>"
        '<meta name="generator" content="Discuz! X3.4" /></head>'
        '<body id="nv_forum" class="pg_forumdisplay"><div id="pt" class="bm cl"><div class="z">'
        f'<a href="./" class="nvhm">论坛</a><em>&rsaquo;</em><a href="forum-{fid}-1.html">镇区</a></div></div>'
        f'<div id="ct"><div id="threadlist" class="tl bm"><table id="threadlisttableid">{rows}</table></div></div>'
        f'<div id="online">在线会员 {online} 人</div><div id="ft">GMT+8, 2026-1-5 10:00</div></body></html>'
    )
