"""The practice site on a loopback port of its own."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from worker.demo import board, office
from worker.demo.world import World

_TOPIC = re.compile(r"/thread-(\d+)-(\d+)-\d+\.html")
_LIST = re.compile(r"/zwgk/tzgg/(?:index(?:_(\d+))?\.html)?")
_MISSING = "<html><head><title>404 Not Found</title></head><body><h1>404</h1><p>您访问的页面不存在。</p></body></html>"


class Site:
    """Serves a `World` while the `with` block lasts; `url` is where."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self.requests = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version, sys_version = "practice", ""

            def do_GET(self) -> None:
                with site.world.lock:
                    site.requests += 1
                status, body, media_type = answer(site.world, urlsplit(self.path).path)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """A practice site keeps no log."""

        return Handler


def answer(world: World, path: str) -> tuple[int, bytes, str]:
    """Status, body and media type of one page."""
    html = "text/html; charset=utf-8"
    if path == "/robots.txt":
        return 200, b"User-agent: *\nDisallow: /login\n", "text/plain"
    if path == office.WATER_PATH:
        return 200, office.gbk_page(world), "text/html"
    if path in ("/forum.php", "/"):
        return 200, board.front(world).encode(), html
    if path == f"/forum-{board.FID}-1.html":
        return 200, board.board(world).encode(), html
    if match := _TOPIC.fullmatch(path):
        page = board.topic_page(world, int(match[1]), int(match[2]))
        return 200, (page or board.missing(world)).encode(), html
    if match := _LIST.fullmatch(path):
        found = office.notice_list(world, int(match[1] or 0))
    elif path in ("/zwgk/jytabl/", "/zwgk/jytabl/index.html"):
        found = office.reply_list(world)
    else:
        found = office.notice_page(world, path)
    return (200, found.encode(), html) if found is not None else (404, _MISSING.encode(), html)
