"""The papers: the list of what is wanted, one page for each, and the photo as only its applicant sees it here."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.flows import joining
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.media.private import drop_private, private_photo, private_picture, receive_private
from shop.media.queries import Picture
from shop.media.rules import BadPhoto
from shop.media.words import flaw_words
from shop.vendors.joining.models import Part, Proof
from shop.vendors.joining.papers import bring_paper, keep_photo, save_paper
from shop.vendors.joining.queries import ApplicationFacts, ProofFacts, my_application
from shop.vendors.joining.rules import Need, has_number, has_until, is_old_licence
from shop.vendors.views.joining.common import (
    changeable,
    hall,
    mine,
    my_bp,
    onwards,
    page,
    posts_limited,
    step_of,
)
from shop.vendors.views.joining.forms import PaperForm
from shop.vendors.views.joining.photos import answer
from shop.vendors.views.joining.summary import proof_words
from shop.vendors.views.joining.words import PROOF_HINTS, PROOF_WORDS, wanted, wanted_for
from shop.web.house import current_actor, current_person, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say


@my_bp.get("/papers")
def papers() -> ResponseReturnValue:
    """Show what the centre has to see, and how far it is."""
    application = changeable(Part.PAPERS)
    if application is None:
        return hall()
    needs = joining.needs(reading(), application)
    if not needs:
        return redirect(url_for("my_joining.standing"), 303)
    rows = [
        (
            wanted(need),
            wanted_for(need),
            proof_words(told, need) if (told := _told(application, need)) is not None else None,
            joining.is_answered(application, need),
            url_for("my_joining.paper", number=number),
        )
        for number, need in enumerate(needs, 1)
    ]
    first = next((row[4] for row in rows if not row[3]), None)
    return render_template("joining/papers.html", step=step_of(application, Part.PAPERS), rows=rows, next_href=first)


@my_bp.post("/papers")
def papers_done() -> ResponseReturnValue:
    """Go on to what comes after the papers."""
    return onwards(Part.PAPERS) if changeable(Part.PAPERS) is not None else hall()


@my_bp.route("/papers/<int:number>", methods=["GET", "POST"])
@posts_limited
def paper(number: int) -> ResponseReturnValue:
    """Ask for one paper: a photo and what stands on it, or the word that it will be brought."""
    application = changeable(Part.PAPERS)
    if application is None:
        return hall()
    needs = joining.needs(reading(), application)
    if not 1 <= number <= len(needs):
        raise NotFound("need")
    need = needs[number - 1]
    told = _told(application, need)
    form = PaperForm.from_request(
        proof=told.proof.value if told is not None else None,
        number=told.number if told is not None else None,
        until=told.until if told is not None else None,
    )
    clock = house().clock
    form.offer(need, town_day(clock()), has_photo=_has_photo(told))
    is_right = form.is_sent_well()
    if is_right or (form.photo.data and not form.proof.errors):
        others = {proof for other in needs if other != need for proof in other.proofs}
        others = set(need.proofs) - others - {form.chosen()}
        if _kept(application, form, others, is_right=is_right):
            return redirect(url_for("my_joining.papers"), 303)
        told = _told_now(need)
        form.offer(need, town_day(clock()), has_photo=_has_photo(told))
    return page(
        "joining/paper.html",
        form,
        step=step_of(application, Part.PAPERS, back=url_for("my_joining.papers")),
        need=need,
        heading=wanted(need) if len(need.proofs) == 1 else _("要一张证"),
        wanted=wanted(need),
        goods=wanted_for(need),
        hint=PROOF_HINTS[need.proofs[0]],
        picture=_picture(told),
        has_number=has_number(need.proofs[0]),
        has_until=has_until(need.proofs[0]),
    )


def _has_photo(told: ProofFacts | None) -> bool:
    return told is not None and told.photo_key is not None


def _told_now(need: Need) -> ProofFacts | None:
    """Return what is told of a need by now; the page's own read began before its photo was kept."""
    person = current_person()
    assert person is not None, "the blueprint lets nobody else in"
    with edge().reading() as session:
        application = my_application(session, person.id)
    return _told(application, need) if application is not None else None


def _told(application: ApplicationFacts, need: Need) -> ProofFacts | None:
    return next((found for proof in need.proofs if (found := application.paper(proof)) is not None), None)


def _picture(told: ProofFacts | None) -> Picture | None:
    if told is None or told.photo_key is None:
        return None
    # The key's beginning makes the address another one when the photo is another one.
    src = url_for("my_joining.photo", proof=told.proof.value, v=told.photo_key[:8])
    alt = _("您拍的%(paper)s", paper=PROOF_WORDS[told.proof])
    with edge().reading() as session:
        return private_picture(session, told.photo_key, src=src, alt=alt)


def _kept(application: ApplicationFacts, form: PaperForm, others: set[Proof], *, is_right: bool) -> bool:
    """Keep a paper instead of the others that would do; tell whether all of it could be.

    Of what was typed wrong the photo is kept all the same, so that nobody has to take it twice.
    """
    about: dict[str, Any] = {"code": application.code, "proof": form.chosen(), "instead_of": others}
    if form.bring.data:
        _write(partial(bring_paper, **about))
        return True
    try:
        key = _received(form)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return False
    if not is_right:
        _write(partial(keep_photo, photo_key=key, **about))
        return False
    number = form.plain()
    _write(partial(save_paper, number=number, until=form.until.data, photo_key=key, **about))
    if form.chosen() is Proof.REGISTRATION and is_old_licence(number):
        say("mind", _("这是老执照的号，先收下了，中心会再核一遍。有空去换成 18 位的新照。"))
    return True


def _received(form: PaperForm) -> str | None:
    if not form.photo.data:
        return None
    raw = form.photo.data.read()
    return receive_private(edge().transaction, house().store, raw, actor=current_actor(), clock=house().clock)


def _write(act: Callable[..., Sequence[str]]) -> None:
    for key in edge().run(partial(act, actor=current_actor(), clock=house().clock)):
        drop_private(house().store, key)


@my_bp.get("/photos/<proof>")
def photo(proof: str) -> ResponseReturnValue:
    """Serve the photo of one's own paper, to oneself."""
    application = mine()
    found = application.paper(Proof(proof)) if application is not None and proof in tuple(Proof) else None
    if found is None or found.photo_key is None:
        raise NotFound("photo")
    return answer(private_photo(house().store, found.photo_key))
