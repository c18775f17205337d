"""What every page about questions shares: the words of refusals, and of the answers that are pressed."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import Field

from shop.catalog.lawful import Ground
from shop.catalog.obstacles import NotLawful
from shop.catalog.questions.rules import Ready
from shop.catalog.views.words import GROUND_WORDS
from shop.kernel.errors import Invalid
from shop.web.i18n import _

READY_WORDS: Mapping[Ready, str] = {
    Ready.IN_STOCK: _l("有货，下单就给您备。"),
    Ready.NONE_LEFT: _l("眼下没有了，有了会再上架。"),
    Ready.FRESH: _l("今天早上才收的。"),
    Ready.COLLECT: _l("活的不寄，到镇上的中心来取。"),
    Ready.CALL: _l("这个说来话长，请打中心的电话问。"),
}
REFUSED: Mapping[str, str] = {
    "empty": _l("请写几个字。"),
    "length": _l("太长了，请写短一点。"),
    "contact": _l("电话、微信、网址不能写在这里：买卖都过中心，钱和货才有人管。"),
    "own": _l("这是您自己家的货，不用问。要改说明，到“我有货”里改。"),
}
"""Why a question or an answer is not taken, by its reason."""


def refuse(field: Field, refusal: Invalid | NotLawful) -> None:
    """Say beside a field why what was typed is not taken."""
    if isinstance(refusal, Invalid):
        field.errors = [str(REFUSED[refusal.reason])]
        return
    ground, _colon, word = refusal.obstacles[0].detail.partition(":")
    field.errors = [_("不能写“%(word)s”：%(why)s", word=word, why=GROUND_WORDS[Ground(ground)])]


def answered_words(is_told: bool) -> str:
    """Return what is said to whoever answered: does the one who asked hear of it."""
    if is_told:
        return _("回好了，问的人会收到短信。")
    return _("回好了，写在货的页面上。问得太久了，不再发短信。")
