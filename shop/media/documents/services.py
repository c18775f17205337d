"""Taking in documents that only some may see, and giving them out again to whoever judged who asks."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Transaction
from shop.kernel.errors import Forbidden
from shop.media.documents.rules import (
    TYPES,
    BadDocument,
    DocumentFlaw,
    DocumentKind,
    document_name,
    page_name,
)
from shop.media.documents.sniffing import kind_of
from shop.media.models import PrivateDocument
from shop.media.sandbox import DecoderEnded, ran
from shop.media.storage import Store

DECODER = ["-m", "shop.media.documents.decoder"]
MEMORY, CPU_S, WALL_S = 1024 * 1024 * 1024, 20, 40
"""Of the process that opens a document: address space in bytes, seconds at work, seconds in all."""


@dataclass(frozen=True)
class DocumentFacts:
    """A document as other rooms see it.

    Attributes:
        digest: SHA-256 of the file, in hex: the same file is known again by it.
        pages: how many pages there are pictures of; none but of a PDF.
    """

    key: str
    kind: DocumentKind
    bytes: int
    digest: str
    pages: int


def receive_document(
    transaction: Transaction, store: Store, raw: bytes, *, max_bytes: int, actor: Actor, clock: Clock
) -> str:
    """Take in a PDF, OFD or XML as it is, with pictures of a PDF's pages, and return its key.

    A signed invoice is only worth anything unchanged, so nothing is re-encoded: it is opened once, where that can hurt
    nobody, to see that it is what its first bytes say.

    Raises:
        Forbidden: a visitor sends no documents.
        BadDocument: the file is no such document; nothing was kept.
    """
    if actor.user_id is None and not actor.is_system:
        raise Forbidden("document.receive")
    if len(raw) > max_bytes:
        raise BadDocument(DocumentFlaw.TOO_LARGE)
    kind, pages, key = kind_of(raw), _opened(raw), secrets.token_hex(32)
    store.put(document_name(key, kind), raw, TYPES[kind])
    for number, page in enumerate(pages, 1):
        store.put(page_name(key, number), page, "image/png")
    with transaction() as session:
        session.add(
            PrivateDocument(
                key=key,
                kind=kind,
                bytes=len(raw),
                digest=hashlib.sha256(raw).hexdigest(),
                pages=len(pages),
                uploader_id=actor.user_id,
                created_at=clock(),
            )
        )
    return key


def _opened(raw: bytes) -> list[bytes]:
    try:
        out = ran(DECODER, (MEMORY, CPU_S), raw, wall_s=WALL_S)
    except DecoderEnded as ended:
        raise BadDocument(DocumentFlaw.TOO_HARD if ended.is_spent else DocumentFlaw.DAMAGED) from None
    line, _newline, files = out.partition(b"\n")
    told = json.loads(line)
    if "flaw" in told:
        raise BadDocument(DocumentFlaw(told["flaw"]))
    pages, at = [], 0
    for length in told["pages"]:
        pages.append(files[at : at + length])
        at += length
    return pages


def documents(session: Session, keys: Sequence[str]) -> list[DocumentFacts]:
    """Return the documents with these keys, in that order; a key that nobody knows is left out."""
    rows = session.scalars(select(PrivateDocument).where(PrivateDocument.key.in_(keys)))
    found = {row.key: DocumentFacts(row.key, row.kind, row.bytes, row.digest, row.pages) for row in rows}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def document_file(store: Store, key: str, kind: DocumentKind) -> bytes | None:
    """Return a document as it came, or None when its file is gone; the caller has judged who asks."""
    return store.get(document_name(key, kind))


def document_page(store: Store, key: str, number: int) -> bytes | None:
    """Return a drawn page as PNG, counted from 1, or None when there is none; the caller has judged who asks."""
    return store.get(page_name(key, number))


def drop_document(store: Store, facts: DocumentFacts) -> None:
    """Remove a document's files, once no row speaks of it any more."""
    store.delete(document_name(facts.key, facts.kind))
    for number in range(1, facts.pages + 1):
        store.delete(page_name(facts.key, number))
