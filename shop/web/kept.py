"""Which pages may be kept and shown again as they are, and how a request's answer says that it is such a page."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, Response, g, request
from flask import session as cookie

from shop.web.login import signed_in_ids
from shop.web.somebody import PAGES, somebody
from shop.web.tokens import FIELD

BOX = "shop.kept"
"""Key in a request's environment: where the application lays a page that may be kept."""
HOLE = b"\x02token\x03"
"""Stands in a kept page where a form's token belongs. No page holds control characters of its own."""


def leave_unkept() -> None:
    """Let this answer not be kept: making it was more than reading."""
    g.leave_unkept = True


def init_kept(app: Flask) -> None:
    """Lay every page that may be kept into the request's box, before it is packed."""

    @app.after_request
    def lay_down(response: Response) -> Response:
        box: MutableMapping[str, Any] | None = request.environ.get(BOX)
        if box is not None and _may_be_kept(response):
            body, token = response.get_data(), g.get(FIELD)
            if HOLE not in body:
                box["body"] = body.replace(token.encode(), HOLE) if token else body
        return response


def _may_be_kept(response: Response) -> bool:
    if request.method != "GET" or response.status_code != 200 or response.mimetype != "text/html":
        return False
    if not (request.endpoint or "").startswith(PAGES) or g.get("leave_unkept") or response.is_streamed:
        return False
    is_for_many = signed_in_ids() is None or somebody() is not None
    return is_for_many and not cookie.modified and "Set-Cookie" not in response.headers
