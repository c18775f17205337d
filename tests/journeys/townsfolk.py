"""Everybody of a day of the town: in windows of Chromium, or through the same pages and forms without one."""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from shop.fulfilment.queries import ParcelFacts, codes_in_boxes, parcel_by_code
from shop.kernel import outbox
from shop.orders.models import Box, Order, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts, order_by_code
from shop.orders.rules import BEFORE_INTAKE, CARRIED_OUT
from shop.worker import handlers
from tests.support.browser import Windows
from tests.support.kuaidi_server import KuaidiServer
from tests.support.pages import Pages
from tests.world import World

TABLET, PHONE = (1024, 768), (360, 740)
PASSWORD = "shanhuo-2026"
BUYER, VILLAGER, STAFF, DRIVER, MANAGER = (f"1390000000{n}" for n in range(1, 6))
PACKER, COUNTER, FINANCE = (f"1390000000{n}" for n in range(7, 10))
DUE_IN = frozenset({VendorOrderState.ASKED, VendorOrderState.READY})
INSPECTION = "川检 A 2026112301"


@dataclass
class Day:
    """One day, and the pictures that are taken of its screens.

    Attributes:
        folder: where the pictures go.
        unheard: how often the worker got no answer and tries again later.
    """

    world: World
    app: Flask
    windows: Windows
    kuaidi: KuaidiServer
    folder: Path
    unheard: int = 0
    _taken: list[str] = field(default_factory=list)

    def window(self, phone: str | None = None, size: tuple[int, int] = PHONE) -> Page:
        """Open a window; with a phone number, signed in."""
        page = self.windows.open(size)
        page.on("response", self._heard)
        if phone is not None:
            page.goto("/sign-in")
            page.get_by_label("手机号码").fill(phone)
            page.get_by_label("密码", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="登录").click()
            expect(page).not_to_have_url(f"{self.windows.address}/sign-in")
        return page

    def _heard(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.status in (403, 404, 500, 503):
            self.windows.troubles.append(f"{answer.url} answers {answer.status}")

    def desk(self, phone: str) -> Pages:
        """Open a browser without a window, signed in."""
        pages = Pages(self.app)
        pages.sign_in(phone, PASSWORD)
        return pages

    def shot(self, page: Page, name: str) -> None:
        """Take a picture of a screen; none is wider than its window."""
        self._taken.append(name)
        page.wait_for_load_state()
        page.screenshot(path=self.folder / f"{len(self._taken):02d}-{name}.png", full_page=True, timeout=60_000)
        wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{name} is {wide} wide in a window of {window}"

    def work(self) -> None:
        """Let the worker do what is due; what gets no answer stays for later."""
        table, clock, tried = handlers(self.world.house), self.world.clock, set[int]()
        while due := [one for one in self.world.read(lambda s: outbox.due(s, clock())) if one not in tried]:
            for message in due:
                tried.add(message)
                self.unheard += not outbox.deliver(self.world.edge, table, message, clock=clock)

    def order(self, code: str) -> OrderFacts:
        return self.world.read(lambda session: order_by_code(session, code))

    def newest(self) -> OrderFacts:
        """Return the order that was placed last."""
        wanted = select(Order.code).order_by(Order.id.desc()).limit(1)
        return self.order(self.world.read(lambda session: session.scalars(wanted).one()))

    def open_orders(self) -> list[OrderFacts]:
        """Return the orders that are carried out, the oldest first."""
        wanted = select(Order.code).where(Order.state.in_(CARRIED_OUT)).order_by(Order.id)
        codes = self.world.read(lambda session: session.scalars(wanted).all())
        return [self.order(code) for code in codes]

    def parts_due(self) -> list[tuple[OrderFacts, PartFacts]]:
        """Return what is still expected at the intake table, with its order."""
        return [(made, part) for made in self.open_orders() for part in made.parts if part.state in DUE_IN]

    def boxes(self) -> list[tuple[OrderFacts, Box]]:
        """Return the boxes of which everything has come."""
        return [
            (made, box)
            for made in self.open_orders()
            for box in dict.fromkeys(part.box for part in made.parts if part.state is VendorOrderState.RECEIVED)
            if not any(part.box is box and part.state in BEFORE_INTAKE for part in made.parts)
        ]

    def parcel(self, code: str) -> ParcelFacts:
        return self.world.read(lambda session: parcel_by_code(session, code))

    def codes_in(self, made: OrderFacts, box: Box) -> list[str]:
        """Return what the scanner reads on each piece of a box."""
        codes = self.world.read(lambda session: codes_in_boxes(session, made.id, [box]))
        lines = [line for part in made.parts if part.box is box for line in part.lines if line.accepted]
        return [min(codes[line.id]) for line in lines for _piece in range(line.accepted)]

    def push(self, waybill: str) -> None:
        """Let Kuaidi100 tell of a parcel, at our door."""
        answer = self.app.test_client().post("/hooks/kuaidi100", data=self.kuaidi.push_of(waybill))
        assert answer.get_json()["returnCode"] == "200"


def type_in(page: Page, what: str) -> None:
    """Let a scanner or a scale type wherever the cursor stands; it ends with Enter."""
    page.keyboard.type(what)
    page.keyboard.press("Enter")


def photo(folder: Path) -> Path:
    """Put a photo where a telephone has it."""
    path = folder / "shot.jpg"
    path.write_bytes(_jpeg())
    return path


def _jpeg() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((1200, 900)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def intake_fields(page: Any, grams: int | None) -> dict[str, Any]:
    """Return what is typed at the intake table: the scale's reading, and the number of the inspection."""
    values = page.form("收下").values
    fields: dict[str, Any] = {
        name: INSPECTION for name in values if name.endswith("inspection") and not values[name][0]
    }
    return fields | {name: f"{grams} g" for name in values if name.startswith("weighed-")}
