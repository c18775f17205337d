"""A version of written rules, as its writer types it."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, StringField, TextAreaField

from shop.site.rules import MAX_NOTE, MAX_TEXT
from shop.web.forms import ShopForm, at_most, clean, required


class RuleForm(ShopForm):
    """The text, what is other than before, and from when it counts."""

    text = TextAreaField(_l("全文"), [required(_l("请写全文。")), at_most(MAX_TEXT)], filters=[clean])
    note = StringField(_l("改了什么，一句话"), [at_most(MAX_NOTE)], filters=[clean])
    effective_on = DateField(_l("从哪天起"), [required(_l("请选从哪天起。"))])
    version = HiddenField()
