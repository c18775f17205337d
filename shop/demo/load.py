"""Loading the demo town 小鱼洞: everything goes through the same acts as in a real one."""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.cards import issue_card
from shop.accounts.models import Role
from shop.accounts.services import create_user
from shop.catalog.counter import count_there
from shop.catalog.models import Climate, Listing, ReturnClass
from shop.catalog.own import present
from shop.catalog.pools.services import Agreement
from shop.catalog.pools.services import agree as agree_with
from shop.catalog.rules import ANSWER_DAYS, CONFIRM_DAYS, Offer, Way
from shop.catalog.services.listings import offer, revise
from shop.catalog.services.passages import confirm, pause, review, take_down, watch
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.demo.acting import agree
from shop.demo.articles import pictures_of, tell_all
from shop.demo.factors import enrol
from shop.demo.joining import apply
from shop.demo.orders import order_all
from shop.demo.press import print_picture, read_svg
from shop.demo.questions import ask_all
from shop.demo.rules import AGO, publish_all
from shop.demo.settling import draft_this_week
from shop.flows.founding import TownPlan, found_town
from shop.flows.selling import suspend
from shop.kernel.actor import system
from shop.kernel.clock import Clock, town_day
from shop.media.services import make_renditions, receive
from shop.vendors.models import PaperKind, Standing
from shop.vendors.services import add_member, add_paper, add_vendor
from shop.web.house import House

ACTOR = system("demo")
PRINTERS = 2
PICTURE_WIDTH = 1280
Row = dict[str, Any]
NOT_TOLD = frozenset({"standing", "papers", "village", "since", "suspended"})
"""What a vendor's row says beyond the words that are written down as they stand."""


@dataclass(frozen=True)
class SignIn:
    """One of the demo town's people, as `shop up` prints them."""

    key: str
    phone: str
    name: str
    password: str
    card: str | None
    """The end of the address in the QR code of their card, if they have one."""
    pin: str | None
    has_factor: bool
    """They have an authenticator with the demo's key."""


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def sign_ins() -> list[SignIn]:
    """Return the demo sign-ins in the order a visitor meets them."""
    people = _data("people")["people"]
    return [
        SignIn(
            p["key"],
            p["phone"],
            p["name"],
            p["password"],
            p.get("card"),
            p.get("pin"),
            p.get("has_factor", False),
        )
        for p in people
    ]


def printed(slug: str) -> bytes:
    """Return the print of a drawing, as a JPEG."""
    return print_picture(read_svg(slug), width=PICTURE_WIDTH, seed=sum(map(ord, slug)))


def load(house: House, *, picture: Callable[[str], bytes] = printed) -> None:
    """Load the demo town into an empty database: people, vendors with papers, some seventy listings with pictures.

    Most listings are on the shelf; of each other state a listing can be in there is one, and one household is
    suspended, whose goods nobody sees. The pictures are printed first, outside the transaction; then everything is
    written at once or not at all. One household more applies to join, one lets the centre act for it, and a handful of
    orders are on their way.

    Args:
        picture: gives the picture of a drawing's name, as a file that a phone would send.

    Raises:
        WrongState: there is a town already.
    """
    goods = _data("listings")["listings"]
    told = _data("articles")["articles"]
    slugs = {slug for row in goods for slug in row["pictures"]} | pictures_of(told)
    keys = _print_pictures(house, sorted(slugs), picture)
    house.edge.run(lambda session: _write(session, house, goods, keys))
    house.edge.run(lambda session: tell_all(session, told, keys, actor=ACTOR, clock=house.clock))
    enrol(house, [one.phone for one in sign_ins() if one.has_factor])
    apply(house)
    villager = next(row for row in _data("people")["people"] if "vendor" in row)
    agree(house, villager["vendor"], villager["name"], actor=ACTOR)
    settlements = _data("settlements")
    order_all(house, _data("orders"), settlements, actor=ACTOR)
    draft_this_week(house, settlements)


def _print_pictures(house: House, slugs: list[str], picture: Callable[[str], bytes]) -> dict[str, str]:
    def one(slug: str) -> str:
        photo = receive(house.edge.transaction, house.store, picture(slug), actor=ACTOR, clock=house.clock)
        make_renditions(house.edge, house.store, photo.key, clock=house.clock)
        return photo.key

    with ThreadPoolExecutor(PRINTERS) as printers:
        return dict(zip(slugs, printers.map(one, slugs), strict=True))


def _write(session: Session, house: House, goods: list[Row], keys: Mapping[str, str]) -> None:
    found_town(session, TownPlan(**_data("town")), actor=ACTOR)
    publish_all(session, actor=ACTOR, clock=house.clock)
    vendor_ids = {row["code"]: _vendor(session, row, clock=house.clock) for row in _data("vendors")["vendors"]}
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
        if "card" in row:
            issue_card(session, person.id, token=row["card"], pin=row["pin"], actor=ACTOR, clock=house.clock)
    shelves = _data("categories")["categories"]
    shelf_ids = {row["code"]: add_category(session, row["code"], _shelf(row), actor=ACTOR).id for row in shelves}
    for row in _mixed(goods, {row["code"]: row.get("parent", row["code"]) for row in shelves}):
        wanted = _offer(row, shelf_ids[row["category"]], [keys[slug] for slug in row["pictures"]], house.clock)
        listing = FATES[row.get("fate", "published")](session, vendor_ids[row["vendor"]], wanted, row, house.clock)
        if "suppliers" in row and listing is not None:
            houses = {one["vendor"]: Agreement(one["share"], one["most"]) for one in row["suppliers"]}
            agree_with(session, listing.code, houses, version=0, actor=ACTOR, clock=house.clock)
    for row in _data("vendors")["vendors"]:
        if "suspended" in row:
            suspend(session, row["code"], reason=row["suspended"], actor=ACTOR, clock=house.clock)
    asker = next(one.phone for one in sign_ins() if one.key == "buyer")
    ask_all(session, _data("questions")["questions"], phone=asker, actor=ACTOR, clock=house.clock)


def _vendor(session: Session, row: Row, *, clock: Clock) -> int:
    told = {key: value for key, value in row.items() if key not in NOT_TOLD}
    vendor = add_vendor(
        session,
        **told,
        standing=Standing(row["standing"]),
        village_code=row["village"],
        since_year=row["since"],
        actor=ACTOR,
        clock=clock,
    )
    for paper in row.get("papers", ()):
        until = town_day(clock()) + timedelta(days=paper["days"])
        add_paper(session, vendor.id, PaperKind(paper["kind"]), paper["number"], until, actor=ACTOR, clock=clock)
    return vendor.id


def _shelf(row: Row) -> ShelfRules:
    return ShelfRules(
        name=row["name"],
        name_en=row["en"],
        hint=row["hint"],
        parent_code=row.get("parent"),
        papers=[PaperKind(kind) for kind in row.get("papers", ())],
        return_class=ReturnClass(row.get("returns", ReturnClass.STANDARD)),
        climate=Climate(row.get("climate", Climate.DRY)),
        is_live=row.get("is_live", False),
        needs_label=row.get("needs_label", False),
    )


def _mixed(goods: list[Row], shelf_of: Mapping[str, str]) -> list[Row]:
    """Return the goods so that the newest, which the front page shows first, come from every shelf in turn."""
    seen: Counter[str] = Counter()
    turn = {}
    for row in goods:
        shelf = shelf_of[row["category"]]
        seen[shelf] += 1
        turn[row["ref"]] = seen[shelf]
    return sorted(goods, key=lambda row: -turn[row["ref"]])


def _offer(row: Row, category_id: int, photo_keys: list[str], clock: Clock) -> Offer:
    today, harvest = town_day(clock()), row.get("harvest")
    ahead = (
        {}
        if harvest is None
        else {
            "harvest_first_on": today + timedelta(days=harvest["from_day"]),
            "harvest_last_on": today + timedelta(days=harvest["until_day"]),
            "harvest_cap": harvest["cap"],
        }
    )
    return Offer(
        ref=row["ref"],
        category_id=category_id,
        title=row["title"],
        story=row["story"],
        ways=[Way(**way) for way in row["ways"]],
        months=row["season"],
        tags=row["tags"],
        ingredients=row.get("ingredients", ""),
        keep_note=row["keep"],
        shelf_days=row["shelf_days"] or None,
        travel_days=row.get("travel_days"),
        photo_keys=photo_keys,
        **ahead,
    )


def _on_the_shelf(session: Session, vendor_id: int, wanted: Offer, row: Row, clock: Clock) -> Listing:
    # Before the first of the orders: what was bought is shown as it stood then.
    listing = offer(session, vendor_id, wanted, actor=ACTOR, clock=lambda: clock() - AGO)
    review(session, listing.code, approve=True, version=listing.version, actor=ACTOR, clock=lambda: clock() - AGO)
    confirm(session, vendor_id, listing.code, actor=ACTOR, clock=clock)
    for variant, pieces in zip(listing.variants, row.get("at_counter", ()), strict=False):
        count_there(session, variant.id, pieces, saw=0, actor=ACTOR, clock=clock)
    if "change" in row:
        _ask_for(session, vendor_id, listing, row["change"], clock)
    return listing


def _ask_for(session: Session, vendor_id: int, listing: Listing, change: Row, clock: Clock) -> None:
    """Let the vendor want another story and price, which wait for the centre."""
    now = present(session, listing.code, vendor_id=vendor_id)
    ways = [replace(way, price_fen=change["price_fen"]) for way in now.offer.ways]
    wanted = replace(now.offer, story=change["story"], ways=ways)
    revise(session, vendor_id, now.code, wanted, version=now.version, actor=ACTOR, clock=clock)


def _in_review(session: Session, vendor_id: int, wanted: Offer, _row: Row, clock: Clock) -> None:
    offer(session, vendor_id, wanted, actor=ACTOR, clock=clock)


def _given_back(session: Session, vendor_id: int, wanted: Offer, row: Row, clock: Clock) -> None:
    listing = offer(session, vendor_id, wanted, actor=ACTOR, clock=clock)
    review(
        session,
        listing.code,
        approve=False,
        reason=row["reason"],
        version=listing.version,
        actor=ACTOR,
        clock=clock,
    )


def _paused(session: Session, vendor_id: int, wanted: Offer, row: Row, clock: Clock) -> None:
    listing = _on_the_shelf(session, vendor_id, wanted, row, clock)
    pause(session, vendor_id, listing.code, paused=True, actor=ACTOR, clock=clock)


def _taken_down(session: Session, vendor_id: int, wanted: Offer, row: Row, clock: Clock) -> None:
    listing = _on_the_shelf(session, vendor_id, wanted, row, clock)
    take_down(session, listing.code, row["reason"], actor=ACTOR, clock=clock)


def _silent(session: Session, vendor_id: int, wanted: Offer, row: Row, clock: Clock) -> None:
    """Publish it so long ago that nobody has confirmed it since, though they were asked; it is in season all year."""
    wanted = replace(wanted, months=tuple(range(1, 13)))  # what is out of season never hides
    listing = _on_the_shelf(session, vendor_id, wanted, row, lambda: clock() - timedelta(days=CONFIRM_DAYS + 1))
    listing.asked_at = clock() - timedelta(days=ANSWER_DAYS)
    session.flush()
    watch(session, listing.code, actor=ACTOR, clock=clock)


FATES: Mapping[str, Callable[[Session, int, Offer, Row, Clock], Listing | None]] = {
    "published": _on_the_shelf,
    "in_review": _in_review,
    "given_back": _given_back,
    "paused": _paused,
    "taken_down": _taken_down,
    "silent": _silent,
}
"""What became of a listing; each brings it there by the acts that do so in a real town."""
