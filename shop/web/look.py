"""How a browser wants the house to look: its face and whatever else is chosen once, in plain cookies of their own.

They say nothing about who asks and lend no power, so they are not signed; a value that is not known counts as none.
Apart from the session, a visitor who has only chosen a face is still a visitor without one, and gets kept pages.
"""

import re
from collections.abc import Mapping

from flask import current_app
from werkzeug.wrappers import Response

from shop.kernel.languages import Language
from shop.web.i18n import LANG

FACE = "face"
ELDER = "elder"
LOOKS: Mapping[str, re.Pattern[str]] = {
    FACE: re.compile(ELDER),
    LANG: re.compile("|".join(Language)),
}
"""By cookie, the values it may have. Every one of them makes another page, so a kept page is kept by all of them."""
YEAR_S = 365 * 24 * 3600


def look(cookies: Mapping[str, str], name: str) -> str | None:
    """Return what a browser has chosen, or None when it has not or when nobody offered that."""
    chosen = cookies.get(name, "")
    return chosen if LOOKS[name].fullmatch(chosen) else None


def keep_look(response: Response, name: str, value: str | None) -> None:
    """Let a browser remember a choice for a year; None lets it forget.

    Raises:
        ValueError: nobody offered that value.
    """
    is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    if value is None:
        response.delete_cookie(name, secure=is_secure, httponly=True, samesite="Lax")
        return
    if not LOOKS[name].fullmatch(value):
        raise ValueError(f"{name}={value} was never offered")
    response.set_cookie(name, value, max_age=YEAR_S, secure=is_secure, httponly=True, samesite="Lax")
