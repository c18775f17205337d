"""A market in the middle of its day is lost and brought back: it goes on as if nothing had been."""

from pathlib import Path

from shop.catalog.checks import stock_differences
from shop.cli import backing_up, restoring, snapshot
from shop.ledger.queries import books_difference
from shop.orders.models import OrderState
from shop.search.follower import rebuild, status
from tests.world import World, market


def test_a_market_goes_on_after_its_loss(world: World, tmp_path: Path) -> None:
    house = world.house
    at = market.market(world)
    goods = market.variant_id(at, market.listing(at))
    market.delivered_order(at, {goods: 1})
    waiting, _ = market.sent_order(at, {goods: 1})
    unpaid = market.place(at, market.fill_basket(at, {goods: 1}))
    rebuild(house.edge.engine, house.settings.search_dir)
    before = _content(world)
    assert len(before) > 40
    assert sum(len(lines) > 1 for lines in before.values()) > 20, "the control: most tables hold something"

    backing_up.write(tmp_path / "town.zip", house)
    with house.edge.engine.execution_options(write=True).connect() as connection, connection.begin():
        snapshot.clear(connection)
    restoring.read(tmp_path / "town.zip", house, replace=False)

    assert _content(world) == before
    market.pay(at, unpaid)
    assert market.order(at, unpaid.order_code).state is OrderState.PAID
    assert market.order(at, waiting.code).state is OrderState.PAID
    market.delivered_order(at, {goods: 1})
    assert world.read(stock_differences) == 0
    assert world.read(books_difference) == 0
    rebuild(house.edge.engine, house.settings.search_dir)
    assert status(house.edge.engine, house.settings.search_dir).documents == 1


def _content(world: World) -> dict[str, list[str]]:
    with snapshot.frozen(world.edge.engine) as connection:
        return {table.name: list(snapshot.lines_of(connection, table)) for table in snapshot.tables_of(connection)}
