"""Loading the demo town 小鱼洞: everything goes through the same acts as in a real one."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.accounts.services import create_user
from shop.catalog.rules import Offer, Way
from shop.catalog.services.listings import offer
from shop.catalog.services.passages import review
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.demo.press import print_picture, read_svg
from shop.flows.founding import TownPlan, found_town
from shop.kernel.actor import system
from shop.media.services import make_renditions, receive
from shop.vendors.models import PaperKind, Standing
from shop.vendors.services import add_member, add_paper, add_vendor
from shop.web.house import House

ACTOR = system("demo")
PRINTERS = 2
PICTURE_WIDTH = 1280
Row = dict[str, Any]


@dataclass(frozen=True)
class SignIn:
    """One of the demo town's people, as `shop up` prints them."""

    key: str
    phone: str
    name: str
    password: str


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def sign_ins() -> list[SignIn]:
    """Return the demo sign-ins in the order a visitor meets them."""
    return [SignIn(p["key"], p["phone"], p["name"], p["password"]) for p in _data("people")["people"]]


def load(house: House) -> None:
    """Load the demo town into an empty database: people, vendors, about sixty published listings with pictures.

    The pictures are printed first, outside the transaction; then everything is written at once or not at all.

    Raises:
        WrongState: there is a town already.
    """
    goods = _data("listings")["listings"]
    keys = _print_pictures(house, sorted({row["picture"] for row in goods}))
    house.edge.run(lambda session: _write(session, house, goods, keys))


def _print_pictures(house: House, slugs: list[str]) -> dict[str, str]:
    def one(slug: str) -> str:
        jpeg = print_picture(read_svg(slug), width=PICTURE_WIDTH, seed=sum(map(ord, slug)))
        photo = receive(house.edge.transaction, house.store, jpeg, actor=ACTOR, clock=house.clock)
        make_renditions(house.edge, house.store, photo.key, clock=house.clock)
        return photo.key

    with ThreadPoolExecutor(PRINTERS) as printers:
        return dict(zip(slugs, printers.map(one, slugs), strict=True))


def _mixed(goods: list[Row]) -> list[Row]:
    """Return the goods so that the newest, which the front page shows first, come from every shelf in turn."""
    seen: Counter[str] = Counter()
    turn = {}
    for row in goods:
        seen[row["category"]] += 1
        turn[row["ref"]] = seen[row["category"]]
    return sorted(goods, key=lambda row: -turn[row["ref"]])


def _write(session: Session, house: House, goods: list[Row], keys: Mapping[str, str]) -> None:
    found_town(session, TownPlan(**_data("town")), actor=ACTOR)
    vendor_ids = {}
    for row in _data("vendors")["vendors"]:
        told = {**row, "standing": Standing(row["standing"])}
        number = told.pop("permit", None)
        told["village_code"], told["since_year"] = told.pop("village"), told.pop("since")
        vendor_id = vendor_ids[row["code"]] = add_vendor(session, **told, actor=ACTOR, clock=house.clock).id
        if number is not None:
            kind = PaperKind.WORKSHOP_FILING
            add_paper(session, vendor_id, kind, number, None, actor=ACTOR, clock=house.clock)
    for row in _data("people")["people"]:
        person = create_user(
            session,
            phone=row["phone"],
            name=row["name"],
            password=row["password"],
            roles=[Role(role) for role in row["roles"]],
            hasher=house.hasher,
            actor=ACTOR,
            clock=house.clock,
        )
        if "vendor" in row:
            add_member(session, vendor_ids[row["vendor"]], person.id, actor=ACTOR)
    category_ids = {
        row["code"]: add_category(
            session, row["code"], ShelfRules(name=row["name"], name_en=row["en"], hint=row["hint"]), actor=ACTOR
        ).id
        for row in _data("categories")["categories"]
    }
    publish = partial(review, session, approve=True, actor=ACTOR, clock=house.clock)
    for row in _mixed(goods):
        wanted = Offer(
            ref=row["ref"],
            category_id=category_ids[row["category"]],
            title=row["title"],
            story=row["story"],
            ways=[
                Way(
                    unit=row["unit"],
                    pieces=row["pieces"],
                    gross_g=row["gross_g"],
                    price_fen=row["price_fen"],
                    stock=row["stock"],
                )
            ],
            months=row["season"],
            tags=row["tags"],
            keep_note=row["keep"],
            shelf_days=row["shelf_days"] or None,
            photo_keys=[keys[row["picture"]]],
        )
        listing = offer(session, vendor_ids[row["vendor"]], wanted, actor=ACTOR, clock=house.clock)
        publish(listing.code, version=listing.version)
