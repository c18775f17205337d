"""Writes of invoice wishes and requests, and the guard under which tax papers never change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction

from shop.accounts.rules import PostalAddress
from shop.invoices.billing import Bill, BillLine
from shop.invoices.models import (
    Invoice,
    InvoiceFile,
    InvoiceHistory,
    InvoiceKind,
    InvoiceRequest,
    InvoiceRequestLine,
    InvoiceWish,
    Medium,
    RedLetter,
    RequestState,
)
from shop.invoices.rules import NEXT, OVER, Title, check_title, kind_by
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import NotFound
from shop.kernel.states import check_passage, passage
from shop.kernel.vault import Vault
from shop.notifications.services import tell_buyer
from shop.orders.models import Order
from shop.town.queries import the_town

TITLE = (
    "title_kind",
    "title",
    "tax_id",
    "kind",
    "medium",
    "seat",
    "seat_phone",
    "bank",
    "account_secret",
    "account_tail",
    "email",
    "recipient",
    "phone",
    "province",
    "city",
    "district",
    "street",
)
"""The columns that a wish and the requests made of it have in common."""
SPECIAL_ALONE = ("seat", "seat_phone", "bank", "account_secret", "account_tail")
PAPER_ALONE = ("recipient", "phone", "province", "city", "district", "street")


def columns_of(vault: Vault | None, wanted: Title) -> dict[str, Any]:
    """Check what a buyer wants and return it as its columns, the bank account sealed.

    Args:
        vault: None where no account can be among it, as at the checkout.

    Raises:
        Invalid: see `check_title`.
    """
    check_title(wanted)
    said = asdict(wanted)
    account = said.pop("account")
    is_special = wanted.kind is InvoiceKind.SPECIAL
    said["account_secret"] = vault.seal(account) if is_special and vault is not None else ""
    said["account_tail"] = account[-4:] if is_special else ""
    for name in () if is_special else SPECIAL_ALONE:
        said[name] = ""
    for name in () if wanted.medium is Medium.PAPER else PAPER_ALONE:
        said[name] = ""
    return said


def find_wish(session: Session, order_id: int) -> InvoiceWish | None:
    """Return what is wanted for an order, for change; None when nothing was."""
    return session.scalars(select(InvoiceWish).where(InvoiceWish.order_id == order_id)).one_or_none()


def account_before(session: Session, vault: Vault, order_id: int) -> str:
    """Return the bank account that was typed before for an order, so that nobody types it twice; "" when none was."""
    wish = find_wish(session, order_id)
    return vault.open(wish.account_secret) if wish is not None and wish.account_secret else ""


def keep_wish(session: Session, order_id: int, said: Mapping[str, Any], *, clock: Clock) -> InvoiceWish:
    """Write down what a buyer wants for an order, in the place of what they wanted before.

    Args:
        said: from `columns_of`.
    """
    wish = find_wish(session, order_id)
    if wish is None:
        wish = InvoiceWish(order_id=order_id)
        session.add(wish)
    write_wish(wish, said)
    wish.asked_at, wish.met_at = clock(), None
    session.flush()
    return wish


def write_wish(wish: InvoiceWish, said: Mapping[str, Any]) -> None:
    """Let a wish say what was typed last.

    Args:
        said: from `columns_of`.
    """
    for name in TITLE:
        setattr(wish, name, said[name])


def drop_wish(session: Session, order_id: int) -> bool:
    """Forget a wish of which no request was made, and tell whether there was one."""
    wish = find_wish(session, order_id)
    if wish is None or wish.met_at is not None:
        return False
    session.delete(wish)
    session.flush()
    return True


def redirect_wish(session: Session, order_id: int, was: PostalAddress, to: PostalAddress) -> None:
    """Let a paper invoice that was to go where an order's goods go follow them, until a request is made of it."""
    wish = find_wish(session, order_id)
    if wish is None or wish.met_at is not None or not wish.street:
        return
    if tuple(getattr(wish, name) for name in PAPER_ALONE) == astuple(was):
        for name, value in zip(PAPER_ALONE, astuple(to), strict=True):
            setattr(wish, name, value)
        session.flush()


def make_requests(
    session: Session, order: Order, wish: InvoiceWish, of: Bill, *, actor: Actor, clock: Clock
) -> list[InvoiceRequest]:
    """Make one request for each issuer of whatever of a settled, locked order no living request asks for yet."""
    groups: dict[int | None, list[BillLine]] = defaultdict(list)
    for line in unclaimed(session, order, of):
        groups[None if line.vendor is None else line.vendor[0]].append(line)
    wish.met_at = clock()
    made = [_request(session, order, wish, lines, actor=actor, clock=clock) for lines in groups.values()]
    session.flush()
    return made


def unclaimed(session: Session, order: Order, of: Bill) -> list[BillLine]:
    """Return the lines of an order that may be invoiced and that no living request asks for."""
    claimed = select(InvoiceRequestLine.living).where(
        InvoiceRequestLine.living.in_([claim_of(order, line.order_line_id) for line in of.lines])
    )
    taken = set(session.scalars(claimed))
    return [line for line in of.lines if line.left_fen and claim_of(order, line.order_line_id) not in taken]


def claim_of(order: Order, order_line_id: int | None) -> str:
    """Return the mark by which a line, or the freight of an order, is in one living request at most."""
    return f"freight:{order.code}" if order_line_id is None else f"line:{order_line_id}"


def _request(
    session: Session, order: Order, wish: InvoiceWish, lines: Sequence[BillLine], *, actor: Actor, clock: Clock
) -> InvoiceRequest:
    first = lines[0]
    request = InvoiceRequest(
        code=new_code(8),
        order_id=order.id,
        issuer_kind=first.issuer,
        vendor_id=None if first.vendor is None else first.vendor[0],
        issuer_name=the_town(session).centre_name if first.vendor is None else first.vendor[1],
        state=RequestState.REQUESTED,
        created_at=clock(),
        lines=[
            InvoiceRequestLine(
                order_line_id=line.order_line_id,
                amount_fen=line.left_fen,
                is_exempt=line.is_exempt,
                living=claim_of(order, line.order_line_id),
            )
            for line in lines
        ],
    )
    write_title(request, {name: getattr(wish, name) for name in TITLE})
    session.add(request)
    session.flush()
    row = passage(None, RequestState.REQUESTED, actor=actor, clock=clock)
    session.add(InvoiceHistory(request_id=request.id, **row))
    session.flush()
    return request


def write_title(request: InvoiceRequest, said: Mapping[str, Any]) -> None:
    """Let a request ask for what was said, as far as its issuer can make such an invoice.

    Args:
        said: from `columns_of`.
    """
    kind = kind_by(request.issuer_kind, said["kind"])
    left_out = SPECIAL_ALONE if kind is InvoiceKind.ORDINARY else ()
    for name in TITLE:
        setattr(request, name, "" if name in left_out else said[name])
    request.kind = kind


def lock(session: Session, code: str) -> InvoiceRequest:
    """Return a request for change, its order locked first so that all acts lock in one direction.

    Raises:
        NotFound: there is none.
    """
    order = select(Order).join(InvoiceRequest, InvoiceRequest.order_id == Order.id).where(InvoiceRequest.code == code)
    if session.scalars(order.with_for_update(of=Order)).one_or_none() is None:
        raise NotFound("invoice_request")
    wanted = select(InvoiceRequest).where(InvoiceRequest.code == code)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def advance(
    session: Session, request: InvoiceRequest, to: RequestState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a request on, with its history; the only writer of its state. One that is over claims nothing any more.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("invoice_request", NEXT, request.state, to)
    row = passage(request.state, to, actor=actor, clock=clock, reason=reason)
    session.add(InvoiceHistory(request_id=request.id, **row))
    request.state = to
    if to in OVER:
        release(session, request)
    session.flush()


def release(session: Session, request: InvoiceRequest) -> None:
    """Let the lines of a request be asked for again: it is over, or its invoice was red-lettered in full."""
    for line in request.lines:
        line.living = None
    session.flush()


def mend(
    session: Session, requests: Iterable[InvoiceRequest], said: Mapping[str, Any], *, actor: Actor, clock: Clock
) -> int:
    """Let requests that wait for a correction ask for what is said now, and return how many there were.

    Args:
        said: from `columns_of`.
    """
    waiting = [request for request in requests if request.state is RequestState.NEEDS_FIXING]
    for request in waiting:
        write_title(request, said)
        advance(session, request, RequestState.REQUESTED, actor=actor, clock=clock)
    return len(waiting)


def tell(session: Session, request: InvoiceRequest, template: str, *, clock: Clock, **values: Any) -> None:
    """Tell a request's buyer by a short message, and by mail where an address was left.

    Args:
        template: one of `invoice_*`; the order's code is filled in.
    """
    order = session.get_one(Order, request.order_id)
    tell_buyer(session, order, template, {"code": order.code, **values}, email=request.email, clock=clock)


class Unalterable(Exception):
    """Something tried to change or delete a record of a tax paper."""


@event.listens_for(Session, "before_flush")
def _append_only(session: Session, _context: UOWTransaction, _objects: object) -> None:
    for thing in (*session.dirty, *session.deleted):
        is_record = isinstance(thing, Invoice | InvoiceFile | RedLetter)
        if is_record and (thing in session.deleted or session.is_modified(thing, include_collections=False)):
            raise Unalterable(type(thing).__name__)
