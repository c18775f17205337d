"""What the buyer's and the centre's page of an order's recipient share: the form, what is beside it, refusals."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.rules import PostalAddress
from shop.courier.queries import NoFreight
from shop.kernel.errors import ShopError
from shop.kernel.money import yuan
from shop.orders.forms import CollectorForm, RecipientForm
from shop.orders.models import Handing
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.queries.quotes import CannotSend
from shop.orders.queries.terms import OtherTerms
from shop.orders.recipients import recipient_of, times_changed
from shop.orders.views.pages import Where, where
from shop.orders.views.pasting import not_reached
from shop.web.house import edge
from shop.web.i18n import _
from shop.web.places import province_word
from shop.web.words import clauses, listed

Refusals = (NoFreight, CannotSend, OtherTerms)


@dataclass(frozen=True)
class RecipientPage:
    """What stands beside the form.

    Attributes:
        version: that the form carries.
        now: what stands there now, where somebody else was quicker.
        is_split: the fields were filled from a pasted text.
    """

    code: str
    version: int
    is_collected: bool
    now: Where | None
    is_split: bool


def recipient_form(order: OrderFacts, **more: Any) -> RecipientForm:
    """Return the form of an order's recipient as it was sent, or as it stands."""
    kind = CollectorForm if order.handing is Handing.COLLECTION else RecipientForm
    return kind.from_request(obj=recipient_of(order), **more)


def recipient_page(
    order: OrderFacts, session: Session, *, is_stale: bool = False, is_split: bool = False
) -> RecipientPage:
    """Return what stands beside the form.

    Args:
        is_stale: somebody changed it since the form was shown.
    """
    return RecipientPage(
        code=order.code,
        version=times_changed(session, order.id),
        is_collected=order.handing is Handing.COLLECTION,
        now=_where(recipient_of(order)) if is_stale else None,
        is_split=is_split,
    )


def page_anew(code: str) -> RecipientPage:
    """Return the page as it is now that somebody was quicker; a request's own read began before that."""
    with edge().reading() as session:
        return recipient_page(order_by_code(session, code), session, is_stale=True)


def _where(to: PostalAddress) -> Where:
    return where(to.name, to.phone, to.province, to.city, to.district, to.street)


def put_refused(form: RecipientForm, refused: ShopError) -> None:
    """Say at the province why goods do not go there, or not for what was agreed on."""
    if isinstance(refused, NoFreight):
        form.province.errors = [not_reached(refused.province)]
    elif isinstance(refused, CannotSend):
        goods = listed(line.title for line in refused.lines)
        form.province.errors = [_("%(goods)s寄不了那么远，路上太久。", goods=goods)]
    elif isinstance(refused, OtherTerms):
        there = province_word(refused.province)
        words = _(
            "寄到%(there)s：%(why)s。请取消这一单，再下一单；或者打中心的电话。", there=there, why=_other(refused)
        )
        form.province.errors = [words]


def _other(terms: OtherTerms) -> str:
    why = []
    if terms.freight_fen is not None:
        told = {"freight": yuan(terms.freight_fen), "agreed": yuan(terms.agreed_fen)}
        why.append(_("运费 %(freight)s，这一单收的是 %(agreed)s", **told))
    if terms.days is not None:
        why.append(_("路上要走 %(n)d 天，和说好的日子对不上", n=terms.days))
    if terms.is_cash:
        why.append(_("送到那里的不收现金"))
    return clauses(why)
