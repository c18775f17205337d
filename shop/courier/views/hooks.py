"""The door at which couriers push what happened."""

from flask import Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from shop.courier.gateways.protocol import BadSignature, Tracker
from shop.flows import tracking
from shop.kernel.errors import ShopError
from shop.web.audience import Audience, blueprint
from shop.web.house import house

bp = blueprint("courier_hooks", __name__, Audience.HOOK, prefix="/hooks")

LARGEST_PUSH = 512 * 1024
"""Bytes; a push is a whole list of what happened, a few thousand as a rule."""


@bp.post("/kuaidi100")
def kuaidi100() -> ResponseReturnValue:
    """Take in a push of Kuaidi100's; anything but its own word for success makes it come back, three times.

    A number that is none of ours is answered with success: coming back would not help.
    """
    wired = house()
    tracker = wired.couriers.get("kuaidi100")
    if not isinstance(tracker, Tracker):
        return _said("404", "unknown courier", 404)
    request.max_content_length = LARGEST_PUSH
    try:
        tracking.receive_push(wired.edge, tracker, request.form, clock=wired.clock)
    except BadSignature:
        return _said("503", "bad signature", 400)
    except ShopError:
        return _said("500", "try again", 503)
    return _said("200", "成功", 200)  # its exact answer (快递信息推送, 返回值)


def _said(code: str, message: str, status: int) -> Response:
    return make_response(jsonify({"result": code == "200", "returnCode": code, "message": message}), status)
