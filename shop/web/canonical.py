"""The one address of a page that search engines may keep, whatever else stands in its query."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from shop.web.goods import page_number
from shop.web.house import house

KEPT: Mapping[str, tuple[str, ...]] = {
    "catalog.home": ("page",),
    "catalog.category": ("page",),
    "catalog.household": ("page",),
    "catalog.certificate": (),
    "catalog.season": (),
    "catalog.listing": (),
    "catalog.standings": ("page",),
    "catalog.village": ("page",),
    "articles.announcement": (),
    "articles.announcements": (),
    "articles.help_page": (),
    "articles.helps": (),
    "articles.sight": (),
    "articles.sights": (),
    "articles.stories": (),
    "articles.story": (),
    "articles.town": (),
    "articles.way": (),
    "search.results": ("q", "page"),
}
"""By endpoint, what of its query makes another page of it."""


def canonical() -> str | None:
    """Return the whole address of what this request shows, or None for a page that is nobody else's business."""
    endpoint = request.endpoint or ""
    if endpoint not in KEPT:
        return None
    page = page_number(request.args.get("page"))
    query: dict[str, Any] = {"q": " ".join(request.args.get("q", "").split()) or None}
    query["page"] = page if page > 1 else None
    values = {**(request.view_args or {}), **{name: query[name] for name in KEPT[endpoint]}}
    return house().settings.public_url + url_for(endpoint, **values)
