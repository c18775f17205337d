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
from shop.catalog.views.public.base import bp, today
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import NotFound
from shop.site.articles.queries import for_robots
from shop.town.queries import villages
from shop.web.about import absolute
from shop.web.articles import PAGES
from shop.web.house import house, reading

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
CLOSED = (
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
    "/search?*&",
)
"""What belongs to one person or has no end: of the search only the first page of a plain question may be read."""
FIXED = (
    "catalog.home",
    "catalog.season",
    "catalog.standings",
    "articles.town",
    "articles.stories",
    "articles.sights",
    "articles.way",
    "articles.helps",
    "articles.announcements",
)
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
    """List the front, the calendar, the register, the town's own pages, the shelves, the households, the villages."""
    fixed = [(url_for(name), None) for name in FIXED]
    told = [(url_for(PAGES[kind], code=code), at) for kind, code, at in for_robots(reading(), today())]
    places = [(url_for("catalog.village", code=one.code), None) for one in villages(reading())]
    shelves = ((url_for("catalog.category", code=code), at) for code, at in sitemap.shelves(reading()))
    homes = ((url_for("catalog.household", code=code), at) for code, at in sitemap.households(reading()))
    last = max((f"{at:%y%m%d%H%M%S}" for _path, at in told), default="")
    mark = f"{sitemap.extent(reading()).mark}-{len(places)}-{len(told)}-{last}"
    return _xml("urlset", "url", chain(fixed, shelves, homes, places, told), mark)


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
