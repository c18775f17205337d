"""The photos of a thing that is there already, on its household's page or the centre's: one page, five acts."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.goods import PhotoForm
from shop.catalog.own import Present, present
from shop.catalog.rules import MAX_PHOTOS
from shop.catalog.services import passages
from shop.catalog.services import photos as album
from shop.catalog.views.shots import photos_of, preview, received
from shop.flows import keeping
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.media.queries import Picture
from shop.web.desk import acted, check_own, is_again, seen_version
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

CENTRE = "staff_catalog"
"""The face of those who see every household's goods: what it does carries the version it saw."""


@dataclass(frozen=True)
class Kept:
    """One photo of a thing.

    Attributes:
        waits: the centre has not seen it yet.
    """

    key: str
    picture: Picture
    waits: bool


@dataclass(frozen=True)
class Album:
    """The photos of a thing, in their order; and those taken away that can still be brought back.

    Attributes:
        face: the blueprint whose page this is.
    """

    face: str
    code: str
    title: str
    kept: tuple[Kept, ...]
    gone: tuple[Kept, ...]
    left: int
    back: str
    version: int


def page(face: str, template: str, code: str, *, vendor_id: int | None, back: str) -> ResponseReturnValue:
    """Show a thing's photos, and take in one more; the button that leads on takes a chosen photo along.

    Args:
        face: name of the blueprint whose routes `photos`, `move_photo`, `remove_photo`, `restore_photo` are used.
        vendor_id: whose it must be; None for the centre.
        back: where the button that leads on leads.
    """
    own = present(reading(), code, vendor_id=vendor_id)
    form = PhotoForm.from_request()
    if form.is_sent_well():
        file = request.files.get("photo")
        is_chosen = file is not None and bool(file.filename)
        if "next" in request.form and not is_chosen:
            return redirect(back, 303)
        if face == CENTRE and is_again():
            return redirect(_here(face, code), 303)
        _check_page(face, own)
        taken = received(form)
        if taken is not None:
            key = taken.key
            actor, clock = current_actor(), house().clock

            def add(session: Session) -> None:
                album.add_photo(session, own.vendor_id, code, key, actor=actor, clock=clock)

            _acted(face, own, add, told_waiting=True)
            return redirect(back if "next" in request.form else _here(face, code), 303)
    drawn = render_template(template, form=form, album=_album(face, own, back))
    return make_response(drawn, 422 if form.errors else 200)


def _album(face: str, own: Present, back: str) -> Album:
    shown, clock = set(own.offer.photo_keys), house().clock
    kept = [Kept(one.key, preview(one), one.key not in shown) for one in photos_of(own.told.photo_keys)]
    keys = {one.key for one in kept}
    removed = [gone.photo_key for gone in album.removed_photos(reading(), own.id, clock=clock)]
    gone = [Kept(one.key, preview(one), waits=False) for one in photos_of(removed) if one.key not in keys]
    return Album(face, own.code, own.told.title, tuple(kept), tuple(gone), MAX_PHOTOS - len(kept), back, own.version)


def _check_page(face: str, own: Present) -> None:
    if face == CENTRE:
        check_own("listing", own.version)


def _here(face: str, code: str) -> str:
    return url_for(f"{face}.photos", code=code)


def move(face: str, code: str, *, vendor_id: int | None) -> Response:
    """Move a photo one place to the front or to the back, as the form says."""
    own = present(reading(), code, vendor_id=vendor_id)
    _check_page(face, own)
    keys, key, step = list(own.told.photo_keys), request.form.get("key", ""), request.form.get("step", 0, type=int)
    if key in keys and step in (-1, 1) and 0 <= keys.index(key) + step < len(keys):
        place = keys.index(key)
        keys[place], keys[place + step] = keys[place + step], keys[place]
        actor, clock = current_actor(), house().clock
        _acted(
            face, own, lambda session: album.order_photos(session, own.vendor_id, code, keys, actor=actor, clock=clock)
        )
    return _to(_here(face, code))


def remove(face: str, code: str, *, vendor_id: int | None) -> Response:
    """Take a photo away."""
    own, key = present(reading(), code, vendor_id=vendor_id), request.form.get("key", "")
    actor, clock = current_actor(), house().clock
    _acted(face, own, lambda session: album.remove_photo(session, own.vendor_id, code, key, actor=actor, clock=clock))
    return _to(_here(face, code))


def restore(face: str, code: str, *, vendor_id: int | None) -> Response:
    """Bring a photo back."""
    own, key = present(reading(), code, vendor_id=vendor_id), request.form.get("key", "")
    actor, clock = current_actor(), house().clock
    _acted(face, own, lambda session: album.restore_photo(session, own.vendor_id, code, key, actor=actor, clock=clock))
    return _to(_here(face, code))


def _acted(face: str, own: Present, act: Callable[[Session], None], *, told_waiting: bool = False) -> None:
    """Do something to a thing's photos; what cannot be done now is told. What staff do for a household is noted."""
    actor, clock = current_actor(), house().clock
    noted = _("%(title)s：换了照片")

    def for_them(session: Session) -> None:
        keeping.tell(
            session,
            own.vendor_id,
            own.code,
            act,
            words=lambda title: noted % {"title": title},
            actor=actor,
            clock=clock,
        )

    seen = seen_version()

    def at_centre(session: Session) -> None:
        passages.check_seen(session, own.code, seen)
        act(session)

    try:
        if face == CENTRE:
            acted(f"listing:{own.code}", at_centre, is_counted=False)
        else:
            edge().run(for_them if actor.for_vendor else act)
    except NotFound:
        say("mind", _("过了十分钟，拿不回来了。再拍一张吧。"))
    except Invalid as error:
        say("mind", _("6 张够了。") if error.reason == "too_many" else _("照片刚刚变过，请再看一遍。"))
    except WrongState:
        say("mind", _("这样货已经收起来了。"))
    else:
        if told_waiting and own.state in album.REVIEWED:
            say("info", _("新照片送中心看了，看过才换上；店里还是原来的照片。"))


def _to(address: str) -> Response:
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return response
