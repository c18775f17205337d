"""Building what a process needs, once, from its settings."""

from collections.abc import Mapping

from sqlalchemy import Engine

from shop.accounts.passwords import Hasher
from shop.courier.gateways.kuaidi100 import Kuaidi100
from shop.courier.gateways.manual import ManualCourier
from shop.courier.gateways.protocol import Courier
from shop.courier.gateways.town import TownCourier
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.jobs import Queue
from shop.kernel.vault import Vault
from shop.media.storage import open_store
from shop.notifications.gateways import LogGateway, LogMail, SmtpMail
from shop.payments.gateways.cash import CashGateway
from shop.payments.gateways.demo import DemoGateway
from shop.payments.gateways.protocol import PaymentGateway
from shop.payments.gateways.stripe import StripeGateway
from shop.settings import Settings
from shop.web.house import House


def _gateways(settings: Settings, edge: Edge) -> Mapping[str, PaymentGateway]:
    """Return the configured gateways by code, in the order in which a buyer is offered them."""
    gateways: list[PaymentGateway] = []
    if settings.stripe is not None:
        account = settings.stripe
        gateways.append(StripeGateway(account.key, account.webhook_secret, api=account.api))
    if settings.is_demo:
        gateways.append(DemoGateway(edge.transaction, settings.secret_key))
    if settings.takes_cash:
        gateways.append(CashGateway(edge))
    return {gateway.code: gateway for gateway in gateways}


def _couriers(settings: Settings, edge: Edge, clock: Clock) -> Mapping[str, Courier]:
    """Return the couriers that are on by code, the one that takes a packed parcel first."""
    made: dict[str, Courier] = {"town": TownCourier(edge), "manual": ManualCourier()}
    if settings.kuaidi100 is not None:
        push_url = f"{settings.public_url}/hooks/kuaidi100"
        made["kuaidi100"] = Kuaidi100(settings.kuaidi100, push_url=push_url, clock=clock)
    return {code: made[code] for code in settings.couriers}


def wire(settings: Settings, engine: Engine, clock: Clock) -> House:
    """Build the house's wiring on a prepared engine."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    queue = Queue(settings.jobs_url)
    edge = Edge(engine, queue.wake)
    return House(
        settings=settings,
        edge=edge,
        clock=clock,
        queue=queue,
        store=open_store(settings.media_url),
        gateways=_gateways(settings, edge),
        couriers=_couriers(settings, edge, clock),
        sms=LogGateway(),
        mail=LogMail() if settings.smtp is None else SmtpMail(settings.smtp),
        hasher=Hasher(),
        vault=Vault(settings.vault_keys),
    )
