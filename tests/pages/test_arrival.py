"""When a thing comes to its reader's own home, before anything is put into a basket."""

import pytest

from shop.catalog.models import Listing
from tests.support.pages import Pages
from tests.world.market import Market, listing


def test_a_named_place_gets_its_day_and_its_carriage(pages: Pages, eggs: Listing) -> None:
    before = pages.get(f"/goods/{eggs.code}")
    assert "最晚" not in before.main
    page = pages.get(f"/goods/{eggs.code}?to=四川", max_statements=13)
    assert "最晚" in page.main
    assert "单寄一份运费 ¥" in page.main
    (chosen,) = [option for option in page.all("option") if option.get("selected") is not None]
    assert chosen.get("value") == "四川"


def test_provinces_are_called_as_their_reader_calls_them_and_sent_by_their_name(pages: Pages, eggs: Listing) -> None:
    for lang, said in (("zh_Hant", "內蒙古"), ("en", "Inner Mongolia")):
        pages.client.set_cookie("lang", lang)
        options = {one.get("value"): one.text for one in pages.get(f"/goods/{eggs.code}").all("option")}
        assert options["内蒙古"] == said


@pytest.mark.parametrize("typed", ["", "火星", "四川'--"])
def test_a_place_that_is_none_is_asked_for_again(pages: Pages, eggs: Listing, typed: str) -> None:
    page = pages.get(f"/goods/{eggs.code}?to={typed}")
    assert "最晚" not in page.main
    assert not [option for option in page.all("option") if option.get("selected") is not None]


def test_what_would_spoil_on_the_way_is_said_before_the_basket(at: Market, pages: Pages) -> None:
    tofu = listing(at, title="豆花", travel_days=1)
    page = pages.get(f"/goods/{tofu.code}?to=四川", max_statements=13)
    assert "它在路上只经得起 1 天，寄不了" in page.main
    assert "最晚" not in page.main


def test_no_day_is_told_for_what_cannot_be_bought_now(at: Market, pages: Pages) -> None:
    shoots = listing(at, title="春笋", months=(3, 4))
    page = pages.get(f"/goods/{shoots.code}?to=四川", max_statements=13)
    assert "不在季节" in page.main
    for promised in ("最晚", "前付款", "几时到</button>"):
        assert promised not in page.text, promised
    assert "寄到各处的运费" in page.main
