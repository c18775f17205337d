"""Every face of every room, in the order they are registered."""

from flask import Blueprint

from shop.accounts.views import bp as accounts_bp
from shop.app.views import bp as app_bp
from shop.media.views import bp as media_bp
from shop.notifications.views import bp as staff_notifications_bp
from shop.town.views import bp as staff_town_bp
from shop.town.views import vendor_bp as vendor_town_bp

BLUEPRINTS: tuple[Blueprint, ...] = (
    app_bp,
    media_bp,
    accounts_bp,
    staff_notifications_bp,
    staff_town_bp,
    vendor_town_bp,
)
