"""Every face of every room, in the order they are registered."""

from flask import Blueprint

from shop.accounts.views import acts_bp as staff_acts_bp
from shop.accounts.views import bp as accounts_bp
from shop.accounts.views import buyer_bp as buyer_accounts_bp
from shop.accounts.views import factor_bp as staff_factor_bp
from shop.accounts.views import people_bp as staff_people_bp
from shop.accounts.views import rights_bp as staff_rights_bp
from shop.accounts.views import sights_bp as staff_sights_bp
from shop.accounts.views import staff_bp as staff_cards_bp
from shop.app.offline import bp as offline_bp
from shop.app.patterns import bp as patterns_bp
from shop.app.views import bp as app_bp
from shop.catalog.views.importing import bp as staff_imports_bp
from shop.catalog.views.public import bp as catalog_bp
from shop.catalog.views.staff import bp as staff_catalog_bp
from shop.catalog.views.staff import papers_bp, shelves_bp
from shop.catalog.views.vendor import bp as vendor_catalog_bp
from shop.courier.views import bp as staff_courier_bp
from shop.courier.views import consignments_bp as staff_consignments_bp
from shop.courier.views import driver_bp
from shop.courier.views import hooks_bp as courier_hooks_bp
from shop.desk.views import returned_bp as staff_returned_bp
from shop.desk.views import staff_bp as staff_claims_bp
from shop.desk.views import vendor_bp as vendor_claims_bp
from shop.fulfilment.views import bp as staff_fulfilment_bp
from shop.invoices.views import staff_bp as staff_invoices_bp
from shop.ledger.views import bp as staff_ledger_bp
from shop.ledger.views import payouts_bp as staff_payouts_bp
from shop.ledger.views import vendor_bp as vendor_ledger_bp
from shop.media.views import bp as media_bp
from shop.notifications.views import bp as staff_notifications_bp
from shop.orders.views.audit import bp as staff_audit_bp
from shop.orders.views.bridge import bp as bridge_bp
from shop.orders.views.claims import bp as claims_bp
from shop.orders.views.counter_stock import bp as staff_counter_bp
from shop.orders.views.invoices import bp as order_invoices_bp
from shop.orders.views.matters import bp as matters_bp
from shop.orders.views.member import bp as buyer_orders_bp
from shop.orders.views.public import bp as orders_bp
from shop.orders.views.reports import bp as staff_reports_bp
from shop.orders.views.staff import bp as staff_orders_bp
from shop.orders.views.staff_readdressing import bp as staff_recipients_bp
from shop.orders.views.staff_refunds import bp as staff_refunds_bp
from shop.orders.views.staff_wishes import bp as staff_wishes_bp
from shop.orders.views.vendor import bp as vendor_orders_bp
from shop.orders.views.wishing import bp as order_wishes_bp
from shop.payments.views.public import bp as payments_bp
from shop.payments.views.public import hooks_bp
from shop.payments.views.staff import bp as staff_payments_bp
from shop.search.views.api import bp as search_api_bp
from shop.search.views.public import bp as search_bp
from shop.search.views.staff import bp as staff_search_bp
from shop.site.views import articles_bp, staff_articles_bp
from shop.site.views import bp as site_bp
from shop.site.views import staff_bp as staff_site_bp
from shop.town.views import bp as staff_town_bp
from shop.town.views import vendor_bp as vendor_town_bp
from shop.vendors.views.acting import bp as staff_acting_bp
from shop.vendors.views.acts import bp as vendor_acts_bp
from shop.vendors.views.joining import bp as joining_bp
from shop.vendors.views.joining import my_bp as my_joining_bp
from shop.vendors.views.joining import own_bp as vendor_joining_bp
from shop.vendors.views.joining import payout_bp as vendor_payout_bp
from shop.vendors.views.joining import photos_bp as staff_paper_photos_bp
from shop.vendors.views.people import bp as vendor_people_bp
from shop.vendors.views.staff import applications_bp as staff_applications_bp
from shop.vendors.views.staff import income_bp as staff_income_bp
from shop.vendors.views.staff import vendors_bp as staff_vendors_bp

BLUEPRINTS: tuple[Blueprint, ...] = (
    app_bp,
    offline_bp,
    patterns_bp,
    media_bp,
    catalog_bp,
    search_bp,
    search_api_bp,
    orders_bp,
    bridge_bp,
    order_invoices_bp,
    buyer_orders_bp,
    matters_bp,
    order_wishes_bp,
    claims_bp,
    payments_bp,
    courier_hooks_bp,
    hooks_bp,
    accounts_bp,
    buyer_accounts_bp,
    staff_cards_bp,
    staff_factor_bp,
    staff_people_bp,
    staff_rights_bp,
    staff_sights_bp,
    staff_acts_bp,
    staff_notifications_bp,
    staff_search_bp,
    articles_bp,
    site_bp,
    staff_site_bp,
    staff_articles_bp,
    staff_town_bp,
    vendor_town_bp,
    vendor_catalog_bp,
    vendor_orders_bp,
    vendor_acts_bp,
    vendor_people_bp,
    staff_acting_bp,
    vendor_ledger_bp,
    staff_fulfilment_bp,
    staff_catalog_bp,
    shelves_bp,
    papers_bp,
    staff_imports_bp,
    staff_orders_bp,
    staff_reports_bp,
    staff_audit_bp,
    staff_recipients_bp,
    staff_refunds_bp,
    staff_wishes_bp,
    staff_counter_bp,
    staff_ledger_bp,
    staff_payouts_bp,
    staff_payments_bp,
    staff_courier_bp,
    staff_consignments_bp,
    staff_returned_bp,
    staff_claims_bp,
    vendor_claims_bp,
    staff_invoices_bp,
    driver_bp,
    joining_bp,
    my_joining_bp,
    vendor_joining_bp,
    vendor_payout_bp,
    staff_paper_photos_bp,
    staff_applications_bp,
    staff_vendors_bp,
    staff_income_bp,
)
