"""A claim afterwards, as its buyer sees it: how it stands and why, taking it back, answering a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.desk.forms import AnswerForm, SentForm
from shop.desk.models import ClaimKind, ClaimState
from shop.desk.queries import ClaimFacts, claim_by_code, claims_of_orders, passages_of
from shop.flows import claiming
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import ParcelFacts
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.ledger.rules import CASH
from shop.media.queries import Picture
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.browser import own_order
from shop.orders.views.claims.base import bp, photo_answer, pictures
from shop.orders.views.claims.words import KIND_WORDS, STATE_WORDS, WRONG, much_words, told_words
from shop.orders.views.progress import Step
from shop.payments.queries import payments_of
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_town, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say


def _own(code: str, claim: str) -> tuple[OrderFacts, ClaimFacts]:
    """Return a claim to whoever may see its order.

    Raises:
        NotFound: it is another's, which must look the same as none.
    """
    order = own_order(code)
    found = claim_by_code(reading(), claim)
    if found.order_code != order.code:
        raise NotFound("claim")
    return order, found


@dataclass(frozen=True)
class ClaimPage:
    """A claim as its buyer sees it; `way` says how goods come back, where they are to."""

    order: str
    told: str
    facts: ClaimFacts
    title: str
    kind: str
    much: str
    steps: tuple[Step, ...]
    photos: tuple[Picture, ...]
    way: str | None
    may_withdraw: bool
    may_answer: bool


@bp.get("/orders/<code>/claims/<claim>")
def claim(code: str, claim: str) -> ResponseReturnValue:
    """Show how a claim stands, and why."""
    order, found = _own(code, claim)
    return _shown(order, found, AnswerForm.from_request())


def _shown(
    order: OrderFacts, found: ClaimFacts, form: AnswerForm, status: int = 200, *, sent: SentForm | None = None
) -> ResponseReturnValue:
    is_cash = any(one.gateway == CASH and one.captured_fen for one in payments_of(reading(), order.code))
    address = partial(url_for, "claims.photo", code=order.code, claim=found.code)
    page = ClaimPage(
        order=order.code,
        told=told_words(found, is_cash=is_cash),
        facts=found,
        title=STATE_WORDS[found.state].text,
        kind=str(KIND_WORDS[found.kind]),
        much=much_words(found),
        steps=_steps(found),
        photos=pictures(found.photos, address),
        way=_way(found),
        may_withdraw=found.state in (ClaimState.OPEN, ClaimState.AWAITING_GOODS),
        may_answer=found.state is ClaimState.DECLINED and found.appealed_at is None,
    )
    sent = sent or SentForm(formdata=None, waybill=found.waybill)
    return render_template("desk/claim.html", page=page, form=form, sent=sent, town=current_town()), status


def _way(found: ClaimFacts) -> str | None:
    if found.state is not ClaimState.AWAITING_GOODS:
        return None
    if found.kind is ClaimKind.RETURN:
        return _("自己送来，或者寄来都行，写上订单号 %(code)s。寄回的运费您出。", code=found.order_code)
    return _("自己送来，或者寄来都行，写上订单号 %(code)s。寄回的运费中心出。", code=found.order_code)


STEP_WORDS = {
    ClaimState.OPEN: lambda: _("您说了"),
    ClaimState.AWAITING_GOODS: lambda: _("等货回来"),
    ClaimState.RECEIVED: lambda: _("货到中心，看货"),
    ClaimState.ACCEPTED: lambda: _("答应了，退钱"),
    ClaimState.PAID: lambda: _("退好了"),
    ClaimState.DECLINED: lambda: _("没能赔"),
    ClaimState.WITHDRAWN: lambda: _("自己收回了"),
}
AHEAD = {
    ClaimState.OPEN: (ClaimState.PAID,),
    ClaimState.AWAITING_GOODS: (ClaimState.RECEIVED, ClaimState.PAID),
    ClaimState.RECEIVED: (ClaimState.PAID,),
    ClaimState.ACCEPTED: (ClaimState.PAID,),
}
"""What is to come from where a claim stands, if all goes well."""
FAILED = frozenset({ClaimState.DECLINED, ClaimState.WITHDRAWN})


def _steps(found: ClaimFacts) -> tuple[Step, ...]:
    """Return the steps that a claim took, oldest first, and those to come."""
    made = passages_of(reading(), found.code)
    ahead, is_open = AHEAD.get(found.state, ()), found.state is ClaimState.OPEN
    rows = []
    for place, one in enumerate(made, 1):
        is_last = place == len(made) and bool(ahead) and not is_open
        state = "failed" if one.to in FAILED else "now" if is_last else "done"
        rows.append(Step(STEP_WORDS[one.to](), one.at, state, one.reason or None))
    if is_open:
        rows.append(Step(_("中心看"), None, "now", None))
    return (*rows, *(Step(STEP_WORDS[state](), None, "todo", None) for state in ahead))


@bp.get("/orders/<code>/claims/<claim>/photos/<int:number>")
def photo(code: str, claim: str, number: int) -> ResponseReturnValue:
    """Answer with a photo of a claim, to whoever may see its order."""
    _order, found = _own(code, claim)
    return photo_answer(found.photos, number)


@bp.post("/orders/<code>/claims/<claim>/withdraw")
def withdraw(code: str, claim: str) -> ResponseReturnValue:
    """Take a claim back."""
    EmptyForm.from_request()
    order, found = _own(code, claim)
    act = partial(claiming.withdraw, code=found.code, actor=current_actor(), clock=house().clock)
    try:
        edge().run(act)
    except WrongState:
        say("mind", _("中心已经办到一半了，收不回了。有话请打中心的电话。"))
    else:
        say("good", _("收回了，这件事就算了。"))
    return redirect(url_for("claims.claim", code=order.code, claim=found.code), 303)


@bp.post("/orders/<code>/claims/<claim>/sent")
@limiter.limit("10 per minute")
def say_sent(code: str, claim: str) -> ResponseReturnValue:
    """Note by which waybill the goods come back."""
    (order, found), form = _own(code, claim), SentForm.from_request()
    if not form.is_sent_well():
        return _shown(order, found, AnswerForm(formdata=None), 422, sent=form)
    act = partial(claiming.say_sent, code=found.code, waybill=form.waybill.data or "", actor=current_actor())
    try:
        edge().run(partial(act, clock=house().clock))
    except WrongState:
        say("mind", _("这件事不等货了，不用再填。"))
    else:
        say("good", _("记下了，货一到中心就看。"))
    return redirect(url_for("claims.claim", code=order.code, claim=found.code), 303)


@bp.post("/orders/<code>/claims/<claim>/answer")
@limiter.limit("10 per minute")
def answer(code: str, claim: str) -> ResponseReturnValue:
    """Let the buyer answer a refusal, once."""
    (order, found), form = _own(code, claim), AnswerForm.from_request()
    if not form.is_sent_well():
        return _shown(order, found, form, 422)
    act = partial(claiming.appeal, code=found.code, words=form.appeal.data or "")
    try:
        edge().run(partial(act, actor=current_actor(), clock=house().clock))
    except WrongState:
        say("mind", _("这一回不能再说了。有话请打中心的电话。"))
    except Invalid as refused:
        if refused.field not in form:
            say("mind", str(WRONG[refused.field, refused.reason]))
        else:
            form.appeal.errors = [str(WRONG[refused.field, refused.reason])]
            return _shown(order, found, form, 422)
    else:
        say("good", _("中心会再看一次，一天之内回您。"))
    return redirect(url_for("claims.claim", code=order.code, claim=found.code), 303)


@dataclass(frozen=True)
class Panel:
    """What an order's page says of its claims: of each its words, seal and address; and whether one may be made."""

    code: str
    rows: tuple[tuple[str, str, str, str], ...]
    may_claim: bool


def claim_panel(order: OrderFacts, parcels: Sequence[ParcelFacts]) -> Panel:
    """Return what the page of an order, which was shown to its buyer already, says of claims."""
    if not any(parcel.state is ParcelState.DELIVERED for parcel in parcels):
        return Panel(order.code, (), may_claim=False)
    rows = tuple(
        (f"{one.title} · {much_words(one)}", STATE_WORDS[one.state].text, STATE_WORDS[one.state].tone, _address(one))
        for one in claims_of_orders(reading(), [order.id])
    )
    return Panel(order.code, rows, may_claim=bool(claiming.claimable(reading(), order, house().clock(), parcels)))


def _address(one: ClaimFacts) -> str:
    return url_for("claims.claim", code=one.order_code, claim=one.code)
