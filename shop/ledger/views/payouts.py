"""Settling with vendors at the bench: the pay days, and one settlement with everybody's statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.flows.payouts.approving import Overtaken, approve
from shop.flows.payouts.centre import centre_money
from shop.flows.payouts.drafting import Terms, draft, draft_again, next_pay_day, pay_in_cash
from shop.flows.payouts.exporting import export
from shop.flows.statements import statement
from shop.kernel.errors import Forbidden
from shop.kernel.queues import queue_length
from shop.kernel.states import PassageFacts
from shop.ledger.forms import FileForm
from shop.ledger.payouts import queries
from shop.ledger.payouts.models import PayoutState, PayoutWay, RunState, Wait
from shop.ledger.payouts.queries import RunFacts, StatementFacts
from shop.ledger.payouts.rules import drafters
from shop.ledger.views.centre import CentrePage, centre_page
from shop.ledger.views.statements import (
    PAYOUT_WORDS,
    RUN_WORDS,
    WAIT_WORDS,
    how_paid,
    statement_page,
)
from shop.ledger.views.vendor import money_row
from shop.town.queries import the_town
from shop.vendors.acts.queries import vendor_names
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, version_now
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import Leaf, leaf
from shop.web.roles import PAYING_ROLES
from shop.web.second_factor import needs_second_factor
from shop.web.shell import say

bp = blueprint("staff_payouts", __name__, Audience.STAFF, prefix="/staff/payouts", roles=PAYING_ROLES)

STEPS = (
    (RunState.DRAFTED, _l("拟好")),
    (RunState.APPROVED, _l("另一个人核准")),
    (RunState.EXPORTED, _l("送去付")),
    (RunState.ENDED, _l("一家一家确认完")),
)


@dataclass(frozen=True)
class RunRow:
    """One settlement in the list."""

    code: str
    pay_on: date
    state: str
    tone: str
    households: int
    pay_fen: int


@dataclass(frozen=True)
class UnsureRow:
    """One payout that has not been heard of."""

    code: str
    name: str
    run: str
    amount_fen: int
    how: str
    state: str
    tone: str


@dataclass(frozen=True)
class StatementRow:
    """One household in a settlement; `off_fen` is all that was taken off what its goods were sold for."""

    code: str
    vendor: str
    name: str
    before_fen: int
    sold_fen: int
    off_fen: int
    to_pay_fen: int
    carried_fen: int
    how: str
    state: str
    tone: str
    payout: str | None
    may_cash: bool


Step = tuple[str, datetime | None, str, str | None]


@dataclass(frozen=True)
class RunPage:
    """One settlement.

    Attributes:
        is_own: the reader had a hand in the draft as it stands, so somebody else approves.
        bank_count: how many payouts the bank is told of; `cash_count`, how many are handed over.
        left: how many payouts it is not yet known of what became of them.
    """

    run: RunFacts
    state: str
    tone: str
    steps: tuple[Step, ...]
    here: Leaf
    rows: tuple[StatementRow, ...]
    version: int
    is_own: bool
    pays: int
    bank_count: int
    cash_count: int
    left: int
    paid_fen: int
    centre: CentrePage


def terms() -> Terms:
    """Return what the operator decided about paying."""
    settings = house().settings
    return Terms(settings.least_payout_yuan * 100, settings.payout_wait_days)


@bp.get("")
def runs() -> ResponseReturnValue:
    """Show every settlement, the latest first, and when the next one is due."""
    session, only = reading(), request.args.get("only") == RunState.DRAFTED
    place = leaf(queries.run_count(session, is_draft=only), "staff_payouts.runs", only="drafted" if only else None)
    found = queries.runs(session, is_draft=only, offset=place.offset, limit=place.limit)
    last, pay_on = queries.last_run(session), next_pay_day(session, house().clock())
    may_draft = last is None or (last.state is not RunState.DRAFTED and last.pay_on < pay_on)
    rows = [_run_row(one) for one in found]
    return render_template("staff/payouts.html", rows=rows, here=place, pay_on=pay_on, may_draft=may_draft, only=only)


@bp.get("/unsure")
def unsure() -> ResponseReturnValue:
    """Show every payout of which nobody knows yet whether it came."""
    session = reading()
    place = leaf(queue_length(session, queries.TO_CONFIRM), "staff_payouts.unsure")
    found = queries.unsure(session, offset=place.offset, limit=place.limit)
    names = vendor_names(session, {one.vendor for one in found})
    rows = [
        UnsureRow(
            one.code,
            names.get(one.vendor, one.vendor),
            one.run,
            one.amount_fen,
            how_paid(one.way, one.tail),
            str(PAYOUT_WORDS[one.state][0]),
            PAYOUT_WORDS[one.state][1],
        )
        for one in found
    ]
    return render_template("staff/payouts_unsure.html", rows=rows, here=place)


def _run_row(one: RunFacts) -> RunRow:
    words, tone = RUN_WORDS[one.state]
    return RunRow(one.code, one.pay_on, str(words), tone, one.statements, one.pay_fen)


@bp.post("")
@needs_second_factor
def draft_run() -> ResponseReturnValue:
    """Reckon the settlement of the next pay day."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    code = edge().run(lambda session: draft(session, terms(), actor=actor, clock=clock))
    return redirect(url_for("staff_payouts.run", code=code), 303)


@bp.get("/<code>")
def run(code: str) -> ResponseReturnValue:
    """Show a settlement: how far it is, everybody's statement, the centre's own money."""
    return render_template("staff/payout_run.html", page=run_page(code), form=FileForm(formdata=None))


def run_page(code: str) -> RunPage:
    """Return a settlement as its page shows it.

    Raises:
        NotFound: there is none of this code.
    """
    session = reading()
    found = queries.run_by_code(session, code)
    rows = queries.statements(session, run=code)
    place = leaf(len(rows), "staff_payouts.run", code=code)
    shown = rows[place.offset : place.offset + place.limit]
    names = vendor_names(session, {row.vendor for row in shown})
    passages = queries.run_passages(session, code)
    words, tone = RUN_WORDS[found.state]
    sent = [one for one in rows if one.state is PayoutState.EXPORTED]
    return RunPage(
        run=found,
        state=str(words),
        tone=tone,
        steps=_steps(found, passages),
        here=place,
        rows=tuple(_row(one, names, found.state) for one in shown),
        version=version_now(thing_of(code)),
        is_own=current_actor().label in drafters(passages),
        pays=sum(row.to_pay_fen > 0 for row in rows),
        bank_count=sum(one.way is not PayoutWay.CASH for one in sent),
        cash_count=sum(one.way is PayoutWay.CASH for one in sent),
        left=sum(one.state in (PayoutState.DUE, PayoutState.EXPORTED) for one in rows),
        paid_fen=sum(one.to_pay_fen for one in rows if one.state is PayoutState.PAID),
        centre=centre_page(centre_money(session, found, rows)),
    )


def thing_of(code: str) -> str:
    """Return what acts on a settlement are counted on."""
    return f"payout_run:{code}"


def _steps(found: RunFacts, passages: Sequence[PassageFacts]) -> tuple[Step, ...]:
    reached = {one["to_state"]: one for one in passages}
    names = actor_names({one["actor"] for one in passages})
    steps: list[Step] = []
    for state, words in STEPS:
        one = reached.get(state.value)
        if one is not None:
            steps.append((str(words), one["at"], "done", names.get(one["actor"], one["actor"])))
        elif found.state is not RunState.ENDED:  # nothing was to be sent: it ended at once
            steps.append((str(words), None, "todo" if steps[-1][2] != "done" else "now", None))
    return tuple(steps)


def _row(one: StatementFacts, names: Mapping[str, str], state: RunState) -> StatementRow:
    sums = one.sums
    words, tone = ("", "info") if one.state is None else (str(PAYOUT_WORDS[one.state][0]), PAYOUT_WORDS[one.state][1])
    how = str(WAIT_WORDS[one.wait]) if one.wait is not None else ""
    if one.wait is None and one.way is not None:
        how = how_paid(one.way, one.tail)
    may_cash = state is RunState.DRAFTED and one.wait in (Wait.NO_ACCOUNT, Wait.NEW_ACCOUNT)
    return StatementRow(
        code=one.code,
        vendor=one.vendor,
        name=names.get(one.vendor, one.vendor),
        before_fen=sums.before_fen,
        sold_fen=sums.sold_fen,
        off_fen=sums.closing_fen - sums.before_fen - sums.sold_fen,
        to_pay_fen=one.to_pay_fen,
        carried_fen=one.carried_fen,
        how=how,
        state=words,
        tone=tone,
        payout=one.payout,
        may_cash=may_cash,
    )


@bp.post("/<code>/again")
@needs_second_factor
def again(code: str) -> ResponseReturnValue:
    """Reckon a draft anew, with everything that came since."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    acted(thing_of(code), lambda session: draft_again(session, code, terms(), actor=actor, clock=clock))
    say("good", _("重新拟好了。"))
    return here(code)


@bp.post("/<code>/cash/<vendor>")
@needs_second_factor
def cash(code: str, vendor: str) -> ResponseReturnValue:
    """Let a household have in cash what cannot be sent."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    acted(
        thing_of(code),
        lambda session: pay_in_cash(session, code, vendor, terms(), actor=actor, clock=clock),
        reason=vendor,
    )
    say("good", _("这家这次付现金。"))
    return here(code)


@bp.post("/<code>/approve")
@needs_second_factor
def agree(code: str) -> ResponseReturnValue:
    """Agree to a draft: its money leaves the households' accounts and waits to go."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    try:
        acted(thing_of(code), lambda session: approve(session, code, actor=actor, clock=clock))
    except Overtaken as refusal:
        say("stop", _("拟好以后，这几家的账变了：%(names)s。请重新拟。", names=names_of(refusal)))
        return here(code)
    except Forbidden as refusal:
        if refusal.act != "own_draft":
            raise
        page = render_template("staff/payout_run.html", page=run_page(code), form=FileForm(formdata=None))
        return make_response(page, 403)
    say("good", _("核准了。下一步送去付。"))
    return here(code)


@bp.post("/<code>/export")
@needs_second_factor
def send(code: str) -> ResponseReturnValue:
    """Let an approved settlement go out."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    stopped = acted(thing_of(code), lambda session: export(session, code, actor=actor, clock=clock))
    if stopped:
        say("mind", _("有 %(n)d 家这次不付了：账又变了，或者收款的账户刚改过。钱还在他们名下。", n=stopped))
    else:
        say("good", _("可以付了：下载给银行的单子，打印发现金的单子。"))
    return here(code)


def names_of(refusal: Overtaken) -> str:
    """Return whose accounts moved, by their names."""
    names = vendor_names(reading(), set(refusal.vendors))
    return "、".join(names.get(vendor, vendor) for vendor in refusal.vendors)


def here(code: str) -> ResponseReturnValue:
    """Lead back to a settlement."""
    return redirect(url_for("staff_payouts.run", code=code), 303)


@bp.get("/<code>/cash")
def cash_list(code: str) -> ResponseReturnValue:
    """Show who is paid in cash, for the printer, to be signed line by line."""
    found = queries.run_by_code(reading(), code)
    payouts = [one for one in queries.payouts_of(reading(), code) if one.way is PayoutWay.CASH]
    payouts = [one for one in payouts if one.state is not PayoutState.FAILED]
    names = vendor_names(reading(), {one.vendor for one in payouts})
    rows = [(names.get(one.vendor, one.vendor), one.code, one.amount_fen) for one in payouts]
    return render_template("staff/payout_cash.html", run=found, rows=rows, town=the_town(reading()))


@bp.get("/statements/<code>")
def statement_of(code: str) -> ResponseReturnValue:
    """Show one household's statement as it has it on its phone."""
    found = statement(reading(), code)
    back = url_for("staff_payouts.run", code=found.facts.run)
    page = statement_page(found, tuple(map(money_row, found.lines)), back)
    return render_template("vendor/statement.html", slip=page)
