"""Photos of papers for the centre: each look is written down with its reason."""

from functools import partial

from flask import Response, request
from flask.typing import ResponseReturnValue

from shop.kernel.errors import NotFound
from shop.media.private import private_photo
from shop.media.rules import TYPES
from shop.vendors.joining.models import Proof
from shop.vendors.joining.papers import look_at_photo
from shop.web.audience import Audience, blueprint
from shop.web.forms import EmptyForm, clean
from shop.web.house import current_actor, edge, house

bp = blueprint("staff_paper_photos", __name__, Audience.STAFF, prefix="/staff/applications")


def answer(content: bytes | None) -> Response:
    """Return a private photo as an answer that no cache keeps.

    Raises:
        NotFound: its file is gone.
    """
    if content is None:
        raise NotFound("photo")
    response = Response(content, content_type=TYPES["jpg"])
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = "inline"
    return response


@bp.get("/<code>/photos/<proof>")
def photo(code: str, proof: str) -> ResponseReturnValue:
    """Show the photo of a paper while its application is reviewed."""
    return _looked(code, proof, "")


@bp.post("/<code>/photos/<proof>")
def photo_for_a_reason(code: str, proof: str) -> ResponseReturnValue:
    """Show the photo of a paper later, to whoever says why."""
    EmptyForm.from_request()
    return _looked(code, proof, clean(request.form.get("reason")) or "")


def _looked(code: str, proof: str, reason: str) -> ResponseReturnValue:
    if proof not in tuple(Proof):
        raise NotFound("photo")
    look = partial(look_at_photo, code=code, proof=Proof(proof), reason=reason)
    key = edge().run(partial(look, actor=current_actor(), clock=house().clock))
    return answer(private_photo(house().store, key))
