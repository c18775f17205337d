"""Who and what a row of an import means by its names; what is missing is added when that is wanted."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import TypeVar

from opencc import OpenCC
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.imports.goods import Goods
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Flaw
from shop.catalog.models import Category
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.town.models import Village
from shop.town.queries import the_town
from shop.town.services import add_village
from shop.vendors.models import PaperKind, Standing, Vendor, VendorState
from shop.vendors.services import add_paper, add_vendor

VOUCHED_DAYS = 30
LIVE = re.compile("活(?:禽|畜|体|物|鸡|鸭|鹅|兔|鱼|羊|猪|牛|鸽)|[鸡鸭鹅禽]苗|live (?:poultry|animals)", re.IGNORECASE)
"""What a new shelf is called that live animals lie on; until a manager sets its rules they are only collected."""

T = TypeVar("T", Vendor, Category, Village)


@dataclass(frozen=True)
class Options:
    """What an import may do.

    Attributes:
        creates: add vendors, villages and categories that are not known.
        vouches: note that the centre vouches for every vendor of the file for thirty days.
        is_rehearsal: try everything, keep nothing.
    """

    creates: bool = False
    vouches: bool = False
    is_rehearsal: bool = False


class Refused(Exception):
    """A row cannot be taken in."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__()
        self.flaws = flaws


@cache
def _simplifier() -> Callable[[str], str]:
    simplify: Callable[[str], str] = OpenCC("t2s").convert
    return simplify


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """Return a name as it is compared: one width, simplified, lower case, without blanks."""
    return "".join(_simplifier()(unicodedata.normalize("NFKC", name)).casefold().split())


class Directory:
    """The names a town knows, read once for a batch of rows, within its transaction.

    Args:
        vouched: ids of vendors that this import has vouched for already.
    """

    def __init__(self, session: Session, options: Options, vouched: set[int], *, actor: Actor, clock: Clock) -> None:
        self._session, self._options, self._actor, self._clock = session, options, actor, clock
        self.vouched = set(vouched)
        self._vouching: int | None = None
        self._read()

    def _read(self) -> None:
        self._villages: dict[str, list[Village]] = {}
        self._vendors: dict[str, list[Vendor]] = {}
        self._categories: dict[str, list[Category]] = {}
        self._has_new = False
        for village in self._session.scalars(select(Village).order_by(Village.id)):
            _enter(self._villages, village, (village.code, village.name, *village.aliases))
        for vendor in self._session.scalars(select(Vendor).order_by(Vendor.id)):
            _enter(self._vendors, vendor, (vendor.code, vendor.name))
        for category in self._session.scalars(select(Category).order_by(Category.id)):
            _enter(self._categories, category, (category.code, category.name, category.name_en))

    def keep(self) -> None:
        """The row is in: so is what it added."""
        if self._vouching is not None:
            self.vouched.add(self._vouching)
        self._vouching, self._has_new = None, False

    def forget(self) -> None:
        """The row was refused: what it added is gone."""
        self._vouching = None
        if self._has_new:
            self._read()

    def vendor(self, goods: Goods) -> Vendor:
        """Return the vendor of a row.

        Raises:
            Refused: nobody or several are called so, or they are suspended.
        """
        found = self._vendors.get(plain(goods.vendor), [])
        if len(found) > 1:
            village = self._known_village(goods.village)
            near = [vendor for vendor in found if village is not None and vendor.village_id == village.id]
            found = near if len(near) == 1 else found
        if len(found) > 1:
            codes = ", ".join(vendor.code for vendor in found)
            raise Refused(Flaw("vendor", Reason.SEVERAL, codes, goods.vendor))
        if not found:
            return self._new_vendor(goods)
        if found[0].state is not VendorState.APPROVED:
            raise Refused(Flaw("vendor", Reason.SUSPENDED, cell=goods.vendor))
        return found[0]

    def _new_vendor(self, goods: Goods) -> Vendor:
        """Register a household; until it has a telephone of its own, the centre's is told of orders."""
        if not self._options.creates:
            raise Refused(Flaw("vendor", Reason.UNKNOWN, cell=goods.vendor))
        if not goods.village:
            raise Refused(Flaw("village", Reason.MISSING))
        vendor = add_vendor(
            self._session,
            code=new_code(6).lower(),
            name=goods.vendor,
            person=goods.vendor,
            phone=the_town(self._session).centre_phone,
            village_code=self._village(goods.village).code,
            standing=Standing.SELF_PRODUCED,
            story="",
            since_year=None,
            actor=self._actor,
            clock=self._clock,
        )
        self._has_new = True
        _enter(self._vendors, vendor, (vendor.code, vendor.name))
        return vendor

    def vouch(self, vendor: Vendor) -> None:
        """Note once that the centre vouches for a vendor, when that is wanted."""
        if not self._options.vouches or vendor.id in self.vouched:
            return
        today = town_day(self._clock())
        add_paper(
            self._session,
            vendor.id,
            PaperKind.VOUCHED,
            f"中心担保 {today.isoformat()}",
            today + timedelta(days=VOUCHED_DAYS),
            actor=self._actor,
            clock=self._clock,
        )
        self._vouching = vendor.id

    def category_id(self, goods: Goods) -> int:
        """Return the shelf of a row; a new one wants any paper at all, until a manager sets its rules.

        Raises:
            Refused: none or several are called so.
        """
        found = self._one(self._categories, "category", goods.category)
        if found is None:
            if not self._options.creates:
                raise Refused(Flaw("category", Reason.UNKNOWN, cell=goods.category))
            papers = [kind for kind in PaperKind if kind is not PaperKind.VOUCHED]
            rules = ShelfRules(
                name=goods.category,
                name_en=goods.category,
                papers=papers,
                is_live=LIVE.search(goods.category) is not None,
            )
            found = add_category(self._session, new_code(6).lower(), rules, actor=self._actor)
            self._has_new = True
            _enter(self._categories, found, (found.code, found.name))
        return found.id

    def origin_code(self, goods: Goods, vendor: Vendor) -> str | None:
        """Return the village a thing comes from when that is not its vendor's own.

        Raises:
            Refused: none or several are called so.
        """
        if not goods.village:
            return None
        village = self._village(goods.village)
        return None if village.id == vendor.village_id else village.code

    def _known_village(self, name: str) -> Village | None:
        found = self._villages.get(plain(name), [])
        return found[0] if len(found) == 1 else None

    def _village(self, name: str) -> Village:
        found = self._one(self._villages, "village", name)
        if found is None:
            if not self._options.creates:
                raise Refused(Flaw("village", Reason.UNKNOWN, cell=name))
            found = self._session.get_one(Village, add_village(self._session, name=name, actor=self._actor))
            self._has_new = True
            _enter(self._villages, found, (found.code, found.name))
        return found

    def _one(self, names: dict[str, list[T]], column: str, name: str) -> T | None:
        found = names.get(plain(name), [])
        exact = [one for one in found if name in (one.code, one.name)]
        found = exact or found
        if len(found) > 1:
            raise Refused(Flaw(column, Reason.SEVERAL, ", ".join(one.code for one in found), name))
        return found[0] if found else None


def _enter(names: dict[str, list[T]], one: T, called: Iterable[str]) -> None:
    for name in dict.fromkeys(plain(name) for name in called if name):
        names.setdefault(name, []).append(one)
