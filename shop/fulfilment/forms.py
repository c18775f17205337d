"""Forms of the bench: shape only."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import StopValidation

from shop.catalog.lots.models import Grade
from shop.catalog.lots.rules import MAX_INSPECTION, MAX_RECALL_REASON
from shop.fulfilment.models import Carton
from shop.fulfilment.pickups.rules import MAX_DRIVER, MAX_NOTE
from shop.fulfilment.rules import MAX_ICE_PACKS, MAX_WEIGHT_G
from shop.fulfilment.scales import read_grams
from shop.web.forms import ShopForm, at_most, between, clean, required
from shop.web.goods import GRADE_WORDS
from shop.web.i18n import _

MAX_REASON = 60


class ReceiveForm(ShopForm):
    """What goes with a part as a whole; how many of each line stands in number boxes of their own."""

    promise = FileField(_l("拍承诺达标合格证"), description=_l("跟货一起来的那张纸。只留在中心。"))


def _grade(_form: Form, field: Field) -> None:
    """Refuse what is not a grade."""
    if field.data not in set(Grade):
        raise StopValidation(_("请选一个等级。"))


class SeenForm(Form):
    """What is seen of one line besides its count and weight."""

    reason = StringField(
        _l("为什么没收下"),
        [at_most(MAX_REASON)],
        filters=[clean],
        description=_l("农户和买家都会看到这句话"),
    )
    grade = SelectField(
        _l("等级"),
        choices=[(grade.value, words) for grade, words in GRADE_WORDS.items()],
        default=Grade.UNGRADED.value,
        validate_choice=False,  # by `_grade`, whose words are ours
        validators=[_grade],
    )
    inspection = StringField(
        _l("检疫证号"),
        [at_most(MAX_INSPECTION)],
        filters=[clean],
        description=_l("活的、宰好的畜禽，没有检疫证号不能收。"),
    )
    photo = FileField(_l("拍照片"), description=_l("都收下的，照片放上这一批的追溯页；有没收下的，照片只留在中心。"))


class ScanForm(ShopForm):
    """What the scanner read."""

    scanned = StringField(
        _l("扫农户的卡，或者编号"), [required(_l("请扫一下，或者输编号。")), at_most(200)], filters=[clean]
    )


class RecallForm(ShopForm):
    """Why a lot is called back; its buyers read it."""

    version = HiddenField()
    reason = StringField(
        _l("为什么召回"),
        [required(_l("请写为什么召回。")), at_most(MAX_RECALL_REASON)],
        filters=[clean],
        description=_l("最多 %(n)d 个字；买家会收到这句话，比如：检出沙门氏菌", n=MAX_RECALL_REASON),
    )


def _scale(_form: Form, field: Field) -> None:
    """Refuse what is no reading of a scale, or of a parcel that nobody carries."""
    grams = read_grams(field.data or "")
    if grams is None or not 1 <= grams <= MAX_WEIGHT_G:
        raise StopValidation(_("请填秤上的克数，1 到 %(n)d 克。", n=MAX_WEIGHT_G))


def _carton(_form: Form, field: Field) -> None:
    """Refuse what is no carton."""
    if field.data not in set(Carton):
        raise StopValidation(_("请选什么箱。"))


CARTON_WORDS = {
    Carton.SMALL: _l("小箱"),
    Carton.MEDIUM: _l("中箱"),
    Carton.LARGE: _l("大箱"),
    Carton.FOAM: _l("泡沫箱"),
}


class PackForm(ShopForm):
    """One scan of what goes into a box; without a scan, what the scale says of the closed box and what it is."""

    scan = StringField(_l("扫货上的码"), description=_l("扫一件记一件；扫不了就打编号，回车"))
    by_eye = BooleanField(_l("没有扫全，我一样一样看过了"))
    carton = SelectField(
        _l("什么箱"),
        [required(_l("请选什么箱。")), _carton],
        choices=[(carton.value, words) for carton, words in CARTON_WORDS.items()],
        validate_choice=False,
    )
    ice_packs = IntegerField(
        _l("几个冰袋"), [between(0, MAX_ICE_PACKS, _l("请填 0 到 %(n)d 个。", n=MAX_ICE_PACKS))], default=0
    )
    photo = FileField(_l("封箱前拍一张"), description=_l("要拍才拍，只留在中心。"))
    weight_g = StringField(_l("秤上多重"), [required(_l("请填秤上的克数，1 到 %(n)d 克。", n=MAX_WEIGHT_G)), _scale])


OPEN_REASONS = {
    "wrong": _l("装错了货"),
    "short": _l("少装了"),
    "weight": _l("重量记错了"),
    "broken": _l("箱子坏了，要换"),
    "buyer": _l("买家有话说"),
}


class OpenForm(ShopForm):
    """Why a closed box is taken apart."""

    why = RadioField(
        _l("为什么拆"),
        [required(_l("请选为什么拆。"))],
        choices=list(OPEN_REASONS.items()),
    )
    note = StringField(_l("再说一句"), [at_most(MAX_REASON)], filters=[clean])


class PhotoForm(ShopForm):
    """One photo."""

    photo = FileField(_l("拍下签过字的单子"), description=_l("只留在中心，看一次记一次。"))


class UncollectedForm(ShopForm):
    """Why an order is put back after nobody came for it."""

    reason = StringField(
        _l("怎么回事"),
        [required(_l("请写怎么回事。")), at_most(MAX_REASON)],
        filters=[clean],
        description=_l("比如：打了三次电话都不来"),
    )


def _day(_form: Form, field: Field) -> None:
    """Refuse what is not a day of the calendar."""
    if field.data is None:
        field.errors = []
        raise StopValidation(_("请选一天。"))


class RunForm(ShopForm):
    """A pick-up run; at which villages it calls stands in boxes of their own.

    `key` is the code the run gets when it is planned; `version` is what the page of a planned run showed.
    """

    key = HiddenField()
    version = HiddenField()
    runs_on = DateField(_l("哪一天"), [required(_l("请选一天。")), _day])
    driver = StringField(
        _l("谁开车"), [at_most(MAX_DRIVER)], filters=[clean], description=_l("农户会看到，比如：马师傅")
    )
    note = StringField(_l("给司机的话"), [at_most(MAX_NOTE)], filters=[clean], description=_l("只印在收货单上"))
