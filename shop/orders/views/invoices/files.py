"""An invoice's files for its buyer: to keep, and page by page as pictures where a browser shows a PDF as blank."""

from flask import Response
from flask.typing import ResponseReturnValue

from shop.invoices.queries import InvoiceFacts, requests_of_orders
from shop.kernel.errors import NotFound
from shop.media.documents.rules import TYPES, DocumentKind
from shop.media.documents.services import document_file, document_page
from shop.orders.views.browser import own_order
from shop.orders.views.invoices.base import bp
from shop.web.house import house, reading


def _invoice(code: str, paper: str) -> InvoiceFacts:
    """Return an invoice of an order, to whoever may see the order.

    Raises:
        NotFound: it is another's, or is not issued.
    """
    order = own_order(code)
    found = (one.invoice for one in requests_of_orders(reading(), [order.id]) if one.code == paper)
    invoice = next(found, None)
    if invoice is None:
        raise NotFound("invoice")
    return invoice


@bp.get("/orders/<code>/invoice/<paper>/files/<int:number>")
def file(code: str, paper: str, number: int) -> ResponseReturnValue:
    """Answer with one file of an invoice, to be kept; named by the invoice's number."""
    invoice = _invoice(code, paper)
    if not 1 <= number <= len(invoice.files):
        raise NotFound("document")
    one = invoice.files[number - 1]
    kind = DocumentKind(one.kind.value)
    response = _private(document_file(house().store, one.key, kind), TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{invoice.number}.{kind.value}"'
    return response


@bp.get("/orders/<code>/invoice/<paper>/files/<int:number>/pages/<int:page>")
def page_picture(code: str, paper: str, number: int, page: int) -> ResponseReturnValue:
    """Answer with a page of a PDF as a picture: what shows everywhere, also where a PDF opens blank."""
    invoice = _invoice(code, paper)
    if not 1 <= number <= len(invoice.files):
        raise NotFound("document")
    return _private(document_page(house().store, invoice.files[number - 1].key, page), "image/png")


def _private(content: bytes | None, content_type: str) -> Response:
    if content is None:
        raise NotFound("document")
    return Response(content, content_type=content_type, headers={"Cache-Control": "private, no-store"})
