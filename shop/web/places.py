"""Places as people write them."""

from flask_babel import lazy_gettext as _l

PROVINCE_WORDS: dict[str, str] = {
    "四川": _l("四川"),
    "重庆": _l("重庆"),
    "北京": _l("北京"),
    "天津": _l("天津"),
    "河北": _l("河北"),
    "山西": _l("山西"),
    "内蒙古": _l("内蒙古"),
    "辽宁": _l("辽宁"),
    "吉林": _l("吉林"),
    "黑龙江": _l("黑龙江"),
    "上海": _l("上海"),
    "江苏": _l("江苏"),
    "浙江": _l("浙江"),
    "安徽": _l("安徽"),
    "福建": _l("福建"),
    "江西": _l("江西"),
    "山东": _l("山东"),
    "河南": _l("河南"),
    "湖北": _l("湖北"),
    "湖南": _l("湖南"),
    "广东": _l("广东"),
    "广西": _l("广西"),
    "海南": _l("海南"),
    "贵州": _l("贵州"),
    "云南": _l("云南"),
    "西藏": _l("西藏"),
    "陕西": _l("陕西"),
    "甘肃": _l("甘肃"),
    "青海": _l("青海"),
    "宁夏": _l("宁夏"),
    "新疆": _l("新疆"),
}
"""Where parcels may go, in their order, as the reader calls it; a form sends the name itself, and couriers get that."""
ELSEWHERE: dict[str, str] = {"香港": _l("香港"), "澳门": _l("澳门"), "台湾": _l("台湾")}
PROVINCE_CHOICES = (("", _l("选省份")), *PROVINCE_WORDS.items())


def province_word(name: str) -> str:
    """Return a province as the reader calls it; another name as it is."""
    return str((PROVINCE_WORDS | ELSEWHERE).get(name, name))


def region(province: str, city: str, district: str) -> str:
    """Return province, city and county in one, without saying 重庆 twice where a city is its own province."""
    return (city if city.startswith(province) else province + city) + district
