"""The dictionary of what the town sells: sound as data, and what it makes of titles and words."""

import re
from functools import cache

import pytest

from shop.catalog.search_feed import SearchDocument
from shop.search.analysis import HAN, Analyser, normalised
from shop.search.concepts import FILE, Concepts, built, english_words, parse
from shop.search.documents import terms_of
from shop.search.wishes import FILE as WISHES
from shop.search.wishes import parse as wishes_of
from shop.search.wishes import wishes_in

KEBAB = re.compile(r"[a-z]+(-[a-z]+)*")
TWO_THINGS = {
    # In Sichuan it is the yam bean, everywhere else the sweet potato.
    "地瓜": {"sweet-potato", "yambean"},
    # What sweetens, and what is sucked.
    "糖": {"candy", "sugar"},
}
"""Chinese names that rightly stand for more than one thing."""
ROOTS_THAT_ARE_SEEN_LAST = frozenset({"food", "specialty", "new-year", "gift"})
FEWEST, FEWEST_NAMES = 700, 7_000


@cache
def concepts() -> Concepts:
    return built(parse(FILE.read_text(encoding="utf-8")))


@cache
def analyser() -> Analyser:
    return Analyser(concepts(), (), ())


def heads(title: str) -> list[str]:
    document = SearchDocument(
        id=1, seq=1, is_shown=True, title=title, story="", tags=(), shelves=(), shelf_names=(), shelf_names_en=(),
        vendor_code="", vendor_name="", village_code="", village_name="", village_aliases=(), months=0, price_fen=0,
        in_stock=True, sold=0, published_at=0,
    )  # fmt: skip
    return list(terms_of(document, analyser())["c"])


def test_it_is_broad() -> None:
    assert len(concepts().by_id) >= FEWEST
    assert len(concepts().by_chinese) >= FEWEST_NAMES


def test_ids_are_kebab_case_and_every_concept_has_names_in_both_languages() -> None:
    wrong = [c.id for c in concepts().by_id.values() if not KEBAB.fullmatch(c.id) or not c.chinese or not c.english]
    assert wrong == []


def test_chinese_names_are_as_the_analyser_writes_them() -> None:
    wrong = [name for name in concepts().by_chinese if normalised(name) != name or not HAN.fullmatch(name)]
    assert wrong == []


def test_english_names_hold_only_letters_that_are_looked_up() -> None:
    plain = re.compile(r"[a-z]+(?:[ '-][a-z]+)*")
    names = [name for c in concepts().by_id.values() for name in c.english]
    assert [name for name in names if not plain.fullmatch(name) or not english_words(name)] == []


def test_a_name_is_written_once() -> None:
    for concept in concepts().by_id.values():
        assert len(set(concept.chinese)) == len(concept.chinese), concept.id
        assert len(set(concept.english)) == len(concept.english), concept.id


def test_a_name_stands_for_one_thing_unless_it_is_said_why() -> None:
    shared = {name: set(ids) for name, ids in concepts().by_chinese.items() if len(ids) > 1}
    assert shared == TWO_THINGS
    assert {words: ids for words, ids in concepts().by_english.items() if len(ids) > 1} == {}


def test_nothing_is_a_kind_of_itself() -> None:
    rows = {row.code: row.broader for row in parse(FILE.read_text(encoding="utf-8"))}
    done: set[str] = set()

    def climb(code: str, below: tuple[str, ...]) -> None:
        assert code not in below, (*below, code)
        if code not in done:
            for broader in rows[code]:
                climb(broader, (*below, code))
            done.add(code)

    for code in rows:
        climb(code, ())


def test_the_widest_words_are_kinds_of_nothing() -> None:
    assert all(not concepts().by_id[i].broader for i in ROOTS_THAT_ARE_SEEN_LAST)


def test_wishes_are_of_things_that_exist_and_said_once() -> None:
    wishes = wishes_of(WISHES.read_text(encoding="utf-8"))
    said = [phrase for wish in wishes for phrase in wish.said]
    assert len(set(said)) == len(said)
    assert {thing for wish in wishes for thing in wish.things} <= concepts().by_id.keys()
    assert all(normalised(text) == text for wish in wishes for text in (*wish.said, *wish.written))


WISHED = """
夏天解暑喝什么 ume-drink | 端午包粽子用的叶子 zongzi-leaf | 送老人的礼物 gift-box | 坐月子吃什么 hen-egg | 炖汤 hen
冬天暖身 ginger-tea | 泡酒 sorghum-liquor | 做泡菜的坛子 pickle-jar | 过中秋 mooncake
"""
NO_WISHES = ("清明菜", "团山养鸡场", "坛子", "鸡汤料理")


def test_a_purpose_names_what_serves_it() -> None:
    for text, code in pairs(WISHED):
        assert code in {thing for wish in wishes_in(text, analyser())[1] for thing in wish.things}, text


@pytest.mark.parametrize("text", NO_WISHES)
def test_a_part_of_a_name_is_no_purpose(text: str) -> None:
    assert wishes_in(text, analyser()) == (text, ())


HEADS = """
柏枝熏五花腊肉500克 cured-pork | 黑猪五花腊肉 cured-pork | 带骨腊猪腿4.5公斤 cured-leg | 烟熏腊排骨 cured-ribs
腊猪头半边 pig-head | 麻辣香肠500克 spicy-sausage | 甜味香肠500克 sweet-sausage | 黑猪土香肠 sausage
风吹板鸭1.1公斤 cured-duck | 风干腊鸡 cured-chicken | 手撕牦牛肉干 jerky | 土猪板油 lard | 猪油渣 pork-crackling
邵阳血豆腐 blood-tofu | 川味咸烧白 steamed-pork | 麻辣冷吃兔 cooked-rabbit | 林下散养土鸡蛋30枚 hen-egg
小母鸡初生蛋20枚 first-egg | 黄泥咸鸭蛋 salted-egg | 松花皮蛋 century-egg | 五香鹌鹑蛋 quail-egg
竹荪蛋 bamboo-fungus-egg | 农家散养老母鸡 hen | 跑山乌骨鸡 black-chicken | 高山冷水虹鳟鱼 trout | 稻田泥鳅 loach
鲜活小龙虾 crayfish | 土鸡蛋蜂蜜蛋糕 sponge-cake | 老式鸡蛋糕 egg-cake | 手工鸡蛋面 egg-noodles | 蛋黄酥 egg-pastry
鸡精 chicken-essence | 鸡毛掸子 duster | 鸡冠花 cockscomb | 鸡公车 wheelbarrow | 高山脱温鸡苗 live-chick
泡椒凤爪 chicken-feet | 虎皮凤爪 chicken-feet | 虎皮椒 tiger-pepper | 鱼香肉丝 fish-fragrant
带壳雷竹笋2.5公斤 lei-shoots | 斑竹春笋 mottled-shoots | 去壳方竹秋笋1公斤 square-shoots
柴火干笋片250克 dried-shoots | 方竹笋尖干 shoot-tips | 笋壳 shoot-husk | 青笋 lettuce-stem | 高山芦笋 asparagus
包粽子的箬叶 zongzi-leaf | 香辣脆笋 seasoned-shoots | 新鲜茭白 water-bamboo | 厚肉干香菇250克 dried-shiitake
当天采鲜香菇 shiitake | 青冈木耳200克 wood-ear | 木耳菜 malabar-spinach | 通江银耳 white-fungus | 苗银耳环 earring
野生鸡枞菌 termite-mushroom | 油鸡枞 termite-oil | 鸡油菌 chanterelle | 黑牛肝菌 porcini | 羊肚菌干 morel
茶树菇 tea-tree-mushroom | 茶油 tea-oil | 油茶面 cereal-powder | 红托竹荪 bamboo-fungus | 猴头菇 monkey-head
猪苓 polyporus | 羊肚菌汤包 mushroom-mix | 香菇酱 mushroom-sauce | 鱼腥草 houttuynia | 凉拌折耳根 houttuynia
马齿苋 purslane | 春天的香椿芽 toon | 佛手瓜 chayote | 佛手 finger-citron | 蛇果 snake-fruit | 蛇瓜 snake-gourd
龙眼 longan | 火龙果 dragonfruit | 花菜 cauliflower | 红皮花生 peanut | 三沟红花椒100克 sichuan-pepper
三窨茉莉花茶200克 jasmine-tea | 花生糖 peanut-candy | 花椒油 pepper-oil | 大红袍花椒面 pepper-powder
菊花脑 chrysanthemum-leaf | 金丝皇菊 chrysanthemum | 黄花菜 daylily | 菜籽油5升 rapeseed-oil
小榨菜籽油1.8升 rapeseed-oil | 涪陵榨菜 zhacai | 核桃油 walnut-oil | 核桃木菜板 cutting-board | 带壳干核桃1公斤 walnut
核桃酥 biscuit | 核桃树苗 seedling | 麻辣豆腐乳 fermented-tofu | 烟熏豆腐干 dried-tofu | 魔芋豆腐 konjac-tofu
米豆腐 rice-tofu | 石磨豆腐 tofu | 豆腐脑 douhua | 永川豆豉 fermented-beans | 糯米酒 rice-wine
手工红薯米线 rice-noodles | 红糖米糕 rice-cake | 江津米花糖 rice-candy | 石磨面粉 wheat-flour | 中江空心面 noodles
全麦面包 bread | 竹叶青茶 green-tea | 雨前高山绿茶100克 green-tea | 老鹰茶 eagle-tea | 苦丁茶 bitter-tea
黑苦荞茶 buckwheat-tea | 蜂蜜柚子茶 honey-yuzu | 杜仲茶 eucommia-tea | 秋花土蜂蜜500克 honey
整块封盖巢蜜500克 comb-honey | 天然蜂蜡 beeswax | 土蜂箱 bee-hive | 蜂窝煤 briquette | 腊梅 plum-blossom
红蜡烛 candle | 红心猕猴桃2.5公斤 red-kiwi | 猕猴桃酒 kiwi-wine | 猕猴桃苗 seedling | 青脆李2.5公斤 green-crisp-plum
老树麻梨 pear | 冰糖葫芦 hawthorn | 李子干 dried-plum | 干二荆条辣椒250克 erjingtiao | 子姜泡辣椒1公斤 pickled-chili
晒足一年豆瓣酱500克 bean-paste | 老坛泡青菜 sour-cabbage | 渣海椒 zha-chili | 泡菜坛子 pickle-jar | 腊肉粽子 zongzi
腊肉炒饭 cooked-rice | 云腿月饼 mooncake | 黑芝麻汤圆 tangyuan | 牛肉酱 meat-sauce | 火锅底料 hotpot
牛油火锅底料 hotpot | 红油抄手 dumpling | 手编棕鞋女款37码 palm-shoes | 长柄老棕扫把 broom | 双层竹斗笠 bamboo-hat
提梁竹菜篮30厘米 basket | 两屉竹蒸笼24厘米 steamer | 绣花鞋垫 insole | 草鞋 straw-shoes | 竹编灯笼 lantern
绵竹年画 new-year-picture | 羌绣围腰 qiang-embroidery | 手机支架 phone | 山货大礼包 gift-box | 油纸伞 umbrella
野生天麻片 gastrodia | 川黄连 coptis | 紫油厚朴 magnolia-bark | 重楼根 paris | 金银花茶 honeysuckle | 川芎 chuanxiong
老母鸡汤 chicken-soup | 炖鸡汤料 soup-kit
"""

WORDS = """
海椒 chili | 红苕 sweet-potato | 番薯 sweet-potato | 洋芋 potato | 马铃薯 potato | 山药蛋 potato | 包谷 corn
蕹菜 water-spinach | 藤藤菜 water-spinach | 空心菜 water-spinach | 莴笋 lettuce-stem | 耙耙柑 dekopon | 丑橘 dekopon
抄手 dumpling | 馄饨 dumpling | 锅巴 guoba | 冲菜 pungent-mustard | 儿菜 child-vegetable | 棒菜 stem-mustard
豌豆尖 pea-shoots | 苕尖 sweet-potato-leaf | 牛皮菜 chard | 醪糟 rice-wine | 酒酿 rice-wine | 西红柿 tomato
番茄 tomato | 落花生 peanut | 奇异果 kiwi | 凤梨 pineapple | 菠萝 pineapple | 起司 cheese | 芭乐 guava | 花枝 squid
高丽菜 round-cabbage | 莲花白 round-cabbage | 走地鸡 chicken | 柴鸡 chicken | 黄鳝 eel | 胡豆 broad-bean
蚕豆 broad-bean | 四季豆 green-bean | 豇豆 cowpea | 冬寒菜 mallow | 软浆叶 malabar-spinach | 瓢儿白 bok-choy
洋姜 jerusalem-artichoke | 荸荠 water-chestnut | 魔芋 konjac | 蒟蒻 konjac | 猪鼻孔 houttuynia | 地皮菜 rock-ear
清明菜 cudweed | 刺龙苞 aralia | 阳藿 myoga | 藠头 rakkyo | 拐枣 raisin-tree | 八月瓜 akebia | 救军粮 firethorn
三木药材 herb | 七叶一枝花 paris | 扫帚 broom | 笤帚 broom | 簸箕 sieve | 筲箕 sieve | 背篼 back-basket
砧板 cutting-board | 甑子 steamer | 蓑衣 palm-cape | 鲟龙鱼 sturgeon | 三文鱼 trout | 烟笋 dried-shoots
笋干 dried-shoots | 白木耳 white-fungus | 雪耳 white-fungus | 云耳 wood-ear | 老腊肉 cured-pork | 熏肉 cured-pork
柴火腊肉 cured-pork | 盐蛋 salted-egg | 变蛋 century-egg | 土特产 specialty | 年货 new-year | 零食 snack | 水果 fruit
菌子 mushroom | 手工 handicraft | 调料 seasoning | 饮料 drink | 主食 staple | 干货 dried | 蔬菜 vegetable
"""

ENGLISH = """
bacon cured-pork | smoked pork cured-pork | bamboo shoots shoots | winter shoot winter-shoots | wood ear wood-ear
black fungus wood-ear | silver ear white-fungus | snow fungus white-fungus | kiwifruit kiwi | kiwis kiwi
konnyaku konjac | fermented bean curd fermented-tofu | doubanjiang bean-paste | zongzi zongzi | rice dumplings zongzi
straw sandals straw-shoes | szechuan peppercorns sichuan-pepper | sichuan pepper sichuan-pepper | chilli chili
chillies chili | chile chili | aubergine eggplant | eggplants eggplant | courgette zucchini | coriander coriander
cilantro coriander | spring onions scallion | free range eggs hen-egg | mooncakes mooncake | lion's mane monkey-head
reishi ganoderma | honeycomb comb-honey | potatoes potato | peanuts peanut | tofu tofu | green tea green-tea
"""

BROADER = """
cured-pork cured | cured-pork meat | cured-pork food | spicy-sausage sausage | spicy-sausage cured | hen chicken
hen meat | first-egg egg | lei-shoots shoots | dried-shoots dried | wood-ear mushroom | porcini wild-mushroom
red-kiwi fruit | dekopon citrus | green-tea tea | green-tea drink | comb-honey honey | erjingtiao chili
green-pepper sichuan-pepper | zongzi festival-food | palm-shoes weaving | palm-shoes shoes | steamer kitchenware
corn-liquor liquor | jerky snack | dried-tofu bean-product | gastrodia herb | qiang-embroidery handicraft | walnut nut
pea-shoots vegetable | bracken wild-vegetable
"""


def pairs(table: str) -> list[tuple[str, str]]:
    cells = (cell for line in table.strip().splitlines() for cell in line.split("|"))
    return [(text, code) for text, code in (cell.strip().rsplit(" ", 1) for cell in cells)]


def test_enough_is_checked() -> None:
    assert len(pairs(HEADS)) >= 120
    assert len(pairs(WORDS)) >= 80


@pytest.mark.parametrize(("title", "code"), pairs(HEADS))
def test_the_last_thing_named_is_what_is_sold(title: str, code: str) -> None:
    assert heads(title) == [code]


@pytest.mark.parametrize(("word", "code"), pairs(WORDS))
def test_a_word_of_any_region_names_the_thing(word: str, code: str) -> None:
    assert concepts().by_chinese[word] == (code,)
    assert analyser().segments(word) == [word]


@pytest.mark.parametrize(("phrase", "code"), pairs(ENGLISH))
def test_an_english_phrase_names_the_thing(phrase: str, code: str) -> None:
    assert concepts().by_english[tuple(english_words(phrase))] == (code,)


@pytest.mark.parametrize(("code", "kind"), pairs(BROADER))
def test_a_thing_is_found_by_what_it_is_a_kind_of(code: str, kind: str) -> None:
    assert kind in concepts().by_id[code].broader
