"""Words the law forbids: found however they are written, and never where they are innocent."""

import time
import tomllib
from importlib.resources import files

import pytest

from shop.catalog.lawful import Found, Ground, forbidden_in
from tests.rules.innocent_words import INNOCENT

CURES = [
    "苦荞茶，降血糖",
    "山药粉能降低血压和血脂",
    "三高人群放心吃的木耳",
    "适合高血压的人长期吃",
    "糖尿病人也能吃的蜂蜜",
    "糖友福音",
    "每天一勺治咳嗽",
    "治疗风湿关节炎的药酒",
    "常吃预防感冒",
    "对胃病有很好的效果",
    "缓解便秘，清肠排毒",
    "抗癌明星香菇",
    "抗肿瘤",
    "提高身体免疫力",
    "增强抵抗力",
    "改善睡眠质量",
    "清热解毒的野菊花",
    "健脾祛湿薏米",
    "补肾壮阳",
    "养胃小米",
    "土蜂蜜润肺止咳",
    "美容养颜银耳",
    "延年益寿",
    "抗衰老",
    "包治百病",
    "疗效看得见",
    "药用价值极高",
    "软化血管的黑木耳",
    "消炎止痛",
    "保健作用",
    "无副作用",
    "对痛风有疗效",
    "失眠的人睡前喝，三天见效",
    "棕鞋防脚气",
    "告别腰腿痛",
    "补血补气",
    "杀死癌细胞",
    "延缓血管老化",
    "调理肠胃",
    "专治跌打损伤",
]
ABSOLUTES = [
    "全国最甜的猕猴桃",
    "四川第一香",
    "销量第一",
    "国家级品质",
    "最佳腊肉",
    "最好吃的香肠",
    "全网最低价",
    "顶级食材",
    "极品毛峰",
    "世界第一",
    "最正宗的老腊肉",
    "最地道",
    "天下无双，举世无双",
    "品质最好。",
    "最好的蜂蜜",
    "送礼首选",
    "绝对正宗",
    "史上最香",
    "百分百天然",
    "顶尖品质",
    "NO.1土鸡蛋",
    "TOP1 蜂蜜",
    "全国唯一",
    "最高级的茶",
    "永不变质",
    "独一无二的味道",
    "行业领先",
    "最有营养",
    "无敌好吃",
    "鲜香冠绝天下",
    "最受欢迎的礼盒",
]
BANNED = [
    "野猪肉2斤",
    "高山野猪",
    "麂子肉",
    "果子狸",
    "竹鼠一对",
    "人工养殖竹鼠",
    "野生娃娃鱼",
    "娃娃鱼3斤",
    "穿山甲",
    "野鸡两只",
    "山上打的野鸡肉",
    "野兔",
    "乌梢蛇干",
    "田鸡10只",
    "野味礼盒",
    "熊胆粉",
    "麝香",
    "野生大鲵",
    "斑鸠",
    "獾油",
    "野生石爬子",
    "叶子烟一斤",
    "香烟",
    "罂粟壳",
    "生川乌",
    "附子500克",
    "断肠草",
    "野生兰花苗",
    "红豆杉树苗",
    "处方药",
    "老鼠药",
    "猎夹",
    "象牙手串",
    "发菜100克",
    "鞭炮",
    "红腹锦鸡标本",
    "野鸽子",
    "重楼野生苗",
    "野生春兰",
    "湔江野生鱼",
    "电鱼机",
]
IN_A_STORY = [
    "玉米地边拉了网，防野猪拱",
    "夜里听得见麂子叫，野鸡在林边打转",
    "从前这块地种烟叶，如今栽茶",
    "坡上看得见红腹锦鸡，我们只看不碰",
    "不卖野味，只卖自家养的",
    "山上有野猪，玉米要守夜",
    "小时候掏麻雀窝",
    "高粱白酒，适合泡药酒",
    "他爷爷是放蜂的，会编防蛇的竹篱",
]


def _grounds(text: str, field: str = "title") -> set[Ground]:
    return {found.ground for found in forbidden_in({field: text})}


@pytest.mark.parametrize("text", CURES)
def test_a_cure_is_found(text: str) -> None:
    assert Ground.CURE in _grounds(text)
    assert Ground.CURE in _grounds(text, "story")


@pytest.mark.parametrize("text", ABSOLUTES)
def test_an_absolute_is_found(text: str) -> None:
    assert Ground.ABSOLUTE in _grounds(text)
    assert Ground.ABSOLUTE in _grounds(text, "story")


@pytest.mark.parametrize("text", BANNED)
def test_goods_that_may_not_be_sold_are_found_by_their_name(text: str) -> None:
    assert Ground.BANNED in _grounds(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_pass(text: str) -> None:
    assert forbidden_in({"title": text, "story": text}) == ()


@pytest.mark.parametrize("text", IN_A_STORY)
def test_a_story_may_tell_of_what_is_not_sold(text: str) -> None:
    assert forbidden_in({"story": text}) == ()


@pytest.mark.parametrize(
    "text", ["降血糖", "降 血 糖", "降·血·糖", "降-血_糖", "降　血　糖", "降\u200b血\u200b糖", "降❤血❤糖"]
)
def test_what_stands_between_the_characters_hides_nothing(text: str) -> None:
    assert forbidden_in({"story": f"这茶{text}，天天喝"}) == (Found(text, Ground.CURE, "story"),)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("降血壓", "降血壓"),
        ("全國第一", "全國第一"),
        ("野豬肉", "野豬肉"),
        ("ＮＯ．１", "ＮＯ．１"),
        ("果子貍", "果子貍"),
    ],
)
def test_other_ways_to_write_are_read_and_the_word_is_named_as_written(text: str, word: str) -> None:
    assert [found.word for found in forbidden_in({"title": text})] == [word]


def test_words_come_in_the_order_of_the_text_and_each_once_in_a_field() -> None:
    found = forbidden_in({"title": "最佳野猪肉，最佳", "story": "常吃降血糖，真的降血糖，最佳"})
    assert [(one.field, one.word) for one in found] == [
        ("title", "最佳"),
        ("title", "野猪肉"),
        ("story", "降血糖"),
        ("story", "最佳"),
    ]


def test_nothing_that_the_demo_town_says_is_forbidden() -> None:
    data = files("shop.demo") / "data"
    read = {
        name: tomllib.loads((data / f"{name}.toml").read_text(encoding="utf-8")) for name in ("listings", "vendors")
    }
    texts = [row for name, kind in read.items() for row in kind[name]]
    assert len(texts) > 60
    for row in texts:
        assert forbidden_in({key: value for key, value in row.items() if isinstance(value, str)}) == ()


def test_a_large_catalogue_is_read_in_seconds() -> None:
    story = (
        "鸡在核桃林里刨虫吃草，早晚各撒一把玉米，最近一天捡得二十来枚。个头有大有小，壳上沾了泥的用干布擦，不下水洗。"
        * 4
    )
    start = time.process_time()
    for number in range(2_000):
        assert forbidden_in({"title": f"林下散养土鸡蛋{number}枚", "story": story}) == ()
    assert time.process_time() - start < 3
