"""Pure rules of the catalogue: passages, seasons, harvests, prices by weight, and what a change needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from shop.catalog.models import ListingState, Pricing
from shop.kernel.errors import Invalid
from shop.kernel.money import BP, by_weight

L = ListingState

NEXT: Mapping[ListingState, frozenset[ListingState]] = {
    L.DRAFT: frozenset({L.IN_REVIEW, L.ARCHIVED}),
    L.IN_REVIEW: frozenset({L.PUBLISHED, L.DRAFT, L.ARCHIVED}),
    L.PUBLISHED: frozenset({L.PAUSED, L.HIDDEN, L.ARCHIVED}),
    L.PAUSED: frozenset({L.PUBLISHED, L.HIDDEN, L.ARCHIVED}),
    # What was taken down comes back by a new review; what lacked a paper or a sign of life comes back by it.
    L.HIDDEN: frozenset({L.PUBLISHED, L.IN_REVIEW, L.ARCHIVED}),
    L.ARCHIVED: frozenset(),
}

UNDOING: Mapping[ListingState, frozenset[ListingState]] = {
    # What was put away by mistake comes back as it was; nothing else leaves this state.
    L.ARCHIVED: frozenset({L.DRAFT, L.IN_REVIEW, L.PUBLISHED, L.PAUSED, L.HIDDEN}),
    # What was mended and sent again, by mistake, goes back to be mended.
    L.IN_REVIEW: frozenset({L.DRAFT, L.HIDDEN}),
}
"""Passages made only by taking an act back, while there is time for it."""

UNITS = ("枚", "只", "双", "斤", "把", "盒", "瓶", "罐", "袋", "个", "条", "块", "件", "坛", "饼")
"""Offered on the villager's page."""
CENTRE_UNITS = (
    "根 片 份 套 张 尾 头 串 颗 粒 筐 篮 板 封 支 朵 碗 匹 副 盆 株 卷 本 对 打 捆 扎 箱 桶 包 两 公斤 千克 克 "
    "kg g 升 毫升 壶 杯 盘 笼 提 束 枝 棵 挂 刀 方 腿 扇 窝 吊 团 节 挑 顶 床 半 "
    "幅 架 篓 座 台 具 丛 坨 球 瓣 册 部 管 钵 缸 瓮 穗 截 段 圈 环 组 筒 听 锅 屉 勺 捧 担 席 道 桌 兜"
)
MORE_UNITS = tuple(CENTRE_UNITS.split())
"""Understood as well, from the centre's lists."""
MAX_PRICE_FEN = 1_000_000
MAX_STOCK = 9_999
MAX_STOCK_G = 9_999_999
MAX_GROSS_G = 30_000
MAX_WAYS = 6
MAX_PHOTOS = 6
MAX_TITLE = 40
MAX_STORY = 600
"""What a villager writes on their page; from the centre's lists a thing may be told at more length."""
LONGEST_TITLE = 60
LONGEST_STORY = 2_000
MAX_TAGS = 12
MAX_DAYS = 3650
MAX_HARVEST_DAYS = 120
RESTORE_MINUTES = 10
"""How long a photo taken away can be brought back."""
ASK_DAYS = 7
"""After so many days without a sign of life its vendor is asked whether a thing is still there, at most so often."""
CONFIRM_DAYS = 14
"""After so many days without a sign of life, and ANSWER_DAYS after being asked, it is hidden until they say so."""
ANSWER_DAYS = 7
FORGET_DAYS = 28
"""A question of so long ago is asked anew before anything hides: what was out of season, say, was not missed."""
RISE_BP = 2_000
"""A price may rise by so much over the reviewed one without a new review."""


def season_bits(months: Iterable[int]) -> int:
    """Return months 1 to 12 as bits, January lowest.

    Raises:
        Invalid: there is no month, or one outside the year.
    """
    bits = 0
    for month in months:
        if not 1 <= month <= 12:
            raise Invalid("season", "month")
        bits |= 1 << (month - 1)
    if bits == 0:
        raise Invalid("season", "empty")
    return bits


@cache
def season_months(bits: int) -> tuple[int, ...]:
    """Return the months of season bits, in order."""
    return tuple(month for month in range(1, 13) if bits & 1 << (month - 1))


def is_in_season(bits: int, month: int) -> bool:
    """Tell whether a month belongs to the season."""
    return bool(bits & 1 << (month - 1))


@dataclass(frozen=True)
class Way:
    """One way a listing is to be sold: a price for the piece, or a price for 500 g with the range a piece weighs in.

    Attributes:
        gross_g: what one unit weighs in a parcel; by weight, nothing less than `most_g`.
        price_fen: of one unit; left at 0 by weight, where it is the ceiling that follows from the range.
        stock: units, or grams when `is_cut`.
        is_cut: cut to order from a whole, so that the stock is counted in grams.
        saw_stock: what was free when the page was shown; a sale in between is not overwritten.
        variant_id: the present variant that this changes; a new one without.
    """

    unit: str
    gross_g: int
    price_fen: int = 0
    pieces: int = 1
    stock: int = 0
    name: str = ""
    net_g: int | None = None
    per_500g_fen: int | None = None
    least_g: int | None = None
    most_g: int | None = None
    is_cut: bool = False
    saw_stock: int | None = None
    variant_id: int | None = None

    @property
    def pricing(self) -> Pricing:
        """How its price is found."""
        return Pricing.PIECE if self.per_500g_fen is None else Pricing.WEIGHT

    @property
    def ceiling_fen(self) -> int:
        """The price of one unit, at most."""
        return self.price_fen if self.per_500g_fen is None else by_weight(self.per_500g_fen, self.most_g or 0)

    @property
    def draw(self) -> int:
        """How much of its stock one unit takes."""
        return self.most_g or 1 if self.is_cut else 1


def check_way(way: Way) -> None:
    """Refuse a way of selling that no order could be made of.

    Raises:
        Invalid: naming the field.
    """
    if way.unit not in UNITS + MORE_UNITS:
        raise Invalid("unit", "unknown")
    if not 1 <= way.pieces <= 999:
        raise Invalid("pieces", "range")
    if len(way.name) > 20:
        raise Invalid("name", "length")
    if not 1 <= way.gross_g <= MAX_GROSS_G:
        raise Invalid("gross_g", "range")
    if way.net_g is not None and not 1 <= way.net_g <= MAX_GROSS_G:
        raise Invalid("net_g", "range")
    if way.pricing is Pricing.WEIGHT:
        if way.least_g is None or way.most_g is None or not 1 <= way.least_g <= way.most_g <= way.gross_g:
            raise Invalid("weight", "range")
    elif way.is_cut or way.least_g is not None or way.most_g is not None:
        raise Invalid("weight", "by_piece")
    if not 1 <= way.ceiling_fen <= MAX_PRICE_FEN:
        raise Invalid("price", "range")
    check_stock(way.stock, draw=way.draw)


def check_stock(number: int, *, draw: int) -> None:
    """Refuse a stock that nobody has.

    Raises:
        Invalid: it is below none or above all reason.
    """
    if not 0 <= number <= (MAX_STOCK if draw == 1 else MAX_STOCK_G):
        raise Invalid("stock", "range")


@dataclass(frozen=True)
class Harvest:
    """Goods ordered ahead: gathered from the first to the last of some town days, so many pieces a day at most."""

    first: date
    last: date
    cap: int
    taken: Mapping[date, int] = field(default_factory=dict)

    def day_for(self, quantity: int, earliest: date) -> date | None:
        """Return the first day from `earliest` on whose harvest still gives so many, or None."""
        day = max(self.first, earliest)
        while day <= self.last:
            if self.taken.get(day, 0) + quantity <= self.cap:
                return day
            day += timedelta(days=1)
        return None


def check_harvest(first: date | None, last: date | None, cap: int | None) -> None:
    """Refuse a harvest that is half said or cannot be.

    Raises:
        Invalid: naming the field.
    """
    if first is None and last is None and cap is None:
        return
    if first is None or last is None or cap is None:
        raise Invalid("harvest", "half")
    if not 0 <= (last - first).days < MAX_HARVEST_DAYS:
        raise Invalid("harvest", "range")
    if not 1 <= cap <= MAX_STOCK:
        raise Invalid("harvest_cap", "range")


REVIEWED_FIELDS = ("title", "story", "category", "village", "ingredients", "keep_note", "shelf_days", "tags")
WAY_FIELDS = ("name", "unit", "pieces", "net_g", "pricing", "least_g", "most_g")


def needs_review(shown: Mapping[str, Any], wanted: Mapping[str, Any]) -> frozenset[str]:
    """Return which parts of a change the centre must see before buyers do; none when it may be shown at once.

    The one rule for a listing on the shelf: stock, season, harvest, days on the way, leaving out a photo or a way of
    selling, their order, and a price that falls or rises by at most a fifth over the last reviewed one are the
    vendor's own. Words, the shelf it lies on, what the label says, a new photo, a new way of selling, how one is
    measured, and a larger rise are reviewed; the shelf keeps showing the old version meanwhile.

    Args:
        shown: the listing as shown now, see `shop.catalog.versions`; with `reviewed_fen` by variant.
        wanted: the same of what it shall be.
    """
    found = {part for part in REVIEWED_FIELDS if shown[part] != wanted[part]}
    if not set(wanted["photos"]) <= set(shown["photos"]):
        found.add("photos")
    now = {way["id"]: way for way in shown["ways"]}
    for way in wanted["ways"]:
        before = now.get(way["id"])
        if before is None or any(before[part] != way[part] for part in WAY_FIELDS):
            found.add("ways")
        elif _price(way) * BP > shown["reviewed_fen"][str(way["id"])] * (BP + RISE_BP):
            found.add("price")
    return frozenset(found)


def _price(way: Mapping[str, Any]) -> int:
    fen: int = way["price_fen"] if way["per_500g_fen"] is None else way["per_500g_fen"]
    return fen


def reviewed_prices(ways: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the prices that a review lets stand: by variant id as text, of the piece or of 500 g."""
    return {str(way["id"]): _price(way) for way in ways}


@dataclass(frozen=True)
class Offer:
    """What a vendor says of a thing they sell.

    Attributes:
        ways: how it is sold, the first being the one that is shown on a card.
        origin_code: the village it comes from, when that is not the vendor's own.
        harvest_first_on: with `harvest_last_on` and `harvest_cap`, it is ordered ahead (see `Harvest`).
        key: made with the page; the same key offers the same thing once.
    """

    category_id: int
    title: str
    ways: Sequence[Way]
    story: str = ""
    origin_code: str | None = None
    ingredients: str = ""
    keep_note: str = ""
    shelf_days: int | None = None
    travel_days: int | None = None
    months: Sequence[int] = tuple(range(1, 13))
    harvest_first_on: date | None = None
    harvest_last_on: date | None = None
    harvest_cap: int | None = None
    tags: Sequence[str] = ()
    photo_keys: Sequence[str] = ()
    ref: str | None = None
    key: str | None = None
