"""The step that puts messages off: the old house takes up again what waited, and nothing is sent twice."""

from functools import partial

from sqlalchemy import text

from shop.app.schema import downgrade, head, upgrade
from shop.notifications.rules import MOST_A_PHONE
from shop.notifications.services import wanted
from tests.support.databases import engine_for
from tests.world import World
from tests.world.market import town

STATES = "SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state"


def test_what_was_put_off_is_still_to_be_sent_after_a_step_back_and_again(world: World) -> None:
    town(world)
    for number in range(MOST_A_PHONE + 2):
        act = partial(wanted, template="order_cancelled", phone="13912345678", values={"code": f"CODE{number}"})
        world.run(partial(act, clock=world.clock))
    world.deliver()
    engine = engine_for(world.house.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'dropped' WHERE text LIKE '%CODE0%'"))
        kept = connection.execute(text(STATES)).all()
    assert [tuple(row) for row in kept] == [("dropped", 1), ("put_off", 2), ("sent", 9)]
    downgrade(engine, "0041")
    with engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(text(STATES))] == [("sent", 9), ("withheld", 1)]
    upgrade(engine, head())
    world.clock.advance(hours=1)
    assert world.deliver() == 2
    with engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(text(STATES))] == [("sent", 11), ("withheld", 1)]
    engine.dispose()
