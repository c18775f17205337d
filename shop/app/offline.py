"""The day without network: the worker that keeps pages in the phone, and the page it shows when it has none."""

import json

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.web.assets import PREFIX, STATIC, Assets
from shop.web.audience import Audience, blueprint
from shop.web.house import house
from shop.web.login import signed_in_ids
from shop.web.shell import AT_WORK

bp = blueprint("offline", __name__, Audience.PUBLIC)

FRAME = ("shop.css", "js/shop.js", "js/offline.js", "js/draft.js", "img/icons.svg", "img/sign.svg")
"""What every page of a buyer needs to look right without network."""
KEPT = ("catalog.", "search.", "site.", "joining.hall")
"""Endpoints whose pages a phone may keep: the same for everybody but for a basket's count."""
PERSON = "Shop-Person"


def _kept_places(app: Flask) -> list[str]:
    """Return the addresses of pages that may be kept; one that ends with a slash stands for all below it."""
    rules = (
        rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(KEPT) and "GET" in (rule.methods or ())
    )
    return sorted({rule.rule.partition("<")[0] for rule in rules})


@bp.get("/sw.js")
def worker() -> ResponseReturnValue:
    """Answer with the service worker of this build; switched off, with one that takes itself and its memory away."""
    assets: Assets = current_app.extensions["assets"]
    told = {
        "mark": assets.mark if house().settings.keeps_pages else "",
        "frame": [assets.url(name) for name in FRAME],
        "offline": url_for("offline.page"),
        "kept": _kept_places(current_app),
        "apart": AT_WORK,
        "files": PREFIX,
        "photos": "/media/",
    }
    script = f"self.house = {json.dumps(told)};\n{(STATIC / 'js' / 'worker.js').read_text('utf-8')}"
    answer = Response(script, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/offline")
def page() -> ResponseReturnValue:
    """Show what a phone says without network; it is kept beforehand, in the language and the face of its reader."""
    return render_template("errors/offline.html")


def init_offline(app: Flask) -> None:
    """Mark answers that were made for a person, so that no phone keeps them."""

    @app.after_request
    def name_the_private(response: Response) -> Response:
        if signed_in_ids() is not None:
            response.headers[PERSON] = "1"
        return response
