"""For search engines: where they may go, and the list of every page with the day on which it changed.

The formats are those of the Robots Exclusion Protocol (RFC 9309) and of sitemaps.org, protocol 0.90.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from flask import Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from shop.catalog import sitemap
from shop.catalog.views.public.about import absolute
from shop.catalog.views.public.base import bp
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import NotFound
from shop.web.house import house, reading

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
CLOSED = (
    "/basket",
    "/checkout",
    "/orders",
    "/pay/",
    "/me$",
    "/me/",
    "/sign-in",
    "/forgotten",
    "/vendor",
    "/staff",
    "/driver",
    "/hooks/",
    "/api/",
    "/search?",
)
"""What belongs to one person or has no end; the search page without a question may be read."""
HOUR = "public, max-age=3600"

Entry = tuple[str, datetime | None]


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Say where robots may not go, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return _kept(Response("\n".join(lines), content_type="text/plain; charset=utf-8"))


@bp.get("/sitemap.xml")
def sitemap_index() -> ResponseReturnValue:
    """Name the files of the list: one of places, and the goods by the thousands."""
    extent = sitemap.extent(reading())
    files = [url_for("catalog.sitemap_places")]
    files += [url_for("catalog.sitemap_goods", number=number) for number in range(1, extent.files + 1)]
    return _xml("sitemapindex", "sitemap", ((path, None) for path in files), extent.mark)


@bp.get("/sitemap/places.xml")
def sitemap_places() -> ResponseReturnValue:
    """List the front, the calendar, the register, the shelves and the households."""
    fixed = [(url_for(name), None) for name in ("catalog.home", "catalog.season", "catalog.standings")]
    shelves = ((url_for("catalog.category", code=code), at) for code, at in sitemap.shelves(reading()))
    homes = ((url_for("catalog.household", code=code), at) for code, at in sitemap.households(reading()))
    return _xml("urlset", "url", chain(fixed, shelves, homes), sitemap.extent(reading()).mark)


@bp.get("/sitemap/goods-<int:number>.xml")
def sitemap_goods(number: int) -> ResponseReturnValue:
    """List one file of goods."""
    extent = sitemap.extent(reading())
    if not 1 <= number <= extent.files:
        raise NotFound("sitemap")
    goods = ((url_for("catalog.listing", code=code), at) for code, at in sitemap.listings(reading(), number))
    return _xml("urlset", "url", goods, extent.mark)


def _xml(root: str, item: str, entries: Iterable[Entry], mark: str) -> Response:
    body = stream_with_context(_lines(root, item, entries))
    response = Response(body, content_type="application/xml; charset=utf-8")
    response.set_etag(f"{mark}-{house().settings.public_url}")
    return _kept(response)


def _lines(root: str, item: str, entries: Iterable[Entry]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n'
    for path, at in entries:
        changed = "" if at is None else f"<lastmod>{at.astimezone(TOWN_ZONE).isoformat(timespec='seconds')}</lastmod>"
        yield f"<{item}><loc>{escape(absolute(path))}</loc>{changed}</{item}>\n"
    yield f"</{root}>\n"


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = HOUR
    response.make_conditional(request)
    return response
