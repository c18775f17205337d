"""The step that wrote down what lies in a parcel: those from before keep it, and the old house gets one a box back."""

from functools import partial

from sqlalchemy import Engine, text

from shop.app.schema import downgrade, head, upgrade
from shop.flows import bench, giving, unpacking
from shop.fulfilment.services import Load
from shop.orders.models import Box
from tests.support.databases import engine_for
from tests.world import World
from tests.world.market import STAFF, delivered_order, listing, market, pack, paid_order, receive_all, variant_id

LINES = (
    "SELECT parcel.code, order_line.id, parcel_line.pieces FROM parcel_line"
    " JOIN parcel ON parcel.id = parcel_line.parcel_id JOIN order_line ON order_line.id = parcel_line.order_line_id"
    " WHERE parcel.state <> 'opened' ORDER BY parcel.id, order_line.id"
)
COUNTS = "SELECT number, among FROM parcel WHERE state <> 'opened' ORDER BY id"


def _rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_parcels_from_before_keep_what_lies_in_them(world: World) -> None:
    at = market(world)
    eggs, bacon = variant_id(at, listing(at)), variant_id(at, listing(at, title="老腊肉", price_fen=6800))
    there = delivered_order(at, {eggs: 2, bacon: 1})
    given = giving.Pieces(there.parts[0].lines[0].id, there.parts[0].lines[0].quantity)
    house = world.house
    giving.give(house.edge, house.gateways, there.code, given, key="one", note="碎了", actor=STAFF, clock=world.clock)
    lying = paid_order(at, {eggs: 1})
    receive_all(at, lying.code)
    opened = pack(at, lying.code)
    world.deliver()
    apart = partial(unpacking.take_apart, parcel_code=opened, reason="漏水", actor=STAFF, clock=world.clock)
    world.run(apart)
    pack(at, lying.code)
    engine = engine_for(house.settings.database_url)
    before = _rows(engine, LINES)
    assert len(before) == 3
    downgrade(engine, "0037")
    upgrade(engine, head())
    assert _rows(engine, LINES) == before
    assert _rows(engine, COUNTS) == [(1, 1), (1, 1)]
    engine.dispose()


def test_of_a_box_in_two_parcels_the_old_house_keeps_one_which_holds_all_of_it(world: World) -> None:
    at = market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    receive_all(at, made.code)
    line = made.parts[0].lines[0].id
    act = partial(bench.pack, order_code=made.code, box=Box.AMBIENT, weight_g=2000, actor=STAFF, clock=world.clock)
    code = world.run(partial(act, before=[Load(900, pieces={line: 1})]))
    world.deliver()
    engine = engine_for(world.house.settings.database_url)
    assert [row[2] for row in _rows(engine, LINES)] == [1, 2]
    downgrade(engine, "0037")
    upgrade(engine, head())
    assert _rows(engine, LINES) == [(code, line, 3)]
    assert _rows(engine, COUNTS) == [(1, 1)]
    engine.dispose()
