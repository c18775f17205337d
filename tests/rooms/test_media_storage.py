"""One contract for every place where files are kept."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import boto3  # type: ignore[import-untyped]
import pytest
from flask import Flask
from moto.server import ThreadedMotoServer
from PIL import Image

from shop.media.rules import TYPES, BadPhoto, file_name, shown_files
from shop.media.services import make_renditions, receive
from shop.media.storage import Store, open_store
from shop.web.house import EXTENSION
from tests.support.odd_pictures import saved, scene
from tests.world import World
from tests.world.market import HOUSE

BUCKET = "town-photos"


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "file":
        return open_store((tmp_path / "the media 照片").as_uri())
    for name, value in (
        ("AWS_ENDPOINT_URL", request.getfixturevalue("s3_endpoint")),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "cn-north-1"),
        ("AWS_DEFAULT_REGION", "cn-north-1"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    return open_store(f"s3://{BUCKET}/{tmp_path.name}/pictures")


def test_a_file_is_kept_read_replaced_and_removed(store: Store) -> None:
    assert store.get("ab/cd/1920.jpg") is None
    assert not store.exists("ab/cd/1920.jpg")
    store.put("ab/cd/1920.jpg", b"one", "image/jpeg")
    store.put("ab/cd/640.webp", b"", "image/webp")
    store.put("ab/cd/1920.jpg", b"two" * 1_000_000, "image/jpeg")
    assert store.get("ab/cd/1920.jpg") == b"two" * 1_000_000
    assert store.get("ab/cd/640.webp") == b""
    assert store.exists("ab/cd/1920.jpg")
    store.delete("ab/cd/1920.jpg")
    store.delete("ab/cd/1920.jpg")
    assert store.get("ab/cd/1920.jpg") is None
    assert store.exists("ab/cd/640.webp")


def test_a_folder_tells_what_it_holds_and_since_when(store: Store) -> None:
    for name in ("ab/cd/1920.jpg", "ab/640.jpg", "abc/1920.jpg", "private/ab/cd.jpg"):
        store.put(name, b"x", "image/jpeg")
    found = dict(store.names("ab"))
    assert sorted(found) == ["ab/640.jpg", "ab/cd/1920.jpg"]
    assert all(abs((datetime.now(UTC) - at).total_seconds()) < 60 for at in found.values())
    assert [name for name, _at in store.names("private/ab")] == ["private/ab/cd.jpg"]
    assert list(store.names("ff")) == []


@pytest.mark.parametrize(
    "name", ["", "../secret", "/etc/passwd", "a/../../b", "a//b", "a/.hidden", "a\0b", "a\n", "照.jpg"]
)
def test_no_name_leads_outside(store: Store, name: str) -> None:
    for act in (store.get, store.exists, store.delete):
        with pytest.raises(ValueError, match="not a name"):
            act(name)
    with pytest.raises(ValueError, match="not a name"):
        store.put(name, b"x", "image/jpeg")


def test_a_folder_is_its_owners_alone_and_holds_nothing_half_written(tmp_path: Path) -> None:
    root = tmp_path / "media"
    store = open_store(root.as_uri())
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    store.put("ab/x.jpg", b"x", "image/jpeg")
    assert [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()] == ["ab/x.jpg"]


def test_a_photo_in_a_bucket_has_every_file_with_its_type(
    world: World, app: Flask, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3")
    client.create_bucket(Bucket="typed")
    store = open_store("s3://typed/town")
    with pytest.raises(BadPhoto):
        receive(world.edge.transaction, store, b"no photo", actor=HOUSE, clock=world.clock)
    assert client.list_objects_v2(Bucket="typed")["KeyCount"] == 0
    raw = saved(scene((1600, 1200)), "HEIF")
    photo = receive(world.edge.transaction, store, raw, actor=HOUSE, clock=world.clock)
    make_renditions(world.edge, store, photo.key, clock=world.clock)
    kept = [found["Key"] for found in client.list_objects_v2(Bucket="typed")["Contents"]]
    wanted = [file_name(photo.key, width, ending) for width, ending in shown_files(photo.width)]
    assert sorted(kept) == sorted(f"town/{name}" for name in wanted)
    for name in kept:
        assert client.head_object(Bucket="typed", Key=name)["ContentType"] == TYPES[name.rpartition(".")[2]]
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], store=store)
    response = app.test_client().get(f"/media/{photo.key}/640.webp")
    assert (response.status_code, response.content_type) == (200, "image/webp")
    assert Image.open(BytesIO(response.data)).size == (640, 480)


@pytest.mark.parametrize("url", ["", "http://example.com/x", "s3://", "/var/media", "ftp://x/y"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="media address"):
        open_store(url)
