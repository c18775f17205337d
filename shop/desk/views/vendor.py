"""What buyers say against a household's goods, on its own pages: photo, what it cost and why; one word back."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.desk.models import Bearer, ClaimState, HouseholdWord
from shop.flows.household_claims import HouseholdClaim, count_of_household, of_household, one_of_household
from shop.flows.objections import say_word
from shop.kernel.errors import NotFound, WrongState
from shop.kernel.money import yuan
from shop.media.private import private_photo
from shop.media.rules import TYPES
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.claims import HOUSEHOLD_WORDS, KIND_WORDS, much_words
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.shell import say

bp = blueprint("vendor_claims", __name__, Audience.VENDOR, prefix="/vendor/claims")
PER_PAGE = 10


@dataclass(frozen=True)
class Row:
    """One claim in big type.

    Attributes:
        what: the goods and how much of them.
        wrong: what is wrong with them.
        cost: what it costs the household, or that it costs nothing, in a sentence; and whether it costs anything.
        said: the household's word, or None; `answer` what the centre said to it.
        may_say: a word would still be heard.
    """

    code: str
    what: str
    wrong: str
    cost: str
    is_costly: bool
    asked_at: datetime
    words: str
    reason: str
    photos: tuple[str, ...]
    part: str
    said: str | None
    answer: str | None
    may_say: bool


def _vendor() -> VendorFacts:
    vendor = current_vendor()
    assert vendor is not None, "the blueprint lets nobody else in"
    return vendor


@bp.get("")
def claims() -> ResponseReturnValue:
    """Show what buyers said against the household's goods, the latest first."""
    here = leaf(count_of_household(reading(), _vendor().id), "vendor_claims.claims", per_page=PER_PAGE)
    rows = [_row(one) for one in of_household(reading(), _vendor(), offset=here.offset, limit=here.limit)]
    return render_template("vendor/claims.html", rows=rows, here=here)


@bp.get("/<code>")
def claim(code: str) -> ResponseReturnValue:
    """Show one claim with its photos, what it cost and why, and two words to say back."""
    return render_template(
        "vendor/claim.html",
        row=_row(one_of_household(reading(), _vendor(), code)),
        answers=[(word.value, words) for word, words in HOUSEHOLD_WORDS.items()],
    )


def _row(one: HouseholdClaim) -> Row:
    return Row(
        code=one.code,
        what=f"{one.title}，{much_words(one.kind, one.much, one.unit, one.line_pieces)}",
        wrong=str(KIND_WORDS[one.kind]),
        cost=_cost(one),
        is_costly=one.cost_fen > 0,
        asked_at=one.asked_at,
        words=one.words,
        reason=one.reason,
        photos=tuple(url_for("vendor_claims.photo", code=one.code, number=number) for number in range(len(one.photos))),
        part=one.part,
        said=None if one.household_word is None else str(HOUSEHOLD_WORDS[one.household_word]),
        answer=one.household_answer,
        may_say=_may_say(one),
    )


def _may_say(one: HouseholdClaim) -> bool:
    is_theirs = one.bearer in (None, Bearer.HOUSEHOLD)
    return is_theirs and one.state is not ClaimState.DECLINED and one.household_answer is None


def _cost(one: HouseholdClaim) -> str:
    if one.state is ClaimState.DECLINED:
        return _("中心没有赔，不扣您的钱。")
    if one.bearer is None:
        return _("中心还在看，还没扣钱。")
    if one.cost_fen > 0:
        return _("赔给买家了，您出 %(amount)s。", amount=yuan(one.cost_fen))
    return _("赔给买家了，不算您的，不扣钱。")


@bp.get("/<code>/photos/<int:number>")
def photo(code: str, number: int) -> ResponseReturnValue:
    """Answer with one photo of a claim against the household's goods."""
    keys = one_of_household(reading(), _vendor(), code).photos
    content = private_photo(house().store, keys[number]) if number < len(keys) else None
    if content is None:
        raise NotFound("photo")
    return Response(content, content_type=TYPES["jpg"], headers={"Cache-Control": "private, no-store"})


@bp.post("/<code>/word")
def word(code: str) -> ResponseReturnValue:
    """Take the household's one word to a claim: that it was theirs, or that the centre is to look again."""
    vendor, actor, clock, typed = _vendor(), current_actor(), house().clock, request.form.get("word", "")
    if not EmptyForm.from_request().is_sent_well() or typed not in set(HouseholdWord):
        one_of_household(reading(), vendor, code)
        return redirect(url_for("vendor_claims.claim", code=code), 303)
    said = HouseholdWord(typed)
    try:
        edge().run(lambda session: say_word(session, vendor.id, code, said, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这件事已经办完了，不用再说。"))
    else:
        heard = _("记下了，谢谢您。") if said is HouseholdWord.OURS else _("记下了，中心会再看一看，看完告诉您。")
        say("good", heard)
    return redirect(url_for("vendor_claims.claim", code=code), 303)
