"""What the pages of a buyer's invoices share."""

from shop.web.audience import Audience, blueprint

bp = blueprint("order_invoices", __name__, Audience.PUBLIC)
