"""The photos of a villager's new thing: several at once, sent again, dropped, refused, and never doubled."""

from io import BytesIO

import pytest
from PIL import Image

from shop.catalog.drafts.models import OfferDraft
from shop.media.models import Photo
from tests.pages.selling import begun, jpeg
from tests.pages.test_villager_drafts import count, drafts
from tests.support.pages import Pages
from tests.world.market import Market


def test_photos_several_at_once_and_one_chosen_but_not_yet_taken_in(at: Market, villager: Pages) -> None:
    villager.get("/vendor/goods/new")
    raw = jpeg().getvalue()
    two = [(jpeg(), "1.jpg"), (BytesIO(raw), "2.jpg")]
    page = villager.submit_form("photo-form", press="下一步", photo=two)
    assert page.heading == "它叫什么"
    page = villager.get(page.url.replace("/name", "/photos"))
    assert page.heading == "拍好 2 张了"
    villager.submit_form("photo-form", press="下一步", photo=(BytesIO(raw), "again.jpg"))
    assert len(drafts(at)[0].photos) == 2


def test_a_photo_sent_again_after_a_lost_answer_is_one_photo(at: Market, villager: Pages) -> None:
    page = villager.get("/vendor/goods/new")
    address = page.form("photo-form").action
    raw = jpeg().getvalue()
    for key, picture in (("a", raw), ("a", raw), ("a", jpeg().getvalue()), ("b", raw)):
        # Neither another picture under the same key nor the same picture under another key makes a second one.
        sent = {"client_key": key * 32, "photo": (BytesIO(picture), "p.jpg"), "csrf_token": page.token()}
        response = villager.client.post(address, data=sent, headers={"Accept": "application/json"})
        assert response.status_code == 200
        assert response.json is not None
        assert set(response.json) == {"photo", "actions"}
    assert [len(one.photos) for one in drafts(at)] == [1]


def test_a_store_without_room_keeps_nothing_and_the_same_photo_comes_in_later(
    at: Market, villager: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = villager.get("/vendor/goods/new")
    address, raw = page.form("photo-form").action, jpeg().getvalue()
    token = page.token()

    def sent() -> int:
        facts = {"client_key": "a" * 32, "photo": (BytesIO(raw), "p.jpg"), "csrf_token": token}
        return villager.client.post(address, data=facts, headers={"Accept": "application/json"}).status_code

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(at.world.house.store), "put", full)
    assert sent() == 500
    assert (count(at, Photo), count(at, OfferDraft)) == (0, 0)
    monkeypatch.undo()
    assert [sent(), sent()] == [200, 200]
    assert [len(one.photos) for one in drafts(at)] == [1]


def test_photos_are_dropped_brought_back_and_made_the_cover(at: Market, villager: Pages) -> None:
    address = begun(villager, 3)
    first, second, third = (photo.key for photo in drafts(at)[0].photos)
    villager.get(f"{address}/photos")
    page = villager.post(f"{address}/photos/change", {"act": "first", "key": third})
    assert [photo.key for photo in drafts(at)[0].photos] == [third, first, second]
    page = villager.post(f"{address}/photos/change", {"act": "drop", "key": first})
    assert page.heading == "拍好 2 张了"
    villager.submit_form("拿回刚才那张")
    assert [photo.key for photo in drafts(at)[0].photos] == [third, second, first]
    villager.post(f"{address}/photos/change", {"act": "drop", "key": "0" * 64}, status=404)


def test_what_is_no_photo_is_refused_in_words_and_six_are_enough(at: Market, villager: Pages) -> None:
    page = villager.get("/vendor/goods/new")
    assert "还没有照片" in villager.submit_form("photo-form", status=422, press="下一步").main
    for raw, words in ((b"%PDF-1.7 x", "这是文档或压缩包"), (b"hello", "这个文件不是照片")):
        page = villager.submit_form("photo-form", status=422, press="下一步", photo=(BytesIO(raw), "egg.jpg"))
        assert words in page.main
    assert (count(at, Photo), count(at, OfferDraft)) == (0, 0)
    mixed = [(jpeg((320, 240), 1), "1.jpg"), (BytesIO(b"hello"), "2.jpg"), (jpeg((320, 240), 2), "3.jpg")]
    page = villager.submit_form("photo-form", status=422, press="下一步", photo=mixed)
    assert "第 2 张：这个文件不是照片" in page.main
    assert page.heading == "拍好 2 张了"
    villager.max_statements = 60  # each photo is a row of its own
    seven = [(jpeg((320, 240), seed), f"{seed}.jpg") for seed in range(3, 8)]
    page = villager.submit_form("photo-form", status=422, press="下一步", photo=seven)
    assert "最多 6 张，多的没有收" in page.main
    assert "6 张够了" in page.main
    assert len(drafts(at)[0].photos) == 6


def test_a_picture_of_forty_megapixels_from_a_few_bytes_is_shown_small_or_refused(villager: Pages) -> None:
    bomb = BytesIO()
    Image.new("L", (8000, 8000)).save(bomb, "PNG")
    bomb.seek(0)
    villager.get("/vendor/goods/new")
    page = villager.submit_form("photo-form", status=422, press="下一步", photo=(bomb, "p.png"))
    assert "万像素" in page.main
