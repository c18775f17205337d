"""A thing to sell, as its household or the centre says it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from shop.catalog.forms.fields import all_among, day, may_be_empty
from shop.catalog.forms.ways import WayForm, way_as_typed
from shop.catalog.rules import (
    LONGEST_STORY,
    LONGEST_TITLE,
    MAX_DAYS,
    MAX_HARVEST_DAYS,
    MAX_STOCK,
    MAX_STORY,
    MAX_TAGS,
    MAX_TITLE,
    MAX_WAYS,
    Offer,
)
from shop.web.forms import ShopForm, at_most, between, clean, required

MAX_TAG = 20
MONTHS = tuple(str(month) for month in range(1, 13))
TOO_OLD = _l("这一页太旧了，请重新打开。")


class PhotoForm(ShopForm):
    """One photo of a thing."""

    photo = FileField(_l("拍一张"))


def _tags(_form: Form, field: Field) -> None:
    tags = split_tags(field.data or "")
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
        raise ValidationError(_l("最多 %(n)d 个，每个不超过 %(m)d 个字。", n=MAX_TAGS, m=MAX_TAG))


class _WhatItIs(ShopForm):
    """The first questions."""

    title = StringField(
        _l("叫什么"),
        [required(_l("请写货的名字。")), at_most(MAX_TITLE)],
        filters=[clean],
        description=_l("比如：林下土鸡蛋"),
    )
    category = RadioField(_l("是哪一类"), [required(_l("请选一类。"))], validate_choice=False)


def split_tags(typed: str) -> list[str]:
    """Return the words of a line of tags, each once."""
    plain = typed.replace("，", "、").replace(",", "、").replace(" ", "、")
    return [tag for tag in dict.fromkeys(plain.split("、")) if tag]


class GoodsForm(_WhatItIs, WayForm):
    """A thing to sell. Its photos were sent before; their keys travel in the address.

    The fields of the first way stand among its own; `further` are forms for more, most of them blank.
    """

    months = SelectMultipleField(
        _l("哪几个月有"),
        [all_among(MONTHS, _l("请从 12 个月里选。"))],
        choices=[(month, month) for month in MONTHS],
        validate_choice=False,
        description=_l("一年到头都有，就一个也不用点"),
    )
    story = TextAreaField(
        _l("说几句"),
        [at_most(MAX_STORY)],
        filters=[clean],
        description=_l("怎么种的、怎么养的，买的人爱看"),
    )
    ingredients = TextAreaField(
        _l("配料"), [at_most(MAX_STORY)], filters=[clean], description=_l("放了什么都写上，比如：猪肉、盐、花椒")
    )
    keep_note = StringField(
        _l("怎么保存"), [at_most(200)], filters=[clean], description=_l("比如：挂在通风的地方；放冰箱")
    )
    shelf_days = IntegerField(
        _l("这样能放几天"), [may_be_empty, between(1, MAX_DAYS, _l("请填 1 到 %(n)d 天。", n=MAX_DAYS))]
    )
    travel_days = IntegerField(
        _l("路上几天坏不了"), [may_be_empty, between(1, MAX_DAYS, _l("请填 1 到 %(n)d 天。", n=MAX_DAYS))]
    )
    origin = SelectField(_l("哪个村出的"), [may_be_empty], validate_choice=False)
    tags = StringField(
        _l("别名、好处"),
        [_tags],
        filters=[clean],
        description=_l("几个词，用顿号隔开，比如：土猪、柴火熏"),
    )
    harvest_first_on = DateField(_l("哪天开始收"), [may_be_empty, day(_l("日子写成 2026-11-28 这样。"))])
    harvest_last_on = DateField(_l("收到哪天"), [may_be_empty, day(_l("日子写成 2026-11-28 这样。"))])
    harvest_cap = IntegerField(
        _l("一天最多收几份"), [may_be_empty, between(1, MAX_STOCK, _l("请填 1 到 %(n)d 份。", n=MAX_STOCK))]
    )

    def __init__(self, *args: Any, further: Iterable[dict[str, Any]] = (), **kwargs: Any) -> None:
        """Fill the form from the request, or with `formdata=None` from values; `further` are those of more ways."""
        super().__init__(*args, **kwargs)
        shown = {"formdata": None} if "formdata" in kwargs else {}
        typed = [*further, *({} for _n in range(MAX_WAYS))][: MAX_WAYS - 1]
        self.further = [WayForm(prefix=f"way{n}-", **shown, **values) for n, values in enumerate(typed, 2)]

    def __iter__(self) -> Iterator[Field]:
        """Go through the fields of every way."""
        yield from super().__iter__()
        for way in self.further:
            yield from way

    @property
    def errors(self) -> dict[Any, Any]:
        """What is wrong, in every way."""
        found = dict(super().errors)
        for way in self.further:
            found |= {f"{way._prefix}{name}": errors for name, errors in way.errors.items()}
        return found

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check every field, those of each further way that was filled in, and what must fit together."""
        is_well = super().validate(*args, **kwargs)
        said = [way for way in self.further if not way.is_blank]
        checked = [way.validate() for way in said]
        is_well = is_well and all(checked)
        return self._are_told_apart(said) and self._is_harvest_whole() and is_well

    def _are_told_apart(self, said: Sequence[WayForm]) -> bool:
        if not said:
            return True
        seen: set[str] = set()
        for way in (self, *said):
            name = way.name.data or ""
            if not name or name in seen:
                way.name.errors = [_l("有好几种卖法，每种要有自己的名字。")]
                return False
            seen.add(name)
        return True

    def _is_harvest_whole(self) -> bool:
        fields = (self.harvest_first_on, self.harvest_last_on, self.harvest_cap)
        if any(field.errors for field in fields) or all(field.data is None for field in fields):
            return True
        for field in fields:
            if field.data is None:
                field.errors = [_l("先订后收，三项都要填；不用就都空着。")]
                return False
        first, last = self.harvest_first_on.data, self.harvest_last_on.data
        if first and last and not 0 <= (last - first).days < MAX_HARVEST_DAYS:
            self.harvest_last_on.errors = [_l("要在开始那天之后，最长 %(n)d 天。", n=MAX_HARVEST_DAYS)]
            return False
        return True

    def offer(self, *, category_id: int, photo_keys: Sequence[str], ref: str | None = None) -> Offer:
        """Return what a form in order says."""
        months = sorted(int(month) for month in self.months.data or ()) or list(range(1, 13))
        return Offer(
            category_id=category_id,
            title=self.title.data or "",
            ways=tuple(form.way() for form in (self, *self.further) if form is self or not form.is_blank),
            story=self.story.data or "",
            origin_code=self.origin.data or None,
            ingredients=self.ingredients.data or "",
            keep_note=self.keep_note.data or "",
            shelf_days=self.shelf_days.data,
            travel_days=self.travel_days.data,
            months=tuple(months),
            harvest_first_on=self.harvest_first_on.data,
            harvest_last_on=self.harvest_last_on.data,
            harvest_cap=self.harvest_cap.data,
            tags=tuple(split_tags(self.tags.data or "")),
            photo_keys=tuple(photo_keys),
            ref=ref,
        )


class OfferForm(GoodsForm):
    """A new thing, told at length."""

    quantity = IntegerField(
        _l("现在有几份"), [between(1, MAX_STOCK, _l("请填 1 到 %(n)d 份。", n=MAX_STOCK))], default=1
    )


class EditForm(GoodsForm):
    """A thing that is there already, in the version that was seen; there may be none of it just now.

    What the centre brought in from a list may be told at greater length than a villager's phone asks for.
    """

    title = StringField(_l("叫什么"), [required(_l("请写货的名字。")), at_most(LONGEST_TITLE)], filters=[clean])
    story = TextAreaField(_l("说几句"), [at_most(LONGEST_STORY)], filters=[clean])
    ingredients = TextAreaField(_l("配料"), [at_most(LONGEST_STORY)], filters=[clean])
    version = IntegerField(validators=[between(1, 2**31, TOO_OLD)], widget=HiddenInput())

    @classmethod
    def showing(cls, told: Offer, *, category: str, version: int) -> Self:
        """Return the form filled with a thing as it is told.

        Args:
            category: the code of its shelf.
        """
        first, *further = map(way_as_typed, told.ways)
        return cls(
            formdata=None,
            further=further,
            title=told.title,
            category=category,
            months=[str(month) for month in told.months] if len(told.months) < len(MONTHS) else [],
            story=told.story,
            ingredients=told.ingredients,
            keep_note=told.keep_note,
            shelf_days=told.shelf_days,
            travel_days=told.travel_days,
            origin=told.origin_code or "",
            tags="、".join(told.tags),
            harvest_first_on=told.harvest_first_on,
            harvest_last_on=told.harvest_last_on,
            harvest_cap=told.harvest_cap,
            version=version,
            **first,
        )
