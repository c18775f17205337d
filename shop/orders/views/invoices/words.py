"""How far a buyer's invoice is, in words and steps."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from shop.flows.invoicing import NOTHING_LEFT
from shop.invoices.models import InvoiceKind, IssuerKind, Medium, RedReason, RequestState
from shop.invoices.queries import InvoiceFacts, PassageFacts, RequestFacts
from shop.invoices.rules import READY_SPAN
from shop.kernel.money import yuan
from shop.orders.views.progress import Step
from shop.orders.views.words import Word
from shop.web.i18n import _
from shop.web.words import full_date, town_date

S = RequestState

WORDS: Mapping[RequestState, Word] = {
    S.REQUESTED: Word(_l("等中心看"), "waiting"),
    S.NEEDS_FIXING: Word(_l("要您改一改"), "problem"),
    S.ACCEPTED: Word(_l("正在开"), "waiting"),
    S.REJECTED: Word(_l("开不了"), "problem"),
    S.WITHDRAWN: Word(_l("撤回了"), "info"),
    S.ISSUED: Word(_l("开好了"), "waiting"),
    S.AVAILABLE: Word(_l("可以下载"), "done"),
    S.SENT: Word(_l("寄出了"), "waiting"),
    S.SIGNED: Word(_l("签收了"), "done"),
    S.RETURNED: Word(_l("退回柜台了"), "problem"),
    S.HANDED_OVER: Word(_l("交给您了"), "done"),
}

LABELS: Mapping[RequestState, str] = {
    S.REQUESTED: _l("申请"),
    S.NEEDS_FIXING: _l("要改"),
    S.ACCEPTED: _l("受理"),
    S.REJECTED: _l("开不了"),
    S.WITHDRAWN: _l("撤回"),
    S.ISSUED: _l("开票"),
    S.AVAILABLE: _l("下载"),
    S.SENT: _l("寄出"),
    S.SIGNED: _l("签收"),
    S.RETURNED: _l("没送到，在中心柜台"),
    S.HANDED_OVER: _l("到柜台拿"),
}
KINDS: Mapping[InvoiceKind, str] = {
    InvoiceKind.ORDINARY: _l("普通发票"),
    InvoiceKind.SPECIAL: _l("增值税专用发票"),
}
RED_WORDS: Mapping[RedReason, str] = {
    RedReason.ISSUED_WRONG: _l("开错了"),
    RedReason.GOODS_RETURNED: _l("退了货"),
    RedReason.SERVICE_STOPPED: _l("没有办成"),
    RedReason.ALLOWANCE: _l("减了价"),
}
STOPPED = frozenset({S.NEEDS_FIXING, S.REJECTED, S.WITHDRAWN, S.RETURNED})


COMING = frozenset({S.REQUESTED, S.ACCEPTED, S.ISSUED})


def ready_words(request: RequestFacts, now: datetime) -> str | None:
    """Return by when an invoice can be had, or is on its way; None once it is, or where it stopped."""
    if request.state not in COMING or is_fetched(request):
        return None
    by = request.asked_at + READY_SPAN
    if now > by:
        return _("比说好的晚了，可以打中心的电话催。")
    if request.title.medium is Medium.ELECTRONIC:
        return _("最晚%(day)s可以下载", day=town_date(by))
    return (
        _("最晚%(day)s寄出", day=town_date(by)) if request.title.street else _("最晚%(day)s可以来拿", day=town_date(by))
    )


def is_fetched(request: RequestFacts) -> bool:
    """Tell whether it lies at the counter for a buyer who wanted to fetch it."""
    return request.state is S.ISSUED and request.title.medium is Medium.PAPER and not request.title.street


def issuer_words(kind: IssuerKind, name: str) -> str:
    """Return who issues an invoice, and for what where that needs to be said."""
    if kind is IssuerKind.TAX_OFFICE:
        return _("税务所代开，%(name)s的货", name=name)
    if kind is IssuerKind.CENTRE:
        return _("%(name)s，运费", name=name)
    return name


def path_of(request: RequestFacts) -> tuple[RequestState, ...]:
    """Return the milestones of a request from the asking to its buyer's hand."""
    begin = (S.REQUESTED, S.ACCEPTED, S.ISSUED)
    if request.title.medium is Medium.ELECTRONIC:
        return (*begin, S.AVAILABLE)
    passed = {passage.to_state for passage in request.passages}
    if S.HANDED_OVER in passed or not request.title.street:
        return (*begin, *((S.SENT,) if S.SENT in passed else ()), S.HANDED_OVER)
    return (*begin, S.SENT, S.SIGNED)


def reached(request: RequestFacts) -> int:
    """Return how many milestones of its path a request has behind it."""
    path = path_of(request)
    at = request.state
    if at is S.NEEDS_FIXING:
        return 1
    if at in STOPPED:
        at = next(passage.to_state for passage in reversed(request.passages) if passage.to_state in path)
    return path.index(at) + 1


def steps_of(request: RequestFacts) -> tuple[Step, ...]:
    """Return every step of a request with its time, those to come without."""
    return tuple(_steps(request))


def _steps(request: RequestFacts) -> Iterator[Step]:
    last: dict[RequestState, PassageFacts] = {passage.to_state: passage for passage in request.passages}
    path, behind = path_of(request), reached(request)
    for place, state in enumerate(path):
        if place == behind and request.state in STOPPED:
            passage = last[request.state]
            yield Step(str(LABELS[request.state]), passage.at, "failed", _reason(passage))
            if request.state in (S.REJECTED, S.WITHDRAWN):
                return
        if place < behind:
            note = _day(request.invoice) if state is S.ISSUED and request.invoice is not None else None
            yield Step(str(LABELS[state]), last[state].at, "done", note)
        else:
            is_now = place == behind and request.state not in STOPPED
            yield Step(str(LABELS[state]), None, "now" if is_now else "todo", None)
    for letter in request.invoice.red_letters if request.invoice is not None else ():
        day = town_date(letter.issued_on)
        told = _("%(day)s，红字发票 %(number)s。", day=day, number=letter.number)
        amount = yuan(letter.amount_fen)
        yield Step(_("%(why)s，冲红 %(amount)s", why=RED_WORDS[letter.reason], amount=amount), None, "done", told)


def _reason(passage: PassageFacts) -> str | None:
    if passage.reason == NOTHING_LEFT:
        return _("这张上的货，钱都退给您了。")
    return passage.reason or None


def _day(invoice: InvoiceFacts) -> str:
    day = full_date(invoice.issued_on)
    return _("发票上写的是%(day)s。", day=day)
