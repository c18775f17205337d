"""One request as the centre reads it, and what may be done with it now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from shop.accounts.models import Viewed
from shop.accounts.sights import is_shown
from shop.courier.forms import COURIERS
from shop.flows.invoice_post import companions
from shop.invoices.billing import Bill, bill, left_of
from shop.invoices.models import InvoiceKind, InvoiceRequest, IssuerKind, Medium, RequestState
from shop.invoices.queries import InvoiceFacts, RequestFacts, RequestLineFacts, request_facts
from shop.invoices.reading import Read, read
from shop.invoices.recording import account_number
from shop.invoices.views.staff_forms import EnvelopeForm, ReasonForm, RecordForm, RedForm
from shop.invoices.views.staff_words import (
    ISSUER_WORDS,
    KIND_WORDS,
    MEDIUM_WORDS,
    NOT_ISSUED,
    RED_WORDS,
    STATE_WORDS,
    TITLE_WORDS,
)
from shop.kernel.audit import versions_of
from shop.kernel.clock import town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import NotFound
from shop.kernel.money import yuan
from shop.media.documents.rules import DocumentKind
from shop.media.documents.services import DocumentFacts, document_file, documents
from shop.orders.models import Order
from shop.vendors.joining.rules import is_old_licence
from shop.web.actors import actor_names
from shop.web.house import current_actor, house
from shop.web.i18n import _
from shop.web.places import region
from shop.web.words import full_date, masked_name

S = RequestState
Step = tuple[str, datetime | None, str, str | None]


@dataclass
class Forms:
    """The forms on the page; one that was refused stands in the place of its empty one."""

    back: ReasonForm = field(default_factory=lambda: ReasonForm(formdata=None, prefix="back"))
    reject: ReasonForm = field(default_factory=lambda: ReasonForm(formdata=None, prefix="reject"))
    record: RecordForm | None = None
    red: RedForm | None = None
    envelope: EnvelopeForm | None = None


@dataclass(frozen=True)
class Line:
    """A line as it is to be issued."""

    title: str
    amount: str
    fen: int
    note: str | None


@dataclass(frozen=True)
class File:
    """A file: what it is called here, where it is opened, and pictures of its pages."""

    name: str
    key: str
    href: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Issued:
    """The invoice as it is recorded, and what stands of it."""

    number: str
    rows: tuple[tuple[str, str], ...]
    files: tuple[File, ...]
    letters: tuple[tuple[str, str, str, str], ...]
    """Number, reason, amount, day."""
    stands_fen: int
    due_fen: int


@dataclass(frozen=True)
class Desk:
    """All that stands on the page.

    Attributes:
        version: what the page shows, for acts that go on from here.
        to_copy: what is typed into the tax office's system, in one piece; None when nothing is to be issued.
        special: what a special invoice needs besides, once somebody's look was written down.
        hindrance: why it cannot be issued now, or None.
        files: sent, and not recorded yet.
        odd: how what was typed differs from the files or from what is due.
        others: codes and titles of what may go into the same envelope.
    """

    code: str
    order_code: str
    version: int
    title: str
    state: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    warning: str | None
    clash: str | None
    lines: tuple[Line, ...]
    total_fen: int
    to_copy: str | None
    is_special: bool
    special: tuple[tuple[str, str], ...] | None
    hindrance: str | None
    may_accept: bool
    may_answer: bool
    may_record: bool
    may_post: bool
    may_hand_over: bool
    files: tuple[File, ...]
    odd: tuple[str, ...]
    issued: Issued | None
    where: str | None
    letter: str | None
    others: tuple[tuple[str, str], ...]
    history: tuple[Step, ...]
    forms: Forms


def request_by_code(session: Session, code: str) -> InvoiceRequest:
    """Return a request.

    Raises:
        NotFound: there is none.
    """
    row = session.scalars(select(InvoiceRequest).where(InvoiceRequest.code == code)).one_or_none()
    if row is None:
        raise NotFound("invoice_request")
    return row


def _order_and_request(session: Session, code: str) -> tuple[Order, InvoiceRequest]:
    """Return a request without what belongs to it, and its order: whose bill reads the rest of it."""
    wanted = select(Order, InvoiceRequest).join(InvoiceRequest, InvoiceRequest.order_id == Order.id)
    bare = lazyload(InvoiceRequest.lines), lazyload(InvoiceRequest.invoice)
    found = session.execute(wanted.where(InvoiceRequest.code == code).options(*bare)).one_or_none()
    if found is None:
        raise NotFound("invoice_request")
    return found[0], found[1]


def desk(session: Session, code: str, forms: Forms, *, keys: Sequence[str], clash: str | None) -> Desk:
    """Return the page of a request.

    Args:
        keys: of documents that were sent for it and are not recorded yet.
    """
    order, row = _order_and_request(session, code)
    of = bill(session, order)
    (facts,) = request_facts(session, [row])
    title = facts.title
    is_open = facts.state in (S.REQUESTED, S.ACCEPTED)
    left = left_of(row, of) if is_open else 0
    hindrance = None if not is_open or (of.is_settled and left) else "nothing" if of.is_settled else "unsettled"
    sent = documents(session, keys) if facts.state is S.ACCEPTED else []
    lines = _lines(facts, of, is_open=is_open)
    may_record = facts.state is S.ACCEPTED and hindrance is None
    told = _read(sent)
    if may_record and forms.record is None:
        forms.record = _record_form(told, left)
    is_issued = facts.invoice is not None
    if is_issued and forms.red is None:
        due = of.red_due.get(facts.invoice.id, 0) if facts.invoice is not None else 0
        today = town_day(house().clock())
        forms.red = RedForm(formdata=None, prefix="red", amount=plain(due) if due else None, issued_on=today)
    is_paper = title.medium is Medium.PAPER
    may_post = is_paper and bool(title.street) and facts.state in (S.ISSUED, S.RETURNED)
    if may_post and forms.envelope is None:
        forms.envelope = EnvelopeForm(formdata=None, prefix="post", key=new_code(10))
    if forms.envelope is not None:
        forms.envelope.carrier.choices = [(one, str(COURIERS[one])) for one in house().couriers]
        forms.envelope.carrier.data = forms.envelope.carrier.data or next(iter(house().couriers))
    is_special = title.kind is InvoiceKind.SPECIAL
    special = _special(session, facts) if is_special else None
    return Desk(
        code=code,
        order_code=order.code,
        version=versions_of(session, [f"invoice:{code}"])[f"invoice:{code}"],
        title=title.title,
        state=(str(STATE_WORDS[facts.state][0]), STATE_WORDS[facts.state][1]),
        facts=_facts(facts),
        warning=_("税号是老的 15 位或 20 位，没有校验位，开之前请和买家核对。")
        if is_old_licence(title.tax_id)
        else None,
        clash=clash,
        lines=lines,
        total_fen=left if is_open else facts.amount_fen,
        to_copy=_to_copy(facts, lines, left, special or ()) if is_open and left else None,
        is_special=is_special,
        special=special,
        hindrance=None if hindrance is None else str(NOT_ISSUED[hindrance]),
        may_accept=facts.state is S.REQUESTED and hindrance is None,
        may_answer=is_open,
        may_record=may_record,
        may_post=may_post,
        may_hand_over=is_paper and facts.state in (S.ISSUED, S.RETURNED),
        files=tuple(_sent_file(code, one, number) for number, one in enumerate(sent, 1)),
        odd=_odd(forms.record, told, left) if may_record and forms.record is not None else (),
        issued=_issued(code, facts.invoice, of.red_due.get(facts.invoice.id, 0)) if facts.invoice else None,
        where=_where(facts) if is_paper else None,
        letter=facts.shipment_key,
        others=tuple(companions(session, row)) if may_post else (),
        history=_history(facts),
        forms=forms,
    )


def _facts(facts: RequestFacts) -> tuple[tuple[str, str], ...]:
    title = facts.title
    rows = (
        (_("谁来开"), f"{facts.issuer_name}（{ISSUER_WORDS[facts.issuer_kind]}）"),
        (_("抬头"), f"{title.title}（{TITLE_WORDS[title.title_kind]}）"),
        (_("税号"), title.tax_id or _("没有")),
        (_("开什么"), str(KIND_WORDS[title.kind])),
        (_("怎么给"), _medium(facts)),
    )
    return tuple((str(term), str(told)) for term, told in rows)


def _medium(facts: RequestFacts) -> str:
    if facts.title.medium is Medium.ELECTRONIC:
        return str(MEDIUM_WORDS[Medium.ELECTRONIC])
    return _("纸质，快递寄去") if facts.title.street else _("纸质，到柜台来拿")


def _where(facts: RequestFacts) -> str | None:
    title = facts.title
    if not title.street:
        return None
    return f"{masked_name(title.recipient)} · {region(title.province, title.city, title.district)}"


def _lines(facts: RequestFacts, of: Bill, *, is_open: bool) -> tuple[Line, ...]:
    """Return what is to be issued; once it is, what was, and how much of each line went back since."""
    kept = {line.order_line_id: line for line in of.lines}
    told = []
    for line in facts.lines:
        now = kept.get(line.order_line_id)
        if is_open:
            told.append(_line(facts, line, now.left_fen if now is not None else 0, 0))
        else:
            back = max(0, line.amount_fen - (now.worth_fen if now is not None else 0)) if facts.invoice else 0
            told.append(_line(facts, line, line.amount_fen, back))
    return tuple(told)


def _line(facts: RequestFacts, line: RequestLineFacts, fen: int, back_fen: int) -> Line:
    name = line.title or _("运费")
    if line.weighed_g:
        amount = _("%(n)d 克", n=line.weighed_g)
    else:
        amount = f"{line.quantity} {line.unit}".strip() if line.title else "1"
    back = _("退了 %(amount)s", amount=yuan(back_fen)) if back_fen else None
    return Line(name, amount, fen, " · ".join(filter(None, (_note(facts, line), back))) or None)


def _note(facts: RequestFacts, line: RequestLineFacts) -> str | None:
    if line.is_exempt:
        return _("自产农产品，免税")
    return _("代开，按税务局说的税率") if facts.issuer_kind is IssuerKind.TAX_OFFICE else None


def _to_copy(facts: RequestFacts, lines: Sequence[Line], total: int, special: Sequence[tuple[str, str]]) -> str:
    title = facts.title
    rows = [_("购买方：%(title)s", title=title.title)]
    if title.tax_id:
        rows.append(_("税号：%(id)s", id=title.tax_id))
    rows.extend(f"{term}：{told}" for term, told in special)
    rows.append(_("票种：%(kind)s", kind=KIND_WORDS[title.kind]))
    for line in lines:
        note = f"（{line.note}）" if line.note else ""
        rows.append(f"{line.title}  {line.amount}  {plain(line.fen)}{note}")
    rows.append(_("价税合计：%(amount)s", amount=plain(total)))
    return "\n".join(rows)


def plain(fen: int) -> str:
    """Return fen as the tax office's forms take it: 63.00."""
    return f"{fen // 100}.{fen % 100:02d}"


def _special(session: Session, facts: RequestFacts) -> tuple[tuple[str, str], ...] | None:
    if not is_shown(session, facts.code, Viewed.INVOICE, actor=current_actor(), now=house().clock()):
        return None
    title = facts.title
    return (
        (_("地址"), title.seat),
        (_("电话"), title.seat_phone),
        (_("开户行"), title.bank),
        (_("账号"), account_number(session, house().vault, facts.code)),
    )


def _read(sent: list[DocumentFacts]) -> Read:
    """Return what the first of these files that says anything says."""
    for one in sent:
        raw = document_file(house().store, one.key, one.kind)
        told = Read() if raw is None else read(one.kind, raw)
        if told.number:
            return told
    return Read()


def _record_form(told: Read, left: int) -> RecordForm:
    amount = plain(told.amount_fen if told.amount_fen is not None else left)
    return RecordForm(
        formdata=None,
        prefix="record",
        number=told.number,
        batch=told.batch,
        issued_on=told.issued_on or town_day(house().clock()),
        amount=amount,
    )


def _odd(form: RecordForm, told: Read, left: int) -> tuple[str, ...]:
    """Return how what stands in the form differs from what a file says, and from what is due."""
    if form.errors or not (form.number.data or told.number):
        return ()
    found = []
    typed, batch = "".join(c for c in form.number.data or "" if c.isdigit()), form.batch.data or ""
    if told.number and (typed != told.number or batch.strip() != told.batch):
        found.append(_("文件里的号码是 %(told)s，和填的不一样。", told=f"{told.batch}{told.number}"))
    if told.issued_on and form.issued_on.data != told.issued_on:
        found.append(_("文件里的日期是 %(told)s，和填的不一样。", told=full_date(told.issued_on)))
    fen = form.amount_fen()
    if told.amount_fen is not None and fen != told.amount_fen:
        found.append(_("文件里的金额是 %(told)s，和填的不一样。", told=yuan(told.amount_fen)))
    if fen < left:
        found.append(_("比该开的 %(left)s 少 %(less)s，少的这些以后不能再开。", left=yuan(left), less=yuan(left - fen)))
    return tuple(found)


def is_odd(session: Session, code: str, form: RecordForm, keys: Sequence[str]) -> bool:
    """Tell whether what was typed differs from what its files say, or from what is due."""
    row = request_by_code(session, code)
    left = left_of(row, bill(session, session.get_one(Order, row.order_id)))
    return bool(_odd(form, _read(documents(session, keys)), left))


def _issued(code: str, invoice: InvoiceFacts, due_fen: int) -> Issued:
    letters = tuple(
        (one.number, str(RED_WORDS[one.reason]), yuan(one.amount_fen), full_date(one.issued_on))
        for one in invoice.red_letters
    )
    rows = [
        (_("号码"), invoice.number),
        (_("开票日期"), full_date(invoice.issued_on)),
        (_("价税合计"), yuan(invoice.amount_fen)),
    ]
    if letters:
        rows.append((_("冲红以后还剩"), yuan(invoice.net_fen)))
    files = tuple(
        File(
            name=_file_name(DocumentKind(one.kind.value), number),
            key=one.key,
            href=url_for("staff_invoices.file", code=code, number=number),
            pages=(),
        )
        for number, one in enumerate(invoice.files, 1)
    )
    return Issued(invoice.number, tuple(rows), files, letters, invoice.net_fen, due_fen)


def _file_name(kind: DocumentKind, number: int) -> str:
    return _("第 %(n)d 个文件（%(kind)s）", n=number, kind=kind.value.upper())


def _sent_file(code: str, one: DocumentFacts, number: int) -> File:
    pages = tuple(
        url_for("staff_invoices.sent_page", code=code, key=one.key, number=page) for page in range(1, one.pages + 1)
    )
    return File(_file_name(one.kind, number), one.key, "", pages)


def _history(facts: RequestFacts) -> tuple[Step, ...]:
    names = actor_names({one.actor for one in facts.passages})
    steps: list[Step] = []
    for one in facts.passages:
        who = names.get(one.actor)
        said = "：".join(part for part in (who, one.reason) if part) or None
        steps.append((str(STATE_WORDS[one.to_state][0]), one.at, "done", said))
    return tuple(steps)
