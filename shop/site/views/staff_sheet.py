"""An article as its writer types it: the form filled from a version, and the draft that was typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field

from shop.kernel.errors import Invalid
from shop.kernel.languages import Language
from shop.media.queries import Picture, photo, picture
from shop.media.rules import BadPhoto
from shop.media.services import receive
from shop.media.words import flaw_words
from shop.site.articles.models import ArticleKind
from shop.site.articles.rules import PICTURED, Draft, Words, faults, in_traditional, told, wanted
from shop.site.forms import AUTO, DROP, KEEP, OWN, SHOWN, WITHDRAWN, ArticleForm, WordsForm
from shop.town.queries import villages
from shop.vendors.queries import approved_vendors, vendor_in_any_state
from shop.web.compared import Compared
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _

KIND_WORDS: Mapping[ArticleKind, tuple[str, str]] = {
    ArticleKind.ANNOUNCEMENT: (_l("消息"), _l("放在首页，到日子自己收起来")),
    ArticleKind.STORY: (_l("故事"), _l("东西怎么来的，人怎么过的")),
    ArticleKind.SIGHT: (_l("景点"), _l("在哪里、什么时候去、怎么走")),
    ArticleKind.WAY: (_l("怎么来"), _l("一种来法写一篇，都在一页上")),
    ArticleKind.HELP: (_l("帮助"), _l("一件事写一篇")),
}
"""What the centre calls each kind of article, and what it is for; what is written most often comes first."""
LANGUAGES: Mapping[Language, str] = {Language.HANS: "简体", Language.HANT: "繁體", Language.EN: "English"}
"""Each language in its own tongue."""
SIGHT_ONLY = ("place", "season", "route")
REFUSALS = {
    ("title", "missing"): _l("请写题目。"),
    ("line", "missing"): _l("请用一句话说它，列表里看的就是这一句。"),
    ("text", "missing"): _l("请写正文。"),
    ("alt", "missing"): _l("请说照片上是什么，看不见照片的人听的是这一句。"),
    ("place", "missing"): _l("请写在哪里。"),
    ("season", "missing"): _l("请写什么时候去最好。"),
    ("route", "missing"): _l("请写从中心怎么走。"),
    ("position", "range"): _l("请填 1 到 999 的整数，小的在前。"),
    ("photo", "missing"): _l("故事和景点要有一张照片。"),
    ("photo", "unknown"): _l("这张照片找不到了，请重新选一张。"),
    ("first_on", "missing"): _l("请选从哪天起。"),
    ("last_on", "missing"): _l("请选放到哪天。"),
    ("last_on", "order"): _l("最后一天不能比头一天早。"),
    ("last_on", "long"): _l("最多放三个月。要一直看的，写成帮助或者故事。"),
    ("village", "unknown"): _l("没有这个村了，请重新选。"),
    ("vendor", "unknown"): _l("没有这家了，请重新选。"),
    ("code", "shape"): _l("只能用小写字母、数字和短横，比如 old-teahouse。"),
    ("code", "taken"): _l("已经有一篇叫这个名字了，换一个。"),
}


@dataclass(frozen=True)
class Sheet:
    """All that is typed of an article, over its several forms."""

    kind: ArticleKind
    form: ArticleForm
    words: Mapping[Language, WordsForm]

    def __iter__(self) -> Iterator[Field]:
        """Yield every field in the order of the page, for the list of what is to be mended."""
        for part in (self.words[Language.HANS], self.form, self.words[Language.HANT], self.words[Language.EN]):
            yield from part

    @property
    def is_pictured(self) -> bool:
        """Tell whether such an article must have a photo."""
        return self.kind in PICTURED

    @property
    def errors(self) -> list[str]:
        """Return every sentence about what is to be mended."""
        return [str(error) for field in self for error in field.errors]

    @property
    def form_errors(self) -> list[str]:
        """Return what is wrong with the form itself."""
        return list(self.form.form_errors)


def sheet(kind: ArticleKind, draft: Draft, *, is_shown: bool = True, version: int = 0) -> Sheet:
    """Return the forms as they were sent, or filled from a draft when the page is only shown."""
    source = draft.words.get(Language.HANS, Words())
    traditional = draft.words.get(Language.HANT)
    form = ArticleForm.from_request(
        photo_key=draft.photo_key or "",
        keep_photo=KEEP,
        hant=AUTO if traditional in (None, in_traditional(source)) else OWN,
        first_on=draft.first_on,
        last_on=draft.last_on,
        village=draft.village,
        vendor=draft.vendor,
        position=draft.position,
        shown=SHOWN if is_shown else WITHDRAWN,
        version=str(version),
    )
    if form.photo_key.data:
        form.photo.label.text = _("换一张照片")
    form.keep_photo.data = form.keep_photo.data or KEEP
    _offer_places(form, draft)
    words = {language: _words_form(kind, language, draft.words.get(language, Words())) for language in Language}
    for name in wanted(kind, has_photo=bool(form.photo_key.data)):
        words[Language.HANS][name].flags.required = True
    if kind is ArticleKind.ANNOUNCEMENT:
        form.first_on.flags.required = form.last_on.flags.required = True
    else:
        del form.first_on, form.last_on
    return Sheet(kind, form, words)


def _words_form(kind: ArticleKind, language: Language, words: Words) -> WordsForm:
    form = WordsForm(prefix=f"{language}-", meta={"csrf": False}, **vars(words))
    if kind is not ArticleKind.SIGHT:
        for name in SIGHT_ONLY:
            del form[name]
    if language is not Language.HANS:
        for field in form:
            field.label.text = _("%(field)s（%(language)s）", field=field.label.text, language=LANGUAGES[language])
    return form


def _offer_places(form: ArticleForm, draft: Draft) -> None:
    """Let every village and household that sells be chosen, and the one that stands there even if it sells no more."""
    form.village.choices = [("", _("哪个村都不是"))] + [(one.code, one.name) for one in villages(reading())]
    sellers = [(one.code, one.name) for one in approved_vendors(reading())]
    if draft.vendor and draft.vendor not in dict(sellers):
        gone = vendor_in_any_state(reading(), draft.vendor)
        sellers += [(gone.code, gone.name)] if gone else []
    form.vendor.choices = [("", _("哪家都不是")), *sellers]


def drafted(typed: Sheet) -> Draft:
    """Return the article that was typed; its 繁體 is made from the 简体 unless its writer writes it."""
    form = typed.form
    words = {language: _typed(part) for language, part in typed.words.items()}
    if form.hant.data != OWN:
        words[Language.HANT] = in_traditional(words[Language.HANS])
    dated = {name: form[name].data for name in ("first_on", "last_on") if name in form}
    draft = Draft(
        words=words,
        position=form.position.data or 0,
        village=form.village.data or "",
        vendor=form.vendor.data or "",
        photo_key=form.photo_key.data or None,
        **dated,
    )
    return replace(draft, words=told(draft))


def _typed(part: WordsForm) -> Words:
    return Words(**{field.short_name: field.data or "" for field in part})


def is_well(typed: Sheet) -> bool:
    """Tell whether all that was sent may be published; otherwise every field carries what is to be mended.

    The photo is kept either way, and the form carries its key from then on: it is not asked for a second time. What
    was left empty of the 繁體 is filled from the 简体.
    """
    parts = [typed.form, *(part for language, part in typed.words.items() if _is_read(typed, language))]
    wrong = [part for part in parts if not part.is_sent_well()]
    if typed.form.hant.data == OWN:
        _fill_traditional(typed)
    is_taken = _take_photo(typed.form)
    found = list(faults(typed.kind, drafted(typed)))
    for fault in found:
        refuse(typed, fault)
    return is_taken and not wrong and not found


def _fill_traditional(typed: Sheet) -> None:
    made = in_traditional(_typed(typed.words[Language.HANS]))
    for field in typed.words[Language.HANT]:
        field.data = field.data or getattr(made, field.short_name)


def _take_photo(form: ArticleForm) -> bool:
    """Keep the photo that was sent and note its key in the form; tell whether all is well with it."""
    if form.keep_photo.data == DROP:
        form.photo_key.data, form.keep_photo.data = "", KEEP
    sent = request.files.get(form.photo.name)
    if sent is None or not sent.filename:
        return True
    wired = house()
    try:
        taken = receive(edge().transaction, wired.store, sent.read(), actor=current_actor(), clock=wired.clock)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return False
    form.photo_key.data = taken.key
    return True


def _is_read(typed: Sheet, language: Language) -> bool:
    return language is not Language.HANT or typed.form.hant.data == OWN


def refuse(typed: Sheet, fault: Invalid) -> None:
    """Tell at its field why an article may not be published so; what was told of the field already is enough."""
    language, _dot, name = fault.field.rpartition(".")
    if language and not _is_read(typed, Language(language)):
        return  # it is made from the 简体, and mended there
    field = (typed.words[Language(language)] if language else typed.form)[name]
    if not field.errors:
        field.errors = [str(REFUSALS.get((name, fault.reason), _("太长了，写短些。")))]


def photo_of(typed: Sheet) -> Picture | None:
    """Return the photo as the form shows it, also one that this very request brought."""
    key = typed.form.photo_key.data
    if not key:
        return None
    with edge().reading() as session:
        return picture(photo(session, key), typed.words[Language.HANS].alt.data or _("照片"))


def compared(now: Draft, then: Draft) -> tuple[Compared, ...]:
    """Return two versions of an article part by part; what neither of them says is left out."""
    left, right = _told(now), _told(then)
    rows = (Compared(label, left.get(label, ""), right.get(label, "")) for label in {**left, **right})
    return tuple(row for row in rows if row.now or row.then)


def _told(draft: Draft) -> dict[str, str]:
    """Return all that a draft holds, in words, by what each part is called."""
    rows: dict[str, str] = {}
    for language, words in draft.words.items():
        labels = {field.short_name: field.label.text for field in WordsForm(formdata=None, meta={"csrf": False})}
        for name, said in vars(words).items():
            label = labels[name]
            if language is not Language.HANS:
                label = _("%(field)s（%(language)s）", field=label, language=LANGUAGES[language])
            rows[str(label)] = said
    names = {one.code: one.name for one in villages(reading())}
    household = vendor_in_any_state(reading(), draft.vendor) if draft.vendor else None
    rows[_("照片")] = (draft.photo_key or "")[:8]
    rows[_("从哪天起放在首页")] = draft.first_on.isoformat() if draft.first_on else ""
    rows[_("放到哪天")] = draft.last_on.isoformat() if draft.last_on else ""
    rows[_("讲的是哪个村")] = names.get(draft.village, draft.village)
    rows[_("讲的是哪家")] = household.name if household else draft.vendor
    rows[_("排在第几")] = str(draft.position)
    return rows
