"""Letters out and stock in: a document's booking and label, and what comes to the centre."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.courier.forms import COURIERS, ComingForm, LetterForm
from shop.courier.gateways.protocol import Party
from shop.courier.models import ShipmentKind
from shop.courier.rules import evening
from shop.courier.views.consignments import bp, found
from shop.flows import consigning
from shop.fulfilment.marks import SIZES
from shop.kernel.codes import new_code
from shop.kernel.errors import Invalid, NotFound
from shop.town.queries import the_town
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.labels import keep_label_size, label_of, label_size
from shop.web.shell import say


@bp.route("/consignments/letter", methods=["GET", "POST"])
def letter() -> ResponseReturnValue:
    """Book a courier for a document: an envelope, no goods, no amount."""
    form = LetterForm.from_request(key=new_code(10), carrier=next(iter(house().couriers)))
    form.carrier.choices = [(code, COURIERS[code]) for code in house().couriers]
    if form.is_sent_well() and (key := _send(form)) is not None:
        say("good", _("去订快递了，过几秒再看。"))
        return redirect(url_for("staff_consignments.consignment", key=key), 303)
    return make_response(render_template("staff/consignment_letter.html", form=form), 422 if form.errors else 200)


def _send(form: LetterForm) -> str | None:
    wired, actor, to = house(), current_actor(), form.address()
    wanted = consigning.Letter(
        key=f"L{form.key.data or new_code(10)}"[:40],
        to=Party(to.name, to.phone, to.province, to.city, to.district, to.street),
        cargo=form.cargo.data or "",
        carrier=form.carrier.data,
        reference=(form.reference.data or "").upper(),
    )
    try:
        edge().run(
            lambda session: consigning.send_letter(session, wired.couriers, wanted, actor=actor, clock=wired.clock)
        )
    except Invalid:
        form.reference.errors = [_("没有这一单，请看清订单号，或者空着。")]
        return None
    return wanted.key


@bp.route("/consignments/coming", methods=["GET", "POST"])
def coming() -> ResponseReturnValue:
    """Note that something is on its way to the centre, such as blank invoices from the tax office."""
    form = ComingForm.from_request(key=new_code(10))
    if form.is_sent_well() and (key := _expect(form)) is not None:
        say("good", _("记好了。"))
        return redirect(url_for("staff_consignments.consignment", key=key), 303)
    return make_response(render_template("staff/consignment_coming.html", form=form), 422 if form.errors else 200)


def _expect(form: ComingForm) -> str | None:
    wired, actor = house(), current_actor()
    wanted = consigning.Coming(
        key=f"I{form.key.data or new_code(10)}"[:40],
        sender=form.sender.data or "",
        cargo=form.cargo.data or "",
        company=form.company.data,
        waybill=form.waybill.data or "",
        expected_at=evening(form.day()),
    )
    try:
        edge().run(lambda session: consigning.expect(session, wired.couriers, wanted, actor=actor, clock=wired.clock))
    except Invalid:
        form.waybill.errors = [_("这个单号已经记过了。")]
        return None
    return wanted.key


@bp.get("/consignments/<key>/envelope")
def envelope(key: str) -> ResponseReturnValue:
    """Show a letter's label for the printer: to whom, from whom, its number, and no amount."""
    facts = found(key)
    if facts.kind is not ShipmentKind.DOCUMENT or not facts.waybill:
        raise NotFound("envelope")
    return render_template(
        "staff/envelope.html",
        label=label_of(facts, url_for("staff_consignments.consignment", key=key)),
        key=key,
        carriers_own=facts.label_url,
        town=the_town(reading()),
        size=label_size(),
        sizes=SIZES,
    )


@bp.post("/consignments/<key>/envelope")
def choose_envelope_size(key: str) -> ResponseReturnValue:
    """Keep with this browser which paper lies in its printer."""
    found(key)
    if EmptyForm.from_request().is_sent_well():
        keep_label_size(request.form.get("size", ""))
    return redirect(url_for("staff_consignments.envelope", key=key), 303)
