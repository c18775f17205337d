"""Who may act for a vendor, on the vendor's own page: the family and the centre, and taking it back."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.kernel.clock import town_day
from shop.vendors.acts.consents import revoke_consent
from shop.vendors.acts.queries import consents_of
from shop.vendors.delegates import members_of, remove_delegate
from shop.vendors.queries import VendorFacts
from shop.vendors.views.acting_words import MEMBER_WORDS, SCOPE_WORDS
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.own import owner_only
from shop.web.shell import say

bp = blueprint("vendor_people", __name__, Audience.VENDOR, prefix="/vendor/people")


def _own() -> VendorFacts:
    own = current_vendor()
    assert own is not None, "the blueprint lets nobody else in"
    return own


def _here() -> ResponseReturnValue:
    return redirect(url_for("vendor_people.people"), 303)


@bp.get("")
@owner_only
def people() -> ResponseReturnValue:
    """Show who may act: the family, and the centre by consent."""
    own = _own()
    return render_template(
        "vendor/people.html",
        members=members_of(reading(), own.id),
        consents=consents_of(reading(), own.id),
        today=town_day(house().clock()),
        member_words=MEMBER_WORDS,
        scope_words=SCOPE_WORDS,
    )


@bp.post("/<person>/remove")
@owner_only
def remove(person: str) -> ResponseReturnValue:
    """End at once that somebody of the family may act."""
    own, actor = _own(), current_actor()
    name = edge().run(lambda session: remove_delegate(session, own.id, person, actor=actor))
    say("good", _("去掉了，%(name)s不能再进您的摊位。", name=name) if name is not None else _("已经去掉了。"))
    return _here()


@bp.post("/consents/<consent>/revoke")
@owner_only
def revoke(consent: str) -> ResponseReturnValue:
    """End at once that the centre may act."""
    own, actor, clock = _own(), current_actor(), house().clock
    edge().run(lambda session: revoke_consent(session, own.id, consent, actor=actor, clock=clock))
    say("good", _("收回了，中心不能再替您操作。"))
    return _here()
