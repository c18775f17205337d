"""What writers type: a version of written rules, and an article with its words in each language."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from shop.kernel.codes import new_token
from shop.site.articles.rules import MAX_CODE, MAX_LINE, MAX_POSITION, MAX_TITLE
from shop.site.articles.rules import MAX_TEXT as MAX_ARTICLE
from shop.site.rules import MAX_NOTE, MAX_TEXT
from shop.web.forms import ASKED, ShopForm, at_most, between, clean, required
from shop.web.i18n import _

AUTO, OWN = "auto", "own"
HANT = ((AUTO, _l("照简体自动转")), (OWN, _l("自己写，空着的照简体转")))
KEEP, DROP = "keep", "drop"
SHOWN, WITHDRAWN = "shown", "withdrawn"


def a_day(_form: Form, field: Field) -> None:
    """Refuse what is no day; none at all is for the article to judge."""
    if field.data is None:
        is_typed = any(str(item).strip() for item in field.raw_data or ())
        field.errors = []
        raise StopValidation(_("请填日期，比如 2026-11-23。") if is_typed else "")


class RuleForm(ShopForm):
    """The text, what is other than before, and from when it counts."""

    text = TextAreaField(_l("全文"), [required(_l("请写全文。")), at_most(MAX_TEXT)], filters=[clean])
    note = StringField(_l("改了什么，一句话"), [at_most(MAX_NOTE)], filters=[clean])
    effective_on = DateField(_l("从哪天起"), [required(_l("请选从哪天起。")), a_day])
    version = HiddenField()


class WordsForm(ShopForm):
    """What an article says in one language; what must be there, the kind of article decides."""

    title = StringField(_l("题目"), [at_most(MAX_TITLE)], filters=[clean])
    line = StringField(_l("一句话说它"), [at_most(MAX_LINE)], filters=[clean])
    place = StringField(_l("在哪里"), [at_most(MAX_LINE)], filters=[clean])
    season = StringField(_l("什么时候去"), [at_most(MAX_LINE)], filters=[clean])
    route = StringField(_l("从中心怎么走"), [at_most(MAX_LINE)], filters=[clean])
    text = TextAreaField(_l("正文"), [at_most(MAX_ARTICLE)], filters=[clean])
    alt = StringField(_l("照片上是什么"), [at_most(MAX_LINE)], filters=[clean])


class ArticleForm(ShopForm):
    """What holds of an article in every language."""

    photo = FileField(_l("照片"))
    photo_key = HiddenField(validators=[at_most(64)])
    keep_photo = RadioField(_l("这张照片"), [ASKED], choices=[(KEEP, _l("留着")), (DROP, _l("不要了"))], default=KEEP)
    hant = RadioField(
        _l("繁體怎么来"), choices=[(AUTO, _l("照简体自动转")), (OWN, _l("自己写，空着的照简体转"))], default=AUTO
    )
    first_on = DateField(_l("从哪天起放在首页"), [a_day])
    last_on = DateField(_l("放到哪天"), [a_day])
    village = SelectField(_l("讲的是哪个村"), default="", validate_choice=False)
    vendor = SelectField(_l("讲的是哪家"), default="", validate_choice=False)
    position = IntegerField(
        _l("排在第几"), [between(1, MAX_POSITION, _l("请填 1 到 999 的整数，小的在前。"))], default=1
    )
    shown = RadioField(
        _l("给大家看吗"), [ASKED], choices=[(SHOWN, _l("给大家看")), (WITHDRAWN, _l("收起来"))], default=SHOWN
    )
    code = StringField(_l("网址里的名字"), [at_most(MAX_CODE)], filters=[clean])
    key = HiddenField(default=new_token)
    version = HiddenField()
