"""The application's own pages: is it alive, is it ready, and the switches of the face and the language."""

from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue

from shop.app.readiness import unready
from shop.web.audience import Audience, blueprint
from shop.web.house import house
from shop.web.i18n import LANG, offered
from shop.web.look import ELDER, FACE, keep_look, look
from shop.web.ways import safe_path

bp = blueprint("app", __name__, Audience.PUBLIC)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer that the process is alive; asks nothing of anything else."""
    return jsonify(alive=True)


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer whether this process can serve: 503 names what is missing."""
    missing = unready(house())
    return jsonify(ready=not missing, missing=missing), 503 if missing else 200


@bp.post("/elder")
def elder() -> ResponseReturnValue:
    """Switch the large face on or off, remembered in this browser."""
    # The button says what it switches to: pressed on a page from the phone's memory it still does what it says.
    is_on = request.form.get("elder", "0" if look(request.cookies, FACE) == ELDER else "1") == "1"
    answer = redirect(safe_path(request.form.get("next")), 303)
    keep_look(answer, FACE, ELDER if is_on else None)
    return answer


@bp.post("/language")
def language() -> ResponseReturnValue:
    """Choose the language buyers' pages are read in, remembered in this browser; an unknown one changes nothing."""
    answer = redirect(safe_path(request.form.get("next")), 303)
    chosen = offered(request.form.get("lang"))
    if chosen is not None:
        keep_look(answer, LANG, chosen)
    return answer
