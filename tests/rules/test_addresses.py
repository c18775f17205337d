"""Pasted addresses: what people write comes apart into the right parts, and nothing they write hurts."""

import json
import string
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shop.accounts.addresses import Resolved, full_region, resolve
from shop.accounts.addresses.gazetteer import FULL, MUNICIPALITIES, UNDIVIDED, Place, index, plain, short_province
from shop.accounts.addresses.resolver import PARTS
from shop.courier.rules import PROVINCES
from shop.web.places import PROVINCE_WORDS

DATA = Path(__file__).with_name("data")
ENOUGH = 0.95
"""Share of all parts that must be right. `addresses_held_out.jsonl` was written before the resolver and is scored only:
whoever mends a text of it must mend it by a rule found elsewhere."""


@cache
def table(half: str) -> list[dict[str, Any]]:
    lines = (DATA / f"addresses_{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def wrong(row: dict[str, Any]) -> dict[str, tuple[str, str]]:
    got = resolve(row["text"])
    return {part: (getattr(got, part), row[part]) for part in PARTS if getattr(got, part) != row[part]}


def test_the_table_is_large_enough_and_no_text_stands_twice() -> None:
    texts = [row["text"] for half in ("tuning", "held_out") for row in table(half)]
    assert len(set(texts)) == len(texts) >= 160
    assert len(table("held_out")) >= 80


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_nearly_every_part_is_right(half: str) -> None:
    rows = table(half)
    mistakes = sum(len(wrong(row)) for row in rows)
    assert 1 - mistakes / (len(PARTS) * len(rows)) >= ENOUGH


@pytest.mark.parametrize("row", [row for row in table("tuning") if row.get("must")], ids=lambda row: row["text"][:24])
def test_what_everybody_writes_is_right_in_every_part(row: dict[str, Any]) -> None:
    assert wrong(row) == {}


def test_what_is_not_told_is_named_and_the_text_is_kept() -> None:
    assert resolve("彭州市龙门山镇").missing == ("name", "phone")
    assert resolve("  ").missing == PARTS
    assert resolve("你好 ").raw == "你好 "
    alone = resolve("鼓楼区 13800138000")
    assert (alone.province, alone.city, alone.district) == ("", "", "鼓楼区")  # there are four of it


def test_every_province_that_is_delivered_to_is_known_by_the_same_short_name() -> None:
    assert {resolve(f"{name} 13800138000").province for name in PROVINCES} == set(PROVINCES)
    assert tuple(PROVINCE_WORDS) == PROVINCES
    assert [resolve(text).province for text in ("香港九龙", "澳门", "台湾省台北市")] == ["香港", "澳门", "台湾"]


def test_an_extension_and_a_second_number_go_with_the_street() -> None:
    virtual = resolve("李四 13800138000转 8866 成都市武侯区玉林北路3号")
    assert (virtual.phone, virtual.street) == ("13800138000", "玉林北路3号（转8866）")
    assert resolve("李四 13800138000-8866").missing == ("province", "city", "district", "street")


def test_a_book_is_not_read_to_its_end() -> None:
    long = "四川省" * 4_000_000
    assert resolve(long).province == "四川"


everything = st.text(max_size=120)
SCRAPS = (
    *(
        "张三",
        "四川省",
        "成都",
        "成都市",
        "彭州市",
        "朝阳区",
        "高新区",
        "县",
        "龙门山镇",
        "北京路",
        "收货人：",
        "手机",
        "地址",
    ),
    *(
        "邮编",
        "１３８００１３８０００",
        "138 0013 8000",
        "+86",
        "-",
        "转12",
        "（",
        "）",
        "[12]",
        "、",
        "，",
        " ",
        "\n",
        "\x00",
    ),
    *("\x06", "\x1f", "😀", "é", "Tom", "12", "0", "市辖区"),
)
scraps = st.lists(st.sampled_from(SCRAPS), max_size=14).map("".join)


@given(st.one_of(everything, scraps))
@example("\x00\x01\x03\x04\x06 \x1f")
def test_no_text_raises(text: str) -> None:
    found = resolve(text)
    assert found.raw == text
    assert all(char.isprintable() for part in PARTS for char in getattr(found, part))
    bare = {part for part in PARTS if not getattr(found, part)}
    assert bare <= set(found.missing)


digits = st.text(string.digits, min_size=8, max_size=8)


@given(
    st.one_of(everything, scraps),
    digits,
    st.sampled_from("3456789"),
    st.sampled_from([(), (3,), (3, 7), (4, 7)]),
    st.sampled_from("- "),
    st.one_of(everything, scraps),
)
def test_no_figure_of_a_phone_is_lost(
    before: str, tail: str, second: str, cuts: tuple[int, ...], gap: str, after: str
) -> None:
    phone = "1" + second + "0" + tail
    written = "".join((gap if at in cuts else "") + figure for at, figure in enumerate(phone))
    assume(not any(char.isdigit() for char in before[-6:] + after[:8]))
    assume(not set(before[-2:] + after[:2]) & set(".-+()（）"))
    found = resolve(f"{before[:200]} {written}，{after}")
    assert phone in found.phone or phone in found.street


@cache
def counties() -> list[Place]:
    """Every county that the text of its full names means alone, without what may be read as an area's name."""
    every = {
        written.place
        for form in index().values()
        for written in form
        if written.weight == FULL and written.place.level == 3 and not written.place.is_area
    }
    return sorted(every, key=lambda place: (place.province, place.city, place.district))


surnames = st.sampled_from("李王张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗")
given_names = st.text("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂", min_size=1, max_size=2)
streets = st.builds(
    "{}{}{}号{}".format,
    st.sampled_from(["", "龙门山镇", "太平镇", "城关街道"]),
    st.sampled_from(["幸福路", "人民东路", "小鱼洞社区3组", "解放大道", "北京路", "成都街"]),
    st.integers(1, 999),
    st.sampled_from(["", "3栋2单元1201", "附5", "（转1234）"]),
)


@given(surnames, given_names, digits, st.data(), streets)
def test_an_address_written_back_gives_the_same_parts(
    surname: str, given_name: str, tail: str, data: st.DataObject, street: str
) -> None:
    place = data.draw(st.sampled_from(counties()))
    parts = {
        "name": surname + given_name,
        "phone": "139" + tail,
        "province": short_province(place.province),
        "city": place.city,
        "district": place.district,
        "street": street,
    }
    region = full_region(parts["province"], parts["city"], parts["district"])
    found = resolve(f"{parts['name']} {parts['phone']} {region}{street}")
    assert {part: getattr(found, part) for part in PARTS} == parts
    assert found.missing == ()


@pytest.mark.parametrize(
    ("text", "district"), [("北京市石景山区", "石景山区"), ("广东省东莞市", "东莞市"), ("湖北省天门市", "天门市")]
)
def test_a_level_that_does_not_exist_is_not_missing(text: str, district: str) -> None:
    found: Resolved = resolve(text)
    assert found.district == district
    assert "city" not in found.missing
    assert found.city in MUNICIPALITIES | UNDIVIDED | {"天门市"}


def test_traditional_and_simplified_are_matched_sign_by_sign() -> None:
    assert plain("臺灣省乾縣") == plain("台湾省乾县")
    assert len(plain("雙流區東升鎮")) == len("雙流區東升鎮")
