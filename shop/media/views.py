"""Photos over HTTP: a photo's files never change, so they are kept for a year."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from shop.kernel.errors import NotFound
from shop.media.rules import KEY, TYPES, WIDTHS, file_name
from shop.web.audience import Audience, blueprint
from shop.web.house import house

bp = blueprint("media", __name__, Audience.PUBLIC)

FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/media/<key>/<int:width>.<extension>")
def photo(key: str, width: int, extension: str) -> ResponseReturnValue:
    """Serve one file of a photo."""
    if not KEY.fullmatch(key) or width not in WIDTHS or extension not in TYPES:
        raise NotFound("photo")
    content = house().store.get(file_name(key, width, extension))
    if content is None:
        raise NotFound("photo")
    response = Response(content, content_type=TYPES[extension])
    response.headers["Cache-Control"] = FOR_EVER
    response.set_etag(f"{key}-{width}-{extension}")
    return response.make_conditional(request)
