"""Forms of the staff's words: several names in one line, as people write them."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from shop.search.words import Dictionary
from shop.web.forms import ShopForm, at_most, clean, required
from shop.web.i18n import _

LONGEST_LINE = 200
BETWEEN_CHINESE = re.compile(r"[、，,；;/|\s]+")
BETWEEN_ENGLISH = re.compile(r"[、，,；;/|]+")


class WordsForm(ShopForm):
    """Names of a concept, and what it is a kind of."""

    chinese = StringField(
        _l("中文名字"), [at_most(LONGEST_LINE)], filters=[clean], description=_l("几个名字用顿号隔开，繁体也行")
    )
    english = StringField(
        _l("英文名字"), [at_most(LONGEST_LINE)], filters=[clean], description=_l("几个名字用逗号隔开")
    )
    broader = StringField(
        _l("它是一种什么"),
        [at_most(LONGEST_LINE)],
        filters=[clean],
        description=_l("词典里有的名字，比如“猪肉”；没有更大的类就不填"),
    )
    note = StringField(_l("备注"), [at_most(LONGEST_LINE)], filters=[clean], description=_l("只给同事看"))

    def chinese_names(self) -> tuple[str, ...]:
        """Return the Chinese names one by one."""
        return tuple(filter(None, BETWEEN_CHINESE.split(self.chinese.data or "")))

    def english_names(self) -> tuple[str, ...]:
        """Return the English names one by one."""
        return tuple(name.strip() for name in BETWEEN_ENGLISH.split(self.english.data or "") if name.strip())

    def broader_codes(self, dictionary: Dictionary) -> tuple[str, ...] | None:
        """Return the codes of what it is a kind of; None, with a message on the field, when a name says nothing."""
        codes: list[str] = []
        for name in filter(None, BETWEEN_CHINESE.split(self.broader.data or "")):
            code = one_code(dictionary, name)
            if code is None:
                self.broader.errors = [why_not_one(dictionary, name)]
                return None
            codes.append(code)
        return tuple(codes)


class ConceptForm(WordsForm):
    """A concept of the town's own: it needs a name."""

    chinese = StringField(
        _l("中文名字"),
        [required(_l("请写一个中文名字。")), at_most(LONGEST_LINE)],
        filters=[clean],
        description=_l("几个名字用顿号隔开，繁体也行；第一个是平常叫的"),
    )


class MissForm(ShopForm):
    """Whose other name a searched text is."""

    of = StringField(_l("是哪一样的另一个名字"), [required(_l("写一个词典里有的名字。"))], filters=[clean])


class HandledForm(ShopForm):
    """Whether a search that found nothing is dealt with."""

    is_handled = StringField(filters=[clean])


class RemoveForm(ShopForm):
    """Which name is taken back; none for all."""

    name = StringField(filters=[clean])


def one_code(dictionary: Dictionary, name: str) -> str | None:
    """Return the only concept with this name, None when there is none or there are several."""
    codes = dictionary.named(name)
    return codes[0] if len(codes) == 1 else None


def why_not_one(dictionary: Dictionary, name: str) -> str:
    """Return why a name does not say which concept is meant."""
    codes = dictionary.named(name)
    if not codes:
        return _("词典里没有叫“%(name)s”的。", name=name)
    others = "、".join(dictionary.name(code) for code in codes)
    return _("叫“%(name)s”的不止一样：%(others)s。写一个更准的名字。", name=name, others=others)
