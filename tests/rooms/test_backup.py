"""Backup and restore: everything between them is destroyed, on both databases, and comes back the same."""

import shutil
import stat
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Table, func, select, text

from shop.accounts.models import Role, User, UserRole
from shop.app.schema import Standing, head, standing
from shop.app.wiring import wire
from shop.cli import backing_up, restoring, snapshot
from shop.cli.troubles import Trouble
from shop.kernel import outbox
from shop.ledger.models import Account, AccountKind, Entry, Posting
from shop.media.models import Photo
from shop.media.rules import file_name
from shop.payments.models import ProviderEvent
from shop.town.models import Holiday, Village
from shop.web.house import House
from tests.support.databases import SqliteDatabases, engine_for

KEY = "ab" + "0" * 62


def content(engine: Engine) -> dict[str, list[str]]:
    """Return every table as text."""
    with snapshot.frozen(engine) as connection:
        return {table.name: list(snapshot.lines_of(connection, table)) for table in snapshot.tables_of(connection)}


def settle(house: House) -> None:
    """Fill tables with every type of value the house keeps."""
    now = house.clock()
    with house.edge.transaction() as session:
        person = User(code="P1", phone="13800000001", name="周素珍", password_hash="x", created_at=now)
        person.roles.append(UserRole(role=Role.VENDOR))
        session.add(person)
        session.flush()
        session.add(Village(code="dawan", name="大湾村", aliases=["大弯", 'quote " and \\'], altitude_m=None))
        session.add(Holiday(on=date(2027, 2, 6), name="春节"))
        session.add(
            Photo(key=KEY, width=400, height=300, bytes=3, colour="#aabbcc", uploader_id=person.id, created_at=now)
        )
        session.add(
            ProviderEvent(
                gateway="demo", event_id="e1", kind="paid", provider_ref="r", body=b"\x00\xff{}", received_at=now
            )
        )
        one, two = (Account(code=code, kind=AccountKind.ASSET) for code in ("cash", "held"))
        entry = Entry(key="k", kind="paid", reference="O1", at=now, actor="job")
        entry.postings = [
            Posting(account=one, amount_fen=5_000_000_000),
            Posting(account=two, amount_fen=-5_000_000_000),
        ]
        session.add(entry)
        outbox.post(session, "photo.received", {"key": KEY, "deep": {"list": [1, None, True]}}, clock=house.clock)
    house.store.put(file_name(KEY, 1920, "jpg"), b"jpg", "image/jpeg")


@pytest.fixture
def house(house: House) -> House:
    """A town with a photo and a search index."""
    settle(house)
    house.settings.search_dir.mkdir()
    (house.settings.search_dir / "current").touch()
    return house


def destroy(house: House) -> None:
    """Lose the database and every photo."""
    engine = house.edge.engine
    with engine.execution_options(write=True).connect() as connection, connection.begin():
        snapshot.clear(connection)
    shutil.rmtree(house.settings.data_dir / "media")
    (house.settings.data_dir / "media").mkdir()
    assert standing(engine) is Standing.EMPTY


def test_what_was_destroyed_comes_back(house: House, tmp_path: Path) -> None:
    before = content(house.edge.engine)
    assert before["photo"][1:], "the control: there is something to lose"
    file = tmp_path / "town.zip"

    made = backing_up.write(file, house)
    destroy(house)
    restoring.read(file, house, replace=False)

    assert content(house.edge.engine) == before
    assert standing(house.edge.engine) is Standing.CURRENT
    assert house.store.get(file_name(KEY, 1920, "jpg")) == b"jpg"
    assert not house.settings.search_dir.exists(), "the index belongs to the database that is gone"
    assert (made.tables["user_account"], made.photos, made.missing) == (1, 1, 0)


def test_new_rows_go_on_after_the_restored_ones(house: House, tmp_path: Path) -> None:
    backing_up.write(tmp_path / "town.zip", house)
    destroy(house)
    restoring.read(tmp_path / "town.zip", house, replace=False)
    with house.edge.transaction() as session:
        old = session.scalar(select(func.max(Village.id)))
        village = Village(code="caoba", name="草坝村", aliases=[])
        session.add(village)
        session.flush()
        assert old is not None
        assert village.id > old


def test_a_backup_is_one_moment_and_holds_up_no_writer(house: House, tmp_path: Path) -> None:
    with snapshot.frozen(house.edge.engine) as connection:
        assert len(list(snapshot.lines_of(connection, table_named(connection, "village")))) == 2
        with house.edge.transaction() as session:
            session.add(Village(code="late", name="晚来村", aliases=[]))
        assert len(list(snapshot.lines_of(connection, table_named(connection, "village")))) == 2
    assert len(content(house.edge.engine)["village"]) == 3


def table_named(connection: Connection, name: str) -> Table:
    """Return one reflected table."""
    return next(table for table in snapshot.tables_of(connection) if table.name == name)


def test_a_restore_never_overwrites_unasked(house: House, tmp_path: Path) -> None:
    backing_up.write(tmp_path / "town.zip", house)
    with house.edge.transaction() as session:
        session.add(Village(code="new", name="新村", aliases=[]))
    before = content(house.edge.engine)

    with pytest.raises(Trouble, match="--replace"):
        restoring.read(tmp_path / "town.zip", house, replace=False)
    assert content(house.edge.engine) == before

    restoring.read(tmp_path / "town.zip", house, replace=True)
    assert len(content(house.edge.engine)["village"]) == len(before["village"]) - 1


def test_a_backup_never_overwrites_another(house: House, tmp_path: Path) -> None:
    file = tmp_path / "town.zip"
    file.write_text("an older backup")
    with pytest.raises(Trouble, match="exists already"):
        backing_up.write(file, house)
    assert file.read_text() == "an older backup"


def test_a_backup_is_private_and_tells_no_secret(house: House, tmp_path: Path) -> None:
    secretive = replace(
        house.settings,
        secret_key="the-secret-of-the-house",
        redis_url="redis://:hush@127.0.0.1/0",
        media_url="s3://key:hush@bucket/x?token=hush",
    )
    backing_up.write(tmp_path / "town.zip", replace(house, settings=secretive))
    assert stat.S_IMODE((tmp_path / "town.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile(tmp_path / "town.zip") as archive:
        told = archive.read("manifest.json").decode()
    assert "hush" not in told
    assert "the-secret-of-the-house" not in told
    assert "redis://127.0.0.1/0" in told


def test_a_lost_photo_is_counted_not_fatal(house: House, tmp_path: Path) -> None:
    house.store.delete(file_name(KEY, 1920, "jpg"))
    made = backing_up.write(tmp_path / "town.zip", house)
    assert (made.photos, made.missing) == (0, 1)


@pytest.mark.parametrize("harm", ["cut", "flipped", "not-a-zip", "foreign", "newer", "short"])
def test_an_unsound_backup_changes_nothing(house: House, tmp_path: Path, harm: str) -> None:
    file = tmp_path / "town.zip"
    backing_up.write(file, house)
    before = content(house.edge.engine)
    spoil(file, harm)
    with pytest.raises(Trouble):
        restoring.read(file, house, replace=True)
    assert content(house.edge.engine) == before
    assert house.settings.search_dir.exists()


def spoil(file: Path, harm: str) -> None:
    """Harm a backup in one of the ways files come to harm."""
    whole = file.read_bytes()
    if harm == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif harm == "flipped":
        with zipfile.ZipFile(file) as archive:
            info = archive.getinfo("tables/village.jsonl")
        at = info.header_offset + 30 + len(info.filename) + 30
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    elif harm == "not-a-zip":
        file.write_text("hello")
    else:
        with zipfile.ZipFile(file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        if harm == "foreign":
            del parts["manifest.json"]
        elif harm == "newer":
            parts["manifest.json"] = parts["manifest.json"].replace(
                f'"revision": "{head()}'.encode(), b'"revision": "9999'
            )
        else:
            parts["tables/village.jsonl"] = parts["tables/village.jsonl"].splitlines()[0] + b"\n"
        with zipfile.ZipFile(file, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)


def test_a_town_can_move_to_the_other_database(house: House, tmp_path: Path) -> None:
    before = content(house.edge.engine)
    backing_up.write(tmp_path / "town.zip", house)
    other = SqliteDatabases()
    target = engine_for(other.empty())
    moved = wire(house.settings, target, house.clock)
    try:
        restoring.read(tmp_path / "town.zip", moved, replace=False)
        assert content(target) == before
        with target.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).fetchall() == []
    finally:
        target.dispose()
        other.close()
