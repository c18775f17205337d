"""How a thing stands now, as its household says it: what is true once an act was taken back, or could not be."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shop.catalog.models import HiddenFor, ListingState
from shop.catalog.own import Present, present
from shop.catalog.rules import Way
from shop.kernel.errors import NotFound
from shop.kernel.money import yuan
from shop.vendors.acts.models import ActKind
from shop.web.i18n import _
from shop.web.prices import jin, price_tag

NOW_WORDS: Mapping[ListingState, str] = {
    ListingState.DRAFT: _l("没送去，等您改"),
    ListingState.IN_REVIEW: _l("中心在看，还没卖"),
    ListingState.PAUSED: _l("先不卖，买的人看不到"),
    ListingState.ARCHIVED: _l("收起来了，没在卖"),
}
HIDDEN_NOW: Mapping[HiddenFor, str] = {
    HiddenFor.PAPER_EXPIRED: _l("没在卖，证到期了"),
    HiddenFor.NOT_CONFIRMED: _l("没在卖，等您说还有没有"),
    HiddenFor.TAKEN_DOWN: _l("没在卖，中心取下来了"),
}


@dataclass(frozen=True)
class Now:
    """What something is called, and how it stands."""

    title: str
    how: str

    def said(self) -> str:
        """Return it as a sentence."""
        return _("%(title)s现在%(how)s。", title=self.title, how=self.how)


def now_of(session: Session, vendor_id: int, kind: ActKind, about: str) -> Now | None:
    """Return how that stands about which a vendor did something; None for what is nobody's to change.

    Args:
        kind: of what was done: after a price the price is told, after a count the count.
        about: code of the listing or of the part of an order.
    """
    if kind is ActKind.READY:
        return Now(_("编号 %(code)s", code=about), _("还没备好"))
    try:
        own = present(session, about, vendor_id=vendor_id)
    except NotFound:
        return None
    return Now(own.offer.title, _how(own, kind))


def _how(own: Present, kind: ActKind) -> str:
    if own.hidden_for is not None:
        told = str(HIDDEN_NOW[own.hidden_for])
    elif own.state is ListingState.PUBLISHED:
        told = _("店里卖着") if any(_free(way) for way in own.offer.ways) else _("卖完了")
    else:
        told = str(NOW_WORDS[own.state])
    if kind is ActKind.PRICED:
        told += "，" + "，".join(map(_price, own.offer.ways))
    if own.state is ListingState.PUBLISHED or kind is ActKind.COUNTED:
        left = "、".join(_left(way) for way in own.offer.ways if _free(way))
        told += _("，还有 %(much)s", much=left) if left else ""
    return told + (_("；改动中心在看") if own.waiting is not None else "")


def _free(way: Way) -> int:
    return way.stock // way.draw


def _left(way: Way) -> str:
    much = _("%(n)s 斤", n=jin(way.stock)) if way.is_cut else _("%(n)d %(unit)s", n=way.stock, unit=way.unit)
    return f"{way.name} {much}".strip()


def _price(way: Way) -> str:
    tag = price_tag(way)
    return f"{way.name} {yuan(tag.fen)} {tag.unit}".strip()
