"""Forms of questions: shape only; what may stand in them is judged where they are kept."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from shop.accounts.forms import typed_phone
from shop.catalog.questions.rules import MAX_ANSWER, MAX_QUESTION, MAX_WHY
from shop.kernel.codes import new_token
from shop.web.forms import ShopForm, at_most, clean, mobile, required


class QuestionForm(ShopForm):
    """What a buyer asks, and where they hear of the answer; whoever is signed in is not asked for a number."""

    key = HiddenField(default=new_token)
    text = TextAreaField(
        _l("想问什么"),
        [required(_l("请写想问的话。")), at_most(MAX_QUESTION)],
        filters=[clean],
        description=_l("比如：有没有小盒的？几天能到？"),
    )
    phone = StringField(
        _l("手机号码"),
        [required(_l("请填手机号码。")), mobile()],
        filters=[typed_phone],
        description=_l("只用来告诉您有回话了，主人家看不到"),
    )


class AnswerForm(ShopForm):
    """What is said to a question."""

    answer = TextAreaField(
        _l("自己写一句"), [required(_l("请写一句，或者点上面的话。")), at_most(MAX_ANSWER)], filters=[clean]
    )


class HideForm(ShopForm):
    """Which law a question or its answer is against."""

    why = StringField(
        _l("违反了什么法"),
        [required(_l("请写违反了哪条法律。")), at_most(MAX_WHY)],
        filters=[clean],
        description=_l("骂人、造谣、说别人家私事，都是违法；只是不好听、不想答的，留着"),
    )
