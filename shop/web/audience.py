"""For whom a page is: every blueprint declares it, and a blueprint without one keeps the application from starting."""

from enum import StrEnum

from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.web.acting import check_acting
from shop.web.house import current_actor, current_vendor
from shop.web.roles import STAFF_ROLES, roles_of
from shop.web.stopping import check_selling


class Audience(StrEnum):
    """Who may open a blueprint's pages."""

    PUBLIC = "public"
    BUYER = "buyer"
    VENDOR = "vendor"
    STAFF = "staff"
    HOOK = "hook"


def blueprint(
    name: str, import_name: str, audience: Audience, *, prefix: str = "", roles: tuple[str, ...] = STAFF_ROLES
) -> Blueprint:
    """Make a room's blueprint for one audience.

    Args:
        name: `catalog` for the public face of a room, `vendor_catalog`, `staff_catalog` and so on for the others.
        import_name: the caller's `__name__`.
        audience: who may open its pages.
        prefix: URL prefix; vendor pages live under /vendor, staff pages under /staff, hooks under /hooks.
        roles: for staff pages, the roles of which one is needed; a page that needs others says so with `needs`.
    """
    bp = Blueprint(name, import_name, url_prefix=prefix or None)
    setattr(bp, "audience", audience)  # noqa: B010 - Blueprint has no such attribute of its own
    if audience is Audience.STAFF:
        setattr(bp, "roles", roles)  # noqa: B010
        bp.before_request(_require_roles)
    elif audience is Audience.BUYER:
        bp.before_request(_require_person)
    elif audience is Audience.VENDOR:
        bp.before_request(_require_vendor)
    return bp


def check_audiences(app: Flask) -> None:
    """Refuse to start with a blueprint whose audience nobody declared.

    Raises:
        RuntimeError: naming the blueprint.
    """
    for name, bp in app.blueprints.items():
        if not isinstance(getattr(bp, "audience", None), Audience):
            raise RuntimeError(f"blueprint {name} has no audience")  # noqa: TRY004 - a mistake of wiring


def _require_person() -> ResponseReturnValue | None:
    if current_actor().user_id is None:
        if request.method != "GET":
            abort(401)
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    return None


def _require_roles() -> ResponseReturnValue | None:
    if (answer := _require_person()) is not None:
        return answer
    if not current_actor().has(*roles_of(current_app, request.endpoint or "")):
        abort(403)
    return None


def _require_vendor() -> ResponseReturnValue | None:
    if (answer := _require_person() or check_acting()) is not None:
        return answer
    if current_vendor() is None:
        abort(403)
    return check_selling()
