"""What was issued is recorded here: its files first, from which the form is filled in; and red letters."""

from collections.abc import Callable
from functools import partial

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.invoices import recording
from shop.invoices.models import InvoiceFile, RedReason
from shop.invoices.recording import Issued, Red
from shop.invoices.views.staff import bp, do, show
from shop.invoices.views.staff_forms import PaperForm, RecordForm, RedForm
from shop.invoices.views.staff_page import Forms, is_odd, request_by_code
from shop.invoices.views.staff_words import RED_OVER, WRONG
from shop.kernel.errors import Invalid, NotFound
from shop.media.documents.rules import TYPES, BadDocument, DocumentKind
from shop.media.documents.services import document_file, document_page, receive_document
from shop.media.rules import KEY
from shop.media.words import document_flaw_words
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.sizes import takes_documents

MB = 1024 * 1024
READ = "read"
"""The button that only takes the files in and reads them."""


@bp.post("/<code>/issued")
@takes_documents
def record(code: str) -> ResponseReturnValue:
    """Take in the files that were sent; then record the invoice, unless only the files were to be read."""
    form = RecordForm.from_request(prefix="record")
    is_sent_well = form.is_sent_well()
    is_read = request.form.get("step") == READ
    keys, flaws = _received(code)
    if is_read and not flaws:
        return redirect(url_for("staff_invoices.one", code=code, file=keys), 303)
    if flaws:
        form.files.errors = flaws
        return _again(code, form, keys)
    if not is_sent_well:
        return _again(code, form, keys)
    if not form.sure.data and is_odd(reading(), code, form, keys):
        return _again(code, form, keys)
    issued = Issued(form.number.data or "", form.batch.data or "", form.day(), form.amount_fen(), tuple(keys))
    act = partial(recording.record_issued, code=code, issued=issued, actor=current_actor(), clock=house().clock)
    return _try(code, act, _("记好了。"), form, Forms(record=form), keys)


def _received(code: str) -> tuple[list[str], list[str]]:
    """Return the keys of all files that were sent for a request, now and before, and what is wrong with the others."""
    keys, flaws = request.form.getlist("file"), []
    request_by_code(reading(), code)
    wired, actor = house(), current_actor()
    for sent in request.files.getlist("record-files"):
        if not sent.filename:
            continue
        limit = wired.settings.document_mb
        try:
            keys.append(
                receive_document(
                    edge().transaction, wired.store, sent.read(), max_bytes=limit * MB, actor=actor, clock=wired.clock
                )
            )
        except BadDocument as error:
            flaws.append(document_flaw_words(error.reason, limit))
    return keys, flaws


def _again(code: str, form: RecordForm, keys: list[str]) -> Response:
    return show(code, Forms(record=form), 422, keys=keys)


def _try(
    code: str,
    act: Callable[[Session], object],
    done: str,
    form: PaperForm,
    forms: Forms,
    keys: list[str] | None = None,
) -> ResponseReturnValue:
    try:
        return do(code, act, done, forms, keys=keys)
    except Invalid as refusal:
        words = str(WRONG[refusal.field, refusal.reason])
        if isinstance(form, RedForm) and refusal.field == "amount" and refusal.reason == "over":
            words = str(RED_OVER)
        if refusal.field == "order":
            return show(code, forms, 422, words, keys=keys)
        form[refusal.field].errors = [words]
        return show(code, forms, 422, keys=keys)


@bp.post("/<code>/red")
def record_red(code: str) -> ResponseReturnValue:
    """Record a red letter beside the invoice."""
    form = RedForm.from_request(prefix="red")
    if not form.is_sent_well():
        return show(code, Forms(red=form), 422)
    reason = RedReason(form.reason.data)
    red = Red(form.number.data or "", form.batch.data or "", form.day(), form.amount_fen(), reason)
    act = partial(recording.record_red, code=code, red=red, actor=current_actor(), clock=house().clock)
    return _try(code, act, _("记好了，告诉买家了。"), form, Forms(red=form))


def _file(code: str, number: int) -> InvoiceFile:
    row = request_by_code(reading(), code)
    files = [] if row.invoice is None else row.invoice.files
    if not 1 <= number <= len(files):
        raise NotFound("document")
    return files[number - 1]


@bp.get("/<code>/files/<int:number>")
def file(code: str, number: int) -> ResponseReturnValue:
    """Answer with one file of the invoice, to be kept and not to be opened in place."""
    one = _file(code, number)
    kind = DocumentKind(one.kind.value)
    content = document_file(house().store, one.key, kind)
    if content is None:
        raise NotFound("document")
    response = Response(content, content_type=TYPES[kind])
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{number}.{kind.value}"'
    return response


@bp.get("/<code>/sent/<key>/<int:number>")
def sent_page(code: str, key: str, number: int) -> ResponseReturnValue:
    """Answer with the picture of a page that was sent for a request and is not recorded yet."""
    request_by_code(reading(), code)
    content = document_page(house().store, key, number) if KEY.fullmatch(key) else None
    if content is None:
        raise NotFound("document")
    return Response(content, content_type="image/png", headers={"Cache-Control": "private, no-store"})
