"""How an answer is made smaller for the line: by what the browser takes, never what is small or packed already."""

import zlib
from enum import StrEnum

import brotli
from flask import Flask, Response, request

from shop.web.kept import BOX

PACKED = frozenset(
    {
        "text/html", "text/plain", "text/css", "text/javascript", "application/javascript", "application/json",
        "application/ld+json", "application/manifest+json", "application/xml", "application/problem+json",
        "text/xml", "image/svg+xml", "text/csv",
    }
)  # fmt: skip
"""Kinds of answers that are texts; photos and office files are packed in themselves."""
LEAST = 512
"""Bytes; below, a packed answer does not fit into fewer packets."""
BROTLI, GZIP = 4, 5
"""How hard each tries."""
GZIP_FRAME = 31
"""What tells zlib to write gzip."""


class Encoding(StrEnum):
    """What a body may travel in, the best first, by the names of the protocol."""

    BROTLI = "br"
    GZIP = "gzip"
    PLAIN = "identity"


def encoding_of(accept: str) -> Encoding:
    """Return the best encoding that a browser says it takes; what it says without sense counts as nothing."""
    taken: dict[str, bool] = {}
    for part in accept.lower().split(","):
        name, _, weight = part.partition(";")
        taken[name.strip()] = not _is_refused(weight)
    for encoding in (Encoding.BROTLI, Encoding.GZIP):
        if taken.get(encoding.value, False):
            return encoding
    return Encoding.PLAIN


def _is_refused(weight: str) -> bool:
    name, _, value = weight.strip().partition("=")
    return name.strip() == "q" and value.strip().rstrip("0") in ("", "0.", ".")


def pack(body: bytes, encoding: Encoding) -> bytes:
    """Return a body as it travels."""
    if encoding is Encoding.BROTLI:
        packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI)
        return packed
    if encoding is Encoding.GZIP:
        packer = zlib.compressobj(GZIP, zlib.DEFLATED, GZIP_FRAME)
        return packer.compress(body) + packer.flush()
    return body


def is_text(response: Response) -> bool:
    """Tell whether an answer is a text in one piece that nobody has packed yet."""
    is_whole = not response.is_streamed and not response.direct_passthrough
    return is_whole and response.mimetype in PACKED and "Content-Encoding" not in response.headers


def init_packing(app: Flask) -> None:
    """Pack what goes out. Called before others look at answers: who is told first is asked last."""

    @app.after_request
    def travel_light(response: Response) -> Response:
        if not is_text(response):
            return response
        response.vary.add("Accept-Encoding")
        if "body" in request.environ.get(BOX, ()):  # it is kept plain, and packed by who keeps it
            return response
        encoding = encoding_of(request.headers.get("Accept-Encoding", ""))
        body = response.get_data()
        if encoding is Encoding.PLAIN or len(body) < LEAST or response.status_code == 206:
            return response
        response.set_data(pack(body, encoding))
        response.headers["Content-Encoding"] = encoding.value
        tag, is_weak = response.get_etag()
        if tag is not None and not is_weak:  # the same page in other bytes
            response.set_etag(tag, weak=True)
        return response
