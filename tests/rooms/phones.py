"""A phone network at the border, and messages to one phone."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.edge import Edge
from shop.kernel.outbox import Message
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.rules import Sender
from shop.notifications.services import deliver, wanted
from shop.notifications.topics import SMS
from tests.support.clock import SettableClock

PHONE = "13800000001"
SENDER = Sender("小鱼洞", "028-00000000")


class Gateway:
    """A phone network at the border: sends each key once, and breaks when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.breaks = False

    @property
    def arrived(self) -> dict[str, tuple[str, str]]:
        return {key: (phone, text) for phone, text, key in reversed(self.asked)}

    def send(self, phone: str, text: str, *, key: str) -> None:
        if self.breaks:
            raise TimeoutError
        self.asked.append((phone, text, key))


def ask(edge: Edge, clock: SettableClock, template: str = "order_paid", **values: Any) -> int:
    filled = values or {"code": "ABCD2345", "total_fen": 2850}
    return edge.run(lambda session: wanted(session, template, phone=PHONE, values=filled, clock=clock))


def facts_of(edge: Edge, message_id: int) -> dict[str, Any]:
    with edge.reading() as session:
        return dict(session.get_one(Message, message_id).facts)


def log(edge: Edge) -> list[tuple[str, str, DeliveryState]]:
    with edge.reading() as session:
        return [(d.phone, d.text, d.state) for d in session.scalars(select(Delivery).order_by(Delivery.id))]


def never(_session: Session, codes: Sequence[str]) -> bool:
    raise AssertionError(codes)


def send(edge: Edge, gateway: Gateway, clock: SettableClock, message_id: int, **options: Any) -> None:
    options = {"sender": SENDER, "is_demo": False, "clock": clock, "is_moot": never, **options}
    deliver(edge, gateway, message_id, facts_of(edge, message_id), **options)


def work(edge: Edge, gateway: Gateway, clock: SettableClock, **options: Any) -> None:
    """Do what is due, as the worker would."""

    def handler(message_id: int, facts: Mapping[str, Any]) -> None:
        filled = {"sender": SENDER, "is_demo": False, "clock": clock, "is_moot": never, **options}
        deliver(edge, gateway, message_id, facts, **filled)

    with edge.reading() as session:
        due = outbox.due(session, clock())
    for message_id in due:
        assert outbox.deliver(edge, {SMS: handler}, message_id, clock=clock)


def codes(gateway: Gateway) -> list[str]:
    return [text.partition("CODE")[2][:2] for _, text, _ in gateway.asked]
