"""The papers: the list of what is wanted, one page for each, and the photo as only its applicant sees it here."""

from collections.abc import Sequence
from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import joining
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound
from shop.media.private import drop_private, private_photo, private_picture, receive_private
from shop.media.queries import Picture
from shop.media.rules import BadPhoto
from shop.media.words import flaw_words
from shop.vendors.joining import services
from shop.vendors.joining.models import Part, Proof
from shop.vendors.joining.queries import ApplicationFacts, ProofFacts
from shop.vendors.joining.rules import Need, check_paper, is_old_licence, plain_number
from shop.vendors.views.joining.common import (
    changeable,
    hall,
    mine,
    my_bp,
    onwards,
    page,
    posts_limited,
    step_of,
    told_at,
)
from shop.vendors.views.joining.forms import PaperForm
from shop.vendors.views.joining.photos import answer
from shop.vendors.views.joining.summary import proof_words
from shop.vendors.views.joining.words import PROOF_HINTS, PROOF_WORDS, wanted, wanted_for
from shop.web.house import current_actor, edge, house, reading
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
            url_for("my_joining.paper", number=number),
        )
        for number, need in enumerate(needs, 1)
    ]
    first = next((row[3] for row in rows if row[2] is None), None)
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
    form.offer(need)
    if form.is_sent_well():
        keep = _brought if request.form.get("bring") else _saved
        others = {proof for other in needs if other != need for proof in other.proofs}
        if keep(application, form, set(need.proofs) - others - {form.chosen()}):
            return redirect(url_for("my_joining.papers"), 303)
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
        has_number=need.proofs != (Proof.OWN_WORK,),
        has_until=need.proofs not in ((Proof.OWN_WORK,), (Proof.REGISTRATION,)),
    )


def _told(application: ApplicationFacts, need: Need) -> ProofFacts | None:
    return next((found for proof in need.proofs if (found := application.paper(proof)) is not None), None)


def _picture(told: ProofFacts | None) -> Picture | None:
    if told is None or told.photo_key is None:
        return None
    # The key's beginning makes the address another one when the photo is another one.
    src = url_for("my_joining.photo", proof=told.proof.value, v=told.photo_key[:8])
    return private_picture(reading(), told.photo_key, src=src, alt=_("您拍的%(paper)s", paper=PROOF_WORDS[told.proof]))


def _saved(application: ApplicationFacts, form: PaperForm, others: set[Proof]) -> bool:
    """Keep a paper instead of the others that would do; tell whether it could be, else its form says what is wrong."""
    proof, clock, actor = form.chosen(), house().clock, current_actor()
    number, until = form.number.data or "", form.until.data
    checked = plain_number(number) if proof is Proof.REGISTRATION else number
    try:
        # Before the photo is taken in, which costs seconds: what is typed wrong is told at once.
        check_paper(proof, checked, until, town_day(clock()))
        save = partial(services.save_paper, code=application.code, proof=proof, number=number, until=until)
        save = partial(save, photo_key=_received(), instead_of=others)
        _drop(edge().run(partial(save, actor=actor, clock=clock)))
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return False
    except Invalid as error:
        told_at(form, error)
        return False
    if proof is Proof.REGISTRATION and is_old_licence(checked):
        say("mind", _("这是老执照的号，先收下了，中心会再核一遍。有空去换成 18 位的新照。"))
    return True


def _received() -> str | None:
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        return None
    return receive_private(edge().transaction, house().store, sent.read(), actor=current_actor(), clock=house().clock)


def _brought(application: ApplicationFacts, form: PaperForm, others: set[Proof]) -> bool:
    bring = partial(services.bring_paper, code=application.code, proof=form.chosen(), instead_of=others)
    _drop(edge().run(partial(bring, actor=current_actor(), clock=house().clock)))
    return True


def _drop(keys: Sequence[str]) -> None:
    for key in keys:
        drop_private(house().store, key)


@my_bp.get("/photos/<proof>")
def photo(proof: str) -> ResponseReturnValue:
    """Serve the photo of one's own paper, to oneself."""
    application = mine()
    found = application.paper(Proof(proof)) if application is not None and proof in tuple(Proof) else None
    if found is None or found.photo_key is None:
        raise NotFound("photo")
    return answer(private_photo(house().store, found.photo_key))
