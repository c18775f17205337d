"""From a refusal to a page: the class decides the status, the template the words. Nothing of the inside shows."""

import logging
import secrets
import traceback
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from shop.kernel import errors
from shop.web.house import house, read_nothing
from shop.web.lost import way_on
from shop.web.sizes import is_for_documents
from shop.web.ways import safe_path

log = logging.getLogger(__name__)

STATUS: dict[type[errors.ShopError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Stale: 409,
    errors.WrongState: 409,
    errors.Invalid: 422,
    errors.TooMany: 429,
}

LAST = """<!doctype html>
<html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>山货</title>
<h1>我们这边出了错</h1>
<p>不是您的错，已经记下了。请过一会儿再试。编号 {code}</p>
<p lang="en">Something went wrong here; it is not your fault. Please try again in a while.</p>
</html>
"""
"""What is left to say where no page can be drawn at all."""
PAGES = frozenset({400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 429, 500, 503})

AFTER_A_FORM = frozenset({400, 409, 413, 422, 429, 500, 503})
"""Pages that lead back to where somebody came from: what was typed there is still in the browser."""


def status_of(error: errors.ShopError) -> int:
    """Return the HTTP status of a refusal, by its nearest known class."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 409)


def error_page(status: int, **words: object) -> Response:
    """Return the page of a status: what happened in one sentence, and a way on."""
    page = status if status in PAGES else (500 if status >= 500 else 400)
    words["back"] = _page_before() if page in AFTER_A_FORM else None
    if page == 404:
        words["way"] = way_on()
    if page == 413:
        words["document_mb"] = house().settings.document_mb if is_for_documents() else None
    return make_response(render_template(f"errors/{page}.html", **words), status)


def _answer(status: int) -> Response:
    """Return the page of a status; where that page itself fails, the page of a fault."""
    try:
        return error_page(status)
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader is told and the fault noted
        return _page_of_a_fault(_noted(error))


def _page_of_a_fault(code: str) -> Response:
    """Return the page of a fault of ours, also where nothing can be read any more, such as a database that is away."""
    try:
        return error_page(500, code=code)
    except Exception as error:  # noqa: BLE001
        _noted(error)
        read_nothing()
    try:
        return error_page(500, code=code)
    except Exception as error:  # noqa: BLE001
        _noted(error)
        return make_response(LAST.format(code=code), 500)


def _noted(error: Exception) -> str:
    """Write down where a fault lies, and return the code under which it is found."""
    code = secrets.token_hex(4)
    frames = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    # The exception's own text may hold a name or a phone number; its type and place never do.
    log.error(
        "page failed",
        extra={"code": code, "error": type(error).__name__, "endpoint": request.endpoint, "at": frames[-6:]},
    )
    return code


def _page_before() -> str | None:
    """Return the address of the page whose form was sent, where the browser tells and it is ours."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host or not before.path:
        return None
    return safe_path(before.path + (f"?{before.query}" if before.query else ""))


def init_errors(app: Flask) -> None:
    """Give every error a page."""

    @app.errorhandler(errors.ShopError)
    def refused(error: errors.ShopError) -> ResponseReturnValue:
        response = _answer(status_of(error))
        if isinstance(error, errors.TooMany):
            response.headers["Retry-After"] = str(error.retry_s)
        return response

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        response = _answer(error.code)
        if error.code == 405:
            response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return response

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        return _page_of_a_fault(_noted(error))
