"""What a request can reach: the house's wiring, its transaction edge, who is asking, and for which vendor."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, flash, g, request
from flask import session as cookie
from sqlalchemy.orm import Session

from shop.accounts.models import Device
from shop.accounts.passwords import Hasher
from shop.accounts.queries import Person, Presence, person_in_session
from shop.courier.gateways.protocol import Courier
from shop.kernel import db
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound
from shop.kernel.jobs import Queue
from shop.kernel.vault import Vault
from shop.media.storage import Store
from shop.notifications.gateways import MailGateway, SmsGateway
from shop.payments.gateways.protocol import PaymentGateway
from shop.settings import Settings
from shop.town.queries import TownFacts, the_town
from shop.vendors.acts.queries import Acting, acting_for
from shop.vendors.queries import VendorFacts, vendor_of_member
from shop.web.i18n import _
from shop.web.login import forget, signed_in_ids, stay
from shop.web.somebody import FACELESS, somebody

EXTENSION = "shop"
TOWN = "town"
"""Of the application's extensions: the town as it was last read."""
ACTING = "acting_for"
"""Cookie key: code of the vendor for whom staff act on the vendor's pages."""
ACTING_ROLES = frozenset({"staff", "manager"})


@dataclass(frozen=True)
class House:
    """Everything that is built once when a process starts."""

    settings: Settings
    edge: Edge
    clock: Clock
    queue: Queue
    store: Store
    gateways: Mapping[str, PaymentGateway]
    couriers: Mapping[str, Courier]
    sms: SmsGateway
    mail: MailGateway
    hasher: Hasher
    vault: Vault


def house() -> House:
    """Return the running application's wiring."""
    wired = current_app.extensions[EXTENSION]
    assert isinstance(wired, House)
    return wired


def edge() -> Edge:
    """Return where writes begin and end, either with its `transaction()` or by its `run(act)`."""
    return house().edge


def reading() -> Session:
    """Return the request's read session."""
    return db.reading()


def current_presence() -> Presence | None:
    """Return who is signed in and on what, or None; looked up once a request. Nobody's face on a page for many."""
    if "presence" not in g:
        g.presence = _presence()
    presence: Presence | None = g.presence
    return presence


def _presence() -> Presence | None:
    if somebody() is not None:
        return FACELESS
    ids, now = signed_in_ids(), house().clock()
    presence = person_in_session(reading(), *ids, now) if ids is not None else None
    if presence is not None and presence.device is Device.SHARED and not stay(now):
        forget()
        flash(_("30 分钟没用，已经自动退出。"), "info")
        return None
    return presence


def current_person() -> Person | None:
    """Return the signed-in person, or None."""
    presence = current_presence()
    return None if presence is None else presence.person


def current_actor() -> Actor:
    """Return who is asking, for services to judge and history to keep; who acts for a vendor is named with them."""
    person = current_person()
    if person is None:
        return VISITOR
    acting = current_acting()
    if acting is None:
        return Actor(user_id=person.id, label=person.code, roles=person.roles)
    code = acting.vendor.code
    return Actor(user_id=person.id, label=f"{person.code}>{code}", roles=person.roles, for_vendor=code)


def wanted_acting() -> str | None:
    """Return the code of the vendor for whom this browser means to act on a vendor's pages, or None."""
    is_vendor_page = request.path == "/vendor" or request.path.startswith("/vendor/")
    code = cookie.get(ACTING)
    return code if is_vendor_page and isinstance(code, str) else None


def current_acting() -> Acting | None:
    """Return for whom staff act on this page, and how far; None without a consent that counts now."""
    if "acting" not in g:
        code, person = wanted_acting(), current_person()
        g.acting = None
        if code is not None and person is not None and person.roles & ACTING_ROLES:
            g.acting = acting_for(reading(), code, town_day(house().clock()))
    acting: Acting | None = g.acting
    return acting


def current_town() -> TownFacts | None:
    """Return the town, or None before it was set up; looked up once a request."""
    if "town" not in g:
        try:
            g.town = current_app.extensions[TOWN] = the_town(reading())
        except NotFound:
            g.town = None
    town: TownFacts | None = g.town
    return town


def read_nothing() -> None:
    """Let the rest of this request do without the database: as a visitor's, in the town as it was last known."""
    g.presence, g.vendor = None, None
    g.town = current_app.extensions.get(TOWN)


def current_vendor() -> VendorFacts | None:
    """Return the vendor whose pages these are: the one staff act for, or whom the signed-in person belongs to."""
    if "vendor" not in g:
        if wanted_acting() is not None:  # never their own instead, when a consent has just ended
            acting = current_acting()
            g.vendor = None if acting is None else acting.vendor
        else:
            person = current_person()
            g.vendor = vendor_of_member(reading(), person.id) if person is not None else None
    vendor: VendorFacts | None = g.vendor
    return vendor
