"""The money of a settlement goes: the bank's file, one payout with what became of it, and who signed for cash."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view
from shop.flows.payouts import confirming
from shop.flows.payouts.approving import Overtaken
from shop.flows.payouts.exporting import bank_rows
from shop.flows.payouts.files import bank_text, bank_workbook
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound
from shop.ledger.forms import FailedForm, FileForm, HandedForm, PaidForm
from shop.ledger.payouts.models import PayoutState, PayoutWay
from shop.ledger.payouts.queries import PayoutFacts, payout_by_code, payout_passages
from shop.ledger.views.payouts import bp, here, names_of, run_page, thing_of
from shop.ledger.views.statements import PAYOUT_WORDS, how_paid
from shop.media.private import private_photo, receive_private
from shop.media.rules import TYPES, BadPhoto
from shop.media.words import flaw_words
from shop.vendors.acts.queries import vendor_names
from shop.web.actors import actor_names
from shop.web.desk import acted, check_fresh, is_again, made, version_now
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.second_factor import needs_second_factor
from shop.web.shell import say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class PayoutPage:
    """One payout and what became of it.

    Attributes:
        past: when it came to which state, by whom and why.
        is_open: it is not known yet whether it came.
        may_fail: it may still turn out that it did not come.
        is_shown: the reader has just noted that they look at the signature.
    """

    one: PayoutFacts
    name: str
    how: str
    state: str
    tone: str
    past: tuple[tuple[datetime, str, str, str], ...]
    version: int
    is_cash: bool
    is_open: bool
    may_fail: bool
    is_shown: bool


@bp.post("/<code>/file")
@needs_second_factor
def file(code: str) -> ResponseReturnValue:
    """Hand out the bank's file, once; another time it takes a reason. Who saw the accounts is written down."""
    form = FileForm.from_request()
    if not form.is_sent_well():
        return _run_again(code, form)
    wired, actor, reason = house(), current_actor(), form.reason.data or ""
    rows = []
    try:
        made(
            thing_of(code),
            lambda session: rows.append(
                bank_rows(session, wired.vault, code, reason=reason, actor=actor, clock=wired.clock)
            ),
            reason=reason,
        )
    except Invalid:
        form.reason.errors = [_("下载过一次了，再下载请写为什么。")]
        return _run_again(code, form)
    except Overtaken as refusal:
        names = names_of(refusal)
        say("stop", _("这几家刚改过收款的账户：%(names)s。先把他们这一笔记成没付成，再下载。", names=names))
        return here(code)
    is_text = form.kind.data == "csv"
    content = bank_text(rows[-1]) if is_text else bank_workbook(rows[-1])
    response = make_response(content)
    response.headers["Content-Type"] = CSV if is_text else XLSX
    response.headers["Content-Disposition"] = f"attachment; filename=payout-{code}.{form.kind.data}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _run_again(code: str, form: FileForm) -> Response:
    return make_response(render_template("staff/payout_run.html", page=run_page(code), form=form), 422)


@bp.get("/payout/<code>")
@needs_second_factor
def payout(code: str) -> ResponseReturnValue:
    """Show one payout, and ask what became of it."""
    return _page(code)


def _page(
    code: str, paid: PaidForm | None = None, handed: HandedForm | None = None, failed: FailedForm | None = None
) -> Response:
    session, now = reading(), house().clock()
    one, today = payout_by_code(session, code), town_day(now)
    passages = payout_passages(session, code)
    names = actor_names({each["actor"] for each in passages})
    words, tone = PAYOUT_WORDS[one.state]
    page = PayoutPage(
        one=one,
        name=vendor_names(session, {one.vendor}).get(one.vendor, one.vendor),
        how=how_paid(one.way, one.tail),
        state=str(words),
        tone=tone,
        past=tuple(
            (
                each["at"],
                str(PAYOUT_WORDS[PayoutState(each["to_state"])][0]),
                names.get(each["actor"], each["actor"]),
                each["reason"],
            )
            for each in passages
        ),
        version=version_now(_thing(code)),
        is_cash=one.way is PayoutWay.CASH,
        is_open=one.state is PayoutState.EXPORTED,
        may_fail=one.state in (PayoutState.EXPORTED, PayoutState.PAID),
        is_shown=is_shown(session, code, Viewed.RECEIPT, actor=current_actor(), now=now),
    )
    forms = {
        "paid": paid or PaidForm(formdata=None, prefix="paid", paid_on=today),
        "handed": handed or HandedForm(formdata=None, prefix="handed", paid_on=today),
        "failed": failed or FailedForm(formdata=None, prefix="failed"),
    }
    wrong = any(form is not None for form in (paid, handed, failed))
    return make_response(render_template("staff/payout.html", page=page, **forms), 422 if wrong else 200)


def _thing(code: str) -> str:
    return f"payout:{code}"


@bp.post("/payout/<code>/paid")
@needs_second_factor
def mark_paid(code: str) -> ResponseReturnValue:
    """Note that the bank sent it, with its number."""
    form = PaidForm.from_request(prefix="paid")
    if not form.is_sent_well():
        return _page(code, paid=form)
    actor, clock = current_actor(), house().clock
    day, number = form.paid_on.data, form.reference.data or ""
    assert day is not None, "the form says so"
    try:
        acted(
            _thing(code),
            lambda session: confirming.paid(session, code, day, reference=number, actor=actor, clock=clock),
            reason=number,
        )
    except Invalid as refusal:
        if refusal.field != "paid_on":
            raise
        form.paid_on.errors = [_("这一天不在结账那天到今天之间。")]
        return _page(code, paid=form)
    say("good", _("记下了：付了。"))
    return here(payout_by_code(reading(), code).run)


@bp.post("/payout/<code>/handed")
@needs_second_factor
def mark_handed(code: str) -> ResponseReturnValue:
    """Note that it was handed over in cash, with the household's signature."""
    form = HandedForm.from_request(prefix="handed")
    one = payout_by_code(reading(), code)
    if is_again():
        return here(one.run)
    check_fresh(_thing(code))  # before the photo is kept
    key = _photo(form) if form.is_sent_well() else None
    if key is None:
        form.photo.errors = form.photo.errors or [_("请收钱的人签个字，或者拍下签过字的单子。")]
        return _page(code, handed=form)
    actor, clock, day = current_actor(), house().clock, form.paid_on.data
    assert day is not None, "the form says so"
    try:
        acted(
            _thing(code),
            lambda session: confirming.paid(session, code, day, proof_key=key, actor=actor, clock=clock),
        )
    except Invalid as refusal:
        if refusal.field != "paid_on":
            raise
        form.paid_on.errors = [_("这一天不在结账那天到今天之间。")]
        return _page(code, handed=form)
    say("good", _("记下了：现金给了。"))
    return here(one.run)


def _photo(form: HandedForm) -> str | None:
    """Keep the signature that was sent and return its key, or None; what is no picture is told at the field."""
    sent = request.files.get(form.photo.name)
    if sent is None or not sent.filename:
        return None
    wired = house()
    try:
        return receive_private(edge().transaction, wired.store, sent.read(), actor=current_actor(), clock=wired.clock)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return None


@bp.post("/payout/<code>/failed")
@needs_second_factor
def mark_failed(code: str) -> ResponseReturnValue:
    """Note that it did not go or came back: the household is owed it as before."""
    form = FailedForm.from_request(prefix="failed")
    if not form.is_sent_well():
        return _page(code, failed=form)
    actor, clock, reason = current_actor(), house().clock, form.reason.data or ""
    acted(
        _thing(code), lambda session: confirming.failed(session, code, reason, actor=actor, clock=clock), reason=reason
    )
    say("good", _("记下了：没付成。钱还在这家名下，下次一起算。"))
    return here(payout_by_code(reading(), code).run)


@bp.post("/payout/<code>/look")
def look(code: str) -> ResponseReturnValue:
    """Note who looks at a household's signature, then show it for a while."""
    EmptyForm.from_request()
    payout_by_code(reading(), code)
    actor, clock = current_actor(), house().clock
    edge().run(lambda session: note_view(session, code, Viewed.RECEIPT, ViewReason.WORK, actor=actor, clock=clock))
    return redirect(url_for("staff_payouts.payout", code=code), 303)


@bp.get("/payout/<code>/proof")
def proof(code: str) -> ResponseReturnValue:
    """Answer with a household's signature, to whoever's look was written down a short while ago."""
    one, now = payout_by_code(reading(), code), house().clock()
    is_open = is_shown(reading(), code, Viewed.RECEIPT, actor=current_actor(), now=now)
    content = private_photo(house().store, one.proof_key) if one.proof_key and is_open else None
    if content is None:
        raise NotFound("photo")
    response = Response(content, content_type=TYPES["jpg"])
    response.headers["Cache-Control"] = "private, no-store"
    return response
