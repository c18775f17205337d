"""Photos taken at the bench: received for everybody or for the centre, and shown to the centre."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from wtforms import FileField

from shop.catalog.lots.queries import has_promise
from shop.fulfilment.lots.queries import has_proof
from shop.fulfilment.views.face import bp
from shop.kernel.errors import NotFound
from shop.media.private import private_photo, receive_private
from shop.media.rules import TYPES, BadPhoto
from shop.media.services import receive
from shop.media.words import flaw_words
from shop.web.house import current_actor, edge, house, reading
from shop.web.roles import PACKING_ROLES, needs


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


@bp.get("/intake/photos/<key>")
@needs(*PACKING_ROLES)
def intake_photo(key: str) -> ResponseReturnValue:
    """Answer with a photo for the centre alone: a household's promise, or what was turned down; no browser keeps it."""
    if not (has_promise(reading(), key) or has_proof(reading(), key)):
        raise NotFound("photo")
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
