"""That a form was sent from the house's own page: by a token where there is a session, else by where it came from.

A visitor without a session gets pages that are the same for everybody, so no token stands in them. What such a form
could do to somebody is done to whoever reads the answer (a basket begun, a sign-in); so the browser must say that the
form stood on a page of ours. See docs/decisions/0044.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, abort, g, request
from flask import session as cookie

from shop.web.house import house
from shop.web.login import signed_in_ids

FIELD = "csrf_token"
"""Name of the field in forms, and cookie key of what its values are made from."""
LENGTH = 40
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ON_SHARED_PAGES = frozenset(
    {
        "accounts.ask_code",
        "accounts.sign_in",
        "app.elder",
        "app.language",
        "bridge.choose",
        "catalog.questions",
        "orders.add",
        "orders.found",
    }
)
"""Forms of pages that are made once for everybody: who began a session meanwhile may still send them."""

ASKS_AGAIN = frozenset({"bridge.take_now"})
"""Forms that do something, on pages that somebody may open before a session begins: their page is shown once more, with
what was typed and a token of today, where the browser says that it is ours."""


def has_session() -> bool:
    """Tell whether this browser has anything to lose: something in its cookie, or a sign-in that outlives it."""
    return bool(cookie) or signed_in_ids() is not None


def token() -> str:
    """Return what a form sends along; nothing for a visitor without a session, who gets none by looking."""
    if not has_session():
        return ""
    if not isinstance(cookie.get(FIELD), str):
        cookie[FIELD] = secrets.token_hex(LENGTH // 2)
    if FIELD not in g:
        setattr(g, FIELD, masked(cookie[FIELD]))
    made: str = g.get(FIELD)
    return made


def masked(secret: str) -> str:
    """Return a secret in other words each time, or the length of a packed page would give it away bit by bit."""
    plain = secret.encode()
    pad = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(pad + _crossed(pad, plain)).decode()


def _crossed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _is_of(secret: str, sent: str) -> bool:
    try:
        both = urlsafe_b64decode(sent.encode("ascii"))
    except ValueError:
        return False
    half = len(both) // 2
    return len(both) == 2 * len(secret) and hmac.compare_digest(_crossed(both[:half], both[half:]), secret.encode())


def is_from_here(headers: Mapping[str, str], here: str, public: str) -> bool | None:
    """Tell whether a browser says that a request stood on a page of ours; None when it says nothing at all.

    Args:
        here: the origin under which this request reached us.
        public: the origin that the house says it has; before a proxy that nobody told us of, only this one is right.
    """
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        hosts = {urlsplit(ours).netloc for ours in (here, public)}
        return origin in (here, public) or (site is not None and urlsplit(origin).netloc in hosts)
    if site is not None:
        return True
    before = urlsplit(headers.get("Referer", ""))
    return f"{before.scheme}://{before.netloc}" in (here, public) if before.netloc else None


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_unproven() -> bool:
    """Tell whether a form of `ASKS_AGAIN` came without its token: its view does nothing but show the page once more."""
    return bool(g.get("is_unproven"))


def judge() -> None:
    """Refuse a form that did not stand on a page of ours (400)."""
    secret, sent = cookie.get(FIELD), request.form.get(FIELD, "")
    has_both = bool(sent) and isinstance(secret, str)
    if isinstance(secret, str) and sent and _is_of(secret, sent):
        return
    public = _origin(house().settings.public_url)
    is_ours = is_from_here(dict(request.headers), _origin(request.host_url), public)
    if is_ours and not has_both and _needs_none(sent):
        return
    if is_ours and request.endpoint in ASKS_AGAIN:
        g.is_unproven = True
        return
    if is_ours is None and not has_both and not has_session():
        cookie[FIELD] = secrets.token_hex(LENGTH // 2)  # the page read anew carries a token, by which this goes on
    abort(400)


def _needs_none(sent: str) -> bool:
    return not has_session() or (request.endpoint in ON_SHARED_PAGES and not sent)


def init_tokens(app: Flask, open_to_machines: frozenset[str]) -> None:
    """Look at every form that is sent, but for those of blueprints that machines send to; give pages `csrf_token()`."""
    app.jinja_env.globals["csrf_token"] = token

    @app.before_request
    def look_at_forms() -> None:
        if request.method in CHANGING and request.endpoint and request.blueprint not in open_to_machines:
            judge()
