"""A buyer is written to in the language in which they bought, asked, or wanted a code."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from shop.app.languages import translations
from shop.catalog.models import Listing
from shop.catalog.questions.models import ListingQuestion
from shop.catalog.questions.services import answer
from shop.flows import delivery
from shop.flows.checkout import Placed
from shop.kernel.languages import Language
from shop.notifications.tongues import yuan
from shop.orders.models import Order
from shop.payments.queries import payments_of
from shop.town.queries import the_town
from shop.web.house import House
from tests.pages.buying import TO, fill
from tests.rooms.phones import Gateway
from tests.support.pages import Pages
from tests.world.market import (
    DRIVER,
    HOUSE,
    Market,
    fill_basket,
    listing,
    order,
    pack,
    pay,
    place,
    receive_all,
    send,
    variant_id,
)
from tests.world.market import TO as TO_TOWN

PHONE = "13812345678"


class Post:
    """A mail provider at the border."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, email: str, subject: str, text: str, *, key: str) -> None:
        self.sent.append((email, subject, text))


@pytest.fixture
def phones() -> Gateway:
    return Gateway()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def at(at: Market, phones: Gateway, post: Post) -> Market:
    """The market whose messages reach the providers at the border."""
    wired: House = replace(at.world.house, sms=phones, mail=post)
    return replace(at, world=replace(at.world, house=wired))


def pressed(language: Language, words: str) -> str:
    """Return what a button is called."""
    return str(translations(language).ugettext(words))


def told(at: Market, phones: Gateway) -> list[str]:
    """Return what has reached the buyer's phone since the last time, unsigned."""
    at.world.deliver()
    reached = [text for phone, text, _key in phones.asked if phone == PHONE]
    phones.asked.clear()
    return [text.removeprefix("【小鱼洞】") for text in reached]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.EN,
            [
                "Order {code} is placed: ¥{total}. We see to it once it is paid.",
                "Order {code} is paid: ¥{total}. We are getting it ready, and tell you once it is.",
                "A parcel of order {code} was sent. Carrier: The town’s own delivery. Waybill: {waybill}.",
                "A parcel of order {code} came back. Goods paid for are refunded; "
                "we write again once we have seen them.",
                "¥{goods} of order {code} went back the way you paid. Not there in a few days? Ring {centre}.",
            ],
        ),
        (
            Language.HANT,
            [
                "訂單{code}已下單，{total}元，付了款我們就辦。",
                "訂單{code}已付{total}元，我們這就備貨，好了再告訴您。",
                "訂單{code}的包裹已交鎮上送貨，單號{waybill}，請留意收貨。",
                "訂單{code}沒送成（沒人在家），退回中心了。付過的貨款先退您，中心看過貨再告訴您。",
                "訂單{code}的{goods}元已按付款的原路退回，過幾天還沒入帳請打{centre}。",
            ],
        ),
    ],
)
def test_from_the_click_to_the_refund_a_buyer_is_written_to_in_the_language_of_the_click(
    at: Market, pages: Pages, eggs: Listing, phones: Gateway, post: Post, language: Language, words: list[str]
) -> None:
    pages.client.set_cookie("lang", language.value)
    fill(pages, eggs)
    pages.get("/checkout")
    pages.submit_form("/checkout", press=pressed(language, "看运费和总价"), email="zhang@example.cn", **TO)
    pages.submit_form("/checkout", 303, press=pressed(language, "确认下单"), follow=False)
    code = at.world.read(lambda session: session.scalars(select(Order.code)).one())
    heard = told(at, phones)
    paying = at.world.read(lambda session: payments_of(session, code)[0])
    pay(at, Placed(code, paying.code, "demo"), late=True)
    heard += told(at, phones)
    receive_all(at, code)
    waybill = send(at, pack(at, code))
    heard += told(at, phones)
    back = partial(delivery.bring_back, waybill=waybill, reason="没人在家", actor=DRIVER, clock=at.world.clock)
    at.world.run(back)
    at.world.tick()
    heard += told(at, phones)
    made = order(at, code)
    facts = {
        "code": code,
        "total": yuan(made.total_fen),
        "goods": yuan(made.goods_fen),
        "waybill": waybill,
        "centre": at.world.read(the_town).centre_phone,
    }
    assert heard == [text.format(**facts) for text in words]
    assert [email for email, _subject, _text in post.sent] == ["zhang@example.cn"] * len(words)
    bodies = [text.partition("\n")[0] for _email, _subject, text in post.sent]
    assert bodies == heard


def test_the_centre_sees_what_a_buyer_reads_where_it_is_not_the_towns_own(at: Market, staff: Pages) -> None:
    for language, said in ((Language.EN, "买家看的是 English"), (Language.HANT, "买家看的是 繁體")):
        made = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}), to=replace(TO_TOWN, language=language))
        assert said in staff.get(f"/staff/orders/{made.order_code}").main
    made = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    assert "买家看的是" not in staff.get(f"/staff/orders/{made.order_code}").main


def test_whoever_asked_in_english_hears_of_the_answer_in_english(
    at: Market, pages: Pages, eggs: Listing, phones: Gateway
) -> None:
    pages.client.set_cookie("lang", "en")
    pages.get(f"/goods/{eggs.code}")
    pages.submit_form(pressed(Language.EN, "问一问"), text="How many are in a box?", phone=PHONE)
    assert not told(at, phones)
    code = at.world.read(lambda session: session.scalars(select(ListingQuestion.code)).one())
    for words, said in (("一盒三十枚", "the answer is on its page"), ("Thirty.", "Thirty")):
        act = partial(answer, code=code, text=words, vendor_id=at.vendor.id, actor=HOUSE, clock=at.world.clock)
        at.world.run(act)
        assert told(at, phones) == [f"Your question about {eggs.title} (Chicken egg) is answered: {said}."]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_Hans", "是登录的验证码，10分钟内有效。"),
        ("zh_Hant", "是登入的驗證碼，10分鐘內有效。"),
        ("en", "is your code to sign in, good for 10 minutes."),
    ],
)
def test_a_code_comes_in_the_language_of_the_page_that_asked_for_it(
    at: Market, pages: Pages, phones: Gateway, language: str, words: str
) -> None:
    pages.client.set_cookie("lang", language)
    pages.get("/sign-in/code")
    pages.submit_form("/sign-in/code", phone=PHONE)
    [text] = told(at, phones)
    assert words in text
