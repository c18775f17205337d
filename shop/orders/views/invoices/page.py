"""What the pages of a buyer's invoices show: frozen, made of facts, nothing written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from shop.flows.invoicing import WANTED_IN
from shop.invoices.billing import Bill
from shop.invoices.models import RequestState
from shop.invoices.queries import RequestFacts, TitleFacts, WishFacts
from shop.invoices.rules import MAY_BE_SPECIAL, MAY_WITHDRAW, OVER
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.invoices.words import KINDS, WORDS, issuer_words, ready_words, steps_of
from shop.orders.views.progress import Step
from shop.orders.views.words import Word
from shop.vendors.joining.rules import is_old_licence
from shop.web.i18n import _


@dataclass(frozen=True)
class Split:
    """What one issuer would issue: who, of what, how much, and what is to be known of it."""

    issuer: str
    goods: str
    amount_fen: int
    note: str | None


@dataclass(frozen=True)
class Paper:
    """One issuer's invoice, as far as it is.

    Attributes:
        goods: what it is about.
        title: in whose name, with the tax id.
        told: by when it comes; None when there is nothing to say.
        reason: what the centre says to it where its buyer has to do something.
        tracking: where its envelope is; None while there is none.
        red_due_fen: how much of it went back to its buyer and is still to be red-lettered.
        stands_fen: what red letters left of it; None when it has none.
        number: of the invoice; None while there is none.
        files: kind and address of each of its files.
        pages: addresses of pictures of its pages, for browsers that show a PDF as blank.
    """

    code: str
    issuer: str
    kind: str
    goods: str
    amount_fen: int
    title: str
    told: str | None
    word: Word
    steps: tuple[Step, ...]
    reason: str | None
    tracking: str | None
    red_due_fen: int
    stands_fen: int | None
    number: str | None
    files: tuple[tuple[str, str], ...]
    pages: tuple[str, ...]


@dataclass(frozen=True)
class InvoicePage:
    """An order's invoices as their buyer sees them.

    Attributes:
        split: into which invoices the order falls that nobody has asked for yet.
        wish: what is wanted and waits for the goods; None when nothing waits.
        is_settled: it can be asked for at once.
        may_ask: the form is of use; `is_mending` when something has to be corrected with it.
        is_old_id: the tax id is one of before the unified code.
    """

    code: str
    is_settled: bool
    papers: tuple[Paper, ...]
    split: tuple[Split, ...]
    wish: TitleFacts | None
    may_ask: bool
    is_mending: bool
    may_withdraw: bool
    may_be_special: bool
    is_old_id: bool
    account_tail: str


def goods_words(titles: Sequence[str]) -> str:
    """Return what an invoice is about in few words; an empty title is the freight."""
    named = [title or _("运费") for title in titles]
    return named[0] if len(named) == 1 else _("%(first)s 等 %(n)d 样", first=named[0], n=len(named))


def paper(order_code: str, request: RequestFacts, red_due: Mapping[int, int], now: datetime) -> Paper:
    """Return one issuer's invoice as its buyer sees it.

    Args:
        red_due: from the order's bill.
    """
    return Paper(
        code=request.code,
        issuer=issuer_words(request.issuer_kind, request.issuer_name),
        kind=str(KINDS[request.title.kind if request.invoice is None else request.invoice.kind]),
        goods=goods_words([line.title for line in request.lines]),
        amount_fen=request.amount_fen,
        title=" ".join(filter(None, (request.title.title, request.title.tax_id))),
        told=ready_words(request, now),
        word=WORDS[request.state],
        steps=steps_of(request),
        reason=request.reason if request.state in (RequestState.NEEDS_FIXING, RequestState.REJECTED) else None,
        tracking=None
        if request.shipment_key is None
        else url_for("orders.tracking", code=order_code, key=request.shipment_key),
        red_due_fen=0 if request.invoice is None else red_due.get(request.invoice.id, 0),
        stands_fen=request.invoice.net_fen if request.invoice is not None and request.invoice.red_letters else None,
        number=None if request.invoice is None else request.invoice.number,
        files=_files(order_code, request),
        pages=_pages(order_code, request),
    )


def _files(order_code: str, request: RequestFacts) -> tuple[tuple[str, str], ...]:
    kept = () if request.invoice is None else request.invoice.files
    return tuple(
        (one.kind.value.upper(), url_for("order_invoices.file", code=order_code, paper=request.code, number=number))
        for number, one in enumerate(kept, 1)
    )


def _pages(order_code: str, request: RequestFacts) -> tuple[str, ...]:
    kept = () if request.invoice is None else request.invoice.files
    return tuple(
        url_for("order_invoices.page_picture", code=order_code, paper=request.code, number=number, page=page)
        for number, one in enumerate(kept, 1)
        for page in range(1, one.pages + 1)
    )


def split_of(of: Bill, claimed: Sequence[RequestFacts], centre: str) -> tuple[Split, ...]:
    """Return into which invoices an order falls, as far as nobody has asked for them yet."""
    taken = {line.order_line_id for one in claimed for line in one.lines}
    rows: dict[tuple[int, str] | None, list[str]] = {}
    sums: dict[tuple[int, str] | None, int] = {}
    kinds = {}
    for line in of.lines:
        fen = line.left_fen if of.is_settled else line.worth_fen
        if fen and line.order_line_id not in taken:
            rows.setdefault(line.vendor, []).append(line.title)
            sums[line.vendor] = sums.get(line.vendor, 0) + fen
            kinds[line.vendor] = line.issuer
    return tuple(
        Split(
            issuer_words(kinds[vendor], vendor[1]) if vendor is not None else centre,
            goods_words(titles),
            sums[vendor],
            None if kinds[vendor] in MAY_BE_SPECIAL else _("只能开普通发票"),
        )
        for vendor, titles in rows.items()
    )


def is_red(request: RequestFacts) -> bool:
    """Tell whether nothing of a request's invoice stands any more."""
    return request.invoice is not None and not request.invoice.net_fen


def is_living(request: RequestFacts) -> bool:
    """Tell whether an invoice comes, or stands."""
    return request.state not in OVER and not is_red(request)


def invoice_page(
    order: OrderFacts, of: Bill, requests: Sequence[RequestFacts], wish: WishFacts | None, centre: str, now: datetime
) -> InvoicePage:
    """Return an order's invoices as their buyer sees them.

    Args:
        centre: what the centre is called, which issues for the freight.
    """
    living = [one for one in requests if is_living(one)]
    split = split_of(of, living, centre)
    waiting = wish.title if wish is not None and not wish.is_met else None
    is_mending = any(one.state is RequestState.NEEDS_FIXING for one in requests)
    return InvoicePage(
        code=order.code,
        is_settled=of.is_settled,
        papers=tuple(
            paper(order.code, one, of.red_due, now) for one in sorted(requests, key=lambda one: not is_living(one))
        ),
        split=split,
        wish=waiting,
        may_ask=is_mending or (order.state in WANTED_IN and bool(split)),
        is_mending=is_mending,
        may_withdraw=waiting is not None or any(one.state in MAY_WITHDRAW for one in requests),
        may_be_special=any(line.issuer in MAY_BE_SPECIAL for line in of.lines if line.order_line_id is not None),
        is_old_id=wish is not None and is_old_licence(wish.title.tax_id),
        account_tail=wish.title.account_tail if wish is not None else "",
    )


@dataclass(frozen=True)
class InvoicePanel:
    """What an order's own page says of its invoices.

    Attributes:
        title: in whose name one is wanted that waits for the goods; None when none is.
        rows: each invoice: its code, who issues, how far it is, how much.
        is_mending: its buyer has to correct something.
        may_ask: something of it may still be asked for.
    """

    href: str
    title: str | None
    rows: tuple[tuple[str, str, Word, int], ...]
    is_mending: bool
    may_ask: bool


def invoice_panel(page: InvoicePage) -> InvoicePanel | None:
    """Return what an order's own page says of its invoices; None where there is nothing to say or to ask."""
    if not (page.papers or page.wish or page.may_ask):
        return None
    rows = tuple((one.code, one.issuer, one.word, one.amount_fen) for one in page.papers)
    return InvoicePanel(
        url_for("order_invoices.invoices", code=page.code),
        page.wish.title if page.wish is not None else None,
        rows,
        page.is_mending,
        page.may_ask and not page.wish and not page.is_mending,
    )
