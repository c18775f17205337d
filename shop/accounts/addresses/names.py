"""Telling a person's name from the words of an address."""

import re

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚"
    "程嵇邢滑裴陆荣翁荀羊甄家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶"
    "黎薄印宿白怀蒲从鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹"
    "习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧利蔚越隆师巩聂晁勾敖融冷辛那简饶曾沙养鞠须丰巢关查后荆红游盖益桓公"
    "付代肖闫岳佘涂覃粟税仝佟苟鄢来敬衣蹇邸芦帅楼青母银"
    "張陳劉楊黃趙吳孫馬鄭謝韓馮蕭許鄧葉蘇盧蔣賈閻餘鍾譚鄒陸顧龔錢湯黎賴溫龐倫羅"
)
COMPOUND = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|南宫|独孤|长孙|宇文|轩辕|端木|百里|呼延|闻人|澹台"
    "|淳于|单于|申屠|歐陽|司馬"
)
HONORIFICS = (
    "先生|女士|小姐|太太|老师|師傅|师傅|阿姨|叔叔|大哥|大姐|大爷|大妈|大娘|孃孃|嬢嬢|婆婆|爷爷|奶奶|经理|医生|老板|同学"
    "|总|哥|姐|嫂|伯"
)

HAN = r"[㐀-鿿]"
GIVEN = rf"(?:{COMPOUND}|[{SURNAMES}]){HAN}{{1,2}}"
NAME_BEFORE = re.compile(rf"(?:{GIVEN}|[{SURNAMES}]|{HAN}{{1,3}}(?:{HONORIFICS}))")
"""A name glued before an address: 张三四川省…"""

NAME_BEHIND = re.compile(
    rf"(?<=[号號室楼樓栋幢层座元组村店院户园厦城苑铺库部房镇道路街巷\d)）])(?P<name>{GIVEN}|[{SURNAMES}]{HAN}?(?:{HONORIFICS}))$"
)
"""A name glued behind one: …12号张三"""

FAMILY = re.compile(rf"(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{HAN}{{1,3}}|[{SURNAMES}]")
POLITE = re.compile(rf"{HAN}{{1,3}}(?:{HONORIFICS})")
OTHER = re.compile(
    rf"{HAN}{{2,5}}|{HAN}{{1,8}}(?:[·・•.]{HAN}{{1,10}}){{1,3}}|[A-Za-z][A-Za-z.'’-]+(?: [A-Za-z.'’-]+){{0,3}}"
)
PLACES = re.compile(
    r".*(?:[路街巷号號组組村镇鎮乡鄉栋幢室座层店站厂区區县縣市省社旗]|单元|社区|小区|街道|花园|广场|大厦|大楼|公寓|公司|学校|大学|中学|小学|医院"
    r"|酒店|宾馆|超市|驿站|柜|家园|名城|新城|国际|中心|大院|附近|旁边|对面|楼下|门口)"
)
MAYBE_PLACES = re.compile(r".*[城府里园園苑楼樓道山桥]")
NOT_PLACES = re.compile(rf"[{SURNAMES}][市县省旗社站店座]")
"""Two characters that are no place for all their ending: 邹市."""

THANKS = re.compile(r"谢谢[你您]?[啦了哦]?|麻烦[你您]?了|收|亲收|亲启")
"""Words around an address that are no part of it."""

COURTESIES = re.compile(rf"{THANKS.pattern}|你好|您好|麻烦|老板|默认(?:地址)?|[呀啊哦嗯好]的?")
"""Words that are nobody's name."""

MARKED = re.compile(r"\s*(?:[\[【(（][\d*收亲启]{1,6}[\]】)）]|收|亲收|亲启)$")
NUMBERED = re.compile(r"[\[【]\d{2,6}[\]】]$")


def clean(word: str) -> str:
    """Return a name without 收 and the like behind it; the platforms' [1234] stays, the courier reads it."""
    return word if NUMBERED.search(word) else MARKED.sub("", word)


def likeness(word: str) -> float:
    """Return how much a word looks like a person's name; 0 for what cannot be one."""
    bare = MARKED.sub("", word)
    if not bare or COURTESIES.fullmatch(bare) or any(char.isdigit() for char in bare):
        return 0
    if POLITE.fullmatch(bare):
        return 5
    if PLACES.fullmatch(bare) and not NOT_PLACES.fullmatch(bare):
        return 0
    weight = 3.0 if FAMILY.fullmatch(bare) else 1.5 if OTHER.fullmatch(bare) else 0
    return weight - 1.2 if MAYBE_PLACES.fullmatch(bare) else weight
