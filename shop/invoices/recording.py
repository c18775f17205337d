"""What the centre does with a request: takes it on, sends it back, records what the tax office's system issued.

Nothing here issues a tax invoice. What is recorded never changes: what was wrong with it is put right by a red letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from shop.invoices.billing import bill, left_of
from shop.invoices.models import (
    FileKind,
    Invoice,
    InvoiceFile,
    InvoiceRequest,
    Medium,
    RedLetter,
    RedReason,
    RequestState,
)
from shop.invoices.rules import check_number
from shop.invoices.services import advance, lock, release, tell
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.kernel.vault import Vault
from shop.media.documents.services import documents
from shop.orders.models import Order

S = RequestState
RECORDING_ROLES = ("staff", "finance", "manager")
LONGEST_REASON = 120
MOST_FILES = 6
NUMBERS = union_all(select(Invoice.number), select(RedLetter.number)).subquery()
"""Every number in the house: a red letter is an invoice with a number of its own."""


@dataclass(frozen=True)
class Issued:
    """An invoice as it stands in the tax office's system, typed in.

    Attributes:
        number, batch: as typed; the code beside a number is for papers of before the digital ones.
        amount_fen: with tax.
        files: keys of documents that were taken in.
    """

    number: str
    batch: str
    issued_on: date
    amount_fen: int
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Red:
    """A red letter as it stands in the tax office's system, typed in; the amount is positive."""

    number: str
    batch: str
    issued_on: date
    amount_fen: int
    reason: RedReason


def check_clerk(actor: Actor) -> None:
    """Refuse whoever has nothing to do with invoices.

    Raises:
        Forbidden: the actor is not of those who do.
    """
    if not actor.has(*RECORDING_ROLES):
        raise Forbidden("invoice")


def accept(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Take a request on: somebody will issue it in the tax office's system.

    Raises:
        Forbidden, NotFound: see `check_clerk` and `lock`.
        Invalid: the order is not weighed and settled yet, or nothing of it is left to invoice.
        WrongState: it does not wait for that.
    """
    check_clerk(actor)
    request = lock(session, code)
    _check_ready(session, request)
    advance(session, request, S.ACCEPTED, actor=actor, clock=clock)
    tell(session, request, "invoice_accepted", clock=clock)


def send_back(session: Session, code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Ask the buyer to mend a request, in a sentence that they are sent.

    Raises:
        Forbidden, NotFound, Invalid, WrongState: as `accept`; a reason must be given.
    """
    _answer(session, code, S.NEEDS_FIXING, "invoice_fixing", reason=reason, actor=actor, clock=clock)


def reject(session: Session, code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """End a request of which no invoice will come; what it asked for may be asked for again.

    Raises:
        Forbidden, NotFound, Invalid, WrongState: as `send_back`.
    """
    _answer(session, code, S.REJECTED, "invoice_rejected", reason=reason, actor=actor, clock=clock)


def _answer(
    session: Session, code: str, to: RequestState, template: str, *, reason: str, actor: Actor, clock: Clock
) -> None:
    check_clerk(actor)
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise Invalid("reason", "missing" if not said else "long")
    request = lock(session, code)
    advance(session, request, to, actor=actor, clock=clock, reason=said)
    tell(session, request, template, words=said, clock=clock)


def _check_ready(session: Session, request: InvoiceRequest) -> int:
    """Return what of a request may be invoiced now: never more than was paid and stays paid."""
    of = bill(session, session.get_one(Order, request.order_id))
    if not of.is_settled:
        raise Invalid("order", "unsettled")
    left = left_of(request, of)
    if not left:
        raise Invalid("order", "nothing")
    return left


def record_issued(session: Session, code: str, issued: Issued, *, actor: Actor, clock: Clock) -> Invoice:
    """Write down the invoice that was issued for a request, with its files; an electronic one is there for its buyer.

    Raises:
        Forbidden, NotFound: see `check_clerk` and `lock`.
        Invalid: the number is no such number or is recorded, the day is none it can have, the amount is more than
            is left, or a file is missing, is not there any more or belongs to another invoice.
        WrongState: the request was not accepted.
    """
    check_clerk(actor)
    request = lock(session, code)
    if request.state is not S.ACCEPTED:
        raise WrongState("invoice_request", request.state, S.ISSUED)
    left = _check_ready(session, request)
    era, number = check_number(issued.number, issued.batch)
    _check_new(session, number)
    order = session.get_one(Order, request.order_id)
    _check_day(issued.issued_on, town_day(order.placed_at), clock)
    if not 0 < issued.amount_fen <= left:
        raise Invalid("amount", "over" if issued.amount_fen > 0 else "none")
    files = _files(session, issued.files, actor=actor, clock=clock)
    if request.medium is Medium.ELECTRONIC and not files:
        raise Invalid("files", "missing")
    invoice = Invoice(
        request_id=request.id,
        issuer_kind=request.issuer_kind,
        issuer_name=request.issuer_name,
        kind=request.kind,
        era=era,
        number=number,
        issued_on=issued.issued_on,
        amount_fen=issued.amount_fen,
        recorded_at=clock(),
        recorded_by=actor.label,
        files=files,
    )
    session.add(invoice)
    advance(session, request, S.ISSUED, actor=actor, clock=clock)
    if request.medium is Medium.ELECTRONIC:
        advance(session, request, S.AVAILABLE, actor=actor, clock=clock)
        tell(session, request, "invoice_available", clock=clock)
    session.flush()
    return invoice


def _check_new(session: Session, number: str) -> None:
    if session.scalar(select(NUMBERS.c.number).where(NUMBERS.c.number == number).limit(1)) is not None:
        raise Invalid("number", "taken")


def _check_day(issued_on: date, since: date, clock: Clock) -> None:
    if issued_on > town_day(clock()):
        raise Invalid("issued_on", "future")
    if issued_on < since:
        raise Invalid("issued_on", "early")


def _files(session: Session, keys: Sequence[str], *, actor: Actor, clock: Clock) -> list[InvoiceFile]:
    """Return the files of an invoice for the documents with these keys; each document is one invoice's alone."""
    wanted = list(dict.fromkeys(keys))
    found = documents(session, wanted)
    if len(found) < len(wanted) or len(found) > MOST_FILES:
        raise Invalid("files", "gone" if len(found) < len(wanted) else "many")
    digests = [one.digest for one in found]
    if session.scalar(select(InvoiceFile.id).where(InvoiceFile.digest.in_(digests)).limit(1)) is not None:
        raise Invalid("files", "taken")
    return [
        InvoiceFile(
            kind=FileKind(one.kind.value),
            key=one.key,
            digest=one.digest,
            bytes=one.bytes,
            pages=one.pages,
            added_at=clock(),
            added_by=actor.label,
        )
        for one in {one.digest: one for one in found}.values()
    ]


def record_red(session: Session, code: str, red: Red, *, actor: Actor, clock: Clock) -> None:
    """Write down a red letter beside the invoice of a request; red in full, its lines may be asked for again.

    Raises:
        Forbidden, NotFound: see `check_clerk` and `lock`; nothing was issued for it.
        Invalid: the number is no such number or is recorded, the day is before the invoice's or to come, or the
            amount is more than what stands of the invoice.
    """
    check_clerk(actor)
    request = lock(session, code)
    invoice = request.invoice
    if invoice is None:
        raise NotFound("invoice")
    _era, number = check_number(red.number, red.batch)
    _check_new(session, number)
    _check_day(red.issued_on, invoice.issued_on, clock)
    stands = invoice.amount_fen - invoice.red_fen
    if not 0 < red.amount_fen <= stands:
        raise Invalid("amount", "over" if red.amount_fen > 0 else "none")
    letter = RedLetter(
        invoice_id=invoice.id,
        number=number,
        reason=red.reason,
        amount_fen=red.amount_fen,
        issued_on=red.issued_on,
        recorded_at=clock(),
        recorded_by=actor.label,
    )
    session.add(letter)
    session.flush()
    if red.amount_fen == stands:
        release(session, request)
    tell(session, request, "invoice_red", red_fen=red.amount_fen, clock=clock)


def check_special(session: Session, code: str) -> None:
    """Refuse to open what only a special invoice has.

    Raises:
        NotFound: there is no such request, or it is for an ordinary one.
    """
    secret = session.scalar(select(InvoiceRequest.account_secret).where(InvoiceRequest.code == code))
    if not secret:
        raise NotFound("invoice_request")


def account_number(session: Session, vault: Vault, code: str) -> str:
    """Return the bank account for a special invoice; whoever calls has written down who looks at it.

    Raises:
        NotFound: as `check_special`.
    """
    check_special(session, code)
    return vault.open(session.scalars(select(InvoiceRequest.account_secret).where(InvoiceRequest.code == code)).one())
