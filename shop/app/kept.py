"""Pages that are the same for everybody are made once and shown until they would be others. See decisions 0044, 0050.

This stands in front of Flask. A page is kept with what was true before it was made (the database's pulse, the minute,
the search index's newest commit) and with what it asked of the database. It is shown again while all of that is still
so; has only the pulse moved, while the database answers all of it as before. Nothing stale is ever shown.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from shop.app.asked import Asked, Asking, noting
from shop.app.pulse import Pulse
from shop.app.readers import Reader, Readers
from shop.kernel.clock import Clock
from shop.search.generations import commit_mark
from shop.settings import Settings
from shop.web.kept import BOX, HOLE
from shop.web.packing import LEAST, Encoding, encoding_of, pack
from shop.web.somebody import SOMEBODY
from shop.web.tokens import masked

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]
Key = tuple[str, ...]
Headers = list[tuple[str, str]]

MOST_BYTES = 32 * 1024 * 1024
"""Of one process, everything counted."""
LARGEST = 512 * 1024
OVERHEAD = 2048
LONGEST_ADDRESS = 400
APART = ("/static/", "/media/", "/staff", "/vendor", "/driver", "/api/", "/hooks/", "/me", "/orders", "/checkout")
"""Addresses where nothing is kept: asked nothing, answered at once."""
MADE_ANEW = frozenset({"set-cookie", "content-length", "content-encoding", "etag", "date"})


@dataclass(frozen=True)
class Truth:
    """What is so when a page is asked for.

    Attributes:
        beat: the database's pulse.
        minute: since 1970.
        mark: of the search index's newest commit, for a page made from it.
    """

    beat: object
    minute: int
    mark: str = ""


@dataclass
class Page:
    """A page that is kept.

    Attributes:
        truth: what was so before it was made, or when it was last asked whether it would be the same.
        body: as it was made, with holes where tokens belong.
        asked: of the database while it was made; None for a page that cannot ask it again.
        packed: the same as it travels; empty for a page with holes, which is packed for each reader.
    """

    truth: Truth
    headers: Headers
    body: bytes
    tag: str
    asked: tuple[Asked, ...] | None = None
    packed: dict[Encoding, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes it takes, at most."""
        return OVERHEAD + 2 * len(self.body) + sum(one.size for one in self.asked or ())

    def travelling(self, encoding: Encoding, token: str) -> bytes:
        """Return its body as it travels."""
        if token:
            return pack(self.body.replace(HOLE, token.encode()), encoding)
        if encoding not in self.packed:
            self.packed[encoding] = pack(self.body, encoding)
        return self.packed[encoding]


class Shelf:
    """Keeps pages up to a number of bytes; what was not looked at for longest goes first.

    Args:
        most_bytes: of all of them.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._turn = threading.Lock()
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self.bytes = 0

    def find(self, key: Key) -> Page | None:
        """Return a page that was kept, whether or not it is still true."""
        with self._turn:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def drop(self, key: Key, page: Page) -> None:
        """Let a page go, unless another stands in its place already."""
        with self._turn:
            if self._pages.get(key) is page:
                self.bytes -= self._pages.pop(key).size

    def keep(self, key: Key, page: Page) -> None:
        """Keep a page, and let others go for it."""
        if len(page.body) > LARGEST:
            return
        with self._turn:
            if (old := self._pages.pop(key, None)) is not None:
                self.bytes -= old.size
            self._pages[key] = page
            self.bytes += page.size
            while self.bytes > self._most:
                self.bytes -= self._pages.popitem(last=False)[1].size


class Kept:
    """Shows kept pages, and lets the application make the others.

    Args:
        app: whose session cookies are read.
        inner: what answers otherwise.
        engine: of the application's database.
        clock: the house's.
    """

    def __init__(self, app: Flask, inner: Wsgi, settings: Settings, engine: Engine, clock: Clock) -> None:
        self._inner = inner
        self._index = settings.search_dir
        self._pulse = Pulse(engine)
        self._asking = Asking(engine)
        self._clock = clock
        self.readers = Readers(app, engine, clock)
        self.shelf = Shelf()

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        """Answer a request."""
        if not environ.get("HTTP_COOKIE", "").isascii():
            environ["HTTP_COOKIE"] = _readable(environ["HTTP_COOKIE"])
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        reader = self.readers.of(environ) if method in ("GET", "HEAD") and not path.startswith(APART) else None
        truth = None if reader is None else self._truth(path)
        query = environ.get("QUERY_STRING", "")
        if reader is None or truth is None or len(path) + len(query) > LONGEST_ADDRESS:
            return self._inner(environ, start)
        key = (path, query, reader.language, reader.look, reader.count, reader.who)
        page = self._still_true(key, truth)
        if page is not None:
            return _show(page, reader, environ, start)
        if method == "HEAD":
            return self._inner(environ, start)
        return self._made(key, truth, reader, environ, start)

    def _still_true(self, key: Key, truth: Truth) -> Page | None:
        page = self.shelf.find(key)
        if page is None or page.truth == truth:
            return page
        # The pulse was taken before it is asked again: what is written meanwhile moves it once more.
        is_near = replace(page.truth, beat=truth.beat) == truth and page.asked is not None
        if is_near and self._asking.hears_the_same(page.asked or ()):
            page.truth = truth
            return page
        self.shelf.drop(key, page)
        return None

    def _made(self, key: Key, truth: Truth, reader: Reader, environ: Environ, start: Any) -> Iterable[bytes]:
        box: dict[str, Any] = {}
        environ[BOX] = box
        if reader.somebody is not None:
            environ[SOMEBODY] = reader.somebody
        told: list[Any] = []

        def note(status: str, headers: Headers, exc_info: Any = None) -> Any:
            told[:] = [status, headers]
            if "body" in box and exc_info is None:
                return None
            return start(status, headers, exc_info) if exc_info else start(status, headers)

        with noting() as notes:
            answer = self._inner(environ, note)
        if "body" not in box:
            return answer
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        body: bytes = box["body"]
        headers = [(name, value) for name, value in told[1] if name.lower() not in MADE_ANEW]
        asked = tuple(notes.asked) if notes.is_whole else None
        page = Page(truth, headers, body, hashlib.blake2b(body, digest_size=12).hexdigest(), asked)
        self.shelf.keep(key, page)
        cookies = [(name, value) for name, value in told[1] if name.lower() == "set-cookie"]
        return _show(page, reader, environ, start, cookies)

    def _truth(self, path: str) -> Truth | None:
        beat = self._pulse.beat()
        if beat is None:
            return None
        minute = int(self._clock().timestamp()) // 60
        return Truth(beat, minute, commit_mark(self._index) if path.startswith("/search") else "")


def _readable(cookies: str) -> str:
    """Return cookies without what is no UTF-8: no browser of ours sends it, and reading them would fail on any page."""
    return cookies.encode("latin-1").decode("utf-8", "ignore").encode().decode("latin-1")


def _show(page: Page, reader: Reader, environ: Environ, start: Any, cookies: Headers | None = None) -> Iterable[bytes]:
    encoding = encoding_of(environ.get("HTTP_ACCEPT_ENCODING", ""))
    if len(page.body) < LEAST:
        encoding = Encoding.PLAIN
    headers = [*page.headers, *(cookies or ())]
    if not reader.secret:
        tag = f'"{page.tag}-{encoding.value}"'
        headers.append(("ETag", tag))
        if tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start("304 NOT MODIFIED", [pair for pair in headers if pair[0].lower() != "content-type"])
            return []
    body = page.travelling(encoding, masked(reader.secret) if reader.secret else "")
    if encoding is not Encoding.PLAIN:
        headers.append(("Content-Encoding", encoding.value))
    headers.append(("Content-Length", str(len(body))))
    start("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
