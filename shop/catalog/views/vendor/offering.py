"""A villager's new thing: what was begun, and its photos, which come first."""

import re
from dataclasses import dataclass

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shop.catalog.drafts import services as drafts
from shop.catalog.drafts.queries import DraftFacts, draft, draft_if_begun, own_drafts
from shop.catalog.drafts.rules import MAX_DRAFTS
from shop.catalog.forms.drafting import PhotosForm
from shop.catalog.rules import MAX_PHOTOS
from shop.catalog.views.shots import preview
from shop.catalog.views.vendor.face import bp, to_listings, vendor
from shop.catalog.views.vendor.offering_frame import leading_to, on_from
from shop.kernel.codes import ALPHABET, new_code
from shop.kernel.errors import Invalid, NotFound
from shop.media.queries import PhotoFacts, Picture
from shop.media.rules import BadPhoto
from shop.media.services import receive
from shop.media.words import flaw_words
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

CODE_LENGTH = 10
CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
CLIENT_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Shot:
    """One photo of a new thing."""

    key: str
    picture: Picture


@dataclass(frozen=True)
class Shots:
    """The photos of a new thing.

    Attributes:
        code: of its draft.
        whose: code of the household; a phone may serve two.
        back: where the arrow leads.
        left: how many more there may be.
        dropped: key of the photo taken away last, or None.
        others: how many other things were begun and are not finished.
    """

    code: str
    whose: str
    back: str
    kept: tuple[Shot, ...]
    left: int
    dropped: str | None
    others: int


@dataclass(frozen=True)
class Unfinished:
    """A thing that was begun, in the list of those."""

    code: str
    title: str
    picture: Picture | None
    days: int


def unfinished() -> tuple[Unfinished, ...]:
    """Return what this household has begun and not finished, the last touched first."""
    now = house().clock()
    return tuple(
        Unfinished(
            code=one.code,
            title=one.told.title or _("还没有名字"),
            picture=preview(one.photos[0]) if one.photos else None,
            days=(now - one.touched_at).days,
        )
        for one in own_drafts(reading(), vendor().id)
    )


@bp.get("/drafts")
def drafts_list() -> ResponseReturnValue:
    """Show what was begun and not finished."""
    return render_template("vendor/drafts.html", drafts=unfinished())


@bp.get("/drafts/<code>")
def draft_resume(code: str) -> ResponseReturnValue:
    """Go on where it was left."""
    facts = draft(reading(), vendor().id, code)
    if not facts.photos and facts.listing_code is None:
        return leading_to(url_for("vendor_catalog.draft_photos", code=code))
    return on_from(code)


@bp.post("/drafts/<code>/drop")
def draft_drop(code: str) -> ResponseReturnValue:
    """Throw away what was begun."""
    own = vendor()
    edge().run(lambda session: drafts.throw_away(session, own.id, code))
    say("good", _("扔掉了。"))
    return leading_to(url_for("vendor_catalog.drafts_list")) if own_drafts(reading(), own.id) else to_listings()


@bp.get("/goods/new")
def new() -> ResponseReturnValue:
    """Begin a new thing; nothing is kept before its first photo."""
    return _page(PhotosForm.from_request(), new_code(CODE_LENGTH), None)


@bp.route("/drafts/<code>/photos", methods=["GET", "POST"])
def draft_photos(code: str) -> ResponseReturnValue:
    """Take in photos, several at once if need be; the first ones begin the draft."""
    if not CODE.fullmatch(code):
        raise NotFound("draft")
    form = PhotosForm.from_request()
    if request.method == "GET":
        return _page(form, code, _now(code))
    wants_json = request.accept_mimetypes.best == "application/json"
    sent = [file for file in request.files.getlist("photo") if file.filename]
    key, errors = _taken_in(code, sent)
    facts = _now(code)
    if wants_json:
        return _told(facts, key, errors)
    if not errors and "next" in request.form and (facts is None or not facts.photos):
        # A script sends its photos one by one meanwhile, and says how many are on their way.
        if request.form.get("coming", 0, type=int) > 0:
            errors = _begun_without(code)
        else:
            errors = [_("还没有照片。先点上面的框拍一张。")]
    if not errors:
        return on_from(code) if "next" in request.form else _here(code)
    form.form_errors = errors
    return _page(form, code, _now(code))


def _taken_in(code: str, sent: list[FileStorage]) -> tuple[str, list[str]]:
    """Keep every photo that is one; return the key of the last, and what is wrong with the others."""
    actor, clock = current_actor(), house().clock
    keys, errors = [], []
    for place, file in enumerate(sent[: MAX_PHOTOS + 1], 1):
        try:
            taken = receive(edge().transaction, house().store, file.read(), actor=actor, clock=clock)
            keys.append(taken.key)
        except BadPhoto as error:
            words = flaw_words(error.reason)
            errors.append(_("第 %(n)d 张：%(words)s", n=place, words=words) if len(sent) > 1 else words)
    if not keys:
        return "", errors
    try:
        _keep(code, keys)
    except Invalid as error:
        errors.append(_too_many(error))
    return keys[-1], errors


def _keep(code: str, keys: list[str]) -> None:
    """Begin the draft with the photos that were received, or add them to it.

    Raises:
        Invalid: there are too many drafts; or too many photos, those that were not too many being kept.
    """
    own, clock, named = vendor(), house().clock, request.form.get("client_key", "")
    client_key = named if CLIENT_KEY.fullmatch(named) else None

    def keep(session: Session) -> Invalid | None:
        drafts.begin(session, own.id, code, clock=clock)
        for key in keys:
            try:
                drafts.add_photo(session, own.id, code, key, client_key=client_key, clock=clock)
            except Invalid as error:
                return error
        return None

    refused = edge().run(keep)
    if refused is not None:
        raise refused


def _begun_without(code: str) -> list[str]:
    own, clock = vendor(), house().clock
    try:
        edge().run(lambda session: drafts.begin(session, own.id, code, clock=clock))
    except Invalid as error:
        return [_too_many(error)]
    return []


def _too_many(error: Invalid) -> str:
    if error.field == "draft":
        return _("没写完的有 %(n)d 样了。先写完几样，或者扔掉几样。", n=MAX_DRAFTS)
    return _("最多 %(n)d 张，多的没有收。", n=MAX_PHOTOS)


def _now(code: str) -> DraftFacts | None:
    """Return the draft as it stands, or None before its first photo; another household's is not found."""
    with edge().reading() as session:  # the page's own read began before the photos were kept
        return draft_if_begun(session, vendor().id, code)


def _told(facts: DraftFacts | None, key: str, errors: list[str]) -> Response:
    """Answer the phone's own sending of one photo."""
    if errors or facts is None:
        return make_response({"error": errors[0] if errors else _("照片没有传过来。请再选一次。")}, 422)
    acts = render_template("vendor/_shot.html", code=facts.code, key=key)
    return make_response({"photo": key, "actions": acts})


def _page(form: PhotosForm, code: str, facts: DraftFacts | None) -> Response:
    kept: tuple[PhotoFacts, ...] = facts.photos if facts is not None else ()
    shots = Shots(
        code=code,
        whose=vendor().code,
        back=url_for("vendor_catalog.listings"),
        kept=tuple(Shot(photo.key, preview(photo)) for photo in kept),
        left=MAX_PHOTOS - len(kept),
        dropped=facts.dropped.key if facts is not None and facts.dropped is not None else None,
        others=sum(one.code != code for one in own_drafts(reading(), vendor().id)),
    )
    page = render_template("vendor/photos.html", form=form, shots=shots)
    return make_response(page, 422 if form.form_errors else 200)


def _here(code: str) -> Response:
    return leading_to(url_for("vendor_catalog.draft_photos", code=code))


@bp.post("/drafts/<code>/photos/change")
def draft_photos_change(code: str) -> ResponseReturnValue:
    """Take a photo away, bring it back, or make it the cover."""
    own, clock = vendor(), house().clock
    act, key = request.form.get("act"), request.form.get("key", "")

    def change(session: Session) -> None:
        if act == "drop":
            drafts.remove_photo(session, own.id, code, key, clock=clock)
        elif act == "first":
            drafts.put_first(session, own.id, code, key, clock=clock)
        elif key in {one.key for one in [draft(session, own.id, code).dropped] if one is not None}:
            drafts.add_photo(session, own.id, code, key, client_key=None, clock=clock)

    try:
        edge().run(change)
    except Invalid as error:
        say("mind", _too_many(error))
    return _here(code)
