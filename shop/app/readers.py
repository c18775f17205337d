"""For whom a page is: told by the request before the application is asked. Some get pages of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from itsdangerous import BadData
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie

from shop.accounts.queries import province_in_session
from shop.kernel.clock import Clock
from shop.web.i18n import language_of
from shop.web.login import load
from shop.web.look import FACE, look
from shop.web.somebody import PAGES, Somebody
from shop.web.tokens import FIELD

SESSION, REMEMBERED = "session", "remember_token"
SIGNED_IN = "_user_id"
IN_A_BASKET = frozenset({"basket", "basket_count", "orders", FIELD, "_permanent", "_fresh"})
"""What may stand in the cookie of somebody whose pages differ from a visitor's by the count and the token alone."""
OF_ONE_SIGNED_IN = IN_A_BASKET | {SIGNED_IN, "_id", "_remember_seconds"}
"""The same of who is signed in on a phone of their own; a shared one's cookie holds more."""


@dataclass(frozen=True)
class Reader:
    """For whom a page is: a visitor, somebody with a basket, or somebody who is signed in.

    Attributes:
        secret: what a form's tokens are made from; empty for a visitor.
        count: of the basket; empty for a visitor.
        somebody: None for whoever is not signed in.
    """

    look: str
    language: str
    secret: str = ""
    count: str = ""
    somebody: Somebody | None = None

    @property
    def who(self) -> str:
        """What of the person makes the page another."""
        return "" if self.somebody is None else f"signed in, {self.somebody.province}"


class Readers:
    """Tells readers by their cookies; who says to be signed in is looked up each time.

    Args:
        app: whose session cookies are read, with all its addresses.
        engine: of its database.
        clock: the house's.
    """

    def __init__(self, app: Flask, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._routes = app.url_map.bind("")
        self._life_s = int(app.permanent_session_lifetime.total_seconds())
        self._opener: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]

    def of(self, environ: Mapping[str, Any]) -> Reader | None:
        """Return for whom the page is; None for who gets a page of their own."""
        raw = environ.get("HTTP_COOKIE", "")
        cookies: Mapping[str, str] = parse_cookie(raw) if raw else {}
        language = language_of(cookies, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        face = look(cookies, FACE) or ""
        if SESSION not in cookies:
            return None if REMEMBERED in cookies else Reader(face, language)
        held = self.opened(cookies[SESSION])
        if held is None or not isinstance(held.get(FIELD), str):
            return None
        known: Somebody | None = None
        if SIGNED_IN in held:
            known = self._somebody(held, environ.get("PATH_INFO", ""))
            if known is None:
                return None
        elif REMEMBERED in cookies or not held.keys() <= IN_A_BASKET:
            return None
        return Reader(face, language, held[FIELD], str(held.get("basket_count", 0)), known)

    def _somebody(self, held: Mapping[str, Any], path: str) -> Somebody | None:
        ids = load(str(held[SIGNED_IN]))
        if ids is None or not held.keys() <= OF_ONE_SIGNED_IN or not self._is_for_many(path):
            return None
        try:
            with Session(self._engine) as session:
                province = province_in_session(session, ids.user_id, ids.epoch, ids.sign_in_id, self._clock())
        except SQLAlchemyError:
            return None
        return None if province is None else Somebody(province)

    def _is_for_many(self, path: str) -> bool:
        try:
            endpoint, _values = self._routes.match(path, "GET")
        except HTTPException:
            return False
        return str(endpoint).startswith(PAGES)

    def opened(self, sealed: str) -> Mapping[str, Any] | None:
        """Return what a session cookie holds; None for one that the application must judge."""
        try:
            held = self._opener.loads(sealed, max_age=self._life_s)
        except BadData:  # not ours, too old, or no longer readable
            return None
        return held if isinstance(held, dict) else None
