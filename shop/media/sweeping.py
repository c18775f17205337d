"""Removing photos and documents that nothing refers to any more, and files that none of them has.

A photo's row is marked first, guarded by one statement: only while no row refers to it and nobody sent it lately. Then
its files go, then its row. Who sends the same picture meanwhile is given another key, see `services.receive`; so a
file is never removed from under a photo that was just taken in, and what a crash left half done is done the next day.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy import (
    JSON,
    ColumnClause,
    ColumnElement,
    Engine,
    Text,
    and_,
    cast,
    column,
    exists,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.media.documents.services import documents, drop_document
from shop.media.models import Photo, PrivateDocument, PrivatePhoto
from shop.media.private import drop_private
from shop.media.rules import KEY, TYPES, WIDTHS, file_name
from shop.media.storage import Store

log = logging.getLogger(__name__)

GRACE_DAYS = 7
"""A photo is kept for so long after it was last sent, whatever refers to it."""
MOST = 500
"""Photos removed in one run, and files without a photo looked after; the rest waits for the next."""
SLICES = 8
"""Files without a photo are looked for in one part of the store a day: it is gone through in so many days."""
PAIRS = tuple(f"{number:02x}" for number in range(256))
"""What the keys begin with, and so the folders of the store."""
UNFINISHED = timedelta(hours=1)
"""What was marked so long ago is gone on with: whoever marked it is no longer at it."""
NAME = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})/\d+\.[a-z]+")
PRIVATE_NAME = re.compile(r"private/[0-9a-f]{2}/([0-9a-f]{64})(?:\.(?:jpg|pdf|ofd|xml)|-\d+\.png)")
POSTED = "outbox_message"
"""This table tells what was to be done about a photo; that keeps none."""


@dataclass(frozen=True)
class Swept:
    """How much was removed.

    Attributes:
        photos: that nothing referred to, private ones and documents among them.
        strays: photos and documents of which there were files only.
    """

    photos: int
    strays: int


def todays_share(now: datetime) -> tuple[str, ...]:
    """Return which folders of the store are gone through today."""
    return PAIRS[now.toordinal() % SLICES :: SLICES]


def sweep(edge: Edge, store: Store, *, folders: Collection[str] = PAIRS, most: int = MOST, clock: Clock) -> Swept:
    """Remove photos and files that nothing refers to and that are older than `GRACE_DAYS` days.

    What refers to a photo is asked of the database itself, so that no table can be forgotten: every foreign key to it,
    and every key that stands in JSON.

    Args:
        folders: of `PAIRS`, in which files without a photo are looked for.
        most: how many photos are removed at most, and how many strays.
    """
    before = clock() - timedelta(days=GRACE_DAYS)
    _finish(edge, store, clock)
    mentioned = _mentioned(edge)
    photos = _sweep_photos(edge, store, before, mentioned, most, clock)
    photos += _sweep_private(edge, store, before, mentioned, most)
    photos += _sweep_documents(edge, store, before, most)
    strays = 0
    for key in islice(_strays(edge, store, folders, before), most):
        strays += _drop_stray(edge, store, key, clock)
    for name in islice(_private_strays(edge, store, folders, before), most):
        store.delete(name)
        strays += 1
    if photos or strays:
        log.info("photos removed", extra={"photos": photos, "strays": strays})
    return Swept(photos, strays)


def _referring(engine: Engine, target: str) -> tuple[ColumnElement[bool], ...]:
    """Return, for every column that refers to a table's `key`, that a row does so."""
    keys = inspect(engine).get_multi_foreign_keys()
    photo = table(target, column("key"))
    found = []
    for (_schema, name), ties in keys.items():
        for tie in ties:
            if tie["referred_table"] == target:
                there: ColumnClause[str] = column(tie["constrained_columns"][0])
                found.append(exists(select(1).select_from(table(name, there)).where(there == photo.c.key)))
    return tuple(found)


def _mentioned(edge: Edge) -> set[str]:
    """Return every key that stands somewhere in JSON."""
    tables = inspect(edge.engine).get_multi_columns()
    found: set[str] = set()
    with edge.reading() as session:
        for (_schema, name), columns in tables.items():
            for one in columns:
                if name != POSTED and isinstance(one["type"], JSON):
                    text = cast(column(one["name"]), Text)
                    for kept in session.scalars(select(text).select_from(table(name))).yield_per(200):
                        found.update(KEY.findall(kept or ""))
    return found


def _finish(edge: Edge, store: Store, clock: Clock) -> None:
    """Go on with what was marked and not removed."""
    with edge.reading() as session:
        keys = session.scalars(select(Photo.key).where(Photo.dropped_at < clock() - UNFINISHED)).all()
    for key in keys:
        _remove(edge, store, key)


def _sweep_photos(
    edge: Edge, store: Store, before: datetime, mentioned: Collection[str], most: int, clock: Clock
) -> int:
    referring = _referring(edge.engine, Photo.__tablename__)
    idle = and_(Photo.dropped_at.is_(None), Photo.created_at < before, *(~one for one in referring))
    with edge.reading() as session:
        keys = session.scalars(select(Photo.key).where(idle).order_by(Photo.created_at, Photo.key)).all()
    done = 0
    for key in islice((one for one in keys if one not in mentioned), most):
        if edge.run(partial(_mark, key=key, idle=idle, clock=clock)):
            _remove(edge, store, key)
            done += 1
    return done


def _mark(session: Session, *, key: str, idle: ColumnElement[bool], clock: Clock) -> bool:
    """Mark a photo as on its way out; not one that was sent again, or referred to, meanwhile."""
    row = session.scalars(select(Photo).where(Photo.key == key, idle).with_for_update()).one_or_none()
    if row is not None:
        row.dropped_at = clock()
    return row is not None


def _remove(edge: Edge, store: Store, key: str) -> None:
    """Remove the files of a photo that was marked, then its row."""
    for width in WIDTHS:
        for extension in TYPES:
            store.delete(file_name(key, width, extension))
    with edge.transaction() as session:
        row = session.get(Photo, key, with_for_update=True)
        if row is not None and row.dropped_at is not None:  # a live one has come in its place
            session.delete(row)


def _sweep_private(edge: Edge, store: Store, before: datetime, mentioned: Collection[str], most: int) -> int:
    """Remove private photos; their keys are random, so nobody can send the same one again."""
    referring = _referring(edge.engine, PrivatePhoto.__tablename__)
    idle = and_(PrivatePhoto.created_at < before, *(~one for one in referring))
    with edge.reading() as session:
        keys = session.scalars(select(PrivatePhoto.key).where(idle).order_by(PrivatePhoto.created_at)).all()
    done = 0
    for key in islice((one for one in keys if one not in mentioned), most):
        if edge.run(partial(_forget, key=key, idle=idle)):
            drop_private(store, key)
            done += 1
    return done


def _forget(session: Session, *, key: str, idle: ColumnElement[bool]) -> bool:
    row = session.scalars(select(PrivatePhoto).where(PrivatePhoto.key == key, idle)).one_or_none()
    if row is not None:
        session.delete(row)
    return row is not None


def _sweep_documents(edge: Edge, store: Store, before: datetime, most: int) -> int:
    """Remove documents that were sent and never used; their keys too are random."""
    idle = and_(
        PrivateDocument.created_at < before,
        *(~one for one in _referring(edge.engine, PrivateDocument.__tablename__)),
    )
    with edge.reading() as session:
        keys = session.scalars(select(PrivateDocument.key).where(idle).order_by(PrivateDocument.created_at).limit(most))
        found = documents(session, keys.all())
    for facts in found:
        if edge.run(partial(_forget_document, key=facts.key, idle=idle)):
            drop_document(store, facts)
    return len(found)


def _forget_document(session: Session, *, key: str, idle: ColumnElement[bool]) -> bool:
    row = session.scalars(select(PrivateDocument).where(PrivateDocument.key == key, idle)).one_or_none()
    if row is not None:
        session.delete(row)
    return row is not None


def _old(store: Store, folder: str, before: datetime) -> Iterable[str]:
    return (name for name, written_at in store.names(folder) if written_at < before)


def _strays(edge: Edge, store: Store, folders: Collection[str], before: datetime) -> Iterator[str]:
    """Yield the key of each photo of which there are files, and no row."""
    for folder in folders:
        keys = sorted({found[1] for name in _old(store, folder, before) if (found := NAME.fullmatch(name))})
        yield from _without_row(edge, keys, Photo)


def _private_strays(edge: Edge, store: Store, folders: Collection[str], before: datetime) -> Iterator[str]:
    """Yield the name of each private file whose photo or document has no row."""
    for folder in folders:
        found = ((name, PRIVATE_NAME.fullmatch(name)) for name in _old(store, f"private/{folder}", before))
        keys = {name: match[1] for name, match in found if match}
        lost = set(_without_row(edge, sorted({*keys.values()}), PrivatePhoto))
        lost = set(_without_row(edge, sorted(lost), PrivateDocument))
        yield from (name for name, key in keys.items() if key in lost)


def _without_row(
    edge: Edge, keys: list[str], kind: type[Photo] | type[PrivatePhoto] | type[PrivateDocument]
) -> list[str]:
    known: set[str] = set()
    with edge.reading() as session:
        for start in range(0, len(keys), MOST):
            known.update(session.scalars(select(kind.key).where(kind.key.in_(keys[start : start + MOST]))))
    return [key for key in keys if key not in known]


def _drop_stray(edge: Edge, store: Store, key: str, clock: Clock) -> bool:
    """Remove files without a photo, under a row that is on its way out: it stands in the way of the same picture."""
    now = clock()
    gone = Photo(key=key, width=1, height=1, bytes=1, colour="#000000", created_at=now, dropped_at=now)
    try:
        with edge.transaction() as session:
            session.add(gone)
    except IntegrityError:  # it has just been sent
        return False
    _remove(edge, store, key)
    return True
