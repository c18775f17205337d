"""Money between the house's own purses: what providers pay out to the bank, cash that goes there or is drawn."""

from dataclasses import dataclass
from datetime import date

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.flows.payouts.purses import NotedOtherwise, carriers_owing, move, ways_of
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid
from shop.kernel.money import fen_from_text, yuan
from shop.ledger.forms import MoveForm
from shop.ledger.payouts.purses import TransferFacts, transfer_count, transfers
from shop.ledger.queries import balance
from shop.ledger.rules import BANK, CASH_CENTRE, PAYOUTS_IN_TRANSIT
from shop.ledger.views.payouts import bp
from shop.web.actors import actor_names
from shop.web.books import whose
from shop.web.desk import made
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.second_factor import needs_second_factor
from shop.web.shell import say
from shop.web.words import GATEWAY_WORDS


@dataclass(frozen=True)
class Moved:
    """Money that moved, in words."""

    on: date
    what: str
    amount_fen: int
    reference: str
    who: str


@bp.get("/purses")
def purses() -> ResponseReturnValue:
    """Show what is in the bank and the till by the books, what moved there, and note more of it."""
    form = MoveForm(formdata=None, moved_on=town_day(house().clock()))
    return _page(form)


def _page(form: MoveForm) -> Response:
    session = reading()
    form.way.choices = _ways()
    here = leaf(transfer_count(session), "staff_payouts.purses")
    found = transfers(session, offset=here.offset, limit=here.limit)
    names = actor_names({one.noted_by for one in found})
    page = render_template(
        "staff/purses.html",
        form=form,
        here=here,
        bank_fen=balance(session, BANK),
        till_fen=balance(session, CASH_CENTRE),
        going_fen=-balance(session, PAYOUTS_IN_TRANSIT),
        rows=[_moved(one, names.get(one.noted_by, one.noted_by)) for one in found],
    )
    return make_response(page, 422 if form.errors else 200)


def _known_ways() -> dict[str, tuple[str, str]]:
    return ways_of(house().gateways, carriers_owing(reading()))


def _ways() -> list[tuple[str, str]]:
    """Return each way money can go, with its name in words."""
    return [(name, _way_words(*way)) for name, way in _known_ways().items()]


def _way_words(source: str, to: str) -> str:
    if source == CASH_CENTRE:
        return _("柜台的现金存进银行")
    if to == CASH_CENTRE:
        return _("从银行取现金放柜台")
    prefix, _colon, gateway = source.partition(":")
    if prefix == "claims_on":
        return _("%(carrier)s赔到银行", carrier=whose(source, {}))
    return _("%(gateway)s付到银行", gateway=GATEWAY_WORDS.get(gateway, gateway))


def _moved(one: TransferFacts, who: str) -> Moved:
    return Moved(one.moved_on, _way_words(one.from_account, one.to_account), one.amount_fen, one.reference, who)


@bp.post("/purses")
@needs_second_factor
def move_money() -> ResponseReturnValue:
    """Note that money moved between purses, once for its number."""
    form = MoveForm.from_request()
    form.way.choices = _ways()
    if not form.is_sent_well():
        return _page(form)
    way = _known_ways()[form.way.data]
    fen, day, number = fen_from_text(form.amount.data or ""), form.moved_on.data, form.reference.data or ""
    assert day is not None, "the form says so"
    actor, clock = current_actor(), house().clock
    new: list[bool] = []
    try:
        made(
            f"purse:{form.way.data}",
            lambda session: new.append(
                move(session, way, fen, moved_on=day, reference=number, actor=actor, clock=clock)
            ),
            reason=number,
        )
    except Invalid as refusal:
        words = {"amount": _("那边账上没有这么多。"), "moved_on": _("这一天还没到。")}
        form[refusal.field].errors = [words[refusal.field]]
        return _page(form)
    except NotedOtherwise as refusal:
        form.reference.errors = [_("这个流水号记过 %(fen)s，和这次填的不一样，请对一对回单。", fen=yuan(refusal.fen))]
        return _page(form)
    if new[-1]:
        say("good", _("记下了。"))
    else:
        say("info", _("这个流水号记过了，没有再记。"))
    return redirect(url_for("staff_payouts.purses"), 303)
