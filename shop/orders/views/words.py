"""What the states of orders, their parts and refunds are called, for every face of the house."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import RefundState

V = VendorOrderState


@dataclass(frozen=True)
class Word:
    """A state in words, with the tone of its seal: waiting, done, problem or info."""

    text: str
    tone: str


ORDER_WORDS: Mapping[OrderState, Word] = {
    OrderState.PLACED: Word(_l("等付款"), "waiting"),
    OrderState.PAID: Word(_l("已付款"), "waiting"),
    OrderState.EXPIRED: Word(_l("过时没付"), "problem"),
    OrderState.CANCELLED: Word(_l("已取消"), "problem"),
    OrderState.DONE: Word(_l("已送到"), "done"),
}

PART_WORDS: Mapping[VendorOrderState, Word] = {
    V.WAITING: Word(_l("等付款"), "waiting"),
    V.ASKED: Word(_l("正在备货"), "waiting"),
    V.READY: Word(_l("备好了"), "waiting"),
    V.RECEIVED: Word(_l("中心收到了"), "waiting"),
    V.REJECTED: Word(_l("中心没收下"), "problem"),
    V.PACKED: Word(_l("打好包了"), "waiting"),
    V.SHIPPED: Word(_l("在路上"), "waiting"),
    V.DELIVERED: Word(_l("已送到"), "done"),
    V.RETURNED: Word(_l("退回中心了"), "problem"),
    V.CANCELLED: Word(_l("已取消"), "problem"),
}

REFUND_WORDS: Mapping[RefundState, Word] = {
    RefundState.CREATED: Word(_l("正在退"), "waiting"),
    RefundState.PENDING: Word(_l("正在退"), "waiting"),
    RefundState.SUCCEEDED: Word(_l("退好了"), "done"),
    RefundState.FAILED: Word(_l("没退成"), "problem"),
}

REFUND_REASONS: Mapping[str, str] = {
    "cancelled": _l("订单取消"),
    "declined": _l("人家说没有货了"),
    "rejected": _l("有的货中心没收下"),
    "returned": _l("包裹退回，退货款"),
    "late": _l("钱到的时候已经过时"),
    "weight": _l("过秤轻了，退差价"),
}

ENDING_REASONS: Mapping[str, str] = {
    "buyer": _l("是您取消的。"),
    "time": _l("时限内没有付款，货放回架上了。"),
    "none": _l("人家说没有货了。"),
}
"""Codes of reasons in an order's history; what staff and drivers write stands there in their own words."""

FURTHEST = (V.RETURNED, V.SHIPPED, V.PACKED, V.RECEIVED)


def order_word(order: OrderFacts) -> Word:
    """Return where an order is, as its buyer reads it: how far its goods are, once it is paid."""
    states = set(order.states)
    if order.state is OrderState.DONE and V.DELIVERED not in states:
        return PART_WORDS[V.RETURNED]
    if order.state is OrderState.PAID:
        return PART_WORDS[next((state for state in FURTHEST if state in states), V.ASKED)]
    return ORDER_WORDS[order.state]
