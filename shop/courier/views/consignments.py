"""The centre's look at consignments: what a person must see to, letters out, stock in, and one of them with its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view
from shop.courier.forms import COURIERS, CounterForm, LookForm, PastedForm, SaidForm
from shop.courier.models import ShipmentKind, ShipmentState
from shop.courier.queries import ShipmentFacts, shipment_by_key
from shop.courier.queues import Queue, Waiting, concerns, papers
from shop.courier.rules import BEFORE, MOVING, READDRESSED, TOWN, Concern, concern, is_refused
from shop.desk.returned.queries import is_returned
from shop.flows import booking
from shop.kernel.errors import NotFound
from shop.media.private import private_photo
from shop.media.rules import TYPES
from shop.web.actors import actor_names
from shop.web.ages import QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.carriage import SHIPMENT_WORDS, Heard, expected_words, failure, heard
from shop.web.forms import EmptyForm, ShopForm
from shop.web.goods import Leaves, leaves, page_number
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.roles import may_open
from shop.web.shell import say
from shop.web.words import masked_name, masked_phone

bp = blueprint("staff_consignments", __name__, Audience.STAFF, prefix="/staff")

KIND_WORDS = {
    ShipmentKind.GOODS: _l("货"),
    ShipmentKind.DOCUMENT: _l("信"),
    ShipmentKind.INBOUND: _l("要到中心的"),
}
PAPER_WORDS = {
    ShipmentKind.DOCUMENT: _l("信"),
    ShipmentKind.INBOUND: _l("要到中心的"),
}
SHOWN_FIRST, PER_PAGE = 5, 25
"""Rows of each queue on the page of all, and of one queue on its own page."""
CONCERN_WORDS: Mapping[Concern, str] = {
    Concern.FAILED: _l("没订上快递"),
    Concern.DOUBT: _l("快递的话要人看"),
    Concern.REFUSED: _l("没人肯收"),
    Concern.EXCEPTION: _l("路上不顺"),
    Concern.LATE: _l("晚了"),
    Concern.RETURNED: _l("信退回来了，等人来拿"),
}
ASKED_ABOUT = (Concern.DOUBT, Concern.REFUSED, Concern.EXCEPTION, Concern.LATE)
"""What somebody telephones about."""
DOUBT_WORDS = {
    "unknown": _l("有一条看不懂，请读一读下面的话，再记下现在怎样。"),
    "after_end": _l("送到或者退回以后又有新消息。钱没有自己动，请打电话问清楚。"),
    "not_cancelled": _l("快递说这一单退不掉，请打电话给他们。"),
}


@dataclass(frozen=True)
class Shown:
    """A queue as the page draws it; `more` leads to the whole of it where not all is shown."""

    title: str
    count: int
    rows: tuple[QueueRow, ...]
    more: str | None


@dataclass(frozen=True)
class Note:
    """What somebody found out."""

    at: datetime
    text: str
    who: str


@dataclass(frozen=True)
class Page:
    """One consignment, as far as the bench must know it: name, phone and door are hidden (GB/T 41833-2022).

    Attributes:
        version: what the page shows, for acts that go on from here.
        trouble: why a person must look, or None.
        returned: where is decided about goods that came back, or None.
        may_readdress: its courier said no, so that it may go to another address.
        couriers: who else may be asked to carry it: code and name.
        clash: what to say when somebody else was quicker, or None.
    """

    key: str
    version: int
    title: str
    state: str
    kind: str
    carrier: str
    waybill: str
    sender: str | None
    who: str | None
    where: str | None
    cargo: str
    order: str | None
    expected: str | None
    trouble: tuple[str, str] | None
    clash: str | None
    is_failed: bool
    is_goods: bool
    may_readdress: bool
    may_say: bool
    may_hand_over: bool
    may_look: bool
    may_call_off: bool
    is_waiting: bool
    returned: str | None
    is_letter: bool
    label_url: str
    has_photo: bool
    couriers: tuple[tuple[str, str], ...]
    heard: tuple[Heard, ...]
    notes: tuple[Note, ...]


@bp.get("/consignments")
def consignments() -> ResponseReturnValue:
    """Show each queue of what a person must see to, and of letters and stock on their way; or one of them by pages."""
    only, page = request.args.get("queue", ""), page_number(request.args.get("page"))
    if only in tuple(Concern) or only in PAPER_WORDS:
        return _one_queue(only, page)
    now = house().clock()
    waiting = concerns(reading(), now, last=SHOWN_FIRST)
    return render_template(
        "staff/consignments.html",
        waiting=[_shown(now, queue) for queue in sorted(waiting, key=lambda queue: queue.rows[0].since)],
        waiting_count=sum(queue.count for queue in waiting),
        papers=[_shown(now, queue) for queue in papers(reading(), last=SHOWN_FIRST)],
        leaves=None,
    )


def _one_queue(only: str, page: int) -> ResponseReturnValue:
    now, first = house().clock(), (page - 1) * PER_PAGE + 1
    last = first + PER_PAGE - 1
    is_paper = only in PAPER_WORDS
    found = (
        papers(reading(), only=only, first=first, last=last)
        if is_paper
        else concerns(reading(), now, only=only, first=first, last=last)
    )
    if not found:  # nothing waits there any more, or not so many pages of it
        return redirect(url_for("staff_consignments.consignments"), 303)
    (queue,) = found
    drawn = [_shown(now, queue, is_whole=True)]
    turned: Leaves = leaves(
        page,
        -(-queue.count // PER_PAGE),
        lambda number: url_for("staff_consignments.consignments", queue=only, page=number if number > 1 else None),
    )
    return render_template(
        "staff/consignments.html",
        waiting=[] if is_paper else drawn,
        waiting_count=0 if is_paper else queue.count,
        papers=drawn if is_paper else [],
        leaves=turned,
    )


def _shown(now: datetime, queue: Queue, *, is_whole: bool = False) -> Shown:
    words = PAPER_WORDS[ShipmentKind(queue.name)] if queue.name in PAPER_WORDS else CONCERN_WORDS[Concern(queue.name)]
    is_more = not is_whole and queue.count > len(queue.rows)
    return Shown(
        title=str(words),
        count=queue.count,
        rows=tuple(_row(now, row) for row in queue.rows),
        more=url_for("staff_consignments.consignments", queue=queue.name) if is_more else None,
    )


def _row(now: datetime, row: Waiting) -> QueueRow:
    waited = age(now, row.since)
    number = row.waybill or _("还没有单号")
    state = str(SHIPMENT_WORDS[row.state])
    return QueueRow(
        href=url_for("staff_consignments.consignment", key=row.key),
        title=row.cargo[:24],
        meta=f"{state} · {row.carrier_name} {number}".replace("  ", " "),
        count=None,
        unit="",
        age=waited.text,
        age_tone=waited.tone,
    )


def found(key: str) -> ShipmentFacts:
    """Return a consignment.

    Raises:
        NotFound: there is none under this key.
    """
    facts = shipment_by_key(reading(), key)
    if facts is None:
        raise NotFound("shipment")
    return facts


@bp.get("/consignments/<key>")
def consignment(key: str) -> ResponseReturnValue:
    """Show one consignment with its way, and what can be done with it now."""
    return _shown_page(found(key))


def _shown_page(facts: ShipmentFacts, refused: ShopForm | None = None, *, clash: str | None = None) -> Response:
    forms: dict[str, ShopForm] = {
        "counter": CounterForm(formdata=None, prefix="counter"),
        "said": SaidForm(formdata=None, prefix="said"),
        "pasted": PastedForm(formdata=None, prefix="pasted"),
        "look": LookForm(formdata=None, prefix="look"),
    }
    for name, form in forms.items():
        if type(form) is type(refused) and refused is not None:
            forms[name] = refused
    page = render_template("staff/consignment.html", page=_page(facts, clash), forms=forms)
    return make_response(page, 409 if clash else 200 if refused is None else 422)


def show_refused(facts: ShipmentFacts, form: ShopForm) -> Response:
    """Show a consignment again with what is to be mended in one of its forms."""
    return _shown_page(facts, form)


def show_as_it_is_now(key: str, form: ShopForm | None) -> Response:
    """Show a consignment to whoever acted on a page that is no longer true: nothing was done, what was typed stays."""
    with edge().reading() as session:  # the page's own read began before the other's act
        facts = shipment_by_key(session, key)
    if facts is None:
        raise NotFound("shipment")
    return _shown_page(facts, form, clash=_("刚刚有新消息，或者别人动过了。您这一下没有算，请看清现在的样子再点。"))


def _page(facts: ShipmentFacts, clash: str | None) -> Page:
    now, wired = house().clock(), house()
    by_driver = facts.carrier == TOWN
    is_goods, is_inbound = facts.kind is ShipmentKind.GOODS, facts.kind is ShipmentKind.INBOUND
    why = concern(facts.state, facts.doubt, facts.expected_at, facts.promised_on, now, is_goods=is_goods)
    is_desks = is_goods and is_returned(reading(), facts.key)
    return Page(
        key=facts.key,
        version=facts.version,
        title=facts.waybill or facts.key,
        state=str(SHIPMENT_WORDS[facts.state]),
        kind=str(KIND_WORDS[facts.kind]),
        carrier=facts.carrier_name or _("还没定"),
        waybill=facts.waybill,
        sender=facts.sender or None,
        who=None if is_inbound else f"{masked_name(facts.recipient)} {masked_phone(facts.phone)}",
        where=None if is_inbound else region(facts.province, facts.city, facts.district),
        cargo=facts.cargo,
        order=facts.reference or None,
        expected=expected_words(facts, now),
        trouble=None if why is None else (str(CONCERN_WORDS[why]), _trouble(facts, why)),
        clash=clash,
        is_failed=facts.state is ShipmentState.FAILED,
        is_goods=is_goods,
        may_readdress=is_refused(facts.failure) and may_open("staff_recipients.recipient", current_actor().roles),
        may_say=bool(facts.waybill) and not by_driver and facts.state in MOVING | BEFORE | {ShipmentState.RETURNING},
        may_hand_over=by_driver and not is_goods and facts.state in BEFORE,
        may_look=why in ASKED_ABOUT,
        may_call_off=not is_goods and facts.state in BEFORE | {ShipmentState.FAILED},
        is_waiting=facts.state is ShipmentState.RETURNED and not is_desks,
        returned=url_for("staff_returned.parcel", code=facts.key) if is_desks else None,
        is_letter=facts.kind is ShipmentKind.DOCUMENT and bool(facts.waybill),
        label_url=facts.label_url,
        has_photo=facts.photo_key is not None,
        couriers=tuple((code, str(COURIERS[code])) for code in wired.couriers if code != booking.MANUAL),
        heard=heard(facts),
        notes=_notes(facts),
    )


def _notes(facts: ShipmentFacts) -> tuple[Note, ...]:
    left = [one for one in reversed(facts.passages) if one.from_state == one.to_state]
    names = actor_names({one.actor for one in left})
    return tuple(Note(one.at, _noted(one.reason), names.get(one.actor, _("中心"))) for one in left)


def _noted(reason: str) -> str:
    return _("改了收货人，再订就照新的。") if reason == READDRESSED else reason


def _trouble(facts: ShipmentFacts, why: Concern) -> str:
    if why is Concern.FAILED:
        return failure(facts.failure)
    if why is Concern.DOUBT:
        return str(DOUBT_WORDS[facts.doubt])
    if why is Concern.RETURNED:
        return _("收好了，或者来人拿走了，点“处理好了”。")
    return _("打电话问快递，把问到的记下来。买家的页上会看到新的日子。")


@bp.post("/consignments/<key>/door")
def look_at_door(key: str) -> ResponseReturnValue:
    """Note who looks at the photo that the driver took at the door, then show it."""
    EmptyForm.from_request()
    facts, actor, clock = found(key), current_actor(), house().clock
    if facts.photo_key is None:
        raise NotFound("photo")
    edge().run(lambda session: note_view(session, key, Viewed.DOOR, ViewReason.WORK, actor=actor, clock=clock))
    return redirect(url_for("staff_consignments.door", key=key), 303)


@bp.get("/consignments/<key>/door")
def door(key: str) -> ResponseReturnValue:
    """Answer with the photo that the driver took at the door, to whoever's look was written down a short while ago."""
    photo_key = found(key).photo_key
    if photo_key is None:
        raise NotFound("photo")
    if not is_shown(reading(), key, Viewed.DOOR, actor=current_actor(), now=house().clock()):
        say("info", _("照片要点“看照片”再看，看一次记一次。"))
        return redirect(url_for("staff_consignments.consignment", key=key), 303)
    content = private_photo(house().store, photo_key)
    if content is None:
        raise NotFound("photo")
    return Response(content, content_type=TYPES["jpg"], headers={"Cache-Control": "private, no-store"})
