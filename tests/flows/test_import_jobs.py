"""An uploaded file taken in by a worker: counted with its rows, gone on with after a crash, tidied away."""

from typing import Any

import pytest
from sqlalchemy import func, select

from shop.catalog.imports.models import CatalogueImport, CatalogueImportFault
from shop.catalog.imports.queries import faults_of, import_by_code
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.services import ImportInHand, TakenOver, claim, note_batch
from shop.catalog.imports.sheets import COLUMNS
from shop.flows import import_jobs
from shop.flows.import_directory import Options
from shop.flows.importing import BATCH, Outcome, Taken
from shop.kernel.errors import Forbidden
from tests.world import World, market
from tests.world.imports import counts
from tests.world.market import HOUSE, STAFF, Market


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


HEAD = ",".join(COLUMNS)


def csv_file(count: int, *more: str) -> bytes:
    lines = [f"A-{n},林下土鸡蛋 {n},周素珍家,,禽蛋,,4800,盒,,,3" for n in range(count)]
    return "\n".join((HEAD, *lines, *more)).encode()


def hand_in(at: Market, raw: bytes, options: Options | None = None, **told: Any) -> str:
    actor = told.get("actor", HOUSE)
    return import_jobs.hand_in(
        at.world.edge,
        at.world.house.store,
        raw,
        "货单.csv",
        options or Options(),
        actor=actor,
        clock=at.world.clock,
    )


def stored(at: Market, code: str) -> bool:
    return at.world.house.store.exists(f"imports/{code}.csv")


def test_an_uploaded_file_is_taken_in_by_the_worker_and_removed(at: Market) -> None:
    code = hand_in(at, csv_file(BATCH + 5, "A-x,少了价钱,周素珍家,,禽蛋,,,盒,,,3"))
    assert stored(at, code)
    with pytest.raises(ImportInHand):
        hand_in(at, csv_file(1))
    at.world.deliver()
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.total, facts.done, facts.added, facts.refused, facts.has_ended) == (36, 36, 35, 1, True)
    (fault,) = at.world.read(lambda session: faults_of(session, code))
    assert (fault.row, fault.ref, fault.is_refused, fault.flaw.column) == (37, "A-x", True, "price_fen")
    assert not stored(at, code)
    assert not stored(at, hand_in(at, csv_file(1))[:-1])


def test_a_killed_worker_is_gone_on_with_where_it_stood(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    code, store, clock = hand_in(at, csv_file(3 * BATCH)), at.world.house.store, at.world.clock

    def killed(*args: Any, **told: Any) -> None:
        note_batch(*args, **told)
        if told["done_before"] == BATCH:
            raise SystemExit

    monkeypatch.setattr("shop.flows.import_jobs.note_batch", killed)
    with pytest.raises(SystemExit):
        import_jobs.work_off(at.world.edge, store, code, clock=clock)
    monkeypatch.undo()
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.done, facts.added, counts(at)["listing"]) == (BATCH, BATCH, BATCH), "counted with the rows, or not"

    import_jobs.work_off(at.world.edge, store, code, clock=clock)
    assert counts(at)["listing"] == BATCH, "somebody seems to be at it"
    at.world.clock.advance(minutes=3)
    at.world.tick()
    at.world.deliver()
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.done, facts.added, facts.unchanged, facts.has_ended) == (3 * BATCH, 3 * BATCH, 0, True)
    assert not stored(at, code)


def test_an_import_that_kills_every_worker_is_given_up(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    code, store, clock = hand_in(at, csv_file(3)), at.world.house.store, at.world.clock

    def killed(*_args: Any, **_told: Any) -> None:
        raise SystemExit

    monkeypatch.setattr("shop.flows.import_jobs.note_batch", killed)
    for _try in range(5):
        with pytest.raises(SystemExit):
            import_jobs.work_off(at.world.edge, store, code, clock=clock)
        clock.advance(minutes=3)
    import_jobs.work_off(at.world.edge, store, code, clock=clock)
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert facts.failure == (Reason.BROKEN, "")
    assert hand_in(at, csv_file(1)), "the way is free again"


def test_two_workers_at_one_file_count_every_row_once(at: Market) -> None:
    code, store, clock = hand_in(at, csv_file(2 * BATCH)), at.world.house.store, at.world.clock
    first = at.world.run(lambda session: claim(session, code, clock=clock))
    assert first is not None
    clock.advance(minutes=3)
    import_jobs.work_off(at.world.edge, store, code, clock=clock)
    taken = [Taken(2, "A-0", Outcome.ADDED)]
    with pytest.raises(TakenOver):
        at.world.run(lambda session: import_jobs._note(session, code, taken, done_before=0, clock=clock))
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.done, facts.added) == (2 * BATCH, 2 * BATCH)


def test_an_unreadable_upload_ends_with_its_reason(at: Market) -> None:
    code = hand_in(at, b"a,b\n1,2\n")
    at.world.deliver()
    assert at.world.read(lambda session: import_by_code(session, code)).failure == (Reason.NO_HEADER, "")
    lost = hand_in(at, csv_file(1))
    at.world.house.store.delete(f"imports/{lost}.csv")
    at.world.deliver()
    assert at.world.read(lambda session: import_by_code(session, lost)).failure == (Reason.FILE_GONE, "")


@pytest.mark.parametrize("options", [Options(creates=True), Options(vouches=True)])
def test_only_a_manager_adds_names_and_vouches(at: Market, options: Options) -> None:
    with pytest.raises(Forbidden):
        hand_in(at, csv_file(1), options, actor=STAFF)
    assert at.world.read(lambda session: session.scalars(select(CatalogueImport.id)).all()) == []
    assert hand_in(at, csv_file(1), actor=STAFF)


def test_old_imports_are_forgotten(at: Market) -> None:
    for _time in range(23):
        hand_in(at, csv_file(0, "A-x,没有价钱,周素珍家,,禽蛋,,,盒,,,3"))
        at.world.deliver()
    kept = at.world.read(
        lambda session: (
            session.scalar(select(func.count()).select_from(CatalogueImport)),
            session.scalar(select(func.count()).select_from(CatalogueImportFault)),
        )
    )
    assert kept == (20, 20)
