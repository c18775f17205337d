"""The photos of a villager's own thing."""

from flask import url_for
from flask.typing import ResponseReturnValue

from shop.catalog.views import album
from shop.catalog.views.vendor.face import bp, vendor


@bp.route("/goods/<code>/photos", methods=["GET", "POST"])
def photos(code: str) -> ResponseReturnValue:
    """Show the photos of a thing, and take in one more."""
    back = url_for("vendor_catalog.edit", code=code)
    return album.page("vendor_catalog", "vendor/album.html", code, vendor_id=vendor().id, back=back)


@bp.post("/goods/<code>/photos/move")
def move_photo(code: str) -> ResponseReturnValue:
    """Move a photo one place."""
    return album.move("vendor_catalog", code, vendor_id=vendor().id)


@bp.post("/goods/<code>/photos/remove")
def remove_photo(code: str) -> ResponseReturnValue:
    """Take a photo away."""
    return album.remove("vendor_catalog", code, vendor_id=vendor().id)


@bp.post("/goods/<code>/photos/restore")
def restore_photo(code: str) -> ResponseReturnValue:
    """Bring a photo back that was taken away in the last ten minutes."""
    return album.restore("vendor_catalog", code, vendor_id=vendor().id)
