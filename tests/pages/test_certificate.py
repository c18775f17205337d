"""A seller's certificate: what it says, and what its sealed address says of a printed copy."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from urllib.parse import quote, urlsplit

import pytest
import zxingcpp
from PIL import Image
from resvg_py import svg_to_bytes
from sqlalchemy import update

from shop.flows import selling
from shop.flows.shelf import renew_paper
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.vendors.certificate import Said, checked, sealed
from shop.vendors.models import PaperKind, Vendor
from tests.support.pages import Pages
from tests.world.market import HOUSE, Market, another_vendor, listing

SAYS = {part: part.value for part in Said}
DAY = date(2026, 11, 23)


def test_a_seal_tells_its_day_and_what_changed_since() -> None:
    seal = sealed("secret", "abc", SAYS, DAY)
    assert len(seal) == 48
    found = checked("secret", "abc", SAYS, seal)
    assert found is not None
    assert (found.on, found.changed) == (DAY, ())
    for part in Said:
        other = checked("secret", "abc", {**SAYS, part: "else"}, seal)
        assert other is not None
        assert other.changed == (part,)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "0" * 48,
        "证" * 48,
        "A" * 4096,
        "../../etc/passwd",
        "<script>",
        sealed("another secret", "abc", SAYS, DAY),
        sealed("secret", "another", SAYS, DAY),
        sealed("secret", "abc", SAYS, DAY) + "A",
        sealed("secret", "abc", SAYS, DAY)[:-1],
        " " + sealed("secret", "abc", SAYS, DAY),
        sealed("secret", "abc", SAYS, DAY) + "=",
    ],
)
def test_what_the_centre_did_not_seal_is_not_its_own(forged: str) -> None:
    assert checked("secret", "abc", SAYS, forged) is None


def test_no_bit_of_a_seal_can_be_changed() -> None:
    seal = sealed("secret", "abc", SAYS, DAY)
    for place in range(len(seal)):
        other = "B" if seal[place] != "B" else "C"
        assert checked("secret", "abc", SAYS, seal[:place] + other + seal[place + 1 :]) is None, place


def printed(pages: Pages, at: Market, size: str = "a4") -> str:
    """Print the certificate, scan what was printed, and return the address without its host."""
    page = pages.get(f"/households/{at.vendor.code}/certificate/{size}")
    drawn = re.search(r"<svg[^>]*viewBox.*?</svg>", page.text.partition('class="barcode-bars"')[2], re.DOTALL)
    assert drawn is not None
    png = svg_to_bytes(svg_string=drawn.group(), dpi=203, background="white")
    (code,) = zxingcpp.read_barcodes(
        Image.open(BytesIO(bytes(png))).convert("L").point(lambda grey: 255 * (grey > 127))
    )
    address = urlsplit(code.text)
    return f"{address.path}?{address.query}"


def note(at: Market, until: date | None, number: str = "川坊1号") -> None:
    """Let a manager note a paper."""
    act = partial(renew_paper, vendor_id=at.vendor.id, kind=PaperKind.WORKSHOP_FILING, number=number, until=until)
    at.world.run(partial(act, actor=HOUSE, clock=at.world.clock))


def decide(at: Market, act: Callable[..., None], **told: str) -> None:
    """Let a manager decide something about the household."""
    at.world.run(partial(act, code=at.vendor.code, actor=HOUSE, clock=at.world.clock, **told))


def today(at: Market) -> date:
    """Return the town's day."""
    return town_day(at.world.clock())


def test_it_says_who_sells_on_what_ground_and_since_when(at: Market, pages: Pages) -> None:
    note(at, today(at) + timedelta(days=365))
    note(at, today(at) - timedelta(days=1), "川坊旧号")
    page = pages.get(f"/households/{at.vendor.code}/certificate")
    for words in (
        at.vendor.name,
        "大湾村",
        "农户自产自销",
        "按《电子商务法》第十条不需要办理市场主体登记",
        "2026年11月22日",
        "小鱼洞山货中心",
        "小作坊备案证 今天有效 川坊1号 到2027年11月22日",
        "小作坊备案证 已过期 川坊旧号 到2026年11月21日",
    ):
        assert words in page.main, words
    assert at.vendor.phone not in page.text
    pages.get("/households/nobody/certificate", status=404)
    pages.get(f"/households/{at.vendor.code}/certificate/poster", status=404)


def test_every_public_page_of_theirs_leads_to_it(at: Market, pages: Pages) -> None:
    code, own = listing(at).code, f"/households/{at.vendor.code}/certificate"
    for address in (f"/goods/{code}", f"/goods/{code}/questions", f"/households/{at.vendor.code}", "/standings"):
        assert own in pages.get(address).links().values(), address
    for address in ("/", "/season", "/search?q=" + quote("鸡蛋"), "/c/poultry-eggs"):
        page = pages.get(address)
        assert "/standings" in page.links().values(), f"{address} shows goods of many, and leads to the register of all"
    decide(at, selling.suspend, reason="在查")
    for address in (f"/goods/{code}", f"/households/{at.vendor.code}"):
        assert own in pages.get(address, status=404).links().values(), address


def test_a_card_printed_for_who_does_not_sell_says_so(at: Market, pages: Pages) -> None:
    address = f"/households/{at.vendor.code}/certificate/card"
    assert "当天无效" not in pages.get(address).main
    decide(at, selling.suspend, reason="在查")
    for size in ("card", "a4"):
        assert "当天无效" in pages.get(f"/households/{at.vendor.code}/certificate/{size}").main


def test_on_the_announced_day_it_counts_no_more_whether_or_not_the_job_has_run(at: Market, pages: Pages) -> None:
    decide(at, selling.announce_leaving, reason="搬走")
    at.world.clock.advance(days=29)
    assert "今天有效" in pages.get(f"/households/{at.vendor.code}/certificate").main
    at.world.clock.advance(days=1)
    assert "今天无效" in pages.get(f"/households/{at.vendor.code}/certificate").main


@pytest.mark.parametrize("size", ["a4", "card"])
def test_a_printed_copy_agrees_until_something_changes(at: Market, pages: Pages, size: str) -> None:
    note(at, today(at) + timedelta(days=3))
    address = printed(pages, at, size)
    assert "与中心的登记一致 2026年11月22日印的" in pages.get(address).main
    at.world.clock.advance(days=3)
    assert "与中心的登记一致" in pages.get(address).main
    at.world.clock.advance(days=1)
    page = pages.get(address)
    assert "印出后有变动" in page.main
    assert "小作坊备案证到期了" in page.main
    note(at, today(at) + timedelta(days=300))
    assert "证变了" in pages.get(address).main
    assert "与中心的登记一致" in pages.get(printed(pages, at, size)).main


def test_a_renewed_paper_was_seen_on_the_day_of_its_renewal(at: Market, pages: Pages) -> None:
    until = today(at) + timedelta(days=3)
    note(at, until)
    at.world.clock.advance(days=2)
    note(at, until)
    assert "中心2026年11月22日看过" in pages.get(f"/households/{at.vendor.code}/certificate").main, "nothing is new"
    note(at, today(at) + timedelta(days=300))
    page = pages.get(f"/households/{at.vendor.code}/certificate")
    assert "中心2026年11月24日看过" in page.main
    assert "小鱼洞山货中心，2026年11月24日" in page.main


def test_the_paper_ends_at_the_towns_midnight(at: Market, pages: Pages) -> None:
    note(at, today(at))
    at.world.clock.set(at.world.clock().astimezone(TOWN_ZONE).replace(hour=23, minute=59, second=59))
    assert "今天有效 川坊1号" in pages.get(f"/households/{at.vendor.code}/certificate").main
    at.world.clock.advance(seconds=1)
    assert "已过期 川坊1号" in pages.get(f"/households/{at.vendor.code}/certificate").main


def test_a_printed_copy_of_who_was_suspended_says_so(at: Market, pages: Pages) -> None:
    address = printed(pages, at)
    decide(at, selling.suspend, reason="在查")
    page = pages.get(address)
    assert "印出后有变动" in page.main
    assert "能不能卖变了" in page.main
    assert "今天无效" in page.main
    assert "在查" not in page.main, "the reason is the household's and the centre's"
    decide(at, selling.restore)
    assert "与中心的登记一致" in pages.get(address).main
    decide(at, selling.announce_leaving, reason="搬走")
    page = pages.get(address)
    assert "能不能卖变了" in page.main
    assert "公告：这家2026年12月22日起不在这里卖了" in page.main


def test_a_new_name_and_village_are_named(at: Market, pages: Pages) -> None:
    address = printed(pages, at)
    rename = update(Vendor).where(Vendor.id == at.vendor.id).values(name="周家")
    at.world.run(lambda session: session.execute(rename))
    assert "名字变了" in pages.get(address).main


def test_a_copy_with_anothers_seal_or_none_is_not_the_centres(at: Market, pages: Pages) -> None:
    other = another_vendor(at.world)
    seal = printed(pages, at).partition("?")[2]
    for query in (seal.replace("s=", "s=A"), "s=", "s=%ff%fe", "s=" + "9" * 3000, "s=<script>alert(1)</script>"):
        page = pages.get(f"/households/{at.vendor.code}/certificate?{query}")
        assert "这不是中心发的" in page.main, query
    assert "这不是中心发的" in pages.get(f"/households/{other.code}/certificate?{seal}").main
    assert "这不是中心发的" not in pages.get(f"/households/{at.vendor.code}/certificate").main
