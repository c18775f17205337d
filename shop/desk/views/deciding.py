"""What people at the desk do with a claim: each act goes on from what its page showed, or is told that it may not."""

from collections.abc import Callable
from functools import partial

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view
from shop.desk.models import ClaimState
from shop.desk.queries import claim_by_code
from shop.desk.views.forms import AcceptForm, ObjectionForm, ReasonForm
from shop.desk.views.staff import Forms, bp, clashed, default_reason, shown
from shop.flows import claims as flow
from shop.flows.claim_files import File, claim_file
from shop.flows.objections import answer
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.kernel.money import yuan
from shop.media.private import private_photo
from shop.media.rules import TYPES
from shop.payments.services import OverRefund
from shop.web.claims import much_words
from shop.web.desk import acted, seen_version
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.roles import COUNTER_ROLES, needs
from shop.web.shell import say


def _file(code: str) -> File:
    return claim_file(reading(), code, house().clock())


def _do(
    code: str, act: Callable[[Session], object], sent: Forms, reason: str, done: Callable[[], str]
) -> ResponseReturnValue:
    try:
        acted(f"claim:{code}", act, reason=reason, is_counted=False)
    except (Stale, WrongState):
        return clashed(code, sent)
    say("good", done())
    return redirect(url_for("staff_claims.claim", code=code), 303)


@bp.post("/<code>/accept")
@needs(*COUNTER_ROLES)
def accept(code: str) -> ResponseReturnValue:
    """Agree to a claim, or to less of it; its money goes back."""
    form, file, actor, clock = AcceptForm.from_request(), _file(code), current_actor(), house().clock
    if not form.is_sent_well() or not _is_explained(form, file):
        return shown(file, Forms(accept=form), status=422)
    much, reason, version, paid = form.much.data or 0, form.reason.data or "", seen_version(), [0]

    def act(session: Session) -> None:
        paid.append(
            flow.accept(session, code, much, form.chosen(), reason=reason, version=version, actor=actor, clock=clock)
        )

    try:
        return _do(code, act, Forms(accept=form), reason, lambda: _paid_words(paid[-1]))
    except Invalid:
        form.much.errors = [_("最多 %(much)s。", much=_asked(file))]
    except OverRefund:
        form.much.errors = [_("这一单付过的钱已经退完了，没有可赔的了。")]
    return shown(file, Forms(accept=form), status=422)


def _paid_words(fen: int) -> str:
    return _("定好了：%(amount)s退给买家。", amount=yuan(fen)) if fen else _("定好了，钱在退。")


def _asked(file: File) -> str:
    claim = file.claim
    return much_words(claim.kind, claim.asked, claim.unit, claim.line_pieces)


def _is_explained(form: AcceptForm, file: File) -> bool:
    """Tell whether who agrees to less, or lets another bear it than the rule does, says why in words of their own."""
    claim = file.claim
    is_by_rule = form.much.data == claim.asked and form.chosen() is file.bearer
    if not is_by_rule and form.reason.data == default_reason(claim):
        form.reason.errors = [_("少赔的，或者换了算谁的，请写一句为什么。")]
        return False
    return True


@bp.post("/<code>/decline")
@needs(*COUNTER_ROLES)
def decline(code: str) -> ResponseReturnValue:
    """Decline a claim, with the reason its buyer reads."""
    form = ReasonForm.from_request(prefix="decline")
    return _said(code, form, Forms(decline=form), ClaimState.DECLINED, _("回好了：没有赔，买家收到为什么。"))


@bp.post("/<code>/back")
@needs(*COUNTER_ROLES)
def back(code: str) -> ResponseReturnValue:
    """Ask for the goods of a claim back before it is decided."""
    form = ReasonForm.from_request(prefix="back")
    return _said(code, form, Forms(back=form), ClaimState.AWAITING_GOODS, _("写给买家了，请他把货拿回来或寄回来。"))


@bp.post("/<code>/received")
@needs(*COUNTER_ROLES)
def received(code: str) -> ResponseReturnValue:
    """Note that the goods of a claim are back, and how they look."""
    form = ReasonForm.from_request(prefix="received")
    return _said(code, form, Forms(received=form), ClaimState.RECEIVED, _("记好了。七天里要把钱退了。"))


def _said(code: str, form: ReasonForm, sent: Forms, to: ClaimState, done: str) -> ResponseReturnValue:
    file, actor, clock = _file(code), current_actor(), house().clock
    if not form.is_sent_well():
        return shown(file, sent, status=422)
    reason = form.reason.data or ""
    act = partial(flow.decide, code=code, to=to, reason=reason, version=seen_version(), actor=actor, clock=clock)
    return _do(code, act, sent, reason, lambda: done)


@bp.post("/<code>/household")
@needs(*COUNTER_ROLES)
def household(code: str) -> ResponseReturnValue:
    """Answer a household that says a claim is not its fault: it stays so, or another bears it."""
    form, file, actor, clock = (
        ObjectionForm.from_request(prefix="household"),
        _file(code),
        current_actor(),
        house().clock,
    )
    if not form.is_sent_well():
        return shown(file, Forms(household=form), status=422)
    reason = form.reason.data or ""
    act = partial(answer, code=code, bearer=form.chosen(), reason=reason, version=seen_version(), actor=actor)
    done = _("回好了，农户收到短信。")
    return _do(code, partial(act, clock=clock), Forms(household=form), reason, lambda: done)


@bp.post("/<code>/look")
@needs(*COUNTER_ROLES)
def look(code: str) -> ResponseReturnValue:
    """Note who looks at a claim's photos and at those of its open box, then show them beside each other."""
    EmptyForm.from_request()
    file, actor, clock = _file(code), current_actor(), house().clock
    looks = [(code, Viewed.CLAIM)] + ([(file.parcel, Viewed.BOX_PHOTO)] if file.has_photos else [])

    def act(session: Session) -> None:
        for subject, what in looks:
            note_view(session, subject, what, ViewReason.WORK, actor=actor, clock=clock)

    edge().run(act)
    return redirect(url_for("staff_claims.claim", code=code, _anchor="photos"), 303)


@bp.get("/<code>/photos/<int:number>")
@needs(*COUNTER_ROLES)
def photo(code: str, number: int) -> ResponseReturnValue:
    """Answer with one photo of a claim, to whoever's look was written down a short while ago."""
    keys = claim_by_code(reading(), code).photos
    is_open = is_shown(reading(), code, Viewed.CLAIM, actor=current_actor(), now=house().clock())
    content = private_photo(house().store, keys[number]) if is_open and number < len(keys) else None
    if content is None:
        raise NotFound("photo")
    return Response(content, content_type=TYPES["jpg"], headers={"Cache-Control": "private, no-store"})
