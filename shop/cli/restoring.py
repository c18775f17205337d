"""Bringing a backup back: looked through first, then written in one transaction, or not at all."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from shop.app.schema import MIGRATIONS, upgrade, upgrade_on
from shop.cli import snapshot
from shop.cli.backing_up import FORMAT, MANIFEST, PHOTOS, TABLES, Manifest
from shop.cli.troubles import Trouble
from shop.media.documents.rules import TYPES as DOCUMENTS
from shop.media.rules import TYPES
from shop.web.house import House

KINDS = TYPES | {kind.value: content_type for kind, content_type in DOCUMENTS.items()} | {"png": "image/png"}
"""Content types by the endings of kept files."""


def read(source: Path, house: House, *, replace: bool) -> Manifest:
    """Restore a backup into an empty database, or in place of what is there.

    Nothing is touched before the whole file was read and found sound. Photos come first, since a file without a row
    harms nobody; the database follows in one transaction; then it is migrated to this code, and the search index is
    removed so that it is built anew. The caller sees to it that the shop does not run.

    Args:
        source: a file made by `shop backup`, on this database or the other kind.
        house: whose database and photos are written.
        replace: whether rows that are there may be lost.

    Raises:
        Trouble: the file is damaged, from a newer version, or the database is not empty; nothing was changed.
    """
    engine = house.edge.engine
    with _opened(source) as (archive, manifest):
        with snapshot.frozen(engine) as connection:
            if not replace and not snapshot.is_empty(connection):
                raise Trouble("The database is not empty: back it up, then say --replace to lose what is in it.")
        for name in archive.namelist():
            if name.startswith(PHOTOS):
                stored = name.removeprefix(PHOTOS)
                house.store.put(stored, archive.read(name), KINDS[stored.rpartition(".")[2]])
        with engine.execution_options(write=True).connect() as connection, connection.begin():
            snapshot.clear(connection)
            upgrade_on(connection, manifest.revision)
            _fill(connection, archive, manifest)
    upgrade(engine)
    shutil.rmtree(house.settings.search_dir, ignore_errors=True)
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    try:
        with zipfile.ZipFile(source) as archive:
            damaged = archive.testzip()
            if damaged is not None:
                raise Trouble(f"The backup is damaged at {damaged}: nothing was changed.")
            yield archive, _manifest(archive)
    except zipfile.BadZipFile as error:
        raise Trouble(f"{source} is not a whole backup: nothing was changed.") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        told = json.loads(archive.read(MANIFEST))
        format_ = told["format"]
    except (KeyError, ValueError) as error:
        raise Trouble("This file was not made by `shop backup`: nothing was changed.") from error
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if format_ != FORMAT or told["revision"] not in known:
        raise Trouble("The backup was made by a newer version: install that one first. Nothing was changed.")
    return Manifest(**told)


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    tables = snapshot.tables_of(connection)
    if {table.name for table in tables} != set(manifest.tables):
        raise Trouble("The backup's tables are not those of its own migration: nothing was changed.")
    snapshot.empty_out(connection, tables)
    for table in tables:
        with archive.open(f"{TABLES}{table.name}.jsonl") as file:
            rows = snapshot.fill(connection, table, TextIOWrapper(file, encoding="utf-8"))
        if rows != manifest.tables[table.name]:
            raise Trouble(f"The backup holds {rows} rows of {table.name} and promises another number.")
    snapshot.mend_counters(connection, tables)
