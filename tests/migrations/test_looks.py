"""The step that gave looks at photos of the bench the home of all other looks: none is lost, both ways."""

from functools import partial

from sqlalchemy import Engine, text

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import note_view
from shop.app.schema import downgrade, head, upgrade
from shop.flows import bench
from tests.support.databases import engine_for
from tests.world import World
from tests.world.market import STAFF, listing, market, pack, paid_order, receive_all, variant_id

LOOKS = "SELECT what, subject, actor, why FROM view_log ORDER BY what"


def _rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_looks_at_boxes_and_lists_move_with_the_house(world: World) -> None:
    at, clock = market(world), world.clock
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    world.deliver()
    signed = world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=clock))
    looks = ((parcel, Viewed.BOX_PHOTO), (signed, Viewed.SIGNED_LIST), (made.code, Viewed.RECIPIENT))
    for subject, what in looks:
        world.run(partial(note_view, subject=subject, what=what, why=ViewReason.WORK, actor=STAFF, clock=clock))
    engine = engine_for(world.house.settings.database_url)
    before = _rows(engine, LOOKS)
    assert [row[:2] for row in before] == [
        ("box_photo", parcel),
        ("recipient", made.code),
        ("signed_list", signed),
    ]
    downgrade(engine, "0042")
    assert _rows(engine, "SELECT about, actor FROM photo_look ORDER BY id") == [
        (parcel, STAFF.label),
        (signed, STAFF.label),
    ]
    assert _rows(engine, LOOKS) == [row for row in before if row[0] == "recipient"]
    upgrade(engine, head())
    assert _rows(engine, LOOKS) == before
    engine.dispose()
