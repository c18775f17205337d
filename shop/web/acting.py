"""Staff on a vendor's pages: how far a consent lets them, and the banner that says for whom they act."""

from collections.abc import Mapping

from flask import Flask, abort, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.vendors.acts.models import ActKind, ConsentScope
from shop.web.house import ACTING, current_acting, wanted_acting
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.undo import forget_undo

FOR_ANY = frozenset(
    {
        "vendor_acts.acts",
        "vendor_acts.undo",
        "vendor_catalog.home",
        "vendor_catalog.listings",
        "vendor_town.centre",
    }
)
"""Pages that belong to whatever staff may do."""
STOCK = ("count", "pause", "resume", "confirm", "sold_out", "tomorrow", "still", "say_still")
SCOPES: Mapping[str, ConsentScope] = {
    **{f"vendor_catalog.{view}": ConsentScope.STOCK for view in STOCK},
    "vendor_catalog.sold_out": ConsentScope.STOCK,
    "vendor_catalog.tomorrow": ConsentScope.STOCK,
    "vendor_catalog.still": ConsentScope.STOCK,
    "vendor_catalog.say_still": ConsentScope.STOCK,
    "vendor_catalog.questions": ConsentScope.ALL,
    "vendor_catalog.question": ConsentScope.ALL,
    "vendor_catalog": ConsentScope.GOODS,
    "vendor_orders": ConsentScope.WANTED,
}
"""What a page belongs to, by its endpoint or its blueprint; any other needs a consent to everything."""


ACT_SCOPES: Mapping[ActKind, ConsentScope] = {
    ActKind.PAUSED: ConsentScope.STOCK,
    ActKind.RESUMED: ConsentScope.STOCK,
    ActKind.COUNTED: ConsentScope.STOCK,
    ActKind.CONFIRMED: ConsentScope.STOCK,
    ActKind.ARCHIVED: ConsentScope.GOODS,
    ActKind.PRICED: ConsentScope.GOODS,
    ActKind.OFFERED: ConsentScope.GOODS,
    ActKind.READY: ConsentScope.WANTED,
}
"""What an act belongs to that is taken back; any other needs a consent to everything."""


def may_take_back(kind: ActKind) -> bool:
    """Tell whether who looks at a vendor's pages may take back such an act: staff within their consent, others all."""
    acting = current_acting()
    return acting is None or acting.may(ACT_SCOPES.get(kind, ConsentScope.ALL))


def begin_acting(vendor_code: str) -> None:
    """Let this browser act for a vendor on the vendor's pages."""
    forget_undo()
    cookie[ACTING] = vendor_code


def end_acting() -> None:
    """Let this browser act for nobody."""
    forget_undo()
    cookie.pop(ACTING, None)


def check_acting() -> ResponseReturnValue | None:
    """Judge a request on a vendor's page by somebody who means to act for a vendor; None lets it through.

    A consent that has ended is told where it can be renewed; what it does not cover is refused.
    """
    code = wanted_acting()
    if code is None:
        return None
    acting = current_acting()
    if acting is None:
        end_acting()
        if request.method != "GET":
            abort(403)
        say("mind", _("不能替这家操作：没有同意书，或者收回了、到期了，或者这家停卖了。"))
        return redirect(url_for("staff_acting.acting", code=code), 303)
    endpoint = request.endpoint or ""
    scope = SCOPES.get(endpoint) or SCOPES.get(endpoint.partition(".")[0]) or ConsentScope.ALL
    if endpoint not in FOR_ANY and not acting.may(scope):
        abort(403)
    return None


def init_acting(app: Flask) -> None:
    """Give the frame of a vendor's pages its `current_acting()`."""
    app.jinja_env.globals["current_acting"] = current_acting
