"""The quarterly list of sellers and their income, as platforms report it.

Source: 国务院令 810 (2025), 互联网平台企业涉税信息报送规定, articles 3 to 5: identity and income of those who sell on
a platform, each quarter. Whether a centre that earns nothing by it must report, its operator finds out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import NotFound
from shop.ledger.income import Income, Moved, incomes, moved
from shop.vendors.joining.models import Licence
from shop.vendors.models import PaperKind, Standing, Vendor
from shop.vendors.queries import PaperFacts, papers_of

NAME = re.compile(r"(20\d\d)-([1-4])", re.ASCII)
MONTHS = 3


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year; `2026-4` in addresses."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """Return how it is written in addresses and file names."""
        return f"{self.year}-{self.number}"

    @property
    def first_on(self) -> date:
        """Return its first town day."""
        return date(self.year, MONTHS * self.number - 2, 1)

    def before(self) -> "Quarter":
        """Return the quarter before."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def after(self) -> "Quarter":
        """Return the quarter after."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def span(self) -> tuple[datetime, datetime]:
        """Return its first moment and the first one after it, by the town's days."""
        return _midnight(self.first_on), _midnight(self.after().first_on)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, TOWN_ZONE)


def quarter_of(day: date) -> Quarter:
    """Return the quarter a town day lies in."""
    return Quarter(day.year, (day.month + MONTHS - 1) // MONTHS)


def quarter_named(name: str) -> Quarter:
    """Return the quarter of an address.

    Raises:
        NotFound: it names none.
    """
    found = NAME.fullmatch(name)
    if found is None:
        raise NotFound("quarter")
    return Quarter(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class SellerIncome:
    """One seller and their figures; `licence` is the registration's number, empty for who is exempt."""

    code: str
    name: str
    person: str
    standing: Standing
    village: str
    licence: str
    papers: tuple[tuple[PaperKind, str], ...]
    income: Income


@dataclass(frozen=True)
class QuarterReport:
    """Every seller who was here in a quarter, those first who came to money in it; their sum, and the books' own."""

    quarter: Quarter
    sellers: tuple[SellerIncome, ...]
    total: Income
    books: Moved

    @property
    def difference_fen(self) -> int:
        """How far the list is from the books; zero is right."""
        return abs(self.total.net_fen - self.books.sellers_fen) + abs(self.total.fee_fen - self.books.fee_fen)


def quarter_report(session: Session, quarter: Quarter) -> QuarterReport:
    """Return the list of one quarter, in a handful of statements whatever its size."""
    since, until = quarter.span()
    found = incomes(session, since, until)
    licences = {row.vendor_id: row.number for row in session.execute(select(Licence.vendor_id, Licence.number))}
    vendors = session.scalars(select(Vendor).where(Vendor.created_at < until).order_by(Vendor.id)).all()
    papers = papers_of(session, [vendor.id for vendor in vendors])
    sellers = [_seller(vendor, licences, papers, found.get(vendor.code, Income())) for vendor in vendors]
    sellers.sort(key=lambda one: one.income == Income())  # who came to nothing stands below
    books = moved(session, since, until)
    return QuarterReport(quarter, tuple(sellers), _total(sellers), books)


def _seller(
    vendor: Vendor, licences: Mapping[int, str], papers: Mapping[int, tuple[PaperFacts, ...]], income: Income
) -> SellerIncome:
    return SellerIncome(
        code=vendor.code,
        name=vendor.name,
        person=vendor.person,
        standing=vendor.standing,
        village=vendor.village.name,
        licence=licences.get(vendor.id, ""),
        papers=tuple((paper.kind, paper.number) for paper in papers.get(vendor.id, ())),
        income=income,
    )


def _total(sellers: Sequence[SellerIncome]) -> Income:
    return Income(
        *(
            sum(getattr(one.income, part) for one in sellers)
            for part in ("orders", "sold_fen", "over_fen", "fee_fen", "back_fen")
        )
    )
