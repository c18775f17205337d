"""What the states of orders, their parts and refunds are called, for every face of the house."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shop.catalog.models import ReturnClass
from shop.orders.models import Box, Handing, OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts
from shop.payments.models import RefundState

V = VendorOrderState


@dataclass(frozen=True)
class Word:
    """A state in words, with the tone of its seal: waiting, done, problem or info."""

    text: str
    tone: str


ORDER_WORDS: Mapping[OrderState, Word] = {
    OrderState.PLACED: Word(_l("等付款"), "waiting"),
    OrderState.AGREED: Word(_l("货到付现"), "waiting"),
    OrderState.PAID: Word(_l("已付款"), "waiting"),
    OrderState.EXPIRED: Word(_l("过时没付"), "problem"),
    OrderState.CANCELLED: Word(_l("已取消"), "problem"),
    OrderState.DONE: Word(_l("已送到"), "done"),
}

PART_WORDS: Mapping[VendorOrderState, Word] = {
    V.WAITING: Word(_l("等付款"), "waiting"),
    V.POOLED: Word(_l("几家合着备"), "waiting"),
    V.SHARED: Word(_l("分到了这家"), "waiting"),
    V.ASKED: Word(_l("正在备货"), "waiting"),
    V.READY: Word(_l("备好了"), "waiting"),
    V.RECEIVED: Word(_l("中心收到了"), "waiting"),
    V.REJECTED: Word(_l("中心没收下"), "problem"),
    V.PACKED: Word(_l("打好包了"), "waiting"),
    V.SHIPPED: Word(_l("在路上"), "waiting"),
    V.DELIVERED: Word(_l("已送到"), "done"),
    V.RETURNED: Word(_l("退回中心了"), "problem"),
    V.CANCELLED: Word(_l("已取消"), "problem"),
    V.PASSED_ON: Word(_l("给别家了"), "info"),
}

COLLECTED_WORDS: Mapping[VendorOrderState, Word] = {
    V.PACKED: Word(_l("可以来取了"), "info"),
    V.DELIVERED: Word(_l("取走了"), "done"),
    V.RETURNED: Word(_l("没有人来取"), "problem"),
}
"""What is said otherwise of goods that are collected at the centre."""

CASH_AT_CENTRE = Word(_l("到店付现"), "waiting")

AT_THE_COUNTER = Word(_l("在柜台等您拿"), "info")

REFUND_WORDS: Mapping[RefundState, Word] = {
    RefundState.CREATED: Word(_l("正在退"), "waiting"),
    RefundState.PENDING: Word(_l("正在退"), "waiting"),
    RefundState.SUCCEEDED: Word(_l("退好了"), "done"),
    RefundState.FAILED: Word(_l("没退成"), "problem"),
}

REFUND_REASONS: Mapping[str, str] = {
    "cancelled": _l("订单取消"),
    "declined": _l("人家说没有货了"),
    "short": _l("人家说货不够了"),
    "rejected": _l("有的货中心没收下"),
    "returned": _l("包裹退回，退货款"),
    "uncollected": _l("没有来取，退货款"),
    "freight": _l("退回的包裹，运费也退"),
    "late": _l("钱到的时候已经过时"),
    "weight": _l("过秤轻了，退差价"),
    "recalled": _l("货召回，没有寄"),
    "external": _l("从收款渠道那边退的"),
    "staff": _l("中心退的"),
    "counter": _l("您在柜台说不要了，货还在柜上，钱退给您。"),
    "wish": _l("您说不要了，中心同意了"),
    "claim": _l("货有问题，赔给您"),
}

ENDING_REASONS: Mapping[str, str] = {
    "buyer": _l("是您取消的。"),
    "time": _l("时限内没有付款，货放回架上了。"),
    "none": _l("人家说没有货了。"),
    "staff": _l("中心把钱退了，不送了。"),
    "wish": _l("您说不要了，中心同意了。"),
}
"""Codes of reasons in an order's history; what staff and drivers write stands there in their own words."""

RETURN_WORDS: Mapping[ReturnClass, str] = {
    ReturnClass.FRESH: _l("鲜货，不适用七天无理由退货"),
    ReturnClass.MADE_TO_ORDER: _l("现做的，不适用七天无理由退货"),
    ReturnClass.CONFIRMED_EXCEPTION: _l("拆了封不适用七天无理由退货"),
    ReturnClass.STANDARD: _l("七天无理由退货"),
}
"""Source: Consumer Protection Law, article 25; bad goods may always be sent back."""

BOX_WORDS: Mapping[Box, str] = {
    Box.AMBIENT: _l("常温箱"),
    Box.CHILLED: _l("冷藏箱"),
    Box.FROZEN: _l("冷冻箱"),
}

FURTHEST = (V.RETURNED, V.SHIPPED, V.PACKED, V.RECEIVED)


def part_word(order: OrderFacts, state: VendorOrderState) -> Word:
    """Return how far a part of an order is."""
    if order.at_once and state is V.WAITING and order.state is OrderState.PAID:
        return AT_THE_COUNTER
    if order.handing is Handing.COLLECTION and state in COLLECTED_WORDS:
        return COLLECTED_WORDS[state]
    return PART_WORDS[state]


def cash_word(order: OrderFacts) -> Word:
    """Return that it is paid in cash, and where."""
    return CASH_AT_CENTRE if order.handing is Handing.COLLECTION else ORDER_WORDS[OrderState.AGREED]


def order_word(order: OrderFacts) -> Word:
    """Return where an order is, as its buyer reads it: how far its goods are, once they are asked for."""
    states = set(order.states)
    if order.state is OrderState.DONE:
        return part_word(order, V.DELIVERED if V.DELIVERED in states else V.RETURNED)
    if order.state not in (OrderState.PAID, OrderState.AGREED):
        return ORDER_WORDS[order.state]
    furthest = next((state for state in FURTHEST if state in states), None)
    if furthest is None and order.state is OrderState.AGREED:
        return cash_word(order)
    return part_word(order, furthest or (V.WAITING if order.at_once else V.ASKED))


def boxes_of(parts: tuple[PartFacts, ...]) -> list[Box]:
    """Return in which boxes the parts of an order travel."""
    return [box for box in Box if any(part.box is box for part in parts)]
