"""Photos over HTTP."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from shop.media.queries import PhotoFacts
from shop.media.rules import file_name
from shop.media.services import make_renditions, receive
from shop.media.views import FOR_EVER, FOR_NOW
from tests.world import World
from tests.world.market import HOUSE


@pytest.fixture
def photo(world: World) -> PhotoFacts:
    out = BytesIO()
    Image.linear_gradient("L").resize((1600, 1200)).convert("RGB").save(out, "JPEG")
    store = world.house.store
    made = receive(world.edge.transaction, store, out.getvalue(), actor=HOUSE, clock=world.clock)
    make_renditions(world.edge, store, made.key, clock=world.clock)
    return made


@pytest.mark.parametrize(
    ("name", "kind", "width"),
    [
        ("320.webp", "image/webp", 320),
        ("640.avif", "image/avif", 640),
        ("1280.jpg", "image/jpeg", 1280),
        ("1920.jpg", "image/jpeg", 1600),
    ],
)
def test_a_file_is_served_to_be_kept_for_ever(app: Flask, photo: PhotoFacts, name: str, kind: str, width: int) -> None:
    client = app.test_client()
    response = client.get(f"/media/{photo.key}/{name}")
    assert (response.status_code, response.content_type) == (200, kind)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    assert Image.open(BytesIO(response.data)).width == width
    again = client.get(f"/media/{photo.key}/{name}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(f"/media/{photo.key}/{name}")
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(response.data)


def test_a_size_that_is_not_there_is_stood_in_for_but_not_kept(app: Flask, world: World, photo: PhotoFacts) -> None:
    client, store = app.test_client(), world.house.store
    whole = store.get(file_name(photo.key, 1920, "jpg"))
    for name in ((640, "webp"), (320, "jpg")):
        store.delete(file_name(photo.key, *name))
        response = client.get(f"/media/{photo.key}/{name[0]}.{name[1]}")
        assert (response.status_code, response.content_type, response.data) == (200, "image/jpeg", whole)
        assert response.headers["Cache-Control"] == "public, no-cache"
    store.put(file_name(photo.key, 320, "jpg"), b"made", "image/jpeg")
    tag = {"If-None-Match": response.headers["ETag"]}
    again = client.get(f"/media/{photo.key}/320.jpg", headers=tag)
    assert (again.status_code, again.data) == (200, b"made")
    assert "immutable" in again.headers["Cache-Control"]


def test_a_photo_from_before_avif_is_sent_as_webp_of_the_same_width(
    app: Flask, world: World, photo: PhotoFacts
) -> None:
    client, store = app.test_client(), world.house.store
    response = client.get(f"/media/{photo.key}/320.avif")
    assert (response.content_type, response.headers["Cache-Control"]) == ("image/avif", FOR_EVER)
    store.delete(file_name(photo.key, 320, "avif"))
    response = client.get(f"/media/{photo.key}/320.avif")
    assert (response.content_type, response.headers["Cache-Control"]) == ("image/webp", FOR_NOW)
    assert response.data == store.get(file_name(photo.key, 320, "webp"))


def test_what_is_no_photo_is_not_there(app: Flask, photo: PhotoFacts) -> None:
    client, key = app.test_client(), photo.key
    for path in (
        f"{key}/321.jpg",
        f"{key}/320.png",
        f"{key}/320.jpg.exe",
        f"{key}/-1.jpg",
        f"{key}/0320.jpg/",
        f"{'0' * 64}/320.jpg",
        f"{key.upper()}/320.jpg",
        f"{key[:-1]}/320.jpg",
        f"..%2F..%2F{key}/320.jpg",
        f"%2e%2e/{key}/320.jpg",
        f"{key}%00/320.jpg",
        "../shop.db",
        "..%2fshop.db",
    ):
        response = client.get(f"/media/{path}")
        assert response.status_code == 404, path
        assert "immutable" not in response.headers.get("Cache-Control", "")
