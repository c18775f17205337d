"""Coming in, one's own page, the addresses and sign-ins one keeps, and the centre's cards."""

from shop.accounts.views import cards, codes, data, entrance, sign_ins
from shop.accounts.views.addresses import bp as buyer_bp
from shop.accounts.views.common import bp
from shop.accounts.views.staff_acts import bp as acts_bp
from shop.accounts.views.staff_cards import bp as staff_bp
from shop.accounts.views.staff_factor import bp as factor_bp
from shop.accounts.views.staff_people import bp as people_bp
from shop.accounts.views.staff_rights import bp as rights_bp
from shop.accounts.views.staff_sights import bp as sights_bp

__all__ = [
    "acts_bp",
    "bp",
    "buyer_bp",
    "cards",
    "codes",
    "data",
    "entrance",
    "factor_bp",
    "people_bp",
    "rights_bp",
    "sights_bp",
    "sign_ins",
    "staff_bp",
]
