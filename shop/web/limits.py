"""How often one address may try: counted in memory, or in Redis when several machines share the counting."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from shop.settings import Settings

limiter = Limiter(get_remote_address, headers_enabled=True, strategy="moving-window")


def init_limits(app: Flask, settings: Settings) -> None:
    """Attach the limiter; without Redis the counts are each process's own."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    limiter.init_app(app)
