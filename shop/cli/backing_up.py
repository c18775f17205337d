"""One file that holds a whole town: database, photos, and the settings that are no secret; made while it runs."""

import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, select

from shop.cli import snapshot
from shop.cli.troubles import Trouble
from shop.media.documents.rules import DocumentKind, document_name, page_name
from shop.media.rules import FULL, file_name, private_name, shown_files
from shop.media.storage import Store
from shop.settings import Settings
from shop.web.house import House

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, PHOTOS = "tables/", "photos/"
SECRET = frozenset({"secret_key", "vault_keys"})
CREDENTIALS = re.compile(r"(?<=//)[^/@]*@")


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        format: of the file, not of the database.
        revision: the database's migration.
        made_at: ISO 8601, UTC.
        tables: table -> rows.
        photos: how many files of photos it holds.
        missing: how many files the database knows but the store did not have.
        settings: those in force, without secrets, for whoever sets up the next machine.
    """

    format: int
    revision: str
    made_at: str
    database: str
    tables: dict[str, int]
    photos: int
    missing: int
    settings: dict[str, str]


def plain_settings(settings: Settings) -> dict[str, str]:
    """Return the settings that may be written down: no key, and no address with what stands before its @."""
    told: dict[str, str] = {}
    for name, value in asdict(settings).items():
        if name in SECRET or value is None:
            continue
        shown = str(value)
        if name.endswith("_url"):
            shown = CREDENTIALS.sub("", shown).partition("?")[0]
        told[name] = shown
    return told


def write(target: Path, house: House) -> Manifest:
    """Write a backup; the shop may go on selling meanwhile.

    The file appears under its name only when it is whole, readable by its owner alone: it holds people's addresses.

    Args:
        target: a file that does not exist yet.
        house: its database may stand at any migration.

    Raises:
        Trouble: the file exists, or there is nothing to back up.
    """
    if target.exists():
        raise Trouble(f"{target} exists already: choose another name, a backup never overwrites one.")
    part = target.with_name(target.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write_all(archive, house)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write_all(archive: zipfile.ZipFile, house: House) -> Manifest:
    with snapshot.frozen(house.edge.engine) as connection:
        revision = snapshot.revision_of(connection)
        if revision is None:
            raise Trouble("There is nothing to back up: the database is empty.")
        tables = snapshot.tables_of(connection)
        counts = {table.name: _write_table(archive, connection, table) for table in tables}
        # Files of photos are written before their row is, and never changed: every row of this snapshot has them.
        names = list(_photo_names(connection, tables))
    kept = sum(_write_photo(archive, house.store, name) for name in names)
    manifest = Manifest(
        format=FORMAT,
        revision=revision,
        made_at=house.clock().isoformat(),
        database=house.edge.engine.dialect.name,
        tables=counts,
        photos=kept,
        missing=len(names) - kept,
        settings=plain_settings(house.settings),
    )
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=2))
    return manifest


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> int:
    rows = -1
    with archive.open(f"{TABLES}{table.name}.jsonl", "w", force_zip64=True) as file:
        for line in snapshot.lines_of(connection, table):
            file.write(line.encode() + b"\n")
            rows += 1
    return rows


def _write_photo(archive: zipfile.ZipFile, store: Store, name: str) -> bool:
    content = store.get(name)
    if content is None:
        return False
    archive.writestr(PHOTOS + name, content, zipfile.ZIP_STORED)
    return True


def _photo_names(connection: Connection, tables: list[Table]) -> Iterator[str]:
    """Yield the name of every file the photos have: the original, and the other sizes once they were made."""
    photo = next(table for table in tables if table.name == "photo")
    rows = connection.execute(select(photo.c.key, photo.c.width, photo.c.ready_at))
    for row in rows.mappings():
        if row["ready_at"] is None:
            yield file_name(row["key"], FULL, "jpg")
            continue
        yield from (file_name(row["key"], width, ending) for width, ending in shown_files(row["width"]))
    private = next((table for table in tables if table.name == "private_photo"), None)
    if private is not None:  # a database from before them has none
        yield from (private_name(key) for key in connection.scalars(select(private.c.key)))
    document = next((table for table in tables if table.name == "private_document"), None)
    if document is not None:
        for key, kind, pages in connection.execute(select(document.c.key, document.c.kind, document.c.pages)):
            yield document_name(key, DocumentKind(kind))
            yield from (page_name(key, number) for number in range(1, pages + 1))
