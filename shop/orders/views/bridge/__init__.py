"""From the table of a farmhouse to the shop: what a printed code opens, and the cards it is printed on."""

from shop.orders.views.bridge import cards as cards
from shop.orders.views.bridge import page as page
from shop.orders.views.bridge import poster as poster
from shop.orders.views.bridge import taking as taking
from shop.orders.views.bridge.base import bp as bp
