"""Applications at the centre: the queue, and one application as its applicant told it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.flows import joining
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid
from shop.kernel.queues import queue_length
from shop.vendors.joining.models import ApplicationKind, ApplicationState, Part, Proof
from shop.vendors.joining.queries import (
    APPLICATIONS,
    ApplicationFacts,
    PassageOf,
    ProofFacts,
    application_by_code,
    applications_in,
    decided,
    passages_of,
)
from shop.vendors.joining.rules import check_licence, check_paper, is_old_licence, standing_told_by
from shop.vendors.models import Standing
from shop.vendors.views.joining.parts import PART_WORDS
from shop.vendors.views.joining.words import PAY_WORDS, PROOF_WORDS, STANDING_WORDS, wanted, wanted_for
from shop.vendors.views.staff.forms import ApproveForm, RefuseForm, SeenForm, SendBackForm
from shop.web.actors import actor_names
from shop.web.ages import QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.desk import version_now
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.words import account_tail

bp = blueprint("staff_applications", __name__, Audience.STAFF, prefix="/staff/applications")

WARM, LATE = timedelta(days=1), timedelta(days=3)
"""An applicant looks at the phone again after a day; after three days they come to ask."""

STATE_WORDS: Mapping[ApplicationState, tuple[str, str]] = {
    ApplicationState.APPLIED: (_l("等着看"), "waiting"),
    ApplicationState.NEEDS_FIXING: (_l("退回去改"), "info"),
    ApplicationState.APPROVED: (_l("通过了"), "done"),
    ApplicationState.REFUSED: (_l("没通过"), "problem"),
}
"""How a sent application stands, and the tone of its seal."""

Rows = tuple[tuple[str, str | None], ...]
Steps = tuple[tuple[str, datetime, str, str | None], ...]


@dataclass(frozen=True)
class PaperLine:
    """One paper of an application.

    Attributes:
        seal: (word, tone) of how it stands.
        note: what the check digit or the calendar says; empty when nothing is to be said.
        photo: address of its photo while the application waits, or None.
        asks: address where the photo is opened for a reason, once it is decided.
        seen: the form of a paper that was brought, where it is to be seen still.
    """

    name: str
    number: str
    until: date | None
    seal: tuple[str, str]
    note: str
    photo: str | None
    asks: str | None
    seen: SeenForm | None
    seen_href: str


@dataclass(frozen=True)
class Forms:
    """What may be sent from the page; each comes back with what is wrong in it.

    Attributes:
        seen: of a paper that was brought, under its proof.
    """

    approve: ApproveForm
    send_back: SendBackForm
    refuse: RefuseForm
    seen: Mapping[Proof, SeenForm] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """One application at the desk.

    Attributes:
        told: what each part says but the papers.
        papers: what was shown or will be brought.
        missing: what stands in the way of approving it.
        is_open: it waits for the centre's answer.
        is_own: the reviewer applied themselves.
        history: rows of components/steps.html.
        clash: somebody else was quicker, in words.
    """

    code: str
    name: str
    kind: str
    state: tuple[str, str]
    waits: str | None
    told: Rows
    papers: tuple[PaperLine, ...]
    missing: tuple[str, ...]
    is_open: bool
    is_own: bool
    history: Steps
    forms: Forms
    clash: str


@bp.get("")
def applications() -> ResponseReturnValue:
    """Show what waits for the centre, the longest first, what waits for its applicants, and what was decided last."""
    here = leaf(queue_length(reading(), APPLICATIONS), "staff_applications.applications")
    applied = applications_in(reading(), ApplicationState.APPLIED, offset=here.offset, limit=here.limit)
    waiting = [_row(one) for one in applied]
    fixing = [_row(one) for one in applications_in(reading(), ApplicationState.NEEDS_FIXING)]
    done = [(one, STATE_WORDS[one.state], kind_words(one.kind)) for one in decided(reading())]
    return render_template("staff/applications.html", here=here, waiting=waiting, fixing=fixing, done=done)


def _row(one: ApplicationFacts) -> QueueRow:
    assert one.sent_at is not None, "drafts are not asked for"
    waits = age(house().clock(), one.sent_at, warm=WARM, late=LATE)
    is_theirs = one.state is ApplicationState.NEEDS_FIXING
    standing = STANDING_WORDS[one.standing][0] if one.standing is not None else ""
    return QueueRow(
        href=url_for("staff_applications.application", code=one.code),
        title=one.name,
        meta=f"{kind_words(one.kind)} · {one.village} · {standing}",
        count=None,
        unit="",
        age=waits.text,
        age_tone="fresh" if is_theirs else waits.tone,
    )


def kind_words(kind: ApplicationKind) -> str:
    """Return what is applied for."""
    return _("换资格") if kind is ApplicationKind.STANDING else _("开店")


@bp.get("/<code>")
def application(code: str) -> ResponseReturnValue:
    """Show one application: each part as it was told, what is missing, and what became of it."""
    return desk(application_by_code(reading(), code))


def desk(one: ApplicationFacts, forms: Forms | None = None, *, clash: str = "", status: int = 200) -> Response:
    """Show an application, or show it again with what was typed and what is wrong with it."""
    shown = forms or empty_forms(one)
    shown.send_back.parts.choices = [(part.value, str(PART_WORDS[part])) for part in one.parts]
    waits = None
    if one.state is ApplicationState.APPLIED and one.sent_at is not None:
        waits = age(house().clock(), one.sent_at, warm=WARM, late=LATE).text
    word, tone = STATE_WORDS[one.state]
    page = Desk(
        code=one.code,
        name=one.name,
        kind=kind_words(one.kind),
        state=(str(word), tone),
        waits=waits,
        told=_told(one),
        papers=_papers(one, shown.seen),
        missing=tuple(_missing(one)),
        is_open=one.state is ApplicationState.APPLIED,
        is_own=_is_own(one),
        history=_history(passages_of(reading(), one.id)),
        forms=shown,
        clash=clash,
    )
    papers = version_now(f"application-papers:{one.code}")
    return make_response(render_template("staff/application.html", page=page, papers_version=papers), status)


def _is_own(one: ApplicationFacts) -> bool:
    return current_actor().user_id == one.applicant_id


def empty_forms(one: ApplicationFacts) -> Forms:
    """Return the forms of an application as they stand before anything is typed."""
    return Forms(
        approve=ApproveForm(formdata=None, version=one.version),
        send_back=SendBackForm(formdata=None, prefix="back", version=one.version),
        refuse=RefuseForm(formdata=None, prefix="refuse", version=one.version),
    )


def _told(one: ApplicationFacts) -> Rows:
    names = {choice.code: choice.name for group in joining.goods_to_choose(reading()) for choice in group.choices}
    goods = "、".join(names.get(code, code) for code in one.goods)
    standing = str(STANDING_WORDS[one.standing][0]) if one.standing is not None else None
    way = str(PAY_WORDS[one.pay_way][0]) if one.pay_way is not None else None
    tail = account_tail(one.pay_tail) if one.pay_tail else None
    rows: dict[Part, Rows] = {
        Part.WHO: ((_("人家"), one.name), (_("名字"), one.person), (_("手机"), one.phone)),
        Part.VILLAGE: ((_("村"), one.village or None),),
        Part.STANDING: ((_("凭什么卖"), standing), (_("卖什么"), goods)),
        Part.PAY: ((_("怎么领钱"), "，".join(filter(None, (way, tail))) or None),),
    }
    return tuple(row for part in one.parts for row in rows.get(part, ()))


def _papers(one: ApplicationFacts, typed: Mapping[Proof, SeenForm]) -> tuple[PaperLine, ...]:
    lines = []
    for need in joining.needs(reading(), one):
        answered = [paper for proof in need.proofs if (paper := one.paper(proof)) is not None]
        lines += [_paper(one, paper, typed.get(paper.proof)) for paper in answered]
    return tuple(lines)


def _paper(one: ApplicationFacts, paper: ProofFacts, typed: SeenForm | None) -> PaperLine:
    note, is_wrong = _check(paper, one.standing) if paper.is_shown else ("", False)
    seal = (
        (_("要带来"), "waiting") if not paper.is_shown else (_("不对"), "problem") if is_wrong else (_("有了"), "done")
    )
    address = partial(url_for, code=one.code, proof=paper.proof.value)
    has_photo, today = paper.photo_key is not None, town_day(house().clock())
    may_see = not paper.is_shown and not one.is_over and not _is_own(one)
    return PaperLine(
        name=str(PROOF_WORDS[paper.proof]),
        number=paper.number,
        until=paper.until,
        seal=seal,
        note=note,
        photo=address("staff_paper_photos.photo") if has_photo and not one.is_over else None,
        asks=address("staff_paper_photos.photo_for_a_reason") if has_photo and one.is_over else None,
        seen=(typed or SeenForm.of(paper.proof, today, formdata=None)) if may_see else None,
        seen_href=address("staff_applications.seen"),
    )


def _check(paper: ProofFacts, standing: Standing | None) -> tuple[str, bool]:
    """Return what the check digit and the calendar say of a paper, and whether it cannot be."""
    try:
        check_paper(paper.proof, paper.number, paper.until, town_day(house().clock()))
        if paper.proof is Proof.REGISTRATION:
            check_licence(paper.number)
    except Invalid as error:
        return (_("已经到期") if error.field == "until" else _("号不对，校验位对不上")), True
    if paper.proof is not Proof.REGISTRATION:
        return "", False
    if is_old_licence(paper.number):
        return _("老号码，没有校验位，请对着照片再看一遍"), False
    kind = standing_told_by(paper.number)
    if kind not in (None, standing):
        told = STANDING_WORDS[kind][0]
        return _("校验位对得上，但是 %(start)s 开头的是“%(kind)s”", start=paper.number[:2], kind=told), False
    return _("校验位对得上"), False


def _missing(one: ApplicationFacts) -> list[str]:
    if one.is_over:
        return []
    unseen = [f"{wanted_for(need)}{wanted(need)}" for need in joining.to_bring(reading(), one)]
    proofs = [proof for need in joining.needs(reading(), one) for proof in need.proofs]
    shown = [paper for proof in proofs if (paper := one.paper(proof)) is not None and paper.is_shown]
    checked = [(PROOF_WORDS[paper.proof], *_check(paper, one.standing)) for paper in shown]
    return [
        *(_("还没看到：%(papers)s", papers=papers) for papers in unseen),
        *(_("%(paper)s：%(note)s", paper=paper, note=note) for paper, note, is_wrong in checked if is_wrong),
    ]


def _history(passages: tuple[PassageOf, ...]) -> Steps:
    names = actor_names({step.actor for step in passages})
    rows = []
    for step in passages:
        parts = "、".join(str(PART_WORDS[part]) for part in step.parts)
        who = names.get(step.actor) or step.actor
        note = "：".join(filter(None, (parts, step.reason)))
        word = _("送来") if step.to is ApplicationState.APPLIED else STATE_WORDS[step.to][0]
        tone = "failed" if step.to is ApplicationState.REFUSED else "done"
        rows.append((f"{word} · {who}", step.at, tone, note or None))
    return tuple(rows)
