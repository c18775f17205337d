"""How the forms about invoices are come to; see `versioned.py`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from shop.invoices import recording
from shop.invoices.recording import Issued
from shop.kernel.clock import town_day
from tests.house.ways import Ground, Way
from tests.world.invoice_desk import Desk
from tests.world.invoices import FIRM, SPECIAL, cooperative, want
from tests.world.market import delivered_order, listing, variant_id

DIGITS = 20


def _desk(ground: Ground, *, on_paper: bool = False) -> Desk:
    """Let a firm want an invoice of a cooperative, which may be a special one."""
    at = ground.at
    goods = listing(at, title=f"猕猴桃{ground.world.number()}", vendor=cooperative(ground.world))
    made = delivered_order(at, {variant_id(at, goods): 2})
    want(at, made.code, SPECIAL if on_paper else FIRM)
    return Desk(at, made.code)


def _number(ground: Ground) -> str:
    return f"26{ground.world.number():0{DIGITS - 2}d}"


def _way(desk: Desk, form: str, fields: Callable[[], Mapping[str, Any]] = dict, press: str = "") -> Way:
    page = f"/staff/invoices/{desk.goods().code}"
    return Way(page, page + form, fields, press)


def _asked(ground: Ground, form: str, fields: Mapping[str, Any]) -> Way:
    return _way(_desk(ground), form, lambda: fields)


def _record(ground: Ground) -> Way:
    desk = _desk(ground)
    desk.accepted()
    number, key = _number(ground), desk.document()
    return _way(desk, "/issued", lambda: {"record-number": number, "file": key, "record-sure": "y"}, press="记下")


def _red(ground: Ground) -> Way:
    desk = _desk(ground)
    desk.recorded(number=_number(ground), files=(desk.document(),))
    day, number = town_day(ground.world.clock()).isoformat(), _number(ground)
    typed = {"red-number": number, "red-issued_on": day, "red-amount": "1.00", "red-reason": "allowance"}
    return _way(desk, "/red", lambda: typed)


def _on_paper(ground: Ground, form: str) -> Way:
    desk = _desk(ground, on_paper=True)
    code = desk.accepted()
    typed = Issued(_number(ground), "", town_day(ground.world.clock()), desk.goods().amount_fen)
    desk.do(recording.record_issued, code, typed)
    return _way(desk, form)


INVOICED: Mapping[str, Callable[[Ground], Way]] = {
    "staff_invoices.accept": partial(_asked, form="/accept", fields={}),
    "staff_invoices.hand_over": partial(_on_paper, form="/handed-over"),
    "staff_invoices.post": partial(_on_paper, form="/post"),
    "staff_invoices.record": _record,
    "staff_invoices.record_red": _red,
    "staff_invoices.reject": partial(_asked, form="/reject", fields={"reject-reason": "抬头不是他的"}),
    "staff_invoices.send_back": partial(_asked, form="/back", fields={"back-reason": "税号少一位"}),
}
