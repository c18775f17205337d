"""Builders of invoices: who can issue, what is wanted, and walks to a request."""

from dataclasses import replace

from sqlalchemy import select

from shop.flows import invoicing
from shop.invoices.billing import Bill, bill
from shop.invoices.models import InvoiceKind, Medium, TitleKind
from shop.invoices.queries import RequestFacts, requests_of_orders
from shop.invoices.rules import Title
from shop.invoices.services import columns_of
from shop.kernel.actor import VISITOR
from shop.orders import services as orders
from shop.town.models import Village
from shop.vendors.models import Standing, Vendor
from shop.vendors.services import add_vendor
from tests.world.ground import World
from tests.world.market import HOUSE, Market, order

PERSON = Title(TitleKind.PERSON, "何晓雨")
FIRM = Title(TitleKind.COMPANY, "成都山野餐饮有限公司", "91110000600037341L")
SPECIAL = replace(
    FIRM,
    kind=InvoiceKind.SPECIAL,
    medium=Medium.PAPER,
    seat="成都市武侯区科华路 12 号",
    seat_phone="028-83881234",
    bank="成都农商银行科华支行",
    account="6222021234567890123",
    recipient="何晓雨",
    phone="13812345678",
    province="四川",
    city="成都市",
    district="武侯区",
    street="科华路 12 号 3 单元 401",
)


def cooperative(world: World, name: str = "大湾猕猴桃合作社") -> Vendor:
    """Register a vendor that issues its own invoices."""
    village = world.read(lambda session: session.scalars(select(Village.code)).first())
    assert village is not None
    return world.run(
        lambda session: add_vendor(
            session,
            code=f"v{world.number()}",
            name=name,
            person="罗成富",
            phone=world.phone(),
            village_code=village,
            standing=Standing.COOPERATIVE,
            story="",
            since_year=2019,
            actor=HOUSE,
            clock=world.clock,
        )
    )


def want(at: Market, code: str, title: Title = FIRM) -> int:
    """Want an invoice for an order, as its page does; return how many requests were made at once."""
    said = columns_of(at.world.house.vault, title)
    return at.world.run(lambda session: invoicing.ask(session, code, said, actor=VISITOR, clock=at.world.clock))


def meet(at: Market) -> None:
    """Let the job come round."""
    invoicing.meet_due(at.world.house.edge, clock=at.world.clock)


def requests(at: Market, code: str) -> list[RequestFacts]:
    """Return the requests for an order."""
    order_id = order(at, code).id
    return at.world.read(lambda session: requests_of_orders(session, [order_id]))


def reckoned(at: Market, code: str) -> Bill:
    """Return what of an order may be invoiced now."""
    return at.world.run(lambda session: bill(session, orders.lock(session, code)))
