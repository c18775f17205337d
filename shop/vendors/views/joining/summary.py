"""All that was told in an application, part by part, in words."""

from dataclasses import dataclass

from flask import url_for

from shop.flows import joining
from shop.vendors.joining.models import Part, Proof
from shop.vendors.joining.queries import ApplicationFacts, ProofFacts
from shop.vendors.joining.rules import Need
from shop.vendors.views.joining.common import PAGE_OF
from shop.vendors.views.joining.parts import PART_WORDS
from shop.vendors.views.joining.words import PAY_WORDS, PROOF_WORDS, STANDING_WORDS, wanted
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.words import account_tail, town_date

Rows = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Told:
    """One part as its applicant told it.

    Attributes:
        rows: (what, told); None where nothing was told yet.
        href: where it is changed; None when it cannot be changed now.
        is_sent_back: the centre wants it mended.
    """

    title: str
    rows: Rows
    href: str | None
    is_sent_back: bool


def summary(application: ApplicationFacts) -> tuple[Told, ...]:
    """Return the parts of an application as they were told."""
    rows = {
        Part.WHO: _who(application),
        Part.VILLAGE: ((_("村"), application.village or None),),
        Part.STANDING: _standing(application),
        Part.PAPERS: _papers(application),
        Part.PAY: _pay(application),
    }
    return tuple(
        Told(
            title=str(PART_WORDS[part]),
            rows=rows[part],
            href=url_for(PAGE_OF[part]) if application.may_change(part) else None,
            is_sent_back=part in application.fixing,
        )
        for part in application.parts
    )


def _who(application: ApplicationFacts) -> Rows:
    return (
        (_("您家"), application.name or None),
        (_("名字"), application.person or None),
        (_("手机"), application.phone),
    )


def _standing(application: ApplicationFacts) -> Rows:
    names = {choice.code: choice.name for group in joining.goods_to_choose(reading()) for choice in group.choices}
    goods = "、".join(names[code] for code in application.goods if code in names)
    standing = STANDING_WORDS[application.standing][0] if application.standing else None
    return ((_("属于"), str(standing) if standing else None), (_("卖什么"), goods or None))


def _papers(application: ApplicationFacts) -> Rows:
    return tuple((wanted(need), _shown(application, need)) for need in joining.needs(reading(), application))


def _shown(application: ApplicationFacts, need: Need) -> str | None:
    found = [paper for proof in need.proofs if (paper := application.paper(proof)) is not None]
    return proof_words(found[0], need) if found else None


def proof_words(paper: ProofFacts, need: Need) -> str:
    """Return how it stands with a paper, in words; of several kinds also which it is."""
    if not paper.is_shown:
        return _("照片有了，号还没写好") if paper.is_half else _("带到中心给人看")
    if paper.proof is Proof.OWN_WORK:
        return _("照片拍好了") if paper.photo_key is not None else _("中心看过")
    number = paper.number
    if len(need.proofs) > 1:
        number = _("%(kind)s %(number)s", kind=PROOF_WORDS[paper.proof], number=paper.number)
    told = number if paper.until is None else _("%(paper)s，到 %(day)s", paper=number, day=_day(paper))
    return told if paper.photo_key is not None else _("%(paper)s，中心看过", paper=told)


def _day(paper: ProofFacts) -> str:
    assert paper.until is not None
    return f"{paper.until.year}年{town_date(paper.until)}"


def _pay(application: ApplicationFacts) -> Rows:
    if application.pay_way is None:
        return ((_("怎么领钱"), None),)
    way = str(PAY_WORDS[application.pay_way][0])
    tail = account_tail(application.pay_tail) if application.pay_tail else None
    return ((_("怎么领钱"), way), *(((_("账号"), tail),) if tail else ()))
