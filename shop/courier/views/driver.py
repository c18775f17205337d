"""The driver's run, with the cash that is taken at doors."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shop.accounts.models import Viewed
from shop.accounts.sights import note_run, run_since
from shop.courier.forms import DoorForm, ReturnForm
from shop.courier.queries import Door, ShipmentFacts, shipments_by_keys, town_doors, town_shipment
from shop.courier.rules import MOVING
from shop.flows import cash, delivery
from shop.flows.cash import Due
from shop.fulfilment.marks import hidden_door
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.media.private import receive_private
from shop.media.rules import BadPhoto
from shop.payments.forms import TakenForm
from shop.payments.gateways.protocol import InvalidState
from shop.web.audience import Audience, blueprint
from shop.web.desk import seen_version
from shop.web.forms import EmptyForm
from shop.web.goods import leaves, page_number
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say
from shop.web.words import masked_name

bp = blueprint("driver", __name__, Audience.STAFF, prefix="/driver", roles=("driver", "manager"))


PER_PAGE = 30
"""Doors on a page: what is delivered goes, and the next come up."""


@dataclass(frozen=True)
class Stop:
    """One door of the run, with the forms for a photo and for when nobody takes the parcel.

    Attributes:
        is_seen: its driver has looked at the address today, which is written down; before that it is masked.
        due: cash to be taken there first, for all boxes of the order.
        boxes: how many parcels of the run that cash is for.
    """

    shipment: ShipmentFacts
    is_seen: bool
    name: str
    street: str
    region: str
    form: ReturnForm
    door: DoorForm
    due: Due | None
    boxes: int


@bp.get("")
def run() -> ResponseReturnValue:
    """Show the parcels on the way, oldest first; after a scan of a waybill or of a label's square only that one."""
    doors = town_doors(reading())
    scanned = request.args.get("scan", "").strip().rstrip("/").rpartition("/")[2].upper()
    found = [door for door in doors if scanned and scanned in (door.waybill, door.reference)]
    if scanned and not found:
        say("mind", _("手上没有这一包，请看看是不是已经送了，或者还没交给您。"))
        return redirect(url_for("driver.run"), 303)
    return _run(reading(), doors, found or doors)


def _run(
    session: Session, doors: list[Door], chosen: list[Door], status: int = 200, *, clash: str | None = None,
    refused: tuple[str, ReturnForm] | None = None,
) -> Response:  # fmt: skip
    """Show a page of the chosen doors, with the form that came back for the waybill of one of them."""
    pages = -(-len(chosen) // PER_PAGE)
    page = min(page_number(request.args.get("page")), max(1, pages))
    seen = _seen_today(session)
    shown = render_template(
        "driver/run.html",
        stops=_stops(session, doors, chosen[(page - 1) * PER_PAGE : page * PER_PAGE], seen, refused),
        all_count=len(doors),
        is_part=len(chosen) < len(doors),
        unseen=len({_subject(door) for door in doors} - seen),
        scan=request.args.get("scan", ""),
        clash=clash,
        leaves=leaves(page, pages, lambda number: url_for("driver.run", page=number if number > 1 else None)),
    )
    answer = make_response(shown, status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _clash(words: str) -> Response:
    """Show the run as it is now to whoever tapped on one that is no longer true."""
    with edge().reading() as session:  # the page's own read began before the other's act
        doors = town_doors(session)
        return _run(session, doors, doors, 409, clash=words)


def _seen_today(session: Session) -> frozenset[tuple[Viewed, str]]:
    midnight = datetime.combine(town_day(house().clock()), time.min, TOWN_ZONE)
    return run_since(session, midnight, actor=current_actor())


def _stops(
    session: Session,
    doors: list[Door],
    shown: list[Door],
    seen: frozenset[tuple[Viewed, str]],
    refused: tuple[str, ReturnForm] | None,
) -> list[Stop]:
    shipments = shipments_by_keys(session, [door.key for door in shown])
    orders = {door.reference for door in shown if door.reference}
    due = cash.due_at_doors(session, [door.key for door in doors if door.reference in orders])
    boxes = Counter(owed.order_code for owed in due.values())
    forms = dict([refused]) if refused is not None else {}
    return [
        Stop(
            shipment=(shipment := shipments[door.key]),
            is_seen=(is_seen := _subject(door) in seen),
            name=shipment.recipient if is_seen else masked_name(shipment.recipient),
            street=shipment.street if is_seen else hidden_door(shipment.street),
            region=region(shipment.province, shipment.city, shipment.district),
            form=forms.get(door.waybill) or ReturnForm(formdata=None, prefix=door.waybill),
            door=DoorForm(formdata=None, prefix=door.waybill),
            due=(owed := due.get(door.key)),
            boxes=boxes[owed.order_code] if owed is not None else 1,
        )
        for door in shown
    ]


def _subject(door: Door) -> tuple[Viewed, str]:
    """Return whose address a look at this door is a look at."""
    return (Viewed.RECIPIENT, door.reference) if door.reference else (Viewed.LETTER, door.key)


@bp.post("/start")
def start() -> ResponseReturnValue:
    """Note that the driver looks at the addresses of the run, then show them for the rest of the day."""
    actor, wired, wanted = current_actor(), house(), request.form.get("scan", "")
    if EmptyForm.from_request().is_sent_well():
        seen = _seen_today(reading())
        subjects = dict.fromkeys(_subject(door) for door in town_doors(reading()) if _subject(door) not in seen)
        edge().run(lambda session: note_run(session, list(subjects), actor=actor, clock=wired.clock))
    return redirect(url_for("driver.run", scan=wanted or None), 303)


@bp.post("/parcels/<waybill>/delivered")
def delivered(waybill: str) -> ResponseReturnValue:
    """Note that the cash was taken, if any was due, and the parcel handed to its recipient, with a photo if one came.

    A photo that cannot be read keeps nothing else from being noted: the parcel is with its recipient.
    """
    actor, clock, version = current_actor(), house().clock, seen_version()
    is_paid = False
    try:
        _check_tap(waybill, version)
        is_paid = _take_cash(waybill)
        photo_key = _photo(waybill)
        edge().run(
            lambda session: delivery.deliver(
                session, waybill, version=version, photo_key=photo_key, actor=actor, clock=clock
            )
        )
    except InvalidState:
        return _clash(_("该收的钱变了，什么也没记。请看清楚现在该收多少，再点一次。"))
    except (Stale, WrongState) as refusal:
        return _clash(_("钱记好了。") + _moved_on(refusal) if is_paid else _moved_on(refusal))
    say("good", _("记好了：送到了。"))
    return redirect(url_for("driver.run"), 303)


def _moved_on(refusal: Stale | WrongState) -> str:
    if isinstance(refusal, Stale):
        return _("这一包刚刚有变动，您这一下没有算。请看清楚再点。")
    return _("这一包已经记成别的，或者还没交到您手里。您这一下没有算。")


def _check_tap(waybill: str, version: int) -> None:
    """Look before cash is taken and a photo kept whether the tap still fits.

    Raises:
        NotFound: there is no such parcel of the town's own.
        Stale: something else was written down of it since the page was shown.
    """
    with edge().reading() as session:
        facts = town_shipment(session, waybill)
    if facts is None:
        raise NotFound("shipment")
    if facts.state in MOVING and facts.version != version:
        raise Stale("shipment")


def _photo(waybill: str) -> str | None:
    """Return the key of the photo that was sent with a delivery, or None."""
    sent = DoorForm.from_request(prefix=waybill).photo.data
    raw = sent.read() if isinstance(sent, FileStorage) else b""
    if not raw or _door(waybill) is None:
        return None
    wired = house()
    try:
        return receive_private(wired.edge.transaction, wired.store, raw, actor=current_actor(), clock=wired.clock)
    except BadPhoto:
        say("mind", _("照片没有存上，其余都记好了。"))
        return None


def _door(waybill: str) -> Door | None:
    return next((door for door in town_doors(reading()) if door.waybill == waybill), None)


def _due(waybill: str) -> Due | None:
    """Return the cash to be taken with a parcel that is on the way."""
    door = _door(waybill)
    return None if door is None else cash.due_at_doors(reading(), [door.key]).get(door.key)


def _take_cash(waybill: str) -> bool:
    """Note the cash of a door, and tell whether any was due there."""
    owed, form, wired = _due(waybill), TakenForm.from_request(), house()
    if owed is None:
        return False
    if not form.is_sent_well():
        raise InvalidState
    fen = form.fen.data or 0
    cash.take(wired.edge, wired.gateways, owed.payment_code, fen, actor=current_actor(), clock=wired.clock)
    return True


@bp.post("/parcels/<waybill>/returned")
def returned(waybill: str) -> ResponseReturnValue:
    """Note that a parcel comes back to the centre, and why."""
    form, actor, clock = ReturnForm.from_request(prefix=waybill), current_actor(), house().clock
    if not form.is_sent_well():
        doors = town_doors(reading())
        mine = [door for door in doors if door.waybill == waybill]
        return _run(reading(), doors, mine or doors, 422, refused=(waybill, form))
    reason, owed, version = form.words(), _due(waybill), seen_version()
    try:
        edge().run(
            lambda session: delivery.bring_back(
                session, waybill, reason=reason, version=version, actor=actor, clock=clock
            )
        )
    except (Stale, WrongState) as refusal:
        return _clash(_moved_on(refusal))
    unpaid, paid = _("记好了：带回中心，这一包的钱不收了。"), _("记好了：带回中心，货款退给买家。")
    say("good", paid if owed is None else unpaid)
    return redirect(url_for("driver.run"), 303)
