"""What a phone gets in an hour: what is owed to it waits for its turn, what may be missed is withheld."""

from collections.abc import Sequence
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.flows import closing
from shop.kernel import outbox
from shop.kernel.edge import Edge
from shop.notifications import queries
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import CAP_SPAN, CAPPED, MAY_BE_MISSED, MOST_A_PHONE
from shop.notifications.services import wanted
from tests.rooms.phones import PHONE, Gateway, ask, codes, log, send, work
from tests.support.clock import SettableClock
from tests.world import World
from tests.world.market import STAFF, listing, market, paid_order, variant_id


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


def test_what_is_too_much_for_a_phone_and_may_be_missed_is_withheld_and_written_down(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    for number in range(MOST_A_PHONE + 2):
        ask(edge, clock, "order_placed", code=f"CODE{number}", total_fen=2850)
    work(edge, gateway, clock)
    assert len(gateway.asked) == MOST_A_PHONE
    assert [state for *_, state in log(edge)] == [DeliveryState.SENT] * MOST_A_PHONE + [DeliveryState.WITHHELD] * 2
    other = edge.run(
        lambda session: wanted(session, "order_cancelled", phone="13800000002", values={"code": "A"}, clock=clock)
    )
    send(edge, gateway, clock, other)
    assert len(gateway.asked) == MOST_A_PHONE + 1
    clock.advance(seconds=CAP_SPAN.total_seconds())
    work(edge, gateway, clock)
    assert len(gateway.asked) == MOST_A_PHONE + 1, "what was withheld stays so"
    send(edge, gateway, clock, ask(edge, clock))
    assert len(gateway.asked) == MOST_A_PHONE + 2


def test_what_a_phone_is_owed_waits_for_its_turn_and_goes_in_its_order(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    """One each minute: the eleventh goes an hour after the first, the twelfth an hour after the second."""
    for number in range(10, 22):
        ask(edge, clock, "order_cancelled", code=f"CODE{number}")
        work(edge, gateway, clock)
        clock.advance(minutes=1)
    assert codes(gateway) == [str(number) for number in range(10, 20)]
    assert [state for *_, state in log(edge)][-2:] == [DeliveryState.PUT_OFF] * 2
    ask(edge, clock, "order_placed", code="CODE22", total_fen=2850)  # a stranger's, who fills in that phone
    clock.advance(minutes=47, seconds=59)
    work(edge, gateway, clock)
    assert len(gateway.asked) == MOST_A_PHONE
    clock.advance(seconds=1)
    send(edge, gateway, clock, ask(edge, clock, "order_placed", code="CODE24", total_fen=2850))  # does not jump in
    work(edge, gateway, clock)
    work(edge, gateway, clock)
    assert codes(gateway)[10:] == ["20"]
    ask(edge, clock, "order_placed", code="CODE23", total_fen=2850)
    clock.advance(minutes=1)
    work(edge, gateway, clock)
    assert codes(gateway)[10:] == ["20", "21"]
    states = [state for *_, state in log(edge)]
    assert states == [DeliveryState.SENT] * 12 + [DeliveryState.WITHHELD] * 3
    with edge.reading() as session:
        box = queries.outbox(session)
    assert (box.waiting, box.poisoned) == (0, 0)


def test_what_waited_while_no_worker_ran_does_not_come_all_at_once(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    for number in range(10, 35):
        ask(edge, clock, "order_cancelled", code=f"CODE{number}")
    work(edge, gateway, clock)
    clock.advance(hours=9)
    work(edge, gateway, clock)
    assert len(gateway.asked) == 2 * MOST_A_PHONE
    clock.advance(hours=1)
    work(edge, gateway, clock)
    assert codes(gateway) == [str(number) for number in range(10, 35)]


def test_what_was_put_off_and_then_broke_is_asked_again_with_the_same_key(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    for number in range(10, 21):
        ask(edge, clock, "order_cancelled", code=f"CODE{number}")
    work(edge, gateway, clock)
    clock.advance(hours=1)
    with edge.reading() as session:
        (late,) = outbox.due(session, clock())
    gateway.breaks = True
    with pytest.raises(OSError):  # noqa: PT011 - any failure of the network
        send(edge, gateway, clock, late)
    gateway.breaks = False
    work(edge, gateway, clock)
    send(edge, gateway, clock, late)
    assert codes(gateway) == [str(number) for number in range(10, 21)]
    assert gateway.asked[-1][2] == str(late)


@pytest.mark.parametrize(("is_moot", "ends"), [(True, DeliveryState.DROPPED), (False, DeliveryState.SENT)])
def test_what_is_no_longer_true_when_its_turn_comes_is_dropped(
    edge: Edge, clock: SettableClock, gateway: Gateway, *, is_moot: bool, ends: DeliveryState
) -> None:
    asked: list[Sequence[str]] = []

    def moot(_session: Session, codes: Sequence[str]) -> bool:
        asked.append(codes)
        return is_moot

    values = {"goods": "土鸡蛋30枚 2份", "due": "10月2日", "car": ""}
    for number in range(MOST_A_PHONE + 1):
        edge.run(
            lambda session, part=f"P{number}": wanted(  # type: ignore[misc]
                session, "vendor_asked", phone=PHONE, values=values, about=[part], clock=clock
            )
        )
    work(edge, gateway, clock, is_moot=moot)
    assert asked == []
    clock.advance(hours=1)
    work(edge, gateway, clock, is_moot=moot)
    work(edge, gateway, clock, is_moot=moot)
    assert asked == [["P10"]]
    assert [state for *_, state in log(edge)][-1] is ends
    assert len(gateway.asked) == MOST_A_PHONE + (not is_moot)


def test_of_what_anybody_can_have_repeated_one_waits_for_all_and_keeps_nothing_back(
    edge: Edge, clock: SettableClock, gateway: Gateway
) -> None:
    """Somebody writes a stranger's phone into an order of theirs, and takes it out, again and again."""
    for _time in range(MOST_A_PHONE + 9):
        ask(edge, clock, "order_readdressed", code="CODE77")
    ask(edge, clock, "order_readdressed", code="CODE78")
    ask(edge, clock, "order_cancelled", code="CODE79")
    work(edge, gateway, clock)
    assert codes(gateway) == ["77"] * MOST_A_PHONE
    clock.advance(hours=1)
    work(edge, gateway, clock)
    assert codes(gateway)[MOST_A_PHONE:] == ["77", "78", "79"]


def test_only_what_anybody_can_have_sent_may_be_missed() -> None:
    assert MAY_BE_MISSED < CAPPED
    assert not MAY_BE_MISSED & {"order_paid", "parcel_delivered", "vendor_asked", "order_refunded", "pickup_run"}


@pytest.mark.parametrize(("is_cancelled", "ends"), [(True, DeliveryState.DROPPED), (False, DeliveryState.SENT)])
def test_a_household_is_not_asked_for_what_was_cancelled_while_it_waited(
    world: World, *, is_cancelled: bool, ends: DeliveryState
) -> None:
    at = market(world)
    for number in range(MOST_A_PHONE):
        values = {"goods": "土鸡蛋", "reason": f"{number}"}
        world.run(partial(wanted, template="vendor_recalled", phone=at.vendor.phone, values=values, clock=world.clock))
    world.deliver()
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    world.deliver()
    asked = select(Delivery.state).where(Delivery.template == "vendor_asked")
    assert world.read(lambda session: session.scalars(asked).one()) is DeliveryState.PUT_OFF
    if is_cancelled:
        gateways = world.house.gateways
        closing.cancel(world.edge, gateways, made.code, public_url="http://shop", actor=STAFF, clock=world.clock)
    world.clock.advance(hours=1)
    world.deliver()
    assert world.read(lambda session: session.scalars(asked).one()) is ends
