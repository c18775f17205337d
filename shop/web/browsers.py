"""What a person knows a browser by, from the little it says of itself."""

from flask_babel import lazy_gettext as _l

from shop.kernel.languages import Language
from shop.web.i18n import said, written_in

DEVICES = (
    ("HarmonyOS", _l("鸿蒙手机")),
    ("iPad", _l("苹果平板")),
    ("iPhone", _l("苹果手机")),
    ("Android", _l("安卓手机")),
    ("Windows", _l("Windows 电脑")),
    ("Macintosh", _l("苹果电脑")),
    ("Linux", _l("Linux 电脑")),
)
WECHAT = "MicroMessenger"
PROGRAMS = (
    (WECHAT, _l("微信")),
    ("AlipayClient", _l("支付宝")),
    ("QQ/", _l("QQ")),
    ("HuaweiBrowser", _l("华为浏览器")),
    ("MiuiBrowser", _l("小米浏览器")),
    ("UCBrowser", _l("UC 浏览器")),
    ("Edg", _l("Edge")),
    ("Firefox", _l("火狐")),
    ("Chrome", _l("Chrome")),
    ("Safari", _l("Safari")),
)
"""The first that fits counts: most browsers also call themselves by the names further down."""
BETWEEN = " · "


def is_wechat(user_agent: str) -> bool:
    """Tell whether a page is read within WeChat, which keeps no files and shows a PDF as blank on many phones."""
    return WECHAT in user_agent


def browser_words(user_agent: str) -> str:
    """Return a browser in a few words, such as 安卓手机 · 微信; nothing else of what it says is kept.

    They are the town's own words, whatever the page was read in: what is kept is read by others, too.
    """
    with written_in(Language.HANS):
        device = next((words for mark, words in DEVICES if mark in user_agent), _l("别的设备"))
        program = next((words for mark, words in PROGRAMS if mark in user_agent), None)
        return f"{device}{BETWEEN}{program}" if program else str(device)


def browser_said(kept: str) -> str:
    """Return the words kept of a browser in the reader's language."""
    return BETWEEN.join(map(said, kept.split(BETWEEN)))
