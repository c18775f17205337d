"""Invoices as files: opened where that hurts nobody, kept unchanged, under no address, gone when nothing needs them."""

import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.cli import backing_up, restoring, snapshot
from shop.kernel.actor import VISITOR, system
from shop.kernel.errors import Forbidden
from shop.media.documents import services
from shop.media.documents.rules import (
    DRAWN_PAGES,
    BadDocument,
    DocumentFlaw,
    DocumentKind,
    document_name,
    page_name,
)
from shop.media.documents.services import (
    DocumentFacts,
    document_file,
    document_page,
    documents,
    receive_document,
)
from shop.media.models import PrivateDocument
from shop.media.sweeping import sweep
from shop.media.words import document_flaw_words
from tests.support.odd_documents import REFUSED, BadPaper, ofd, pdf, xml
from tests.world import World

TEST = system("test")
MB = 1024 * 1024


def taken(world: World, raw: bytes) -> DocumentFacts:
    store, transaction = world.house.store, world.edge.transaction
    key = receive_document(transaction, store, raw, max_bytes=10 * MB, actor=TEST, clock=world.clock)
    (facts,) = world.read(lambda session: documents(session, [key]))
    return facts


def rows(world: World) -> int:
    return world.read(lambda session: session.scalar(select(func.count()).select_from(PrivateDocument))) or 0


def test_a_pdf_is_kept_as_it_is_with_pictures_of_its_pages(world: World) -> None:
    raw = pdf(3)
    facts, store = taken(world, raw), world.house.store
    assert (facts.kind, facts.bytes, facts.pages) == (DocumentKind.PDF, len(raw), 3)
    assert document_file(store, facts.key, facts.kind) == raw
    first = document_page(store, facts.key, 1)
    assert first is not None
    with Image.open(BytesIO(first)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1240)
    assert document_page(store, facts.key, 4) is None
    assert taken(world, pdf(12)).pages == DRAWN_PAGES


@pytest.mark.parametrize(("raw", "kind"), [(ofd(), DocumentKind.OFD), (xml(), DocumentKind.XML)])
def test_ofd_and_xml_are_kept_without_pictures(world: World, raw: bytes, kind: DocumentKind) -> None:
    facts = taken(world, raw)
    assert (facts.kind, facts.pages) == (kind, 0)
    assert document_file(world.house.store, facts.key, kind) == raw


def test_the_same_file_twice_is_known_again_by_its_digest(world: World) -> None:
    first, second = taken(world, xml()), taken(world, xml())
    assert first.key != second.key
    assert first.digest == second.digest != taken(world, xml(total="64.00")).digest


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.name)
def test_what_is_no_invoice_is_told_and_leaves_nothing(world: World, bad: BadPaper) -> None:
    with pytest.raises(BadDocument) as caught:
        taken(world, bad.make())
    assert caught.value.reason == bad.flaw
    assert document_flaw_words(bad.flaw, 10)
    assert rows(world) == 0
    assert list(world.house.store.names("private")) == []


def test_a_file_above_the_limit_is_not_opened(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "DECODER", ["-c", "import nothing_of_that_name"])
    store, transaction = world.house.store, world.edge.transaction
    with pytest.raises(BadDocument) as caught:
        receive_document(transaction, store, pdf(), max_bytes=100, actor=TEST, clock=world.clock)
    assert caught.value.reason == DocumentFlaw.TOO_LARGE
    with pytest.raises(Forbidden):
        receive_document(transaction, store, pdf(), max_bytes=MB, actor=VISITOR, clock=world.clock)
    with pytest.raises(RuntimeError):
        taken(world, pdf())


def test_a_document_that_ends_its_decoder_is_a_damaged_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    abort, ever = ("import os; os.abort()", 60), ("while True: pass", 0.5)
    for (program, wall_s), flaw in ((abort, DocumentFlaw.DAMAGED), (ever, DocumentFlaw.TOO_HARD)):
        monkeypatch.setattr(services, "DECODER", ["-c", program])
        monkeypatch.setattr(services, "WALL_S", wall_s)
        with pytest.raises(BadDocument) as caught:
            taken(world, pdf())
        assert caught.value.reason == flaw


def test_what_nobody_used_is_swept_away_with_its_pictures(world: World) -> None:
    world.clock.set(datetime.now(UTC))
    facts, store = taken(world, pdf(2)), world.house.store
    store.put(page_name("ab" * 32, 1), b"lost", "image/png")
    assert sweep(world.edge, store, clock=world.clock).photos == 0
    assert rows(world) == 1
    world.clock.advance(days=8)
    done = sweep(world.edge, store, clock=world.clock)
    assert (done.photos, done.strays, rows(world)) == (1, 1, 0)
    assert list(store.names("private")) == []
    assert not store.exists(document_name(facts.key, facts.kind))


def test_a_backup_holds_them_with_their_pictures(world: World, tmp_path: Path) -> None:
    raw = pdf(2)
    facts, file = taken(world, raw), tmp_path / "town.zip"
    assert backing_up.write(file, world.house).missing == 0
    with world.edge.engine.execution_options(write=True).connect() as connection, connection.begin():
        snapshot.clear(connection)
    shutil.rmtree(world.house.settings.data_dir / "media")
    (world.house.settings.data_dir / "media").mkdir()
    restoring.read(file, world.house, replace=False)
    assert document_file(world.house.store, facts.key, facts.kind) == raw
    assert document_page(world.house.store, facts.key, 2) is not None
