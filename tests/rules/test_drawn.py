"""What is made once and shown again is what would be made anew: cards, and addresses."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, url_for

from shop.app.addresses import Shop
from shop.media.models import Photo
from shop.media.queries import picture
from shop.web.goods import GoodsCard

READY = datetime(2026, 11, 22, tzinfo=UTC)
ITEM = GoodsCard(
    title="老腊肉500克",
    href="/goods/A",
    price_fen=6800,
    unit_label="/ 块",
    unit_price_text=None,
    is_lowest=True,
    weight=(),
    village="大湾村",
    vendor_name="周素珍",
    seal=None,
    note=None,
    is_sold_out=False,
    picture=picture(Photo(key="k" * 64, width=1600, height=1200, colour="#804020", ready_at=READY), "老腊肉"),
)
CHANGES: tuple[dict[str, Any], ...] = (
    {"price_fen": 6900},
    {"is_sold_out": True},
    {"title": "老腊肉"},
    {"note": "5月才有"},
    {"seal": ("当季", "season")},
    {"picture": None},
)
READERS: tuple[dict[str, str], ...] = (
    {},
    {"Accept-Language": "en"},
    {"Accept-Language": "zh-TW"},
    {"Cookie": "face=elder"},
)


def test_a_card_shows_its_facts_to_its_reader(app: Flask) -> None:
    macros: Any = app.jinja_env.get_template("components/listing_card.html").module
    seen = set()
    for item in (ITEM, *(replace(ITEM, **change) for change in CHANGES)):
        for headers in READERS:
            with app.test_request_context(headers=headers):
                anew = macros.card(asdict(item))  # a plain mapping is never kept
                assert macros.card(item) == macros.card(replace(item)) == anew
                seen.add(anew)
    # 简 and 繁 differ in no word of the house here, but for the box without a picture.
    assert len(seen) >= (1 + len(CHANGES)) * (len(READERS) - 1)


@pytest.mark.parametrize("values", [{"page": 2}, {"page": None}, {"page": "2"}, {"q": "腊 肉&"}, {"q": "长" * 300}])
def test_an_address_is_flasks(app: Flask, values: dict[str, Any]) -> None:
    for root in ("", "/shop"):
        with app.test_request_context("/c/tea", environ_overrides={"SCRIPT_NAME": root}):
            plain = Flask.url_for(app, "catalog.home", **values)
            assert url_for("catalog.home", **values) == url_for("catalog.home", **values) == plain
            assert plain.startswith(root + "/")
            assert url_for(".category", code="tea", _external=True) == f"http://localhost{root}/c/tea"


def test_an_address_is_made_once(app: Flask) -> None:
    with app.test_request_context("/"):
        made = [url_for("catalog.category", code="tea") for _time in range(3)]
    assert isinstance(app, Shop)
    assert set(made) == {"/c/tea"}
    assert app._address.cache_info().hits == 2
