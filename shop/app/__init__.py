"""The application: every room wired together."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from shop.app.addresses import Shop
from shop.app.blueprints import BLUEPRINTS
from shop.app.kept import Kept
from shop.app.languages import init_languages
from shop.app.offline import init_offline
from shop.app.wiring import wire
from shop.kernel.clock import Clock, utc_now
from shop.kernel.db import db, speak_sqlite
from shop.kernel.languages import Language
from shop.settings import Settings
from shop.web.acting import init_acting
from shop.web.assets import STATIC, init_assets
from shop.web.audience import Audience, check_audiences
from shop.web.drawn import init_drawn
from shop.web.errors import init_errors
from shop.web.house import EXTENSION
from shop.web.i18n import locale_of
from shop.web.kept import init_kept
from shop.web.limits import init_limits
from shop.web.login import init_login
from shop.web.packing import init_packing
from shop.web.shell import init_shell
from shop.web.sizes import is_for_documents
from shop.web.stopping import init_stopping
from shop.web.tokens import init_tokens
from shop.web.undo import init_undo
from shop.web.words import FILTERS

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
}
SCANNING = "geolocation=(), microphone=(), camera=(self)"
"""What the centre's own pages may ask for: the camera, which reads codes."""


SAME_FOR_ALL = ("media.", "search_api.", "offline.")
"""Endpoints whose answers are the same for everyone, and must not vary by who asks."""


class Sessions(SecureCookieSessionInterface):
    """Cookies for pages only, not for photos and answers to programs."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep the session, unless the answer is the same for everyone."""
        if request.endpoint is None or not request.endpoint.startswith(SAME_FOR_ALL):
            super().save_session(app, session, response)


def engine_of(app: Flask) -> Engine:
    """Return the application's database engine."""
    with app.app_context():
        return db.engine


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """Build the application.

    Args:
        settings: where everything is.
        clock: the house's clock; tests give their own.

    Raises:
        RuntimeError: a blueprint without an audience.
    """
    app = Shop("shop", static_folder=None, template_folder=str(STATIC.parent / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": settings.web_threads + 4, "max_overflow": 20, "pool_pre_ping": True},
        MAX_CONTENT_LENGTH=settings.upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
        WTF_I18N_ENABLED=False,
        BABEL_DEFAULT_LOCALE=locale_of(Language.HANS),
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
    )
    app.session_interface = Sessions()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    db.init_app(app)
    engine = engine_of(app)
    speak_sqlite(engine)
    app.extensions[EXTENSION] = wire(settings, engine, clock)
    init_packing(app)
    init_kept(app)
    init_languages(app)
    _init_bodies(app, settings)  # before the token is looked for: that reads the body
    _init_requests(app)
    init_tokens(app, frozenset(bp.name for bp in BLUEPRINTS if getattr(bp, "audience", None) is Audience.HOOK))
    init_login(app)
    init_limits(app, settings)
    init_errors(app)
    init_shell(app)
    init_drawn(app)
    init_undo(app)
    init_offline(app)
    init_acting(app)
    init_stopping(app)
    init_assets(app, settings.data_dir / "static")
    for bp in BLUEPRINTS:
        app.register_blueprint(bp)
    check_audiences(app)
    app.wsgi_app = Kept(app, app.wsgi_app, settings, engine, clock)  # type: ignore[assignment]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _init_bodies(app: Flask, settings: Settings) -> None:
    @app.before_request
    def refuse_unmeasured_bodies() -> None:
        # Werkzeug silently truncates a chunked body at the limit and answers 200: half an upload would be taken.
        if request.method in ("POST", "PUT", "PATCH") and request.content_length is None:
            raise LengthRequired

    @app.before_request
    def refuse_huge_documents() -> None:
        if is_for_documents():
            request.max_content_length = settings.document_mb * 1024 * 1024

    @app.before_request
    def refuse_huge_forms() -> None:
        # Werkzeug minds MAX_FORM_MEMORY_SIZE in forms of parts only; one without files has no reason to be large.
        is_plain = request.mimetype == "application/x-www-form-urlencoded"
        if is_plain and (request.content_length or 0) > app.config["MAX_FORM_MEMORY_SIZE"]:
            raise RequestEntityTooLarge


def _init_requests(app: Flask) -> None:
    @app.before_request
    def refuse_nul() -> None:
        # No database keeps a NUL in a text, and nobody types one. A hook's body must stay unread here.
        is_hook = request.path.startswith("/hooks/")
        typed = request.args if is_hook else request.values
        if "\0" in request.path:
            abort(404)
        if any("\0" in value for value in typed.values()):
            abort(400)

    @app.after_request
    def secure(response: Response) -> Response:
        bp = app.blueprints.get(request.blueprint or "")
        if getattr(bp, "audience", None) is Audience.STAFF:
            response.headers.setdefault("Permissions-Policy", SCANNING)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint is None or not request.endpoint.startswith("media."):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    @app.context_processor
    def helpers() -> dict[str, Any]:
        # A form's own key: the same page sent twice is the same act.
        return {"new_key": lambda: secrets.token_urlsafe(18)}
