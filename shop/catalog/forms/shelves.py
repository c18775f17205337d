"""The form of a shelf: its names, and the rules for what lies on it."""

from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Regexp

from shop.catalog.forms.fields import all_among, among
from shop.catalog.models import Climate, ReturnClass
from shop.catalog.queries import CategoryFacts
from shop.catalog.services.shelves import ShelfRules
from shop.vendors.models import PaperKind
from shop.web.forms import ShopForm, at_most, clean, required

LIVE, LABEL = "live", "label"


class ShelfForm(ShopForm):
    """A shelf's names and rules. The face that shows it gives the choices their words."""

    name = StringField(_l("叫什么"), [required(_l("请写名字。")), at_most(20)], filters=[clean])
    name_en = StringField(_l("英文名"), [required(_l("请写英文名。")), at_most(40)], filters=[clean])
    hint = StringField(
        _l("有些什么"), [at_most(60)], filters=[clean], description=_l("农户挑类的时候看，比如：鸡蛋、鸭蛋、整鸡")
    )
    parent = SelectField(_l("放在哪一类下面"), validate_choice=False)
    papers = SelectMultipleField(
        _l("卖这类要哪种证"),
        [all_among(tuple(PaperKind), _l("请从这几种里选。"))],
        choices=[(kind.value, kind.value) for kind in PaperKind if kind is not PaperKind.VOUCHED],
        validate_choice=False,
        description=_l("有其中一种就行；一种也不点，就不要证。中心担保的，哪一种都顶"),
    )
    return_class = RadioField(
        _l("能不能七日退货"),
        [required(_l("请选一种。")), among(tuple(ReturnClass), _l("请选一种。"))],
        choices=[(kind.value, kind.value) for kind in ReturnClass],
        default=ReturnClass.FRESH.value,
        validate_choice=False,
    )
    climate = RadioField(
        _l("怎么放"),
        [required(_l("请选一种。")), among(tuple(Climate), _l("请选一种。"))],
        choices=[(kind.value, kind.value) for kind in Climate],
        default=Climate.DRY.value,
        validate_choice=False,
    )
    rules = SelectMultipleField(
        _l("还有"),
        [all_among((LIVE, LABEL), _l("请从这几样里选。"))],
        choices=[(LIVE, _l("活的，只能到中心来取")), (LABEL, _l("要写配料、怎么放、放几天"))],
        validate_choice=False,
    )

    @classmethod
    def showing(cls, shelf: CategoryFacts) -> Self:
        """Return the form filled with a shelf as it is."""
        return cls(
            formdata=None,
            name=shelf.name,
            name_en=shelf.name_en,
            hint=shelf.hint,
            parent=shelf.parent_code or "",
            papers=list(shelf.papers),
            return_class=shelf.return_class.value,
            climate=shelf.climate.value,
            rules=[rule for rule, holds in ((LIVE, shelf.is_live), (LABEL, shelf.needs_label)) if holds],
        )

    def wanted(self) -> ShelfRules:
        """Return what a form in order says."""
        rules = self.rules.data or ()
        return ShelfRules(
            name=self.name.data or "",
            name_en=self.name_en.data or "",
            hint=self.hint.data or "",
            parent_code=self.parent.data or None,
            papers=tuple(PaperKind(kind) for kind in self.papers.data or ()),
            return_class=ReturnClass(self.return_class.data),
            climate=Climate(self.climate.data),
            is_live=LIVE in rules,
            needs_label=LABEL in rules,
        )


class NewShelfForm(ShelfForm):
    """A new shelf; its code stands in its address and stays."""

    code = StringField(
        _l("网址里的名字"),
        [
            required(_l("请写网址里的名字。")),
            at_most(30),
            Regexp(r"[a-z][a-z0-9-]*\Z", message=_l("只用小写英文字母、数字和短横，字母开头。")),
        ],
        filters=[clean],
        description=_l("英文小写，定了就不改，比如：cured-meat"),
    )
