"""The desk's claims: lists of what waits for a person, and one claim with all that is known of its goods."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.models import Viewed
from shop.accounts.sights import is_shown
from shop.desk.counts import claim_counts
from shop.desk.models import Bearer, ClaimState, HouseholdWord
from shop.desk.queries import ClaimFacts
from shop.desk.views.forms import AcceptForm, ObjectionForm, ReasonForm
from shop.desk.waiting import counts, listed
from shop.flows.claim_files import File, claim_file
from shop.web.actors import actor_names
from shop.web.ages import QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.carriage import Heard, heard
from shop.web.claims import BEARER_WORDS, HOUSEHOLD_WORDS, KIND_WORDS, STATE_WORDS, much_words
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import COUNTER_ROLES
from shop.web.words import town_time

READERS = (*COUNTER_ROLES, "finance")
bp = blueprint("staff_claims", __name__, Audience.STAFF, prefix="/staff/claims", roles=READERS)

LIST_WORDS = {
    "open": _l("等着定"),
    "received": _l("货回来了，要退钱"),
    "disputed": _l("农户说不是他的"),
    "awaiting": _l("等货回来"),
    "ended": _l("办完了"),
}
LATELY = timedelta(days=30)
"""So far back are claims counted beside orders."""
SHOWN_HEARD = 6
"""So many of a carrier's last words stand on the page."""


@dataclass(frozen=True)
class Forms:
    """What can be said to a claim; None where its state takes no such word."""

    accept: AcceptForm | None = None
    decline: ReasonForm | None = None
    back: ReasonForm | None = None
    received: ReasonForm | None = None
    household: ObjectionForm | None = None


@dataclass(frozen=True)
class Page:
    """One claim with all that is known of its goods.

    Attributes:
        much: how much is claimed, in words.
        unit: what the stepper counts.
        rule: who bears it by the written table.
        packed_by: who closed the box.
        photos: numbers of the buyer's photos, or None until the look at them is written down.
        box_photos: they were taken before the box was closed.
        heard: what the carrier said last, the latest first.
        decided: the last decision: who, when and which words; None while there is none.
        clash: what to say when somebody else was quicker, or None.
    """

    file: File
    kind: str
    state: tuple[str, str]
    much: str
    unit: str
    rule: str
    packed_by: str
    photos: tuple[int, ...] | None
    may_look: bool
    household: str | None
    heard: tuple[Heard, ...]
    decided: tuple[str, datetime, str] | None
    bearer: str | None
    clash: str | None

    @property
    def claim(self) -> ClaimFacts:
        """The claim itself."""
        return self.file.claim


@bp.get("")
def claims() -> ResponseReturnValue:
    """Show one list of claims: what must be done soonest first."""
    name = request.args.get("list", "open")
    name = name if name in LIST_WORDS else "open"
    found, now = counts(reading()), house().clock()
    here = leaf(found[name], "staff_claims.claims", list=name if name != "open" else None)
    rows = [_row(one, now) for one in listed(reading(), name, offset=here.offset, limit=here.limit)]
    tabs = [
        (str(words), found[one], url_for("staff_claims.claims", list=one if one != "open" else None), one == name)
        for one, words in LIST_WORDS.items()
    ]
    lately = claim_counts(reading(), now - LATELY, now + timedelta(seconds=1))
    return render_template(
        "staff/claims.html",
        rows=rows,
        here=here,
        tabs=tabs,
        title=str(LIST_WORDS[name]),
        lately=lately,
        per_100=f"{lately.per_1000 // 10}.{lately.per_1000 % 10}",
        kinds=[(str(KIND_WORDS[kind]), number) for kind, number in lately.by_kind.items()],
        bearers=[(str(BEARER_WORDS[bearer]), number) for bearer, number in lately.by_bearer.items()],
    )


def _row(one: ClaimFacts, now: datetime) -> QueueRow:
    much = much_words(one.kind, one.asked, one.unit, one.line_pieces)
    waited = age(now, one.appealed_at or one.asked_at)
    is_late = one.due_at is not None and one.due_at <= now
    told = [one.vendor_name, one.order_code]
    if one.waybill and one.state is ClaimState.AWAITING_GOODS:
        told.append(_("寄回的单号 %(waybill)s", waybill=one.waybill))
    if one.due_at is None:
        told.insert(0, str(STATE_WORDS[one.state][0]))
    if one.appealed_at is not None and one.state is ClaimState.OPEN:
        told.insert(0, _("买家又说了一次"))
    elif one.due_at is not None:
        told.insert(0, _("%(at)s前要办", at=town_time(one.due_at)))
    return QueueRow(
        href=url_for("staff_claims.claim", code=one.code),
        title=f"{one.title}，{much}，{KIND_WORDS[one.kind]}",
        meta=" · ".join(told),
        count=None,
        unit="",
        age=waited.text,
        age_tone="late" if is_late else waited.tone if waited.tone != "late" else "warm",
    )


@bp.get("/<code>")
def claim(code: str) -> ResponseReturnValue:
    """Show one claim."""
    return shown(claim_file(reading(), code, house().clock()), Forms())


def shown(file: File, sent: Forms, *, status: int = 200, clash: str | None = None) -> ResponseReturnValue:
    """Show a claim, with the form that came back among those its state takes."""
    page = _page(file, clash)
    return make_response(render_template("staff/claim.html", page=page, forms=_forms(file, sent)), status)


def clashed(code: str, sent: Forms) -> ResponseReturnValue:
    """Show a claim as it is now to whoever acted on a page that is no longer true."""
    with edge().reading() as session:  # the page's own read began before the other's act
        file = claim_file(session, code, house().clock())
    return shown(file, sent, status=409, clash=_("刚刚有变动，或者别人定了。您这一下没有算，请看清楚再点。"))


def default_reason(claim: ClaimFacts) -> str:
    """Return the words that agree to all that was asked."""
    much = much_words(claim.kind, claim.asked, claim.unit, claim.line_pieces)
    return _("看过照片，%(much)s都赔给您", much=much) if claim.photos else _("看过了，%(much)s都退给您", much=much)


def _forms(file: File, sent: Forms) -> Forms:
    """Return the forms that the state of a claim takes, for who may send them; one that came back as it was sent."""
    claim = file.claim
    if not current_actor().has(*COUNTER_ROLES):
        return Forms()
    if claim.state in (ClaimState.OPEN, ClaimState.RECEIVED):
        accept = AcceptForm(formdata=None, much=claim.asked, bearer=file.bearer.value, reason=default_reason(claim))
        back = sent.back or ReasonForm(formdata=None, prefix="back") if claim.state is ClaimState.OPEN else None
        decline = sent.decline or ReasonForm(formdata=None, prefix="decline")
        return Forms(sent.accept or accept, decline, back)
    if claim.state is ClaimState.AWAITING_GOODS:
        received = ReasonForm(formdata=None, prefix="received", reason=_("货收到了，好好的"))
        decline = sent.decline or ReasonForm(formdata=None, prefix="decline")
        return Forms(decline=decline, received=sent.received or received)
    if is_disputed(claim):
        return Forms(household=sent.household or ObjectionForm(formdata=None, prefix="household"))
    return Forms()


def is_disputed(claim: ClaimFacts) -> bool:
    """Tell whether a household paid for a claim, says that it is not its fault, and waits for an answer."""
    is_borne = claim.state is ClaimState.PAID and claim.bearer is Bearer.HOUSEHOLD
    return is_borne and claim.household_word is HouseholdWord.NOT_OURS and claim.household_answer is None


def _page(file: File, clash: str | None) -> Page:
    claim, actor = file.claim, current_actor()
    names = actor_names({file.packed_by, claim.decided_by} - {""})
    is_open = is_shown(reading(), claim.code, Viewed.CLAIM, actor=actor, now=house().clock())
    words, tone = STATE_WORDS[claim.state]
    decided = None
    if claim.decided_at is not None:
        who = names.get(claim.decided_by, _("照规矩自动定的"))
        decided = (who, claim.decided_at, claim.reason)
    return Page(
        file=file,
        kind=str(KIND_WORDS[claim.kind]),
        state=(str(words), tone),
        much=much_words(claim.kind, claim.asked, claim.unit, claim.line_pieces),
        unit=much_words(claim.kind, 0, claim.unit, claim.line_pieces).removeprefix("0").strip(),
        rule=str(BEARER_WORDS[file.bearer]),
        packed_by=names.get(file.packed_by, _("中心")),
        photos=tuple(range(len(claim.photos))) if is_open else None,
        may_look=bool(claim.photos) and actor.has(*COUNTER_ROLES),
        household=None if claim.household_word is None else str(HOUSEHOLD_WORDS[claim.household_word]),
        heard=heard(file.shipment)[:SHOWN_HEARD] if file.shipment is not None else (),
        decided=decided,
        bearer=None if claim.bearer is None else str(BEARER_WORDS[claim.bearer]),
        clash=clash,
    )
