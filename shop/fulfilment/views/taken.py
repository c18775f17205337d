"""After the intake table: what was taken in of a part, its labels; and the scan that opens a household's goods."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.queries import card_of_token
from shop.accounts.rules import CardStopped
from shop.catalog.lots.queries import lots_by_id
from shop.fulfilment.forms import ScanForm
from shop.fulfilment.lots.queries import TakenLine, taken_lines
from shop.fulfilment.views.face import bp
from shop.fulfilment.views.labels import LotLabel, labels_of
from shop.kernel.clock import town_day
from shop.kernel.codes import clean_code
from shop.kernel.errors import NotFound
from shop.kernel.money import by_weight, yuan
from shop.orders.queries.orders import PartFacts, order_by_code, order_code_of_part
from shop.orders.queries.waiting import due_parts
from shop.town.queries import the_town
from shop.vendors.queries import vendor_of_member
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say

CARD, TRACE = "/card/", "/trace/"
"""What stands in the addresses of the two square codes that are scanned here: a household's card, a lot's label."""


@dataclass(frozen=True)
class Taken:
    """A line that was taken in, with the label of its lot where it has one, and what the scale did to its price."""

    line: TakenLine
    label: LotLabel | None
    weighing: tuple[str, ...]


def _taken(code: str) -> tuple[PartFacts, list[Taken]]:
    order_code = order_code_of_part(reading(), code)
    lines = taken_lines(reading(), code) if order_code is not None else []
    if order_code is None or not lines:
        raise NotFound("intake")
    part = next(part for part in order_by_code(reading(), order_code).parts if part.code == code)
    lots = lots_by_id(reading(), [line.lot_id for line in lines if line.lot_id is not None])
    labels = {label.lot.id: label for label in labels_of(lots)}
    return part, [Taken(line, labels.get(line.lot_id or 0), tuple(_weighing(line))) for line in lines]


def _weighing(line: TakenLine) -> Iterator[str]:
    if line.per_500g_fen is None or line.weighed_g is None or not line.ceiling_fen:
        return
    if line.reading:
        yield _("秤上是 %(read)s", read=line.reading)
    most, now = yuan(line.ceiling_fen), yuan(line.kept_fen)
    if line.kept_fen < line.ceiling_fen:
        yield _(
            "最多 %(most)s，按重 %(now)s，退 %(back)s", most=most, now=now, back=yuan(line.ceiling_fen - line.kept_fen)
        )
    elif line.over_fen:
        yield _(
            "比最多的还重，客人不多付，还是 %(most)s；送到后中心补给这户 %(over)s", most=most, over=yuan(line.over_fen)
        )
    elif by_weight(line.per_500g_fen, line.weighed_g) > line.ceiling_fen:  # before the centre paid for it
        yield _("比最重的还重，买家不多付，还是 %(most)s", most=most)
    else:
        yield _("正好 %(most)s", most=most)


@bp.get("/intake/<code>/taken")
@needs(*PACKING_ROLES)
def taken(code: str) -> ResponseReturnValue:
    """Show what was taken in of a part and as which lots; its labels are the next thing."""
    part, lines = _taken(code)
    printable = any(one.label is not None and not one.label.gaps for one in lines)
    return render_template("staff/taken.html", part=part, lines=lines, printable=printable)


@bp.get("/intake/<code>/labels")
@needs(*PACKING_ROLES)
def labels(code: str) -> ResponseReturnValue:
    """Show the labels of a part for the printer, one for each unit that came; one that lacks something is left out."""
    _part, lines = _taken(code)
    sheets = [(one.label, one.line.accepted) for one in lines if one.label is not None and not one.label.gaps]
    if not sheets:
        raise NotFound("label")
    back = url_for("staff_fulfilment.taken", code=code)
    return render_template("staff/lot_label.html", sheets=sheets, back=back, town=the_town(reading()))


@bp.post("/intake/scan")
@needs(*PACKING_ROLES)
def scan() -> ResponseReturnValue:
    """Open what was scanned: a household's card, a lot's label, or a typed part. Posted, so that no log has a card."""
    form = ScanForm.from_request()
    if form.is_sent_well():
        try:
            return redirect(_where(form.scanned.data or ""), 303)
        except CardStopped:
            form.scanned.errors = [_("这张卡停了。按农户的名字找。")]
        except NotFound:
            form.scanned.errors = [_("不认得这个码。再扫一次，或者按农户的名字找。")]
    page = render_template("staff/intake.html", rows=[], household=None, is_all=False, here=None, form=form)
    return make_response(page, 422)


def _where(scanned: str) -> str:
    """Return where a scan leads.

    Raises:
        NotFound: nothing has this code.
        CardStopped: the card opens nothing any more.
    """
    if TRACE in scanned:
        return url_for("staff_fulfilment.lot", code=clean_code(scanned.rpartition(TRACE)[2]))
    if CARD in scanned:
        return _household_of(scanned.rpartition(CARD)[2])
    code = clean_code(scanned)
    if order_code_of_part(reading(), code) is None:
        raise NotFound("part")
    return url_for("staff_fulfilment.part", code=code)


def _household_of(token: str) -> str:
    person = card_of_token(reading(), token).person
    vendor = vendor_of_member(reading(), person.id)
    if vendor is None:
        raise NotFound("vendor")
    due = due_parts(reading(), town_day(house().clock()), vendor_code=vendor.code, limit=2)
    if len(due) == 1:
        return url_for("staff_fulfilment.part", code=due[0].code)
    if not due:
        say("info", _("%(name)s现在没有要送来的。", name=vendor.name))
    return url_for("staff_fulfilment.household", code=vendor.code)
