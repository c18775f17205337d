"""What was done lately on a vendor's pages, and taking it back."""

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.queries import names_of
from shop.catalog.obstacles import NotLawful
from shop.flows.undoing import Words
from shop.flows.undoing import undo as take_back
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.vendors.acts.models import ActKind
from shop.vendors.acts.queries import ActFacts, act_by_code, acts_of, last_act
from shop.vendors.views.acting_words import until_when
from shop.vendors.views.acts_now import now_of
from shop.web.acting import may_take_back
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.own import is_own_page
from shop.web.shell import say
from shop.web.undo import forget_undo
from shop.web.ways import safe_path

bp = blueprint("vendor_acts", __name__, Audience.VENDOR, prefix="/vendor/acts")

SHOWN_FOR = timedelta(days=7)
MOST_SHOWN = 60


@dataclass(frozen=True)
class Done:
    """One thing that was done, and by whom."""

    act: ActFacts
    who: str
    until: str
    """The moment until which it can be taken back, while it can; "" where it cannot, or not by who looks."""


@bp.get("")
def acts() -> ResponseReturnValue:
    """Show what was done lately, by whom, and what can still be taken back."""
    own, now = current_vendor(), house().clock()
    assert own is not None, "the blueprint lets nobody else in"
    found = acts_of(reading(), own.id, since=now - SHOWN_FOR, now=now, limit=MOST_SHOWN)
    names = names_of(reading(), {act.who for act in found})
    done = [
        Done(act, _who(act, names.get(act.who, act.who)), until_when(act, now) if may_take_back(act.kind) else "")
        for act in found
    ]
    return render_template("vendor/acts.html", done=done, is_owner=is_own_page())


def _who(act: ActFacts, name: str) -> str:
    return _("中心的%(name)s替您做的", name=name) if act.by_staff else name


@bp.post("/<code>/undo")
def undo(code: str) -> ResponseReturnValue:
    """Take one act back; what cannot be taken back any more is told, and in any case how it stands now."""
    own, actor, clock = current_vendor(), current_actor(), house().clock
    assert own is not None, "the blueprint lets nobody else in"
    kept = act_by_code(reading(), own.id, code, now=clock())
    if kept is None:
        raise NotFound("act")
    if not may_take_back(kept.kind):
        abort(403)
    words, tone, then = _taken_back(own.id), "mind", _("要改，照常改就行。")
    try:
        edge().run(lambda session: take_back(session, own.id, code, words=words, actor=actor, clock=clock))
    except WrongState as error:
        first = _("过了时间，撤不回了。")
        if error.state == "undone":
            tone, first, then = "good", _("已经撤回了。"), ""
    except Stale:
        first = _("后来又变过，撤不回了。")
    except NotLawful:
        first, then = _("现在不能放回架上，撤不回了。"), _("请给中心打电话。")
    else:
        tone, first, then = "good", _("撤回了。"), ""
    say(tone, first + _now(own.id, code, then))
    forget_undo()
    return redirect(safe_path(request.form.get("next"), url_for("vendor_acts.acts")), 303)


def _taken_back(vendor_id: int) -> Words:
    """Return how it is told that the centre took something back: as one sentence that names the thing."""

    def words(session: Session, kind: ActKind, about: str) -> str:
        now = now_of(session, vendor_id, kind, about)
        assert now is not None, "what can be taken back is a listing or a part"
        return _("%(title)s：撤回了，%(how)s", title=now.title, how=now.how)

    return words


def _now(vendor_id: int, code: str, then: str) -> str:
    """Return how that stands about which something was done, and what to do; `then` is empty once it is taken back."""
    with edge().reading() as session:  # the page's own read may have begun before the act
        act = act_by_code(session, vendor_id, code, now=house().clock())
        assert act is not None, "it was there before"
        if then and act.kind is ActKind.READY:
            return _("有事打电话给中心。")
        now = now_of(session, vendor_id, act.kind, act.about)
        if now is None:
            return _("这件事做了就改不了，有事打电话给中心。")
        if then and act.may_undo and _is_later_first(session, vendor_id, act):
            then = _("先撤回后来做的那件。")
        return now.said() + then


def _is_later_first(session: Session, vendor_id: int, act: ActFacts) -> bool:
    """Tell whether something was done since about the same thing that can itself be taken back."""
    code = last_act(session, vendor_id, act.about)
    later = None if code in (None, act.code) else act_by_code(session, vendor_id, code, now=house().clock())
    return later is not None and later.may_undo
