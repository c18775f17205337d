"""What the centre's pages about goods share."""

from shop.web.audience import Audience, blueprint

bp = blueprint("staff_catalog", __name__, Audience.STAFF, prefix="/staff")
