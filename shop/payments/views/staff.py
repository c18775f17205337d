"""The bench's look at money that does not agree with a provider: what differs, what waits, and who settled it how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.audit import versions_of
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound
from shop.payments import reconciling
from shop.payments.forms import SettledForm
from shop.payments.models import DifferenceKind
from shop.payments.queries import unasked
from shop.payments.reconciling import GONE, MENDED, DifferenceFacts, ParkedEvent, ReviewFacts
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.paging import Leaf, leaf
from shop.web.roles import MONEY_ROLES
from shop.web.shell import say
from shop.web.words import GATEWAY_WORDS

bp = blueprint("staff_payments", __name__, Audience.STAFF, prefix="/staff", roles=MONEY_ROLES)

PER_PAGE = 20
STALE = timedelta(days=2)
"""Without a comparison for so long, something is wrong with the comparing itself."""
DIFFERENCE_WORDS = {
    DifferenceKind.UNKNOWN_MONEY: _l("渠道有这笔钱，我们不认识"),
    DifferenceKind.NOT_CAPTURED: _l("我们记了收款，渠道没有"),
    DifferenceKind.AMOUNT: _l("收的数不一样"),
    DifferenceKind.REFUNDED: _l("退的数不一样"),
    DifferenceKind.LEDGER: _l("钱账和渠道对不上"),
}
ADVICE = {
    DifferenceKind.UNKNOWN_MONEY: _l("到渠道后台查是谁付的；不是我们的就退回去，再写明。"),
    DifferenceKind.NOT_CAPTURED: _l("先别发货，到渠道后台查这笔收款还在不在。"),
    DifferenceKind.AMOUNT: _l("到渠道后台看清收了多少；没算作付款的退给买家，请买家重新付。"),
    DifferenceKind.REFUNDED: _l("到渠道后台查退款到了没有，没到就用别的办法退。"),
    DifferenceKind.LEDGER: _l("先别给农户结账，把这一条告诉管系统的人。"),
}
DONE_WORDS = {MENDED: _l("店里自己补上了"), GONE: _l("再对时已经一样")}
PARKED_WORDS = {
    "orphan": _l("渠道说有一笔付款，我们没有这笔"),
    "amount": _l("付来的钱数和订单不一样"),
    "dispute": _l("买家的银行来要回这笔钱"),
}
REVIEW_WORDS = {
    "amount": _l("付来的钱数和订单不一样，没算作付款"),
    "currency": _l("付来的不是人民币，没算作付款"),
    "refund": _l("有人在渠道后台退了款，订单没动"),
    "failed": _l("有一笔退款没退成"),
}
REVIEW_ADVICE = {
    "amount": _l("到渠道后台把付来的退给买家，请买家重新付，再写明。"),
    "currency": _l("到渠道后台把付来的退给买家，请买家重新付，再写明。"),
    "refund": _l("问清为什么退的，货照不照送，再写明。"),
    "failed": _l("到渠道后台查：已经退过的不用再退；没退的用别的办法退给买家，再写明。"),
}


@dataclass(frozen=True)
class Run:
    """One comparison; its state is how it went, in words."""

    gateway: str
    at: datetime
    compared: int
    found: int
    is_whole: bool


@dataclass(frozen=True)
class Case:
    """Something that waits for a person.

    Attributes:
        ref: the provider's name for it, or ours.
        order: the order's code; empty when nobody knows one.
        sums: what each side says: label and fen.
        advice: what to do; empty when the title says it.
        what: difference, event or payment; with the key it names what is settled.
    """

    what: str
    key: str
    title: str
    gateway: str
    ref: str
    order: str
    at: datetime
    sums: tuple[tuple[str, int], ...]
    advice: str


@dataclass(frozen=True)
class Settled:
    """A difference that stands no more, and what was done."""

    title: str
    gateway: str
    ref: str
    order: str
    ours_fen: int
    theirs_fen: int
    at: datetime | None
    done: str


@dataclass(frozen=True)
class ReconciliationPage:
    """The last comparisons, what waits and what was settled.

    Attributes:
        is_stale: no comparison came to its end for two days.
        unasked: by gateways that are switched off, how many open payments and refunds nobody can ask about.
    """

    here: Leaf
    runs: tuple[Run, ...]
    is_stale: bool
    unasked: tuple[tuple[str, int, int], ...]
    cases: tuple[tuple[Case, SettledForm, int], ...]
    settled: tuple[Settled, ...]


@bp.get("/reconciliation")
def reconciliation() -> ResponseReturnValue:
    """Show what does not agree with the providers."""
    return render_template("staff/reconciliation.html", page=_page())


Settle = Callable[[Session, str, str, Actor, Clock], None]


def _difference(session: Session, key: str, note: str, actor: Actor, clock: Clock) -> None:
    reconciling.settle_difference(session, _number(key), note, actor=actor, clock=clock)


def _event(session: Session, key: str, note: str, actor: Actor, clock: Clock) -> None:
    reconciling.settle_event(session, _number(key), note, actor=actor, clock=clock)


def _payment(session: Session, key: str, note: str, actor: Actor, clock: Clock) -> None:
    reconciling.settle_payment(session, key, note, actor=actor, clock=clock)


SETTLES: Mapping[str, Settle] = {"difference": _difference, "event": _event, "payment": _payment}


def _number(key: str) -> int:
    if not key.isascii() or not key.isdigit() or len(key) > 15:
        raise NotFound("difference")
    return int(key)


@bp.post("/reconciliation/<what>/<key>")
def settle(what: str, key: str) -> ResponseReturnValue:
    """Keep what a person did about one thing that waits."""
    if what not in SETTLES:
        raise NotFound("difference")
    form = SettledForm.from_request(prefix=f"{what}-{key}")
    if not form.is_sent_well():
        return make_response(render_template("staff/reconciliation.html", page=_page(form, f"{what}-{key}")), 422)
    act, actor, clock = SETTLES[what], current_actor(), house().clock
    note = form.note.data or ""
    acted(f"{what}:{key}", lambda session: act(session, key, note, actor, clock), reason=note)
    say("good", _("记下了。"))
    return redirect(url_for("staff_payments.reconciliation"), 303)


def _page(refused: SettledForm | None = None, key: str = "") -> ReconciliationPage:
    session = reading()
    runs = reconciling.last_runs(session)
    ended = [run.ended_at for run in runs if run.ended_at is not None]
    found = (
        *(_of_payment(one) for one in reconciling.payments_to_review(session)),
        *(_of_event(one) for one in reconciling.parked_events(session)),
        *(_of_difference(one) for one in reconciling.open_differences(session)),
    )
    cases = sorted(found, key=lambda case: case.at)
    here = leaf(len(cases), "staff_payments.reconciliation", per_page=PER_PAGE)
    shown = cases[here.offset : here.offset + here.limit]
    versions = versions_of(session, [_thing(case) for case in shown])
    return ReconciliationPage(
        here=here,
        runs=tuple(
            Run(_gateway(run.gateway), run.started_at, run.compared, run.found, run.ended_at is not None)
            for run in runs
        ),
        is_stale=bool(runs) and (not ended or house().clock() - max(ended) > STALE),
        unasked=tuple((_gateway(code), *counts) for code, counts in unasked(session, house().gateways).items()),
        cases=tuple((case, _form(case, refused, key), versions[_thing(case)]) for case in shown),
        settled=tuple(map(_settled, reconciling.settled_differences(session))),
    )


def _thing(case: Case) -> str:
    return f"{case.what}:{case.key}"


def _form(case: Case, refused: SettledForm | None, refused_key: str) -> SettledForm:
    """Return the form of a case: the one that was refused, with its messages, or an empty one."""
    prefix = f"{case.what}-{case.key}"
    return refused if refused is not None and prefix == refused_key else SettledForm(formdata=None, prefix=prefix)


def _of_difference(one: DifferenceFacts) -> Case:
    return Case(
        what="difference",
        key=str(one.id),
        title=str(DIFFERENCE_WORDS[one.kind]),
        gateway=_gateway(one.gateway),
        ref=one.ref,
        order=one.order,
        at=one.found_at,
        sums=((_("我们的账"), one.ours_fen), (_("渠道的账"), one.theirs_fen)),
        advice=str(ADVICE[one.kind]),
    )


def _of_event(one: ParkedEvent) -> Case:
    return Case(
        what="event",
        key=str(one.id),
        title=str(PARKED_WORDS[one.why]),
        gateway=_gateway(one.gateway),
        ref=one.ref,
        order="",
        at=one.received_at,
        sums=(),
        advice=_("渠道的通知：%(kinds)s", kinds="、".join(dict.fromkeys(one.kinds))),
    )


def _of_payment(one: ReviewFacts) -> Case:
    sums = [(_("该付"), one.amount_fen), (_("付来"), one.captured_fen)]
    if one.back_fen:
        sums.append((_("没退成") if one.why == "failed" else _("渠道退了"), one.back_fen))
    return Case(
        what="payment",
        key=one.code,
        title=str(REVIEW_WORDS[one.why]),
        gateway=_gateway(one.gateway),
        ref=one.code,
        order=one.order,
        at=one.created_at,
        sums=tuple(sums),
        advice=str(REVIEW_ADVICE[one.why]),
    )


def _settled(one: DifferenceFacts) -> Settled:
    return Settled(
        title=str(DIFFERENCE_WORDS[one.kind]),
        gateway=_gateway(one.gateway),
        ref=one.ref,
        order=one.order,
        ours_fen=one.ours_fen,
        theirs_fen=one.theirs_fen,
        at=one.settled_at,
        done=str(DONE_WORDS.get(one.done, one.done)),
    )


def _gateway(code: str) -> str:
    return str(GATEWAY_WORDS.get(code, code))
