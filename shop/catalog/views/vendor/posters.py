"""A villager's posters: of one thing, or of the whole household, to be kept on the phone."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.shown import shown_listing
from shop.catalog.views.vendor.face import bp, vendor
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.media.typefaces import typefaces
from shop.web.house import house, reading


@bp.get("/goods/<code>/poster")
def poster(code: str) -> ResponseReturnValue:
    """Show the poster of one thing that buyers can see."""
    shown = shown_listing(reading(), code, today=town_day(house().clock()))
    if shown is None or shown.vendor.id != vendor().id:
        raise NotFound("listing")
    back = url_for("vendor_catalog.listings", _anchor=f"goods-{code}")
    return _page(code, shown.facts.card.title, back)


@bp.get("/poster")
def stall_poster() -> ResponseReturnValue:
    """Show the poster of the household."""
    own = vendor()
    if not own.is_selling:
        raise NotFound("vendor")
    return _page(own.code, own.name, url_for("vendor_catalog.listings"))


def _page(code: str, title: str, back: str) -> str:
    is_drawn = typefaces() is not None
    return render_template("vendor/poster.html", code=code, title=title, back=back, is_drawn=is_drawn)
