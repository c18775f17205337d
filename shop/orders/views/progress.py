"""How far an order has come, as its buyer reads it from top to bottom. Pure: facts in, steps out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shop.desk.returned.queries import Returned
from shop.kernel.money import yuan
from shop.orders.models import Handing, OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts, Passage
from shop.orders.rules import CARRIED_OUT, NOT_COMING, Readdressed
from shop.orders.views.words import ENDING_REASONS, REFUND_REASONS, REFUND_WORDS, cash_word
from shop.payments.models import RefundState
from shop.payments.queries import RefundFacts
from shop.web.i18n import _
from shop.web.words import town_time

V = VendorOrderState
MILESTONES = (V.ASKED, V.READY, V.RECEIVED, V.PACKED, V.SHIPPED, V.DELIVERED)
UNASKED = frozenset({V.WAITING, V.POOLED, V.SHARED})


class Step(NamedTuple):
    """One step: state is done, now, todo or failed."""

    label: str
    at: datetime | None
    state: str
    note: str | None


@dataclass(frozen=True)
class Story:
    """What a part of the thread is made of: when each part last reached each state, and the order's own passages."""

    order: OrderFacts
    own: tuple[Passage, ...]
    reached: dict[tuple[str, str], Passage]

    @property
    def was_agreed(self) -> bool:
        """Tell whether it was to be paid in cash when the goods are handed over."""
        return any(passage.to_state == OrderState.AGREED for passage in self.own)

    @property
    def carried(self) -> tuple[PartFacts, ...]:
        """The parts that were not dropped on the way."""
        return tuple(part for part in self.order.parts if part.state not in NOT_COMING)

    def last(self, parts: Sequence[PartFacts], state: VendorOrderState) -> datetime | None:
        """Return when the last of these parts reached a state, or None when none did."""
        times = [self.reached[(part.code, state)].at for part in parts if (part.code, state) in self.reached]
        return max(times, default=None)


def progress(
    order: OrderFacts,
    passages: Sequence[Passage],
    refunds: Sequence[RefundFacts],
    waybill: str | None,
    returned: Sequence[Returned] = (),
) -> tuple[Step, ...]:
    """Return every step of an order with its time, those to come without.

    Args:
        passages: the order's and its parts' history, oldest first.
        refunds: of all its payments.
        waybill: the courier's number, once there is one.
        returned: its parcels that came back, or that nobody came for.
    """
    story = Story(
        order,
        tuple(passage for passage in passages if passage.part is None and not passage.is_note),
        {
            (passage.part, passage.to_state): passage
            for passage in passages
            if passage.part is not None and not passage.is_note
        },
    )
    return (
        Step(_("下单"), order.placed_at, "done", None),
        *_first(story, passages),
        *_carrying(story, waybill),
        *_paying_in_cash(story),
        *_endings(story),
        *(_answered(one) for one in returned),
        *map(_refund, sorted(refunds, key=lambda refund: refund.created_at)),
    )


def _paying(story: Story) -> Iterator[Step]:
    was_expired = False
    for passage in story.own:
        if passage.to_state == OrderState.EXPIRED:
            was_expired = True
            yield Step(_("过时没付"), passage.at, "failed", ENDING_REASONS["time"])
        elif passage.to_state == OrderState.AGREED:
            yield Step(_("说好%(how)s", how=cash_word(story.order).text), passage.at, "done", None)
        elif passage.to_state == OrderState.PAID and not story.was_agreed:
            note = _("钱后来到了，货还在，照样给您发。") if was_expired else None
            yield Step(_("付款"), passage.at, "done", note)
    if story.order.state is OrderState.PLACED:
        yield Step(_("付款"), None, "now", _("货给您留到 %(at)s。", at=town_time(story.order.hold_until)))


def _first(story: Story, passages: Sequence[Passage]) -> list[Step]:
    """Return the paying, and a change of the recipient, as they came; what is still to come last."""
    steps = [*_paying(story), *_readdressed(passages)]
    return sorted(steps, key=lambda step: (step.at is None, step.at or story.order.placed_at))


def _readdressed(passages: Sequence[Passage]) -> Iterator[Step]:
    """Yield when it was last changed to whom it goes."""
    for passage in [one for one in passages if one.part is None and one.is_note][-1:]:
        note = None if passage.reason == Readdressed.BUYER else _("中心帮您改的。")
        yield Step(_("改了收货人"), passage.at, "done", note)


def _paying_in_cash(story: Story) -> Iterator[Step]:
    """Yield the cash that changes hands with the goods."""
    if story.order.state is OrderState.AGREED:
        yield Step(_("付现金"), None, "todo", None)
    elif story.was_agreed:
        yield from (Step(_("付现金"), one.at, "done", None) for one in story.own if one.to_state == OrderState.PAID)


def _labels(order: OrderFacts) -> dict[VendorOrderState, str]:
    """Return the milestones of an order that its goods pass, and what they are called."""
    if order.at_once:
        return {V.DELIVERED: _("柜台当面给您")}
    labels = {V.ASKED: _("通知备货"), V.READY: _("备货"), V.RECEIVED: _("中心收货")}
    if order.handing is Handing.COLLECTION:
        return {**labels, V.PACKED: _("打好包，等您来取"), V.DELIVERED: _("取走")}
    return {**labels, V.PACKED: _("打包"), V.SHIPPED: _("交给快递"), V.DELIVERED: _("送到")}


def _rank(state: VendorOrderState) -> int:
    return MILESTONES.index(V.SHIPPED if state is V.RETURNED else state) if state not in UNASKED else -1


def _carrying(story: Story, waybill: str | None) -> Iterator[Step]:
    """Yield the way of the goods."""
    if story.order.state in (OrderState.EXPIRED, OrderState.CANCELLED):
        yield from _carried_so_far(story)
        return
    came_back = any(part.state is V.RETURNED for part in story.carried)
    is_next = story.order.state in CARRIED_OUT
    labels = _labels(story.order)
    for milestone in list(labels)[:-1] if came_back else labels:
        there = sum(_rank(part.state) >= MILESTONES.index(milestone) for part in story.carried)
        if there == len(story.carried):
            at = story.last(story.carried, milestone)
            if at is not None:  # a household whose goods simply came never said that they were ready
                yield Step(labels[milestone], at, "done", _note(milestone, story, waybill))
        else:
            partly = _("%(n)d 家里到了 %(k)d 家。", n=len(story.carried), k=there) if there else None
            yield Step(labels[milestone], None, "now" if is_next else "todo", partly)
            is_next = False


def _carried_so_far(story: Story) -> Iterator[Step]:
    """Yield what had happened to an order that was called off; what was to come is gone."""
    for milestone, label in _labels(story.order).items():
        at = story.last(story.order.parts, milestone)
        if at is not None:
            yield Step(label, at, "done", None)


def _note(milestone: VendorOrderState, story: Story, waybill: str | None) -> str | None:
    if milestone is V.SHIPPED and waybill:
        return _("单号 %(waybill)s", waybill=waybill)
    short = [part for part in story.order.parts if any(line.rejected for line in part.lines)]
    if milestone is V.RECEIVED and short:
        return _("没有来齐，少的钱已经往回退，下面写着。")
    return None


def _endings(story: Story) -> Iterator[Step]:
    for part in story.order.parts:
        is_open = story.order.state in (*CARRIED_OUT, OrderState.DONE)
        if part.state is V.REJECTED or (part.state is V.CANCELLED and is_open):
            ended = story.reached[(part.code, part.state)]
            yield Step(_part_end(part, ended.reason), ended.at, "failed", _reason(ended.reason))
    returned = [story.reached[(part.code, part.state)] for part in story.order.parts if part.state is V.RETURNED]
    if returned:
        yield Step(_("退回中心"), max(p.at for p in returned), "failed", _reason(returned[0].reason))
    for passage in story.own:
        if passage.to_state == OrderState.CANCELLED:
            note = _reason(passage.reason) or _("没有一样能送出来。")
            yield Step(_("订单取消"), passage.at, "failed", note)


def _answered(one: Returned) -> Step:
    """Return what a person said about a parcel that came back, or that one will."""
    if one.decided_at is None:
        return Step(_("中心看退回的货"), None, "todo", _("看过就告诉您为什么。"))
    return Step(_("退回的货，中心看过了"), one.decided_at, "done", _("中心说：%(why)s", why=one.answer))


def _part_end(part: PartFacts, reason: str) -> str:
    """Return how a household's part ended that is not sent."""
    if part.state is V.REJECTED:
        return _("%(who)s的没收下", who=part.vendor_name)
    if reason == "none":
        return _("%(who)s的没有了", who=part.vendor_name)
    return _("%(who)s的不送了", who=part.vendor_name)


def _reason(reason: str) -> str | None:
    return ENDING_REASONS.get(reason, reason) or None


def _refund(refund: RefundFacts) -> Step:
    label = _("退款 %(amount)s %(word)s", amount=yuan(refund.amount_fen), word=REFUND_WORDS[refund.state].text)
    note = str(REFUND_REASONS.get(refund.reason, REFUND_REASONS["staff"]))
    if refund.state is RefundState.SUCCEEDED:
        return Step(label, refund.done_at, "done", note)
    if refund.state is RefundState.FAILED:
        return Step(label, refund.done_at, "failed", _("%(why)s。请打中心的电话，我们用别的办法退。", why=note))
    return Step(label, refund.created_at, "now", note)
