"""The short questions about a new thing, each on a page of its own: most are answered by one press."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from shop.catalog.drafts.rules import FIELDS, WHOLES, Answers, Question, ReadyWhen, of_scale, of_unit
from shop.catalog.forms import drafting
from shop.catalog.forms.fields import grams_from_text, jin_as_typed, price_as_typed
from shop.catalog.forms.ways import MAX_PIECES
from shop.catalog.rules import MAX_HARVEST_DAYS, MAX_PRICE_FEN, MAX_STOCK, UNITS
from shop.catalog.views.vendor.face import bp
from shop.catalog.views.vendor.offering_frame import Begun, begun, neighbourhood, price_words, today, way_to
from shop.catalog.views.vendor.offering_name import forbidden, kept
from shop.kernel.errors import NotFound
from shop.kernel.money import by_weight, fen_from_text, yuan
from shop.web.forms import ShopForm
from shop.web.i18n import _
from shop.web.prices import PACKS, unit_label
from shop.web.words import town_date

FAR_OFF = 2
"""A price under half the lowest of the neighbours', or over twice the highest, is asked about once more."""
DAYS_OFFERED = 4
WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))
WHEN_WORDS: Mapping[ReadyWhen, tuple[str, str, str]] = {
    ReadyWhen.NOW: (_l("现在就有"), _l("下单第二天能交"), "stock"),
    ReadyWhen.TOMORROW: (_l("明天有"), "", "season"),
    ReadyWhen.FROM_DAY: (_l("过几天才有"), _l("下一页选哪天"), "season"),
    ReadyWhen.AHEAD: (_l("先订后收"), _l("还长在地里，有人订了再收"), "season"),
}
"""What each is called, what it means, and its picture."""


@dataclass(frozen=True)
class Pick:
    """An answer that one press gives."""

    value: str
    label: str
    note: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Ask:
    """A question as its page draws it.

    Attributes:
        kind: of its box: stepper, pad, weight, day, prose or line; "picks" where there is none.
        after: the word behind the box.
        now: the answer that stands, as the picks know it.
        doubt: an answer that was typed and may be meant; sent again, it is kept.
    """

    heading: str
    kind: str
    hint: str = ""
    after: str = ""
    picks: tuple[Pick, ...] = ()
    now: str = ""
    most: int = MAX_STOCK
    doubt: str = ""


@dataclass(frozen=True)
class Topic:
    """How a question is asked and its answer kept.

    Attributes:
        form: has the one field `answer`.
        ask: returns how the page draws it.
        keep: returns the answers with this one.
        refuse: returns what is wrong with an answer beyond its shape.
        shown: returns the answer that stands as one would type it.
    """

    form: type[ShopForm]
    ask: Callable[[Begun], Ask]
    keep: Callable[[Answers, Any], Answers]
    refuse: Callable[[Answers, Any], list[str]] = lambda _told, _answer: []
    shown: Callable[[Any], Any] = lambda value: value


def _numbers(values: tuple[int, ...], unit: str) -> tuple[Pick, ...]:
    return tuple(Pick(str(n), f"{n} {unit}") for n in values)


def _unit(draft: Begun) -> Ask:
    return Ask(_("按什么卖"), "picks", picks=tuple(Pick(unit, unit) for unit in UNITS), now=draft.facts.told.unit)


def _pieces(draft: Begun) -> Ask:
    unit = draft.facts.told.unit
    picks = (Pick("1", _("不论个数")), *_numbers((10, 20, 30), _("个")))
    return Ask(_("一%(unit)s里有几个", unit=unit), "stepper", after=_("个"), picks=picks, most=MAX_PIECES)


def _scale(draft: Begun) -> Ask:
    told = draft.facts.told
    unit = told.unit
    picks: tuple[Pick, ...]
    if unit == "斤":
        picks = (
            Pick(drafting.FIXED, _("散的，要几斤称几斤"), _("菜、豆子、核桃"), "basket"),
            Pick("只", _("整只的，一只一只称"), _("鸡、鸭、兔"), "scale"),
            Pick("块", _("整块的，一块一块称"), _("腊肉、豆腐干"), "scale"),
            Pick("条", _("整条的，一条一条称"), _("鱼、腊肠"), "scale"),
        )
    else:
        picks = (
            Pick(drafting.FIXED, _("一%(unit)s一个价", unit=unit), _("大小差不多"), "money"),
            Pick(unit, _("称了算钱"), _("大小不一样，一斤多少钱"), "scale"),
        )
    now = "" if told.weighed is None else unit if told.weighed else drafting.FIXED
    return Ask(_("怎么算钱"), "picks", picks=picks, now=now)


def _least(draft: Begun) -> Ask:
    return Ask(_("最轻的一%(unit)s几斤", unit=draft.facts.told.unit), "weight", after=_("斤"), picks=_jin())


def _most(draft: Begun) -> Ask:
    told = draft.facts.told
    hint = _("买的人先按最重的付，到中心称了，多的退给他")
    picks = tuple(pick for pick in _jin() if grams_from_text(pick.value) >= (told.least_g or 0))[:6]
    return Ask(_("最重的一%(unit)s几斤", unit=told.unit), "weight", hint=hint, after=_("斤"), picks=picks)


def _jin() -> tuple[Pick, ...]:
    return tuple(Pick(jin, _("%(n)s 斤", n=jin)) for jin in ("1", "2", "3", "4", "5", "6", "8", "10", "15"))


def _weight(draft: Begun) -> Ask:
    picks = tuple(Pick(jin, _("%(n)s 斤", n=jin)) for jin in ("0.5", "1", "2", "3", "5", "10"))
    heading = _("一%(unit)s多重", unit=draft.facts.told.unit)
    return Ask(heading, "weight", hint=_("连包装算，大概就行"), after=_("斤"), picks=picks)


def _price(draft: Begun) -> Ask:
    told = draft.facts.told
    around = neighbourhood()
    name = told.taken or told.title
    one = around.called(name)
    weighed = one.per_500g_fen if one is not None else ()
    prices = weighed if told.weighed else around.prices(name, told.unit, told.pieces or 1)
    hint = price_words(prices)
    if not prices and weighed:
        hint = _("别家论斤卖，%(price)s 一斤", price=yuan(weighed[len(weighed) // 2]))
    usual = dict.fromkeys((prices[0], prices[len(prices) // 2], prices[-1])) if prices else ()
    return Ask(
        _("一斤多少钱") if told.weighed else _("%(unit)s多少钱", unit=_one(told)),
        "pad",
        hint=hint,
        after=_("斤") if told.weighed else unit_label(told.unit, told.pieces or 1).removeprefix("/ "),
        picks=tuple(Pick(price_as_typed(fen), _("%(n)s 元", n=price_as_typed(fen))) for fen in usual),
        doubt=_doubt(prices, request.form.get("pick") or request.form.get("answer", "")),
    )


def _one(told: Answers) -> str:
    """Return what the price is for: 一盒, or 30枚 where the pieces themselves are counted."""
    pieces = told.pieces or 1
    return f"{pieces}{told.unit}" if pieces > 1 and told.unit not in PACKS else _("一%(unit)s", unit=told.unit)


def _doubt(prices_fen: tuple[int, ...], typed: str) -> str:
    """Return what is said of a price far from the neighbours'; a warning, never a refusal."""
    try:
        fen = fen_from_text(typed)
    except ValueError:
        return ""
    if not prices_fen or (prices_fen[0] <= fen * FAR_OFF and fen <= prices_fen[-1] * FAR_OFF):
        return ""
    return _("%(range)s，您填的是 %(price)s 元。没填错就再点一次。", range=price_words(prices_fen), price=typed)


def _count(draft: Begun) -> Ask:
    told = draft.facts.told
    ahead = told.ready is ReadyWhen.AHEAD
    heading = _("一共能有多少%(unit)s", unit=told.unit) if ahead else _("有多少%(unit)s", unit=told.unit)
    return Ask(heading, "stepper", after=told.unit, picks=_numbers((5, 10, 20, 50), told.unit))


def _ready(draft: Begun) -> Ask:
    ready = draft.facts.told.ready
    picks = tuple(Pick(one.value, str(label), str(note), icon) for one, (label, note, icon) in WHEN_WORDS.items())
    return Ask(_("什么时候有"), "picks", picks=picks, now="" if ready is None else ready.value)


def _day(draft: Begun) -> Ask:
    ahead = draft.facts.told.ready is ReadyWhen.AHEAD
    return Ask(_("哪天开始收") if ahead else _("哪天有"), "day", picks=_days(today() + timedelta(days=2)))


def _last_day(draft: Begun) -> Ask:
    first = draft.facts.told.first_on or today()
    weeks = tuple(first + timedelta(days=7 * n - 1) for n in (1, 2, 4))
    picks = tuple(Pick(one.isoformat(), town_date(one), str(WEEKDAYS[one.weekday()])) for one in weeks)
    return Ask(_("收到哪天"), "day", picks=picks)


def _days(first: date) -> tuple[Pick, ...]:
    days = (first + timedelta(days=n) for n in range(DAYS_OFFERED))
    return tuple(Pick(one.isoformat(), town_date(one), str(WEEKDAYS[one.weekday()])) for one in days)


def _day_cap(draft: Begun) -> Ask:
    unit = draft.facts.told.unit
    return Ask(_("一天最多收几%(unit)s", unit=unit), "stepper", after=unit, picks=_numbers((5, 10, 20, 50), unit))


def _ingredients(_draft: Begun) -> Ask:
    return Ask(_("放了些什么"), "prose", hint=_("放了什么都写上，比如：猪肉、盐、花椒"))


def _shelf_days(_draft: Begun) -> Ask:
    picks = tuple(Pick(str(n), _("%(n)d 天", n=n)) for n in (7, 30, 90, 180, 365))
    return Ask(_("能放几天"), "stepper", after=_("天"), picks=picks)


def _keeping(_draft: Begun) -> Ask:
    picks = tuple(Pick(str(one), str(one)) for one in (_("阴凉干燥处"), _("冷藏"), _("冷冻"), _("挂在通风的地方")))
    return Ask(_("怎么保存"), "line", picks=picks)


def _with(question: Question) -> Callable[[Answers, Any], Answers]:
    return lambda told, answer: replace(told, **{FIELDS[question]: answer})


def _weighed(told: Answers, typed: str) -> Answers:
    return replace(told, gross_g=grams_from_text(typed))


def _scaled(told: Answers, choice: str) -> Answers:
    return of_scale(told, "" if choice == drafting.FIXED else choice)


def _no_such_scale(told: Answers, choice: str) -> list[str]:
    known = WHOLES if told.unit == "斤" else (told.unit,)
    return [] if choice in (drafting.FIXED, *known) else [_("请选怎么算钱。")]


def _lightest(told: Answers, typed: str) -> Answers:
    return replace(told, least_g=grams_from_text(typed))


def _heaviest(told: Answers, typed: str) -> Answers:
    return replace(told, most_g=grams_from_text(typed))


def _lighter(told: Answers, typed: str) -> list[str]:
    return [_("最重的不能比最轻的还轻。")] if grams_from_text(typed) < (told.least_g or 0) else []


def _too_dear(told: Answers, typed: str) -> list[str]:
    """Return that the heaviest piece would cost more than anything may."""
    if not told.weighed or by_weight(fen_from_text(typed), told.most_g or 0) <= MAX_PRICE_FEN:
        return []
    return [_("这样最重的一%(unit)s要超过 %(n)d 元了，收不了。", unit=told.unit, n=MAX_PRICE_FEN // 100)]


def _priced(told: Answers, typed: str) -> Answers:
    return replace(told, price_fen=fen_from_text(typed))


def _when(told: Answers, value: str) -> Answers:
    ready = ReadyWhen(value)
    same = ready is told.ready
    return replace(told, ready=ready, first_on=told.first_on if same else None, last_on=told.last_on if same else None)


def _no_such_day(_told: Answers, answer: date) -> list[str]:
    days = (answer - today()).days
    if 1 <= days <= MAX_HARVEST_DAYS:
        return []
    return [_("请选明天以后、%(n)d 天以内的一天。", n=MAX_HARVEST_DAYS)]


def _no_such_end(told: Answers, answer: date) -> list[str]:
    first = told.first_on or today()
    if 0 <= (answer - first).days < MAX_HARVEST_DAYS and answer > today():
        return []
    return [_("要在开始那天之后，最长 %(n)d 天。", n=MAX_HARVEST_DAYS)]


Q = Question
TOPICS: Mapping[Question, Topic] = {
    Q.UNIT: Topic(drafting.UnitForm, _unit, of_unit),
    Q.PIECES: Topic(drafting.PiecesForm, _pieces, _with(Q.PIECES)),
    Q.WEIGHED: Topic(drafting.WeighedForm, _scale, _scaled, _no_such_scale),
    Q.LEAST: Topic(drafting.PieceWeightForm, _least, _lightest, shown=jin_as_typed),
    Q.MOST: Topic(drafting.PieceWeightForm, _most, _heaviest, _lighter, shown=jin_as_typed),
    Q.WEIGHT: Topic(drafting.WeightForm, _weight, _weighed, shown=jin_as_typed),
    Q.PRICE: Topic(drafting.PriceForm, _price, _priced, _too_dear, shown=price_as_typed),
    Q.COUNT: Topic(drafting.QuantityForm, _count, _with(Q.COUNT)),
    Q.READY: Topic(drafting.ReadyForm, _ready, _when),
    Q.DAY: Topic(drafting.DayForm, _day, _with(Q.DAY), _no_such_day),
    Q.LAST_DAY: Topic(drafting.DayForm, _last_day, _with(Q.LAST_DAY), _no_such_end),
    Q.DAY_CAP: Topic(drafting.CapForm, _day_cap, _with(Q.DAY_CAP)),
    Q.INGREDIENTS: Topic(
        drafting.IngredientsForm,
        _ingredients,
        _with(Q.INGREDIENTS),
        lambda _told, answer: forbidden("ingredients", answer),
    ),
    Q.SHELF_DAYS: Topic(drafting.ShelfDaysForm, _shelf_days, _with(Q.SHELF_DAYS)),
    Q.KEEPING: Topic(
        drafting.KeepingForm, _keeping, _with(Q.KEEPING), lambda _told, answer: forbidden("keep_note", answer)
    ),
}


@bp.route("/drafts/<code>/<asked>", methods=["GET", "POST"])
def draft_question(code: str, asked: str) -> ResponseReturnValue:
    """Ask one question; its answer is kept and leads on to the next."""
    question = next((one for one in TOPICS if one.value == asked), None)
    if question is None:
        raise NotFound("question")
    draft, topic = begun(code), TOPICS[question]
    told = draft.facts.told
    form, ask = _form(topic, getattr(told, FIELDS[question])), topic.ask(draft)
    status = 200
    if form.is_sent_well():
        answer = form["answer"].data
        form["answer"].errors = topic.refuse(told, answer)
        typed = str(answer)
        if not form.errors and (not ask.doubt or request.form.get("sure") == typed):
            return kept(code, lambda now: topic.keep(now, answer))
        status = 422 if form.errors else 200
    elif form.errors:
        status = 422
    page = render_template("vendor/new_question.html", form=form, ask=ask, way=way_to(draft, question), asked=asked)
    return make_response(page, status)


def _form(topic: Topic, value: Any) -> ShopForm:
    """Return the form; a press on a ready answer stands for what the box says."""
    if request.method == "GET":
        return topic.form() if value in (None, "") else topic.form(data={"answer": topic.shown(value)})
    sent = MultiDict(request.form)
    if "pick" in sent:
        sent["answer"] = sent["pick"]
    return topic.form(formdata=sent)
