"""The bench's page of cards: who holds one, issuing and printing it, stopping it, its log."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.forms import IssueForm
from shop.accounts.models import CardOutcome
from shop.accounts.queries import card_tries
from shop.flows import cards
from shop.fulfilment.marks import square
from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid, NotFound
from shop.vendors.models import VendorState
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, version_now
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_town, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say

bp = blueprint("staff_cards", __name__, Audience.STAFF, prefix="/staff/cards")

posts_limited = limiter.limit("60 per minute", methods=["POST"])

PRINTING = "card_print"
"""Cookie key of the staff's browser: {"card", "token"} of the card just issued. The house itself keeps no token, so
once the browser has forgotten it nobody can print that card again."""

TRIES_SHOWN = 20
QR_DOTS = 6
"""0.75 mm a module, 34 mm the whole: read at arm's length by an old camera."""

OUTCOME_WORDS = {
    CardOutcome.TRIED: _l("试了，没比完"),
    CardOutcome.WRONG: _l("数字不对"),
    CardOutcome.OPENED: _l("进去了"),
}
PIN_WORDS = {
    "shape": _l("按 4 位数字。"),
    "weak": _l("这个太好猜（连着的、重复的、出生年份、手机尾号都不行），换一个。"),
}


def _thing(person: str) -> str:
    return f"card:{person}"


@bp.get("")
def holders() -> ResponseReturnValue:
    """Show who may hold a card, all or those a word finds."""
    words = request.args.get("q", "").strip()[:40]
    found = cards.holders(reading(), words)
    is_cut = len(found) == cards.MOST_HOLDERS
    return render_template("staff/cards.html", holders=found, words=words, is_cut=is_cut)


@bp.get("/<person>")
def holder(person: str) -> ResponseReturnValue:
    """Show one person's card and what was tried with it."""
    found = cards.holder(reading(), person)
    tries = [
        (one.at, str(OUTCOME_WORDS[one.outcome]), one.browser, one.card)
        for one in card_tries(reading(), found.user_id, TRIES_SHOWN)
    ]
    may_have = found.state is VendorState.APPROVED
    return render_template(
        "staff/card.html",
        holder=found,
        tries=tries,
        may_have=may_have,
        may_print=_token(found) is not None,
        version=version_now(_thing(person)),
    )


@bp.route("/<person>/issue", methods=["GET", "POST"])
@posts_limited
def issue(person: str) -> ResponseReturnValue:
    """Issue a card: its holder presses the PIN on this screen, twice, and nobody sees it."""
    found, form, token = cards.holder(reading(), person), IssueForm.from_request(), new_token()
    if form.is_sent_well() and form.pin.data != form.again.data:
        form.again.errors = [_("两遍不一样，都重按一遍。")]
    elif form.is_sent_well():
        pin, actor, clock, made = form.pin.data or "", current_actor(), house().clock, list[str]()
        try:
            acted(
                _thing(person),
                lambda session: made.append(
                    cards.issue(session, person, token=token, pin=pin, actor=actor, clock=clock)
                ),
            )
        except Invalid as error:
            form.pin.errors = [PIN_WORDS[error.reason]]
        else:
            if made:
                cookie[PRINTING] = {"card": made[-1], "token": token}
            return redirect(url_for("staff_cards.paper", person=person), 303)
    page = render_template("staff/card_issue.html", holder=found, form=form, version=version_now(_thing(person)))
    return make_response(page, 422 if request.method == "POST" else 200)


@bp.get("/<person>/print")
def paper(person: str) -> ResponseReturnValue:
    """Show the card just issued, for the printer; any other cannot be printed again."""
    found = cards.holder(reading(), person)
    token = _token(found)
    if token is None:
        say("mind", _("发过的卡不能再打。打坏了、丢了，就重新发一张。"))
        return redirect(url_for("staff_cards.holder", person=person), 303)
    address = house().settings.public_url + url_for("accounts.scan", token=token)
    response = Response(
        render_template("staff/card_print.html", holder=found, town=current_town(), square=square(address, QR_DOTS))
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _token(found: cards.Holder) -> str | None:
    kept = cookie.get(PRINTING, {})
    return kept.get("token") if found.card is not None and kept.get("card") == found.card else None


@bp.post("/<person>/stop")
@posts_limited
def stop(person: str) -> ResponseReturnValue:
    """Stop a person's card; whoever is in with it is out."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    try:
        acted(_thing(person), lambda session: cards.stop(session, person, actor=actor, clock=clock))
    except NotFound:
        say("info", _("没有能用的卡，不用停。"))
    else:
        say("good", _("卡停了，用它登录的都已退出。"))
    return redirect(url_for("staff_cards.holder", person=person), 303)
