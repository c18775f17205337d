"""What was done lately on a vendor's pages, and taking it back."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.queries import names_of
from shop.catalog.obstacles import NotLawful
from shop.flows.undoing import undo as take_back
from shop.kernel.errors import Stale, WrongState
from shop.vendors.acts.queries import ActFacts, act_by_code, acts_of
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


@bp.get("")
def acts() -> ResponseReturnValue:
    """Show what was done lately, by whom, and what can still be taken back."""
    own, now = current_vendor(), house().clock()
    assert own is not None, "the blueprint lets nobody else in"
    found = acts_of(reading(), own.id, since=now - SHOWN_FOR, now=now, limit=MOST_SHOWN)
    names = names_of(reading(), {act.who for act in found})
    done = [Done(act, _who(act, names.get(act.who, act.who))) for act in found]
    return render_template("vendor/acts.html", done=done, is_owner=is_own_page())


def _who(act: ActFacts, name: str) -> str:
    return _("中心的%(name)s替您做的", name=name) if act.by_staff else name


@bp.post("/<code>/undo")
def undo(code: str) -> ResponseReturnValue:
    """Take one act back; what cannot be taken back any more is told."""
    own, actor, clock = current_vendor(), current_actor(), house().clock
    assert own is not None, "the blueprint lets nobody else in"

    def act(session: Session) -> str:
        return take_back(
            session, own.id, code, words=lambda told: _("撤回了：%(words)s", words=told), actor=actor, clock=clock
        )

    try:
        words = edge().run(act)
    except WrongState as error:
        if error.state == "undone":
            first = act_by_code(reading(), own.id, code, now=clock())
            say("good", _("已经撤回了：%(words)s", words=first.words if first is not None else ""))
        else:
            say("mind", _("过了时间，撤不回了。要改就照常改；拿不准给中心打电话。"))
    except Stale:
        say("mind", _("后来又有变化，撤不回了。请看看现在的样子再改。"))
    except NotLawful:
        say("mind", _("现在不能放回架上，撤不回了。请给中心打电话。"))
    else:
        say("good", _("撤回了，和原来一样：%(words)s", words=words))
    forget_undo()
    return redirect(safe_path(request.form.get("next"), url_for("vendor_acts.acts")), 303)
