"""A small site for looking at pages: rendered without Django, served with the product's strict policy."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import kohti.design

DESIGN = Path(kohti.design.__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}


@pytest.fixture(scope="session")
def templates() -> Environment:
    env = Environment(
        loader=FileSystemLoader(DESIGN / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(static=lambda path: f"/static/{path}", url=lambda name, *args: f"/{name}/")
    return env


@pytest.fixture
def context() -> dict[str, Any]:
    """What every page is given."""
    titles = ["Today", "Arrivals", "Queue", "Diary", "People", "Figures", "Set-up"]
    return {
        "request": None,
        "actor": SimpleNamespace(
            full_name="Marie Gray",
            role_title="Host",
            centre_name="Cheltenham",
            service_name="Gloucestershire jobcentres",
            key="a1",
        ),
        "menu": [SimpleNamespace(title=title, href="#", current=title == "Arrivals") for title in titles],
        "language": "en",
        "languages": [("en", "English"), ("fi", "suomi")],
        "look": SimpleNamespace(
            code="gloucestershire",
            name="Gloucestershire jobcentres",
            first="Gloucestershire jobcentres",
            second="",
            css="",
            logo="",
        ),
        "sample": True,
        "clock_text": "11 March 2026, 10:42",
        "csrf_token": "token",
        "notices": [SimpleNamespace(kind="success", text="Welcome back.")],
    }


class Site:
    """Pages by address, each a text or a function that makes one; streams that the test feeds and cuts."""

    def __init__(self) -> None:
        self.pages: dict[str, str | Callable[[], str]] = {}
        self.answers: dict[str, tuple[int, str]] = {}
        self.streams: list[queue.Queue[bytes | None]] = []
        self.refusing = False
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                pass

            def answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", POLICY)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                # A page that is closed early leaves its last files unread.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(body)

            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if path == "/stream/":
                    self.stream()
                elif path.startswith("/static/"):
                    rooms = (DESIGN, DESIGN.parent / "config")
                    file = next(one for room in rooms if (one := room / path.lstrip("/")).is_file())
                    self.answer(200, KINDS[path.rsplit(".")[-1]], file.read_bytes())
                elif path in site.pages:
                    page = site.pages[path]
                    text = page if isinstance(page, str) else page()
                    self.answer(200, "text/html; charset=utf-8", text.encode())
                else:
                    self.answer(404, "text/plain", b"")

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, text = site.answers[self.path]
                self.answer(status, "text/html; charset=utf-8", text.encode())

            def stream(self) -> None:
                if site.refusing:
                    self.answer(503, "text/plain", b"")
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.flush()
                events: queue.Queue[bytes | None] = queue.Queue()
                site.streams.append(events)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    while (event := events.get()) is not None:
                        self.wfile.write(event)
                        self.wfile.flush()
                with contextlib.suppress(ValueError):
                    site.streams.remove(events)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def send(self, event: str, data: str = "") -> None:
        lines = "".join(f"data: {line}\n" for line in data.split("\n"))
        for stream in list(self.streams):
            stream.put(f"event: {event}\n{lines}\n".encode())

    def cut(self) -> None:
        for stream in list(self.streams):
            stream.put(None)

    def close(self) -> None:
        self.cut()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()
