"""The faces of carriage: the driver's run, the freight table, where couriers push."""

from shop.courier.views import acts, letters
from shop.courier.views.consignments import bp as consignments_bp
from shop.courier.views.driver import bp as driver_bp
from shop.courier.views.freight import bp
from shop.courier.views.hooks import bp as hooks_bp

__all__ = ["acts", "bp", "consignments_bp", "driver_bp", "hooks_bp", "letters"]
