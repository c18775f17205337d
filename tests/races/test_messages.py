"""Two workers with a message each to one phone: together they do not pass the hour's share."""

import threading
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel.outbox import Later, Message
from shop.notifications import services
from shop.notifications.gateways import LogGateway
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import MOST_A_PHONE, Sender
from tests.races.conftest import Race
from tests.support.races import Outcome, Racer
from tests.world import World
from tests.world.market import town

PHONE = "13912345678"
COUNTED = services._turn
HERE = threading.local()


def ask(world: World) -> int:
    act = partial(services.wanted, template="order_cancelled", phone=PHONE, values={"code": "A"}, clock=world.clock)
    return world.run(act)


def send(world: World, message_id: int, racer: Racer) -> None:
    HERE.racer = racer
    with racer.edge.reading() as session:
        facts = dict(session.get_one(Message, message_id).facts)
    sender = Sender("小鱼洞", "028-00000000")
    services.deliver(
        racer.edge,
        LogGateway(),
        message_id,
        facts,
        sender=sender,
        is_demo=False,
        is_moot=lambda _session, codes: not codes,
        clock=world.clock,
    )


def counted_then_meet(session: Session, row: Delivery, now: datetime) -> datetime:
    found = COUNTED(session, row, now)
    HERE.racer.meet()
    return found


def one_place_left(world: World, race: Race, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[Outcome[None]]]:
    """Let two workers count when one place is left, and return how many messages went in all."""
    town(world)
    for _ in range(MOST_A_PHONE - 1):
        ask(world)
    world.deliver()
    first, second = ask(world), ask(world)
    monkeypatch.setattr(services, "_turn", counted_then_meet)
    outcomes = race(partial(send, world, first), partial(send, world, second))
    sent = select(func.count(Delivery.id)).where(Delivery.phone == PHONE, Delivery.state == DeliveryState.SENT)
    return world.read(lambda session: session.scalar(sent)) or 0, outcomes


def test_two_workers_do_not_pass_the_hours_share(world: World, race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, outcomes = one_place_left(world, race, monkeypatch)
    assert sent == MOST_A_PHONE
    assert [type(each.error) for each in outcomes if not each.won] == [Later]


def test_without_their_turn_they_pass_it_where_writers_write_side_by_side(
    world: World, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "alone", lambda _session, _name: None)
    sent, _outcomes = one_place_left(world, race, monkeypatch)
    assert sent == MOST_A_PHONE + (world.edge.engine.dialect.name == "postgresql")
