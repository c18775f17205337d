"""Photos taken at the bench: received for everybody or for the centre, and shown to the centre, each look noted."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view
from shop.catalog.lots.queries import lot_of_promise
from shop.fulfilment.lots.queries import order_of_proof
from shop.fulfilment.views.face import bp
from shop.kernel.errors import NotFound
from shop.media.private import private_photo, receive_private
from shop.media.rules import TYPES, BadPhoto
from shop.media.services import receive
from shop.media.words import flaw_words
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say


def photo_key(field: FileField, *, is_private: bool) -> str | None:
    """Keep the photo that was sent under a field and return its key, or None; what is no photo is told at the field."""
    sent = request.files.get(field.name)
    if sent is None or not sent.filename:
        return None
    wired, actor = house(), current_actor()
    transaction, raw = edge().transaction, sent.read()
    try:
        if is_private:
            return receive_private(transaction, wired.store, raw, actor=actor, clock=wired.clock)
        return receive(transaction, wired.store, raw, actor=actor, clock=wired.clock).key
    except BadPhoto as error:
        field.errors = [flaw_words(error.reason)]
        return None


def _of(key: str) -> tuple[str, Viewed]:
    """Return of which order or lot a private photo of the bench is, and what it shows, or refuse as not found."""
    order = order_of_proof(reading(), key)
    if order is not None:
        return order, Viewed.PROOF
    lot = lot_of_promise(reading(), key)
    if lot is None:
        raise NotFound("photo")
    return lot, Viewed.PROMISE


@bp.post("/intake/photos/<key>")
@needs(*PACKING_ROLES)
def look_at_photo(key: str) -> ResponseReturnValue:
    """Note who looks at a photo for the centre alone, then show it."""
    EmptyForm.from_request()
    (subject, what), actor, clock = _of(key), current_actor(), house().clock
    edge().run(lambda session: note_view(session, subject, what, ViewReason.WORK, actor=actor, clock=clock))
    return redirect(url_for("staff_fulfilment.intake_photo", key=key), 303)


@bp.get("/intake/photos/<key>")
@needs(*PACKING_ROLES)
def intake_photo(key: str) -> ResponseReturnValue:
    """Answer with a photo for the centre alone, to whoever has just said so: a promise, or what was turned down."""
    subject, what = _of(key)
    if not is_shown(reading(), subject, what, actor=current_actor(), now=house().clock()):
        say("info", _("照片要从货那里点“看照片”，看一次记一次。"))
        return redirect(url_for("staff_fulfilment.intake"), 303)
    return show_photo(key)


def show_photo(key: str) -> Response:
    """Answer with a private photo, which no browser keeps; the caller has judged who asks.

    Raises:
        NotFound: its file is gone.
    """
    content = private_photo(house().store, key)
    if content is None:
        raise NotFound("photo")
    response = Response(content, content_type=TYPES["jpg"])
    response.headers["Cache-Control"] = "private, no-store"
    return response
