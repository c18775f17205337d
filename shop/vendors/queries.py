"""Reads of vendors."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Executable, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from shop.kernel.db import Values, direct
from shop.town.models import Village
from shop.vendors.models import (
    Member,
    MemberRole,
    Paper,
    PaperKind,
    Standing,
    Vendor,
    VendorHistory,
    VendorState,
)

PAGE = 50
"""So many vendors stand on one page of the centre's list."""


@dataclass(frozen=True)
class PaperFacts:
    """A licence, filing or certificate of a vendor; `until` is its last day, if it has one.

    Attributes:
        seen_by: code of whoever of the centre saw it.
    """

    id: int
    kind: PaperKind
    number: str
    until: date | None
    seen_at: datetime
    seen_by: str

    def is_valid(self, today: date) -> bool:
        """Tell whether it counts on a day."""
        return self.until is None or today <= self.until


@dataclass(frozen=True)
class VendorFacts:
    """A vendor as other rooms and every page may see them: no phone, no person's full name."""

    id: int
    code: str
    name: str
    village_code: str
    village: str
    standing: Standing
    story: str
    since_year: int | None
    fee_bp: int | None
    state: VendorState
    leaves_on: date | None
    """The day from which they no longer sell, when that was announced."""
    since: datetime

    @property
    def is_selling(self) -> bool:
        """Tell whether their goods may be shown."""
        return self.state is VendorState.APPROVED


PAPERS = (
    select(Paper.vendor_id, Paper.id, Paper.kind, Paper.number, Paper.until, Paper.added_at, Paper.added_by)
    .where(Paper.vendor_id.in_(bindparam("vendors", expanding=True)))
    .order_by(Paper.id)
)
TOLD = select(
    Vendor.id,
    Vendor.code,
    Vendor.name,
    Village.code.label("village_code"),
    Village.name.label("village"),
    Vendor.standing,
    Vendor.story,
    Vendor.since_year,
    Vendor.fee_bp,
    Vendor.state,
    Vendor.leaves_on,
    Vendor.created_at.label("since"),
).join(Village, Village.id == Vendor.village_id)
"""The fields of `VendorFacts`."""
BY_CODE = TOLD.where(Vendor.code == bindparam("code"))
SELLING = TOLD.where(Vendor.state == VendorState.APPROVED).order_by(Vendor.id).limit(bindparam("most"))
AFTER = SELLING.where(Vendor.id > bindparam("after"))
AT_HOME = SELLING.where(Vendor.village_id == bindparam("village"))
LAST = select(Vendor.id).where(Vendor.state == VendorState.APPROVED).order_by(Vendor.id.desc()).limit(1)


def papers_of(session: Session, vendor_ids: Collection[int]) -> Mapping[int, tuple[PaperFacts, ...]]:
    """Return the papers of vendors, ended ones too, the longest-lasting first."""
    found: dict[int, list[PaperFacts]] = {}
    for row in direct(session, PAPERS, {"vendors": list(vendor_ids)}):
        paper = PaperFacts(row.id, row.kind, row.number, row.until, row.added_at, row.added_by)
        found.setdefault(row.vendor_id, []).append(paper)
    lasting = {
        i: sorted(papers, key=lambda paper: paper.until or date.max, reverse=True) for i, papers in found.items()
    }
    return {i: tuple(papers) for i, papers in lasting.items()}


def vendor_facts(vendor: Vendor) -> VendorFacts:
    """Return a vendor, loaded with its village, as other rooms see it."""
    return VendorFacts(
        id=vendor.id,
        code=vendor.code,
        name=vendor.name,
        village_code=vendor.village.code,
        village=vendor.village.name,
        standing=vendor.standing,
        story=vendor.story,
        since_year=vendor.since_year,
        fee_bp=vendor.fee_bp,
        state=vendor.state,
        leaves_on=vendor.leaves_on,
        since=vendor.created_at,
    )


def vendor_of_member(session: Session, user_id: int) -> VendorFacts | None:
    """Return the vendor this person acts for, one that sells before one that no longer does, or None."""
    wanted = (
        select(Vendor)
        .join(Member, Member.vendor_id == Vendor.id)
        .where(Member.user_id == user_id)
        .order_by((Vendor.state == VendorState.APPROVED).desc(), Vendor.id)
        .limit(1)
    )
    vendor = session.scalar(wanted)
    return None if vendor is None else vendor_facts(vendor)


def vendor_by_code(session: Session, code: str) -> VendorFacts | None:
    """Return an approved vendor by its public code, or None."""
    vendor = session.scalar(select(Vendor).where(Vendor.code == code, Vendor.state == VendorState.APPROVED))
    return None if vendor is None else vendor_facts(vendor)


def vendor_in_any_state(session: Session, code: str) -> VendorFacts | None:
    """Return a vendor by its public code, suspended or gone too, or None."""
    row = direct(session, BY_CODE, {"code": code}).one_or_none()
    return None if row is None else VendorFacts(**row._asdict())


@dataclass(frozen=True)
class VendorPage:
    """One page of vendors; `total` counts those on every page."""

    vendors: tuple[VendorFacts, ...]
    total: int
    page: int
    pages: int


def vendor_page(session: Session, words: str = "", *, page: int = 1, is_selling: bool = False) -> VendorPage:
    """Return one page of everybody who sells or sold here: the suspended first, those who left last, oldest first.

    Args:
        words: part of a name, of a code or of a village's name, or a whole phone number; empty for everybody.
        page: from 1; a page after the last is the last.
        is_selling: only who sells now.
    """
    wanted = select(Vendor).join(Village, Village.id == Vendor.village_id)
    if is_selling:
        wanted = wanted.where(Vendor.state == VendorState.APPROVED)
    if words:
        columns = (Vendor.name, Vendor.code, Village.name)
        is_like = (column.icontains(words, autoescape=True) for column in columns)
        wanted = wanted.where(or_(Vendor.phone == words, *is_like))
    total = session.scalar(select(func.count()).select_from(wanted.with_only_columns(Vendor.id).subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(page, pages)
    turn = case({VendorState.SUSPENDED: 0, VendorState.APPROVED: 1}, value=Vendor.state, else_=2)
    rows = session.scalars(wanted.order_by(turn, Vendor.id).limit(PAGE).offset((page - 1) * PAGE))
    return VendorPage(tuple(map(vendor_facts, rows)), total, page, pages)


def all_vendors(session: Session) -> list[VendorFacts]:
    """Return every vendor, suspended and gone ones too, oldest first."""
    return [vendor_facts(vendor) for vendor in session.scalars(select(Vendor).order_by(Vendor.id))]


@dataclass(frozen=True)
class VendorPassage:
    """A passage of a vendor; `actor` is a person's code or a process.

    Attributes:
        is_notice: they stay where they are: their leaving was announced, or taken back when no reason stands there.
    """

    to: VendorState
    is_notice: bool
    at: datetime
    actor: str
    reason: str


def vendor_passages(session: Session, vendor_id: int) -> tuple[VendorPassage, ...]:
    """Return what became of a vendor since they began to sell, in order."""
    rows = select(VendorHistory).where(VendorHistory.vendor_id == vendor_id).order_by(VendorHistory.id)
    return tuple(
        VendorPassage(VendorState(row.to_state), row.from_state == row.to_state, row.at, row.actor, row.reason)
        for row in session.scalars(rows)
    )


def approved_vendors(session: Session) -> list[VendorFacts]:
    """Return every approved vendor, oldest first."""
    wanted = select(Vendor).where(Vendor.state == VendorState.APPROVED).order_by(Vendor.id)
    return [vendor_facts(vendor) for vendor in session.scalars(wanted)]


def vendors_in_turn(session: Session, day: int, *, most: int) -> list[VendorFacts]:
    """Return the approved vendors whose turn a day is, oldest first and round again: `most` of them, if there are.

    The turn goes by their numbers, so that nobody has to be counted. Where one has left, the next one steps in.

    Args:
        day: its number; the next day is the next ones' turn.
    """
    after = day * most % (direct(session, LAST).scalar() or 1)
    found = _vendors(session, AFTER, {"after": after, "most": most})
    if len(found) < most and after:
        first = _vendors(session, SELLING, {"most": most - len(found)})
        found += [vendor for vendor in first if vendor.id <= after]
    return found


def vendors_of_village(session: Session, village_id: int, *, most: int) -> list[VendorFacts]:
    """Return the vendors of a village that may sell, oldest first, so many at most."""
    return _vendors(session, AT_HOME, {"village": village_id, "most": most})


def _vendors(session: Session, wanted: Executable, values: Values) -> list[VendorFacts]:
    return [VendorFacts(**row._asdict()) for row in direct(session, wanted, values)]


def is_owner(session: Session, vendor_id: int, user_id: int) -> bool:
    """Tell whether a person is the vendor themself, or of their household with the same say; a delegate is not."""
    row = session.get(Member, (vendor_id, user_id))
    return row is not None and row.role is MemberRole.OWNER
