"""Every room's tables, imported once so that the metadata is whole (migrations, checks)."""

from shop.accounts import models as accounts
from shop.accounts.factors import models as accounts_factors
from shop.catalog import models as catalog
from shop.catalog.drafts import models as catalog_drafts
from shop.catalog.imports import models as catalog_imports
from shop.catalog.lots import models as catalog_lots
from shop.catalog.questions import models as catalog_questions
from shop.courier import models as courier
from shop.desk import models as desk
from shop.desk.returned import models as desk_returned
from shop.fulfilment import models as fulfilment
from shop.fulfilment.lots import models as fulfilment_lots
from shop.fulfilment.pickups import models as fulfilment_pickups
from shop.kernel import jobs, outbox
from shop.kernel.db import Model
from shop.ledger import models as ledger
from shop.ledger.payouts import models as ledger_payouts
from shop.media import models as media
from shop.notifications import models as notifications
from shop.orders import models as orders
from shop.payments import models as payments
from shop.search import models as search
from shop.site import models as site
from shop.site.articles import models as site_articles
from shop.town import models as town
from shop.vendors import models as vendors
from shop.vendors.acts import models as vendor_acts
from shop.vendors.joining import models as vendors_joining

ROOMS = (
    accounts, accounts_factors, catalog, catalog_drafts, catalog_imports, catalog_lots, catalog_questions, courier,
    desk, desk_returned, fulfilment, fulfilment_lots, fulfilment_pickups, jobs, ledger, ledger_payouts, media,
    notifications, orders, outbox, payments, search, site, site_articles, town, vendor_acts, vendors, vendors_joining,
)  # fmt: skip

metadata = Model.metadata
