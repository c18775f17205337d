"""The three languages of a buyer: which one a request gets, how it is chosen, and what stays in the town's own."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from shop.accounts.models import Role
from shop.catalog.rules import Way
from shop.kernel.languages import Language
from shop.search.follower import Follower
from shop.web.gloss import english_of
from shop.web.han import in_hant, page_in_hant, page_with_han_marked
from shop.web.i18n import language_of
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import PASSWORD, Market, listing, someone


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", Language.HANS),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.HANS),
        ("zh-SG", Language.HANS),
        ("zh-TW,zh;q=0.9,en-US;q=0.8", Language.HANT),
        ("zh-HK", Language.HANT),
        ("zh-MO", Language.HANT),
        ("zh-Hant-CN", Language.HANT),
        ("zh-Hans-TW", Language.HANS),
        ("yue-Hant-HK", Language.HANT),
        ("en-US,en;q=0.9,zh-CN;q=0.8", Language.EN),
        ("en;q=0.4,zh-TW;q=0.8", Language.HANT),
        ("de-DE,de;q=0.9,en;q=0.7", Language.EN),
        ("de-DE,de;q=0.9", Language.HANS),
        ("en;q=0", Language.HANS),
        ("*", Language.HANS),
        ("english, please", Language.HANS),
        (";;;,=,q=", Language.HANS),
    ],
)
def test_a_browser_is_answered_in_the_first_language_it_asks_for(accepted: str, language: Language) -> None:
    assert language_of({}, accepted) is language


@pytest.mark.parametrize("chosen", list(Language))
def test_what_was_chosen_counts_more_than_what_the_browser_asks_for(chosen: Language) -> None:
    assert language_of({"lang": chosen.value}, "en,zh-TW;q=0.5") is chosen
    assert language_of({"lang": "tlh"}, "en,zh-TW;q=0.5") is Language.EN


def _asked(pages: Pages, path: str, accepted: str) -> Page:
    answer = pages.client.get(path, headers={"Accept-Language": accepted})
    return Page(path, answer.status_code, answer.headers, answer.text)


def test_a_page_says_in_which_language_it_is_and_that_it_depends_on_who_asks(pages: Pages, world: World) -> None:
    market.town(world)
    for accepted, tag, word in (("zh-CN", "zh-Hans", "搜索"), ("zh-HK", "zh-Hant", "搜尋"), ("en-GB", "en", "Search")):
        page = _asked(pages, "/", accepted)
        assert (page.language, page.headers["Content-Language"]) == (tag, tag)
        assert {"Accept-Language", "Cookie"} <= {part.strip() for part in page.headers["Vary"].split(",")}
        assert word in page.words


def test_the_language_is_one_tap_away_on_top_and_at_the_foot_and_stays(pages: Pages, world: World) -> None:
    market.town(world)
    pages.get("/search?q=ham")
    english = pages.post("/language", {"lang": "en", "next": "/search?q=ham"})
    assert (english.url, english.language) == ("/search?q=ham", "en")
    assert pages.get("/season").language == "en"
    assert [button.label for form in english.forms() for button in form.buttons if button.name == "lang"] == [
        "中文", "简体", "繁體", "English",
    ]  # fmt: skip
    assert pages.post("/language", {"lang": "zh_Hant", "next": "/"}).language == "zh-Hant"
    assert pages.post("/language", {"lang": "tlh", "next": "/"}).language == "zh-Hant"
    assert pages.post("/language", {"lang": "zh_Hans", "next": "//elsewhere.example/"}).url == "/"
    assert pages.get("/").language == "zh-Hans"


def test_those_who_work_here_read_their_pages_in_the_towns_language(
    pages: Pages, visitor: Callable[[], Pages], at: Market
) -> None:
    for person, path in ((someone(at.world, Role.STAFF), "/staff"), (at.vendor_person(), "/vendor")):
        browser = visitor()
        browser.client.set_cookie("lang", "en")
        browser.sign_in(person.phone, PASSWORD)
        page = browser.get(path, follow=True)
        assert page.language == "zh-Hans"
        assert browser.get("/season").language == "en"
    pages.client.set_cookie("lang", "en")
    page = pages.get("/staff/no-such-page", status=404)
    assert page.language == "zh-Hans"
    assert not any(form.action == "/language" for form in page.forms())
    assert pages.get("/join").language == "en"
    pages.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    assert pages.get("/join/who").language == "zh-Hans"


def test_what_the_town_wrote_is_read_in_the_readers_letters(pages: Pages, at: Market) -> None:
    thing = listing(at, title="老腊肉，后院熏的")
    page = _asked(pages, f"/goods/{thing.code}", "zh-TW")
    assert page.heading == "老臘肉，後院燻的"
    english = _asked(pages, f"/goods/{thing.code}", "en")
    assert (english.heading, english.one("h1").get("lang")) == ("老腊肉，后院熏的", "zh-Hans")
    assert _asked(pages, f"/goods/{thing.code}", "zh-CN").one("h1").get("lang") is None


def test_a_unit_that_stands_alone_is_read_in_the_readers_letters(pages: Pages, at: Market) -> None:
    hens = Way(unit="只", pieces=1, price_fen=9000, gross_g=1800, stock=4)
    page = _asked(pages, f"/goods/{listing(at, title='板鸭', ways=(hens,)).code}", "zh-TW")
    assert '<span class="stepper-unit">隻</span>' in page.text


def test_what_a_form_sends_back_is_never_written_anew() -> None:
    form = '<input name="to" value="广东"><textarea name="say">广东</textarea><option value="广东">广东</option>'
    assert page_in_hant(form) == form.replace(">广东</option>", ">廣東</option>")
    script = '<script type="application/ld+json">{"name": "腊肉"}</script><p>腊肉</p>'
    assert page_in_hant(script) == script.replace("<p>腊肉", "<p>臘肉")
    assert page_with_han_marked(script) == script.replace("<p>", '<p lang="zh-Hans">')
    mixed = '<p>From 大湾村</p><span class="name">大湾村</span><b lang="zh-Hans">村</b><title>村</title>'
    assert page_with_han_marked(mixed) == mixed.replace('"name"', '"name" lang="zh-Hans"')


def test_what_is_kept_in_the_towns_words_is_shown_in_the_readers(pages: Pages, world: World) -> None:
    market.town(world)
    pages.client.get("/card")
    assert "First scan the square" in _asked(pages, "/sign-in", "en").words
    pages.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    assert "别的设备" in _asked(pages, "/me/sign-ins", "zh-CN").words
    assert "Another device" in _asked(pages, "/me/sign-ins", "en").words


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("一斤干茶要4斤鲜叶", "一市斤乾茶要4市斤鮮葉"),
        ("¥18 / 斤", "¥18 / 市斤"),
        ("3 市斤，2.5公斤", "3 市斤，2.5公斤"),
        ("半斤八两，斤两不够", "半斤八兩，斤兩不夠"),
        ("带壳干核桃，勺子要干，能干的干部", "帶殼乾核桃，勺子要乾，能幹的幹部"),
        (
            "蛋托里，腊月里，渠道里，哪里；托里县，道里区，香格里拉",
            "蛋托裡，臘月裡，渠道裡，哪裡；托里縣，道里區，香格里拉",
        ),
        ("十来天后，3 天后；天黑自己回圈，岩壁下", "十來天後，3 天後；天黑自己回圈，岩壁下"),
    ],
)
def test_what_the_dictionary_reads_wrongly_is_said_as_it_is_meant(said: str, shown: str) -> None:
    assert in_hant(said) == shown
    assert in_hant(shown) == shown


def test_goods_shelves_units_and_days_are_readable_in_english(pages: Pages, at: Market) -> None:
    thing = listing(at, title="柏枝熏腊鸭1公斤", months=(11, 12, 1, 5))
    pages.client.set_cookie("lang", "en")
    page = pages.get(f"/goods/{thing.code}")
    assert "Cured duck" in page.main
    assert "/ box (30 pcs)" in page.main
    assert "May, Nov–Jan" in page.main
    assert at.category.name_en in page.links()
    assert "Cured duck" in pages.get("/").main
    pages.client.set_cookie("lang", "zh_Hant")
    assert "Cured duck" not in pages.get(f"/goods/{thing.code}").main


def test_when_the_centre_is_open_is_said_in_the_readers_language(pages: Pages, at: Market) -> None:
    for language, said in (("zh_Hans", "周一至周六"), ("zh_Hant", "週一至週六"), ("en", "Mon–Sat")):
        pages.client.set_cookie("lang", language)
        assert said in pages.get("/way").main


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("林下散养土鸡蛋", "Chicken egg"),
        ("带骨腊猪腿4.5公斤", "Ham"),
        ("小竹果篮20厘米", "Basket"),
        ("斑竹春笋2.5公斤", "Mottled bamboo shoot"),
        ("外婆的心意", ""),
        ("500克", ""),
    ],
)
def test_a_name_says_in_english_what_it_sells(title: str, said: str) -> None:
    assert english_of(title) == said


FOUND_BY = {
    "带骨腊猪腿": ("ham", "larou tui", "臘豬腿"),
    "柏枝熏老腊肉": ("cured pork", "larou", "臘肉"),
    "林下土鸡蛋": ("eggs", "chicken egg", "tujidan", "土雞蛋"),
    "斑竹春笋": ("bamboo shoots", "chunsun", "筍"),
    "夏初百花蜜": ("honey", "fengmi", "百花蜜"),
}


def test_what_is_typed_in_any_language_finds_the_goods_on_pages_in_each(pages: Pages, at: Market) -> None:
    for title in FOUND_BY:
        listing(at, title=title)
    Follower(at.world.edge.engine, at.world.house.settings.search_dir).step()
    found = []
    for language in Language:
        pages.client.set_cookie("lang", language.value)
        for title, typed in FOUND_BY.items():
            shown = in_hant(title) if language is Language.HANT else title
            for word in typed:
                page = pages.get(f"/search?{urlencode({'q': word})}")
                titles = [words_of(one) for one in page.all("h2", "card-title") + page.all("h3", "card-title")]
                if titles[:1] != [shown]:
                    found.append(f"{language}, {word}: {titles}")
    assert not found, "\n".join(found)
