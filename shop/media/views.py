"""Photos over HTTP: a photo's files never change, so they are kept for a year."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from shop.kernel.errors import NotFound
from shop.media.posters import emblem
from shop.media.rules import FULL, KEY, SIGN, TYPES, WIDTHS, file_name
from shop.web.assets import STATIC
from shop.web.audience import Audience, blueprint
from shop.web.house import house

bp = blueprint("media", __name__, Audience.PUBLIC)

FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, no-cache"


@bp.get("/media/<key>/<int:width>.<extension>")
def photo(key: str, width: int, extension: str) -> ResponseReturnValue:
    """Serve one file of a photo; one that is not made yet, or was lost, is stood in for by the photo as received."""
    if not KEY.fullmatch(key) or width not in WIDTHS or extension not in TYPES:
        raise NotFound("photo")
    content = house().store.get(file_name(key, width, extension))
    if content is not None:
        return _answer(content, f"{key}-{width}-{extension}", extension, FOR_EVER)
    # Who asks for AVIF reads WebP too, and has photos in it that came in before phones got AVIF.
    stand_ins = ((width, "webp"), (FULL, "jpg")) if extension == "avif" else ((FULL, "jpg"),)
    for instead, ending in stand_ins:
        content = house().store.get(file_name(key, instead, ending))
        if content is not None:
            return _answer(content, f"{key}-{instead}-{ending}", ending, FOR_NOW)
    raise NotFound("photo")


@bp.get("/media/sign.png")
def sign() -> ResponseReturnValue:
    """Serve the shop's sign as a picture, for whoever shares a page without a photo."""
    drawing = (STATIC / "img/sign.svg").read_text(encoding="utf-8")
    response = Response(emblem(drawing, SIGN), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.add_etag()
    response.make_conditional(request)
    return response


def _answer(content: bytes, tag: str, extension: str, keeping: str) -> Response:
    response = Response(content, content_type=TYPES[extension])
    response.headers["Cache-Control"] = keeping
    response.set_etag(tag)
    response.make_conditional(request)
    return response
