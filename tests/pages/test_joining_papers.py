"""The papers of an application: what is told wrong, what is no photo, what is brought, who sees the photos."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.media.models import PrivatePhoto
from shop.media.rules import private_name
from shop.vendors.joining.models import ApplicationState, Proof
from shop.vendors.models import Standing
from tests.pages.joining import fill, photo, to_papers
from tests.support.pages import Pages
from tests.world import World
from tests.world.joining import LICENCE, Hall, hall, one_photo
from tests.world.market import PASSWORD, someone


@pytest.fixture
def at(world: World) -> Hall:
    return hall(world)


PAPERS = [
    ({"number": "川坊1", "until": "1900-01-01"}, "这一天已经过了"),
    ({"number": "川坊1", "until": "2126-01-01"}, "这一天太远了"),
    ({"number": "川坊1", "until": ""}, "写一下证上写的到哪天为止"),
    ({"number": "川坊1", "until": "明年"}, "日子写成"),
    ({"number": "川坊1", "until": "2026-02-31"}, "日子写成"),
    ({"number": "", "until": "2029-01-01"}, "写一下证上的号"),
    ({"number": "长" * 200, "until": "2029-01-01"}, "最多 60 个字"),
]


@pytest.mark.parametrize(("typed", "said"), PAPERS)
def test_what_no_permit_says_is_told_at_its_field(at: Hall, pages: Pages, typed: dict[str, str], said: str) -> None:
    to_papers(at, pages, goods=("cured-meat",))
    pages.get("/join/papers/2")
    page = fill(pages, {"proof": "workshop_filing", **typed}, "记下", status=422)
    assert said in page.main
    assert "还没有照片" in page.main, "everything that is wrong is told at once"
    assert at.application().papers == ()


def test_a_photo_is_not_taken_twice_for_a_number_typed_wrong(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, goods=("cured-meat",))
    pages.get("/join/papers/2")
    typed = {"photo": photo(), "proof": "workshop_filing", "number": "", "until": "1900-01-01"}
    page = fill(pages, typed, "记下", status=422)
    assert "写一下证上的号" in page.main
    assert "这一天已经过了" in page.main
    assert "您拍的小作坊备案证" in page.text, "the photo is there"
    assert "换一张照片" in page.main
    (half,) = at.application().papers
    assert (half.is_half, half.is_shown) == (True, False)
    page = pages.get("/join/papers")
    assert "照片有了，号还没写好" in page.main
    assert page.links()["拍照"] == "/join/papers/1"
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo()}, "记下")
    assert "还差：给中心看的" in pages.get("/join/check").main, "a photo without its number is no paper"
    pages.get("/join/papers/2")
    page = fill(pages, {"number": "川坊1", "until": "2029-05-31"}, "记下")
    assert "小作坊备案证 川坊1" in page.main
    assert at.application().papers[0].photo_key == half.photo_key
    assert len(at.world.read(lambda session: session.scalars(select(PrivatePhoto)).all())) == 1 + 1


def test_half_a_paper_takes_the_place_of_a_whole_one_and_is_not_sent(at: Hall, pages: Pages) -> None:
    code = at.tell(standing=Standing.REGISTERED)
    at.show(code, Proof.REGISTRATION, number=LICENCE)
    pages.sign_in(at.person.phone, PASSWORD)
    version = at.application().version
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo(one_photo(90)), "number": LICENCE[:-1]}, "记下", status=422)
    page = pages.get("/join/check")
    assert "还差：给中心看的" in page.main
    assert pages.post("/join/check", {"version": version + 1}).heading == "给中心看的"
    assert at.application().state is ApplicationState.DRAFT


LICENCES = [
    ("91110000600037342L", "有一位写错了"),
    ("12345678901", "统一社会信用代码"),
    ("", "写一下证上的号"),
    ("<script>", "统一社会信用代码"),
]


@pytest.mark.parametrize(("number", "said"), LICENCES)
def test_a_licence_is_checked_by_its_check_character(at: Hall, pages: Pages, number: str, said: str) -> None:
    to_papers(at, pages, standing="registered")
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(), "number": number}, "记下", status=422)
    assert said in page.main
    assert page.form().values["number"] == [number]


def test_an_older_licence_is_taken_with_a_warning(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, standing="registered")
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(), "number": "510182600001234"}, "记下")
    assert "这是老执照的号" in page.main
    assert "执照还是老号" in pages.get("/join/check").main


FILES = [
    (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "文档"),
    (b"", "空的"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    (b"hello", "不是照片"),
]


@pytest.mark.parametrize(("raw", "said"), FILES)
def test_what_is_no_photo_is_refused_in_words(at: Hall, pages: Pages, raw: bytes, said: str) -> None:
    to_papers(at, pages)
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(raw, "证.pdf")}, "记下", status=422)
    assert said in page.main
    assert at.application().papers == ()


def test_without_a_photo_it_says_what_to_do(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    pages.get("/join/papers/1")
    page = fill(pages, {}, "记下", status=422)
    assert "还没有照片" in page.main


def test_what_is_brought_stands_on_one_list(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, goods=("cured-meat",))
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo()}, "记下")
    pages.get("/join/papers/2")
    page = fill(pages, {"proof": "workshop_filing"}, "现在没有，带到中心去")
    assert "带到中心给人看" in page.main
    fill(pages, {}, "下一步")
    fill(pages, {"way": "cash"}, "下一步")
    page = fill(pages, {}, "送到中心")
    assert "去中心的时候带上" in page.main
    assert "小作坊备案证或者食品生产许可证" in page.main
    assert "场镇老街 1 号" in page.main


def test_a_photo_of_a_paper_is_its_applicants_and_the_centres(
    at: Hall, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    key = at.application().papers[0].photo_key
    assert key is not None
    for width in (320, 640, 1920):
        assert visitor().client.get(f"/media/{key}/{width}.jpg").status_code == 404
    assert visitor().client.get(f"/media/{private_name(key)}").status_code == 404
    assert visitor().client.get("/join/photos/own_work").status_code == 303
    pages.sign_in(at.person.phone, PASSWORD)
    mine = pages.client.get("/join/photos/own_work")
    assert (mine.status_code, mine.content_type) == (200, "image/jpeg")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert pages.client.get("/join/photos/quarantine").status_code == 404
    assert pages.client.get("/join/photos/..").status_code == 404
    other = visitor()
    other.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    assert other.client.get("/join/photos/own_work").status_code == 404
    assert other.client.get(f"/staff/applications/{code}/photos/own_work").status_code == 403
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    address = f"/staff/applications/{code}/photos/own_work"
    assert staff.client.get(address).status_code == 404, "a draft is nobody else's business"
    at.send(code)
    assert staff.client.get(address).status_code == 200
    assert staff.client.get(f"/staff/applications/{code}/photos/nothing").status_code == 404
    at.approve(code)
    assert staff.client.get(address).status_code == 422, "later it takes a reason"
    token = staff.get("/me").token()
    assert staff.client.post(address, data={"csrf_token": token, "reason": "抽查"}).status_code == 200


def test_another_photo_takes_the_place_of_the_first(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    keys = []
    for shade in (200, 90):
        pages.get("/join/papers/1")
        fill(pages, {"photo": photo(one_photo(shade))}, "记下")
        keys.append(at.application().papers[0].photo_key)
    first, second = keys
    assert first is not None
    assert second is not None
    assert first != second
    assert at.world.house.store.get(private_name(first)) is None, "what was replaced is gone"
    assert at.world.house.store.get(private_name(second)) is not None
    page = pages.get("/join/papers/1")
    assert f"v={second[:8]}" in page.text
    fill(pages, {}, "记下")
    assert at.application().papers[0].photo_key == second, "told again without a photo, the photo stays"


def test_of_two_papers_that_would_do_the_last_one_told_stands(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, goods=("cured-meat",))
    pages.get("/join/papers/2")
    filing = {"photo": photo(), "proof": "workshop_filing", "number": "川坊1", "until": "2029-05-31"}
    assert "小作坊备案证 川坊1" in fill(pages, filing, "记下").main
    (first,) = at.application().papers
    assert first.photo_key is not None
    pages.get("/join/papers/2")
    page = fill(pages, {"proof": "food_licence"}, "现在没有，带到中心去")
    assert "川坊1" not in page.main
    (told,) = at.application().papers
    assert (told.proof, told.photo_key) == (Proof.FOOD_LICENCE, None)
    assert at.world.house.store.get(private_name(first.photo_key)) is None
