"""`shop doctor`: finds nothing in a healthy town; each check finds its own trouble and says what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text

from shop.accounts.services import open_account
from shop.app.wiring import wire
from shop.cli import examining
from shop.cli.examining import CHECKS, Finding, examine
from shop.kernel import outbox
from shop.kernel.jobs import Queue, run_if_due
from shop.kernel.vault import Vault
from shop.ledger.models import Account, AccountKind, Entry, Posting
from shop.media.storage import Store
from shop.search.follower import rebuild
from shop.vendors.joining.models import Application, ApplicationKind
from shop.web.house import House
from shop.worker import MINUTE_S, tick
from tests.cli.conftest import REAL_SECRET, Give
from tests.support.clock import SettableClock
from tests.support.databases import engine_for
from tests.world import World, market

Harm = Callable[[House, SettableClock], House]


@pytest.fixture
def house(world: World) -> House:
    """A healthy town: goods, jobs that ran, an index."""
    market.listing(market.market(world))
    world.deliver()
    world.tick()
    rebuild(world.edge.engine, world.house.settings.search_dir)
    return world.house


def findings(house: House) -> dict[str, Finding]:
    """Return what every check found, by its name."""
    return {finding.check: finding for finding in examine(house)}


def test_a_healthy_town_has_no_complaint(house: House) -> None:
    found = findings(house)
    assert [name for name, finding in found.items() if not finding.is_ok] == []
    assert list(found) == [name for name, _ in CHECKS]


class Forgetful:
    """A store that keeps nothing."""

    def put(self, name: str, content: bytes, content_type: str) -> None: ...
    def get(self, name: str) -> bytes | None: ...
    def delete(self, name: str) -> None: ...
    def exists(self, name: str) -> bool:
        return False

    def names(self, folder: str) -> Iterator[tuple[str, datetime]]:
        return iter(())


def in_production(house: House, **settings: object) -> House:
    return replace(house, settings=replace(house.settings, env="production", **settings))  # type: ignore[arg-type]


def without_tls(house: House, _clock: SettableClock) -> House:
    return in_production(house, trusted_proxies=1)


def without_counted_proxy(house: House, _clock: SettableClock) -> House:
    return in_production(house, public_url="https://shop.example.cn")


def with_a_forgetful_store(house: House, _clock: SettableClock) -> House:
    store: Store = Forgetful()
    return replace(house, store=store)


def without_queue(house: House, _clock: SettableClock) -> House:
    return replace(house, queue=Queue("redis://127.0.0.1:1/0"))


def without_gateway(house: House, _clock: SettableClock) -> House:
    return replace(house, gateways={})


def without_index(house: House, _clock: SettableClock) -> House:
    shutil.rmtree(house.settings.search_dir)
    return house


def with_a_sleeping_worker(house: House, clock: SettableClock) -> House:
    clock.advance(minutes=10)
    return house


def with_a_failing_job(house: House, clock: SettableClock) -> House:
    clock.advance(minutes=1)

    def fail() -> None:
        raise OSError

    assert not run_if_due(house.edge, "expire", MINUTE_S, fail, clock=clock)
    return house


def with_a_poisoned_message(house: House, clock: SettableClock) -> House:
    with house.edge.transaction() as session:
        message_id = outbox.post(session, "nobody.knows", {}, clock=clock)
    for _ in range(outbox.MAX_ATTEMPTS):
        assert not outbox.deliver(house.edge, {}, message_id, clock=clock)
        clock.advance(hours=2)
    tick(house)
    return house


def with_a_clock_that_went_back(house: House, clock: SettableClock) -> House:
    clock.advance(seconds=30)
    with house.edge.transaction() as session:
        outbox.post(session, "sms.wanted", {}, clock=clock)
    clock.advance(seconds=-30)
    return house


def with_stock_from_nowhere(house: House, _clock: SettableClock) -> House:
    with house.edge.transaction() as session:
        session.execute(text("UPDATE variant SET on_hand = on_hand + 1"))
    return house


def with_books_out_of_balance(house: House, clock: SettableClock) -> House:
    with house.edge.transaction() as session:
        account = Account(code="cash", kind=AccountKind.ASSET)
        entry = Entry(key="k", kind="x", reference="x", at=clock(), actor="x")
        entry.postings = [Posting(account=account, amount_fen=1)]
        session.add(entry)
    return house


def with_an_account_under_a_lost_key(house: House, clock: SettableClock) -> House:
    with house.edge.transaction() as session:
        person = open_account(session, "13700000009", "杨秀英", clock=clock)
        told = {"kind": ApplicationKind.JOIN, "applicant_id": person.id, "phone": person.phone}
        sealed = Vault(["another key"]).seal("{}")
        session.add(Application(code="A", pay_secret=sealed, created_at=clock(), changed_at=clock(), **told))
    return house


@pytest.mark.parametrize(
    ("harm", "check"),
    [
        (without_tls, "settings"),
        (without_counted_proxy, "settings"),
        (with_a_forgetful_store, "storage"),
        (without_queue, "queue"),
        (without_gateway, "gateways"),
        (without_index, "index"),
        (with_a_sleeping_worker, "jobs"),
        (with_a_failing_job, "jobs"),
        (with_a_poisoned_message, "messages"),
        (with_a_clock_that_went_back, "clock"),
        (with_stock_from_nowhere, "stock"),
        (with_books_out_of_balance, "books"),
        (with_an_account_under_a_lost_key, "vault"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_each_trouble_is_found_by_its_own_check_and_by_no_other(
    house: House, clock: SettableClock, harm: Harm, check: str
) -> None:
    found = findings(harm(house, clock))
    assert [name for name, finding in found.items() if not finding.is_ok] == [check]
    assert found[check].remedy
    assert len(found) == len(CHECKS)


def test_a_full_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "LOW_BYTES", 10**18)
    assert not findings(house)["disk"].is_ok


def test_without_a_database_the_rest_is_not_asked(house: House, clock: SettableClock) -> None:
    away = engine_for("postgresql+psycopg://shop:sesame@127.0.0.1:1/shop")
    settings = replace(house.settings, database_url="postgresql+psycopg://shop:sesame@127.0.0.1:1/shop")
    found = findings(wire(settings, away, clock))
    assert not found["database"].is_ok
    assert "sesame" not in found["database"].said
    assert list(found)[-1] == "database"
    assert found["storage"].is_ok


def test_the_command_prints_and_ends_with_one_until_all_is_well(give: Give) -> None:
    answer = give("doctor", SHOP_SECRET_KEY=REAL_SECRET)
    assert answer.status == 1
    assert "shop db upgrade" in answer.out
    assert answer.out.splitlines()[0].startswith("OK ")
