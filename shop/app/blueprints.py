"""Every face of every room, in the order they are registered."""

from flask import Blueprint

from shop.app.views import bp as app_bp
from shop.media.views import bp as media_bp

BLUEPRINTS: tuple[Blueprint, ...] = (app_bp, media_bp)
