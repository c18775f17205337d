"""Answers travel packed: in what the browser takes, never twice, and every one says what it depends on."""

import gzip

import brotli
import pytest
from flask import Flask, Response, send_file
from werkzeug.test import TestResponse

from shop.catalog.models import Listing
from shop.web.packing import Encoding, encoding_of, pack
from tests.support.pages import Pages

WORDS = "竹林土鸡蛋，" * 400


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br", Encoding.BROTLI),
        ("gzip, deflate, br, zstd", Encoding.BROTLI),
        ("BR;Q=0.5 , gzip", Encoding.BROTLI),
        ("gzip, deflate", Encoding.GZIP),
        ("br;q=0, gzip;q=0.2", Encoding.GZIP),
        ("br; q=0.000, gzip;q=0.", Encoding.PLAIN),
        ("identity", Encoding.PLAIN),
        ("*", Encoding.PLAIN),
        ("", Encoding.PLAIN),
        (";;,,=", Encoding.PLAIN),
    ],
)
def test_the_best_that_a_browser_takes_is_chosen(accept: str, encoding: Encoding) -> None:
    assert encoding_of(accept) is encoding


def test_what_was_packed_is_the_same_unpacked() -> None:
    body = WORDS.encode()
    assert brotli.decompress(pack(body, Encoding.BROTLI)) == body
    assert gzip.decompress(pack(body, Encoding.GZIP)) == body
    assert pack(body, Encoding.PLAIN) == body


def _fetch(pages: Pages, path: str, accept: str, **headers: str) -> TestResponse:
    return pages.client.get(path, headers={"Accept-Encoding": accept, **headers})


@pytest.mark.parametrize("path", ["/", "/search?q=蛋", "/api/v1/openapi.json", "/sw.js", "/nothing-here"])
def test_pages_and_answers_to_programs_are_packed(eggs: Listing, pages: Pages, path: str) -> None:
    assert eggs.code
    plain = _fetch(pages, path, "")
    assert "Content-Encoding" not in plain.headers
    for accept, undo in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = _fetch(pages, path, accept)
        assert packed.status_code == plain.status_code
        assert packed.headers["Content-Encoding"] == accept
        assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data)
        assert len(undo(packed.data)) == pytest.approx(len(plain.data), rel=0.05)
        assert "accept-encoding" in {name.lower() for name in packed.vary}
    assert "accept-encoding" in {name.lower() for name in plain.vary}


def test_what_has_not_changed_is_not_sent_again(pages: Pages) -> None:
    first = _fetch(pages, "/sw.js", "br")
    again = _fetch(pages, "/sw.js", "br", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.fixture
def odd_answers(app: Flask, pages: Pages) -> Pages:
    """A house with answers that must be left as they are."""

    @app.get("/odd/packed")
    def packed() -> Response:
        return Response(gzip.compress(WORDS.encode()), content_type="text/html", headers={"Content-Encoding": "gzip"})

    @app.get("/odd/photo")
    def photo() -> Response:
        return Response(WORDS.encode(), content_type="image/webp")

    @app.get("/odd/small")
    def small() -> Response:
        return Response("好", content_type="text/plain")

    @app.get("/odd/file")
    def file() -> Response:
        return send_file(__file__, mimetype="text/plain")

    @app.get("/odd/stream")
    def stream() -> Response:
        return Response((WORDS for _ in range(2)), content_type="text/csv")

    return pages


@pytest.mark.parametrize("path", ["photo", "small", "file", "stream"])
def test_photos_small_answers_files_and_streams_are_left_alone(odd_answers: Pages, path: str) -> None:
    answer = _fetch(odd_answers, f"/odd/{path}", "br, gzip")
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)
    answer.close()


def test_nothing_is_packed_twice(odd_answers: Pages) -> None:
    answer = _fetch(odd_answers, "/odd/packed", "br, gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == WORDS
