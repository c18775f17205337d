"""Half past midnight in Chengdu: already the new day, the new month and another season, while UTC sleeps on."""

from datetime import UTC, datetime

from tests.pages.buying import at_provider, placed, to_pay
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import listing

HALF_PAST_MIDNIGHT = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)


def test_the_new_month_has_begun_on_every_page(pages: Pages, world: World, clock: SettableClock) -> None:
    clock.set(HALF_PAST_MIDNIGHT)
    at = market.market(world)
    winter = listing(at, title="冬月腊肉", months=(12, 1))
    listing(at, title="秋天猕猴桃", months=(10, 11))
    home = pages.get("/").main
    assert "当季 冬月腊肉" in home
    assert "当季 秋天猕猴桃" not in home
    assert "十二月" in pages.get("/season").main

    paying = to_pay(pages, winter)
    assert "12月1日 00:45" in paying.main
    page = at_provider(pages, "付款")
    made = placed(at, page)
    order_page = pages.get(f"/orders/{made.code}")
    assert "12月1日 00:30" in order_page.main
    assert "11月30日" not in order_page.main
    assert str(made.parts[0].due_on) == "2026-12-02"
