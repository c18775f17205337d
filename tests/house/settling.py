"""How the forms of settlement are come to; see `versioned.py`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from shop.kernel.clock import town_day
from shop.ledger.payouts.models import Payout, PayoutState, RunState
from shop.vendors.joining.models import PayWay
from tests.house.ways import Ground, Way
from tests.pages.selling import jpeg
from tests.world.market import another_vendor
from tests.world.payouts import earn, settled_on_the_spot, tell_account


def _run(ground: Ground, until: RunState, way: PayWay | None = PayWay.BANK) -> tuple[str, str]:
    """Bring a settlement so far and return its code and that of the vendor in it."""
    vendor = another_vendor(ground.world)
    earn(ground.at, vendor)
    if way is not None:
        tell_account(ground.at, vendor, way)
    return settled_on_the_spot(ground.at, until), vendor.code


def _form(ground: Ground, until: RunState, form: str) -> Way:
    code, _vendor = _run(ground, until)
    return Way(f"/staff/payouts/{code}", f"/{code}/{form}")


def again(ground: Ground) -> Way:
    """Reckon a draft anew."""
    return _form(ground, RunState.DRAFTED, "again")


def agree(ground: Ground) -> Way:
    """Approve a draft."""
    return _form(ground, RunState.DRAFTED, "approve")


def send(ground: Ground) -> Way:
    """Let an approved settlement go out."""
    return _form(ground, RunState.APPROVED, "export")


def cash(ground: Ground) -> Way:
    """Pay a household in cash that told no account."""
    code, vendor = _run(ground, RunState.DRAFTED, None)
    return Way(f"/staff/payouts/{code}", f"/{code}/cash/{vendor}")


def _payout(ground: Ground, way: PayWay, form: str, fields: Mapping[str, Any]) -> Way:
    _code, vendor = _run(ground, RunState.EXPORTED, way)
    wanted = select(Payout.code).where(Payout.vendor == vendor, Payout.state == PayoutState.EXPORTED)
    code = ground.world.read(lambda session: session.scalars(wanted).one())
    return Way(f"/staff/payouts/payout/{code}", f"/{code}/{form}", lambda: fields)


def _today(ground: Ground) -> str:
    return town_day(ground.world.clock()).isoformat()


def mark_paid(ground: Ground) -> Way:
    """Note that the bank sent it."""
    return _payout(ground, PayWay.BANK, "paid", {"paid-paid_on": _today(ground), "paid-reference": "20261127001"})


def mark_failed(ground: Ground) -> Way:
    """Note that it came back."""
    return _payout(ground, PayWay.BANK, "failed", {"failed-reason": "户名不对"})


def mark_handed(ground: Ground) -> Way:
    """Note that it was handed over in cash."""
    made = _payout(ground, PayWay.CASH, "handed", {})
    return Way(made.page, made.form, lambda: {"handed-paid_on": _today(ground), "handed-photo": (jpeg(), "p.jpg")})
