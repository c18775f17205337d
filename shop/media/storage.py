"""Where files are kept: a folder of this machine, or a bucket that several machines share."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, S3Store

NAME = re.compile(r"[0-9a-z]+(?:[/._-][0-9a-z]+)*")
"""A file's name within the store: no empty part, no dots but one before an ending, so nothing leads outside."""


class Store(Protocol):
    """Keeps files by name. Every method raises ValueError for a name that is not of the form `NAME`."""

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """Keep a file, whole or not at all, in place of what had the name; durable when this returns."""

    def get(self, name: str) -> bytes | None:
        """Return a file's bytes, or None when there is none of that name."""

    def delete(self, name: str) -> None:
        """Remove a file; a file that is not there is gone already."""

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""

    def names(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Yield the name of every file in a folder and in those inside it, and when it was written."""


class Bucket:
    """Files in an S3 bucket, or in anything else that speaks its protocol.

    Args:
        objects: the store below.
        has_types: whether it keeps a content type beside each file.
    """

    def __init__(self, objects: S3Store | LocalStore, *, has_types: bool = True) -> None:
        self._objects = objects
        self._has_types = has_types

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """Keep a file; a bucket shows it only when it is whole."""
        attributes = {"Content-Type": content_type} if self._has_types else None
        # One request: parts of an upload that was cut off would stay in the bucket and cost money.
        self._objects.put(_checked(name), content, attributes=attributes, use_multipart=False)

    def get(self, name: str) -> bytes | None:
        """Return a file's bytes, or None."""
        try:
            return bytes(self._objects.get(_checked(name)).bytes())
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        """Remove a file."""
        try:
            self._objects.delete(_checked(name))
        except FileNotFoundError:
            return

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        try:
            self._objects.head(_checked(name))
        except FileNotFoundError:
            return False
        return True

    def names(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Yield what a folder holds."""
        for some in self._objects.list(_checked(folder)):
            yield from ((one["path"], one["last_modified"]) for one in some)


class Folder(Bucket):
    """Files in a folder that only this account may read.

    Args:
        root: made when it is missing.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root
        super().__init__(LocalStore(root), has_types=False)

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """Keep a file: written aside, renamed, and on the disk before a row can speak of it."""
        super().put(name, content, content_type)
        file = Path(name)
        for part in (file, *file.parents):
            with suppress(FileNotFoundError):  # swept away again already: who needs it looks whether it is there
                _sync(self._root / part)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"not a name for a stored file: {name!r}")
    return name


def open_store(media_url: str) -> Store:
    """Open the store behind one setting.

    Args:
        media_url: `file:///folder`, or `s3://bucket/prefix`. For a bucket, keys, region and endpoint come from the
            usual variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`); an
            endpoint that begins with http:// is taken at its word.

    Raises:
        ValueError: the address is of another kind.
    """
    parts = urlsplit(media_url)
    if parts.scheme == "file" and parts.path:
        return Folder(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        endpoint = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
        return Bucket(
            S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                # A page waits for these: better an error in seconds than the library's three minutes of retries.
                client_options={"timeout": timedelta(seconds=20), "allow_http": endpoint.startswith("http://")},
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=15)},
            )
        )
    raise ValueError("a media address begins with file:/// or s3://")
