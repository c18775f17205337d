"""What a chat or a search engine shows of a page whose address somebody sends: words, address, picture."""

from functools import partial
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image
from sqlalchemy import select

from shop.media.services import receive
from shop.site.articles.models import ArticleKind
from shop.town.models import Village
from tests.pages.selling import jpeg
from tests.pages.test_machine_reading import HERE, meta
from tests.support.pages import Pages
from tests.world.articles import told
from tests.world.market import HOUSE, Market, listing

LEAST = 300
"""A chat shows no picture smaller than this, in pixels."""


def check(pages: Pages, path: str, title: str, *, address: str = "") -> Image.Image:
    """Read what a page says of itself; return the picture it names."""
    page = pages.get(path)
    assert title in meta(page, "og:title"), path
    assert meta(page, "description") == meta(page, "og:description")
    assert meta(page, "description"), path
    assert meta(page, "og:url") == HERE + (address or path)
    card = meta(page, "og:image")
    assert card.startswith(f"{HERE}/media/"), card
    answer = pages.client.get(urlsplit(card).path)
    assert answer.content_type == meta(page, "og:image:type")
    picture = Image.open(BytesIO(answer.get_data()))
    assert min(picture.size) >= LEAST, path
    assert picture.size == (int(meta(page, "og:image:width")), int(meta(page, "og:image:height")))
    return picture


def test_every_page_that_is_shared_has_words_an_address_and_a_picture(at: Market, pages: Pages) -> None:
    take = partial(receive, at.world.edge.transaction, at.world.house.store, actor=HOUSE, clock=at.world.clock)
    photo = take(jpeg((1600, 1200)).getvalue()).key
    made = listing(at, title="土鸡蛋", story="林子里捡的。", photo_keys=(photo,))
    story = told(at.world, ArticleKind.STORY)
    at.world.deliver()
    village = at.world.read(lambda session: session.scalars(select(Village.code).where(Village.name == "大湾村")).one())
    check(pages, "/", "山货")
    check(pages, f"/stories/{story}", "桥头的老茶馆")
    check(pages, f"/villages/{village}", "大湾村")
    for prefix in ("", "/q"):
        check(pages, f"{prefix or '/goods'}/{made.code}", "土鸡蛋", address=f"/goods/{made.code}")
        check(pages, f"{prefix or '/households'}/{at.vendor.code}", "周素珍家", address=f"/households/{at.vendor.code}")
    check(pages, f"/q/{made.code}/poster", "土鸡蛋", address=f"/goods/{made.code}")


def test_a_page_without_a_photo_shows_the_shops_sign(at: Market, pages: Pages) -> None:
    made = listing(at, title="土鸡蛋", story="林子里捡的。")
    for path in ("/", "/season", f"/goods/{made.code}", f"/households/{at.vendor.code}"):
        assert check(pages, path, "").format == "PNG", path
        assert meta(pages.get(path), "twitter:card") == "summary"


def test_a_page_says_its_language_as_chats_name_it(at: Market, pages: Pages) -> None:
    path = f"/goods/{listing(at).code}"
    for lang, here in (("zh_Hans", "zh_CN"), ("zh_Hant", "zh_TW"), ("en", "en_GB")):
        pages.client.set_cookie("lang", lang)
        page = pages.get(path)
        assert meta(page, "og:locale") == here
        others = {found.get("content") for found in page.all("meta", property="og:locale:alternate")}
        assert others == {"zh_CN", "zh_TW", "en_GB"} - {here}
