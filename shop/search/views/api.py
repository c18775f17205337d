"""Search for programs: the same answers as the page, as JSON. Anybody may read them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from shop.catalog.queries import Card, CategoryFacts
from shop.kernel.clock import town_day
from shop.kernel.languages import Language
from shop.search.naming import Names
from shop.search.queries import suggestions
from shop.search.question import PRICE_BANDS, Count, Facets
from shop.search.views.answering import Answer, answer, reader
from shop.search.views.asked import Fault, limit_of, question_of, text_of
from shop.search.views.contract import MOST, MOST_SUGGESTIONS, USUAL, USUAL_SUGGESTIONS, document
from shop.web.audience import Audience, blueprint
from shop.web.gloss import said_in
from shop.web.house import house
from shop.web.i18n import _, offered, written_in

bp = blueprint("search_api", __name__, Audience.PUBLIC, prefix="/api/v1")

FRESH_S = {"search": 15, "suggest": 300, "openapi": 3600}
"""How long an answer may be kept by who asked; stock and prices change."""

FAULT_WORDS = {
    "not_a_number": _l("要一个整数。"),
    "out_of_range": _l("太大或者太小。"),
    "not_a_flag": _l("只认 1、0、true、false。"),
    "not_a_sort": _l("没有这种排法。"),
    "too_long": _l("太长了。"),
    "unknown": _l("没有这个编号。"),
    "upside_down": _l("最高价比最低价还低。"),
}
KIND_WORDS = {"village": _l("村"), "household": _l("人家"), "shelf": _l("货架")}


def _json(body: object, status: int = 200, *, content_type: str = "application/json") -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, content_type=f"{content_type}; charset=utf-8")


def _kept(body: object, fresh_s: int) -> Response:
    """Return an answer that may be kept for a while and then asked after by its mark."""
    response = _json(body)
    response.headers["Cache-Control"] = f"public, max-age={fresh_s}"
    response.add_etag()
    response.make_conditional(request)
    return response


def _problem(status: int, title: str, faults: Sequence[Fault] = ()) -> Response:
    """Return why there is no answer (RFC 9457)."""
    errors = [{"field": f.field, "code": f.code, "message": str(FAULT_WORDS[f.code])} for f in faults]
    body = {"type": "about:blank", "title": title, "status": status, "errors": errors}
    return _json(body, status, content_type="application/problem+json")


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> ResponseReturnValue:
    """Say for programs what went wrong with a request."""
    return _problem(error.code or 500, _("这样问，答不了。"))


@bp.get("/search")
def search_goods() -> ResponseReturnValue:
    """Answer `q` and the filters with one page of goods."""
    question, faults = question_of(request.args, _month())
    limit, limit_faults = limit_of(request.args, USUAL, MOST)
    if faults or limit_faults:
        return _problem(400, _("有的参数不对。"), (*limit_faults, *faults))
    found = answer(replace(question, per_page=limit))
    if found.faults:
        return _problem(400, _("有的参数不对。"), found.faults)
    return _kept(_results(found, question.page), FRESH_S["search"])


@bp.get("/suggest")
def suggest() -> ResponseReturnValue:
    """Answer how `q` may go on."""
    limit, faults = limit_of(request.args, USUAL_SUGGESTIONS, MOST_SUGGESTIONS)
    language = offered(request.args.get("lang") or Language.HANS)
    if faults or language is None:
        unknown = () if language else (Fault("lang", "unknown"),)
        return _problem(400, _("有的参数不对。"), (*faults, *unknown))
    # A shelf and the goods on it may have one name: one of them is enough, it searches for the same.
    typed = text_of(request.args)
    every = [(said_in(language, s.text, typed), s.kind) for s in suggestions(reader(), typed, 2 * limit)]
    found = list({text: (text, kind) for text, kind in reversed(every)}.values())[::-1][:limit]
    with written_in(language):
        items = [{"text": text, "kind": kind, "label": str(KIND_WORDS.get(kind, ""))} for text, kind in found]
    return _kept({"items": items}, FRESH_S["suggest"])


@bp.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Answer with the contract of these answers."""
    return _kept(document(house().settings.public_url), FRESH_S["openapi"])


def _month() -> int:
    return town_day(house().clock()).month


def _results(found: Answer, asked_page: int) -> dict[str, Any]:
    results = found.results
    # A program leafs until nothing comes; what is shown to people instead is the last page.
    ids = results.items if asked_page <= results.pages else ()
    return {
        "items": _items(found, ids),
        "total": results.total,
        "sure": results.sure if found.question.text else results.total,
        "page": asked_page,
        "pages": results.pages,
        "facets": _facets(results.facets, found.shelves, found.names),
        "corrected_to": results.corrected_to,
        "understood": list(results.understood),
        "near": _items(found, results.near),
    }


def _items(found: Answer, listing_ids: Sequence[int]) -> list[dict[str, Any]]:
    names = {shelf.code: shelf.name for shelf in found.shelves}
    by_id = {card.id: card for card in found.cards}
    return [_item(by_id[i], names) for i in listing_ids]


def _item(card: Card, shelf_names: Mapping[str, str]) -> dict[str, Any]:
    public_url = house().settings.public_url
    return {
        "code": card.code,
        "ref": card.ref,
        "title": card.title,
        "price_fen": card.way.price_fen,
        "unit": card.way.unit,
        "pieces": card.way.pieces,
        "pricing": card.way.pricing.value,
        "per_500g_fen": card.way.per_500g_fen,
        "vendor": card.vendor_name,
        "vendor_code": card.vendor_code,
        "village": card.village,
        "village_code": card.village_code,
        "category": shelf_names[card.category_code],
        "category_code": card.category_code,
        "in_season": card.in_season,
        "free": card.free,
        "url": public_url + url_for("catalog.listing", code=card.code),
        "image": public_url + card.photo.src if card.photo is not None else None,
    }


def _facets(facets: Facets, shelves: Sequence[CategoryFacts], names: Names) -> dict[str, Any]:
    counts = {count.code: count.count for count in facets.categories}
    return {
        "categories": [
            {"code": shelf.code, "name": shelf.name, "parent": shelf.parent_code, "count": counts[shelf.code]}
            for shelf in shelves
            if shelf.code in counts
        ],
        "villages": _choices(facets.villages, names.villages),
        "vendors": _choices(facets.vendors, names.vendors),
        "in_season": facets.in_season,
        "in_stock": facets.in_stock,
        "prices": [
            {"min_fen": least, "max_fen": most, "count": count}
            for (least, most), count in zip(PRICE_BANDS, facets.prices, strict=True)
        ],
    }


def _choices(counts: Sequence[Count], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"code": c.code, "name": names[c.code], "count": c.count} for c in counts if c.code in names]
